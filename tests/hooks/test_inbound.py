"""The door for people who write to us: signed, obeyed, answered in TwiML."""

import base64
import hashlib
import hmac
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from twilio.twiml.messaging_response import MessagingResponse

from contacts.models import Suppression
from dispatcher.kit.counters import COUNTERS
from dispatcher.ledger.models import Reply
from dispatcher.providers import routing, twilio_inbound
from dispatcher.providers.base import Knock
from dispatcher.sandbox.config import Config
from dispatcher.sandbox.starter import Sandbox

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("accounts")]

URL, PATH = "https://alerts.example.com", "/hooks/twilio/inbound"
TOKENS = {"drill": "drill-token", "real": "real-token"}


@pytest.fixture
def accounts(settings, valkey):
    COUNTERS.tell()  # what the last test left
    valkey.flushdb()
    settings.PUBLIC_URL = settings.HOOKS_URL = URL
    settings.ORGANISATION = "Fish & Chips <Ltd>"
    settings.CARRIERS = {
        mode: {
            f"{mode}-twilio": {
                "carrier": "twilio", "account_sid": "AC" + "0" * 32, "auth_token": token,
                "sender": "+12025550100", "callback": f"{URL}/hooks/twilio",
                "base_url": f"http://{mode}.test",
            }
        }
        for mode, token in TOKENS.items()
    }  # fmt: skip
    routing.close_accounts()
    yield
    routing.close_accounts()


def write(client, text, *, mode="real", forged=False, **more):
    fields = {
        "MessageSid": "SM1", "From": "+12025550111", "To": "+12025550100", "Body": text,
        "NumMedia": "0", "SmsStatus": "received",
    } | more  # fmt: skip
    signed = URL + PATH + "".join(name + fields[name] for name in sorted(fields))
    digest = hmac.digest(TOKENS[mode].encode(), signed.encode(), hashlib.sha1)
    if forged:
        fields["Body"] = "STOP"
    return client.post(
        PATH,
        urlencode(fields),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": base64.b64encode(digest).decode()},
    )


def messages(answer):
    """The texts in the TwiML."""
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    root = ET.fromstring(answer.content)  # noqa: S314  # our own answer
    assert root.tag == "Response"
    return [one.text for one in root.findall("Message")]


@pytest.mark.parametrize("mode", TOKENS)
def test_the_mode_is_that_of_the_account_that_signed(client, mode):
    """Only a real account's STOP reaches the registry."""
    assert write(client, "STOP", mode=mode).status_code == 200
    assert Reply.objects.get().mode == mode
    assert Suppression.objects.exists() == (mode == "real")


def test_a_forged_message_is_refused_counted_and_writes_nothing(client):
    assert write(client, "hello", forged=True).status_code == 403
    assert COUNTERS.counted("forged") == {"twilio": 1}
    assert not Reply.objects.exists()
    assert not Suppression.objects.exists()


def test_who_only_looks_is_turned_away(client):
    assert client.get(PATH).status_code == 405


def test_a_call_for_help_gets_an_answer_that_is_well_formed(client):
    [text] = messages(write(client, "help?"))
    assert text.startswith("Fish & Chips <Ltd>")


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("STOP", 0),  # a long code confirms it by itself, and would refuse ours: 21610
        ("start", 0),
        ("yes", 0),
        ("لغو", 1),
        ("Arrêt", 1),
        ("शुरू", 1),
        ("OK", 0),
        ("What now?", 0),
    ],
)
def test_we_answer_where_the_carrier_does_not(client, text, answers):
    assert len(messages(write(client, text))) == answers


def test_what_the_carrier_was_told_to_understand_is_not_answered_twice(client):
    answer = write(client, "basta", OptOutType="STOP")
    assert messages(answer) == []
    assert Suppression.objects.exists()


def test_the_same_message_again_changes_nothing(client):
    for _ in range(3):
        assert write(client, "What now?").status_code == 200
    assert Reply.objects.count() == 1


@pytest.mark.parametrize("more", [{"MessageStatus": "delivered"}, {"From": ""}, {"MessageSid": ""}])
def test_what_is_no_message_is_let_go(client, more):
    """A receipt that somebody pointed here."""
    assert messages(write(client, "STOP", **more)) == []
    assert not Reply.objects.exists()


def test_no_text_no_number_and_no_name_reaches_the_log(client, caplog):
    write(client, "my secret")
    assert "SM1" in caplog.text
    assert "secret" not in caplog.text
    assert "2025550111" not in caplog.text


@given(st.binary(max_size=200))
def test_any_body_is_read_or_let_go(body):
    """Nothing that arrives breaks the reader."""
    twilio_inbound.read(Knock(URL, {}, body))


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=50))
def test_our_answer_says_what_the_sdk_s_would(text):
    """The carrier's own builder is the reference."""
    ours = ET.fromstring(twilio_inbound.answer(text))  # noqa: S314
    theirs = MessagingResponse()
    if text:
        theirs.message(text)
    expected = ET.fromstring(str(theirs))  # noqa: S314
    assert ET.tostring(ours) == ET.tostring(expected)


@pytest.mark.django_db(transaction=True)
def test_a_phone_of_the_sandbox_asks_for_help_and_reads_the_answer(live_server, settings):
    """The whole circle: its signature fits, our hook answers, the text stands on its phone."""
    settings.PUBLIC_URL = live_server.url
    with Sandbox(Config(port=0, seed=7, inbound_url=live_server.url + PATH)) as sandbox:
        settings.CARRIERS["drill"]["drill-twilio"]["auth_token"] = sandbox.accounts.twilio_token
        routing.close_accounts()
        told = {"to": "+12025550100", "from": "+12025550111", "text": "راهنما"}
        said = requests.post(f"{sandbox.url}/sandbox/reply", json=told, timeout=15).json()
        [shown] = requests.get(f"{sandbox.url}/sandbox/taken", timeout=5).json()["taken"]
    assert said["status"] == 200
    assert [shown["content"]["text"]] == said["answers"]
    assert "Fish & Chips <Ltd>" in shown["content"]["text"]
    assert Reply.objects.get().mode == "drill"
