"""Login by an OpenID Connect provider: code flow with state, nonce and PKCE, which Authlib makes and checks.

Error messages name what the operator of the preview can change. They repeat nothing from a request until its state has
proven that it belongs to a login begun in the same browser.
"""

from contextlib import contextmanager
from functools import cache

from authlib.integrations.django_client import OAuth, OAuthError
from django.conf import settings
from joserfc.errors import JoseError
from requests import RequestException
from requests.exceptions import SSLError

PROVIDER = "oidc"
# An unresponsive provider must not block a thread for the two minutes of TCP's timeout.
TIMEOUT_SECONDS = 10


class LoginFailed(Exception):
    """The message is shown to the user, on a page with this `status`."""

    def __init__(self, message, status):
        super().__init__(message)
        self.status = status


def begin(request, destination):
    """The provider's URL to redirect to; `destination` is the path to return to after the login."""
    client = _client(**settings.OIDC)
    # Public without /api, also for a login begun below it; `reverse` would put that in front.
    redirect_uri = request.build_absolute_uri(f"/auth/callback/{PROVIDER}/")
    with _explained(redirect_uri):
        _check_issuer(client)
        authorization = client.create_authorization_url(redirect_uri)
    client.save_authorize_data(request, redirect_uri=redirect_uri, destination=destination, **authorization)
    return authorization["url"]


def finish(request):
    """The user's claims, and the path to return to."""
    client = _client(**settings.OIDC)
    begun = client.framework.get_state_data(request.session, request.GET.get("state"))
    if begun is None:
        raise LoginFailed("This login was not begun in this browser, or it has been used. Please begin again.", 400)
    with _explained(begun["redirect_uri"]):
        _check_issuer(client)
        token = client.authorize_access_token(request)
        claims = token.get("userinfo")
        if claims is None:
            raise LoginFailed("The provider sent no id_token: the client OIDC_CLIENT_ID lacks the scope openid.", 502)
        return {**_further_claims(client, token, claims["sub"]), **claims}, begun["destination"]


@cache
def _client(issuer, client_id, client_secret):
    return OAuth().register(
        PROVIDER,
        client_id=client_id,
        client_secret=client_secret,
        server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email profile",
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT_SECONDS,
        },
    )


def _check_issuer(client):
    issuer = settings.OIDC["issuer"]
    itself = client.load_server_metadata().get("issuer")
    if itself != issuer:
        _client.cache_clear()
        raise LoginFailed(f"OIDC_ISSUER is {issuer}, but what answers there calls itself {itself}.", 502)


def _further_claims(client, token, subject):
    """What many providers leave out of the id_token, such as the e-mail address."""
    if "userinfo_endpoint" not in client.load_server_metadata():
        return {}
    claims = client.userinfo(token=token)
    # Another subject would be another person (OpenID Connect Core 5.3.2).
    return claims if claims.get("sub") == subject else {}


@contextmanager
def _explained(redirect_uri):
    provider = f"The provider at {settings.OIDC['issuer']} (OIDC_ISSUER)"
    try:
        yield
    except OAuthError as error:
        said = f"{error.error}: {error.description}" if error.description else error.error
        advice = f"Check OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, and that the client has the redirect_uri {redirect_uri}."
        raise LoginFailed(f"{provider} refused: {said}. {advice}", 400) from error
    except JoseError as error:
        raise LoginFailed(f"{provider} sent an id_token that is not for OIDC_CLIENT_ID: {error}", 502) from error
    except SSLError as error:
        advice = "Name the CA's file in REQUESTS_CA_BUNDLE; in a preview that is the setting trustedCa."
        raise LoginFailed(f"{provider} has a certificate that is not trusted. {advice}", 502) from error
    except RequestException as error:
        advice = "Can it be reached from here? In a preview the setting egress must allow it."
        raise LoginFailed(f"{provider} does not answer as one: {type(error).__name__}. {advice}", 502) from error
