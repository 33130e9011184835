"""The questions of somebody who looks at one dispatch while it runs, and at single people of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dispatcher.ledger import enlisting, statements
from dispatcher.ledger.stages import Silent
from dispatcher.ledger.tally import Regions

LATELY = 2
"""Whole minutes over which the speed is taken, with what has passed of the present one."""


@dataclass(frozen=True, slots=True)
class Speed:
    """How many messages have left lately, in how many seconds."""

    messages: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Messages a second."""
        return max(self.messages, 0) / self.seconds


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one person, from the choice of its words to its last fact."""

    delivery_id: int
    channel: str
    language: str
    match: str
    region: str
    wording_id: int
    account: str
    due_at: datetime
    figure: str
    """As in the books."""
    carrier: str
    code: str
    written_at: datetime | None
    handed_at: datetime | None
    settled_at: datetime | None
    opened_at: datetime | None
    acknowledged_at: datetime | None
    attempt: int
    """Of the fact that stands; 0 before any."""
    why: str
    """Why it was unknown; '' when it never was."""
    asked_at: datetime | None
    closed_at: datetime | None
    verdict: str
    again_at: datetime | None
    """When the last further attempt was due."""


@dataclass(frozen=True, slots=True)
class Excluded:
    """Why nothing went to somebody by a channel."""

    channel: str
    region: str
    language: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """Some of those who have not answered, and after whom the next page begins."""

    people: tuple[Silent, ...]
    after: int | None
    """None: this was the last page."""


def oldest_waiting(dispatch_id: int) -> datetime | None:
    """Since when the message waits that has been due the longest."""
    found: datetime | None = statements.rows("oldest_waiting", dispatch=dispatch_id)[0][0]
    return found


def speed(dispatch_id: int, *, regions: Regions = None) -> Speed:
    """How fast messages leave now."""
    listed = None if regions is None else list(regions)
    found = statements.rows("left_lately", dispatch=dispatch_id, minutes=LATELY - 1, regions=listed)
    return Speed(*found[0])


def answered(dispatch_id: int) -> int:
    """People who have answered so far, in all regions."""
    return int(statements.rows("answered_so_far", dispatch=dispatch_id)[0][0])


def unanswered(dispatch_id: int, *, after: int, most: int, regions: Regions = None) -> Page:
    """`most` people at most who follow the contact id `after`, of them those who are silent.

    A page may be short, or empty, where everybody has answered; `Page.after` leads on.
    """
    told = {
        "dispatch": dispatch_id,
        "after": after,
        "regions": None if regions is None else list(regions),
    }
    [(end,)] = statements.rows("silent_page_end", **told, most=most)
    upto = enlisting.ALL if end is None else int(end)
    found = statements.rows("unanswered_between", **told, upto=upto)
    people = tuple(
        Silent(contact_id, region, language, figure, tuple(channels), reason)
        for contact_id, region, language, figure, channels, reason in found
    )
    return Page(people, None if upto == enlisting.ALL else upto)


def story(
    dispatch_id: int, contact_id: int, *, regions: Sequence[str] | None = None
) -> tuple[tuple[Message, ...], tuple[Excluded, ...]]:
    """All messages of a dispatch to one person, and by which channels nothing went."""
    told = {
        "dispatch": dispatch_id,
        "contact": contact_id,
        "regions": None if regions is None else list(regions),
    }
    messages = tuple(Message(*row) for row in statements.rows("person_story", **told))
    return messages, tuple(Excluded(*row) for row in statements.rows("person_excluded", **told))
