import re
from hashlib import sha256

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models


class Identity(models.Model):
    """Who a user is at an OpenID Connect provider.

    The provider promises that issuer and subject together never mean another person. It promises no such thing
    for names and e-mail addresses, which people may choose or inherit, so no user is found by those.
    """

    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="identities")

    class Meta:
        verbose_name_plural = "identities"
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="one_user_per_identity")]

    def __str__(self):
        return f"{self.subject} at {self.issuer}"


def user_of(claims):
    """The user with a provider's claims: an existing one, or a new one without any rights."""
    identity, _ = Identity.objects.get_or_create(
        issuer=claims["iss"],
        subject=claims["sub"],
        defaults={"user": lambda: _new_user(claims)},
    )
    return identity.user


def _new_user(claims):
    users = get_user_model().objects
    wanted = claims.get("preferred_username") or claims.get("email") or claims["sub"]
    # A name that Django's forms accept, normalized, with room for the suffix.
    name = re.sub(r"[^\w.@+-]", "-", get_user_model().normalize_username(wanted))[:140]
    if users.filter(username__iexact=name).exists():
        name += "-" + sha256(f"{claims['iss']} {claims['sub']}".encode()).hexdigest()[:8]
    return users.create_user(name, email=claims.get("email"))
