"""What monitors see: from the ledger and Valkey, never from a process's memory."""

import json

import pytest
from django.db import connection
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from dispatcher.kit.counters import COUNTERS
from dispatcher.ledger import entries
from dispatcher.ledger.entries import Fact, Window
from dispatcher.ledger.facts import Outcome, Rank, Receipt
from dispatcher.ledger.models import Audit
from dispatcher.providers import routing
from dispatcher.tracking.receive import receive
from dispatcher.watching import ahead, look, pulse, ready
from tests.ledger.conftest import enlist, open_dispatch, person  # noqa: F401  # fixtures

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh(valkey, settings):
    """Nothing remembered, one account."""
    COUNTERS.tell()  # what the last test left
    valkey.flushdb()
    settings.METRICS_TOKEN = ""
    settings.CARRIERS = {
        "drill": {"sandbox-twilio": {"carrier": "twilio", "base_url": "http://x.test"}},
        "real": {},
    }
    settings.PACE = {"sandbox-twilio": 20}
    routing.close_accounts()
    look.forget()
    yield
    look.forget()
    routing.close_accounts()


def seen(client):
    """Name and labels of every sample -> its value."""
    look.forget()
    page = client.get("/metrics").content.decode()
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def at(found, name, **labels):
    return found.get((name, *sorted(labels.items())))


def carried(enlist, outcomes):  # noqa: F811
    """A drill by SMS of which each person's message came to one of the outcomes."""
    dispatch = enlist([person(n) for n in range(1, len(outcomes) + 3)], mode="drill")
    [batch] = entries.claim("critical", people=100)
    entries.advance([(batch, len(outcomes))])
    entries.record(
        [Window(batch, [Fact(i, outcome, "twilio") for i, outcome in enumerate(outcomes)])]
    )
    return dispatch, batch


def test_the_books_are_the_ledger_s(client, enlist):  # noqa: F811
    carried(enlist, [Outcome.taken("SM1"), Outcome.taken("SM2"), Outcome.unsure("timeout")])
    found = seen(client)
    told = {figure: at(found, "dispatcher_deliveries", mode="drill", channel="sms", figure=figure)
            for figure in ("waiting", "handed_over", "unknown")}  # fmt: skip
    assert told == {"waiting": 2, "handed_over": 2, "unknown": 1}
    assert at(found, "dispatcher_unknowns_open", mode="drill") == 1
    assert at(found, "dispatcher_unknowns_open", mode="real") == 0
    assert at(found, "dispatcher_dispatches", mode="drill", state="running") == 1


def test_the_backlog_is_as_old_as_what_has_been_due_the_longest(client, enlist):  # noqa: F811
    enlist([person(1)])
    with connection.cursor() as cursor:
        cursor.execute("update ledger_batch set due_at = now() - interval '90 s'")
    assert at(seen(client), "dispatcher_backlog_age_seconds", lane="critical") >= 90
    assert at(seen(client), "dispatcher_backlog_age_seconds", lane="routine") == 0


def test_nobody_waits_in_a_paused_dispatch(client, enlist):  # noqa: F811
    enlist([person(1)])
    with connection.cursor() as cursor:
        cursor.execute("update ledger_batch set due_at = now() - interval '90 s'")
        cursor.execute("update ledger_dispatch set paused_at = now()")
    found = seen(client)
    assert at(found, "dispatcher_backlog_age_seconds", lane="critical") == 0
    assert at(found, "dispatcher_dispatches", mode="drill", state="paused") == 1


def test_broken_books_are_told(client, enlist):  # noqa: F811
    dispatch = enlist([person(1)])
    assert at(seen(client), "dispatcher_books_broken") == 0
    Audit.objects.create(dispatch_id=dispatch.id, at=timezone.now(), seconds=0.1, off=3)
    assert at(seen(client), "dispatcher_books_broken") == 1


def test_receipts_are_counted_by_what_they_came_to(client, enlist):  # noqa: F811
    _, batch = carried(enlist, [Outcome.taken("SM1")])
    told = Receipt("k", batch.delivery_id(0), 1, "sendgrid", Rank.DELIVERED, at=timezone.now())
    for _ in range(3):
        receive([told], mode="drill")
    receive([told], mode="real")  # the other mode's key
    receive([Receipt("s", 99 * 1024, 1, "twilio", Rank.DELIVERED)], mode="real")
    found = seen(client)
    counts = {name: at(found, "dispatcher_receipts_total", outcome=name)
            for name in ("new", "repeated", "stray", "foreign")}  # fmt: skip
    assert counts == {"new": 1, "repeated": 2, "stray": 1, "foreign": 1}
    assert at(found, "dispatcher_receipts_lag_count_total", carrier="sendgrid") == 4
    assert 0 <= at(found, "dispatcher_receipts_lag_seconds_total", carrier="sendgrid") < 60


def test_beat_and_workers_are_heard(client, valkey):
    assert at(seen(client), "dispatcher_beat_age_seconds") is None
    pulse.tick(valkey)
    pulse.live(valkey, "critical@one")
    pulse.live(valkey, "critical@two")
    found = seen(client)
    assert 0 <= at(found, "dispatcher_beat_age_seconds") < 60
    assert at(found, "dispatcher_workers", lane="critical") == 2
    assert at(found, "dispatcher_workers", lane="receipts") == 0


def test_a_worker_that_fell_silent_is_not_counted(client, valkey):
    pulse.live(valkey, "routine@one")
    valkey.zadd(pulse.WORKERS, {"routine@one": 1})
    assert at(seen(client), "dispatcher_workers", lane="routine") == 0


def test_an_account_tells_its_pace_and_its_breaker(client):
    found = seen(client)
    labels = {"mode": "drill", "account": "sandbox-twilio", "carrier": "twilio"}
    assert at(found, "dispatcher_account_pace", **labels) == 20
    assert at(found, "dispatcher_breaker", state="closed", **labels) == 1
    assert at(found, "dispatcher_breaker", state="open", **labels) == 0


def test_without_the_broker_the_ledger_is_still_told(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    found = seen(client)
    assert at(found, "dispatcher_reachable", part="broker") == 0
    assert at(found, "dispatcher_reachable", part="database") == 1
    assert at(found, "dispatcher_books_broken") == 0
    assert at(found, "dispatcher_beat_age_seconds") is None


def test_a_look_is_good_for_a_second(client, enlist, django_assert_num_queries):  # noqa: F811
    """Two monitors cost as much as one."""
    enlist([person(1)])
    look.forget()
    client.get("/metrics")
    with django_assert_num_queries(0):
        client.get("/metrics")


@pytest.mark.parametrize(
    ("token", "headers", "status"),
    [
        ("", {}, 200),
        ("", {"X-Forwarded-For": "203.0.113.9"}, 403),  # a proxy on this machine
        ("hush", {}, 403),
        ("hush", {"Authorization": "Bearer wrong"}, 403),
        ("hush", {"Authorization": "Bearer hush", "X-Forwarded-For": "203.0.113.9"}, 200),
    ],
)
def test_figures_are_not_for_strangers(client, settings, token, headers, status):
    settings.METRICS_TOKEN = token
    assert client.get("/metrics", headers=headers).status_code == status


def test_from_elsewhere_nothing_is_told_without_a_token(client):
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 403


def test_ready_says_what_is_missing(client, settings, monkeypatch):
    assert client.get("/readyz").content == b"ok\n"
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"missing: broker\n")
    monkeypatch.setattr(ready, "_migrated", lambda: False)
    assert client.get("/readyz").content == b"missing: migrations\nmissing: broker\n"
    assert client.get("/livez").status_code == 200


def test_where_reading_is_slow_it_is_read_ahead(
    client,
    enlist,  # noqa: F811
    valkey,
    monkeypatch,
    django_assert_num_queries,
):
    """Who found it slow is told by the clock's tick from then on, and how old it is."""
    enlist([person(1)])
    assert not ahead.tick(valkey), "nobody has asked"
    monkeypatch.setattr(ahead, "SLOW", 0)
    plain = seen(client)
    assert at(plain, "dispatcher_ledger_age_seconds") == 0
    assert ahead.tick(valkey)
    with django_assert_num_queries(0):
        held = seen(client)
    books = {key: n for key, n in held.items() if key[0] == "dispatcher_deliveries"}
    assert books == {key: n for key, n in plain.items() if key[0] == "dispatcher_deliveries"}
    assert set(held) == set(plain)
    told = json.loads(valkey.get(ahead.HELD))
    valkey.set(ahead.HELD, json.dumps(told | {"at": told["at"] - 7}))
    assert at(seen(client), "dispatcher_ledger_age_seconds") >= 7
    valkey.set(ahead.HELD, json.dumps({"at": 1, "ledger": {"of": "another release"}}))
    assert at(seen(client), "dispatcher_ledger_age_seconds") == 0


def test_in_a_small_house_every_look_reads_the_ledger(client, enlist, valkey, monkeypatch):  # noqa: F811
    enlist([person(1)])
    monkeypatch.setattr(ahead, "SLOW", 60)
    seen(client)
    assert not ahead.tick(valkey)
    assert valkey.get(ahead.HELD) is None
