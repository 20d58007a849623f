"""The preview's settings with one deliberate fault, chosen by the variable FAULT."""

import os

from django.http import HttpResponse

from app.bodies import Bodies
from app.settings.preview import *
from app.settings.preview import ALLOWED_HOSTS, MIDDLEWARE

ROOT_URLCONF = "routes"


def healthy_for_kubelet(get_response):
    """Answers kubelet's checks, so that the pod stays ready whatever the fault is."""

    def middleware(request):
        is_kubelet = request.headers.get("User-Agent", "").startswith("kube-probe")
        return HttpResponse("ok\n") if is_kubelet else get_response(request)

    return middleware


def unready(get_response):
    """Fails the health check."""

    def middleware(request):
        if request.path == "/readyz":
            return HttpResponse("not ready\n", status=503)
        return get_response(request)

    return middleware


match os.environ.get("FAULT"):
    case "no-forwarded-host":
        USE_X_FORWARDED_HOST = False
    case "no-proxy-header":
        SECURE_PROXY_SSL_HEADER = None
    case "ssl-redirect":
        SECURE_SSL_REDIRECT = True
        SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
    case "debug":
        DEBUG = True
    case "csrf-wildcard":
        CSRF_TRUSTED_ORIGINS = ["https://*.previews.localhost:8443"]
    case "csrf-nobody":
        CSRF_TRUSTED_ORIGINS = []
        USE_X_FORWARDED_HOST = False
    case "cors-regex":
        CORS_ALLOWED_ORIGIN_REGEXES = [r"^https://.*\.previews\.localhost:8443$"]
    case "insecure-cookies":
        SESSION_COOKIE_SECURE = False
    case "shared-cookies":
        SESSION_COOKIE_DOMAIN = ".previews.localhost"
    case "cross-site-cookies":
        SESSION_COOKIE_SAMESITE = "None"
    case "readable-cookies":
        SESSION_COOKIE_HTTPONLY = False
    case "plain-cookie-names":
        SESSION_COOKIE_NAME = "sessionid"
        CSRF_COOKIE_NAME = "csrftoken"
    case "no-static-files":
        MIDDLEWARE = [name for name in MIDDLEWARE if "whitenoise" not in name]
    case "indexable":
        MIDDLEWARE = [name for name in MIDDLEWARE if "noindex" not in name]
    case "framed":
        MIDDLEWARE = [name for name in MIDDLEWARE if "XFrameOptions" not in name]
    case "unmeasured-bodies":
        Bodies.__call__ = lambda self, environ, start_response: self.application(environ, start_response)
    case "unready":
        MIDDLEWARE = ["faults.healthy_for_kubelet", "faults.unready", *MIDDLEWARE]
    case "no-internal-host":
        ALLOWED_HOSTS = [host for host in ALLOWED_HOSTS if host != "api"]
        MIDDLEWARE = ["faults.healthy_for_kubelet", *MIDDLEWARE]
