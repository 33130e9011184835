"""A reader answers a push: the phone shows the button, and only pressing it counts."""

from urllib.parse import urlsplit

import pytest

from dispatcher.channels import push
from dispatcher.fanout.load import acknowledgement
from dispatcher.ledger.models import Delivery
from dispatcher.providers import fcm
from dispatcher.providers.base import Push
from dispatcher.sandbox.contents import content
from dispatcher.sandbox.memory import Memory, Taken
from dispatcher.sandbox.server import Request
from dispatcher.sandbox.wall import Wall
from dispatcher.wording import rendering
from dispatcher.wording.facts import Facts
from tests.tracking.test_escalate import carriers, launch, person, plan, send  # noqa: F401

pytestmark = pytest.mark.django_db


def test_the_button_on_the_phone_leads_to_a_page_whose_button_acknowledges(client):
    """A scanner that follows the link acknowledges nothing; the person who presses does, once."""
    ana = person("ana", "push")
    launch(plan())
    [[(_, delivery_id)]] = [send()[ana.pk]]
    told = rendering.compile(
        {"title": "Recall", "body": "Stop."}, locale="fa", zone="UTC", facts=Facts.of([])
    )
    slots = {"acknowledge": acknowledgement(delivery_id)}
    parcel = push.pack(told, delivery_id=delivery_id, attempt=1, to="token", slots=slots)
    assert isinstance(parcel.content, Push)
    message = fcm._message(parcel, parcel.content)
    memory = Memory(keep=10)
    taken = Taken(memory.number(), 0.0, "fcm", "push", "m1", "token", str(delivery_id), message)
    memory.add(taken)
    page = Wall(memory, "http://127.0.0.1:8025")(Request("GET", "/", b"", {}, b"")).body.decode()
    seen = content(taken)
    assert seen.button == "بله، خوانده‌ام"
    assert f'href="{seen.answer}"' in page
    assert seen.button in page
    path = urlsplit(seen.answer).path
    assert client.get(path).status_code == 200
    assert client.head(path).status_code == 200
    assert Delivery.objects.get().acknowledged_at is None
    client.post(path)
    first = Delivery.objects.get().acknowledged_at
    assert first
    client.post(path)
    assert Delivery.objects.get().acknowledged_at == first
