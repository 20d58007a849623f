"""Local development: plain HTTP, debug pages, static files straight from their sources."""

import os

from .base import *
from .base import INSTALLED_APPS
from .environment import Environment

_environment = Environment(os.environ)

DEBUG = True
SECRET_KEY = _environment.text("SECRET_KEY", "only-for-local-development-and-for-nothing-else")
DATABASES = {
    "default": _environment.database("DATABASE_URL", "postgres://postgres:postgres@127.0.0.1:5432/app"),
}
ALLOWED_HOSTS = _environment.hosts("ALLOWED_HOSTS", "localhost,127.0.0.1,api")
CSRF_TRUSTED_ORIGINS = _environment.origins("CSRF_TRUSTED_ORIGINS", "http://localhost:3000")
CORS_ALLOWED_ORIGINS = _environment.origins("CORS_ALLOWED_ORIGINS", "http://localhost:3000")
# Dangerous together with cookies, so nothing sets it by default: see .env.preview.example.
CORS_ALLOWED_ORIGIN_REGEXES = _environment.origin_patterns("CORS_ALLOWED_ORIGIN_REGEXES")
OIDC = _environment.oidc()

# `runserver` would serve static files under /api/static/, but the web strips /api: leave them to WhiteNoise.
INSTALLED_APPS = ["whitenoise.runserver_nostatic", *INSTALLED_APPS]
# Nobody runs collectstatic here, and tests, too, are to find the files.
WHITENOISE_USE_FINDERS = True
STATIC_ROOT = None

TEST_RUNNER = "app.tests.runner.Runner"

_environment.check()
