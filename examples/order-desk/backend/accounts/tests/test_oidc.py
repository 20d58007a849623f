import os
from unittest import mock
from urllib.parse import parse_qs, urlsplit

from django.contrib.auth import get_user_model
from django.test import Client, TestCase, override_settings
from joserfc.jwk import ECKey

from accounts.models import Identity
from accounts.oidc import _client
from accounts.tests.issuer import CLIENT, SECRET, FakeIssuer

HOST = "pr-1.previews.example.com"
PUBLIC = {"X-Forwarded-Host": HOST, "X-Forwarded-Proto": "https"}


@override_settings(ALLOWED_HOSTS=[HOST], SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"))
class OidcTest(TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.issuer = FakeIssuer()
        cls.addClassCleanup(cls.issuer.close)

    def setUp(self):
        self.issuer.reset()
        self.enterContext(mock.patch.dict(os.environ, REQUESTS_CA_BUNDLE=self.issuer.ca_file))
        self.configure(issuer=self.issuer.issuer)
        # What is said on the console is said on the page as well.
        self.enterContext(mock.patch("accounts.views.logger"))

    def configure(self, issuer, client_id=CLIENT, client_secret=SECRET):
        _client.cache_clear()
        oidc = {"issuer": issuer, "client_id": client_id, "client_secret": client_secret}
        self.enterContext(self.settings(OIDC=oidc))

    def begin(self, client=None, next_url="/account"):
        return (client or self.client).get("/auth/login/oidc/", {"next": next_url}, headers=PUBLIC)

    def come_back(self, address, client=None):
        parts = urlsplit(address)
        return (client or self.client).get(f"{parts.path}?{parts.query}", headers=PUBLIC)

    def log_in(self, client=None, **options):
        return self.come_back(self.issuer.authorize(self.begin(client, **options)["Location"]), client)

    def assert_failed(self, response, status, *words):
        self.assertContains(response, "Login failed", status_code=status)
        for word in words:
            self.assertContains(response, word, status_code=status)
        self.assertNotContains(response, "Traceback", status_code=status)
        self.assertNotIn("_auth_user_id", self.client.session)

    def username(self, client=None):
        return (client or self.client).get("/session/", headers=PUBLIC).json()["username"]


class LoginTest(OidcTest):
    def test_the_provider_is_asked_for_a_code_with_state_nonce_and_pkce(self):
        address = self.begin()["Location"]
        self.assertTrue(address.startswith(f"{self.issuer.issuer}/authorize?"))
        query = parse_qs(urlsplit(address).query)
        self.assertEqual(query["redirect_uri"], [f"https://{HOST}/auth/callback/oidc/"])
        self.assertEqual((query["response_type"], query["code_challenge_method"]), (["code"], ["S256"]))
        for name in ["state", "nonce", "code_challenge"]:
            self.assertGreaterEqual(len(query[name][0]), 20, name)

    def test_the_callback_is_public_without_the_prefix_below_which_the_login_began(self):
        with mock.patch.dict(self.client.defaults, SCRIPT_NAME="/api"):
            address = self.begin()["Location"]
        self.assertIn(f"https%3A%2F%2F{HOST}%2Fauth%2Fcallback%2Foidc%2F", address)

    def test_who_comes_back_is_logged_in_where_they_wanted_to_go(self):
        response = self.log_in()
        self.assertRedirects(response, "/account", fetch_redirect_response=False)
        self.assertEqual(self.username(), "ada@example.com")
        user = get_user_model().objects.get()
        self.assertEqual((user.email, user.is_staff, user.has_usable_password()), ("ada@example.com", False, False))
        self.assertEqual(str(Identity.objects.get()), f"ada at {self.issuer.issuer}")

    def test_the_session_is_another_than_before(self):
        before = self.begin().cookies["sessionid"].value
        self.log_in()
        self.assertNotEqual(self.client.cookies["sessionid"].value, before)

    def test_the_same_person_is_the_same_user_also_under_another_address(self):
        self.log_in()
        self.issuer.userinfo = {"sub": "ada", "email": "ada@married.example"}
        other = Client()
        self.log_in(other)
        self.assertEqual(self.username(other), "ada@example.com")
        self.assertEqual(get_user_model().objects.count(), 1)

    def test_a_name_or_an_address_that_someone_has_already_makes_nobody_that_user(self):
        boss = get_user_model().objects.create_superuser("reviewer", "ada@example.com", "a-secret-of-one-preview")
        self.issuer.userinfo["preferred_username"] = "Reviewer"
        self.log_in()
        self.assertRegex(self.username(), r"^Reviewer-[0-9a-f]{8}$")
        self.assertFalse(boss.identities.exists())

    def test_a_name_that_becomes_another_ones_when_it_is_stored_makes_nobody_that_user(self):
        boss = get_user_model().objects.create_superuser("reviewer", "ada@example.com", "a-secret-of-one-preview")
        # Unicode's normal form NFKC, in which Django stores names, makes an ordinary r of the first letter.
        self.issuer.userinfo["preferred_username"] = "\uff52eviewer"
        self.log_in()
        self.assertRegex(self.username(), r"^reviewer-[0-9a-f]{8}$")
        self.assertFalse(boss.identities.exists())

    def test_userinfo_about_somebody_else_is_ignored(self):
        self.issuer.userinfo = {"sub": "mallory", "email": "mallory@example.com"}
        self.log_in()
        self.assertEqual(self.username(), "ada")

    def test_afterwards_nobody_is_sent_to_another_host(self):
        for next_url in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""]:
            with self.subTest(next_url):
                self.assertEqual(self.log_in(Client(), next_url=next_url)["Location"], "/")

    def test_a_key_that_is_new_at_the_provider_is_fetched(self):
        self.log_in()
        self.issuer.signing_key = self.issuer.published_key = ECKey.generate_key("P-256", auto_kid=True)
        self.assertEqual(self.log_in(Client())["Location"], "/account")

    def test_without_settings_there_is_no_such_login(self):
        with self.settings(OIDC=None):
            self.assertEqual(self.begin().status_code, 404)
            self.assertEqual(self.come_back("/auth/callback/oidc/?code=1").status_code, 404)
        self.assertEqual(self.client.get("/auth/login/other/", headers=PUBLIC).status_code, 404)


class RefusalTest(OidcTest):
    def test_an_answer_counts_once_and_only_in_the_browser_that_asked(self):
        answer = self.issuer.authorize(self.begin()["Location"])
        stranger = Client()
        self.begin(stranger)
        self.assertEqual(self.come_back(answer, stranger).status_code, 400)
        self.assertEqual(self.come_back(answer).status_code, 302)
        self.client.logout()
        self.assert_failed(self.come_back(answer), 400, "begin again")

    def test_nothing_is_repeated_that_is_no_answer(self):
        response = self.client.get("/auth/callback/oidc/?error=x&error_description=call-this-number", headers=PUBLIC)
        self.assert_failed(response, 400)
        self.assertNotContains(response, "call-this-number", status_code=400)

    def test_what_the_provider_refuses_is_said_with_the_settings_to_check(self):
        state = parse_qs(urlsplit(self.begin()["Location"]).query)["state"][0]
        query = f"error=access_denied&error_description=%3Cscript%3E&state={state}"
        response = self.client.get(f"/auth/callback/oidc/?{query}", headers=PUBLIC)
        self.assert_failed(response, 400, "access_denied: &lt;script&gt;")

        self.issuer.token_error = "redirect_uri_mismatch"
        redirect_uri = f"the redirect_uri https://{HOST}/auth/callback/oidc/"
        self.assert_failed(self.log_in(), 400, "redirect_uri_mismatch", redirect_uri)

        self.configure(self.issuer.issuer, client_secret="wrong")
        self.assert_failed(self.log_in(), 400, "invalid_client", "OIDC_CLIENT_SECRET")

    def test_an_id_token_must_be_for_this_client_by_this_issuer_of_this_login_and_now(self):
        for name, value in [("aud", "another"), ("iss", "https://evil.example"), ("nonce", "another"), ("exp", 1)]:
            with self.subTest(name):
                self.issuer.id_token = {name: value}
                self.assert_failed(self.log_in(), 502, "id_token", "OIDC_CLIENT_ID")
        self.assertFalse(get_user_model().objects.exists())

    def test_an_id_token_must_be_signed_by_the_provider(self):
        forged = ECKey.generate_key("P-256", {"kid": self.issuer.published_key.kid})
        self.issuer.signing_key = forged
        self.assert_failed(self.log_in(), 502, "id_token")

    def test_an_account_that_was_closed_stays_closed(self):
        self.log_in()
        self.client.logout()
        get_user_model().objects.update(is_active=False)
        self.assert_failed(self.log_in(), 403, "closed")

    def test_a_provider_under_another_name_is_refused(self):
        self.issuer.calls_itself = "http://oidc:3000"
        self.assert_failed(self.begin(), 502, "OIDC_ISSUER", "http://oidc:3000")
        self.issuer.calls_itself = self.issuer.issuer
        self.assertEqual(self.begin().status_code, 302)

    def test_a_provider_that_cannot_be_reached_is_named(self):
        self.configure(issuer="https://127.0.0.1:1")
        self.assert_failed(self.begin(), 502, "https://127.0.0.1:1 (OIDC_ISSUER)", "egress")

    def test_something_that_is_no_provider_is_named(self):
        self.configure(issuer=f"{self.issuer.issuer}/elsewhere")
        self.assert_failed(self.begin(), 502, "/elsewhere (OIDC_ISSUER)")

    def test_a_certificate_that_is_not_trusted_names_the_setting(self):
        with mock.patch.dict(os.environ):
            del os.environ["REQUESTS_CA_BUNDLE"]
            self.assert_failed(self.begin(), 502, "OIDC_ISSUER", "REQUESTS_CA_BUNDLE", "trustedCa")
