"""What is done about an unknown: the table of the decision, and laws that hold for every one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatcher.ledger.facts import Rank, Verdict
from dispatcher.providers.base import Finding, Found, Match
from dispatcher.tracking.policy import (
    DOUBLINGS,
    LONGEST,
    REPEATS,
    RISKS,
    SHORT_WAIT,
    WORTH,
    Again,
    Ask,
    GiveUp,
    Taken,
    Unknown,
    decide,
)

NOW = datetime(2026, 11, 23, tzinfo=UTC)
NONE, CANNOT = Found.among(()), Found.cannot("no_list")
LATER = Found.later("timeout", seconds=5)
ONE = Found.among([Match("SM1", Rank.DELIVERED, NOW)])
MANY = Found.among([Match("SM1", Rank.FAILED, NOW, "30003"), Match("SM2", Rank.HANDED_OVER, NOW)])


def unknown(severity="urgent", age=5.0, **facts: Any):
    base: dict[str, Any] = {
        "settles": timedelta(seconds=60),
        "repeatable": False,
        "over": False,
        "spent": False,
    }
    return Unknown(severity, age, **(base | facts))


def name(decision):
    return getattr(decision, "verdict", "ask") or "ask"


TABLE = [
    # severity, age, found, what comes of it
    ("routine", 5, ONE, "taken"),
    ("routine", 5, MANY, "many"),
    ("routine", 59, NONE, "ask"),
    ("routine", 60, NONE, "resent"),
    ("urgent", 60, NONE, "resent"),
    ("life_safety", 60, NONE, "resent"),
    ("routine", 59, CANNOT, "ask"),
    ("routine", 60, CANNOT, "given_up"),
    ("urgent", 60, CANNOT, "given_up"),
    ("life_safety", 59, CANNOT, "ask"),
    ("life_safety", 60, CANNOT, "risked"),
    ("life_safety", 14, NONE, "ask"),
    ("life_safety", 15, NONE, "risked"),
    ("life_safety", 15, LATER, "risked"),
    ("urgent", 15, LATER, "ask"),
    ("urgent", 3600, LATER, "ask"),
]


@pytest.mark.parametrize(("severity", "age", "found", "comes_to"), TABLE)
def test_what_an_answer_comes_to(severity, age, found, comes_to):
    assert name(decide(unknown(severity, age), found)) == comes_to


OVER = [
    (5, ONE, "taken"),
    (5, NONE, "ask"),
    (60, NONE, "expired"),
    (60, CANNOT, "expired"),
    (60, LATER, "ask"),
    (WORTH, LATER, "expired"),
]


@pytest.mark.parametrize("severity", ["life_safety", "routine"])
@pytest.mark.parametrize(("age", "found", "comes_to"), OVER)
def test_of_a_dispatch_that_is_over_nothing_goes_again_but_it_is_asked(
    severity, age, found, comes_to
):
    assert name(decide(unknown(severity, age, over=True), found)) == comes_to


def test_the_one_brings_its_rank_id_and_code_and_of_many_the_best_counts():
    assert decide(unknown(), ONE) == Taken(Verdict.TAKEN, Rank.DELIVERED, "SM1")
    assert decide(unknown(), MANY) == Taken(Verdict.MANY, Rank.HANDED_OVER)


@pytest.mark.parametrize("severity", ["life_safety", "urgent", "routine"])
def test_a_push_goes_again_at_once_and_not_for_ever(severity):
    push = unknown(severity, repeatable=True)
    assert decide(push, CANNOT) == Again(Verdict.REPEATED)
    spent = replace(push, repeats=REPEATS)
    assert isinstance(decide(spent, CANNOT), Ask)
    assert decide(replace(spent, age=60.0), CANNOT) == GiveUp(Verdict.GIVEN_UP)


def test_the_wait_for_a_denial_doubles_with_each_copy():
    """A list that stands still brings a person a handful of copies, not one a minute."""
    copies, hours = 0, 0.0
    while hours < 6:
        hours += unknown(repeats=copies).settled_at(NONE) / 3600
        copies += 1
    assert copies == 9


findings = st.sampled_from([NONE, ONE, MANY, CANNOT, LATER, replace(LATER, seconds=3600.0)])
unknowns = st.builds(
    Unknown,
    severity=st.sampled_from(["life_safety", "urgent", "routine"]),
    age=st.floats(0, 200_000),
    settles=st.timedeltas(timedelta(seconds=20), timedelta(minutes=5)),
    repeatable=st.booleans(),
    over=st.booleans(),
    spent=st.booleans(),
    asks=st.integers(1, 999),
    repeats=st.integers(0, 20),
)


@given(unknowns, findings)
def test_what_the_carrier_has_is_never_sent_again_and_what_it_has_is_never_given_up(one, found):
    decision = decide(one, found)
    assert isinstance(decision, Taken) == (found.kind in (Finding.ONE, Finding.MANY))


@given(unknowns, findings)
def test_nothing_goes_again_that_may_not(one, found):
    decision = decide(one, found)
    if one.over or one.spent:
        assert not isinstance(decision, Again)


@given(unknowns, findings)
def test_only_where_lives_hang_on_it_may_somebody_have_it_twice(one, found):
    """Never rather than twice: otherwise only what the carrier denies, long enough, goes again."""
    decision = decide(one, found)
    if isinstance(decision, Again) and one.severity != "life_safety" and not one.repeatable:
        assert decision.verdict is Verdict.RESENT
        assert found.kind is Finding.NONE
        assert one.age >= one.settles.total_seconds()
    if decision == Again(Verdict.RISKED):
        assert one.severity == "life_safety"
        assert one.repeats < RISKS
        assert one.age >= SHORT_WAIT


@given(unknowns, findings)
def test_nobody_is_given_up_who_might_still_be_told(one, found):
    """Before the carrier has had its time; with lives at stake, before the risks are taken."""
    decision = decide(one, found)
    if isinstance(decision, GiveUp):
        assert one.age >= one.settles.total_seconds()
        assert found.kind is Finding.CANNOT or one.over or one.spent
        assert decision.verdict is (Verdict.EXPIRED if one.over else Verdict.GIVEN_UP)
        if one.severity == "life_safety" and not (one.over or one.spent):
            assert one.repeats >= RISKS


@given(unknowns, findings)
def test_no_question_sleeps_through_the_moment_of_its_decision(one, found):
    decision = decide(one, found)
    if isinstance(decision, Ask):
        assert 1.0 <= decision.seconds <= max(LONGEST, found.seconds)
        turn = one.settled_at(found)
        assert one.age >= turn or decision.seconds <= max(turn - one.age, 1.0)


@given(unknowns, findings)
def test_asked_for_ever_everything_is_decided_but_what_the_carrier_never_answers(one, found):
    """Each time it goes again is an attempt of its own; a silent carrier is asked until it is over."""
    one = replace(one, repeats=0)
    for _ in range(3 * (REPEATS + DOUBLINGS) + 4000):
        decision = decide(one, found)
        if isinstance(decision, Taken | GiveUp):
            break
        if isinstance(decision, Again):
            assert one.repeats < 40
            one = replace(one, age=0.0, asks=0, repeats=one.repeats + 1)
            if found.kind is Finding.NONE:
                break  # denied and denied again: until it expires
        else:
            one = replace(one, age=one.age + decision.seconds, asks=min(one.asks + 1, 999))
    else:
        assert found.kind is Finding.LATER
        assert not one.over
        assert not one.spent
