"""The sandbox's Twilio, seen through Twilio's own SDK and signature check."""

# mypy: disable-error-code="import-untyped,misc"

import time
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import pytest
import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from .conftest import until

FROM = "+12025550100"
NIMA = "+12025550101"
TEXT = {"en": "Do not eat the bars.", "fa": "این محصول را نخورید."}


@pytest.fixture
def client(sandbox):
    class Rerouted(TwilioHttpClient):
        def request(self, method, url, *args, **kwargs):
            url = url.replace("https://api.twilio.com", sandbox.url)
            return super().request(method, url, *args, **kwargs)

    return Client(
        sandbox.accounts.twilio_sid,
        sandbox.accounts.twilio_token,
        http_client=Rerouted(timeout=2.0),
    )


def words(hook, number):
    return [dict(parse_qsl(body.decode()))["MessageStatus"] for _, _, body in hook.wait(number)]


def test_a_message_is_queued_then_delivered(sandbox, client):
    """The SDK reads every documented field of a create and of the later fetch."""
    sandbox.faults(twilio={"receipt_ms": 50})
    message = client.messages.create(to=NIMA, from_=FROM, body=TEXT["fa"])
    assert (message.status, message.num_segments, message.body) == ("queued", "1", TEXT["fa"])
    assert message.sid.startswith("SM")
    assert len(message.sid) == 34
    assert message.date_sent is None
    assert abs(message.date_created - datetime.now(UTC)) < timedelta(seconds=5)
    until(lambda: client.messages(message.sid).fetch().status == "delivered")
    assert client.messages(message.sid).fetch().date_sent is not None


def test_receipts_carry_twilios_signature(sandbox, client, hook):
    """Twilio's own validator accepts each receipt, and none when one letter is changed."""
    url = f"{hook.url}/hooks/twilio/1025/1"
    message = client.messages.create(to=NIMA, from_=FROM, body="x", status_callback=url)
    validator = RequestValidator(sandbox.accounts.twilio_token)
    for path, headers, body in hook.wait(2):
        told = dict(parse_qsl(body.decode()))
        assert path == "/hooks/twilio/1025/1"
        assert validator.validate(url, told, headers["x-twilio-signature"])
        assert not validator.validate(url, told | {"To": FROM}, headers["x-twilio-signature"])
        assert told["MessageSid"] == told["SmsSid"] == message.sid
        assert (told["To"], told["From"]) == (NIMA, FROM)
    assert words(hook, 2) == ["sent", "delivered"]


@pytest.mark.parametrize(
    ("asked", "code", "status"),
    [
        ({"to": "12"}, 21211, 400),
        ({"to": "+15005550001"}, 21211, 400),
        ({"to": "+15005550009"}, 21614, 400),
        ({"to": "+15005550004"}, 21610, 400),
        ({"to": "+15005550003"}, 21408, 400),
        ({"from_": "Global Foods Company"}, 21212, 400),
        ({"body": ""}, 21602, 400),
        ({"body": "x" * 1601}, 21617, 400),
        ({"status_callback": "nowhere"}, 21609, 400),
    ],
)
def test_what_twilio_refuses_is_refused(sandbox, client, asked, code, status):
    """Wrong fields and Twilio's magic numbers get the documented code, and nothing is taken."""
    with pytest.raises(TwilioRestException) as refusal:
        client.messages.create(**{"to": NIMA, "from_": FROM, "body": "x"} | asked)
    assert (refusal.value.code, refusal.value.status) == (code, status)
    assert sandbox.taken() == []


def test_a_wrong_token_is_shown_out(sandbox):
    """401 with code 20003."""
    url = f"{sandbox.url}/2010-04-01/Accounts/{sandbox.accounts.twilio_sid}/Messages.json"
    answer = requests.post(url, auth=(sandbox.accounts.twilio_sid, "wrong"), data={}, timeout=2)
    assert (answer.status_code, answer.json()["code"]) == (401, 20003)


def test_the_list_is_filtered_and_paged(client):
    """Newest first, by recipient and by date, over as many pages as there are."""
    for number in range(5):
        client.messages.create(to=NIMA, from_=FROM, body=f"to Nima {number}")
        client.messages.create(to="+12025550102", from_=FROM, body=f"to Ana {number}")
    hour = timedelta(hours=1)
    now = datetime.now(UTC)
    found = client.messages.list(to=NIMA, date_sent_after=now - hour, page_size=2)
    assert [message.body for message in found] == [
        f"to Nima {number}" for number in (4, 3, 2, 1, 0)
    ]
    assert len(client.messages.list(from_=FROM)) == 10
    assert client.messages.list(to=NIMA, date_sent_after=now + hour) == []
    assert client.messages.list(to=NIMA, date_sent_before=now - hour) == []
    assert len(client.messages.list(to=NIMA, date_sent=now)) == 5


def test_the_list_can_lag_behind(sandbox, client):
    """A message that was just taken is neither listed nor found before the lag is over."""
    sandbox.faults(twilio={"list_lag_ms": 300})
    message = client.messages.create(to=NIMA, from_=FROM, body="x")
    assert client.messages.list(to=NIMA) == []
    until(lambda: [each.sid for each in client.messages.list(to=NIMA)] == [message.sid])


def test_undelivered_names_its_code(sandbox, client, hook):
    """The last receipt carries ErrorCode, and a fetch shows it."""
    sandbox.faults(twilio={"undelivered": 1, "undelivered_code": "30005", "receipt_ms": 30})
    url = f"{hook.url}/hooks/twilio/9/1"
    message = client.messages.create(to=NIMA, from_=FROM, body="x", status_callback=url)
    told = dict(parse_qsl(hook.wait(2)[-1][2].decode()))
    assert (told["MessageStatus"], told["ErrorCode"]) == ("undelivered", "30005")
    fetched = client.messages(message.sid).fetch()
    assert (fetched.status, fetched.error_code) == ("undelivered", 30005)


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [("throttled", 429, 20429), ("error_500", 500, 20500), ("error_503", 503, 20503)],
)
def test_it_fails_as_told(sandbox, client, fault, status, code):
    """A share of 1 meets every message."""
    sandbox.faults(twilio={fault: 1, "retry_after": 7, "taken_anyway": 0})
    with pytest.raises(TwilioRestException) as failure:
        client.messages.create(to=NIMA, from_=FROM, body="x")
    assert (failure.value.status, failure.value.code) == (status, code)
    assert sandbox.taken() == []


@pytest.mark.parametrize("fault", ["garbage", "cut", "half", "silent", "error_500"])
def test_what_looks_lost_may_have_been_taken(sandbox, client, fault):
    """The client sees an error or nothing at all; the message is in the log all the same."""
    sandbox.faults(twilio={fault: 1, "taken_anyway": 1})
    with pytest.raises((TwilioException, requests.RequestException, ValueError)):
        client.messages.create(to=NIMA, from_=FROM, body="x")
    assert [row["to"] for row in sandbox.taken("twilio")] == [NIMA]


def test_retry_after_is_told_in_the_header(sandbox):
    """429 says how long to wait."""
    sandbox.faults(twilio={"throttled": 1, "retry_after": 7})
    sid = sandbox.accounts.twilio_sid
    answer = requests.post(
        f"{sandbox.url}/2010-04-01/Accounts/{sid}/Messages.json",
        auth=(sid, sandbox.accounts.twilio_token),
        data={"To": NIMA, "From": FROM, "Body": "x"},
        timeout=2,
    )
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


def test_an_answer_can_be_late(sandbox, client):
    """Latency holds the answer back by at least so long."""
    sandbox.faults(twilio={"latency_ms": [200, 220]})
    began = time.monotonic()
    client.messages.create(to=NIMA, from_=FROM, body="x")
    assert time.monotonic() - began >= 0.2


def test_receipts_can_overtake_the_answer(sandbox, client, hook):
    """When told so, every receipt is at our door before the create returns."""
    sandbox.faults(twilio={"receipts_first": 1})
    url = f"{hook.url}/hooks/twilio/9/1"
    client.messages.create(to=NIMA, from_=FROM, body="x", status_callback=url)
    assert len(hook.came) == 2


def test_receipts_can_be_repeated_reordered_and_lost(sandbox, client, hook):
    """Twice each in another order; then none at all, though the message is delivered."""
    url = f"{hook.url}/hooks/twilio/9/1"
    sandbox.faults(twilio={"repeat": 2, "reordered": 1, "receipt_ms": 20}, seed=3)
    client.messages.create(to=NIMA, from_=FROM, body="x", status_callback=url)
    came = words(hook, 4)
    assert sorted(came) == ["delivered", "delivered", "sent", "sent"]
    assert came != ["sent", "sent", "delivered", "delivered"]
    hook.came.clear()
    sandbox.faults(twilio={"lost": 1, "receipt_ms": 20})
    message = client.messages.create(to=NIMA, from_=FROM, body="x", status_callback=url)
    until(lambda: client.messages(message.sid).fetch().status == "delivered")
    assert hook.came == []


def test_a_service_sends_in_place_of_a_number(client, hook):
    """A messaging service's message is accepted first, and its receipts name the service."""
    service = "MG" + "0" * 32
    url = f"{hook.url}/hooks/twilio/9/1"
    message = client.messages.create(
        to=NIMA, messaging_service_sid=service, body="x", status_callback=url
    )
    assert (message.status, message.from_) == ("accepted", None)
    assert words(hook, 3) == ["queued", "sent", "delivered"]
    assert dict(parse_qsl(hook.came[0][2].decode()))["MessagingServiceSid"] == service


def test_receipts_leave_loopback_only_when_allowed(sandbox, client):
    """A receipt for a host that was not named is kept back and counted."""
    url = "https://alerts.example.org/hooks/twilio/9/1"
    client.messages.create(to=NIMA, from_=FROM, body="x", status_callback=url)
    until(lambda: sandbox.counts()["receipts"].get("not_allowed") == 2)
