"""Lengths, curves, numbers and times: what the page computes, whatever the report says."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from dispatcher.console.dispatches import curve as curves
from dispatcher.console.dispatches import page as pages
from dispatcher.console.templatetags import told
from dispatcher.ledger.tally import FIGURES, Point, Reach, Reason
from dispatcher.reports.after_action import Objective, Report, Row
from dispatcher.wording import values

START = datetime(2026, 11, 23, 14, 0, 20, tzinfo=UTC)
COUNTS = st.dictionaries(st.sampled_from(FIGURES), st.integers(0, 10**9))
POINTS = st.lists(
    st.tuples(st.integers(0, 3000), st.integers(0, 50), st.integers(0, 50)),
    min_size=1,
    max_size=400,
)


def a_report(**facts) -> Report:
    values: dict[str, Any] = {
        "dispatch_id": 1, "number": "1", "scenario": "recall", "part": "first", "mode": "drill",
        "state": "running", "launched_at": START, "launched_by": "mina", "completed_at": None,
        "books": (Row("sms", "DE", "de", (0, 0, 0, 0, 0, 100, 0, 0)),), "people": {"delivered": 100},
        "reasons": (), "reach": (), "objective": Objective(900, 3.0, 95, 1800, (), None),
        "languages": {}, "matched": 0, "curve": (), "strays": 0,
    } | facts  # fmt: skip
    return Report(**values)


def a_page(**facts) -> pages.Page:
    return pages.page(a_report(**facts), now=START + timedelta(hours=1))


@given(COUNTS)
def test_a_bar_is_full_and_shows_even_one_failure(counts):
    """The pieces follow each other, fill the bar, and none is too thin to see."""
    bar = a_page(people=counts).people
    assert dict(bar.figures) == {figure: n for figure, n in counts.items() if n}
    end = 0.0
    for piece in bar.segments:
        assert float(piece.x[:-1]) == pytest.approx(end, abs=0.02)
        assert float(piece.width[:-1]) >= pages.SLIVER - 0.01
        end += float(piece.width[:-1])
    assert end == pytest.approx(100 if any(counts.values()) else 0, abs=0.05)


def numbers(points):
    return [tuple(map(float, pair.split(","))) for pair in points.split()]


@given(POINTS)
def test_a_curve_only_climbs_and_stays_in_its_frame(steps):
    """Counts that only grow give a line that goes right and up, with a bearable number of points."""
    points, delivered, out = [], 0, 0
    for minute, more, extra in sorted(steps):
        delivered, out = delivered + more, out + extra
        at = START.replace(second=0) + timedelta(minutes=minute)
        points.append(Point(at, delivered, delivered + out))
    books = (Row("sms", "DE", "de", (0, 0, 0, 0, 0, max(1, delivered + out), 0, 0)),)
    found = curves.curve(a_report(curve=tuple(points), books=books), now=START + timedelta(days=9))
    if found is None:
        assert delivered + out == 0 or points[-1].minute - START < timedelta(minutes=3)
        return
    for line in (found.delivered, found.handed_over):
        drawn = numbers(line)
        assert all(0 <= x <= 1000 and 0 <= y <= 100 for x, y in drawn)
        assert [x for x, _ in drawn] == sorted(x for x, _ in drawn)
        assert [y for _, y in drawn] == sorted((y for _, y in drawn), reverse=True)
        assert len(drawn) <= curves.MOST + 2


def test_where_nothing_happens_the_curve_is_level():
    """A pause of half an hour is no slow climb."""
    minute = START.replace(second=0)
    points = (Point(minute, 10, 10), Point(minute + timedelta(minutes=30), 20, 20))
    books = (Row("sms", "DE", "de", (0, 0, 0, 0, 0, 20, 0, 0)),)
    found = curves.curve(a_report(curve=points, books=books), now=START + timedelta(hours=1))
    assert found.spots == ((0, 0, 0), (60, 10, 10), (1780, 10, 10), (1840, 20, 20))


def test_a_dispatch_of_seconds_is_drawn_from_its_quantiles():
    """A count a minute would say nothing of it."""
    minute = START.replace(second=0)
    found = curves.curve(
        a_report(
            curve=(Point(minute, 100, 100),),
            reach=(Reach(None, None, 100, 95, 95, 4.0, 9.0, None),),
        ),
        now=START + timedelta(hours=1),
    )
    assert found.spots == ((0, 0, 0), (4.0, 50, 50), (9.0, 90, 90))
    assert not found.by_minute


def test_before_anything_happened_there_is_no_curve():
    """An empty frame would look like a result."""
    assert curves.curve(a_report(), now=START) is None


VERDICTS = [
    # share of the region, whether the objective was met, verdict
    (95.0, None, "met"),
    (95.0, False, "met"),
    (94.9, None, "open"),
    (94.9, False, "missed"),
]


@pytest.mark.parametrize(("share", "met", "verdict"), VERDICTS)
def test_a_region_is_missed_when_the_objective_is(share, met, verdict):
    """Until its time is over it is open, also when all has left: a receipt may still come."""
    objective = Objective(900, 3.0, 95, 1800, (("DE", share),), met)
    [found] = a_page(objective=objective, completed_at=START + timedelta(minutes=1)).shares
    assert found.verdict == verdict


def test_reasons_that_read_alike_are_one():
    """Whose time-out it was does not matter to a person; on which channel does."""
    told = (("twilio", "sms", 3), ("other", "sms", 4), ("sendgrid", "email", 5))
    reasons = tuple(Reason("unknown", who, channel, "timeout", n) for who, channel, n in told)
    [group] = a_page(reasons=reasons).whys
    assert (group.n, [why.n for why in group.reasons]) == (12, [7, 5])


SHARES = [(0.9999, "99%"), (1.0, "100%"), (0.946, "94%"), (0.29, "29%"), (None, "–")]


@pytest.mark.parametrize(("part", "text"), SHARES)
def test_a_share_is_rounded_down(part, text):
    """100 % is said when it is all, and 95 % when the objective is met."""
    with translation.override("en"):
        assert told.share(part) == text


DURATIONS = [
    ("en", None, "–"),
    ("en", 0, "0 sec"),
    ("en", 0.42, "0.4 sec"),
    ("en", 12.4, "12 sec"),
    ("en", 200, "3 min 20 sec"),
    ("en", 7_500, "2 hr 5 min"),
    ("en", 90_000, "1 day 1 hr"),
    ("fa", 200, "۳ دقیقه ۲۰ ثانیه"),
    ("de", 0.42, "0,4 Sek."),
    ("ja", 200, "3 分 20 秒"),
]


@pytest.mark.parametrize(("language", "seconds", "text"), DURATIONS)
def test_times_are_said_as_people_say_them(language, seconds, text):
    """The two largest units, in the reader's words and digits."""
    with translation.override(language):
        assert told.duration(seconds).replace("\u00a0", " ") == text


def test_a_moment_is_in_the_readers_zone():
    """Not in the server's."""
    with translation.override("de"), timezone.override("Asia/Tokyo"):
        assert told.clock(START) == "23:00:20"
        assert told.moment(START).startswith("23. November 2026")


@pytest.mark.parametrize(
    ("language", "name"), [("es", "Alemán"), ("ru", "Немецкий"), ("tr", "Almanca")]
)
def test_a_language_stands_alone_with_a_capital(language, name):
    """CLDR writes it as inside a sentence."""
    with translation.override(language):
        assert told.language("de") == name


@pytest.mark.parametrize("tag", ["en", "fa", "ar", "es", "hi", "zh-hant", "pt-br", "de"])
@given(n=st.integers(-10, 10**12))
def test_whole_numbers_are_written_as_babel_writes_them(tag, n):
    """The quick way has the same digits and the same signs between them."""
    with translation.override(tag):
        assert told.number(n) == values.show(Decimal(n), "number", locale=tag, zone=UTC)
