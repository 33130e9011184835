"""The reach curve as geometry: points of an SVG of 1000 x 100, whatever the screen's size."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from dispatcher.reports.after_action import Report

WIDTH, HEIGHT = 1000, 100
SHORTEST = 180
"""Seconds: below three minutes a count a minute is no curve; the times to 50, 90, 99 % are."""
MOST = 240
"""Points: more than a screen can tell apart only make the page heavy."""

Spot = tuple[float, int, int]
"""Seconds since the launch; delivered; delivered or handed over."""


@dataclass(frozen=True, slots=True)
class Curve:
    """What the page draws, and the same in numbers."""

    spots: tuple[Spot, ...]
    seconds: float
    """Where the time axis ends."""
    total: int
    """Where the other axis ends: everybody who could be written to."""
    by_minute: bool

    @property
    def delivered(self) -> str:
        """`points` of the line of deliveries."""
        return self._points((at, n) for at, n, _ in self.spots)

    @property
    def handed_over(self) -> str:
        """`points` of the line of all that a carrier took; empty where only times are known."""
        return self._points((at, n) for at, _, n in self.spots) if self.by_minute else ""

    @property
    def area(self) -> str:
        """`points` of the surface below the deliveries."""
        return f"{self.delivered} {self._x(self.spots[-1][0])},{HEIGHT} 0,{HEIGHT}"

    @property
    def half(self) -> float:
        """The middle of the time axis, in seconds."""
        return self.seconds / 2

    @property
    def table(self) -> tuple[Spot, ...]:
        """At most thirty of the spots, the last among them, for those who read numbers."""
        return _thinned(self.spots[1:], 30)

    def _x(self, at: float) -> str:
        return f"{WIDTH * at / self.seconds:.4g}"

    def _points(self, pairs: Iterable[tuple[float, int]]) -> str:
        return " ".join(
            f"{self._x(at)},{HEIGHT - HEIGHT * min(n, self.total) / self.total:.4g}"
            for at, n in pairs
        )


def curve(report: Report, *, now: datetime) -> Curve | None:
    """The curve so far; None before anything was delivered or handed over."""
    whole = report.whole
    aimed = whole.targeted - whole.of("excluded")
    spots = _minutes(report, now=now)
    if aimed <= 0 or not any(out for _, _, out in spots):
        return None
    end = spots[-1][0]
    if end >= SHORTEST:
        return Curve(_thinned(spots, MOST), end, aimed, by_minute=True)
    quick = _quantiles(report)
    return Curve(quick, quick[-1][0], aimed, by_minute=False) if len(quick) > 1 else None


def _minutes(report: Report, *, now: datetime) -> tuple[Spot, ...]:
    """The running counts at the end of each minute; level where nothing changed meanwhile."""
    spots: list[Spot] = [(0.0, 0, 0)]
    for point in report.curve:
        starts = max(0.0, (point.minute - report.launched_at).total_seconds())
        ends = min(starts + 60, max(starts, (now - report.launched_at).total_seconds()))
        if starts > spots[-1][0]:
            spots.append((starts, *spots[-1][1:]))
        spots.append((ends, point.delivered, point.handed_over))
    return tuple(spots)


def _quantiles(report: Report) -> tuple[Spot, ...]:
    """What the times to 50, 90 and 99 % say: so many were reached by then."""
    whole = next((r for r in report.reach if r.region is None and r.channel is None), None)
    if whole is None:
        return ()
    known = [
        (seconds, -(-whole.people * share // 100))
        for share, seconds in ((50, whole.p50), (90, whole.p90), (99, whole.p99))
        if seconds is not None and seconds > 0
    ]
    return ((0.0, 0, 0), *((at, n, n) for at, n in known))


def _thinned(spots: Sequence[Spot], most: int) -> tuple[Spot, ...]:
    step = -(-len(spots) // most) or 1
    kept = list(spots[::step])
    if spots and kept[-1] != spots[-1]:
        kept.append(spots[-1])
    return tuple(kept)
