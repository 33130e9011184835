"""Personal keys, invitations and links that sign in once: shown once, kept as a hash, revocable.

The command line acts with a personal key. A new operator is given an invitation, with which they
alone make a key, a password or a passkey. An admin can make a way in for anybody, but not unseen:
the journal and the person's own account page say so, and a second factor is asked all the same.
"""

import hashlib
import hmac
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from dispatcher.kit.errors import Refused
from dispatcher.operators import access, journal, ways
from dispatcher.operators.access import NotAllowed
from dispatcher.operators.models import Key, User
from dispatcher.operators.roles import Role
from dispatcher.operators.roster import WORLD

INVITATION_LASTS = timedelta(hours=72)
LINK_LASTS = timedelta(minutes=30)
"""Long enough to be read out over the phone, short enough to be worthless in tomorrow's mailbox."""
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


@transaction.atomic
def invite(user: User, *, by: User) -> Shown:
    """A one-time code for a first key, password or passkey; older invitations are void."""
    access.require(by, Role.ADMIN, over=[WORLD])
    user.keys.filter(purpose=Key.INVITATION, revoked_at=None).update(revoked_at=Now())
    ends = timezone.now() + INVITATION_LASTS
    shown = _new(user, Key.INVITATION, expires_at=ends, made_by=by)
    journal.note(by, "operators.invited", f"operator:{user.pk}", prefix=shown.key.prefix)
    return shown


@transaction.atomic
def link(user: User, *, by: User, lasts: timedelta = LINK_LASTS) -> Shown:
    """A code that signs `user` in once; older ones are void.

    Everybody makes their own, an admin anybody's: who has a second factor is asked for it.
    """
    if by != user:
        access.require(by, Role.ADMIN, over=[WORLD])
    user.keys.filter(purpose=Key.ENTRY, revoked_at=None).update(revoked_at=Now())
    shown = _new(user, Key.ENTRY, expires_at=timezone.now() + lasts, made_by=by)
    journal.note(by, "operators.link_made", f"operator:{user.pk}", prefix=shown.key.prefix)
    return shown


@transaction.atomic
def accept(invitation: str, *, note: str = "") -> Shown:
    """Trade an invitation for a personal key. Raises `operators.key_unknown`."""
    return make(spend(invitation), note=note)


@transaction.atomic
def restart(user: User, *, by: User) -> Shown:
    """For who has lost the way in: all that opened before is void, an invitation begins anew.

    Raises `operators.not_oneself`: an admin without a way in could not use the answer.
    """
    access.require(by, Role.ADMIN, over=[WORLD])
    if by == user:
        raise Refused("operators.not_oneself")
    ways.close(user)
    journal.note(by, "operators.restarted", f"operator:{user.pk}")
    return invite(user, by=by)


def peek(text: str) -> Key:
    """The invitation or link, unspent. Raises `operators.link_unknown`."""
    for purpose in (Key.ENTRY, Key.INVITATION):
        with suppress(NotAllowed):
            return _find(text, purpose)
    raise NotAllowed("operators.link_unknown")


def spend(text: str, *, purpose: str = Key.INVITATION) -> User:
    """Whose invitation or link this was; of two who bring it at once, one is let in.

    Raises `operators.key_unknown`.
    """
    found = _find(text, purpose)
    if not Key.objects.filter(pk=found.pk, revoked_at=None).update(
        revoked_at=Now(), last_used_at=Now()
    ):
        raise NotAllowed("operators.key_unknown")
    return found.user


def open_invitations() -> QuerySet[Key]:
    """Invitations that can still be accepted, the next to expire first."""
    return (
        Key.objects.select_related("user", "made_by")
        .filter(purpose=Key.INVITATION, revoked_at=None, expires_at__gt=Now())
        .filter(user__is_active=True)
        .order_by("expires_at", "pk")
    )


def check(text: str) -> User:
    """Whose key this is. Raises NotAllowed `operators.key_unknown`, whatever was wrong with it."""
    found = _find(text, Key.PERSONAL)
    old = timezone.now() - USED_GRAIN
    Key.objects.filter(pk=found.pk).filter(Q(last_used_at=None) | Q(last_used_at__lt=old)).update(
        last_used_at=Now()
    )
    return found.user


def revoke(prefix: str, *, by: User, may_any: bool = False) -> None:
    """Make a key, an invitation or a link worthless at once. Raises `operators.no_such_key`."""
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
