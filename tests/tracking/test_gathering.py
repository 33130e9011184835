"""Requests that come together commit together, and none returns before its receipts are safe."""

import threading

import pytest

from dispatcher.ledger import entries, tally
from dispatcher.ledger.entries import Fact, Window
from dispatcher.ledger.facts import Outcome, Rank, Receipt
from dispatcher.ledger.models import Delivery
from dispatcher.tracking.receive import Gathering
from tests.ledger.conftest import enlist, open_dispatch, person  # noqa: F401  # fixtures

pytestmark = pytest.mark.django_db(transaction=True)


def receipt(delivery_id):
    return Receipt(f"{delivery_id}", delivery_id, 1, "twilio", Rank.DELIVERED)


def test_many_threads_climb_and_each_sees_its_own_commit(enlist):  # noqa: F811
    dispatch = enlist([person(n) for n in range(1, 61)])
    [batch] = entries.claim("critical", people=100)
    entries.advance([(batch, 60)])
    entries.record([Window(batch, [Fact(i, Outcome.taken("SM"), "twilio") for i in range(60)])])
    gathering, seen, barrier = Gathering(), [], threading.Barrier(12)

    def carrier(number):
        from django.db import connection

        barrier.wait()
        for index in range(number, 60, 12):
            delivery_id = batch.delivery_id(index)
            gathering.receive([receipt(delivery_id)], mode="drill")
            seen.append(Delivery.objects.get(id=delivery_id).standing % 100)
        connection.close()

    threads = [threading.Thread(target=carrier, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [40] * 60
    assert tally.audit(dispatch.id) == []


def test_when_the_database_refuses_everybody_who_waits_hears_it(monkeypatch):
    from dispatcher.tracking import receive

    def away(*_, **__):
        raise ConnectionError("the database is away")

    monkeypatch.setattr(receive, "receive", away)
    heard, gathering = [], Gathering()

    def carrier():
        try:
            gathering.receive([receipt(1)], mode="drill")
        except ConnectionError:
            heard.append(1)

    threads = [threading.Thread(target=carrier) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(heard) == 5


def test_one_bad_request_does_not_spoil_the_receipts_of_the_others(enlist, monkeypatch):  # noqa: F811
    """The bundle is refused whole; each request is then tried alone."""
    from django.db import DataError

    from dispatcher.tracking import receive

    dispatch = enlist([person(n) for n in range(1, 5)])
    [batch] = entries.claim("critical", people=100)
    entries.advance([(batch, 4)])
    from dispatcher.ledger.climb import climb as real

    def picky(receipts, *, mode):
        if any(one.delivery_id == 13 for one in receipts):
            raise DataError("a word that no table takes")
        return real(receipts, mode=mode)

    monkeypatch.setattr(receive, "climb", picky)
    monkeypatch.setattr(receive, "GATHER", 0.3)
    gathering, heard = Gathering(), []

    def carrier(delivery_id):
        from django.db import connection

        try:
            gathering.receive([receipt(delivery_id)], mode="drill")
        except DataError:
            heard.append(delivery_id)
        connection.close()

    ids = [13, *(batch.delivery_id(i) for i in range(4))]
    threads = [threading.Thread(target=carrier, args=(one,)) for one in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard == [13]
    assert Delivery.objects.count() == 4
    assert tally.audit(dispatch.id) == []


def test_those_who_follow_are_led_even_when_their_leader_is_interrupted():
    """A leader whose thread is ended while it waits must not leave the door shut for good."""
    gathering, heard = Gathering(), []

    class Interrupted(threading.Event):
        def wait(self, timeout=None):  # noqa: ARG002
            while len(gathering._waiting) < 2:  # until somebody follows
                pass
            raise SystemExit

    gathering._moment = Interrupted()

    def carrier():
        from django.db import connection

        try:
            gathering.receive([receipt(1)], mode="drill")
        except SystemExit:
            heard.append("interrupted")
        else:
            heard.append("led")
        connection.close()

    threads = [threading.Thread(target=carrier, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(heard) == ["interrupted", "led"]
    assert gathering._waiting == []


def test_a_reader_who_is_faster_than_our_own_record_has_acknowledged(enlist):  # noqa: F811
    from dispatcher.kit import links
    from dispatcher.tracking.acknowledge import PURPOSE, acknowledge

    dispatch = enlist([person(1)])
    [batch] = entries.claim("critical", people=1)
    token = links.sign(batch.delivery_id(0), purpose=PURPOSE)
    entries.advance([(batch, 1)])
    assert acknowledge(token)
    entries.record([Window(batch, [Fact(0, Outcome.taken("SM"), "twilio")])])
    [row] = Delivery.objects.all()
    assert row.acknowledged_at
    assert acknowledge(token)
    assert [(f.figure, f.n) for f in tally.books(dispatch.id)] == [("handed_over", 1)]
    assert tally.audit(dispatch.id) == []


def test_an_acknowledgement_of_what_has_not_left_is_none(enlist):  # noqa: F811
    from dispatcher.kit import links
    from dispatcher.tracking.acknowledge import PURPOSE, acknowledge

    enlist([person(1)])
    [batch] = entries.claim("critical", people=1)
    assert not acknowledge(links.sign(batch.delivery_id(0), purpose=PURPOSE))
    assert not Delivery.objects.exists()
