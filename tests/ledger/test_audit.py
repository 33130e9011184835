"""The books are proven from their rows, by beat and by hand, and a breach is an alarm."""

import pytest
import structlog

from dispatcher.ledger import audit, entries
from dispatcher.ledger.models import Audit, Delta, Dispatch
from dispatcher.ledger.tasks import audit as task
from tests.ledger.conftest import person
from tests.ledger.test_books import TAKEN, send, shift


@pytest.fixture
def sent(enlist):
    dispatch = enlist([person(1), person(2)])
    send([TAKEN, TAKEN])
    return dispatch


def test_books_that_balance_are_proven_and_that_is_kept(sent):
    proof = audit.prove(sent.id)
    assert proof.holds
    kept = Audit.objects.get()
    assert (kept.dispatch_id, kept.off, kept.broken_at) == (sent.id, 0, None)
    assert audit.broken() == []


BREACHES = {
    "a figure was lost": lambda _: Delta.objects.filter(figure="handed_over").delete(),
    "one was counted twice": lambda _: Delta.objects.filter(figure="handed_over").update(n=3),
    "nobody knows of some": lambda one: Dispatch.objects.filter(id=one.id).update(targeted=3),
}


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_is_an_alarm_until_it_is_mended_and_stays_on_the_record(sent, breach):
    whole = Delta.objects.filter(figure="handed_over").get()
    BREACHES[breach](sent)
    with structlog.testing.capture_logs() as told:
        assert task() == 1
    [alarm] = told
    assert (alarm["event"], alarm["log_level"], alarm["dispatch"]) == (
        "books_broken", "error", sent.id,
    )  # fmt: skip
    assert audit.broken() == [sent.id]
    Delta.objects.filter(figure="handed_over").delete()
    Delta.objects.bulk_create([whole])
    Dispatch.objects.update(targeted=2)
    assert audit.prove(sent.id).holds
    assert audit.broken() == []
    assert Audit.objects.get().broken_at


def due():
    return [proof.dispatch_id for proof in audit.prove_due()]


def test_a_running_dispatch_is_proven_once_a_minute_and_a_complete_one_once_more(sent):
    assert due() == [sent.id]
    assert due() == []
    shift(seconds=61)
    assert entries.finish() == [sent.id]
    assert due() == [sent.id]
    shift(seconds=300)
    assert due() == []


def test_a_proof_that_takes_long_is_made_seldom(sent):
    audit.prove(sent.id)
    Audit.objects.update(seconds=4.0)
    shift(seconds=150)
    assert due() == []
    shift(seconds=201)
    assert due() == [sent.id]


def test_a_dispatch_that_is_too_large_is_left_to_people(sent):  # noqa: ARG001
    Dispatch.objects.update(targeted=audit.MOST + 1)
    assert due() == []
