"""The books balance at every instant, whatever happens in whatever order."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection

from dispatcher.ledger import enlisting, entries, tally
from dispatcher.ledger.climb import climb
from dispatcher.ledger.entries import Fact, Window
from dispatcher.ledger.facts import BLOCK, Outcome, Rank, Receipt
from dispatcher.ledger.models import Delivery, Dispatch, Exclusion, Question
from tests.ledger.conftest import person

TAKEN = Outcome.taken("SM1")


def figures(dispatch):
    total = Counter()
    for figure in tally.books(dispatch.id):
        total[figure.figure] += figure.n
    return dict(total)


def receipt(delivery_id, rank=Rank.DELIVERED, attempt=1, key=None, **facts):
    key = key or f"{delivery_id}:{rank}:{attempt}"
    return Receipt(key, delivery_id, attempt, "twilio", rank, **facts)


def send(outcomes, *, people=1000):
    """Claim, advance and record, with one outcome for each person in turn."""
    outcomes = iter(outcomes)
    windows = []
    for batch in entries.claim("critical", people=people):
        entries.advance([(batch, batch.size - batch.cursor)])
        facts = [Fact(i, next(outcomes), "twilio") for i in range(batch.cursor, batch.size)]
        windows.append(Window(batch, facts))
    entries.record(windows)
    return windows


def shift(**hours):
    with connection.cursor() as cursor:
        cursor.execute("delete from ledger_clock")
        cursor.execute(
            "insert into ledger_clock (shift) values (%s::interval)", [str(timedelta(**hours))]
        )


def test_each_person_is_enlisted_once_with_a_channel_or_a_reason(enlist):
    dispatch = enlist([
        person(1),
        person(2, sms_id=None, sms_block="no_address", email_id=21, email_key="b@example.com", email_block=None),
        person(3, sms_id=None, sms_block="opted_out"),
        person(4, sms_id=None, sms_block="no_address"),
    ])  # fmt: skip
    assert figures(dispatch) == {"waiting": 2, "excluded": 2}
    assert dict(Exclusion.objects.values_list("contact_id", "reason")) == {
        3: "opted_out",
        4: "no_address",
    }
    assert tally.audit(dispatch.id) == []


@pytest.mark.parametrize("most", [1, 2, 3, 1000])
def test_the_size_of_a_slice_changes_nothing(enlist, most):
    dispatch = enlist([person(n, region="FR" if n % 2 else "DE") for n in range(1, 8)], most=most)
    assert figures(dispatch) == {"waiting": 7}
    assert Dispatch.objects.get(id=dispatch.id).state == "running"


def test_a_second_launch_is_the_same_dispatch(open_dispatch):
    first = open_dispatch()
    second, made = enlisting.open_dispatch(
        first.alert_ref, number="other", mode="drill", scenario="recall", part="first",
        severity="urgent", lane="critical", launched_by="ana", expires_at=first.expires_at, plan={},
    )  # fmt: skip
    assert (second.id, second.number, made) == (first.id, first.number, False)


def test_a_reader_with_no_wording_is_excluded_with_the_reason(enlist):
    def ways(_, readers):
        return [enlisting.Way(r.key, 0, 0, "sms", "", 0, "", "", "no_wording") for r in readers]

    dispatch = enlist([person(1)], ways=ways)
    assert [r.code for r in tally.reasons(dispatch.id)] == ["no_wording"]
    assert figures(dispatch) == {"excluded": 1}


def test_a_window_becomes_facts(enlist):
    dispatch = enlist([person(n) for n in range(1, 5)])
    send(
        [
            TAKEN,
            Outcome.refused("21211", dead=True),
            Outcome.unsure("timeout"),
            Outcome.later("429", seconds=2),
        ]
    )
    assert figures(dispatch) == {"handed_over": 1, "failed": 1, "unknown": 1, "waiting": 1}
    assert Question.objects.count() == 1
    assert tally.audit(dispatch.id) == []
    assert sum(tally.people(dispatch.id).values()) == 4


def test_what_was_refused_until_later_goes_again_under_the_same_id(enlist):
    dispatch = enlist([person(1), person(2)])
    [window] = send([TAKEN, Outcome.later("429", seconds=30)])
    assert entries.claim("critical", people=10) == []
    shift(seconds=31)
    [again] = entries.claim("critical", people=10)
    assert (again.attempt, again.delivery_id(0)) == (2, window.batch.delivery_id(1))
    entries.advance([(again, 1)])
    entries.record([Window(again, [Fact(0, TAKEN, "twilio")])])
    assert figures(dispatch) == {"handed_over": 2}
    assert entries.finish() == [dispatch.id]
    assert tally.audit(dispatch.id) == []


def test_a_receipt_that_overtakes_the_record_is_not_lost_and_not_counted_twice(enlist):
    dispatch = enlist([person(1), person(2)])
    [batch] = entries.claim("critical", people=10)
    entries.advance([(batch, 2)])
    climb([receipt(batch.delivery_id(0))])
    assert figures(dispatch) == {"delivered": 1, "in_flight": 1}
    assert tally.audit(dispatch.id) == []
    entries.record([Window(batch, [Fact(i, TAKEN, "twilio") for i in range(2)])])
    assert figures(dispatch) == {"delivered": 1, "handed_over": 1}
    assert tally.audit(dispatch.id) == []


def test_a_receipt_for_what_waits_again_takes_it_out_of_the_retry(enlist):
    dispatch = enlist([person(1), person(2), person(3)])
    [window] = send([Outcome.later("429", seconds=9)] * 3)
    climb([receipt(window.batch.delivery_id(1))])
    assert figures(dispatch) == {"delivered": 1, "waiting": 2}
    assert tally.audit(dispatch.id) == []
    shift(seconds=10)
    [again] = entries.claim("critical", people=10)
    assert list(again.contact_ids) == [1, 3]


@pytest.mark.parametrize("delivery_id", [5, 99 * BLOCK, -1])
def test_a_receipt_for_nothing_of_ours_is_a_stray(enlist, delivery_id):
    dispatch = enlist([person(1)])
    assert climb([receipt(delivery_id)]).stray == 1
    assert tally.strays(dispatch.id) == 1
    assert not Delivery.objects.exists()


def test_a_receipt_for_what_has_not_left_is_a_stray(enlist):
    dispatch = enlist([person(1)])
    [batch] = entries.claim("critical", people=10)
    assert climb([receipt(batch.delivery_id(0))]).stray == 1
    assert figures(dispatch) == {"waiting": 1}


def test_the_same_event_twice_changes_nothing(enlist):
    enlist([person(1)])
    [window] = send([TAKEN])
    one = receipt(window.batch.delivery_id(0))
    assert (climb([one, one]).new, climb([one]).repeated) == (1, 1)


def test_a_receipt_answers_a_question_and_the_dispatch_completes(enlist):
    dispatch = enlist([person(1)])
    [window] = send([Outcome.unsure("timeout")])
    assert entries.finish() == []
    climb([receipt(window.batch.delivery_id(0), Rank.HANDED_OVER)])
    assert entries.finish() == [dispatch.id]
    assert figures(dispatch) == {"handed_over": 1}


def test_late_sent_after_delivered_changes_nothing(enlist):
    dispatch = enlist([person(1)])
    [window] = send([TAKEN])
    climb([receipt(window.batch.delivery_id(0))])
    climb([receipt(window.batch.delivery_id(0), Rank.HANDED_OVER)])
    assert figures(dispatch) == {"delivered": 1}


def test_acknowledged_and_opened_are_times(enlist):
    dispatch = enlist([person(1)])
    [window] = send([TAKEN])
    climb([receipt(window.batch.delivery_id(0), None, acknowledged=True, opened=True)])
    row = Delivery.objects.get()
    assert row.acknowledged_at
    assert row.opened_at
    assert figures(dispatch) == {"handed_over": 1}


def test_a_silent_worker_leaves_unknowns_and_the_rest_waits(enlist):
    dispatch = enlist([person(n) for n in range(1, 6)])
    [batch] = entries.claim("critical", people=10)
    entries.advance([(batch, 3)])
    shift(seconds=11)
    assert entries.abandon() == 1
    assert figures(dispatch) == {"unknown": 3, "waiting": 2}
    assert Question.objects.count() == 3
    assert tally.audit(dispatch.id) == []
    [rest] = entries.claim("critical", people=10)
    assert (rest.cursor, rest.token) == (3, batch.token + 2)


def test_a_late_workers_facts_count_but_move_nothing(enlist):
    dispatch = enlist([person(1), person(2)])
    [batch] = entries.claim("critical", people=10)
    entries.advance([(batch, 1)])
    shift(seconds=11)
    entries.abandon()
    entries.record([Window(batch, [Fact(0, TAKEN, "twilio")])])
    assert figures(dispatch) == {"handed_over": 1, "waiting": 1}
    assert entries.advance([(batch, 1)]) == set()
    assert tally.audit(dispatch.id) == []


def test_stop_withdraws_what_waits_and_counts_what_is_in_flight(enlist):
    dispatch = enlist([person(n) for n in range(1, 6)])
    [batch] = entries.claim("critical", people=10)
    entries.advance([(batch, 2)])
    Dispatch.objects.filter(id=dispatch.id).update(stopped_at=dispatch.launched_at)
    entries.withdraw()
    assert figures(dispatch) == {"withdrawn": 3, "in_flight": 2}
    entries.record(
        [Window(batch, [Fact(i, Outcome.later("429", seconds=1), "twilio") for i in range(2)])]
    )
    assert figures(dispatch) == {"withdrawn": 5}
    assert entries.finish() == [dispatch.id]
    assert tally.audit(dispatch.id) == []
    assert tally.people(dispatch.id) == {"withdrawn": 5}


def test_a_worker_that_dies_after_a_stop_leaves_unknowns(enlist):
    dispatch = enlist([person(1), person(2)])
    [batch] = entries.claim("critical", people=10)
    entries.advance([(batch, 1)])
    Dispatch.objects.filter(id=dispatch.id).update(stopped_at=dispatch.launched_at)
    entries.withdraw()
    shift(seconds=11)
    entries.abandon()
    assert figures(dispatch) == {"withdrawn": 1, "unknown": 1}


def test_a_paused_dispatch_is_neither_claimed_nor_advanced(enlist):
    dispatch = enlist([person(1), person(2)])
    [batch] = entries.claim("critical", people=10)
    Dispatch.objects.filter(id=dispatch.id).update(paused_at=dispatch.launched_at)
    assert entries.advance([(batch, 1)]) == set()
    entries.release([(batch, 0)])
    assert entries.claim("critical", people=10) == []


def test_an_expired_dispatch_withdraws(enlist):
    dispatch = enlist([person(1)])
    shift(hours=2)
    assert entries.claim("critical", people=10) == []
    entries.withdraw()
    assert figures(dispatch) == {"withdrawn": 1}


def test_who_fell_out_since_the_launch_is_excluded(enlist):
    dispatch = enlist([person(1), person(2)])
    [batch] = entries.claim("critical", people=10)
    entries.advance([(batch, 2)])
    entries.record([Window(batch, [Fact(0, TAKEN, "twilio")], [(1, "opted_out")])])
    assert figures(dispatch) == {"handed_over": 1, "excluded": 1}
    assert tally.people(dispatch.id) == {"handed_over": 1, "excluded": 1}
    assert tally.audit(dispatch.id) == []


def test_deltas_fold_without_changing_the_books(enlist):
    dispatch = enlist([person(n) for n in range(1, 200)], most=1)
    before = figures(dispatch)
    entries.squash()
    assert figures(dispatch) == before == {"waiting": 199}


def test_claim_stops_at_about_the_people_asked_for(enlist):
    enlist([person(n, region=region) for n, region in enumerate(["DE", "FR", "IT", "ES"], 1)])
    assert len(entries.claim("critical", people=2)) == 2
    assert len(entries.claim("critical", people=10)) == 2
