"""What goes wrong with one parcel, batch, account or dispatch does not reach the others."""

import threading
from typing import Any

import psycopg
import pytest
from django.conf import settings as configured
from django.db import connection

from dispatcher.fanout import hand_over
from dispatcher.fanout.hand_over import Conductor
from dispatcher.fanout.spread import spread
from dispatcher.ledger import enlisting, entries, tally
from dispatcher.ledger.models import Attempt, Batch, Delivery, Dispatch
from dispatcher.providers import catalogue, routing

pytestmark = pytest.mark.django_db(transaction=True)


def number(n):
    return f"+4917139200{n:03}"


@pytest.fixture
def twin(road, monkeypatch):
    """The road with a carrier of our own; what it took, by number."""
    monkeypatch.setitem(
        catalogue.CARRIERS, "twin", catalogue.Entry("sms", "tests.fanout.twin", "Twin")
    )
    taken = []

    def open_with(**facts):
        account = {"carrier": "twin", "base_url": "http://127.0.0.1:1", "taken": taken} | facts
        road.settings.CARRIERS = {"drill": {"twin": account}, "real": {}}
        road.settings.PACE = {"twin": 10_000}
        routing.close_accounts()
        return taken

    return open_with


def test_an_adapter_that_raises_for_one_parcel_spoils_no_other(road, twin):
    for n in range(1, 41):
        road.person(n)
    taken = twin(raises=frozenset({number(7), number(8)}), forgets=frozenset({number(9)}))
    dispatch = road.launch(channels=("sms",))
    assert road.work() == 40
    assert road.figures(dispatch) == {"handed_over": 37, "unknown": 3}
    assert len(taken) == len(set(taken)) == 37
    assert {r.code for r in tally.reasons(dispatch.id)} == {"adapter_failed"}
    assert tally.audit(dispatch.id) == []


def test_an_adapter_that_always_raises_leaves_nobody_without_a_fact(road, twin):
    for n in range(1, 200):
        road.person(n)
    twin(raises=frozenset(number(n) for n in range(1, 200)))
    dispatch = road.launch(channels=("sms",))
    road.work()
    assert road.figures(dispatch) == {"unknown": 199}


def test_a_shift_that_does_not_end_is_ended(road, twin, monkeypatch):
    """What hangs in it must not keep the lane's leases for ever: others take them over."""
    road.people(3)
    monkeypatch.setattr(hand_over, "OVERTIME", 1.0)
    taken = twin(hangs=frozenset({number(2)}))
    dispatch = road.launch(channels=("sms",))
    with pytest.raises(TimeoutError):
        road.work(seconds=2)
    assert sorted(taken) == [number(1), number(3)]
    Batch.objects.update(lease_until="2020-01-01T00:00:00Z")
    assert entries.abandon() == 1
    assert road.figures(dispatch) == {"unknown": 3}


def test_a_batch_that_cannot_be_read_waits_and_the_others_of_its_convoy_go(road, twin):
    road.person(1)
    road.person(2, region="FR")
    road.person(3, region="IT")
    taken = twin()
    dispatch = road.launch(channels=("sms",))
    spread("critical")
    Batch.objects.filter(region="FR").update(wording_id=987_654)
    road.work(seconds=3)
    assert sorted(taken) == [number(1), number(3)]
    assert road.figures(dispatch) == {"handed_over": 2, "waiting": 1}
    assert not entries.claim("critical", people=10), "it stands behind all others now"


def test_an_account_that_is_gone_makes_its_messages_wait_and_not_unknown(road, twin):
    for n in range(1, 6):
        road.person(n)
    taken = twin()
    dispatch = road.launch(channels=("sms",))
    spread("critical")
    kept = road.settings.CARRIERS
    road.settings.CARRIERS = {"drill": {}, "real": {}}
    road.work(seconds=3)
    assert road.figures(dispatch) == {"waiting": 5}
    road.settings.CARRIERS = kept
    Batch.objects.filter(state="waiting").update(due_at=dispatch.launched_at)
    road.work()
    assert sorted(taken) == [number(n) for n in range(1, 6)]
    assert road.figures(dispatch) == {"handed_over": 5}


def test_an_account_whose_pace_nobody_has_set_waits(road, twin):
    road.person(1)
    twin()
    road.settings.PACE = {}
    dispatch = road.launch(channels=("sms",))
    road.work(seconds=3)
    assert road.figures(dispatch) == {"waiting": 1}


def test_a_dispatch_that_cannot_be_enlisted_does_not_stop_those_behind_it(road, twin):
    road.person(1)
    taken = twin()
    bad = road.launch(channels=("sms",))
    Dispatch.objects.filter(id=bad.id).update(plan={"segment": 5}, alert_ref="bad")
    good = road.launch(channels=("sms",))
    road.work()
    assert taken == [number(1)]
    assert road.figures(good) == {"handed_over": 1}
    assert Dispatch.objects.get(id=bad.id).state == "enlisting"
    assert enlisting.first_open("critical") == [bad.id]


def test_facts_survive_a_database_that_restarts_while_messages_are_on_the_wire(road, twin):
    """Every connection of the worker is cut after the first message has been taken."""
    once = threading.Lock()

    def cut():
        if not once.acquire(blocking=False):
            return
        told: dict[str, Any] = configured.DATABASES["default"]
        with psycopg.connect(
            host=told["HOST"], port=told["PORT"], user=told["USER"], password=told["PASSWORD"],
            dbname=connection.settings_dict["NAME"], autocommit=True,
        ) as other:  # fmt: skip
            other.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )

    for n in range(1, 31):
        road.person(n)
    taken = twin(during=cut)
    dispatch = road.launch(channels=("sms",))
    served = road.work()
    connection.close()
    assert served == 30
    assert sorted(taken) == [number(n) for n in range(1, 31)]
    assert road.figures(dispatch) == {"handed_over": 30}
    assert tally.audit(dispatch.id) == []


def test_a_carrier_that_says_at_once_for_ever_is_no_loop(road, twin):
    """Retry-After 0: each attempt waits at least twice as long as the one before."""
    road.person(1)
    twin(later=frozenset({number(1)}))
    dispatch = road.launch(channels=("sms",))
    road.work(seconds=2)
    assert 3 <= Attempt.objects.count() <= 6
    assert road.figures(dispatch) == {"waiting": 1}
    assert tally.audit(dispatch.id) == []


def test_a_convoy_does_not_let_go_of_what_another_has_claimed_again(road, twin):
    """Else the second one's leases end while it sends, and its messages come back too late."""
    road.person(1)
    twin()
    road.launch(channels=("sms",))
    spread("critical")
    nobody: Any = None  # it asks no carrier here
    conductor = Conductor("critical", nobody, nobody, nobody, nobody)
    [first] = entries.claim("critical", people=1)
    entries.release([(first, 0.0)])
    [second] = entries.claim("critical", people=1)
    conductor._held[second.id], conductor._lease[second.id] = second, 1.0
    conductor._let_go([first])
    assert conductor._held == {second.id: second}


def test_nobody_is_called_unknown_when_pause_comes_between_claim_and_move(road, twin):
    road.person(1)
    taken = twin()
    dispatch = road.launch(channels=("sms",))
    spread("critical")
    [batch] = entries.claim("critical", people=1)
    Dispatch.objects.update(paused_at=dispatch.launched_at)
    assert entries.advance([(batch, 1)]) == set()
    entries.release([(batch, 0.0)])
    Dispatch.objects.update(paused_at=None)
    road.work()
    assert taken == [number(1)]
    assert not Delivery.objects.exclude(standing=120).exists()
