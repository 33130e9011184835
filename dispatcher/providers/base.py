"""What every carrier's adapter takes and gives: parcels in, outcomes and receipts out. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from dispatcher.kit.wire import Wire
from dispatcher.ledger.facts import Outcome, Receipt


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


Content = Sms | Email | Push


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message to one address, ready for a carrier."""

    delivery_id: int
    attempt: int
    to: str
    """E.164, e-mail address, FCM token, or a Web Push subscription as JSON."""
    content: Content
    slots: Mapping[str, str] = field(default_factory=dict)
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


class Provider(Protocol):
    """A carrier, built once per worker from its account; SDKs are imported in __init__."""

    name: ClassVar[str]
    channel: ClassVar[str]
    most: ClassVar[int]
    """Parcels in one call: 1, or as many as share one content."""

    async def send(self, parcels: Sequence[Parcel], *, wire: Wire) -> Sequence[Outcome]:
        """One call; an outcome for each parcel, in order. Never raises for what a network does."""
        ...

    def verify(self, knock: Knock) -> None:
        """Raise Forged unless the carrier signed this."""
        ...

    def read_receipts(self, knock: Knock) -> list[Receipt]:
        """The receipts in a verified request; words that we do not know are left out."""
        ...
