"""Half a million waiting routine messages do not delay a critical alert: real workers, one account."""

import os
import subprocess
import sys
import time

import pytest
from django.db import connection

from dispatcher.conf.celery import app
from dispatcher.kit import queues
from dispatcher.ledger import tally
from dispatcher.ledger.models import Batch, Dispatch
from dispatcher.providers import routing
from tests.database import database_url
from tests.fanout.carrier import carrier

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

WAITING, PAGE, RATE = 500_000, 500, 100
ALERT = 20
"""People of the critical alert."""
WITHIN = 2.0
"""Seconds by which the routine may delay it."""


@pytest.fixture
def workers(road):
    """The two lanes' Celery workers as they are installed; both send over one paced account."""
    with carrier() as one:
        told = one.account() | {"carrier": "twilio"}
        road.settings.CARRIERS = {"real": {"twilio": told}, "drill": {}}
        routing.close_accounts()
        environ = os.environ | {
            "DATABASE_URL": database_url(),
            "REDIS_URL": road.settings.REDIS_URL, "TWILIO_ACCOUNT_SID": "AC0",
            "TWILIO_AUTH_TOKEN": "invented", "TWILIO_SENDER": "+12025550100",
            "TWILIO_URL": one.url, "TWILIO_PACE": str(RATE),
        }  # fmt: skip
        command = (sys.executable, "-m", "celery", "-A", "dispatcher.conf.celery", "worker")
        started = [
            subprocess.Popen(
                [*command, "-Q", lane, "-n", f"{lane}@%h", "-c", "1", "--without-gossip"],
                env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
            for lane in (queues.CRITICAL, queues.ROUTINE)
        ]  # fmt: skip
        try:
            yield one
        finally:
            for process in started:
                process.kill()
            for process in started:
                process.wait()


def crowd(dispatch, addresses):
    """So many batches as `enlist` would have written, to the same few people again and again."""
    page = (addresses * (PAGE // len(addresses) + 1))[:PAGE]
    wording = Batch.objects.get(dispatch__alert_ref="warm").wording_id
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into ledger_batch (dispatch_id, channel, account, wording_id, language, match,
                region, time_zone, due_at, size, contact_ids, address_ids)
            select %s, 'sms', 'twilio', %s, 'de', 'exact', 'DE', 'Europe/Berlin', ledger_now(), %s,
                %s, %s from generate_series(1, %s)""",
            [dispatch.id, wording, PAGE, page, page, WAITING // PAGE],
        )
    Dispatch.objects.filter(id=dispatch.id).update(state="running")


def ring(lane):
    app.send_task("dispatcher.fanout.tasks.work", args=[lane], queue=lane)


def until(check, *, within):
    end = time.monotonic() + within
    while not check():
        assert time.monotonic() < end, f"not within {within} s"
        time.sleep(0.02)


def test_half_a_million_routine_messages_delay_a_critical_alert_by_less_than_two_seconds(
    road, workers
):
    """Said in messages of the shared account, which a slow machine slows down as well."""
    addresses = road.people(ALERT)
    for lane in (queues.CRITICAL, queues.ROUTINE):  # both have sent before
        road.launch(ref=f"warm-{lane}" if lane == "routine" else "warm", mode="real", lane=lane,
                    channels=("sms",))  # fmt: skip
        ring(lane)
    until(lambda: len(workers.taken) == 2 * ALERT, within=60)
    routine = road.launch(ref="routine", mode="real", lane=queues.ROUTINE, channels=("sms",))
    crowd(routine, addresses)
    ring(queues.ROUTINE)
    until(lambda: len(workers.taken) >= 2 * ALERT + RATE, within=60)

    critical = road.launch(ref="critical", mode="real", channels=("sms",))
    before = len(workers.taken)
    ring(queues.CRITICAL)
    until(lambda: road.figures(critical).get("handed_over") == ALERT, within=30)
    after = len(workers.taken)

    assert after - before - ALERT < WITHIN * RATE
    assert road.figures(routine)["waiting"] > WAITING - 10 * RATE
    Dispatch.objects.filter(id=routine.id).update(stopped_at=routine.launched_at)
    until(lambda: not road.figures(routine).get("in_flight"), within=30)
    assert tally.audit(critical.id) == []
