"""SendGrid: the request that leaves, one bad address among many, and the signed events."""

import asyncio
import base64
import json
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from sendgrid.helpers import mail

from dispatcher.kit.wire import Answer, Pool
from dispatcher.ledger.facts import Kind, Outcome, Rank
from dispatcher.providers.base import Email, Forged, Knock, Parcel
from dispatcher.providers.sendgrid import Account, SendGrid
from tests.providers import accounts
from tests.providers.twin import Seen, Step, Twin, answer

ACCEPTED = answer(202, headers={"X-Message-Id": "m1"})


def sent(
    parcels: Sequence[Parcel], script: list[Step] = ACCEPTED
) -> tuple[Sequence[Outcome], Seen]:
    async def once() -> tuple[Sequence[Outcome], Seen]:
        async with Twin([script]) as twin, Pool() as wire:
            outcomes = await accounts.sendgrid_at(twin.url).send(parcels, wire=wire)
            return outcomes, twin.seen[0]

    return asyncio.run(once())


def test_a_thousand_letters_leave_in_one_request():
    """Shared content once; each reader's address, ids and tokens apart."""
    outcomes, seen = sent([accounts.letter(n) for n in range(1000)])
    body = json.loads(seen.body)
    assert outcomes == [Outcome.taken("m1")] * 1000
    assert (seen.method, seen.path) == ("POST", "/v3/mail/send")
    assert seen.headers["authorization"] == "Bearer SG.invented"
    assert len(body["personalizations"]) == 1000
    assert body["personalizations"][7] == {
        "to": [{"email": "reader7@example.com"}],
        "custom_args": {"delivery_id": "7175", "attempt": "1"},
        "substitutions": {"{{recipient}}": "Zoë 7", "{{recipient_html}}": "Zoë &amp; 7"},
    }
    assert [part["type"] for part in body["content"]] == ["text/plain", "text/html"]
    assert body["from"] == {"email": "alerts@example.org", "name": "Global Foods"}
    assert body["subject"] == "Recall: {{recipient}}"


def by_sdk(parcels: Sequence[Parcel]) -> dict[str, object]:
    """The request as the SDK's own objects say it."""
    email = parcels[0].content
    assert isinstance(email, Email)
    letter = mail.Mail(
        from_email=mail.From("alerts@example.org", "Global Foods"),
        subject=email.subject,
        plain_text_content=email.text,
        html_content=email.html,
    )
    letter.reply_to = mail.ReplyTo("press@example.org")
    letter.tracking_settings = mail.TrackingSettings(
        click_tracking=mail.ClickTracking(enable=False, enable_text=False),
        open_tracking=mail.OpenTracking(enable=False),
        subscription_tracking=mail.SubscriptionTracking(enable=False),
    )
    letter.add_header(mail.Header("Content-Language", email.locale))
    letter.add_header(mail.Header("Auto-Submitted", "auto-generated"))
    for parcel in reversed(parcels):  # the SDK writes first what was added last
        own = mail.Personalization()
        own.add_to(mail.To(parcel.to))
        own.add_custom_arg(mail.CustomArg("delivery_id", str(parcel.delivery_id)))
        own.add_custom_arg(mail.CustomArg("attempt", str(parcel.attempt)))
        for name, value in parcel.slots.items():
            own.add_substitution(mail.Substitution(f"{{{{{name}}}}}", value))
        letter.add_personalization(own)
    told: dict[str, object] = letter.get()
    return told


LETTERS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)
SLOTS = st.dictionaries(st.from_regex("[a-z][a-z0-9_]{0,9}", fullmatch=True), LETTERS, max_size=4)


CARRIER = accounts.sendgrid_at("http://127.0.0.1:1")


class Paper:
    """A Wire that keeps what it is asked and answers that it was taken."""

    async def ask(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes = b""
    ) -> Answer:
        del method, url, headers
        self.body = body
        return Answer(202, {"x-message-id": "m1"}, b"")


@given(
    email=st.builds(Email, subject=LETTERS, text=LETTERS, html=LETTERS, locale=st.just("fa")),
    people=st.lists(
        st.tuples(st.integers(0, 2**62), st.integers(1, 999), st.emails(), SLOTS),
        min_size=1,
        max_size=5,
    ),
)
def test_the_request_says_what_the_sdk_would_say(email, people):
    """Written by hand where each letter differs, it means what Mail.get() means."""
    parcels = [
        Parcel(delivery_id, attempt, to, email, slots) for delivery_id, attempt, to, slots in people
    ]
    paper = Paper()
    asyncio.run(CARRIER.send(parcels, wire=paper))
    assert json.loads(paper.body) == by_sdk(parcels)


def test_an_address_that_would_end_its_quotation_stays_an_address():
    tricky = '"},{"email":"b@example.com'
    _, seen = sent([accounts.letter(to=tricky)])
    assert json.loads(seen.body)["personalizations"][0]["to"] == [{"email": tricky}]


def test_nothing_tracks_the_reader_and_nothing_offers_to_unsubscribe():
    """Click tracking would send an official notice's links through the carrier's domain."""
    body = json.loads(sent([accounts.letter()])[1].body)
    assert body["tracking_settings"] == {
        "click_tracking": {"enable": False, "enable_text": False},
        "open_tracking": {"enable": False},
        "subscription_tracking": {"enable": False},
    }
    assert "List-Unsubscribe" not in body["headers"]
    assert "asm" not in body


def test_letters_of_different_content_are_not_mixed():
    other = Parcel(1, 1, "b@example.com", accounts.LETTER.__class__("s", "t", "h", "fr"))
    with pytest.raises(ValueError, match="one content"):
        sent([accounts.letter(), other])
    with pytest.raises(ValueError, match=r"1,000"):
        sent([accounts.letter(n) for n in range(1001)])


def test_one_bad_address_does_not_hold_back_its_neighbours():
    """The carrier refuses the whole request for it: the guilty is out, the others go again."""
    errors = [
        {"message": "Does not contain a valid address.", "field": "personalizations.1.to.0.email"}
    ]
    outcomes, _ = sent([accounts.letter(n) for n in range(3)], answer(400, {"errors": errors}))
    assert outcomes[1] == Outcome.refused("invalid_address", dead=True)
    assert [outcome.code for outcome in outcomes] == [
        "neighbour_refused",
        "invalid_address",
        "neighbour_refused",
    ]
    assert outcomes[0].kind is Kind.LATER


@pytest.mark.parametrize(
    "field", ["personalizations.1.substitutions", "personalizations.9.to.0.email", "from.email"]
)
def test_a_fault_that_names_no_address_of_ours_is_everybodys(field):
    outcomes, _ = sent(
        [accounts.letter(0), accounts.letter(1)], answer(400, {"errors": [{"field": field}]})
    )
    assert outcomes == [Outcome.refused("http_400")] * 2


def test_the_reset_time_is_waited_for():
    headers = {"X-RateLimit-Reset": str(int(time.time()) + 30)}
    (outcome,), _ = sent([accounts.letter()], answer(429, headers=headers))
    assert 28 <= outcome.retry_after <= 31


def carrier() -> SendGrid:
    return accounts.sendgrid_at("http://127.0.0.1:1")


def knock(
    body: bytes,
    changed: Mapping[str, str] | None = None,
    *,
    at: int | None = None,
    key: ec.EllipticCurvePrivateKey = accounts.CURVE,
) -> Knock:
    stamp = str(int(time.time()) if at is None else at)
    mark = key.sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    headers = {
        "x-twilio-email-event-webhook-signature": base64.b64encode(mark).decode(),
        "x-twilio-email-event-webhook-timestamp": stamp,
        **(changed or {}),
    }
    return Knock("https://alerts.example.org/hooks/sendgrid", headers, body)


EVENT = {
    "email": "maya@example.com",
    "event": "delivered",
    "sg_event_id": "e1",
    "sg_message_id": "m1.recvd-1",
    "timestamp": 1_790_000_000,
    "delivery_id": "7168",
    "attempt": "2",
}
BODY = (json.dumps([EVENT], ensure_ascii=False) + "\r\n").encode()


@pytest.mark.parametrize("age", [0, 3600, 24 * 3600, -300])
def test_a_signed_batch_is_let_in_with_its_last_line_end_and_for_a_day(age):
    """The carrier repeats for 24 hours, and the signature covers the last CRLF."""
    carrier().verify(knock(BODY, at=int(time.time()) - age))


STRANGER = ec.derive_private_key(0xBAD, ec.SECP256R1())
STAMP = "x-twilio-email-event-webhook-timestamp"
MARK = "x-twilio-email-event-webhook-signature"
FORGED = {
    "another key": knock(BODY, key=STRANGER),
    "no signature": knock(BODY, {MARK: ""}),
    "not base64": knock(BODY, {MARK: "é"}),
    "not a signature": knock(BODY, {MARK: "aGVsbG8="}),
    "no time": knock(BODY, {STAMP: ""}),
    "another time": knock(BODY, {STAMP: "1790000000"}),
    "a time in words": knock(BODY, {STAMP: "now"}),
    "Arabic digits": knock(BODY, {STAMP: "١٢٣"}),
    "two days old": knock(BODY, at=int(time.time()) - 48 * 3600),
    "from the future": knock(BODY, at=int(time.time()) + 3600),
    "not UTF-8": knock(b"\xff"),
    "a changed body": Knock("u", knock(BODY).headers, BODY.replace(b"7168", b"7169")),
    "without its last line end": Knock("u", knock(BODY).headers, BODY.rstrip()),
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_what_the_carrier_did_not_sign_is_forged(forged):
    with pytest.raises(Forged):
        carrier().verify(forged)


def test_an_account_without_a_verification_key_lets_nothing_in():
    keyless = SendGrid(Account(api_key="SG.x", sender="a@example.org"))
    with pytest.raises(Forged):
        keyless.verify(knock(BODY))


BOUNCE = {"event": "bounce", "type": "bounce", "status": "5.1.1"}
EVENTS = [
    ({"event": "processed"}, Rank.HANDED_OVER, "", set()),
    ({"event": "deferred"}, Rank.HANDED_OVER, "", set()),
    ({"event": "delivered"}, Rank.DELIVERED, "", set()),
    (BOUNCE, Rank.BOUNCED, "5.1.1", {"dead"}),
    ({**BOUNCE, "type": "blocked", "status": "5.7.1"}, Rank.FAILED, "5.7.1", set()),
    ({"event": "bounce"}, Rank.BOUNCED, "bounce", {"dead"}),
    ({"event": "dropped", "reason": "Bounced Address"}, Rank.FAILED, "bounced_before", {"dead"}),
    ({"event": "dropped", "reason": "Invalid"}, Rank.FAILED, "invalid_address", {"dead"}),
    (
        {"event": "dropped", "reason": "Unsubscribed Address"},
        Rank.FAILED,
        "opted_out",
        {"opted_out"},
    ),
    (
        {"event": "dropped", "reason": "Recipient List over Package Quota"},
        Rank.FAILED,
        "dropped",
        set(),
    ),
    ({"event": "open"}, None, "", {"opened"}),
    ({"event": "click"}, None, "", {"opened"}),
    ({"event": "spamreport"}, None, "spamreport", {"opted_out"}),
    ({"event": "unsubscribe"}, None, "", {"opted_out"}),
    ({"event": "group_unsubscribe"}, None, "", {"opted_out"}),
]


@pytest.mark.parametrize(("told", "rank", "code", "also"), EVENTS)
def test_each_event_has_its_meaning(told, rank, code, also):
    (receipt,) = carrier().read_receipts(knock(json.dumps([EVENT | told]).encode()))
    assert (receipt.rank, receipt.code) == (rank, code)
    assert {name for name in ("opened", "dead", "opted_out") if getattr(receipt, name)} == also
    assert (receipt.key, receipt.delivery_id, receipt.attempt) == ("e1", 7168, 2)
    assert (receipt.carrier, receipt.carrier_id) == ("sendgrid", "m1")
    assert receipt.at == datetime.fromtimestamp(1_790_000_000, tz=UTC)


@pytest.mark.parametrize(
    "told",
    [{"event": "teleported"}, {"sg_event_id": None}, {"delivery_id": None}, {"delivery_id": "x"}, {"attempt": "-1"},
     {"delivery_id": "7.5"}],
)  # fmt: skip
def test_an_event_that_is_not_ours_is_left_out_and_the_others_stay(told):
    body = json.dumps([EVENT | told, EVENT, "noise", None]).encode()
    assert [receipt.key for receipt in carrier().read_receipts(knock(body))] == ["e1"]
