from datetime import timedelta
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient, APITestCase
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.tokens import AccessToken

from orders.models import Customer, Order

CREDENTIALS = {"username": "ada", "password": "lovelace-1815"}


class AuthorizationTest(APITestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ada = get_user_model().objects.create_user(**CREDENTIALS)
        cls.bob = get_user_model().objects.create_user("bob", password="builder-1999")
        customer = Customer.objects.create(name="Café Lindgren", city="Malmö")
        cls.order = Order.objects.create(customer=customer, item="House espresso", quantity=2)

    def setUp(self):
        self.client = APIClient(enforce_csrf_checks=True)

    def post(self, path, **data):
        return self.client.post(path, data, format="json")

    def ship(self, authorization):
        return self.client.post(f"/orders/{self.order.pk}/ship/", headers={"Authorization": authorization})

    def token(self):
        return f"Token {self.post('/auth/token/', **CREDENTIALS).data['token']}"

    def jwt(self):
        return f"Bearer {self.post('/auth/jwt/', **CREDENTIALS).data['access']}"

    def test_a_token_takes_name_and_password_and_leaves_no_cookie(self):
        for path in ["/auth/token/", "/auth/jwt/"]:
            with self.subTest(path):
                response = self.post(path, **CREDENTIALS)
                self.assertEqual(response.status_code, 200)
                self.assertFalse(response.cookies)
                self.assertIn("no-store", response["Cache-Control"])
                self.assertIn(self.post(path, **CREDENTIALS | {"password": "wrong"}).status_code, [400, 401])

    def test_no_form_with_files_is_read_for_one(self):
        for path in ["/auth/token/", "/auth/jwt/", "/auth/jwt/refresh/"]:
            with self.subTest(path):
                self.assertEqual(self.client.post(path, CREDENTIALS, format="multipart").status_code, 415)
                form = urlencode(CREDENTIALS)
                response = self.client.post(path, form, content_type="application/x-www-form-urlencoded")
                self.assertIn(response.status_code, [200, 400])

    def test_either_says_who_it_is_and_needs_no_csrf_token(self):
        for authorization in [self.token(), self.jwt()]:
            with self.subTest(authorization[:6]):
                Order.objects.update(status="new")
                response = self.ship(authorization)
                self.assertEqual((response.status_code, response.data["shipped_by"]), (200, "ada"))

    def test_the_header_decides_before_the_session(self):
        self.client.force_login(self.bob)
        self.assertEqual(self.ship(self.token()).data["shipped_by"], "ada")
        self.assertEqual(self.ship("Token wrong").status_code, 401)

    def test_a_header_that_is_no_token_spares_nobody_the_csrf_token(self):
        self.client.force_login(self.bob)
        for authorization in ["Basic YWRhOmxvdmVsYWNl", "Bearer", "Nothing at all", ""]:
            with self.subTest(authorization):
                self.assertIn(self.ship(authorization).status_code, [401, 403])
        self.order.refresh_from_db()
        self.assertEqual(self.order.status, "new")

    def test_what_is_wrong_or_over_is_401_also_where_anyone_may_look(self):
        expired = AccessToken.for_user(self.ada)
        expired.set_exp(lifetime=timedelta(seconds=-1))
        of_a_sibling = TokenBackend("HS256", "the-secret-key-of-a-sibling-preview").encode(
            AccessToken.for_user(self.ada).payload
        )
        closed = AccessToken.for_user(self.bob)
        get_user_model().objects.filter(pk=self.bob.pk).update(is_active=False)
        for authorization in [
            "Token wrong",
            "Bearer wrong",
            f"Bearer {expired}",
            f"Bearer {of_a_sibling}",
            f"Bearer {closed}",
            f"Token {Token.objects.create(user=self.bob)}",
            f"Bearer {self.post('/auth/jwt/', **CREDENTIALS).data['refresh']}",
            f"{self.jwt()}x",
        ]:
            with self.subTest(authorization[:12]):
                response = self.client.get("/orders/", headers={"Authorization": authorization})
                self.assertEqual(response.status_code, 401)
                self.assertTrue(response["WWW-Authenticate"])

    def test_a_refresh_token_is_good_for_another_access_token(self):
        refresh = self.post("/auth/jwt/", **CREDENTIALS).data["refresh"]
        access = self.post("/auth/jwt/refresh/", refresh=refresh).data["access"]
        self.assertEqual(self.ship(f"Bearer {access}").status_code, 200)
        self.assertEqual(self.post("/auth/jwt/refresh/", refresh=access).status_code, 401)
