"""What nobody can say: asked about, sent again, closed; and everything that may come in between."""

import pytest

from dispatcher.ledger import entries, questions, tally
from dispatcher.ledger.climb import Fold, climb, tell
from dispatcher.ledger.entries import Fact, Window
from dispatcher.ledger.facts import Outcome, Rank, Verdict, standing
from dispatcher.ledger.models import Attempt, Batch, Delivery, Dispatch, Question
from dispatcher.ledger.questions import Again
from tests.ledger.conftest import person
from tests.ledger.test_books import TAKEN, figures, receipt, send, shift

UNSURE = Outcome.unsure("timeout")


@pytest.fixture
def unknown(enlist):
    """A dispatch of two people, the first of them unknown; the delivery's id."""
    dispatch = enlist([person(1), person(2)])
    [window] = send([UNSURE, TAKEN])
    return dispatch, window.batch.delivery_id(0)


def go(delivery_id, *, attempt=1, verdict=Verdict.RESENT, seconds=0.0):
    return questions.again([Again(delivery_id, attempt, verdict, seconds)])


def claim():
    return entries.claim("critical", people=100)


def resend(outcome):
    [batch] = claim()
    entries.advance([(batch, batch.size)])
    window = Window(batch, [Fact(i, outcome, "twilio") for i in range(batch.size)])
    entries.record([window])
    return window


def test_a_question_knows_the_account_the_attempt_and_when_to_ask(unknown):
    _, delivery_id = unknown
    asked = Question.objects.get()
    assert (asked.delivery_id, asked.account, asked.attempt, asked.why) == (
        delivery_id, "twilio", 1, "timeout",
    )  # fmt: skip
    assert (asked.next_ask_at - asked.asked_at).total_seconds() == pytest.approx(5, abs=0.1)
    assert questions.due(most=10) == []
    shift(seconds=6)
    [due] = questions.due(most=10)
    assert (due.delivery_id, due.contact_id, due.asks, due.over, due.handed) == (
        delivery_id, 1, 1, False, False,
    )  # fmt: skip
    assert 6 <= due.age < 60
    assert questions.due(most=10) == [], "leased to two"
    shift(seconds=6 + questions.LEASE.total_seconds() + 1)
    assert [one.asks for one in questions.due(most=10)] == [2], "an asker's death loses a question"


def test_the_account_of_a_fact_is_kept_where_it_was_not_the_batchs(enlist):
    enlist([person(1)])
    [batch] = claim()
    entries.advance([(batch, 1)])
    entries.record([Window(batch, [Fact(0, UNSURE, "twilio", "twilio-two")])])
    assert Question.objects.get().account == "twilio-two"
    shift(seconds=6)
    go(batch.delivery_id(0))
    assert Attempt.objects.get().account == "twilio-two"


def test_what_a_silent_worker_left_is_asked_of_the_batchs_account(enlist):
    enlist([person(n) for n in range(1, 4)])
    send([Outcome.later("429", seconds=0)] * 3)
    shift(seconds=5)
    [batch] = claim()
    entries.advance([(batch, 2)])
    Batch.objects.filter(id=batch.id).update(account="twilio-two")
    shift(seconds=20)
    entries.abandon()
    asked = Question.objects.values_list("delivery_id", "account", "attempt", "why")
    assert sorted(asked) == [
        (batch.delivery_id(i), "twilio-two", 2, "lease_lost") for i in range(2)
    ]


def test_two_batches_of_one_attempt_may_be_lost_at_once(enlist):
    """Who was not asked waits in a batch of its own for the same attempt (found by the machine)."""
    dispatch = enlist([person(n) for n in range(1, 4)])
    [root] = claim()
    entries.advance([(root, 1)])
    entries.record([Window(root, [Fact(0, Outcome.unasked("lease_short", seconds=0), "twilio")])])
    for batch in claim():
        entries.advance([(batch, 1)])
    shift(seconds=11)
    entries.abandon()
    assert figures(dispatch) == {"unknown": 2, "waiting": 1}
    assert Question.objects.count() == 2
    assert tally.audit(dispatch.id) == []


def test_again_the_row_leaves_and_the_same_message_waits(unknown):
    dispatch, delivery_id = unknown
    assert go(delivery_id, seconds=3) == {delivery_id}
    assert figures(dispatch) == {"waiting": 1, "handed_over": 1}
    assert tally.people(dispatch.id) == figures(dispatch)
    assert tally.audit(dispatch.id) == []
    tried = Attempt.objects.get()
    assert (tried.delivery_id, tried.attempt, tried.code, tried.verdict, tried.account) == (
        delivery_id, 1, "timeout", "resent", "twilio",
    )  # fmt: skip
    asked = Question.objects.get()
    assert (asked.verdict, asked.repeats, asked.closed_at is None) == ("resent", 1, False)
    assert claim() == []
    shift(seconds=4)
    [again] = claim()
    assert (again.attempt, again.delivery_id(0), again.contact_ids, again.address_ids) == (
        2, delivery_id, [1], [10],
    )  # fmt: skip


def test_again_many_at_once_in_as_few_batches_as_before(enlist):
    dispatch = enlist([person(n, region="FR" if n > 5 else "DE") for n in range(1, 9)])
    windows = send([UNSURE] * 8)
    ids = [w.batch.delivery_id(fact.index) for w in windows for fact in w.facts]
    went = questions.again([Again(one, 1, Verdict.RESENT, 0.0) for one in reversed(ids)])
    assert went == set(ids)
    assert Batch.objects.filter(attempt=2).count() == 2
    assert figures(dispatch) == {"waiting": 8}
    assert tally.audit(dispatch.id) == []
    for batch in claim():
        entries.advance([(batch, batch.size)])
        entries.record([Window(batch, [Fact(i, TAKEN, "twilio") for i in range(batch.size)])])
    assert dict(Delivery.objects.values_list("contact_id", "id")) == {
        w.batch.contact_ids[fact.index]: w.batch.delivery_id(fact.index)
        for w in windows
        for fact in w.facts
    }
    assert entries.finish() == [dispatch.id]


def test_a_second_unknown_attempt_opens_the_question_again(unknown):
    dispatch, delivery_id = unknown
    go(delivery_id)
    resend(UNSURE)
    asked = Question.objects.get()
    assert (asked.attempt, asked.verdict, asked.closed_at, asked.asks) == (2, "", None, 0)
    assert asked.repeats == 1
    assert figures(dispatch) == {"unknown": 1, "handed_over": 1}
    assert go(delivery_id) == set(), "the first attempt is not the one that is unknown"
    assert go(delivery_id, attempt=2) == {delivery_id}
    resend(TAKEN)
    assert figures(dispatch) == {"handed_over": 2}
    assert Delivery.objects.get(id=delivery_id).standing == standing(Rank.HANDED_OVER, 3)
    assert entries.finish() == [dispatch.id]


def receive(delivery_id, **facts):
    climb([receipt(delivery_id, **facts)])


CLAIMS = {
    "a receipt": lambda one: receive(one, rank=Rank.HANDED_OVER),
    "an acknowledgement": lambda one: receive(one, rank=None, acknowledged=True),
    "an opening": lambda one: receive(one, rank=None, opened=True),
    "a failure": lambda one: receive(one, rank=Rank.FAILED),
    "policy": lambda one: questions.close({(one, 1): Verdict.GIVEN_UP}),
    "another asker": go,
}


@pytest.mark.parametrize("claimed", CLAIMS)
def test_only_what_is_openly_unknown_goes_again(unknown, claimed):
    dispatch, delivery_id = unknown
    CLAIMS[claimed](delivery_id)
    before = figures(dispatch)
    assert go(delivery_id) == set()
    assert figures(dispatch) == before
    assert Batch.objects.filter(attempt=2).count() == (claimed == "another asker")


OVER = {
    "stopped": lambda one: Dispatch.objects.filter(id=one.id).update(stopped_at=one.launched_at),
    "expired": lambda one: Dispatch.objects.filter(id=one.id).update(expires_at=one.launched_at),
}


@pytest.mark.parametrize("over", OVER)
def test_of_a_dispatch_that_is_over_nothing_goes_again(unknown, over):
    dispatch, delivery_id = unknown
    OVER[over](dispatch)
    shift(seconds=6)
    assert [due.over for due in questions.due(most=9)] == [True]
    assert go(delivery_id) == set()
    assert go(delivery_id, verdict=Verdict.RISKED) == set()
    questions.close({(delivery_id, 1): Verdict.EXPIRED})
    assert figures(dispatch)["unknown"] == 1
    assert entries.finish() == [dispatch.id]


def test_policy_closes_a_question_and_the_delivery_stays_unknown(unknown):
    dispatch, delivery_id = unknown
    assert entries.finish() == []
    questions.close({(delivery_id, 1): Verdict.GIVEN_UP})
    assert entries.finish() == [dispatch.id]
    assert figures(dispatch) == {"unknown": 1, "handed_over": 1}
    receive(delivery_id)
    assert figures(dispatch) == {"delivered": 1, "handed_over": 1}
    assert Question.objects.get().verdict == "given_up", "what policy did stays on the record"


@pytest.mark.parametrize("how", [{"acknowledged": True}, {"opened": True}])
def test_who_has_read_it_is_not_unknown(unknown, how):
    """Read at attempt 1, as every link says, though a later attempt is the unknown one."""
    dispatch, delivery_id = unknown
    go(delivery_id)
    resend(UNSURE)
    receive(delivery_id, rank=None, **how)
    row = Delivery.objects.get(id=delivery_id)
    assert row.standing == standing(Rank.HANDED_OVER, 2)
    assert row.handed_at
    assert Question.objects.get().verdict == "receipt"
    assert figures(dispatch) == {"handed_over": 2}
    assert tally.audit(dispatch.id) == []


def test_who_has_read_it_while_it_was_on_its_way_again_does_not_become_unknown(unknown):
    dispatch, delivery_id = unknown
    go(delivery_id)
    [batch] = claim()
    entries.advance([(batch, 1)])
    receive(delivery_id, rank=None, acknowledged=True)
    entries.record([Window(batch, [Fact(0, UNSURE, "twilio")])])
    assert figures(dispatch) == {"handed_over": 2}
    assert not Question.objects.filter(closed_at=None).exists()


@pytest.mark.parametrize("on_the_wire", [False, True])
def test_a_receipt_that_comes_after_it_was_sent_again_finds_it(unknown, on_the_wire):
    dispatch, delivery_id = unknown
    go(delivery_id)
    if on_the_wire:
        [batch] = claim()
        entries.advance([(batch, 1)])
    receive(delivery_id)
    assert figures(dispatch) == {"delivered": 1, "handed_over": 1}
    assert tally.audit(dispatch.id) == []
    assert claim() == []


def test_a_failure_of_the_first_attempt_does_not_make_the_second_one_known(unknown):
    """Told while the second is on the wire and its worker falls silent."""
    dispatch, delivery_id = unknown
    go(delivery_id)
    [batch] = claim()
    entries.advance([(batch, 1)])
    receive(delivery_id, rank=Rank.FAILED)
    shift(seconds=11)
    entries.abandon()
    assert figures(dispatch) == {"unknown": 1, "handed_over": 1}
    assert Question.objects.get().attempt == 2
    assert tally.audit(dispatch.id) == []


def test_what_an_earlier_attempt_may_have_brought_does_not_go_a_third_time(unknown):
    dispatch, delivery_id = unknown
    go(delivery_id)
    [batch] = claim()
    entries.advance([(batch, 1)])
    receive(delivery_id, rank=Rank.HANDED_OVER)
    entries.record([Window(batch, [Fact(0, UNSURE, "twilio")])])
    shift(seconds=6)
    assert [(due.attempt, due.handed) for due in questions.due(most=9)] == [(2, True)]
    assert go(delivery_id, attempt=2) == set()
    assert tally.audit(dispatch.id) == []


def test_a_receipt_of_the_first_attempt_after_the_second_was_taken_is_a_second_copy(unknown):
    dispatch, delivery_id = unknown
    go(delivery_id, verdict=Verdict.RISKED)
    resend(Outcome.taken("SM2"))
    assert tally.unknowns(dispatch.id) == {"risked": 1}
    for rank in (Rank.HANDED_OVER, Rank.DELIVERED):
        receive(delivery_id, rank=rank, carrier_id="SM1")
        receive(delivery_id, rank=rank, attempt=2, carrier_id="SM2")
    assert tally.unknowns(dispatch.id) == {"risked": 1, "many": 1}


@pytest.mark.parametrize("recorded", [False, True])
def test_a_late_workers_message_beside_the_second_one_is_a_second_copy(late, recorded):
    """Whichever of the two is told first."""
    dispatch, batch = late
    questions.again([Again(batch.delivery_id(i), 1, Verdict.RESENT, 0.0) for i in range(2)])
    [again] = claim()
    entries.advance([(again, 2)])
    words = [
        lambda: say(again, Outcome.taken("SM2"), Outcome.taken("SM3")),
        lambda: say(batch, Outcome.taken("SM1"), UNSURE),
    ]
    for word in words if recorded else reversed(words):
        word()
    assert figures(dispatch) == {"handed_over": 2}
    assert tally.unknowns(dispatch.id) == {"resent": 2, "many": 1}
    assert tally.audit(dispatch.id) == []


@pytest.fixture
def late(enlist):
    """A worker that was stopped with two on the wire, for longer than its lease; its window."""
    dispatch = enlist([person(1), person(2)])
    [batch] = claim()
    entries.advance([(batch, 2)])
    shift(seconds=11)
    entries.abandon()
    return dispatch, batch


def say(batch, *outcomes):
    entries.record([Window(batch, [Fact(i, one, "twilio") for i, one in enumerate(outcomes)])])


def test_a_late_workers_word_answers_and_says_so(late):
    dispatch, batch = late
    say(batch, TAKEN, Outcome.refused("21211"))
    assert figures(dispatch) == {"handed_over": 1, "failed": 1}
    assert set(Question.objects.values_list("verdict", flat=True)) == {"late"}
    assert Delivery.objects.get(id=batch.delivery_id(0)).carrier_id == "SM1"
    assert entries.finish() == [dispatch.id]


def test_a_late_worker_that_never_sent_lets_them_go_at_once(late):
    dispatch, batch = late
    say(batch, Outcome.later("lease_short", seconds=0), UNSURE)
    assert figures(dispatch) == {"waiting": 1, "unknown": 1}
    assert [a.verdict for a in Attempt.objects.all()] == ["not_processed"]
    assert Question.objects.get(delivery_id=batch.delivery_id(0)).repeats == 0
    shift(seconds=13)
    assert [one.attempt for one in claim()] == [2]
    say(batch, Outcome.later("lease_short", seconds=0), UNSURE)
    assert Batch.objects.count() == 2, "said twice, it went twice"
    assert tally.audit(dispatch.id) == []


def test_a_late_worker_that_never_sent_of_a_stopped_dispatch_is_withdrawn(late):
    dispatch, batch = late
    Dispatch.objects.update(stopped_at=dispatch.launched_at)
    say(batch, Outcome.later("lease_short", seconds=0), TAKEN)
    entries.withdraw()
    assert figures(dispatch) == {"withdrawn": 1, "handed_over": 1}
    assert entries.finish() == [dispatch.id]


def test_what_waits_again_is_taken_out_when_its_late_worker_had_sent_it(late):
    dispatch, batch = late
    ids = [batch.delivery_id(i) for i in range(2)]
    questions.again([Again(one, 1, Verdict.RESENT, 0.0) for one in ids])
    say(batch, TAKEN, UNSURE)
    assert figures(dispatch) == {"handed_over": 1, "waiting": 1}
    assert tally.audit(dispatch.id) == []
    [again] = claim()
    assert [again.delivery_id(i) for i in range(again.size)] == ids[1:]


def test_what_is_on_the_wire_again_is_in_the_books_once_when_its_late_worker_had_sent_it(late):
    dispatch, batch = late
    ids = [batch.delivery_id(i) for i in range(2)]
    questions.again([Again(one, 1, Verdict.RESENT, 0.0) for one in ids])
    [again] = claim()
    entries.advance([(again, 2)])
    say(batch, TAKEN, Outcome.refused("21211"))
    assert figures(dispatch) == {"handed_over": 1, "failed": 1}
    assert tally.audit(dispatch.id) == []
    say(again, Outcome.later("429", seconds=0), TAKEN)
    assert figures(dispatch) == {"handed_over": 2}
    assert tally.audit(dispatch.id) == []
    assert entries.finish() == [dispatch.id]


def test_a_window_that_is_not_wholly_told_is_in_the_books_once(enlist):
    """Its token is still good: what is known makes rows of the open window, counted as such."""
    dispatch = enlist([person(1), person(2), person(3)])
    [batch] = claim()
    entries.advance([(batch, 3)])
    entries.record([Window(batch, [Fact(0, TAKEN, "twilio"), Fact(1, UNSURE, "twilio")])])
    assert figures(dispatch) == {"handed_over": 1, "in_flight": 2}
    assert tally.audit(dispatch.id) == []
    shift(seconds=11)
    entries.abandon()
    assert figures(dispatch) == {"handed_over": 1, "unknown": 2}


def test_what_the_carrier_lists_climbs_like_a_receipt(unknown):
    dispatch, delivery_id = unknown
    tell(
        [Fold(delivery_id, 1, "twilio", standing(Rank.DELIVERED, 1), carrier_id="SM9")],
        verdict=Verdict.TAKEN,
    )
    assert figures(dispatch) == {"delivered": 1, "handed_over": 1}
    assert Question.objects.get().verdict == "taken"
    assert Delivery.objects.get(id=delivery_id).carrier_id == "SM9"


def test_ids_that_are_other_deliveries_own_are_known(enlist):
    enlist([person(1), person(2)])
    [window] = send([Outcome.taken("SM1"), Outcome.taken("SM2")])
    ids = [window.batch.delivery_id(i) for i in range(2)]
    assert questions.known_elsewhere([10, 20], ["SM1", "SM2", "SM3"]) == {
        "SM1": {ids[0]}, "SM2": {ids[1]},
    }  # fmt: skip
    assert questions.known_elsewhere([10], ["SM2"]) == {}


def test_questions_are_asked_in_the_order_of_their_times(enlist):
    enlist([person(n) for n in range(1, 5)])
    [window] = send([UNSURE] * 4)
    ids = [window.batch.delivery_id(i) for i in range(4)]
    questions.ask_later({(one, 1): 10.0 - n for n, one in enumerate(ids)})
    shift(seconds=30)
    assert {due.delivery_id for due in questions.due(most=2)} == set(ids[2:])
