"""People answer: signed as Twilio signs, from a program or from the wall of phones."""

import re
from urllib.parse import parse_qsl

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from dispatcher.sandbox.config import Accounts, Config
from dispatcher.sandbox.replies import _texts, signed
from dispatcher.sandbox.starter import Sandbox

US, PHONE = "+12025550100", "+12025550101"


def send(sandbox, hook, *, to=PHONE, body="x"):
    sid = sandbox.accounts.twilio_sid
    made = requests.post(
        f"{sandbox.url}/2010-04-01/Accounts/{sid}/Messages.json",
        auth=(sid, sandbox.accounts.twilio_token),
        data={"To": to, "From": US, "Body": body, "StatusCallback": f"{hook.url}/hooks/twilio/1/1"},
        timeout=5,
    )
    assert made.status_code == 201


def answer(sandbox, text, **more):
    told = {"to": US, "from": PHONE, "text": text} | more
    return requests.post(f"{sandbox.url}/sandbox/reply", json=told, timeout=5)


def came(hook):
    """The messages that our hook was told of."""
    return [each for each in hook.came if each[0] == "/hooks/twilio/inbound"]


def test_an_answer_comes_beside_the_receipts_signed(sandbox, hook):
    """The carrier's own validator accepts it."""
    send(sandbox, hook)
    assert answer(sandbox, "متوجه شدم +%&").json()["status"] == 200
    [(path, headers, body)] = came(hook)
    form = dict(parse_qsl(body.decode()))
    assert (form["From"], form["To"], form["Body"]) == (PHONE, US, "متوجه شدم +%&")
    validator = RequestValidator(sandbox.accounts.twilio_token)
    assert validator.validate(hook.url + path, form, headers["x-twilio-signature"])


def test_an_address_of_its_own_is_preferred(hook):
    with Sandbox(Config(port=0, seed=7, inbound_url=f"{hook.url}/elsewhere")) as running:
        assert answer(running, "OK").json()["status"] == 200
    assert hook.came[0][0] == "/elsewhere"


def test_the_same_message_can_be_told_twice(sandbox, hook):
    """As the carrier does when it heard no answer."""
    send(sandbox, hook)
    first = answer(sandbox, "OK").json()["id"]
    assert answer(sandbox, "OK", id=first).json()["id"] == first
    assert answer(sandbox, "OK").json()["id"] != first


def test_without_an_address_it_says_so(sandbox):
    assert answer(sandbox, "OK").status_code == 409


def test_a_hook_that_refuses_is_told(sandbox, hook):
    send(sandbox, hook)
    hook.status = 403
    assert answer(sandbox, "OK").json() | {"id": ""} == {"id": "", "status": 403, "answers": []}


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"to": "x"}'])
def test_what_makes_no_sense_is_refused(sandbox, body):
    told = {"Content-Type": "application/json"}
    refused = requests.post(f"{sandbox.url}/sandbox/reply", data=body, headers=told, timeout=5)
    assert refused.status_code == 400
    assert requests.get(f"{sandbox.url}/sandbox/reply", timeout=5).status_code == 405


def form_of(sandbox):
    page = requests.get(sandbox.url + "/", timeout=5).text
    [form] = re.findall(r'<form class="answer".*?</form>', page, re.DOTALL)
    hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    return hidden | {"to": hidden["to"], "text": "OK"}, form


def test_the_wall_answers_without_a_script(sandbox, hook):
    """A form with a button a word; the page comes back and says what was answered."""
    send(sandbox, hook)
    told, form = form_of(sandbox)
    assert re.findall(r'<button[^>]*value="(\w+)"', form) == ["OK", "HELP", "STOP"]
    page = requests.post(f"{sandbox.url}/sandbox/reply", data=told, timeout=5)
    assert page.history[0].status_code == 303
    assert "Answered “OK”" in page.text
    assert dict(parse_qsl(came(hook)[0][2].decode()))["From"] == PHONE


def test_a_form_from_elsewhere_answers_nothing(sandbox, hook):
    """A page on another site can post to loopback, but does not know the wall's key."""
    send(sandbox, hook)
    told, _ = form_of(sandbox)
    for key in ("", "x"):
        refused = requests.post(f"{sandbox.url}/sandbox/reply", data=told | {"key": key}, timeout=5)
        assert refused.status_code == 403
    assert came(hook) == []


@pytest.mark.parametrize(
    ("back", "place"),
    [
        ("?channel=sms&page=2", "/?channel=sms&page=2"),
        ("//evil.test", "/"),
        ("?x\r\nSet-Cookie: a", "/"),
    ],
)
def test_the_wall_leads_back_and_nowhere_else(sandbox, hook, back, place):
    send(sandbox, hook)
    told = form_of(sandbox)[0] | {"back": back}
    gone = requests.post(
        f"{sandbox.url}/sandbox/reply", data=told, timeout=5, allow_redirects=False
    )
    assert gone.headers["Location"] == place
    assert "Set-Cookie" not in gone.headers


def test_only_a_text_message_can_be_answered(sandbox):
    """No form on an empty wall, nor under a phone that nothing says how to answer."""
    assert 'class="answer"' not in requests.get(sandbox.url + "/", timeout=5).text


@pytest.mark.parametrize(
    ("twiml", "texts"),
    [
        (b"<Response><Message>a &amp; b</Message></Response>", ["a & b"]),
        (b"<Response><Message><Body>a</Body></Message><Message>b</Message></Response>", ["a", "b"]),
        (b"<Response/>", []),
        (b"", []),
        (b"<Response>", []),
    ],
)
def test_what_the_hook_says_back_is_read(twiml, texts):
    assert _texts(twiml) == texts


@given(
    st.dictionaries(
        st.text(st.characters(codec="ascii", categories=["L"]), min_size=1),
        st.text(st.characters(codec="utf-8")),
    )
)
def test_any_form_is_signed_as_the_carrier_signs(form):
    token = Accounts.of(1).twilio_token
    head, _ = signed("https://alerts.example.com/in", form, token=token)
    [mark] = re.findall(r"X-Twilio-Signature: (\S+)", head)
    assert RequestValidator(token).compute_signature("https://alerts.example.com/in", form) == mark
