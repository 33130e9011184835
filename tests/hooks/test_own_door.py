"""The door of its own says what Django's views say, over a real server; and what they cannot."""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import socket
import subprocess
import threading
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import OperationalError

from dispatcher.cli import supervise
from dispatcher.hooks import door
from dispatcher.kit.counters import COUNTERS
from dispatcher.kit.local import home
from dispatcher.ledger import entries, tally
from dispatcher.ledger.entries import Fact, Window
from dispatcher.ledger.facts import Outcome
from dispatcher.ledger.models import Delivery, Receipt, Reply
from dispatcher.providers import routing
from dispatcher.sandbox.events import signed
from dispatcher.sandbox.keys import event_key, event_public_key
from tests.database import database_url
from tests.ledger.conftest import enlist, open_dispatch, person  # noqa: F401  # fixtures

ROOT = Path(__file__).parents[2]
URL, TOKEN = "https://alerts.example.com", "real-token"
ACCOUNTS = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": TOKEN,
    "TWILIO_SENDER": "+12025550100", "SENDGRID_API_KEY": "SG.x",
    "SENDGRID_SENDER": "alerts@example.com", "SENDGRID_WEBHOOK_KEY": event_public_key(1),
}  # fmt: skip
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def server(django_db_setup, tmp_path_factory):  # noqa: ARG001
    """The door as `./dispatch up` starts it, on the tests' database."""
    port = home.free_port()
    environ = {
        **os.environ, **ACCOUNTS, "PUBLIC_URL": URL, "PYTHONPATH": str(ROOT),
        "DATABASE_URL": database_url(),
    }  # fmt: skip
    with (tmp_path_factory.mktemp("door") / "log").open("wb") as log:
        process = subprocess.Popen(
            supervise.door(host="127.0.0.1", port=port).command, env=environ, stdout=log, stderr=log
        )
        try:
            _await(port, process)
            yield port
        finally:
            process.terminate()
            process.wait(30)


def _await(port, process):
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            if ask(port, "GET", "/livez")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the door did not open")


@pytest.fixture
def accounts(settings, valkey):
    """Django's views know the same accounts."""
    COUNTERS.tell()
    valkey.flushdb()
    settings.PUBLIC_URL = settings.HOOKS_URL = URL
    settings.CARRIERS = {
        "drill": {},
        "real": {
            "twilio": {
                "carrier": "twilio", "account_sid": ACCOUNTS["TWILIO_ACCOUNT_SID"],
                "auth_token": TOKEN, "sender": "+12025550100", "callback": f"{URL}/hooks/twilio",
            },
            "sendgrid": {
                "carrier": "sendgrid", "api_key": "SG.x", "sender": "alerts@example.com",
                "webhook_key": event_public_key(1),
            },
        },
    }  # fmt: skip
    routing.close_accounts()
    yield
    routing.close_accounts()


@pytest.fixture
def sent(enlist):  # noqa: F811
    """Real deliveries that a carrier took; the id of the first."""

    def make(n=1):
        enlist([person(one) for one in range(1, n + 1)], mode="real")
        [batch] = entries.claim("critical", people=n)
        entries.advance([(batch, n)])
        facts = [Fact(i, Outcome.taken(f"SM{i}"), "twilio") for i in range(n)]
        entries.record([Window(batch, facts)])
        return batch.delivery_id(0)

    return make


def ask(port, method, path, body=b"", headers=None):
    """One request to the server; its status and what it says."""
    line = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        line.request(method, path, body, headers or {})
        answer = line.getresponse()
        return answer.status, answer.read(), dict(answer.getheaders())
    finally:
        line.close()


def twilio(path, token=TOKEN, **fields):
    text = URL + path + "".join(name + fields[name] for name in sorted(fields))
    mark = base64.b64encode(hmac.digest(token.encode(), text.encode(), hashlib.sha1)).decode()
    return "POST", path, urlencode(fields).encode(), FORM | {"X-Twilio-Signature": mark}


def status(delivery_id, word="delivered", **more):
    path = f"/hooks/twilio/{delivery_id}/1"
    return twilio(path, **({"MessageSid": "SM0", "MessageStatus": word} | more))


def sendgrid(*events, key=1):
    body = json.dumps(events).encode()
    lines = signed(body, event_key(key), at=int(time.time())).splitlines()
    return "POST", "/hooks/sendgrid", body, dict(line.split(": ", 1) for line in lines)


def event(delivery_id, kind="delivered"):
    return {"event": kind, "sg_event_id": f"e-{kind}", "sg_message_id": "m.1", "attempt": "1",
            "delivery_id": str(delivery_id), "timestamp": int(time.time())}  # fmt: skip


REQUESTS = {
    "a receipt": status,
    "a receipt with a query": lambda one: twilio(
        f"/hooks/twilio/{one}/1?x=1", MessageSid="SM0", MessageStatus="delivered"
    ),
    "an unknown word": lambda one: status(one, "whatever"),
    "a stray": lambda _: status(77 * 1024),
    "an id that is no number of ours": lambda _: status(10**25),
    "forged": lambda one: twilio(f"/hooks/twilio/{one}/1", "other", MessageStatus="delivered"),
    "unsigned": lambda one: ("POST", f"/hooks/twilio/{one}/1", b"MessageStatus=delivered", FORM),
    "only looking": lambda one: ("GET", f"/hooks/twilio/{one}/1", b"", {}),
    "events": lambda one: sendgrid(event(one, "processed"), event(one)),
    "no events": lambda _: sendgrid(),
    "events of another's key": lambda one: sendgrid(event(one), key=2),
    "unsigned events": lambda _: ("POST", "/hooks/sendgrid", b"[]", {}),
    "a reply": lambda _: twilio(
        "/hooks/twilio/inbound", MessageSid="SM9", From="+12025550111", To="+12025550100",
        Body="HELP"
    ),
    "a forged reply": lambda _: twilio("/hooks/twilio/inbound", "other", Body="STOP"),
    "nowhere": lambda _: ("POST", "/hooks/twilio/1/2/3", b"", {}),
    "no number": lambda _: ("POST", "/hooks/twilio/x/1", b"", {}),
}  # fmt: skip


def by_view(client, method, path, body, headers):
    kind = headers.get("Content-Type", "application/octet-stream")
    told = {name: value for name, value in headers.items() if name != "Content-Type"}
    answer = client.generic(method, path, body, content_type=kind, headers=told)
    return answer.status_code, answer.content


def books():
    """What can be seen afterwards."""
    return (
        sorted(Receipt.objects.values_list("carrier", "key", "word", "stray")),
        sorted(Delivery.objects.values_list("standing", "code", "carrier_id")),
        sorted(Reply.objects.values_list("carrier_id", "meaning", "mode")),
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("accounts")
@pytest.mark.parametrize("request_of", REQUESTS.values(), ids=REQUESTS)
def test_the_door_says_and_does_what_the_view_does(server, client, sent, request_of):
    """The view is the reference: the same answer, the same rows; asked again it changes nothing."""
    wanted = request_of(sent())
    code, said, _ = ask(server, *wanted)
    done = books()
    assert by_view(client, *wanted)[0] == code
    assert books() == done
    Receipt.objects.all().delete()
    Reply.objects.all().delete()
    Delivery.objects.update(standing=120, code="", carrier_id="SM0")
    view = by_view(client, *wanted)
    assert view[0] == code
    assert books() == done
    if code == 200:
        assert view[1] == said


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("accounts")
def test_a_storm_is_wholly_on_the_books(server, sent):
    """Eight carriers' lines, each receipt twice: all are answered 204, and all have climbed."""
    first = sent(200)
    statuses = []

    def line(part):
        twice = [*range(part, 200, 8), *range(part, 200, 8)]
        statuses.extend(ask(server, *status(first + n, MessageSid=f"SM{n}"))[0] for n in twice)

    lines = [threading.Thread(target=line, args=(part,)) for part in range(8)]
    for one in lines:
        one.start()
    for one in lines:
        one.join()
    assert statuses == [204] * 400
    assert set(Delivery.objects.values_list("standing", flat=True)) == {100_140}
    assert Receipt.objects.count() == 200
    assert tally.audit(Delivery.objects.first().dispatch_id) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("accounts")
def test_what_is_forged_is_counted_in_valkey(server, valkey):
    for _ in range(3):
        assert ask(server, "POST", "/hooks/sendgrid", b"[]")[0] == 403
    end = time.monotonic() + 20
    while float(valkey.hget("counted:forged", "sendgrid") or 0) < 3:
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.mark.django_db(transaction=True)
def test_the_door_is_ready_while_it_reaches_the_database(server):
    assert ask(server, "GET", "/readyz")[:2] == (200, b"ok\n")


@pytest.mark.django_db(transaction=True)
def test_a_body_that_is_too_large_is_not_read(server):
    """It is refused by what it announces."""
    with socket.create_connection(("127.0.0.1", server), timeout=30) as line:
        line.sendall(
            b"POST /hooks/sendgrid HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n"
        )
        assert line.recv(100).startswith(b"HTTP/1.1 413")


class Scope:
    """A request's head, as the server gives it."""

    def __init__(self, method, path, body, headers):
        self.method, self.body = method, body
        self.path, _, self.query_string = path.partition("?")
        self.headers: Any = {name.lower(): value for name, value in headers.items()}


class Stream:
    """A request's body in pieces, each after a pause, and the answer."""

    def __init__(self, *pieces, pause=0.0):
        self.pieces, self.pause, self.answer = pieces, pause, None

    async def __aiter__(self):
        for piece in self.pieces:
            await asyncio.sleep(self.pause)
            yield piece

    def response_empty(self, code, headers):
        self.answer = code, dict(headers)

    def response_bytes(self, code, headers, body):  # noqa: ARG002
        self.answer = code, dict(headers)


def knock(stream, *request, write=lambda *_: None):
    """The door's answer, without a server."""

    async def once():
        mine = door.Door(write=write)
        await mine.__rsgi__(Scope(*request), stream)
        mine.__rsgi_del__(asyncio.get_running_loop())

    asyncio.run(once())
    return stream.answer


@pytest.mark.usefixtures("accounts")
def test_while_the_database_is_away_the_carrier_shall_come_again():
    def away(*_):
        raise OperationalError

    request = status(1024)
    assert knock(Stream(request[2]), *request, write=away) == (503, {"retry-after": "2"})


@pytest.mark.usefixtures("accounts")
def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(door, "SLOWEST", 0.05)
    request = status(1024)
    assert knock(Stream(b"M", b"e", pause=5), *request)[0] == 408


@pytest.mark.usefixtures("accounts")
def test_a_body_that_never_ends_is_cut_off():
    """Nothing announced it."""
    pieces = [b"x" * 1_000_000] * 6
    assert knock(Stream(*pieces), *status(1024))[0] == 413


@pytest.mark.usefixtures("accounts")
def test_a_body_may_come_in_pieces():
    request = status(1024)
    pieces = [request[2][:9], request[2][9:]]
    assert knock(Stream(*pieces), *request)[0] == 204


def test_our_own_address_is_not_taken_from_the_request(accounts):  # noqa: ARG001
    """A signature over the host that a stranger names is no signature."""
    method, path, body, _ = status(1024)
    text = f"https://evil.example.org{path}MessageSidSM0MessageStatusdelivered"
    mark = base64.b64encode(hmac.digest(TOKEN.encode(), text.encode(), hashlib.sha1)).decode()
    headers = FORM | {"X-Twilio-Signature": mark, "Host": "evil.example.org"}
    assert knock(Stream(body), method, path, body, headers)[0] == 403


@pytest.mark.usefixtures("accounts")
def test_a_message_that_left_before_the_door_had_an_address_is_still_believed(settings):
    """Its callback's address begins with PUBLIC_URL."""
    settings.HOOKS_URL = "https://hooks.example.com"
    request = status(1024)
    assert knock(Stream(request[2]), *request)[0] == 204
