"""Somebody's ways in, shut at once: when they leave, and when they have lost what opened.

What has ended by itself is swept.
"""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from dispatcher.operators.models import User


def close(user: User) -> None:
    """No password, passkey, code, key, link or open session of the user opens anything any more."""
    User.objects.filter(pk=user.pk).update(password=make_password(None))
    Authenticator.objects.filter(user=user).delete()
    user.keys.filter(revoked_at=None).update(revoked_at=Now())
    for session in UserSession.objects.filter(user=user):
        session.end()


def sweep() -> int:
    """Erase sessions whose time is over, the devices that they were, and marks; how many sessions.

    Each challenge for a passkey is a session of a stranger. A device's address is nobody's business
    once it is signed out. Marks are codes used and mistyped, each with its own end.
    """
    ended, _ = Session.objects.filter(expire_date__lt=Now()).delete()
    alive = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.exclude(Exists(alive)).delete()
    with connection.cursor() as cursor:
        cursor.execute("delete from operators_marks where expires < now()")
    return ended
