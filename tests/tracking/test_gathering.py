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
