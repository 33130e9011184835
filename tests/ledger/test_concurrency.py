"""Workers, doors and operators at the same rows at the same time: real threads, real connections."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from dispatcher.ledger import entries, questions, tally
from dispatcher.ledger.climb import climb
from dispatcher.ledger.entries import Fact, Window
from dispatcher.ledger.facts import Outcome, Rank, Verdict
from dispatcher.ledger.models import Batch, Delivery, Dispatch, Question
from dispatcher.ledger.questions import Again
from tests.ledger.conftest import person
from tests.ledger.test_books import TAKEN, figures, receipt, send, shift

pytestmark = pytest.mark.django_db(transaction=True)

WAIT = 10.0
"""Seconds after which a thread that has not come is a failure."""


@pytest.fixture
def threads():
    """Run functions on threads of their own, each with a connection that it closes."""

    def closing(function, *args):
        try:
            return function(*args)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        yield lambda function, *args: pool.submit(closing, function, *args)


def until_somebody_waits():
    """Return when a session waits for a lock of ours."""
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from pg_locks where not granted")
            if cursor.fetchone()[0]:
                return
    raise TimeoutError


def regions(n):
    return [person(k, region=f"X{k:03}") for k in range(1, n + 1)]


def backwards(dispatch):
    """Put the rows of the batches on disk in the reverse of their ids' order."""
    with connection.cursor() as cursor:
        for batch_id in dispatch.batch_set.order_by("-id").values_list("id", flat=True):
            cursor.execute("update ledger_batch set size = size where id = %s", [batch_id])
        cursor.execute("vacuum ledger_batch")


@pytest.mark.parametrize("move", ["withdraw", "heartbeat", "advance", "release"])
def test_every_statement_locks_batches_in_the_order_of_their_ids(enlist, threads, move):
    """Else two of them wait for each other, and PostgreSQL kills a stop or a heartbeat."""
    dispatch = enlist(regions(6))
    backwards(dispatch)
    batches = sorted(entries.claim("critical", people=100), key=lambda batch: -batch.id)
    Dispatch.objects.filter(id=dispatch.id).update(
        stopped_at=dispatch.launched_at if move == "withdraw" else None
    )
    moves = {
        "withdraw": entries.withdraw,
        "heartbeat": lambda: entries.heartbeat(batches),
        "advance": lambda: entries.advance([(batch, 1) for batch in batches]),
        "release": lambda: entries.release([(batch, 0.0) for batch in batches]),
    }
    with transaction.atomic():
        list(Batch.objects.select_for_update().filter(id=batches[-1].id))
        moving = threads(moves[move])
        until_somebody_waits()
        free = Batch.objects.select_for_update(nowait=True).filter(id__gt=batches[-1].id)
        assert len(free) == 5, "a batch with a higher id is already locked"
    moving.result(WAIT)


def test_the_same_receipts_in_any_order_do_not_wait_for_each_other(enlist, threads):
    """A carrier repeats its bundles, shuffled: they are kept in the order of their keys."""
    dispatch = enlist([person(1), person(2)])
    [window] = send([TAKEN, TAKEN])
    first, last = (receipt(window.batch.delivery_id(i), key=key) for i, key in enumerate("az"))
    with transaction.atomic():
        climb([first])
        shuffled = threads(climb, [last, first])
        until_somebody_waits()
        climb([last])
    assert shuffled.result(WAIT).new == 0
    assert figures(dispatch) == {"delivered": 2}


def test_a_receipt_that_meets_a_row_that_is_leaving_finds_the_message_where_it_waits(
    enlist, threads
):
    """It waits for the row's lock, and the row is gone: the receipt must not be, or it goes twice."""
    dispatch = enlist([person(1), person(2)])
    [window] = send([Outcome.unsure("timeout")] * 2)
    ids = [window.batch.delivery_id(i) for i in range(2)]
    with transaction.atomic():
        questions.again([Again(one, 1, Verdict.RESENT, 0.0) for one in ids])
        hearing = threads(climb, [receipt(ids[1])])
        until_somebody_waits()
    assert hearing.result(WAIT).stray == 0
    assert figures(dispatch) == {"delivered": 1, "waiting": 1}
    assert tally.audit(dispatch.id) == []


def test_a_receipt_that_waits_for_a_retry_to_be_written_finds_it(enlist, threads):
    """Its look at the batches began before the retry was there."""
    dispatch = enlist([person(1), person(2)])
    [batch] = entries.claim("critical", people=2)
    entries.advance([(batch, 2)])
    with transaction.atomic():
        entries.record(
            [Window(batch, [Fact(i, Outcome.later("429", seconds=0), "twilio") for i in range(2)])]
        )
        hearing = threads(climb, [receipt(batch.delivery_id(1))])
        until_somebody_waits()
    assert hearing.result(WAIT).stray == 0
    assert figures(dispatch) == {"delivered": 1, "waiting": 1}
    assert tally.audit(dispatch.id) == []


def test_what_a_receipt_holds_at_this_moment_is_not_sent_again(enlist, threads):
    enlist([person(1), person(2)])
    [window] = send([Outcome.unsure("timeout")] * 2)
    ids = [window.batch.delivery_id(i) for i in range(2)]
    with transaction.atomic():
        climb([receipt(ids[0], Rank.HANDED_OVER)])
        going = threads(questions.again, [Again(one, 1, Verdict.RESENT, 0.0) for one in ids])
        assert going.result(WAIT) == {ids[1]}


def test_policy_does_not_wait_for_a_receipt_that_is_answering(enlist, threads):
    """Receipts lock many questions at once: who waited for one while holding others could deadlock."""
    enlist([person(1), person(2)])
    [window] = send([Outcome.unsure("timeout")] * 2)
    ids = [window.batch.delivery_id(i) for i in range(2)]
    with transaction.atomic():
        climb([receipt(ids[1])])
        threads(questions.ask_later, {(one, 1): 9.0 for one in ids}).result(WAIT)
        threads(questions.close, {(one, 1): Verdict.GIVEN_UP for one in ids}).result(WAIT)
    told = Question.objects.values_list("delivery_id", "verdict")
    assert dict(told) == {ids[0]: "given_up", ids[1]: "receipt"}


def test_the_books_balance_while_everything_happens_at_once(enlist, threads):
    """Audit reads both sides of the books at one instant, whatever commits in between."""
    dispatch = enlist([person(n, region=f"R{n % 7}") for n in range(1, 201)])
    over = threading.Event()
    outcomes = [
        TAKEN,
        Outcome.refused("21211"),
        Outcome.unsure("timeout"),
        Outcome.later("429", seconds=0),
    ]

    def work(seed):
        rng = random.Random(seed)
        while not over.is_set():
            for batch in entries.claim("critical", people=20):
                n = rng.randint(1, batch.size - batch.cursor)
                if not entries.advance([(batch, n)]):
                    entries.release([(batch, 0.0)])
                    continue
                window = range(batch.cursor, batch.cursor + n)
                early = [i for i in window if rng.random() < 0.3]
                climb([receipt(batch.delivery_id(i), attempt=batch.attempt) for i in early])
                entries.heartbeat([batch])
                facts = [Fact(i, rng.choice(outcomes), "twilio") for i in window]
                entries.record([Window(batch, facts)])

    def keep_house():
        while not over.is_set():
            entries.abandon()
            entries.withdraw()
            entries.finish()
            entries.squash()

    def ask():
        while not over.is_set():
            found = Question.objects.filter(closed_at=None).values_list("delivery_id", "attempt")
            questions.again([Again(*one, Verdict.RESENT, 0.0) for one in found])

    busy = [*(threads(work, seed) for seed in range(3)), threads(keep_house), threads(ask)]
    wrong = [told for _ in range(40) if (told := tally.audit(dispatch.id))]
    total = [sum(figures(dispatch).values()) for _ in range(40)]
    over.set()
    for one in busy:
        one.result(WAIT)
    assert wrong == []
    assert set(total) == {200}
    assert tally.audit(dispatch.id) == []


def test_a_receipt_takes_a_person_out_of_a_retry_that_a_worker_has_just_claimed(enlist):
    """The worker's copy of the batch is stale then: it may not move it, and nobody goes twice."""
    dispatch = enlist([person(n) for n in range(1, 4)])
    [window] = send([Outcome.later("429", seconds=0)] * 3)
    shift(seconds=30)
    [again] = entries.claim("critical", people=10)
    climb([receipt(window.batch.delivery_id(0))])
    assert entries.advance([(again, 3)]) == set()
    entries.release([(again, 0.0)])
    [fresh] = entries.claim("critical", people=10)
    assert list(fresh.contact_ids) == [2, 3]
    assert entries.advance([(fresh, 2)]) == {fresh.id}
    entries.record([Window(fresh, [Fact(i, TAKEN, "twilio") for i in range(2)])])
    assert figures(dispatch) == {"delivered": 1, "handed_over": 2}
    assert dict(Delivery.objects.values_list("contact_id", "id")) == {
        n: window.batch.delivery_id(n - 1) for n in (1, 2, 3)
    }
    assert tally.audit(dispatch.id) == []


def test_a_retry_that_receipts_have_emptied_while_it_was_claimed_is_over(enlist):
    dispatch = enlist([person(1)])
    [window] = send([Outcome.later("429", seconds=0)])
    shift(seconds=30)
    [again] = entries.claim("critical", people=10)
    climb([receipt(window.batch.delivery_id(0))])
    entries.release([(again, 0.0)])
    assert entries.claim("critical", people=10) == []
    assert entries.finish() == [dispatch.id]


def test_one_claim_moves_its_cursor_once(enlist):
    """A repeated or stale move would call people in flight who were never written to."""
    enlist([person(1), person(2)])
    [batch] = entries.claim("critical", people=10)
    assert entries.advance([(batch, 1)]) == {batch.id}
    assert entries.advance([(batch, 1)]) == set()


def test_a_record_that_is_repeated_after_a_lost_answer_changes_nothing(enlist):
    """When the connection ends in the commit, nobody knows: so it is said again."""
    dispatch = enlist([person(n) for n in range(1, 5)])
    outcomes = [TAKEN, Outcome.unsure("cut"), Outcome.later("429", seconds=0), TAKEN]
    [window] = send(outcomes)
    before = figures(dispatch)
    entries.record([window])
    assert figures(dispatch) == before
    assert tally.audit(dispatch.id) == []


def test_stop_does_not_wait_for_a_worker_that_is_sending(enlist, threads):
    dispatch = enlist(regions(4))
    batches = entries.claim("critical", people=100)
    entries.advance([(batch, 1) for batch in batches])
    Dispatch.objects.filter(id=dispatch.id).update(stopped_at=dispatch.launched_at)
    assert threads(entries.withdraw).result(WAIT) == 4


def test_a_worker_does_not_see_a_stop_that_is_not_committed_and_obeys_the_next_moment(enlist):
    dispatch = enlist([person(1), person(2)])
    [batch] = entries.claim("critical", people=10)
    Dispatch.objects.filter(id=dispatch.id).update(stopped_at=dispatch.launched_at)
    assert entries.advance([(batch, 1)]) == set()
    entries.withdraw()
    assert figures(dispatch) == {"withdrawn": 2}


def test_two_workers_never_hold_the_same_batch(enlist, threads):
    enlist(regions(60))
    held = [threads(claim_some) for _ in range(8)]
    ids = [batch.id for one in held for batch in one.result(WAIT)]
    assert len(ids) == len(set(ids)) == 60


def claim_some():
    found = []
    while batches := entries.claim("critical", people=5):
        found += batches
    return found


def test_a_rank_never_falls_however_writers_race(enlist, threads):
    dispatch = enlist([person(n) for n in range(1, 51)])
    [batch] = entries.claim("critical", people=50)
    entries.advance([(batch, 50)])
    facts = [Fact(i, TAKEN, "twilio") for i in range(50)]
    delivered = [receipt(batch.delivery_id(i)) for i in range(50)]
    sent = [receipt(batch.delivery_id(i), Rank.HANDED_OVER) for i in range(50)]
    done = [
        threads(climb, delivered[:25]),
        threads(entries.record, [Window(batch, facts)]),
        threads(climb, delivered[::-1]),
        threads(climb, sent),
    ]
    for one in done:
        one.result(WAIT)
    assert figures(dispatch) == {"delivered": 50}
    assert tally.audit(dispatch.id) == []
