"""The carrier's list is behind: what it does not show yet is not sent again."""

import time

import pytest

PEOPLE = 40
LISTS_LATE = 60.0
"""Seconds after which the list's "none" is believed (`Twilio.settles`)."""


@pytest.mark.parametrize("lag", [0, 2, 10])
def test_a_list_that_lags(ground, proven, lag):
    """Forty people meet a 500, of whom about half have it, and no receipt will ever come.

    All have it once in the end: who had it by the list, the others by a second try, after the list
    has settled.
    """
    oracle, some = ground.tree.oracles["real"], ground.phones()[:PEOPLE]
    oracle.behave(list_lag_ms=1000 * lag)
    oracle.ask("POST", "/sandbox/faults", {
        "seed": 10 + lag,
        "addresses": {phone: {"error_500": 1.0, "strikes": 1, "lost": 1.0} for phone in some},
    })  # fmt: skip
    run = ground.run(kinds=("sms",))
    run.settle()
    had = {one.to for one in run.accepted()} & set(some)
    assert 0 < len(had) < PEOPLE
    time.sleep(lag + 8)  # asked after 5 s for the first time, and surely once in this while
    ours = [one.to for one in run.accepted() if one.to in some]
    assert sorted(ours) == sorted(had), "sent again before the list has settled"
    ground.pass_time(LISTS_LATE)  # the list shows by now whatever it will ever show
    proof = proven(run, times=PEOPLE)
    assert proof.found.seen["once"] == run.people
