import logging

from django.conf import settings
from django.contrib.auth import login as log_in
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET
from rest_framework.authtoken.views import ObtainAuthToken

from accounts import oidc
from accounts.models import user_of

logger = logging.getLogger(__name__)


class TokenView(ObtainAuthToken):
    """POST a name and a password for a token that stays valid, to be sent as `Authorization: Token …`."""

    # It takes a password and sets no cookie, so there is nothing that CSRF could use.
    authentication_classes = []


@require_GET
def login(request, provider):
    """Begins a login at the provider. `next`: where to go afterwards, a path on this host."""
    _require(provider)
    wanted = request.GET.get("next", "")
    is_here = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    try:
        return HttpResponseRedirect(oidc.begin(request, wanted if is_here else "/"))
    except oidc.LoginFailed as error:
        return _failed(request, error)


@require_GET
def callback(request, provider):
    """Where the provider sends the browser back to."""
    _require(provider)
    try:
        claims, destination = oidc.finish(request)
        user = user_of(claims)
        if not user.is_active:
            raise oidc.LoginFailed(f"The account {user.get_username()} has been closed.", 403)
    except oidc.LoginFailed as error:
        return _failed(request, error)
    log_in(request, user)
    return HttpResponseRedirect(destination)


def _require(provider):
    if settings.OIDC is None or provider != oidc.PROVIDER:
        raise Http404("There is no such login; OIDC_ISSUER sets one up.")


def _failed(request, error):
    logger.warning("login failed: %s", error)
    return render(request, "accounts/login_failed.html", {"message": str(error)}, status=error.status)
