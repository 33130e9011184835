"""The pages of this area as values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Q

from dispatcher.ledger import retention
from dispatcher.ledger.models import Dispatch
from dispatcher.ledger.statements import ledger_now
from dispatcher.operators.models import Membership, Office, OfficeHolder, User
from dispatcher.providers import routing
from dispatcher.providers.breaker import State
from dispatcher.providers.catalogue import CARRIERS
from dispatcher.providers.routing import Mode
from dispatcher.watching import look

SHOWN = 5
"""Dispatches that the page of what is kept names."""


@dataclass(frozen=True, slots=True)
class Line:
    """An operator in the list."""

    user: User
    roles: tuple[tuple[str, tuple[str, ...]], ...]
    """(role, its regions)."""
    languages: tuple[str, ...]
    offices: tuple[OfficeHolder, ...]
    password: bool
    passkey: bool
    code: bool

    @property
    def way_in(self) -> bool:
        """Whether the person can come back without anybody's help."""
        return self.password or self.passkey


@dataclass(frozen=True, slots=True)
class Seats:
    """An office and who sits there."""

    office: Office
    holders: tuple[User, ...]
    deputies: tuple[User, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """A carrier's account as it stands."""

    mode: Mode
    name: str
    carrier: str
    channel: str
    pace: int
    state: State | None
    """None: nobody knows, Valkey is away."""

    @property
    def tryable(self) -> bool:
        """Whether a person can type where a test message should go."""
        return self.channel in {"sms", "email"}


@dataclass(frozen=True, slots=True)
class Leaving:
    """A dispatch whose rows of single people are to go."""

    dispatch: Dispatch
    at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept, and what goes next."""

    now: tuple[Dispatch, ...]
    """Due; the clock takes one an hour."""
    due: int
    coming: tuple[Leaving, ...]


def operators(*, search: str, left: bool, after: str, most: int) -> list[Line]:
    """Operators by user name, those after the one named."""
    found = User.objects.filter(is_active=not left, username__gt=after)
    if search:
        found = found.filter(Q(username__icontains=search) | Q(name__icontains=search))
    people = list(
        found.order_by("username").prefetch_related("memberships", "offices__office")[:most]
    )
    return _lines(people)


def operator(user: User) -> Line:
    """One of them."""
    return _lines([user])[0]


def seats() -> list[Seats]:
    """All offices, those who sit there in the order of their names."""
    found = Office.objects.prefetch_related("holders__user").order_by("key")
    return [_seats(office) for office in found]


def accounts() -> list[Account]:
    """The carriers' accounts of both modes, in order of preference."""
    broker = look.look().broker
    states = {(one.mode, one.name): one.breaker for one in broker.accounts} if broker else {}
    return [
        Account(
            mode, name, carrier, CARRIERS[carrier].channel, settings.PACE.get(name, 0),
            states.get((mode, name)),
        )
        for mode in routing.MODES
        for name, carrier in routing.accounts(mode=mode).items()
    ]  # fmt: skip


def kept() -> Kept:
    """What the next shrinks would do; sizes are those that were counted at launch."""
    due = retention.due(before=ledger_now() - settings.DELIVERIES_KEPT)
    first = Dispatch.objects.in_bulk(due[:SHOWN])
    later = Dispatch.objects.filter(
        state=Dispatch.State.COMPLETE, shrunk_at=None, completed_at__isnull=False
    ).exclude(pk__in=due)
    coming = later.order_by("completed_at", "pk")[:SHOWN]
    return Kept(
        tuple(first[one] for one in due[:SHOWN]),
        len(due),
        tuple(
            Leaving(one, one.completed_at + settings.DELIVERIES_KEPT)
            for one in coming
            if one.completed_at
        ),
    )


def _lines(people: list[User]) -> list[Line]:
    held: dict[int, set[str]] = {}
    factors = Authenticator.objects.filter(user__in=people)
    for user_id, kind in factors.values_list("user_id", "type"):
        held.setdefault(user_id, set()).add(kind)
    return [
        Line(
            user=user,
            roles=_roles(user.memberships.all()),
            languages=_languages(user.memberships.all()),
            offices=tuple(user.offices.all()),
            password=user.has_usable_password(),
            passkey=Authenticator.Type.WEBAUTHN in held.get(user.pk, ()),
            code=Authenticator.Type.TOTP in held.get(user.pk, ()),
        )
        for user in people
    ]


def _roles(memberships: Iterable[Membership]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    held: dict[str, list[str]] = {}
    for one in memberships:
        held.setdefault(one.role, []).append(one.region)
    return tuple((role, tuple(sorted(held[role]))) for role in sorted(held))


def _languages(memberships: Iterable[Membership]) -> tuple[str, ...]:
    return tuple(sorted({tag for one in memberships for tag in one.languages}))


def _seats(office: Office) -> Seats:
    sitting = sorted(office.holders.all(), key=lambda one: one.user.username)
    return Seats(
        office,
        tuple(one.user for one in sitting if not one.deputy),
        tuple(one.user for one in sitting if one.deputy),
    )
