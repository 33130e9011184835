"""The law of the ledger in words and tables: what a carrier said, and which of two facts stands.

Pure: neither Django nor Celery, so that carriers' adapters and property tests can import it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, IntEnum, StrEnum
from math import ceil, floor
from typing import NamedTuple

BLOCK = 1024
"""Delivery ids reserved for a batch: id = root batch id * BLOCK + position."""
MOST_ATTEMPTS = 999
"""Attempts that `standing` can tell apart; with the growing pause they last for three days."""
LONGEST_WAIT = 600.0
"""Seconds that the growing pause between two attempts may reach; half of them on average."""


class Rank(IntEnum):
    """How far a delivery came, in the order in which one attempt's facts outrank each other."""

    UNKNOWN = 10
    """The carrier may have taken it; nobody can say yet. Never counted as failed."""
    HANDED_OVER = 20
    """The carrier took it and gave an id, or a receipt says that it is on its way."""
    FAILED = 30
    """Refused for good, or reported undelivered."""
    DELIVERED = 40
    """The carrier's signed receipt says that it reached the handset, mailbox or device."""
    BOUNCED = 50
    """E-mail only: the mailbox's host took it and sent it back later. Reported as failed."""


TERMINAL_GOOD = frozenset({Rank.DELIVERED, Rank.BOUNCED})
"""Ranks that no later attempt may hide; a bounce is among them because it corrects a delivery."""


def standing(rank: Rank, attempt: int) -> int:
    """The one number whose GREATEST decides: (terminal good, attempt, rank), in that order.

    `attempt` counts from 1 to MOST_ATTEMPTS. Proven in tests/ledger/test_facts.py.
    """
    return (rank in TERMINAL_GOOD) * 100_000 + attempt * 100 + rank


def rank_of(number: int) -> Rank:
    """The rank inside a standing."""
    return Rank(number % 100)


def back_off(asked: float, attempt: int, *, luck: float = 1.0) -> float:
    """Seconds until a message that was refused until later goes again, after this attempt.

    Full jitter: at least what the carrier asked for, and on top of it `luck` (0 to 1) of a span
    that doubles with each attempt, from half a second to LONGEST_WAIT, so that a crowd that was
    turned away together does not come back together. In steps of a quarter of a second, so that
    neighbours share a batch: one throw for a window, not one a person. Never less than 0.1 s, so
    that a carrier that says "at once" for ever is no loop. With luck 1 it is the latest moment.
    """
    span = min(0.25 * 2.0 ** min(attempt, 12), LONGEST_WAIT)
    return max((ceil(asked * 4) + floor(min(luck, 1.0) * span * 4)) / 4, 0.1)


class Verdict(StrEnum):
    """What became of an unknown; the reports' words for it are in `reports.words`."""

    OPEN = ""
    """Nobody can say yet."""
    RECEIPT = "receipt"
    """A receipt came, an acknowledgement among them: it was taken."""
    LATE = "late"
    """The worker that had fallen silent came back and said what it knew."""
    TAKEN = "taken"
    """The carrier lists exactly one message that can only be this one."""
    MANY = "many"
    """The carrier lists several that could be this one: it has it more than once."""
    RESENT = "resent"
    """The carrier denied it when its list had settled: sent again."""
    NOT_PROCESSED = "not_processed"
    """A late word, documented as not processed: sent again."""
    REPEATED = "repeated"
    """Sent again on purpose: the device shows both as one."""
    RISKED = "risked"
    """Nobody could tell, and twice is better than never: sent again."""
    GIVEN_UP = "given_up"
    """Nobody could tell, and never is better than twice: it stays unknown."""
    EXPIRED = "expired"
    """Nobody could tell before the dispatch was over: it stays unknown."""


class Kind(Enum):
    """What one call to a carrier came to."""

    TAKEN = "taken"
    """A documented success with the carrier's id."""
    REFUSED = "refused"
    """A documented permanent error: trying again is pointless."""
    LATER = "later"
    """Documented as not processed: the same message may be sent again, after a pause."""
    UNSURE = "unsure"
    """All else: a time-out, a cut connection, a 5xx, garbage, another 2xx."""


class Outcome(NamedTuple):
    """The decision that one parcel's send came to; `code` is the carrier's or ours, never prose."""

    kind: Kind
    code: str = ""
    carrier_id: str = ""
    retry_after: float = 0.0  # seconds, for LATER
    dead: bool = False  # the address itself is gone: the registry should know
    opted_out: bool = False  # the reader told the carrier to stop: the registry should know
    asked: bool = True  # False: no request was made, and the next one is the same attempt

    @classmethod
    def taken(cls, carrier_id: str) -> "Outcome":
        """Accepted, with the carrier's id."""
        return cls(Kind.TAKEN, carrier_id=carrier_id)

    @classmethod
    def refused(cls, code: str, *, dead: bool = False, opted_out: bool = False) -> "Outcome":
        """Refused for good."""
        return cls(Kind.REFUSED, code=code, dead=dead, opted_out=opted_out)

    @classmethod
    def later(cls, code: str, *, seconds: float) -> "Outcome":
        """Not processed; may be tried again after `seconds`."""
        return cls(Kind.LATER, code=code, retry_after=seconds)

    @classmethod
    def unasked(cls, code: str, *, seconds: float) -> "Outcome":
        """Never put on the wire (stopped, no time left, an ill account): waits and is no try."""
        return cls(Kind.LATER, code=code, retry_after=seconds, asked=False)

    @classmethod
    def unsure(cls, code: str) -> "Outcome":
        """Nobody can tell; `code` names the evidence (timeout, cut, http_500, garbage)."""
        return cls(Kind.UNSURE, code=code)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A carrier's verified word on one delivery, in our vocabulary."""

    key: str
    """Unique for this event at this carrier: the same event twice has the same key."""
    delivery_id: int
    attempt: int
    carrier: str
    rank: Rank | None
    """None for acknowledged and opened, which are times and not ranks."""
    code: str = ""
    carrier_id: str = ""
    at: datetime | None = None
    opened: bool = False
    acknowledged: bool = False
    dead: bool = False
    opted_out: bool = False
