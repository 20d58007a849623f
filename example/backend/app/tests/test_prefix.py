from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import RequestFactory, TestCase

from app.wsgi import application
from orders.models import Customer, Order


def get(path, **extra):
    """Status, headers and body of a request through the whole WSGI application, middleware outside Django included."""
    answer = {}

    def start_response(status, headers):
        answer.update(status=status, headers=dict(headers))

    environ = RequestFactory().get(path, HTTP_HOST="api", **extra).environ
    body = b"".join(application(environ, start_response)).decode()
    return answer["status"], answer["headers"], body


class ForwardedPrefixTest(TestCase):
    @classmethod
    def setUpTestData(cls):
        customer = Customer.objects.create(name="Little Heron", city="Cork")
        Order.objects.bulk_create(Order(customer=customer, item="Tea", quantity=1) for _ in range(21))

    def setUp(self):
        # As Django's own test client does: between two requests, the test's transaction must stay open.
        for signal in [request_started, request_finished]:
            signal.disconnect(close_old_connections)
            self.addCleanup(signal.connect, close_old_connections)

    def test_redirects_start_with_the_prefix_that_the_web_names(self):
        _, headers, _ = get("/admin/", HTTP_X_FORWARDED_PREFIX="/api")
        self.assertEqual(headers["Location"], "/api/admin/login/?next=/api/admin/")

    def test_redirects_to_a_missing_slash_keep_the_prefix(self):
        _, headers, _ = get("/orders", HTTP_X_FORWARDED_PREFIX="/api")
        self.assertEqual(headers["Location"], "/api/orders/")

    def test_links_to_the_next_page_are_those_of_the_public_host(self):
        _, _, body = get(
            "/orders/?format=json",
            HTTP_X_FORWARDED_PREFIX="/api",
            HTTP_X_FORWARDED_HOST="localhost:3000",
        )
        self.assertIn('"next":"http://localhost:3000/api/orders/?format=json&page=2"', body)

    def test_without_the_header_there_is_no_prefix(self):
        _, headers, _ = get("/admin/")
        self.assertEqual(headers["Location"], "/admin/login/?next=/admin/")

    def test_one_request_leaves_nothing_behind_for_the_next(self):
        get("/admin/", HTTP_X_FORWARDED_PREFIX="/api")
        self.test_without_the_header_there_is_no_prefix()

    def test_any_other_value_is_ignored(self):
        for value in ["/", "/api/", "/API", "/admin", "//evil.example", "https://evil.example", "/api, /api", ""]:
            with self.subTest(value):
                _, headers, _ = get("/admin/", HTTP_X_FORWARDED_PREFIX=value)
                self.assertEqual(headers["Location"], "/admin/login/?next=/admin/")

    def test_static_files_have_one_address_with_and_without_the_prefix(self):
        for headers in [{}, {"HTTP_X_FORWARDED_PREFIX": "/api"}]:
            with self.subTest(headers):
                _, _, body = get("/admin/login/", **headers)
                self.assertIn('href="/api/static/admin/css/base', body)
        status, _, _ = get("/static/admin/css/base.css", HTTP_X_FORWARDED_PREFIX="/api")
        self.assertEqual(status, "200 OK")
