from django.test import RequestFactory

from app.tests.whole import WholeApplicationTest
from app.wsgi import application
from orders.models import Customer, Order

# What a page must not contain: addresses on this host that are not below the prefix.
OUTSIDE = r"""(href|src|action)=["']/(?!api/)"""


def get(path, **extra):
    """Status, headers and body of a request through the whole WSGI application, middleware outside Django included."""
    answer = {}

    def start_response(status, headers):
        answer.update(status=status, headers=dict(headers))

    environ = RequestFactory().get(path, HTTP_HOST="api", **extra).environ
    body = b"".join(application(environ, start_response)).decode()
    return answer["status"], answer["headers"], body


class PrefixTest(WholeApplicationTest):
    @classmethod
    def setUpTestData(cls):
        customer = Customer.objects.create(name="Little Heron", city="Cork")
        Order.objects.bulk_create(Order(customer=customer, item="Tea", quantity=1) for _ in range(21))

    def below(self, path, **extra):
        """The answers to /api + `path` when the web strips the prefix and names it, and when it keeps it."""
        return [get(path, HTTP_X_FORWARDED_PREFIX="/api", **extra), get(f"/api{path}", **extra)]

    def test_redirects_start_with_the_prefix(self):
        for _, headers, _ in self.below("/admin/"):
            self.assertEqual(headers["Location"], "/api/admin/login/?next=/api/admin/")

    def test_redirects_to_a_missing_slash_keep_the_prefix(self):
        for _, headers, _ in self.below("/orders?page=2"):
            self.assertEqual(headers["Location"], "/api/orders/?page=2")

    def test_links_to_other_pages_are_those_of_the_public_host(self):
        origin = "http://localhost:3000/api/orders/"
        for _, _, body in self.below("/orders/?format=json&page=2", HTTP_X_FORWARDED_HOST="localhost:3000"):
            self.assertIn(f'"previous":"{origin}?format=json"', body)
        for _, _, body in self.below("/orders/?format=json", HTTP_X_FORWARDED_HOST="localhost:3000"):
            self.assertIn(f'"next":"{origin}?format=json&page=2"', body)
        for _, _, body in self.below("/?format=json", HTTP_X_FORWARDED_HOST="localhost:3000"):
            self.assertIn(f'"orders":"{origin}?format=json"', body)

    def test_the_browsable_api_links_and_logs_in_below_the_prefix(self):
        for _, _, body in self.below("/orders/", HTTP_ACCEPT="text/html"):
            self.assertIn("href='/api/auth/login/?next=/api/orders/'", body)
            self.assertIn('href="/api/static/rest_framework/css/', body)
            self.assertNotRegex(body, OUTSIDE)
        for _, _, body in self.below("/auth/login/?next=/api/orders/"):
            self.assertIn('action="/api/auth/login/"', body)

    def test_the_admin_stays_below_the_prefix(self):
        for _, _, body in self.below("/admin/login/"):
            self.assertIn('href="/api/static/admin/css/base', body)
            self.assertNotRegex(body, OUTSIDE)

    def test_static_files_are_there(self):
        for file in ["admin/css/base.css", "rest_framework/css/default.css"]:
            for status, _, _ in self.below(f"/static/{file}"):
                self.assertEqual(status, "200 OK")

    def test_static_files_have_the_same_address_for_those_who_come_without_the_prefix(self):
        _, _, body = get("/admin/login/")
        self.assertIn('href="/api/static/admin/css/base', body)

    def test_without_a_prefix_there_is_none(self):
        _, headers, _ = get("/admin/")
        self.assertEqual(headers["Location"], "/admin/login/?next=/admin/")
        _, headers, _ = get("/auth/callback/oidc")
        self.assertEqual(headers["Location"], "/auth/callback/oidc/")

    def test_one_request_leaves_nothing_behind_for_the_next(self):
        for path in ["/admin/", "/api/admin/"]:
            get(path, HTTP_X_FORWARDED_PREFIX="/api")
            self.test_without_a_prefix_there_is_none()

    def test_any_other_header_is_ignored(self):
        for value in ["/", "/api/", "/API", "/admin", "//evil.example", "https://evil.example", "/api, /api", ""]:
            with self.subTest(value):
                _, headers, _ = get("/admin/", HTTP_X_FORWARDED_PREFIX=value)
                self.assertEqual(headers["Location"], "/admin/login/?next=/admin/")

    def test_the_prefix_alone_is_the_root(self):
        for path in ["/api", "/api/"]:
            with self.subTest(path):
                _, _, body = get(path)
                self.assertIn('"orders":"http://api/api/orders/"', body)

    def test_what_only_looks_like_the_prefix_is_a_path(self):
        for path in ["/apiary", "/apiary/orders/", "/API/orders/", "/api//orders/", "/api/api/orders/"]:
            with self.subTest(path):
                self.assertEqual(get(path)[0], "404 Not Found")
        # Two slashes must not become another host either.
        self.assertNotIn("Location", get("/api//evil.example/orders")[1])

    def test_the_prefix_is_taken_off_once(self):
        self.assertEqual(get("/api/orders/", HTTP_X_FORWARDED_PREFIX="/api")[0], "404 Not Found")
