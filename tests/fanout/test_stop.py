"""Stop means stop: nothing new goes on a wire, what is there is finished, and all are counted."""

import threading
import time

import pytest
from django.db import connection

from dispatcher.fanout.tasks import sweep
from dispatcher.ledger import tally
from dispatcher.ledger.models import Attempt, Dispatch
from dispatcher.providers import routing
from tests.fanout.carrier import carrier

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 200


@pytest.fixture
def slow(road):
    """A carrier that takes its time; the window that is on its way lasts for many seconds."""
    with carrier() as one:
        one.delay = 0.8
        road.settings.CARRIERS = {"drill": {"slow": one.account()}, "real": {}}
        road.settings.PACE = {"slow": 10_000}
        routing.close_accounts()
        road.people(PEOPLE)
        yield one


@pytest.mark.parametrize("column", ["paused_at", "stopped_at"])
def test_a_window_that_is_on_its_way_stops_within_two_seconds(road, slow, column):
    dispatch = road.launch(channels=("sms",))
    worker = threading.Thread(target=lambda: road.work(seconds=20))
    worker.start()
    while not slow.taken:
        time.sleep(0.02)
    Dispatch.objects.update(**{column: dispatch.launched_at})
    said = time.monotonic()
    worker.join(15)
    assert max(at for at, _ in slow.asked) - said < 2
    sent = len(slow.taken)
    assert 0 < sent == len(slow.asked) < PEOPLE
    assert not Attempt.objects.exists(), "who was not asked was not tried"
    if column == "stopped_at":
        sweep()
    rest = {"paused_at": "waiting", "stopped_at": "withdrawn"}[column]
    assert road.figures(dispatch) == {"handed_over": sent, rest: PEOPLE - sent}
    assert tally.audit(dispatch.id) == []
    connection.close()
