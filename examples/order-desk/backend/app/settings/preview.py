"""A preview: behind HTTPS, with everything that differs between two previews taken from the environment."""

import os

from .base import *
from .base import MIDDLEWARE
from .environment import Environment

_environment = Environment(os.environ)

DEBUG = False
SECRET_KEY = _environment.text("SECRET_KEY", at_least=32)
DATABASES = {"default": _environment.database("DATABASE_URL")}
ALLOWED_HOSTS = _environment.hosts("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = _environment.origins("CSRF_TRUSTED_ORIGINS")
CORS_ALLOWED_ORIGINS = _environment.origins("CORS_ALLOWED_ORIGINS")
# Dangerous together with cookies, so nothing sets it by default: see .env.preview.example.
CORS_ALLOWED_ORIGIN_REGEXES = _environment.origin_patterns("CORS_ALLOWED_ORIGIN_REGEXES")
OIDC = _environment.oidc()

# The ingress ends TLS, redirects HTTP and overwrites X-Forwarded-*. Redirecting here as well would send the
# web's own calls to http://api:8000 in circles and make every health check look green.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = False

# A cookie named __Host- can't be set by a sibling host: pr-1 can't plant a session in pr-2.
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}

MIDDLEWARE = ["app.noindex.noindex", *MIDDLEWARE]

# Without debug mode Django would only mail errors to its administrators.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}

_environment.check()
