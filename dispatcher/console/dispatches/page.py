"""The report as the page shows it: bars in per cent, reasons in words, verdicts in order."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dispatcher.console.dispatches.curve import Curve, curve
from dispatcher.ledger.moving import Speed
from dispatcher.ledger.tally import FIGURES
from dispatcher.reports import words
from dispatcher.reports.after_action import Report, Row

ORDER = (
    "delivered",
    "handed_over",
    "in_flight",
    "waiting",
    "unknown",
    "failed",
    "withdrawn",
    "excluded",
)
"""The figures from best to last, as a bar is read."""
ALWAYS = frozenset({"delivered", "waiting", "unknown", "failed", "excluded"})
"""Figures of the headline that are shown also when they are nought: their absence is news."""
SLIVER = 0.8
"""Per cent of a bar's length that one failure among a million still gets."""
LONGEST_TABLE = 250
"""Lines of the full table in the page: 200 kB is what it may weigh; the CSV holds all."""
REGIONS_SHOWN = 12

Verdict = Literal["met", "missed", "open"]


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a bar; places are SVG percentages."""

    figure: str
    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a chart: a name, its figures, and the same as lengths."""

    name: str
    targeted: int
    reached: int
    figures: tuple[tuple[str, int], ...]
    """(figure, n) in the order of the bar, noughts left out."""
    segments: tuple[Segment, ...]

    def of(self, figure: str) -> int:
        """One of the figures by its name."""
        return dict(self.figures).get(figure, 0)

    @property
    def failed(self) -> int:
        """Refused for good, or reported undelivered."""
        return self.of("failed")

    @property
    def unknown(self) -> int:
        """Of which nobody can tell."""
        return self.of("unknown")

    @property
    def excluded(self) -> int:
        """To whom nothing went."""
        return self.of("excluded")


@dataclass(frozen=True, slots=True)
class Why:
    """A reason in words, and how many messages it stopped."""

    text: str
    channel: str
    n: int
    remedy: str
    """What can be done; '' where nothing better is known."""


@dataclass(frozen=True, slots=True)
class Motion:
    """How fast it goes, while it goes."""

    per_minute: int
    remaining: float | None
    """Seconds until the last message leaves at this speed; None: it cannot be said."""
    oldest: float | None
    """For how many seconds the message waits that has been due the longest."""


@dataclass(frozen=True, slots=True)
class Whys:
    """All reasons of one figure, the most frequent first."""

    figure: str
    n: int
    reasons: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """A region against the objective."""

    name: str
    share: float
    """0 to 1."""
    length: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the report's template names."""

    report: Report
    people: Bar
    headline: tuple[tuple[str, int], ...]
    by_channel: tuple[Bar, ...]
    by_language: tuple[Bar, ...]
    by_region: tuple[Bar, ...]
    shares: tuple[Share, ...]
    verdict: Verdict
    first_in_time: Verdict
    whys: tuple[Whys, ...]
    curve: Curve | None
    table: tuple[Row, ...]
    untold_rows: int
    as_of: datetime
    motion: Motion | None = None
    """None once nothing moves any more."""

    @property
    def rest_of_regions(self) -> tuple[Bar, ...]:
        """What stands behind a fold."""
        return self.by_region[REGIONS_SHOWN:]

    @property
    def first_regions(self) -> tuple[Bar, ...]:
        """The largest regions."""
        return self.by_region[:REGIONS_SHOWN]

    @property
    def first_shares(self) -> tuple[Share, ...]:
        """The regions that are furthest from the objective."""
        return self.shares[:REGIONS_SHOWN]

    @property
    def rest_of_shares(self) -> tuple[Share, ...]:
        """The others, behind a fold."""
        return self.shares[REGIONS_SHOWN:]

    @property
    def wanted(self) -> float:
        """The objective's share of each region, 0 to 1."""
        return self.report.objective.share / 100

    @property
    def goal(self) -> str:
        """Where the objective's mark stands."""
        return f"{self.report.objective.share}%"

    @property
    def times(self) -> tuple[tuple[float, float | None], ...]:
        """(share of those written to, seconds until so many were reached)."""
        return tuple(zip((0.5, 0.9, 0.99), self.report.time_to(), strict=True))

    @property
    def columns(self) -> tuple[str, ...]:
        """The figures in the order of the full table."""
        return FIGURES


def page(report: Report, *, now: datetime, motion: Motion | None = None) -> Page:
    """The page of a report, in the active language; `now` ends the curve."""
    table = sorted(report.books, key=lambda row: -row.targeted)[:LONGEST_TABLE]
    everybody = _bar("", report.people, reached=report.reached)
    return Page(
        report=report,
        people=everybody,
        headline=tuple(
            (figure, report.people.get(figure, 0))
            for figure in ORDER
            if report.people.get(figure) or figure in ALWAYS
        ),
        by_channel=bars(report.books, lambda row: row.channel, words.channel_name),
        by_language=bars(report.books, lambda row: row.language, words.language_name),
        by_region=bars(report.books, lambda row: row.region.partition("-")[0], words.region_name),
        shares=_shares(report),
        verdict=_verdict(report.objective.met),
        first_in_time=_first_in_time(report),
        whys=tuple(filter(None, (_whys(report, f) for f in ("failed", "unknown", "excluded")))),
        curve=curve(report, now=now),
        table=tuple(sorted(table, key=lambda row: (row.region, row.language, row.channel))),
        untold_rows=len(report.books) - len(table),
        as_of=now,
        motion=motion,
    )


def motion(report: Report, *, speed: Speed, oldest: datetime | None, now: datetime) -> Motion:
    """How fast it goes, and how long it goes on like this."""
    whole, per_second = report.whole, speed.per_second
    left = whole.of("waiting") + whole.of("in_flight")
    known = report.state == "running" and per_second > 0
    return Motion(
        per_minute=round(60 * per_second),
        remaining=left / per_second if known else None,
        oldest=max(0.0, (now - oldest).total_seconds()) if oldest else None,
    )


def bar(rows: tuple[Row, ...]) -> Bar:
    """Lines of the books as one bar without a name."""
    return _bar("", _sum(rows), reached=sum(row.reached for row in rows))


def bars(
    books: tuple[Row, ...], by: Callable[[Row], str], name: Callable[[str], str]
) -> tuple[Bar, ...]:
    """Lines of the books summed, a bar for each, the largest first."""
    held: dict[str, list[Row]] = {}
    for row in books:
        held.setdefault(by(row), []).append(row)
    found = (
        _bar(name(key), _sum(tuple(rows)), reached=sum(row.reached for row in rows))
        for key, rows in held.items()
    )
    return tuple(sorted(found, key=lambda entry: (-entry.targeted, entry.name)))


def _sum(rows: tuple[Row, ...]) -> dict[str, int]:
    return {figure: sum(row.of(figure) for row in rows) for figure in FIGURES}


def _bar(name: str, figures: Mapping[str, int], *, reached: int) -> Bar:
    shown = tuple((figure, figures[figure]) for figure in ORDER if figures.get(figure))
    return Bar(name, sum(figures.values()), reached, shown, _segments(shown))


def _segments(shown: tuple[tuple[str, int], ...]) -> tuple[Segment, ...]:
    total = sum(n for _, n in shown)
    if not total:
        return ()
    lengths = [round(max(SLIVER, 100 * n / total), 2) for _, n in shown]
    lengths[lengths.index(max(lengths))] -= sum(lengths) - 100
    starts = [sum(lengths[:place]) for place in range(len(lengths))]
    return tuple(
        Segment(figure, f"{start:.2f}%", f"{length:.2f}%")
        for (figure, _), start, length in zip(shown, starts, lengths, strict=True)
    )


def _shares(report: Report) -> tuple[Share, ...]:
    target = report.objective

    def verdict(share: float) -> Verdict:
        if share >= target.share:
            return "met"
        return "open" if target.met is None else "missed"

    return tuple(
        Share(words.region_name(region), share / 100, f"{share:.1f}%", verdict(share))
        for region, share in target.regions
    )


def _verdict(met: bool | None) -> Verdict:  # noqa: FBT001  # it is the objective's own answer
    return {True: "met", False: "missed", None: "open"}[met]  # type: ignore[return-value]


def _first_in_time(report: Report) -> Verdict:
    took = report.objective.first_message_took
    return "open" if took is None else _verdict(took <= report.objective.first_message)


def _whys(report: Report, figure: str) -> Whys | None:
    held: Counter[tuple[str, str, str]] = Counter()
    for entry in report.reasons:
        if entry.figure == figure:
            text = words.reason(entry.code, carrier=entry.carrier)
            remedy = words.remedy(entry.code, carrier=entry.carrier)
            held[text, words.channel_name(entry.channel), remedy] += entry.n
    if not held:
        return None
    whys = tuple(Why(text, channel, n, remedy) for (text, channel, remedy), n in held.most_common())
    return Whys(figure, held.total(), whys)
