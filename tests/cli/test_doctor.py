"""The doctor teaches: what is not well, what it means, where it is, and how it is mended."""

import asyncio
import shutil
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from redis.asyncio import Redis as AsyncRedis

from contacts.models import Contact, Reach
from dispatcher.cli import services, vitals
from dispatcher.kit import tracing
from dispatcher.kit.counters import COUNTERS
from dispatcher.ledger.facts import Outcome
from dispatcher.ledger.models import Audit, Question
from dispatcher.providers import routing
from dispatcher.providers.breaker import Breaker
from dispatcher.tracking.receive import LAG
from dispatcher.watching import look, pulse
from tests.cli.conftest import run
from tests.ledger.conftest import enlist, open_dispatch, person  # noqa: F401  # fixtures

pytestmark = pytest.mark.django_db
LANES = ("critical", "routine", "receipts", "housekeeping")


@pytest.fixture(autouse=True)
def alive(valkey, settings, monkeypatch):
    """An installation in which all is well: each lane has its worker, and beat ticks."""
    COUNTERS.tell()
    valkey.flushdb()
    settings.CARRIERS = {
        mode: {f"{mode}-twilio": {"carrier": "twilio", "base_url": "http://x.test"}}
        for mode in ("drill", "real")
    }
    settings.PACE = {"drill-twilio": 20, "real-twilio": 20}
    settings.TRACES_TO = ""
    settings.METRICS_TOKEN = "hush-hush"
    routing.close_accounts()
    pulse.tick(valkey)
    for lane in LANES:
        pulse.live(valkey, f"{lane}@one.example.org")
    monkeypatch.setattr(services, "SCRIPTS", {})  # of this very machine
    yield
    look.forget()
    routing.close_accounts()


def found():
    """Code -> finding."""
    return {check.code: check for check in services.everything()}


def ill():
    told = {"operators", "wordings", "database.role"}  # the last is the machine's, as are fonts
    return {code for code, check in found().items() if not check.ok} - told


def test_where_all_is_well_nothing_is_explained():
    assert ill() == set()
    told = run("doctor")
    assert "Workers, critical" in told.out
    assert "one.example.org" in told.out
    assert "Real alerts of life" not in told.out
    assert "Real alerts of life" in run("doctor", "--explain").out


def no_beat(valkey, enlist, settings):  # noqa: F811, ARG001
    valkey.delete(pulse.BEAT)


def old_beat(valkey, enlist, settings):  # noqa: F811, ARG001
    valkey.set(pulse.BEAT, 1)


def silent_worker(valkey, enlist, settings):  # noqa: F811, ARG001
    valkey.zadd(pulse.WORKERS, {"critical@one.example.org": 1})


def backlog(valkey, enlist, settings):  # noqa: F811, ARG001
    enlist([person(1)])
    with connection.cursor() as cursor:
        cursor.execute("update ledger_batch set due_at = now() - interval '90 s'")


def old_unknown(valkey, enlist, settings):  # noqa: F811, ARG001
    dispatch = enlist([person(1)])
    long_ago = timezone.now() - timedelta(hours=1)
    Question.objects.create(
        delivery_id=1024, dispatch_id=dispatch.id, why="timeout", asked_at=long_ago
    )


def broken_books(valkey, enlist, settings):  # noqa: F811, ARG001
    dispatch = enlist([person(1)])
    Audit.objects.create(dispatch_id=dispatch.id, at=timezone.now(), seconds=0.1, off=3)


def unproven_books(valkey, enlist, settings):  # noqa: F811, ARG001
    dispatch = enlist([person(1)])
    hours_ago = timezone.now() - timedelta(hours=2)
    Audit.objects.create(dispatch_id=dispatch.id, at=hours_ago, seconds=0.1, off=0)


def late_receipts(valkey, enlist, settings):  # noqa: F811, ARG001
    COUNTERS.add(LAG, "twilio:seconds", 3000)
    COUNTERS.add(LAG, "twilio:count", 10)


def traces_without_the_extra(valkey, enlist, settings):  # noqa: F811, ARG001
    settings.TRACES_TO = "http://127.0.0.1:4318"


def reach_that_differs(valkey, enlist, settings):  # noqa: F811, ARG001
    one = Contact.objects.create(
        name="", region="DE", country="DE", languages=[], roles=[], tags=[], attributes={}
    )
    Reach.objects.create(contact_id=one.pk, news_sms=7)


@pytest.mark.parametrize(
    ("cause", "code", "told"),
    [
        (no_beat, "watching.beat", "never heard"),
        (old_beat, "watching.beat", " d ago"),
        (silent_worker, "watching.workers.critical", "0"),
        (backlog, "watching.backlog.critical", "for 90 s"),
        (old_unknown, "watching.unknowns", "1, the oldest for 60 min"),
        (broken_books, "watching.books", "1 dispatches do not add up"),
        (unproven_books, "watching.books", "not proven for 2 h"),
        (late_receipts, "watching.lag.twilio", "5 min on the mean of 10"),
        (reach_that_differs, "reach", "1 of 1 people"),
        (traces_without_the_extra, "watching.tracing", "asked for, but not installed"),
    ],
)
def test_each_illness_is_found_and_alone(cause, code, told, valkey, enlist, settings, monkeypatch):  # noqa: F811
    """One finding each, with what it is about, where, and the remedy; exit code 1."""
    monkeypatch.setattr(tracing, "installed", lambda: False)
    cause(valkey, enlist, settings)
    assert ill() == {code}
    finding = found()[code]
    assert told in finding.found
    assert all((finding.where, finding.means, finding.remedy))
    said = run("doctor")
    assert said.code == 1
    assert all(text.split("\n")[0] in said.out for text in (finding.means, finding.remedy))


def test_an_open_breaker_is_found(settings):
    async def fall_ill():
        async with AsyncRedis.from_url(settings.REDIS_URL) as client:
            unsure = [Outcome.unsure("timeout")] * 50
            await Breaker(client).heard("real-twilio", unsure, mode="real")

    asyncio.run(fall_ill())
    assert ill() == {"watching.breaker.real-twilio"}


def test_a_full_disk_is_found_where_the_data_are_ours(settings, monkeypatch, tmp_path):
    """Of a database elsewhere only its size is known."""
    room = shutil.disk_usage(tmp_path)._replace(total=10**12, free=10**9)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: room)
    settings.RUNNING = None
    assert ill() == set()
    settings.RUNNING = object()
    assert ill() == {"watching.disk"}


def test_a_superuser_is_found_and_nobody_else():
    """The program needs no more than its own database."""
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('is_superuser') = 'on'")
        [mighty] = cursor.fetchone()
        assert services.role().ok is not mighty
        if mighty:
            cursor.execute("create role of_little_might")
            cursor.execute("set local role of_little_might")
            assert services.role().ok
            cursor.execute("reset role")


def test_json_has_the_same_fields_for_every_finding():
    said = run("doctor", "--json")
    fields = {"code", "name", "ok", "found", "where", "means", "remedy", "away"}
    assert {frozenset(check) for check in said.json} == {frozenset(fields)}
    codes = [check["code"] for check in said.json]
    assert len(codes) == len(set(codes))


def test_no_password_is_shown(settings):
    """Where a server is, is said; by which password, never."""
    settings.REDIS_URL = "redis://:geheim@127.0.0.1:1/3"
    said = run("doctor", "--explain")
    assert "Valkey 127.0.0.1:1/3" in said.out
    assert "geheim" not in said.out + said.err
    assert "hush-hush" not in said.out


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, "0 s"), (90, "90 s"), (120, "2 min"), (7_300, "2 h"), (200_000, "2 d")],
)
def test_times_as_people_say_them(seconds, told):
    assert vitals.span(seconds) == told
