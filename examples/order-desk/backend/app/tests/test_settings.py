import json
import os
import re
import subprocess
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.test import SimpleTestCase

from app.settings import environment
from app.settings.environment import Environment

PREVIEW = {
    "DJANGO_SETTINGS_MODULE": "app.settings.preview",
    "SECRET_KEY": "k" * 50,
    "DATABASE_URL": "postgres://preview:secret@db:5432/app_preview",
    "ALLOWED_HOSTS": "pr-123.previews.example.com,api",
    "CSRF_TRUSTED_ORIGINS": "https://pr-123.previews.example.com",
    "CORS_ALLOWED_ORIGINS": "https://pr-123.previews.example.com",
}

# os.environ.get("NAME"), os.environ["NAME"] and _environment.text("NAME"
READ = re.compile(r'''(?:os\.environ|_environment\.\w+)(?:\.get)?[\[(]\s*"([A-Z_]+)"''')

ASK_TWO_HOSTS = """
import json, django
django.setup()
from django.test import Client, RequestFactory
from django.conf import settings

PUBLIC = {"X-Forwarded-Host": "pr-123.previews.example.com", "X-Forwarded-Proto": "https"}

def ask(host, **headers):
    response = Client().get("/healthz", headers={"Host": host, **headers})
    return [response.status_code, response.headers.get("X-Robots-Tag")]

def origin(**headers):
    return RequestFactory().get("/", headers={"Host": "api", **headers}).build_absolute_uri("/")

print(json.dumps({
    "public": ask("pr-123.previews.example.com"),
    "internal": ask("api", **PUBLIC),
    "probe": ask("api"),
    "probe without its header": ask("10.42.0.7")[0],
    "origin": origin(**PUBLIC),
    "sibling": ask("pr-124.previews.example.com")[0],
    "doubled": ask("api", **{"X-Forwarded-Host": "api, api"})[0],
    "cookies": [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME],
    "secure": [settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE],
    "domains": [settings.SESSION_COOKIE_DOMAIN, settings.CSRF_COOKIE_DOMAIN],
    "paths": [settings.SESSION_COOKIE_PATH, settings.CSRF_COOKIE_PATH],
    "same site": [settings.SESSION_COOKIE_SAMESITE, settings.CSRF_COOKIE_SAMESITE],
    "redirect": settings.SECURE_SSL_REDIRECT,
    "debug": settings.DEBUG,
}))
"""


def python(code, variables):
    """Runs code under settings of its own, which a process can load only once."""
    return subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": os.environ["PATH"], **variables},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )


class PreviewSettingsTest(SimpleTestCase):
    def test_a_preview_answers_for_its_own_hosts_only_and_marks_its_cookies(self):
        run = python(ASK_TWO_HOSTS, PREVIEW)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(
            json.loads(run.stdout),
            {
                "public": [200, "noindex, nofollow"],
                "internal": [200, "noindex, nofollow"],
                "probe": [200, "noindex, nofollow"],
                "probe without its header": 400,
                "origin": "https://pr-123.previews.example.com/",
                "sibling": 400,
                "doubled": 400,
                "cookies": ["__Host-sessionid", "__Host-csrftoken"],
                "secure": [True, True],
                "domains": [None, None],
                "paths": ["/", "/"],
                "same site": ["Lax", "Lax"],
                "redirect": False,
                "debug": False,
            },
        )

    def test_one_message_names_everything_that_is_wrong(self):
        run = python("import django; django.setup()", PREVIEW | {"SECRET_KEY": "", "ALLOWED_HOSTS": "pr_1,api"})
        self.assertNotEqual(run.returncode, 0)
        message = run.stderr.strip().splitlines()[-1]
        self.assertIn("SECRET_KEY is not set", message)
        self.assertIn("ALLOWED_HOSTS: 'pr_1'", message)


class EnvironmentTest(SimpleTestCase):
    def problem(self, read, value):
        reader = Environment({"NAME": value})
        read(reader)
        try:
            reader.check()
        except ImproperlyConfigured as error:
            return str(error)
        return None

    def test_hosts(self):
        for value in ["api", "pr-1.previews.example.com", "api,localhost, 127.0.0.1", "PR-1.example.com"]:
            with self.subTest(value):
                self.assertIsNone(self.problem(lambda env: env.hosts("NAME"), value))
        for value in ["", "*", ".example.com", "a_b.example.com", "https://example.com", "example.com:8443", "a,*"]:
            with self.subTest(value):
                self.assertIn("NAME", self.problem(lambda env: env.hosts("NAME"), value))

    def test_origins(self):
        for value in ["https://pr-1.example.com", "https://pr-1.localhost:8443", "http://localhost:3000,https://a.b"]:
            with self.subTest(value):
                self.assertIsNone(self.problem(lambda env: env.origins("NAME"), value))
        for value in [
            "pr-1.example.com",
            "https://*.example.com",
            "https://a.b/",
            "https://a.b/x",
            "ftp://a.b",
            "https://a.b:x",
        ]:
            with self.subTest(value):
                self.assertIn("NAME", self.problem(lambda env: env.origins("NAME"), value))

    def test_patterns_of_origins(self):
        def read(environment):
            return environment.origin_patterns("NAME")

        for value in ["", r"^https://pr-[0-9]{1,5}\.previews\.example\.com$", "^http://a$\n ^https://[a-z.]+$"]:
            with self.subTest(value):
                self.assertIsNone(self.problem(read, value))
        for value in [
            r"https://pr-\d+\.previews\.example\.com$",
            r"^https://pr-\d+\.previews\.example\.com",
            r"^https://pr-\d+\.previews\.example\.com\$",
            r"^https://pr-\d+.previews\.example\.com$",
            r"^https://.*\.example\.com$",
            "^.*$",
            "^https://(a$",
            r"^https://a\.b$ .*",
        ]:
            with self.subTest(value):
                self.assertIn("NAME", self.problem(read, value))

    def test_each_half_of_a_pattern_is_held_to_both_ends(self):
        (pattern,) = Environment({"NAME": r"^https://a\.example|https://b\.example$"}).origin_patterns("NAME")
        self.assertTrue(re.match(pattern, "https://b.example"))
        self.assertFalse(re.match(pattern, "https://a.example.evil.example"))

    def test_oidc_is_set_as_a_whole_or_not_at_all(self):
        whole = {"OIDC_ISSUER": "https://login.example.com", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b"}
        self.assertIsNone(Environment({"OIDC_ISSUER": "", "OIDC_CLIENT_ID": ""}).oidc())
        self.assertEqual(
            Environment(whole).oidc(),
            {"issuer": "https://login.example.com", "client_id": "a", "client_secret": "b"},
        )
        for name in whole:
            environment = Environment(whole | {name: ""})
            environment.oidc()
            with self.assertRaisesMessage(ImproperlyConfigured, f"{name} is not set"):
                environment.check()

    def test_an_issuer_is_a_url_with_tls(self):
        def problem(issuer):
            environment = Environment({"OIDC_ISSUER": issuer, "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "hunter2"})
            environment.oidc()
            try:
                environment.check()
            except ImproperlyConfigured as error:
                return str(error)
            return None

        for issuer in [
            "https://a.example",
            "https://a.example:8443/realms/b",
            "https://a.eu/",
            "http://localhost:9000",
        ]:
            with self.subTest(issuer):
                self.assertIsNone(problem(issuer))
        for issuer in [
            "login.example.com",
            "http://login.example.com",
            "https://a.example/?b",
            "https://:x",
            "https://",
        ]:
            with self.subTest(issuer):
                self.assertIn("OIDC_ISSUER", problem(issuer))
                self.assertNotIn("hunter2", problem(issuer))

    def test_databases(self):
        self.assertIsNone(self.problem(lambda env: env.database("NAME"), "postgres://a:b@db:5432/app"))
        for value in ["", "db:5432/app", "sqlite:///file", "postgres://db", "postgres://a:p@ss/w:rd@db/app"]:
            with self.subTest(value):
                message = self.problem(lambda env: env.database("NAME"), value)
                self.assertIn("NAME", message)
                self.assertNotIn("w:rd", message)

    def test_a_secret_stays_out_of_its_error(self):
        message = self.problem(lambda env: env.text("NAME", at_least=32), "hunter2")
        self.assertIn("NAME has 7 characters", message)
        self.assertNotIn("hunter2", message)


class TemplateTest(SimpleTestCase):
    """.env.preview.example tells anyone who sets up a preview what there is to be set."""

    BY_DJANGO = {"DJANGO_SETTINGS_MODULE"}

    def test_it_names_each_variable_that_is_read_and_no_other(self):
        template = (settings.BASE_DIR / ".env.preview.example").read_text()
        documented = re.findall(r"^([A-Z_]+)=", template, re.MULTILINE)
        self.assertEqual(len(documented), len(set(documented)))
        self.assertEqual(set(documented), self.variables_read() | self.BY_DJANGO)

    def variables_read(self):
        read = set(environment.OIDC)
        for file in settings.BASE_DIR.glob("*/**/*.py"):
            if "tests" not in file.parts:
                read |= set(READ.findall(file.read_text()))
        return read
