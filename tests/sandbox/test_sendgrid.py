"""The sandbox's SendGrid, seen through SendGrid's own SDK and signature check."""

import json
import time

import pytest
from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient
from sendgrid.helpers.eventwebhook import EventWebhook
from sendgrid.helpers.mail import (
    Content,
    CustomArg,
    Email,
    Header,
    Mail,
    Personalization,
    Subject,
    Substitution,
    To,
)

from .conftest import until

PEOPLE = [("nima@example.org", "نیما", "1025"), ("ana@example.com", "Ana", "1026")]


@pytest.fixture
def client(sandbox):
    found = SendGridAPIClient(sandbox.accounts.sendgrid_key, host=sandbox.url)
    found.client.timeout = 2
    return found


def letter(people=PEOPLE, subject="Recall: {{product}}"):
    mail = Mail(from_email=Email("notice@example.net", "Global Foods"), subject=Subject(subject))
    mail.add_content(Content("text/plain", "Dear {{recipient}}, do not eat {{product}}."))
    html = '<html lang="en" dir="ltr"><body><p>Dear {{recipient}}</p></body></html>'
    mail.add_content(Content("text/html", html))
    for address, name, delivery in reversed(people):  # the SDK puts each new one first
        person = Personalization()
        person.add_to(To(address))
        person.add_substitution(Substitution("{{recipient}}", name))
        person.add_substitution(Substitution("{{product}}", "Nut Bar"))
        person.add_custom_arg(CustomArg("delivery_id", delivery))
        person.add_custom_arg(CustomArg("attempt", "1"))
        mail.add_personalization(person)
    return mail


def events_of(hook):
    return [event for _, _, body in hook.came for event in json.loads(body)]


def test_each_letter_is_filled_for_its_reader(sandbox, client):
    """One request, 202 with X-Message-Id and no body; subject and content are substituted."""
    answer = client.send(letter())
    assert (answer.status_code, answer.body) == (202, b"")
    rows = sandbox.taken("sendgrid")
    assert [row["to"] for row in rows] == ["nima@example.org", "ana@example.com"]
    assert [row["delivery"] for row in rows] == ["1025", "1026"]
    assert all(row["id"].startswith(answer.headers["X-Message-Id"] + ".") for row in rows)
    assert rows[0]["content"]["title"] == "Recall: Nut Bar"
    assert rows[0]["content"]["text"] == "Dear نیما, do not eat Nut Bar."
    assert "Dear Ana" in rows[1]["content"]["html"]


def test_events_carry_sendgrids_signature(sandbox, client, hook):
    """SendGrid's own validator accepts each batch with the printed key, and not a changed one."""
    client.send(letter())
    until(lambda: len(events_of(hook)) == 4)
    check = EventWebhook(sandbox.credentials()["sendgrid_event_key"])
    for path, headers, body in hook.came:
        mark = headers["x-twilio-email-event-webhook-signature"]
        stamp = headers["x-twilio-email-event-webhook-timestamp"]
        assert path == "/hooks/sendgrid"
        assert body.endswith(b"]\r\n")
        assert abs(int(stamp) - time.time()) < 10
        assert check.verify_signature(body.decode(), mark, stamp)
        assert not check.verify_signature(body.decode().rstrip(), mark, stamp)
    events = [event for event in events_of(hook) if event["delivery_id"] == "1025"]
    assert [event["event"] for event in events] == ["processed", "delivered"]
    assert {event["email"] for event in events} == {"nima@example.org"}
    assert {event["attempt"] for event in events} == {"1"}
    assert len({event["sg_event_id"] for event in events}) == 2
    assert events[0]["sg_message_id"] == sandbox.taken()[0]["id"]
    until(lambda: sandbox.taken()[0]["status"] == "delivered")


def test_a_thousand_letters_leave_in_one_request_and_not_one_more(sandbox, client):
    """1,000 personalisations are taken; 1,001 are refused whole."""
    people = [(f"p{number}@example.org", "P", str(number)) for number in range(1001)]
    assert client.send(letter(people[:1000])).status_code == 202
    with pytest.raises(HTTPError) as refusal:
        client.send(letter(people))
    assert refusal.value.status_code == 400
    assert json.loads(refusal.value.body)["errors"][0]["field"] == "personalizations"
    assert sandbox.counts()["carriers"]["sendgrid"]["taken"] == 1000


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"personalizations": []}, "personalizations"),
        ({"personalizations": [{"to": []}]}, "personalizations.0.to"),
        ({"personalizations": [{"to": [{"email": "a@b"}]}]}, "personalizations.0.to.0.email"),
        (
            {"personalizations": [{"to": [{"email": "a@b.test"}], "cc": [{"email": "A@b.test"}]}]},
            "personalizations.0.cc.0",
        ),
        (
            {
                "personalizations": [
                    {"to": [{"email": "a@b.test"}], "substitutions": {"{{x}}": "x" * 10_001}}
                ]
            },
            "personalizations.0.substitutions",
        ),
        (
            {"personalizations": [{"to": [{"email": "a@b.test"}], "custom_args": {"id": 7}}]},
            "personalizations.0.custom_args.id",
        ),
        ({"personalizations": [{"to": [{"email": "a@b.test"}], "cc": 5}]}, "personalizations.0.cc"),
        ({"from": {"name": "Global Foods"}}, "from.email"),
        ({"subject": ""}, "subject"),
        ({"content": []}, "content"),
        ({"content": [{"type": "text/plain", "value": ""}]}, "content.0.value"),
        (
            {
                "content": [
                    {"type": "text/html", "value": "x"},
                    {"type": "text/plain", "value": "x"},
                ]
            },
            "content",
        ),
    ],
)
def test_a_wrong_body_is_refused_with_its_field(sandbox, client, change, field):
    """400 with SendGrid's error object; nothing is taken."""
    with pytest.raises(HTTPError) as refusal:
        client.client.mail.send.post(request_body=letter().get() | change)
    error = json.loads(refusal.value.body)["errors"][0]
    assert (refusal.value.status_code, error["field"]) == (400, field)
    assert error["message"]
    assert sandbox.taken() == []


def test_a_wrong_key_is_shown_out(sandbox):
    """401 with SendGrid's sentence."""
    with pytest.raises(HTTPError) as refusal:
        SendGridAPIClient("SG.wrong", host=sandbox.url).send(letter())
    assert refusal.value.status_code == 401
    assert "authorization grant" in json.loads(refusal.value.body)["errors"][0]["message"]


def test_beyond_thirty_megabytes_is_too_large(client):
    """413."""
    body = letter().get()
    body["content"][0]["value"] = "x" * (30 * 1024 * 1024)
    with pytest.raises(HTTPError) as refusal:
        client.client.mail.send.post(request_body=body)
    assert refusal.value.status_code == 413


def test_too_many_requests_say_when_they_may_come_again(sandbox, client):
    """429 with the reset time in seconds since 1970."""
    sandbox.faults(sendgrid={"throttled": 1, "retry_after": 30})
    with pytest.raises(HTTPError) as refusal:
        client.send(letter())
    reset = int(refusal.value.headers["X-RateLimit-Reset"])
    assert refusal.value.status_code == 429
    assert 25 <= reset - time.time() <= 31


def test_garbage_is_another_2xx_without_an_id(sandbox, client):
    """The SDK takes a captive portal's 200 for success; the header tells them apart."""
    sandbox.faults(sendgrid={"garbage": 1})
    answer = client.send(letter())
    assert (answer.status_code, answer.headers["X-Message-Id"]) == (200, None)


@pytest.mark.parametrize(
    ("code", "words", "field"),
    [
        ("", ["processed", "bounce"], "bounce_classification"),
        ("blocked", ["processed", "bounce"], "status"),
        ("dropped", ["dropped"], "reason"),
    ],
)
def test_what_is_not_delivered_says_why(sandbox, client, hook, code, words, field):
    """A bounce, a block or a drop ends the letter's way, with the documented fields."""
    manners = {"undelivered": 1, "undelivered_code": code, "receipt_ms": 20}
    sandbox.faults(sendgrid=manners)
    client.send(letter(PEOPLE[:1]))
    until(lambda: len(events_of(hook)) == len(words))
    events = events_of(hook)
    assert [event["event"] for event in events] == words
    assert events[-1][field]
    assert sandbox.taken()[0]["status"] == "failed"


def test_a_letter_can_be_deferred_opened_and_bounce_late(sandbox, client, hook):
    """A bounce after delivered is the case in which a later fact takes an earlier one back."""
    manners = {"deferred": 1, "opened": 1, "late_bounce": 1, "receipt_ms": 20}
    sandbox.faults(sendgrid=manners)
    client.send(letter(PEOPLE[:1]))
    until(lambda: len(events_of(hook)) == 5)
    words = [event["event"] for event in events_of(hook)]
    assert words == ["processed", "deferred", "delivered", "open", "bounce"]


def test_a_repeated_event_keeps_its_id(sandbox, client, hook):
    """Twice the same sg_event_id, so that the receiver can tell."""
    sandbox.faults(sendgrid={"repeat": 2, "receipt_ms": 20})
    client.send(letter(PEOPLE[:1]))
    until(lambda: len(events_of(hook)) == 4)
    assert len({event["sg_event_id"] for event in events_of(hook)}) == 2


def test_a_batch_that_was_not_taken_comes_again(client, hook):
    """SendGrid repeats until it gets a 2xx."""
    hook.status = 503
    client.send(letter(PEOPLE[:1]))
    hook.wait(1)
    first = hook.came[0][2]
    hook.status = 200
    until(lambda: sum(body == first for _, _, body in hook.came) == 2)


def test_events_can_overtake_the_answer(sandbox, client, hook):
    """The last event is at our door before the call returns."""
    sandbox.faults(sendgrid={"receipts_first": 1})
    client.send(letter(PEOPLE[:1]))
    assert [event["event"] for event in events_of(hook)] == ["processed", "delivered"]


def test_the_language_of_a_letter_is_what_it_says(sandbox, client):
    """From the page's lang, else from the header."""
    mail = letter(PEOPLE[:1])
    mail.add_header(Header("Content-Language", "fa"))
    client.send(mail)
    mail.contents.pop()
    client.send(mail)
    assert [row["content"]["language"] for row in sandbox.taken()] == ["en", "fa"]
