"""Personal keys: shown once, kept as a hash, revocable; the command line acts with one.

A new operator is given an invitation and makes the key alone, so that no other person ever
holds it: there is no way to act as somebody else.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from dispatcher.kit.errors import Refused
from dispatcher.operators import journal
from dispatcher.operators.access import NotAllowed
from dispatcher.operators.models import Key, User

INVITATION_LASTS = timedelta(hours=72)
USED_GRAIN = timedelta(minutes=1)
"""`last_used_at` is written at most this often: a busy script costs no write a call."""
_NOBODY = "0" * 64
_SHAPE = re.compile(r"dk_([0-9a-f]{8})_([A-Za-z0-9_-]+)")


@dataclass(frozen=True, slots=True)
class Shown:
    """A key in the only moment in which its text exists."""

    key: Key
    text: str


def make(user: User, *, note: str = "") -> Shown:
    """A new personal key of this user, made by this user."""
    shown = _new(user, Key.PERSONAL, note=note)
    journal.note(user, "operators.key_made", f"operator:{user.pk}", prefix=shown.key.prefix)
    return shown


def invite(user: User, *, by: User) -> Shown:
    """A one-time code with which `user` makes the first key; older invitations are void."""
    user.keys.filter(purpose=Key.INVITATION, revoked_at=None).update(revoked_at=Now())
    shown = _new(user, Key.INVITATION, expires_at=timezone.now() + INVITATION_LASTS)
    journal.note(by, "operators.invited", f"operator:{user.pk}", prefix=shown.key.prefix)
    return shown


@transaction.atomic
def accept(invitation: str, *, note: str = "") -> Shown:
    """Trade an invitation for a personal key. Raises `operators.key_unknown`."""
    found = _find(invitation, Key.INVITATION)
    spent = Key.objects.filter(pk=found.pk, revoked_at=None).update(revoked_at=Now())
    if not spent:
        raise NotAllowed("operators.key_unknown")
    return make(found.user, note=note)


def check(text: str) -> User:
    """Whose key this is. Raises NotAllowed `operators.key_unknown`, whatever was wrong with it."""
    found = _find(text, Key.PERSONAL)
    old = timezone.now() - USED_GRAIN
    Key.objects.filter(pk=found.pk).filter(Q(last_used_at=None) | Q(last_used_at__lt=old)).update(
        last_used_at=Now()
    )
    return found.user


def revoke(prefix: str, *, by: User, may_any: bool = False) -> None:
    """Make a key worthless at once. Raises `operators.no_such_key`."""
    keys = Key.objects.filter(prefix=prefix, revoked_at=None)
    if not (keys if may_any else keys.filter(user=by)).update(revoked_at=Now()):
        raise Refused("operators.no_such_key", prefix=prefix)
    journal.note(by, "operators.key_revoked", f"key:{prefix}")


def _new(user: User, purpose: str, **fields: object) -> Shown:
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    key = Key.objects.create(
        user=user, purpose=purpose, prefix=prefix, secret_hash=_hash(secret), **fields
    )
    return Shown(key, f"dk_{prefix}_{secret}")


def _hash(secret: str) -> str:
    """SHA-256 without stretching: the secret has 256 bits of chance, nobody guesses it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _find(text: str, purpose: str) -> Key:
    """The usable key, compared in constant time; an unknown prefix costs one comparison too."""
    shape = _SHAPE.fullmatch(text.strip())
    prefix, secret = shape.groups() if shape else ("", "")
    found = (
        Key.objects.select_related("user")
        .filter(prefix=prefix, purpose=purpose, revoked_at=None, user__is_active=True)
        .filter(Q(expires_at=None) | Q(expires_at__gt=Now()))
        .first()
    )
    right = hmac.compare_digest(_hash(secret), found.secret_hash if found else _NOBODY)
    if found is None or not right:
        raise NotAllowed("operators.key_unknown")
    return found
