"""The examiner itself: it must see each thing that must never be."""

from typing import Any

import pytest

from tests.faults.carrier import Accepted
from tests.faults.examiner import Row, examine, standstill, topic


def taken(delivery: int | str = 1024, to: str = "+12025550101", **more: Any) -> Accepted:
    told: dict[str, Any] = {"at": 1.0, "carrier": "twilio", "attempt": 1, "id": "SM1"} | more
    return Accepted(to=to, delivery=str(delivery), **told)


def row(standing: int | None, fate: str = "done", **more: Any) -> Row:
    told: dict[str, Any] = {
        "delivery": 1024,
        "contact": 1,
        "channel": "sms",
        "to": "+12025550101",
    } | more
    return Row(**told, fate=fate, standing=standing)


PUSH = {"channel": "push", "to": '{"endpoint":"https://example.net/1"}'}


@pytest.mark.parametrize(
    ("one", "journal", "seen"),
    [
        (row(120), [taken()], {"once"}),
        (row(100140), [taken()], {"once"}),
        (row(130), [taken()], {"once"}),
        (row(130), [], {"refused"}),
        (row(110, code="timeout", why="timeout", verdict="given_up"), [taken()], {"unknown"}),
        (row(110, code="timeout", why="timeout", verdict="given_up"), [], {"unknown"}),
        (row(None, "withdrawn"), [], {"withdrawn"}),
        (row(220, again=("risked",)), [taken(), taken()], {"repeated by policy"}),
        (
            row(220, again=("repeated",), **PUSH),
            [taken(topic(1024), "https://example.net/1")] * 2,
            {"repeated on purpose"},
        ),
    ],
)
def test_what_may_be_is_counted(one, journal, seen):
    """Under its name, and it is no breach."""
    found = examine([one], journal, people=1)
    assert (set(found.seen), found.breaches) == (seen, [])


@pytest.mark.parametrize(
    ("one", "journal", "breach"),
    [
        (row(None), [], "lost"),
        (row(None), [taken()], "lost"),
        (row(None, "waiting"), [], "still waiting"),
        (row(None, "in_flight"), [taken()], "still in_flight"),
        (row(None, "withdrawn"), [taken()], "withdrawn"),
        (row(120), [], "said to be taken"),
        (row(100140), [], "said to be taken"),
        (row(120), [taken(), taken()], "taken twice"),
        (row(220, again=("resent",)), [taken()] * 3, "taken twice"),
        (row(110, why="timeout", code="timeout"), [taken()] * 2, "taken twice"),
        (row(110), [], "without evidence"),
        (row(110, code="timeout", why="timeout"), [], "nobody has decided"),
        (row(None, "excluded"), [], "lost"),
        (row(120), [taken(to="+12025550102")], "another address"),
    ],
)
def test_what_must_never_be_is_seen(one, journal, breach):
    """Each is a breach, with the row in it."""
    found = examine([one], journal, people=1)
    assert breach in " ".join(found.breaches)


def test_who_is_in_no_row_is_missed():
    """A launch that forgot somebody is a breach, whatever the books say."""
    assert examine([row(120)], [taken()], people=2).breaches


def test_a_standstill_is_the_longest_pause_after_the_kill():
    """Pauses before it, and after the last message that waited, do not count."""
    assert standstill([10.0], [1.0, 9.0, 12.0, 19.0, 20.0]) == 7.0
    assert standstill([10.0, 14.0], [9.0, 12.0, 19.0]) == 5.0
    assert standstill([10.0], [1.0, 9.0]) == 0.0
    assert standstill([], [1.0, 9.0]) == 0.0
