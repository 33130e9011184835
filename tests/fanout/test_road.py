"""From the registry to the carriers and back: real database, real SDKs, real signatures."""

import time

import pytest

from contacts import consent
from dispatcher.fanout.spread import spread
from dispatcher.ledger import entries, tally
from dispatcher.ledger.models import Dispatch
from dispatcher.providers.breaker import Rules

pytestmark = pytest.mark.django_db(transaction=True)


def test_everybody_is_told_in_their_language_and_the_receipts_come_back(road):
    road.person(1, languages=["fa"], region="IR")
    road.person(2, languages=["en"], region="US-CA")
    road.person(3, languages=["ar"], sms=False, email=True)
    road.person(4, sms=False)
    dispatch = road.launch()
    assert road.work() == 3
    road.until(dispatch, delivered=3, excluded=1)
    texts = [taken["fields"]["Body"] for taken in road.sandbox.taken("twilio")]
    assert any("Global Foods: PRODUCT RECALL" in text for text in texts)
    assert any("\u2066+1 202-555-0143\u2069" in text for text in texts), (
        "Persian isolates the phone"
    )
    entries.finish()
    assert Dispatch.objects.get(id=dispatch.id).state == "complete"
    assert tally.audit(dispatch.id) == []


def test_two_who_share_a_phone_and_a_language_get_one_copy(road):
    road.person(1, phone="+491713920099")
    road.person(2, phone="+491713920099")
    dispatch = road.launch()
    road.work()
    road.until(dispatch, delivered=1, excluded=1)
    assert [reason.code for reason in tally.reasons(dispatch.id)] == ["served_by"]
    assert tally.people(dispatch.id) == {"delivered": 2}


def test_two_who_share_a_phone_and_read_different_languages_each_get_theirs(road):
    road.person(1, languages=["fa"], phone="+491713920099")
    road.person(2, languages=["en"], phone="+491713920099")
    dispatch = road.launch()
    road.work()
    road.until(dispatch, delivered=2)


def test_a_carrier_that_throttles_gets_it_again_and_nobody_twice(road):
    for number in range(40):
        road.person(number)
    road.sandbox.faults(twilio={"throttled": 0.5}, seed=3)
    dispatch = road.launch()
    road.work()
    road.sandbox.calm()
    for _ in range(5):
        road.work()
        if road.figures(dispatch).get("waiting", 0) == 0:
            break
        with_later_due(dispatch)
    road.until(dispatch, delivered=40)
    taken = [row["to"] for row in road.sandbox.taken("twilio")]
    assert len(taken) == len(set(taken)) == 40


def with_later_due(dispatch):
    """Let the carrier's pause pass without waiting for it."""
    dispatch.batch_set.filter(state="waiting").update(due_at=dispatch.launched_at)


def test_an_accepted_message_whose_answer_is_lost_is_unknown_until_its_receipt_comes(road):
    for number in range(20):
        road.person(number)
    road.sandbox.faults(twilio={"cut": 1.0, "taken_anyway": 1.0, "lost": 0.5}, seed=3)
    road.rules = Rules(ill=1_000)  # here it is about the messages, not about the account
    dispatch = road.launch()
    road.work()
    taken = len(road.sandbox.taken("twilio"))
    assert taken == 20
    figures = road.figures(dispatch)
    assert (
        figures.get("unknown", 0) + figures.get("delivered", 0) + figures.get("handed_over", 0)
        == 20
    )
    assert road.work(seconds=1) == 0, "an unknown is never sent again"
    assert len(road.sandbox.taken("twilio")) == 20
    assert tally.audit(dispatch.id) == []


def test_who_opted_out_after_the_launch_is_not_written_to(road):
    person = road.person(1)
    road.person(2)
    dispatch = road.launch()
    spread("critical")
    consent.opt_out(person.addresses.get().id, source="test")
    road.work()
    road.until(dispatch, delivered=1, excluded=1)


@pytest.mark.parametrize("mode", ["drill", "real"])
def test_a_dead_number_is_marked_for_the_next_dispatch_but_never_by_a_drill(road, mode):
    """What a sandbox says in a drill must not keep the real alert from anybody."""
    road.settings.CARRIERS = {"drill": {}, "real": {}, mode: road.settings.CARRIERS["drill"]}
    person = road.person(1)
    road.sandbox.faults(twilio={"refused": 1.0, "refusal": "21211"}, seed=3)
    dispatch = road.launch(mode=mode)
    road.work()
    assert road.figures(dispatch) == {"failed": 1}
    [reason] = tally.reasons(dispatch.id)
    assert (reason.figure, reason.carrier) == ("failed", "twilio")
    assert (person.addresses.get().dead_at is not None) == (mode == "real")


def test_pace_lets_no_more_through_than_the_rate(road):
    road.people(60)
    road.settings.PACE = {"twilio": 10, "sendgrid": 10}
    dispatch = road.launch()
    began = time.monotonic()
    road.work(seconds=2)
    taken = len(road.sandbox.taken("twilio"))
    assert 0 < taken <= 10 * (time.monotonic() - began) + 1
    figures = road.figures(dispatch)
    assert figures.pop("waiting") == 60 - taken
    assert sum(figures.values()) == taken, "some have their receipt"
