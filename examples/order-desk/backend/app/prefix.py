"""Lets Django know, request by request, that the browser sees it under /api.

The web strips /api before it forwards a request and says so in X-Forwarded-Prefix, or it forwards the path as it
is (API_PREFIX=keep). Either way the prefix becomes SCRIPT_NAME, from which Django builds links, redirects and
pagination. A global FORCE_SCRIPT_NAME would also prefix the addresses made for /auth/callback/, which is public
without /api.

Any client that reaches Django could send the header, so it must decide nothing that matters: it only chooses
between two ways to write a path on the same host. It is accepted as exactly /api, never as a host, another path
or a script name that a client makes up.
"""

HEADER = "HTTP_X_FORWARDED_PREFIX"
PREFIX = "/api"


class Prefix:
    """WSGI middleware: sets SCRIPT_NAME to /api for a request that the browser makes below it."""

    def __init__(self, application):
        self.application = application

    def __call__(self, environ, start_response):
        path = environ["PATH_INFO"]
        if environ.pop(HEADER, None) == PREFIX:
            environ["SCRIPT_NAME"] = PREFIX
        elif path == PREFIX or path.startswith(f"{PREFIX}/"):
            environ["SCRIPT_NAME"] = PREFIX
            environ["PATH_INFO"] = path.removeprefix(PREFIX)
        return self.application(environ, start_response)
