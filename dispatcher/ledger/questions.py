"""What nobody can say: questions that are due, what they come to, and what goes again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatcher.ledger import statements
from dispatcher.ledger.facts import MOST_ATTEMPTS, Verdict

FIRST = timedelta(seconds=5)
"""From an unknown to the first question about it: most receipts come sooner, and are free."""
LEASE = timedelta(seconds=60)
"""For which a question is its asker's: a round ends sooner, and who died in it holds up nobody."""


@dataclass(frozen=True, slots=True)
class Due:
    """An unknown that is to be asked about, with all that makes the message once more."""

    delivery_id: int
    dispatch_id: int
    attempt: int
    account: str
    asks: int
    """How often this attempt has been asked about, this time included."""
    repeats: int
    """How often it was sent again before."""
    age: float
    """Seconds since it is unknown."""
    mode: str
    severity: str
    launched_at: datetime
    over: bool
    """The dispatch was stopped or has expired: nothing of it may leave."""
    handed: bool
    """A carrier's word about an earlier attempt: somebody may have it already."""
    channel: str
    wording_id: int
    language: str
    region: str
    time_zone: str
    contact_id: int
    address_id: int


@dataclass(frozen=True, slots=True)
class Again:
    """An unknown attempt that is to be sent again in so many seconds, and why."""

    delivery_id: int
    attempt: int
    verdict: Verdict
    seconds: float


def due(*, most: int) -> list[Due]:
    """Take up to `most` open questions whose time has come; nobody else gets them for LEASE."""
    return [Due(*row) for row in statements.rows("due_questions", most=most, lease=LEASE)]


def ask_later(seconds: Mapping[tuple[int, int], float]) -> None:
    """Leave questions open; (delivery id, attempt) -> seconds until they are asked again."""
    if seconds:
        statements.run(
            "ask_later",
            ids=[delivery_id for delivery_id, _ in seconds],
            attempts=[attempt for _, attempt in seconds],
            seconds=list(seconds.values()),
        )


def close(verdicts: Mapping[tuple[int, int], Verdict]) -> None:
    """Close questions that nobody can answer: (delivery id, attempt) -> why. They stay unknown."""
    if verdicts:
        statements.run(
            "close_questions",
            ids=[delivery_id for delivery_id, _ in verdicts],
            attempts=[attempt for _, attempt in verdicts],
            verdicts=list(verdicts.values()),
        )


def again(unknowns: Sequence[Again]) -> set[int]:
    """Send unknowns again, in one transaction; the delivery ids that now wait.

    Left out is what is not openly unknown at that attempt (a receipt was faster), what somebody
    has, and what belongs to a dispatch that is over; see the statement.
    """
    if not unknowns:
        return set()
    ordered = sorted(unknowns, key=lambda one: one.delivery_id)
    found = statements.rows(
        "again",
        ids=[one.delivery_id for one in ordered],
        attempts=[one.attempt for one in ordered],
        verdicts=[one.verdict for one in ordered],
        seconds=[one.seconds for one in ordered],
        most=MOST_ATTEMPTS,
    )
    return {delivery_id for (delivery_id,) in found}


def known_elsewhere(addresses: Sequence[int], carrier_ids: Sequence[str]) -> dict[str, set[int]]:
    """Of these carrier's ids those that deliveries to these addresses bear: id -> deliveries."""
    found: dict[str, set[int]] = {}
    told = statements.rows(
        "known_elsewhere", addresses=list(addresses), carrier_ids=list(carrier_ids)
    )
    for delivery_id, carrier_id in told:
        found.setdefault(carrier_id, set()).add(delivery_id)
    return found
