"""The questions that reports ask of the ledger; `regions` None means everywhere.

Of `snapshots.all_cells` several answers can be made: then nothing is read for each.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil, exp

from dispatcher.ledger import statements
from dispatcher.ledger.snapshots import Cell, Cells, cells

FIGURES = (
    "excluded",
    "withdrawn",
    "waiting",
    "in_flight",
    "handed_over",
    "delivered",
    "failed",
    "unknown",
)
"""The deliveries' book: these add up to targeted, at every instant."""

Regions = Sequence[str] | None

OPEN = "open"
VERDICTS = (OPEN, "given_up", "expired", "resent", "not_processed", "risked", "repeated", "many")
"""What is told of unknowns: those that are open, those that policy closed and that nobody has heard
of since, messages that were sent again and why, and those that the carrier has more than once."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell of the books."""

    channel: str
    region: str
    language: str
    figure: str
    n: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why so many were excluded, failed, or are unknown."""

    figure: str
    carrier: str
    channel: str
    code: str
    n: int


@dataclass(frozen=True, slots=True)
class Reach:
    """How soon people of a region, of a channel, or all (both None) were reached; in seconds.

    A time is None where that share has not been reached.
    """

    region: str | None
    channel: str | None
    people: int
    reached: int
    in_time: int
    p50: float | None
    p90: float | None
    p99: float | None


@dataclass(frozen=True, slots=True)
class Match:
    """How many got a wording in this language, chosen for this reason."""

    language: str
    match: str
    n: int


@dataclass(frozen=True, slots=True)
class Sent:
    """Messages of one wording in one place that somebody may have read, or may be reading."""

    channel: str
    region: str
    language: str
    wording_id: int
    messages: int


@dataclass(frozen=True, slots=True)
class Point:
    """The reach curve at the end of a minute."""

    minute: datetime
    delivered: int
    handed_over: int
    """Delivered or on its way."""


def books(dispatch_id: int, *, regions: Regions = None) -> list[Figure]:
    """The deliveries' book, from the deltas; the cost does not grow with the deliveries."""
    return [
        Figure(*row)
        for row in statements.rows("books", dispatch=dispatch_id, regions=_listed(regions))
    ]


def counted(dispatch_id: int) -> list[Figure]:
    """The deliveries' book counted from the rows: slow, and the proof of `books`."""
    return [Figure(*row) for row in statements.rows("rows", dispatch=dispatch_id)]


def audit(dispatch_id: int) -> list[tuple[Figure | None, Figure | None]]:
    """Cells where deltas and rows disagree, as (deltas, rows); empty when all is well.

    The figure `targeted` is there when the sum of the books is not what was enlisted.
    """
    text = statements.text("audit")
    for name in ("books", "rows"):
        text = text.replace(f"{{{name}}}", statements.text(name))
    found = statements.rows_of(text, {"dispatch": dispatch_id, "regions": None})
    return [(_figure(cell, told), _figure(cell, seen)) for *cell, told, seen in found]


def _figure(cell: Sequence[str], n: int | None) -> Figure | None:
    channel, region, language, figure = cell
    return None if n is None else Figure(channel, region, language, figure, n)


def people(
    dispatch_id: int, *, regions: Regions = None, among: Cells | None = None
) -> dict[str, int]:
    """The people's book: figure -> people, everybody once, by the best that happened to them."""
    found: Counter[str] = Counter()
    for _, (figure,), n, *_ in _cells("people", dispatch_id, regions, among):
        found[figure] += n
    return dict(found)


def reasons(
    dispatch_id: int, *, regions: Regions = None, among: Cells | None = None
) -> list[Reason]:
    """Reasons, most frequent first."""
    found: Counter[tuple[str, ...]] = Counter()
    for _, key, n, *_ in _cells("reasons", dispatch_id, regions, among):
        found[tuple(key)] += n
    return [
        Reason(figure, carrier, channel, code, n)
        for (figure, carrier, channel, code), n in found.most_common()
    ]


def reach(
    dispatch_id: int, *, within: int, regions: Regions = None, among: Cells | None = None
) -> list[Reach]:
    """Times to reach, for each region, each channel and the whole; `within` in seconds.

    Told times are within one per cent.
    """
    held: dict[tuple[str | None, str | None], _Times] = {(None, None): _Times()}
    for region, (channel, in_time), n, steps, counts in _cells(
        "reach", dispatch_id, regions, among, within
    ):
        for place in ((region, None), (None, channel), (None, None)):
            times = held.setdefault(place, _Times())
            times.people += n
            times.in_time += int(in_time)
            for step, reached in zip(steps or (), counts or (), strict=True):
                times.steps[step] = times.steps.get(step, 0) + reached
    return [times.told(*place) for place, times in held.items()]


@dataclass(slots=True)
class _Times:
    """How many people were reached at each step of a fiftieth of the logarithm of seconds."""

    people: int = 0
    in_time: int = 0
    steps: dict[int, int] = field(default_factory=dict)

    def told(self, region: str | None, channel: str | None) -> Reach:
        reached, wanted = 0, [ceil(share * self.people) for share in (0.5, 0.9, 0.99)]
        seconds: list[float | None] = []
        for step in sorted(self.steps):
            reached += self.steps[step]
            while len(seconds) < len(wanted) and reached >= wanted[len(seconds)]:
                seconds.append(float(f"{exp(step / 50):.3g}"))
        p50, p90, p99 = (*seconds, None, None, None)[:3]
        return Reach(region, channel, self.people, reached, self.in_time, p50, p90, p99)


def first_out(dispatch_id: int, *, among: Cells | None = None) -> float | None:
    """Seconds from launch until the first message was taken by a carrier."""
    found = _cells("first_out", dispatch_id, None, among)
    return found[0][2] / 1000 if found else None


def matches(
    dispatch_id: int, *, regions: Regions = None, among: Cells | None = None
) -> list[Match]:
    """How the languages that went out were chosen."""
    found: Counter[tuple[str, ...]] = Counter()
    for _, key, n, *_ in _cells("matches", dispatch_id, regions, among):
        found[tuple(key)] += n
    return [Match(language, match, n) for (language, match), n in found.items()]


def curve(dispatch_id: int, *, regions: Regions = None) -> list[Point]:
    """The reach curve, a point a minute in which something changed."""
    return [
        Point(*row)
        for row in statements.rows("curve", dispatch=dispatch_id, regions=_listed(regions))
    ]


def unknowns(
    dispatch_id: int, *, regions: Regions = None, among: Cells | None = None
) -> dict[str, int]:
    """What became of unknowns: how many, by VERDICTS; what there was none of is left out."""
    found: Counter[str] = Counter()
    for _, (verdict,), n, *_ in _cells("unknowns", dispatch_id, regions, among):
        found[verdict] += n
    return {verdict: found[verdict] for verdict in VERDICTS if verdict in found}


def sent(dispatch_id: int, *, regions: Regions = None) -> list[Sent]:
    """What has left, by what it said and where; of a large dispatch as it was walked last."""
    return told_sent(cells("sent", dispatch_id, regions=regions))


def told_sent(found: Sequence[Cell]) -> list[Sent]:
    """Cells of `sent` as values."""
    return [
        Sent(channel, region, language, int(wording), n)
        for region, (channel, language, wording), n, *_ in found
    ]


def strays(dispatch_id: int) -> int:
    """Receipts since the launch that belong to nothing that we sent."""
    return int(statements.rows("strays", dispatch=dispatch_id)[0][0])


def mark(dispatch_id: int) -> int:
    """A number that differs whenever the figures do; 0 before any: cheap enough for every poll."""
    return int(statements.rows("mark", dispatch=dispatch_id)[0][0])


def _cells(
    question: str, dispatch_id: int, regions: Regions, among: Cells | None, within: int = 0
) -> Sequence[Cell]:
    """From `among`, where somebody has asked for the cells of several questions at once."""
    if among is not None:
        return among[question]
    return cells(question, dispatch_id, regions=regions, within=within)


def _listed(regions: Regions) -> list[str] | None:
    return None if regions is None else list(regions)
