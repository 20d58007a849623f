"""Lets Django know, request by request, that the browser sees it under /api.

The web strips /api before it forwards a request, so the path alone doesn't tell Django where links,
redirects and pagination should point. A global FORCE_SCRIPT_NAME would also prefix the addresses made for
/auth/callback/, which is public without /api.

Any client that reaches Django could send the header, so it must decide nothing that matters. The web drops
an incoming one and sets its own, and Django is reachable through the web alone; should that ever change, the
header still only chooses between two ways to write a path on the same host. It is accepted as exactly /api:
never as a host, another path or a script name that a client makes up.
"""

HEADER = "HTTP_X_FORWARDED_PREFIX"
PREFIX = "/api"


class ForwardedPrefix:
    """WSGI middleware: `X-Forwarded-Prefix: /api` becomes SCRIPT_NAME, any other value is ignored."""

    def __init__(self, application):
        self.application = application

    def __call__(self, environ, start_response):
        if environ.pop(HEADER, None) == PREFIX:
            environ["SCRIPT_NAME"] = PREFIX
        return self.application(environ, start_response)
