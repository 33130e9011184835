"""The account's page as values: who one is here, how one comes in, what happened."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from dispatcher.console.account import codes, devices, passkeys, proof
from dispatcher.console.account.devices import Device
from dispatcher.console.account.proof import Ways
from dispatcher.operators import reading
from dispatcher.operators.deeds import told
from dispatcher.operators.models import JournalEntry, Key, Membership, OfficeHolder, User

EVENTS = 10
"""Lines of the journal about oneself that the page shows."""
FEW = 3
"""Unused recovery codes below which it is time for new ones."""


@dataclass(frozen=True, slots=True)
class Passkey:
    """One passkey in the list."""

    number: int
    name: str
    made: datetime
    used: datetime | None


@dataclass(frozen=True, slots=True)
class Event:
    """What was done to this account."""

    at: datetime
    who: str
    """Empty: the person."""
    did: str


@dataclass(frozen=True, slots=True)
class Account:
    """Everything that the page names."""

    user: User
    ways: Ways
    roles: tuple[Membership, ...]
    offices: tuple[OfficeHolder, ...]
    passkeys: tuple[Passkey, ...]
    app_since: datetime | None
    codes_left: int | None
    devices: tuple[Device, ...]
    keys: tuple[Key, ...]
    events: tuple[Event, ...]
    nameless: bool
    """The page was opened by an IP address, for which browsers make no passkeys."""

    @property
    def few_codes(self) -> bool:
        """Whether new recovery codes are due."""
        return self.codes_left is not None and self.codes_left < FEW

    @property
    def elsewhere(self) -> bool:
        """Whether there is another device to sign out."""
        return any(not one.this for one in self.devices)


def account(request: HttpRequest, user: User) -> Account:
    """The page of whoever is signed in."""
    app = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    return Account(
        user=user,
        ways=proof.ways_of(user),
        roles=tuple(user.memberships.order_by("role", "region")),
        offices=tuple(user.offices.select_related("office").order_by("office_id")),
        passkeys=tuple(_passkey(one) for one in passkeys.of(user)),
        app_since=app.created_at if app else None,
        codes_left=codes.left(user),
        devices=tuple(devices.mine(request, user)),
        keys=tuple(user.keys.filter(purpose=Key.PERSONAL, revoked_at=None).order_by("-pk")),
        events=tuple(_event(line, user) for line in reading.of_operator(user.pk, most=EVENTS)),
        nameless=passkeys.host_has_no_name(request),
    )


def _passkey(one: Authenticator) -> Passkey:
    return Passkey(one.pk, one.wrap().name, one.created_at, one.last_used_at)


def _event(line: JournalEntry, user: User) -> Event:
    return Event(line.at, "" if line.who == user.username else line.who or "-", told(line.what))
