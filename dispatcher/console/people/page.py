"""What the pages show of people, made from what the registry and the ledger say; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from contacts.finding import Seen
from contacts.reach import Door
from contacts.rights import Held, HeldAddress, Said
from dispatcher.ledger.facts import Rank
from dispatcher.ledger.told import Message
from dispatcher.reports import words

CHANNELS: Final = ("sms", "email", "push")


@dataclass(frozen=True, slots=True)
class Row:
    """One person in a list."""

    contact_id: int
    name: str
    reference: str
    region: str
    languages: tuple[str, ...]
    roles: tuple[str, ...]
    channels: tuple[tuple[str, bool], ...]
    """Each channel, and whether an address of it works."""
    dead: bool
    unreached: bool
    private: bool
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Mark:
    """A small state in words: `level` is good, doubt or bad."""

    level: str
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """One address and how it stands."""

    address_id: int
    channel: str
    value: str
    marks: tuple[Mark, ...]
    since: datetime
    works: bool
    dead: bool
    opted_out: bool
    retired: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One message that the person was sent."""

    message: Message
    state: Mark
    why: str


def row(seen: Seen, roles: Mapping[str, str]) -> Row:
    """A person of a list, with the roles' titles."""
    return Row(
        contact_id=seen.contact_id,
        name=seen.name,
        reference=seen.reference,
        region=seen.region,
        languages=seen.languages,
        roles=tuple(roles.get(key, key) for key in seen.roles),
        channels=tuple((channel, channel in seen.channels) for channel in CHANNELS),
        dead=seen.dead and bool(seen.channels),
        unreached=not seen.channels,
        private=seen.list_id is not None,
        confirmed_at=seen.confirmed_at,
    )


_WHY: Final[Mapping[str, tuple[str, Promise]]] = {
    "replaced": ("doubt", _("Replaced: kept for the record, never used")),
    "dead": ("bad", _("Dead: its carrier says that it does not exist")),
    "opted_out": ("bad", _("Opted out of everything by this channel")),
    "suppressed": ("bad", _("Kept out: it was erased, complained or was blocked before")),
}


def place(address: HeldAddress, *, safety: Door, news: Door) -> Place:
    """An address with its state in plain words: may it be used, and for what."""
    why = safety.refusal
    marks = [Mark(*_told(_WHY[why]))] if why in _WHY else [Mark("good", gettext("Works"))]
    if not why and news.refusal == "no_consent":
        marks.append(Mark("doubt", gettext("No news: has not agreed to any")))
    elif not why and news.refusal == "opted_out":
        marks.append(Mark("doubt", gettext("Opted out of news")))
    if address.dead_at and why == "opted_out":
        marks.append(Mark(*_told(_WHY["dead"])))
    return Place(
        address_id=address.address_id,
        channel=address.channel,
        value=address.value if address.channel != "push" else device(address.value),
        marks=tuple(marks),
        since=address.created_at,
        works=not why,
        dead=address.dead_at is not None,
        opted_out=why == "opted_out",
        retired=address.retired_at is not None,
    )


def device(value: str) -> str:
    """A device is told by the end of its token: enough to tell two apart, too little to use."""
    return "…" + value.rstrip('"}')[-8:]


def places(
    held: Held, *, safety: Mapping[int, Door], news: Mapping[int, Door]
) -> tuple[list[Place], list[Place]]:
    """The addresses that are in use, and those that were."""
    made = [
        place(one, safety=safety[one.address_id], news=news[one.address_id])
        for one in held.addresses
    ]
    return [one for one in made if not one.retired], [one for one in made if one.retired]


_RANKS: Final[Mapping[Rank, tuple[str, Promise]]] = {
    Rank.UNKNOWN: ("doubt", pgettext_lazy("message state", "Unknown")),
    Rank.HANDED_OVER: ("doubt", pgettext_lazy("message state", "Handed over")),
    Rank.FAILED: ("bad", pgettext_lazy("message state", "Failed")),
    Rank.DELIVERED: ("good", pgettext_lazy("message state", "Delivered")),
    Rank.BOUNCED: ("bad", pgettext_lazy("message state", "Bounced")),
}
_FAILED: Final = (Rank.FAILED, Rank.BOUNCED, Rank.UNKNOWN)


def lines(messages: Iterable[Message]) -> list[Line]:
    """The messages with their state in words, and the reason where one failed."""
    return [
        Line(
            one,
            Mark(*_told(_RANKS[one.rank])),
            words.reason(one.code, carrier=one.carrier) if one.rank in _FAILED else "",
        )
        for one in messages
    ]


_SOURCES: Final[Mapping[str, Promise]] = {
    "import": _("a spreadsheet"),
    "registry": _("the registry"),
    "console": _("an operator, here"),
}
_KINDS: Final[Mapping[str, Promise]] = {
    "": _("every kind of message"),
    "safety": _("safety messages"),
    "service": _("service messages"),
    "news": _("news"),
}


def consents(said: Sequence[Said]) -> list[tuple[Said, str, str]]:
    """What the person said, newest first: the word, the kind and the source as people call them."""
    return [
        (one, str(_KINDS.get(one.kind, one.kind)), str(_SOURCES.get(one.source, one.source)))
        for one in reversed(said)
    ]


def _told(pair: tuple[str, Promise]) -> tuple[str, str]:
    return pair[0], str(pair[1])


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a keeper should look at, as parts/findings.html shows it."""

    level: str
    text: str
    href: str = ""
    remedy: str = ""


def stale(held: Held, live: Sequence[Place]) -> list[Finding]:
    """What is wrong with the entry of a person."""
    found = []
    if not any(one.works for one in live):
        found.append(
            Finding(
                "refuse", gettext("Nothing would reach this person: no address of theirs works.")
            )
        )
    if not held.languages:
        found.append(
            Finding(
                "warn",
                gettext("No language is known: each alert decides in which words they are told."),
            )
        )
    return found
