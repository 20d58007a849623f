from datetime import timedelta
from unittest import mock

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone
from rest_framework.test import APIClient, APITestCase


def ahead(seconds):
    """The clock that Django's sessions go by, so many seconds ahead."""
    later = timezone.now() + timedelta(seconds=seconds)
    return mock.patch("django.utils.timezone.now", return_value=later)


class SessionTest(APITestCase):
    @classmethod
    def setUpTestData(cls):
        get_user_model().objects.create_user("ada", password="lovelace-1815")

    def setUp(self):
        self.client = APIClient(enforce_csrf_checks=True)

    def token(self):
        return self.client.get("/session/").data["csrf_token"]

    def login(self, token, password="lovelace-1815"):
        data = {"username": "ada", "password": password}
        return self.client.post("/session/", data, format="json", headers={"X-CSRFToken": token})

    def test_a_visitor_has_no_name_but_a_token(self):
        response = self.client.get("/session/")
        self.assertIsNone(response.data["username"])
        self.assertTrue(response.data["csrf_token"])
        self.assertTrue(response.cookies["csrftoken"]["httponly"])
        self.assertIn("no-store", response["Cache-Control"])

    def test_logging_in_needs_the_csrf_token(self):
        for token in ["", "a" * 64]:
            with self.subTest(token):
                self.assertEqual(self.login(token).status_code, 403)

    def test_login_and_logout(self):
        response = self.login(self.token())
        self.assertEqual(response.data["username"], "ada")
        cookie = response.cookies["sessionid"]
        self.assertTrue(cookie["httponly"])
        self.assertEqual((cookie["samesite"], cookie["domain"], cookie["path"]), ("Lax", "", "/"))

        self.assertEqual(self.client.get("/session/").data["username"], "ada")
        self.assertEqual(self.client.delete("/session/").status_code, 403)
        response = self.client.delete("/session/", headers={"X-CSRFToken": self.token()})
        self.assertIsNone(response.data["username"])
        self.assertIsNone(self.client.get("/session/").data["username"])

    def test_a_session_ends_when_its_time_is_over(self):
        cookie = self.login(self.token()).cookies["sessionid"]
        self.assertEqual(cookie["max-age"], settings.SESSION_COOKIE_AGE)
        with ahead(seconds=settings.SESSION_COOKIE_AGE - 60):
            self.assertEqual(self.client.get("/session/").data["username"], "ada")
        with ahead(seconds=settings.SESSION_COOKIE_AGE + 60):
            self.assertIsNone(self.client.get("/session/").data["username"])

    def test_a_wrong_password_is_refused_in_words(self):
        response = self.login(self.token(), password="wrong")
        self.assertEqual(response.status_code, 400)
        self.assertIn("non_field_errors", response.data)

    def test_another_origin_is_refused_even_with_the_token(self):
        token = self.token()
        response = self.client.post(
            "/session/",
            {"username": "ada", "password": "lovelace-1815"},
            headers={"X-CSRFToken": token, "Origin": "https://pr-2.previews.example.com"},
        )
        self.assertEqual(response.status_code, 403)
