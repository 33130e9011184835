"""What every carrier's adapter takes and gives: parcels in, outcomes and receipts out. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from types import MappingProxyType
from typing import ClassVar, NamedTuple, Protocol

from dispatcher.kit.wire import Wire
from dispatcher.ledger.facts import Outcome, Rank, Receipt


@dataclass(frozen=True, slots=True)
class Sms:
    """A text message, as it appears on the handset."""

    text: str
    ttl: int = 36_000
    """Seconds for which the carrier may hold it: the alert's expiry; later it is worth nothing."""


@dataclass(frozen=True, slots=True)
class Email:
    """A letter that many readers share; `{{name}}` tokens are filled from each parcel's slots."""

    subject: str
    text: str
    html: str
    locale: str


@dataclass(frozen=True, slots=True)
class Push:
    """A notification on a device; `direction` is 'ltr' or 'rtl'."""

    title: str
    body: str
    link: str
    locale: str
    direction: str
    tag: str
    """The same for all repeats of one delivery: the device shows it once."""
    ttl: int = 172_800
    """Seconds for which the push service may hold it."""
    acknowledge: str = ""
    """Where the button "I have read it" leads; '' for none."""
    button: str = ""
    """What stands on that button, in the language of the message."""


Content = Sms | Email | Push
_NOTHING: Mapping[str, str] = MappingProxyType({})


class Parcel(NamedTuple):
    """One message to one address, ready for a carrier."""

    delivery_id: int
    attempt: int
    to: str
    """E.164, e-mail address, FCM token, or a Web Push subscription as JSON."""
    content: Content
    slots: Mapping[str, str] = _NOTHING
    """E-mail only: token's name -> personal value, filled in for `{{name}}` by the carrier."""


@dataclass(frozen=True, slots=True)
class Knock:
    """A request at our door, as it came: nothing in it may be believed before it is verified."""

    url: str
    """The public URL, from configuration and the path; never from the request's headers."""
    headers: Mapping[str, str]
    """Lower-case names."""
    body: bytes
    path: Mapping[str, str] = field(default_factory=dict)
    """What the route captured, for example delivery_id and attempt."""


class Forged(Exception):  # noqa: N818  # it names what the request is
    """The signature is missing, wrong, or too old."""


class Finding(Enum):
    """What a carrier says when it is asked whether it has taken a message."""

    NONE = "none"
    """It lists no such message. Believed only once the carrier's `settles` is over."""
    ONE = "one"
    """It lists exactly one: that is ours."""
    MANY = "many"
    """It lists several that could be ours: it was taken, but which of them is ours is not known."""
    CANNOT = "cannot"
    """It cannot tell, now or later: there is no list, or the list does not decide."""
    LATER = "later"
    """It could not be asked now; nothing is known that was not known before."""


@dataclass(frozen=True, slots=True)
class Match:
    """One message in a carrier's list that could be ours."""

    carrier_id: str
    rank: Rank
    """How far it came by the list's own word."""
    created: datetime
    code: str = ""
    """The carrier's reason where it failed."""


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to "have you taken this?"; `code` says why it is CANNOT or LATER."""

    kind: Finding
    matches: tuple[Match, ...] = ()
    """One for ONE, two or more for MANY: the caller may know some as other deliveries' own."""
    code: str = ""
    seconds: float = 0.0
    """For LATER: how long to wait before asking again."""

    @classmethod
    def among(cls, matches: Sequence[Match]) -> "Found":
        """None, one or many, by their number."""
        kinds = (Finding.NONE, Finding.ONE, Finding.MANY)
        return cls(kinds[min(len(matches), 2)], tuple(matches))

    @classmethod
    def cannot(cls, code: str) -> "Found":
        """Nobody can tell; `code` names why (no_list, list_too_long, body_hidden, body_changed)."""
        return cls(Finding.CANNOT, code=code)

    @classmethod
    def later(cls, code: str, *, seconds: float) -> "Found":
        """Not asked, or not answered; worth asking again after `seconds`."""
        return cls(Finding.LATER, code=code, seconds=seconds)

    @property
    def carrier_id(self) -> str:
        """The message's id at the carrier when it is ONE, else ""."""
        return self.matches[0].carrier_id if self.kind is Finding.ONE else ""

    @property
    def rank(self) -> Rank | None:
        """How far the message came when it is ONE, else None."""
        return self.matches[0].rank if self.kind is Finding.ONE else None


class Provider(Protocol):
    """A carrier, built once per worker from its account; SDKs are imported in __init__."""

    name: ClassVar[str]
    channel: ClassVar[str]
    most: ClassVar[int]
    """Parcels in one call: 1, or as many as share one content."""
    repeatable: ClassVar[bool]
    """Whether a second acceptance harms nobody: the device shows both as one, by tag or Topic."""
    settles: ClassVar[timedelta]
    """How long after the intent an answer of NONE may be believed, or where the carrier cannot be
    asked, for how long its receipts are worth waiting for. Longer than lease, time-out and the
    carrier's own lag together (tests/providers/test_find.py)."""

    async def send(self, parcels: Sequence[Parcel], *, wire: Wire) -> Sequence[Outcome]:
        """One call; an outcome for each parcel, in order. Never raises for what a network does."""
        ...

    async def find(self, parcel: Parcel, *, since: datetime, wire: Wire) -> Found:
        """Whether the carrier has taken this parcel at or after `since`, the intent, with a zone.

        Ask the account that the attempt went through: another one knows nothing of it. Never
        raises for what a network does.
        """
        ...

    def verify(self, knock: Knock) -> None:
        """Raise Forged unless the carrier signed this."""
        ...

    def read_receipts(self, knock: Knock) -> list[Receipt]:
        """The receipts in a verified request; words that we do not know are left out."""
        ...
