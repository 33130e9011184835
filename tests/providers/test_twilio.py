"""Twilio: the request that leaves, and the receipts that come."""

import asyncio
import json
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from dispatcher.kit.wire import Answer, Pool
from dispatcher.ledger.facts import Outcome, Rank
from dispatcher.providers.base import Forged, Knock, Parcel, Sms
from dispatcher.providers.twilio import Account, Twilio, created
from tests.providers.twin import Seen, Twin, answer

TOKEN = "invented-token"
URL = "https://alerts.example.org/hooks/twilio/7168/1"
TEXT = "فراخوان: بستنی \u2068GF-200\u2069 را نخورید 🙂"


def account(**changed: str) -> Account:
    given = {
        "account_sid": "AC0",
        "auth_token": TOKEN,
        "sender": "+12025550199",
        "callback": "https://alerts.example.org/hooks/twilio",
    }
    return Account(**{**given, **changed})


def request(parcel: Parcel, **changed: str) -> Seen:
    async def once() -> Seen:
        async with Twin([answer(201, {"sid": "SM1"})]) as twin, Pool() as wire:
            await Twilio(account(base_url=twin.url, **changed)).send([parcel], wire=wire)
            return twin.seen[0]

    return asyncio.run(once())


def test_the_request_carries_the_text_the_callback_and_the_expiry(monkeypatch):
    """The process's own edge and region may not bend the address: a drill would leave the house."""
    monkeypatch.setenv("TWILIO_EDGE", "dublin")
    monkeypatch.setenv("TWILIO_REGION", "ie1")
    seen = request(Parcel(7168, 2, "+12025550101", Sms(TEXT, ttl=600)))
    assert (seen.method, seen.path) == ("POST", "/2010-04-01/Accounts/AC0/Messages.json")
    assert seen.headers["authorization"] == "Basic QUMwOmludmVudGVkLXRva2Vu"
    assert parse_qs(seen.body.decode()) == {
        "To": ["+12025550101"],
        "From": ["+12025550199"],
        "Body": [TEXT],
        "StatusCallback": ["https://alerts.example.org/hooks/twilio/7168/2"],
        "ValidityPeriod": ["600"],
    }


SIDS = [f"SM{number:032x}" for number in (1, 2)]


@pytest.mark.parametrize(
    "told",
    [
        {"body": "x", "sid": SIDS[0], "status": "queued"},
        {"sid": SIDS[0]},
        {"body": f'", "sid": "{SIDS[1]}", "', "sid": SIDS[0]},
        {"body": "{", "sid": SIDS[0], "uris": {"sid": SIDS[1]}},
        {"uris": {"sid": SIDS[1]}, "sid": SIDS[0]},
        {"uris": {"sid": SIDS[1]}},
        {"account_sid": SIDS[1]},
        {"sid": SIDS[0].lower()},
        {"sid": ""},
        {"sid": 7},
    ],
)
@pytest.mark.parametrize("spaces", [None, (",", ":")])
def test_the_sid_is_the_answer_s_own_however_it_is_read(told, spaces):
    """The quick look at a 201 and the whole JSON come to the same."""
    sid = told.get("sid")
    wanted = Outcome.taken(sid) if sid and isinstance(sid, str) else Outcome.unsure("garbage")
    body = json.dumps(told, separators=spaces).encode()
    assert created(Answer(201, {}, body)) == wanted
    assert created(Answer(201, {}, body[:-1])) == Outcome.unsure("garbage")


@pytest.mark.parametrize(
    ("ttl", "sent"), [(0, "1"), (-5, "1"), (36_000, "36000"), (172_800, "36000")]
)
def test_the_expiry_stays_within_what_the_carrier_takes(ttl, sent):
    seen = request(Parcel(1, 1, "+12025550101", Sms("x", ttl=ttl)))
    assert parse_qs(seen.body.decode())["ValidityPeriod"] == [sent]


def test_a_messaging_service_sends_in_place_of_a_number():
    fields = parse_qs(request(Parcel(1, 1, "+12025550101", Sms("x")), sender="MG1").body.decode())
    assert fields["MessagingServiceSid"] == ["MG1"]
    assert "From" not in fields


def test_the_account_shows_no_secret():
    assert TOKEN not in repr(account())


def knock(fields: dict[str, str], *, url: str = URL, token: str = TOKEN) -> Knock:
    signed = RequestValidator(token).compute_signature(url, fields)
    return Knock(
        url=url,
        headers={"x-twilio-signature": signed},
        body=urlencode(fields).encode(),
        path={"delivery_id": "7168", "attempt": "1"},
    )


SENT = {"MessageSid": "SM1", "MessageStatus": "sent", "To": "+12025550101", "Empty": ""}


@given(st.dictionaries(st.text(min_size=1), st.text()))
def test_our_signature_is_the_sdks(fields):
    """Whatever the fields hold, what the vendor's own code signs is let in."""
    fields = {
        k.encode("utf-8", "ignore").decode(): v.encode("utf-8", "ignore").decode()
        for k, v in fields.items()
    }
    fields.pop("", None)
    Twilio(account()).verify(knock(fields))


@pytest.mark.parametrize(
    ("configured", "signed"),
    [(URL, URL), (URL, URL.replace(".org/", ".org:443/")), ("http://127.0.0.1:8000/x", "http://127.0.0.1/x"),
     ("http://alerts.example.org/x", "http://alerts.example.org:80/x")],
)  # fmt: skip
def test_the_port_may_be_written_or_not(configured, signed):
    """The carrier is not consistent about it; the SDK's validator tries both as well."""
    told = knock(SENT, url=signed)
    Twilio(account()).verify(Knock(configured, told.headers, told.body, told.path))


GOOD = knock(SENT)
FORGED = {
    "no signature": Knock(URL, {}, GOOD.body, GOOD.path),
    "empty signature": Knock(URL, {"x-twilio-signature": ""}, GOOD.body, GOOD.path),
    "not ASCII": Knock(URL, {"x-twilio-signature": "£"}, GOOD.body, GOOD.path),
    "another's token": knock(SENT, token="other"),
    "another delivery": Knock(URL.replace("7168", "7169"), GOOD.headers, GOOD.body, GOOD.path),
    "a changed status": Knock(URL, GOOD.headers, GOOD.body.replace(b"=sent", b"=read"), GOOD.path),
    "an added field": Knock(URL, GOOD.headers, GOOD.body + b"&ErrorCode=1", GOOD.path),
    "not UTF-8": Knock(URL, GOOD.headers, b"\xff=%ff", GOOD.path),
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_what_the_carrier_did_not_sign_is_forged(forged):
    with pytest.raises(Forged):
        Twilio(account()).verify(forged)


RECEIPTS = [
    ("accepted", "", Rank.HANDED_OVER, set()),
    ("sent", "", Rank.HANDED_OVER, set()),
    ("delivered", "", Rank.DELIVERED, set()),
    ("read", "", Rank.DELIVERED, {"opened"}),
    ("undelivered", "30003", Rank.FAILED, set()),
    ("undelivered", "30005", Rank.FAILED, {"dead"}),
    ("failed", "30006", Rank.FAILED, {"dead"}),
    ("failed", "30007", Rank.FAILED, set()),
    ("failed", "21610", Rank.FAILED, {"opted_out"}),
    ("failed", "", Rank.FAILED, set()),
]


@pytest.mark.parametrize(("status", "code", "rank", "also"), RECEIPTS)
def test_each_status_has_its_rank(status, code, rank, also):
    fields = {"MessageSid": "SM1", "MessageStatus": status} | ({"ErrorCode": code} if code else {})
    (receipt,) = Twilio(account()).read_receipts(knock(fields))
    assert (receipt.rank, receipt.code) == (rank, code)
    assert {name for name in ("opened", "dead", "opted_out") if getattr(receipt, name)} == also
    assert (receipt.delivery_id, receipt.attempt, receipt.carrier_id) == (7168, 1, "SM1")


@pytest.mark.parametrize(
    "fields", [{"MessageStatus": "received"}, {"MessageStatus": "teleported"}, {}]
)
def test_a_status_that_we_do_not_know_says_nothing(fields):
    assert Twilio(account()).read_receipts(knock(fields)) == []


def test_the_same_callback_has_the_same_key_and_another_has_its_own():
    carrier = Twilio(account())
    told = [
        carrier.read_receipts(knock(SENT | {"MessageStatus": s}))[0].key
        for s in ("sent", "sent", "delivered")
    ]
    assert len(set(told)) == 2
