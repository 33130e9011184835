"""Unknowns are asked about over real HTTP, at a list that lags; time passes by the ledger's clock.

The sandbox's list lags by the real clock. So that nobody waits, its lag shrinks by as much as the
ledger's clock is put forward: what it shows is what it would show after that time.
"""

import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from contacts.models import Address
from dispatcher.ledger import entries, questions, tally
from dispatcher.ledger.entries import LEASE
from dispatcher.ledger.models import Attempt, Batch, Delivery, Dispatch, Question
from dispatcher.providers import routing
from dispatcher.providers.breaker import Rules
from dispatcher.tracking import reconcile as room
from dispatcher.tracking.reconcile import reconcile
from tests.fanout.conftest import road  # noqa: F401
from tests.ledger.test_books import shift

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 12
CUT = {"cut": 1.0, "lost": 1.0}
"""Everything is taken; neither answer nor receipt arrives."""
SILENT = {"error_500": 1.0, "taken_anyway": 0.0}
"""Nothing is taken, and nothing is sure."""
PERHAPS = {"error_500": 1.0, "taken_anyway": 0.5, "lost": 1.0}
MOMENTS = (2, 5.5, 11, 16, 21, 41, 61, 81)


class Crisis:
    """A road on which time can pass, and a carrier that stumbles."""

    def __init__(self, road):  # noqa: F811
        self.road = road
        self.lag = self.passed = 0.0
        self.told: Counter[str] = Counter()
        road.rules = Rules(ill=10**6)  # the breaker has tests of its own

    def launch(self, *, people=PEOPLE, carrier="twilio", lag=0.0, faults=None, **facts):
        """Everybody is written to once, by a carrier that behaves like this, and then behaves."""
        for number in range(people):
            self.road.person(number, sms=carrier == "twilio", email=carrier == "sendgrid")
        self.road.sandbox.faults(**{carrier: {**(faults or {}), "list_lag_ms": lag * 1000}}, seed=3)
        dispatch = self.road.launch(**facts)
        self.road.work()
        self.lag = lag
        self.carrier = carrier
        self.behave()
        return dispatch

    def behave(self, **faults):
        """From now on the carrier answers; receipts arrive."""
        left = max(0.0, self.lag - self.passed) * 1000
        self.road.sandbox.calm()
        self.road.sandbox.faults(twilio={"list_lag_ms": left, **faults})

    def pass_to(self, seconds, **faults):
        """So many seconds after the launch: what is due is asked, and what waits is sent."""
        self.passed = seconds
        shift(seconds=seconds)
        self.behave(**faults)
        self.told += reconcile(seconds=30.0)
        if Batch.objects.filter(state="waiting").exists():
            self.road.work()

    def figures(self, dispatch):
        """Of the books; what the list calls delivered or on its way is reached."""
        told = self.road.figures(dispatch)
        reached = told.pop("handed_over", 0) + told.pop("delivered", 0)
        return told | ({"reached": reached} if reached else {})

    def accepted(self):
        """How often each number's message was taken."""
        return Counter(row["to"] for row in self.road.sandbox.taken(self.carrier))


@pytest.fixture
def crisis(road):  # noqa: F811
    yield Crisis(road)
    shift(seconds=0)


@pytest.mark.parametrize(
    ("severity", "lag"),
    [("life_safety", 0), ("life_safety", 2), ("life_safety", 10), ("routine", 10)],
)
def test_who_may_have_it_and_who_has_not_each_gets_it_once(crisis, severity, lag):
    """Half of them were taken, none was answered, no receipt came: only the list tells."""
    dispatch = crisis.launch(faults=PERHAPS, lag=lag, severity=severity)
    once = crisis.accepted()
    assert 0 < len(once) < PEOPLE
    assert crisis.road.figures(dispatch) == {"unknown": PEOPLE}
    for moment in MOMENTS:
        crisis.pass_to(moment)
        assert tally.audit(dispatch.id) == []
    assert set(crisis.accepted().values()) == {1}
    assert len(crisis.accepted()) == PEOPLE
    assert crisis.told["taken"] == len(once)
    assert crisis.figures(dispatch) == {"reached": PEOPLE}
    again = "risked" if severity == "life_safety" else "resent"
    assert Counter(Question.objects.values_list("verdict", flat=True)) == {
        "taken": len(once), again: PEOPLE - len(once),
    }  # fmt: skip
    ids = {row["id"] for row in crisis.road.sandbox.taken("twilio")}
    assert set(Delivery.objects.values_list("carrier_id", flat=True)) == ids
    entries.finish()
    assert Dispatch.objects.get(id=dispatch.id).state == "complete"


def test_a_list_at_hand_answers_after_five_seconds(crisis):
    dispatch = crisis.launch(faults=CUT)
    crisis.pass_to(4)
    assert crisis.road.figures(dispatch) == {"unknown": PEOPLE}
    crisis.pass_to(6)
    assert crisis.figures(dispatch) == {"reached": PEOPLE}
    assert crisis.told == {"taken": PEOPLE}


def test_what_the_list_denies_waits_until_it_has_settled(crisis):
    dispatch = crisis.launch(faults=SILENT, people=3)
    for moment in MOMENTS[:6]:
        crisis.pass_to(moment)
    assert crisis.road.figures(dispatch) == {"unknown": 3}
    assert not crisis.accepted()
    crisis.pass_to(61)
    crisis.pass_to(62)
    crisis.road.until(dispatch, delivered=3)
    assert [row.verdict for row in Attempt.objects.all()] == ["resent"] * 3
    assert set(crisis.accepted().values()) == {1}


def test_what_a_dead_worker_left_is_asked_about_too(crisis):
    """Its lease ran out: half of them had reached the carrier."""
    for number in range(4):
        crisis.road.person(number)
    crisis.road.sandbox.faults(twilio={"lost": 1.0})
    dispatch = crisis.road.launch()
    crisis.road.work()
    crisis.carrier = "twilio"
    Delivery.objects.filter(dispatch_id=dispatch.id).delete()  # as if nothing had been recorded
    dispatch.batch_set.update(
        state="claimed", settled=0, lease_until=datetime.now(UTC) + LEASE, token=1
    )
    shift(seconds=11)
    entries.abandon()
    assert crisis.road.figures(dispatch) == {"unknown": 4}
    crisis.pass_to(17)
    assert crisis.figures(dispatch) == {"reached": 4}
    assert set(crisis.accepted().values()) == {1}


@pytest.mark.parametrize(
    ("severity", "copies", "verdict"), [("life_safety", 2, "risked"), ("urgent", 1, "taken")]
)
def test_a_list_that_is_far_behind_costs_a_copy_only_where_lives_hang_on_it(
    crisis, severity, copies, verdict
):
    """Twice rather than never, never rather than twice: and it says which on the record."""
    dispatch = crisis.launch(people=3, faults=CUT, lag=40, severity=severity)
    for moment in MOMENTS:
        crisis.pass_to(moment)
    assert set(crisis.accepted().values()) == {copies}
    assert set(Question.objects.values_list("verdict", flat=True)) == {verdict}
    assert crisis.road.figures(dispatch).get("unknown", 0) == 0


@pytest.mark.parametrize("severity", ["life_safety", "urgent"])
def test_a_carrier_that_cannot_be_asked_holds_back_all_but_what_lives_hang_on(crisis, severity):
    dispatch = crisis.launch(people=2, faults=SILENT, severity=severity)
    crisis.road.settings.CARRIERS["drill"]["twilio"]["auth_token"] = "changed"
    routing.close_accounts()
    crisis.pass_to(6)
    assert crisis.told == {"": 2}
    crisis.pass_to(70)
    crisis.pass_to(200)
    verdicts = set(Question.objects.values_list("verdict", flat=True))
    assert verdicts == ({"risked"} if severity == "life_safety" else {""})
    figures = crisis.road.figures(dispatch)
    assert figures == ({"waiting": 2} if severity == "life_safety" else {"unknown": 2})


def test_a_carrier_that_says_nothing_costs_one_time_out_and_not_one_a_question(crisis, monkeypatch):
    dispatch = crisis.launch(people=30, faults=SILENT, severity="life_safety")
    monkeypatch.setattr(room, "TIMEOUT", 0.5)
    crisis.road.settings.CARRIERS["drill"]["twilio"]["base_url"] = "http://192.0.2.1"
    routing.close_accounts()
    shift(seconds=16)
    began = time.monotonic()
    assert reconcile(seconds=20.0) == {"risked": 30}
    assert time.monotonic() - began < 10
    assert crisis.road.figures(dispatch) == {"waiting": 30}


def test_of_a_stopped_dispatch_it_is_asked_and_nothing_is_sent(crisis):
    dispatch = crisis.launch(faults=PERHAPS)
    once = len(crisis.accepted())
    Dispatch.objects.filter(id=dispatch.id).update(stopped_at=dispatch.launched_at)
    for moment in MOMENTS:
        crisis.pass_to(moment)
    assert len(crisis.accepted()) == once
    assert crisis.figures(dispatch) == {"reached": once, "unknown": PEOPLE - once}
    assert crisis.told["expired"] == PEOPLE - once
    assert entries.finish() == [dispatch.id]


@pytest.mark.parametrize(
    ("severity", "verdict", "copies"), [("routine", "given_up", 1), ("life_safety", "risked", 2)]
)
def test_a_carrier_without_a_list_is_waited_for(crisis, severity, verdict, copies):
    """E-mail: the letters were taken, no event ever comes."""
    crisis.launch(people=2, carrier="sendgrid", faults=CUT, severity=severity)
    for moment in (6, 60, 119, 130, 131):
        crisis.pass_to(moment)
        if moment < 120:
            assert set(Question.objects.values_list("closed_at", flat=True)) == {None}
    assert set(Question.objects.values_list("verdict", flat=True)) == {verdict}
    assert set(crisis.accepted().values()) == {copies}


def test_a_receipt_in_time_answers_for_a_carrier_without_a_list(crisis):
    dispatch = crisis.launch(people=2, carrier="sendgrid", faults={"cut": 1.0})
    crisis.road.until(dispatch, delivered=2)
    crisis.pass_to(130)
    assert crisis.told == {}
    assert set(Question.objects.values_list("verdict", flat=True)) == {"receipt"}


def test_a_push_is_repeated_on_purpose_and_shown_once(crisis):
    """No push service can be asked; the device shows both under one tag."""
    sandbox, settings = crisis.road.sandbox, crisis.road.settings
    key = sandbox.credentials()["fcm_service_account"]
    told = {"carrier": "fcm", "service_account": key, "base_url": sandbox.url}
    settings.CARRIERS = {"drill": {"fcm": told}, "real": {}}
    settings.PACE = {"fcm": 10_000}
    routing.close_accounts()
    reader = crisis.road.person(0, sms=False)
    Address.objects.create(contact=reader, channel="push", key="fcm:t", value="t" * 80, position=0)
    sandbox.faults(fcm={"cut": 1.0})
    dispatch = crisis.road.launch(channels=("push",), severity="routine")
    crisis.road.work()
    crisis.carrier = "fcm"
    assert crisis.road.figures(dispatch) == {"unknown": 1}
    crisis.pass_to(6)
    crisis.pass_to(7)
    assert crisis.road.figures(dispatch) == {"handed_over": 1}
    assert set(crisis.accepted().values()) == {2}
    assert [row["word"] for row in sandbox.taken("fcm")].count("replaced") == 1
    assert tally.unknowns(dispatch.id) == {"repeated": 1}


def test_the_same_words_of_another_alert_are_not_taken_for_ours(crisis):
    """Two alerts say the same to the same person; the first one's message is known by its id."""
    crisis.launch(people=1, faults={"lost": 1.0})
    first = Delivery.objects.get()
    Dispatch.objects.update(launched_at=first.written_at - timedelta(seconds=5))
    crisis.road.sandbox.faults(twilio=SILENT)
    Dispatch.objects.update(alert_ref="alert-0")
    dispatch = crisis.road.launch()
    Dispatch.objects.filter(id=dispatch.id).update(launched_at=first.written_at)
    crisis.road.work()
    assert crisis.road.figures(dispatch) == {"unknown": 1}
    crisis.pass_to(6)
    assert crisis.told == {"": 1}, "the first alert's message was taken for the second's"
    crisis.pass_to(61)
    crisis.pass_to(62)
    assert set(crisis.accepted().values()) == {2}


def test_asking_has_a_tenth_of_the_pace_and_what_found_no_turn_is_not_decided(crisis):
    dispatch = crisis.launch(faults=CUT, severity="life_safety")
    crisis.road.settings.PACE = dict.fromkeys(crisis.road.settings.PACE, 10)
    shift(seconds=20)
    asked = reconcile(seconds=6.0)
    assert 0 < asked.total() <= 7
    assert crisis.road.figures(dispatch)["unknown"] == PEOPLE - asked["taken"]
    assert Question.objects.filter(closed_at=None, verdict="").count() == PEOPLE - asked["taken"]
    assert asked == {"taken": asked["taken"]}
    assert questions.due(most=100) == []
