"""What people wrote back: kept once, tied to the delivery that they most likely answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatcher.ledger import statements


@dataclass(frozen=True, slots=True)
class Newest:
    """The last message to an address; `language` (BCP 47) and `region` are its batch's."""

    delivery_id: int
    dispatch_id: int
    contact_id: int
    language: str
    region: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A reply as it is written down; `sender` only where no contact has the address."""

    carrier: str
    carrier_id: str
    mode: str
    meaning: str
    """dispatcher.tracking.keywords.Meaning"""
    text: str
    sender: str = ""
    contact_id: int | None = None
    answers: Newest | None = None
    settled: bool = False
    """Nobody need look at it: it was obeyed."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A reply that waits for a person."""

    id: int
    dispatch_id: int | None
    contact_id: int | None
    sender: str
    region: str
    meaning: str
    text: str
    at: datetime


def newest_to(address_ids: Sequence[int], *, mode: str, within: timedelta) -> Newest | None:
    """The last message of the mode to any of these addresses that is not known to have failed."""
    if not address_ids:
        return None
    found = statements.rows("newest_to", addresses=list(address_ids), mode=mode, within=within)
    return Newest(*found[0]) if found else None


def keep(reply: Kept) -> bool:
    """Write it down; False when this message was there already."""
    answers = reply.answers
    found = statements.rows(
        "keep_reply",
        carrier=reply.carrier,
        carrier_id=reply.carrier_id,
        mode=reply.mode,
        meaning=reply.meaning,
        text=reply.text,
        sender=reply.sender,
        region=answers.region if answers else "",
        dispatch_id=answers.dispatch_id if answers else None,
        delivery_id=answers.delivery_id if answers else None,
        contact_id=reply.contact_id,
        settled=reply.settled,
    )
    return bool(found)


def unread(*, mode: str, regions: Sequence[str] | None = None, most: int = 100) -> list[Unread]:
    """What waits for a person, oldest first; `regions` None means everywhere.

    A reply to nothing that we sent has the region '', which only who sees everywhere should ask
    for.
    """
    listed = None if regions is None else list(regions)
    return [
        Unread(*row)
        for row in statements.rows("unread_replies", mode=mode, regions=listed, most=most)
    ]


def mark_read(reply_ids: Sequence[int], *, by: str) -> int:
    """Somebody has looked at them; how many were unread until now."""
    return statements.run("read_replies", ids=list(reply_ids), by=by)


def forget(contact_ids: Sequence[int]) -> int:
    """Empty the words of people who are forgotten; how many replies they had."""
    return statements.run("forget_replies", contacts=list(contact_ids))
