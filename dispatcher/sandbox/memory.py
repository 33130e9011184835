"""What the carriers took: kept in order of arrival up to a cap, counted for ever."""

from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any

STATUSES = ("queued", "sent", "delivered", "failed", "replaced")
"""How far a message came, in our words; a carrier's own word is kept beside it."""


@dataclass(slots=True, eq=False)
class Taken:
    """One message to one address, as the carrier took it."""

    number: int
    at: float
    """Seconds since 1970, UTC."""
    carrier: str
    channel: str
    """sms, email or push."""
    id: str
    """The carrier's id."""
    to: str
    delivery: str
    """The sender's own id: from the callback's path, the custom arguments, or the tag."""
    fields: Mapping[str, Any]
    """The request's fields; for e-mail the personalisation."""
    shared: Any = None
    """E-mail: the request without its personalisations. Web Push: what opens the box."""
    word: str = "queued"
    """The carrier's own word for the state."""
    status: str = "queued"
    code: str = ""
    """The carrier's code when it failed."""
    changed: float = 0.0
    sent: float = 0.0
    tag: str = ""
    """Push: a later one with the same tag replaces it on the device."""
    content: object = None
    """What `contents.content` made of it."""
    ahead: float = 0.0
    """Seconds by which the carrier's clock was ahead of `at`."""


@dataclass(slots=True)
class Memory:
    """The log of all carriers; the oldest falls out when more than `keep` are held."""

    keep: int
    taken: deque[Taken] = field(default_factory=deque)
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    by_id: dict[str, Taken] = field(default_factory=dict)
    phones: "OrderedDict[str, deque[Taken]]" = field(default_factory=OrderedDict)
    """Address -> its messages, oldest first; the address written to last stands last."""
    shown: dict[tuple[str, str], Taken] = field(default_factory=dict)
    """(address, tag) -> the push that the device shows under that tag."""
    last: int = 0
    ahead: float = 0.0
    """Seconds by which the carriers' clock is ahead of the machine's: for senders whose own clock
    was moved, so that hours can pass in a moment for both."""
    note: Callable[[Taken], None] | None = None
    """Told each message as it is taken: the journal."""

    def add(self, taken: Taken) -> None:
        """Keep one message."""
        taken.ahead = self.ahead
        if self.note is not None:
            self.note(taken)
        self.taken.append(taken)
        self.by_id[taken.id] = taken
        messages = self.phones.get(taken.to)
        if messages is None:
            messages = self.phones[taken.to] = deque()
        else:
            self.phones.move_to_end(taken.to)
        messages.append(taken)
        self.count(taken.carrier, "taken")
        if len(self.taken) > self.keep:
            self._drop()

    def show(self, taken: Taken, tag: str) -> None:
        """A push takes the place of the one that its device showed under the same tag."""
        before = self.shown.get((taken.to, tag))
        if before is not None:
            before.word = before.status = "replaced"
        taken.tag = tag
        self.shown[taken.to, tag] = taken

    def number(self) -> int:
        """The next message's place in the order of arrival, from 1."""
        self.last += 1
        return self.last

    def count(self, carrier: str, what: str, times: int = 1) -> None:
        """Count an event of a carrier."""
        if carrier not in self.counts:
            self.counts[carrier] = Counter()
        self.counts[carrier][what] += times

    def after(self, number: int, *, carrier: str = "", most: int = 1000) -> list[Taken]:
        """The messages that arrived after that number, oldest first."""
        found = (
            each
            for each in islice(self.taken, self._place(number), None)
            if not carrier or each.carrier == carrier
        )
        return list(islice(found, most))

    def newest(self) -> Iterator[Taken]:
        """All messages, newest first."""
        return reversed(self.taken)

    def forget(self) -> None:
        """Empty the log and the counts; numbers go on."""
        self.taken.clear()
        self.by_id.clear()
        self.phones.clear()
        self.shown.clear()
        self.counts.clear()

    def _place(self, number: int) -> int:
        first = self.taken[0].number if self.taken else 0
        return max(0, number + 1 - first)

    def _drop(self) -> None:
        oldest = self.taken.popleft()
        self.by_id.pop(oldest.id, None)
        if oldest.tag and self.shown.get((oldest.to, oldest.tag)) is oldest:
            del self.shown[oldest.to, oldest.tag]
        messages = self.phones[oldest.to]
        messages.popleft()
        if not messages:
            del self.phones[oldest.to]


def stamp(seconds: float) -> str:
    """ISO 8601 in UTC with microseconds."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")
