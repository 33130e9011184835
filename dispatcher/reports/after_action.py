"""The report of a dispatch as one value: books, reasons, times, objective, languages.

It can be asked for at any moment; while the dispatch runs it is the live view.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from contacts.regions import Scope
from dispatcher.fanout.plan import Plan, thaw
from dispatcher.ledger import snapshots, tally
from dispatcher.ledger.models import Dispatch
from dispatcher.ledger.statements import ledger_now
from dispatcher.ledger.tally import FIGURES, Figure, Point, Reach, Reason
from dispatcher.wording.choosing import MATCHES


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the books; the figures, in the order of `FIGURES`, add up to `targeted`."""

    channel: str
    region: str
    language: str
    figures: tuple[int, ...]

    @property
    def targeted(self) -> int:
        """Everybody this line is about."""
        return sum(self.figures)

    @property
    def reached(self) -> int:
        """Delivered; by push, whose devices send no receipts, handed over."""
        pushed = self.of("handed_over") if self.channel == "push" else 0
        return self.of("delivered") + pushed

    def of(self, figure: str) -> int:
        """One of the figures by its name."""
        return self.figures[FIGURES.index(figure)]


@dataclass(frozen=True, slots=True)
class Objective:
    """What the scenario asked for, and whether it was met; None: it cannot be said yet."""

    first_message: int
    """Seconds that the first message may take."""
    first_message_took: float | None
    share: int
    """Per cent of each region's people …"""
    within: int
    """… to be reached within so many seconds."""
    regions: tuple[tuple[str, float], ...]
    """Region and the per cent of its people that were reached in time, the lowest first."""
    met: bool | None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a person may know of one dispatch, within their scope."""

    dispatch_id: int
    number: str
    scenario: str
    part: str
    mode: str
    state: str
    launched_at: datetime
    launched_by: str
    completed_at: datetime | None
    books: tuple[Row, ...]
    people: dict[str, int]
    reasons: tuple[Reason, ...]
    reach: tuple[Reach, ...]
    objective: Objective
    languages: dict[str, int]
    """Language of the wording -> messages handed over or delivered in it."""
    matched: int
    """Of those, how many went to people who said that they read it."""
    curve: tuple[Point, ...]
    strays: int
    counted_at: datetime | None = None
    """When people, reasons, times and languages were counted, of a large dispatch; None: now.

    The books and the curve are always of now."""
    unknowns: dict[str, int] = field(default_factory=dict)
    """What became of those of whom nobody could tell; see `tally.VERDICTS`."""

    def totals(self, by: Callable[[Row], str]) -> list[tuple[str, Row]]:
        """The books summed by channel, region or language, the largest first."""
        sums: dict[str, list[int]] = {}
        for row in self.books:
            line = sums.setdefault(by(row), [0] * len(FIGURES))
            for place, n in enumerate(row.figures):
                line[place] += n
        rows = [(key, Row("", "", "", tuple(line))) for key, line in sums.items()]
        return sorted(rows, key=lambda entry: (-entry[1].targeted, entry[0]))

    @property
    def whole(self) -> Row:
        """The books summed over everything."""
        found = self.totals(lambda _: "")
        return found[0][1] if found else Row("", "", "", (0,) * len(FIGURES))

    @property
    def reached(self) -> int:
        """People with a delivery; by push, whose devices send no receipts, with a hand-over."""
        pushed = sum(row.of("handed_over") for row in self.books if row.channel == "push")
        told = self.people.get("handed_over", 0)
        return self.people.get("delivered", 0) + min(pushed, told)

    @property
    def match_rate(self) -> float | None:
        """Share, 0 to 1, of messages in a language that the reader named; None before any."""
        sent = sum(self.languages.values())
        return self.matched / sent if sent else None

    def time_to(self) -> tuple[float | None, float | None, float | None]:
        """Seconds until 50, 90 and 99 % of the people were reached; None: not reached."""
        for entry in self.reach:
            if entry.region is None and entry.channel is None:
                return entry.p50, entry.p90, entry.p99
        return None, None, None

    def plain(self) -> dict[str, Any]:
        """The report as values that JSON knows; times in ISO 8601."""
        told = asdict(self)
        told["books"] = [
            {"channel": row.channel, "region": row.region, "language": row.language,
             "targeted": row.targeted, **dict(zip(FIGURES, row.figures, strict=True))}
            for row in self.books
        ]  # fmt: skip
        told["match_rate"] = self.match_rate
        return told


def report(dispatch: Dispatch, *, scope: Scope) -> Report:
    """The report of a dispatch, for somebody who may see `scope`.

    Reads the deltas for the books and the deliveries for times and reasons.
    """
    plan = thaw(dispatch.plan)
    regions = codes(scope)
    within = plan.target.within
    walked = snapshots.all_cells(dispatch.id, regions=regions, within=within)
    matches = tally.matches(dispatch.id, among=walked)
    spoken: Counter[str] = Counter()
    for match in matches:
        spoken[match.language] += match.n
    reach = tally.reach(dispatch.id, within=within, among=walked)
    books = rows(tally.books(dispatch.id, regions=regions))
    return Report(
        dispatch_id=dispatch.id,
        number=dispatch.number,
        scenario=dispatch.scenario,
        part=dispatch.part,
        mode=dispatch.mode,
        state=state_of(dispatch),
        launched_at=dispatch.launched_at,
        launched_by=dispatch.launched_by,
        completed_at=dispatch.completed_at,
        books=books,
        people=tally.people(dispatch.id, among=walked),
        reasons=tuple(tally.reasons(dispatch.id, among=walked)),
        reach=tuple(reach),
        objective=_objective(
            dispatch,
            plan=plan,
            reach=reach,
            books=books,
            took=tally.first_out(dispatch.id, among=walked),
        ),
        languages=dict(spoken.most_common()),
        matched=sum(match.n for match in matches if match.match in MATCHES),
        curve=tuple(tally.curve(dispatch.id, regions=regions)),
        strays=tally.strays(dispatch.id),
        counted_at=snapshots.taken_at(dispatch.id),
        unknowns=tally.unknowns(dispatch.id, among=walked),
    )


def codes(scope: Scope) -> list[str] | None:
    """The region codes that a scope covers, for the ledger; None: everywhere."""
    territory = scope.territory()
    return None if territory.world else sorted(territory.countries | territory.subdivisions)


def rows(figures: Iterable[Figure]) -> tuple[Row, ...]:
    """The books as lines, by channel, region and language."""
    lines: dict[tuple[str, str, str], list[int]] = {}
    for cell in figures:
        line = lines.setdefault((cell.channel, cell.region, cell.language), [0] * len(FIGURES))
        line[FIGURES.index(cell.figure)] += cell.n
    return tuple(Row(*key, tuple(line)) for key, line in sorted(lines.items()))


def state_of(dispatch: Dispatch) -> str:
    """One word: enlisting, running, paused, stopped or complete."""
    if dispatch.stopped_at:
        return "stopped"
    if dispatch.paused_at and dispatch.state != Dispatch.State.COMPLETE:
        return "paused"
    return str(dispatch.state)


def _objective(
    dispatch: Dispatch,
    *,
    plan: Plan,
    reach: Sequence[Reach],
    books: Sequence[Row],
    took: float | None,
) -> Objective:
    """Each region's share counts everybody who could be written to, not only who has been."""
    aimed: Counter[str] = Counter()
    for row in books:
        aimed[row.region] += row.targeted - row.of("excluded")
    reached = {entry.region: entry.in_time for entry in reach if entry.region is not None}
    shares = sorted(
        ((region, 100 * reached.get(region, 0) / n) for region, n in aimed.items() if n),
        key=lambda entry: (entry[1], entry[0]),
    )
    target = plan.target
    started = took is not None and took <= target.first_message
    met: bool | None = bool(started and shares and shares[0][1] >= target.share)
    age = (ledger_now() - dispatch.launched_at).total_seconds()
    if not met and age <= (target.within if started else target.first_message):
        met = None  # what is on its way may still arrive in time
    return Objective(target.first_message, took, target.share, target.within, tuple(shares), met)
