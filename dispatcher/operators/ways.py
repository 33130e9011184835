"""Somebody's ways in, shut at once: when they leave, and when they have lost what opened."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.db.models.functions import Now

from dispatcher.operators.models import User


def close(user: User) -> None:
    """No password, passkey, code, key, link or open session of the user opens anything any more."""
    User.objects.filter(pk=user.pk).update(password=make_password(None))
    Authenticator.objects.filter(user=user).delete()
    user.keys.filter(revoked_at=None).update(revoked_at=Now())
    for session in UserSession.objects.filter(user=user):
        session.end()
