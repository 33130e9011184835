"""When an account falls ill another takes over, and nobody is accepted twice."""

import time
from collections import Counter
from typing import Any

import pytest

from dispatcher.kit.local import home
from dispatcher.ledger import entries, tally
from dispatcher.ledger.models import Attempt, Batch
from dispatcher.providers import routing
from dispatcher.providers.breaker import Rules
from tests.fanout.carrier import carrier

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 40
QUICK = Rules(window=30, first=0.6, longest=1.2, trial=1.2)


@pytest.fixture
def two(road):
    """The road with two Twilio accounts, each at a carrier of its own."""
    with carrier() as first, carrier() as second:
        accounts = {"first": first.account(), "second": second.account()}
        road.settings.CARRIERS = {"drill": accounts, "real": {}}
        road.settings.PACE = {"first": 10_000, "second": 10_000}
        routing.close_accounts()
        road.people(PEOPLE)
        yield first, second


@pytest.mark.parametrize("mood", ["401", "gone"])
def test_what_an_ill_account_did_not_process_goes_over_the_other_one(road, two, mood):
    first, second = two
    first.mood = mood
    if mood == "gone":
        told = road.settings.CARRIERS["drill"]["first"]
        told["base_url"] = f"http://127.0.0.1:{home.free_port()}"
        routing.close_accounts()
    dispatch = road.launch(channels=("sms",))
    end = time.monotonic() + 60
    while road.figures(dispatch) != {"handed_over": PEOPLE}:  # a trial that failed waits its time
        assert time.monotonic() < end, road.figures(dispatch)
        road.work(seconds=8)
    assert not first.taken
    assert Counter(second.people).most_common(1)[0][1] == 1
    assert len(second.taken) == PEOPLE
    assert tally.audit(dispatch.id) == []


@pytest.mark.parametrize("mood", ["500", "silent"])
def test_what_is_unsure_stays_where_it_was_asked_and_the_rest_moves(road, two, mood):
    """Few are unsure: the first lines, and no more of them once the breaker has heard."""
    first, second = two
    first.mood = mood
    road.patience = 0.8 if mood == "silent" else road.patience
    dispatch = road.launch(channels=("sms",))
    road.work(seconds=8)
    figures = road.figures(dispatch)
    asked = {number for _, number in first.asked}
    assert figures == {"handed_over": PEOPLE - len(asked), "unknown": len(asked)}
    assert 5 <= len(asked) <= 16
    assert len(second.taken) == PEOPLE - len(asked)
    assert not asked & set(second.people), "nothing unsure moves"
    assert set(Batch.objects.filter(attempt=1).values_list("account", flat=True)) == {
        "first",
        "second",
    }
    assert not Attempt.objects.exists(), "who was not asked was not tried"
    assert tally.audit(dispatch.id) == []


def test_an_account_that_is_well_again_is_tried_with_one_message_and_then_gets_the_work(road, two):
    first, second = two
    road.rules = QUICK
    first.mood = "500"
    road.launch(channels=("sms",))
    road.work(seconds=8)
    time.sleep(QUICK.first)
    asked = len(first.asked)
    road.launch(ref="alert-2", channels=("sms",))
    road.work(seconds=1.5)
    assert len(first.asked) == asked + 1, "a trial is one request"
    first.mood, helped = "well", len(second.asked)
    time.sleep(QUICK.longest)
    last = road.launch(ref="alert-3", channels=("sms",))
    road.work(seconds=8)
    assert road.figures(last) == {"handed_over": PEOPLE}
    assert (len(first.taken), len(second.asked)) == (PEOPLE, helped)


def test_while_all_are_ill_messages_wait_without_a_busy_loop(road, two, monkeypatch):
    first, second = two
    road.rules = QUICK
    first.mood = second.mood = "401"
    claims: list[object] = []
    claim = entries.claim

    def counted(*asked: Any, **more: Any) -> Any:
        claims.append(asked)
        return claim(*asked, **more)

    monkeypatch.setattr(entries, "claim", counted)
    dispatch = road.launch(channels=("sms",))
    road.work(seconds=2)
    assert road.figures(dispatch) == {"waiting": PEOPLE}
    assert len(claims) < 60
    assert len(first.asked) + len(second.asked) < PEOPLE
    first.mood = "well"
    Batch.objects.filter(state="waiting").update(due_at=dispatch.launched_at)
    time.sleep(QUICK.longest)
    road.work(seconds=8)
    assert road.figures(dispatch) == {"handed_over": PEOPLE}
    assert tally.audit(dispatch.id) == []
