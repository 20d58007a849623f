from django.contrib.auth import get_user_model
from django.test import TestCase


class CachingTest(TestCase):
    def test_nothing_that_django_renders_is_kept(self):
        self.client.force_login(get_user_model().objects.create_superuser("reviewer", password="x"))
        for path in ["/session/", "/orders/", "/", "/admin/", "/admin/nothing/", "/nothing/", "/auth/login/"]:
            with self.subTest(path):
                directives = self.client.get(path)["Cache-Control"].split(", ")
                self.assertLessEqual({"private", "no-store"}, set(directives))

    def test_static_files_may_be(self):
        self.assertNotIn("no-store", self.client.get("/static/admin/css/base.css")["Cache-Control"])
