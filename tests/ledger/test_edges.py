"""The rare moments: late, odd, incomplete and repeated things, and what the books say of them."""

from datetime import timedelta

import pytest

from dispatcher.ledger import enlisting, entries, moving, tally
from dispatcher.ledger.climb import climb
from dispatcher.ledger.entries import Fact, Window
from dispatcher.ledger.facts import BLOCK, MOST_ATTEMPTS, Outcome, Rank
from dispatcher.ledger.models import Batch, Delivery, Delta, Dispatch, Question
from dispatcher.ledger.models import Receipt as Kept
from dispatcher.ledger.statements import ledger_now
from dispatcher.ledger.tally import Figure
from tests.ledger.conftest import person, query, sms_then_email
from tests.ledger.test_books import TAKEN, figures, receipt, send, shift


def test_a_late_workers_facts_answer_the_questions_that_its_silence_raised(enlist):
    """Else the dispatch would never be complete, though nobody is unknown any more."""
    dispatch = enlist([person(1), person(2)])
    [batch] = entries.claim("critical", people=10)
    entries.advance([(batch, 2)])
    shift(seconds=11)
    entries.abandon()
    assert entries.finish() == []
    entries.record([Window(batch, [Fact(i, TAKEN, "twilio") for i in range(2)])])
    assert figures(dispatch) == {"handed_over": 2}
    assert not Question.objects.filter(closed_at=None).exists()
    assert entries.finish() == [dispatch.id]


def test_a_window_that_says_nothing_of_somebody_does_not_lose_them(enlist):
    """What is known is written; who is missing is unknown when the lease has run out."""
    dispatch = enlist([person(1), person(2)])
    [batch] = entries.claim("critical", people=10)
    entries.advance([(batch, 2)])
    entries.record([Window(batch, [Fact(0, TAKEN, "twilio")])])
    shift(seconds=11)
    entries.abandon()
    assert figures(dispatch) == {"handed_over": 1, "unknown": 1}
    assert sum(tally.people(dispatch.id).values()) == 2
    assert tally.audit(dispatch.id) == []


def test_the_audit_knows_how_many_were_targeted(enlist):
    """Deltas and rows that agree with each other prove nothing when somebody is in neither."""
    dispatch = enlist([person(1), person(2)])
    Dispatch.objects.filter(id=dispatch.id).update(targeted=3)
    [(told, meant)] = tally.audit(dispatch.id)
    assert (told.figure, told.n, meant.n) == ("targeted", 2, 3)


def test_a_reader_to_whom_no_way_leads_stops_the_slice_and_not_the_person(open_dispatch):
    dispatch = open_dispatch()
    with pytest.raises(LookupError):
        enlisting.enlist(
            "critical", recipients=lambda _: query([person(1)]), ways=lambda *_: [],
            most=lambda _: 10,
        )  # fmt: skip
    assert not Batch.objects.exists()
    assert Dispatch.objects.get(id=dispatch.id).slice_cursor == 0


def test_readers_of_two_countries_are_two_readers(open_dispatch):
    """Where the region is not known, the country alone decides between pt-BR and pt-PT."""
    open_dispatch()
    met = []

    def ways(opened, readers):
        met.extend(reader.country for reader in readers)
        return sms_then_email(opened, readers)

    people = [person(1, region="", country="BR"), person(2, region="", country="PT")]
    enlisting.enlist("critical", recipients=lambda _: query(people), ways=ways, most=lambda _: 10)
    assert sorted(met) == ["BR", "PT"]


def test_a_dispatch_that_is_passed_over_leaves_the_lane_to_the_next(open_dispatch):
    first, second = open_dispatch(), open_dispatch()
    assert enlisting.first_open("critical") == [first.id]
    done = enlisting.enlist(
        "critical", recipients=lambda _: query([person(1)]), ways=sms_then_email,
        most=lambda _: 10, passing=[first.id],
    )  # fmt: skip
    assert done.dispatch_id == second.id


@pytest.mark.parametrize("odd", [
    {"delivery_id": 2**63}, {"delivery_id": -(2**70)}, {"attempt": 0}, {"attempt": 40_000},
    {"code": "a\0b"}, {"key": "k\0"}, {"carrier_id": "\0"},
])  # fmt: skip
def test_an_odd_receipt_spoils_no_other_of_its_bundle(enlist, odd):
    dispatch = enlist([person(1), person(2)])
    [window] = send([TAKEN, TAKEN])
    facts = {"delivery_id": window.batch.delivery_id(0), "rank": Rank.FAILED, "key": "odd"} | odd
    climb([receipt(**facts), receipt(window.batch.delivery_id(1))])
    assert figures(dispatch)["delivered"] == 1
    assert Kept.objects.count() == 2


@pytest.mark.parametrize("rank", [None, Rank.HANDED_OVER])
def test_what_was_opened_before_our_record_was_handed_over(enlist, rank):
    """It is no unknown without a question, even when the worker never records it."""
    dispatch = enlist([person(1)])
    [batch] = entries.claim("critical", people=10)
    entries.advance([(batch, 1)])
    climb([receipt(batch.delivery_id(0), rank, opened=True)])
    assert figures(dispatch) == {"handed_over": 1}
    shift(seconds=11)
    entries.abandon()
    assert figures(dispatch) == {"handed_over": 1}
    assert Delivery.objects.get().handed_at
    assert entries.finish() == [dispatch.id]


def test_an_early_failure_is_a_failure_in_the_peoples_book_too(enlist):
    dispatch = enlist([person(1), person(2)])
    [batch] = entries.claim("critical", people=10)
    entries.advance([(batch, 2)])
    climb([receipt(batch.delivery_id(1), Rank.FAILED)])
    assert tally.people(dispatch.id) == figures(dispatch) == {"failed": 1, "in_flight": 1}


def test_neighbours_that_were_refused_until_almost_the_same_moment_share_a_batch(enlist):
    enlist([person(n) for n in range(1, 9)])
    send([Outcome.later("429", seconds=1.01 + n / 100) for n in range(8)])
    assert Batch.objects.filter(attempt=2).count() == 1


def test_after_the_last_attempt_that_can_be_told_apart_later_means_no(enlist):
    """A standing of attempt 1,000 would look like a delivered one."""
    dispatch = enlist([person(1)])
    Batch.objects.update(attempt=MOST_ATTEMPTS)
    send([Outcome.later("429", seconds=0)])
    assert figures(dispatch) == {"failed": 1}
    assert [reason.code for reason in tally.reasons(dispatch.id)] == ["attempts_spent"]


def test_a_batch_that_ends_its_workers_goes_behind_the_others(enlist):
    enlist([person(1, region="DE"), person(2, region="FR")])
    [first] = entries.claim("critical", people=1)
    shift(seconds=11)
    entries.abandon()
    [next_] = entries.claim("critical", people=1)
    assert next_.id != first.id


def test_a_withdrawn_batch_that_was_only_claimed_has_no_lease_left(enlist):
    dispatch = enlist([person(1)])
    entries.claim("critical", people=1)
    Dispatch.objects.filter(id=dispatch.id).update(stopped_at=dispatch.launched_at)
    entries.withdraw()
    assert Batch.objects.get().lease_until is None


def test_deltas_are_folded_into_sums_that_say_the_same(enlist):
    """Folding moves neither a figure nor the curve nor the mark; a quiet house writes nothing."""
    dispatch = enlist([person(n) for n in range(1, 40)], most=2)
    send([Outcome.taken(f"C{n}") for n in range(39)])

    def told():
        one = dispatch.id
        return figures(dispatch), tally.curve(one), tally.mark(one), moving.speed(one).messages

    before = told()
    assert Delta.objects.count() > 20
    assert entries.squash() == 1
    assert Delta.objects.count() == 0
    assert told() == before
    assert tally.audit(dispatch.id) == []
    assert entries.squash() == 0


def test_what_comes_after_a_fold_is_added_to_it(enlist):
    """A second fold adds to the sums of the first; of parts of the world too."""
    dispatch = enlist([person(1, region="DE"), person(2, region="FR")])
    entries.squash()
    before = tally.mark(dispatch.id)
    send([Outcome.taken("C1"), Outcome.taken("C2")])
    moved, halves = tally.mark(dispatch.id), [tally.books(dispatch.id, regions=["DE"])]
    curve = tally.curve(dispatch.id, regions=["DE"])
    entries.squash()
    halves.append(tally.books(dispatch.id, regions=["DE"]))
    assert before < moved == tally.mark(dispatch.id)
    assert halves[0] == halves[1] == [Figure("sms", "DE", "de", "handed_over", 1)]
    assert tally.curve(dispatch.id, regions=["DE"]) == curve
    assert curve[-1].handed_over == 1
    assert tally.audit(dispatch.id) == []


def test_the_mark_moves_when_a_change_with_a_smaller_id_comes_later(enlist):
    """Two transactions draw their ids in one order and commit in the other."""
    dispatch = enlist([person(1)])
    first = Delta.objects.get()
    Delta.objects.filter(id=first.id).update(id=first.id + 1000)
    before = tally.mark(dispatch.id)
    Delta.objects.create(
        dispatch_id=dispatch.id, minute=dispatch.launched_at + timedelta(0), channel="sms",
        region="DE", language="de", figure="waiting", n=1,
    )  # fmt: skip
    assert tally.mark(dispatch.id) != before


def test_positions_stay_with_their_people_when_one_is_taken_out(enlist):
    dispatch = enlist([person(n) for n in range(1, 6)])
    [window] = send([Outcome.later("429", seconds=0)] * 5)
    for index in (3, 0):
        climb([receipt(window.batch.delivery_id(index))])
    shift(seconds=30)
    [again] = entries.claim("critical", people=10)
    assert [again.delivery_id(i) % BLOCK for i in range(again.size)] == [1, 2, 4]
    assert list(again.contact_ids) == [2, 3, 5]
    assert list(again.address_ids) == [20, 30, 50]
    entries.advance([(again, 3)])
    entries.record([Window(again, [Fact(i, TAKEN, "twilio") for i in range(3)])])
    assert dict(Delivery.objects.values_list("contact_id", "id")) == {
        n: window.batch.delivery_id(n - 1) for n in range(1, 6)
    }
    assert tally.audit(dispatch.id) == []


def test_who_was_not_asked_waits_for_the_same_attempt_and_is_found_there(enlist):
    """Two batches hold the first attempt then: the newer one is where the message is."""
    dispatch = enlist([person(1), person(2)])
    [window] = send([Outcome.unasked("lease_short", seconds=0)] * 2)
    [again] = entries.claim("critical", people=10)
    assert again.attempt == 1
    entries.advance([(again, 1)])
    climb([receipt(window.batch.delivery_id(0)), receipt(window.batch.delivery_id(1))])
    assert figures(dispatch) == {"delivered": 1, "waiting": 1}
    assert tally.strays(dispatch.id) == 1
    assert tally.audit(dispatch.id) == []


def test_crowds_that_were_turned_away_together_come_back_apart_and_not_too_early(enlist):
    """Full jitter, but one throw for a window: whoever was in one batch still is."""
    enlist([person(n, region=f"X{n % 40:02}") for n in range(1, 121)])
    Batch.objects.update(attempt=8)
    before = ledger_now()
    send([Outcome.later("429", seconds=30)] * 120)
    waits = [
        (at - before).total_seconds()
        for at in Batch.objects.filter(attempt=9).values_list("due_at", flat=True)
    ]
    assert len(waits) == 40
    assert min(waits) >= 30
    assert len({round(wait) for wait in waits}) > 10


def test_a_refusal_is_never_tried_again_and_what_is_no_longer_true_is_not_sent(enlist):
    dispatch = enlist([person(1), person(2)])
    send([Outcome.refused("21211"), Outcome.later("429", seconds=3000)])
    assert Batch.objects.filter(attempt=2).count() == 1
    shift(hours=2)
    assert entries.claim("critical", people=10) == []
    entries.withdraw()
    assert figures(dispatch) == {"failed": 1, "withdrawn": 1}
    assert entries.finish() == [dispatch.id]
