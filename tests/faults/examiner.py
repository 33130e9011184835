"""The examiner: what the ledger says of each message, held against what the carriers noted.

Pure: rows and the journal in, findings out. A *breach* is something that must never be; all else is
counted, also what nobody can make exactly once without the carrier's help.
"""

import base64
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Self

from tests.faults.carrier import Accepted

UNKNOWN, HANDED_OVER, FAILED, DELIVERED, BOUNCED = 10, 20, 30, 40, 50
"""Ranks, as the last two digits of a standing; written here once more, so that the examiner does
not believe the program that it examines."""
AGAIN = {"resent", "not_processed", "repeated", "risked"}
"""Verdicts on an unknown attempt after which the same message is sent again, on the record."""
STANDSTILL = 15.0
"""Seconds after any kill within which work that waits must move again."""


@dataclass(frozen=True, slots=True)
class Row:
    """One targeted message, as the ledger tells it."""

    delivery: int
    contact: int
    channel: str
    to: str
    """The address as it was enlisted."""
    fate: str
    """done, waiting, in_flight, withdrawn or excluded, from its batch."""
    standing: int | None = None
    """None: no row."""
    code: str = ""
    why: str = ""
    """The open or closed question about it; "" when none was ever asked."""
    verdict: str = ""
    """What the question came to; "" while it is open."""
    again: tuple[str, ...] = ()
    """Verdicts after which it was sent again, one for each time."""


@dataclass(slots=True)
class Findings:
    """What came of a launch; two can be added."""

    targeted: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    breaches: list[str] = field(default_factory=list)

    def __iadd__(self, other: "Findings") -> Self:
        self.targeted += other.targeted
        self.seen += other.seen
        self.breaches += other.breaches
        return self


def examine(rows: Sequence[Row], journal: Iterable[Accepted], *, people: int) -> Findings:
    """Hold every row against the journal.

    `people`: how many the launch meant; each must have a message, whatever became of it: that a
    second channel was left out for want of an address is no message. `journal` may hold other
    launches' acceptances.
    """
    taken = _by_delivery(journal, rows)
    found = Findings(targeted=len(rows))
    meant = len({row.contact for row in rows if row.fate != "excluded"})
    if meant < people:
        found.breaches.append(f"lost: {people - meant} of {people} people have no message")
    for row in rows:
        for word, breach in _judged(row, taken[row.delivery]):
            found.seen[word] += 1
            if breach:
                found.breaches.append(f"{word}: {row} was taken {len(taken[row.delivery])} times")
    return found


def standstill(kills: Sequence[float], accepted: Sequence[float]) -> float:
    """The longest time in seconds from a kill, or an acceptance after one, to the next acceptance.

    Both as times; acceptances of the work that waited, so that after the last one nothing waits. A
    further kill begins anew: work must move again within so long of *any* kill.
    """
    last = max(accepted, default=0.0)
    met = [kill for kill in kills if kill < last]
    times = sorted({*met, *(at for at in accepted if met and at > min(met))})
    return max((later - sooner for sooner, later in pairwise(times)), default=0.0)


def _judged(row: Row, taken: Sequence[Accepted]) -> Iterator[tuple[str, bool]]:
    """(what is counted, whether it is a breach); a breach's name says what should not be."""
    rank = row.standing % 100 if row.standing else None
    n = len(taken)
    if any(not _same(one.to, row) for one in taken):
        yield "sent to another address", True
    if n > 1:
        yield _repeated(row, n)
    if row.fate in ("withdrawn", "excluded") and rank is None:
        yield row.fate, n > 0
    elif row.fate in ("waiting", "in_flight") and rank is None:
        yield f"still {row.fate}", True
    elif rank is None:
        yield "lost: no row says what became of it", True
    elif rank == UNKNOWN:
        yield _unknown(row)
    elif n == 0:
        yield ("refused", False) if rank == FAILED else ("said to be taken, and was not", True)
    elif n == 1:
        yield "once", False


def _unknown(row: Row) -> tuple[str, bool]:
    """The row says why it is unknown, and the question what policy did about it."""
    if not (row.why and row.code):
        return "unknown without evidence", True
    return ("unknown", False) if row.verdict else ("unknown, and nobody has decided", True)


def _repeated(row: Row, n: int) -> tuple[str, bool]:
    """More than once: on purpose (push, shown once), by policy, or a breach."""
    if n - 1 > len(row.again):
        return "taken twice, and nobody decided so", True
    return ("repeated on purpose" if row.channel == "push" else "repeated by policy"), False


def _same(to: str, row: Row) -> bool:
    """A push subscription is a JSON object in which the endpoint stands."""
    return to in row.to if row.channel == "push" else to == row.to


def _by_delivery(
    journal: Iterable[Accepted], rows: Sequence[Row]
) -> defaultdict[int, list[Accepted]]:
    ours = names(rows)
    taken: defaultdict[int, list[Accepted]] = defaultdict(list)
    for one in journal:
        if one.delivery in ours:
            taken[ours[one.delivery]].append(one)
    return taken


def names(rows: Sequence[Row]) -> dict[str, int]:
    """What carriers call our deliveries -> the delivery: its id, and for browsers its Topic."""
    plain = {str(row.delivery): row.delivery for row in rows}
    return plain | {topic(row.delivery): row.delivery for row in rows if row.channel == "push"}


def topic(delivery: int) -> str:
    """The Topic under which a browser shows all copies of one delivery as one."""
    return base64.urlsafe_b64encode(hashlib.sha256(str(delivery).encode()).digest())[:32].decode()
