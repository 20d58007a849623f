"""Reads settings from the environment and reports all problems at once."""

import re
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

# A leading dot or `*` would admit sibling previews; an underscore is refused by Django later, host by host.
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", re.IGNORECASE)
DATABASE_NAME = re.compile(r"/[\w.-]+")
OIDC = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
# What is left of a pattern without character classes and escaped characters shows whether it has a bare dot.
CLASS_OR_ESCAPED = re.compile(r"\[[^]]*\]|\\.")


class Environment:
    """Collects problems while values are read; `check()` raises one error that names them all."""

    def __init__(self, variables):
        self._variables = variables
        self._problems = []

    def text(self, name, default=None, at_least=1):
        value = self._variables.get(name) or default
        if value is None:
            self._problems.append(f"{name} is not set")
            return ""
        if len(value) < at_least:
            # The value itself stays out of the message: it may be a secret.
            self._problems.append(f"{name} has {len(value)} characters, at least {at_least} are needed")
        return value

    def database(self, name, default=None):
        url = self.text(name, default)
        if not url:
            return {}
        try:
            parts = urlsplit(url)
            # An unencoded / or @ in the password would otherwise end up as part of another host or name.
            usable = (
                parts.scheme in ("postgres", "postgresql") and parts.hostname and DATABASE_NAME.fullmatch(parts.path)
            )
            settings = dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True) if usable else {}
        except ValueError:
            settings = {}
        if not settings:
            self._problems.append(f"{name} must look like postgres://user:password@host:5432/name")
            return {}
        # An unresponsive database must not block a thread for the two minutes of TCP's timeout.
        settings.setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)
        return settings

    def hosts(self, name, default=None):
        return self._items(name, default, _is_host, "a host name without scheme, port, path, underscore or wildcard")

    def origins(self, name, default=None):
        return self._items(name, default, _is_origin, "an exact origin such as https://pr-123.previews.example.com")

    def _items(self, name, default, is_right, rule):
        items = [item.strip() for item in self.text(name, default).split(",") if item.strip()]
        self._problems += [f"{name}: {item!r} must be {rule}" for item in items if not is_right(item)]
        return items

    def origin_patterns(self, name):
        """Regular expressions for whole origins, separated by white space, since a pattern may contain commas."""
        patterns = self._variables.get(name, "").split()
        for pattern in patterns:
            if reason := _what_is_wrong_with(pattern):
                self._problems.append(f"{name}: {pattern!r} {reason}")
        # Anchored as a whole: in ^https://a|b$ each anchor applies to only one alternative.
        return [rf"\A(?:{pattern})\Z" for pattern in patterns]

    def oidc(self):
        """Issuer, client_id and client_secret at an OpenID Connect provider; None if none of the three is set."""
        values = {name: self._variables.get(name, "") for name in OIDC}
        missing = [name for name, value in values.items() if not value]
        if len(missing) == len(OIDC):
            return None
        self._problems += [f"{name} is not set, though {', '.join(OIDC)} belong together" for name in missing]
        if "OIDC_ISSUER" not in missing and not _is_issuer(values["OIDC_ISSUER"]):
            self._problems.append(
                f"OIDC_ISSUER: {values['OIDC_ISSUER']!r} must be a URL like https://login.example.com"
            )
        return {name.removeprefix("OIDC_").lower(): value for name, value in values.items()}

    def check(self):
        if self._problems:
            raise ImproperlyConfigured("; ".join(self._problems))


def _is_host(item):
    return HOST.fullmatch(item) is not None


def _is_origin(item):
    try:
        parts = urlsplit(item)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and _is_host(host) and item == f"{parts.scheme}://{parts.netloc}"


def _is_issuer(item):
    """A URL without query and fragment (OpenID Connect Discovery 2), and without TLS on this machine alone."""
    try:
        parts = urlsplit(item)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in ("localhost", "127.0.0.1"))
    return is_safe and _is_host(host) and item == f"{parts.scheme}://{parts.netloc}{parts.path}"


def _what_is_wrong_with(pattern):
    try:
        re.compile(pattern)
    except re.error as error:
        return f"is no regular expression: {error}"
    if not (pattern.startswith(("^https://", "^http://")) and pattern.endswith("$") and not pattern.endswith("\\$")):
        return "must begin with ^https:// and end with $, or it would let in hosts that only look alike"
    if "." in CLASS_OR_ESCAPED.sub("", pattern):
        return r"must have each dot escaped as \., or it would let in hosts that only look alike"
    return None
