"""One suite for all carriers: each documented answer comes to one outcome, whatever the network."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from dispatcher.kit.wire import Pool
from dispatcher.ledger.facts import Kind, Outcome
from dispatcher.providers.base import Forged, Knock
from tests.providers import accounts
from tests.providers.twin import Step, Twin, answer

Case = tuple[str, list[Step], Outcome]

ACCOUNT = Outcome.later("account", seconds=60)


def twilio_error(code: int) -> dict[str, object]:
    return {"code": code, "message": "prose", "more_info": "…", "status": 400}


def throttled(code: str, seconds: float, told: str = "") -> tuple[list[Step], Outcome]:
    headers = {"Retry-After": told} if told else {}
    return answer(429, twilio_error(20429), headers=headers), Outcome.later(code, seconds=seconds)


SENT = Outcome.taken("SM1")
TWILIO: list[Case] = [
    ("created", answer(201, {"sid": "SM1", "status": "queued"}), SENT),
    ("created, and failed by itself", answer(201, {"sid": "SM1", "status": "failed"}), SENT),
    ("created without a sid", answer(201, {"status": "queued"}), Outcome.unsure("garbage")),
    ("created, HTML", answer(201, b"<html>welcome"), Outcome.unsure("garbage")),
    ("created, a list", answer(201, [1]), Outcome.unsure("garbage")),
    ("created, truncated JSON", answer(201, b'{"sid": "SM'), Outcome.unsure("garbage")),
    ("created, not UTF-8", answer(201, b'{"sid": "\xff'), Outcome.unsure("garbage")),
    ("another success", answer(200, {"sid": "SM1"}), Outcome.unsure("http_200")),
    ("accepted somewhere", answer(202, {"sid": "SM1"}), Outcome.unsure("http_202")),
    ("moved", answer(302, headers={"Location": "/portal"}), Outcome.unsure("http_302")),
    ("not a number", answer(400, twilio_error(21211)), Outcome.refused("21211", dead=True)),
    ("a landline", answer(400, twilio_error(21614)), Outcome.refused("21614", dead=True)),
    ("opted out", answer(400, twilio_error(21610)), Outcome.refused("21610", opted_out=True)),
    ("a closed region", answer(400, twilio_error(21408)), Outcome.refused("21408")),
    ("too long", answer(400, twilio_error(21617)), Outcome.refused("21617")),
    ("a code we do not know", answer(400, twilio_error(21999)), Outcome.refused("21999")),
    ("a gateway's 403", answer(403, b"<html>no"), Outcome.unsure("http_403")),
    ("wrong key", answer(401, twilio_error(20003)), ACCOUNT),
    ("wrong key, no body", answer(401), ACCOUNT),
    ("sender is not ours", answer(400, twilio_error(21606)), ACCOUNT),
    ("too many, no body", answer(429), Outcome.later("429", seconds=1)),
    ("too many", *throttled("20429", 1)),
    ("too many, says when", *throttled("20429", 7, "7")),
    ("too many, says a date", *throttled("20429", 1, "Mon, 23 Nov 2026 06:00:00 GMT")),
    ("too many, says nan", *throttled("20429", 1, "nan")),
    ("too many, says for ever", *throttled("20429", 3600, "1e9")),
    ("too many, says yesterday", *throttled("20429", 0.1, "-5")),
    ("the queue is full", answer(400, twilio_error(21611)), Outcome.later("21611", seconds=30)),
    ("down", answer(500, twilio_error(20500)), Outcome.unsure("http_500")),
    ("away", answer(503, b"<html>"), Outcome.unsure("http_503")),
]


def sendgrid_error(field: str | None = None) -> dict[str, object]:
    return {"errors": [{"message": "prose", "field": field, "help": None}]}


SENDGRID: list[Case] = [
    ("accepted", answer(202, headers={"X-Message-Id": "m1"}), Outcome.taken("m1")),
    ("accepted without an id", answer(202), Outcome.unsure("http_202")),
    ("a captive portal", answer(200, b"<html>welcome"), Outcome.unsure("http_200")),
    ("a portal that copies", answer(200, headers={"X-Message-Id": "m1"}), Outcome.unsure("http_200")),
    ("bad content", answer(400, sendgrid_error("content.0.value")), Outcome.refused("http_400")),
    ("too large", answer(413), Outcome.refused("http_413")),
    ("the only address is wrong", answer(400, sendgrid_error("personalizations.0.to.0.email")),
     Outcome.refused("invalid_address", dead=True)),
    ("a gateway's 400", answer(400, b"<html>"), Outcome.unsure("http_400")),
    ("wrong key", answer(401, sendgrid_error()), ACCOUNT),
    ("sender not verified", answer(403, sendgrid_error("from")), ACCOUNT),
    ("a gateway's 403", answer(403, b"<html>no"), Outcome.unsure("http_403")),
    ("too many", answer(429, sendgrid_error()), Outcome.later("http_429", seconds=1)),
    ("too many, says when", answer(429, headers={"Retry-After": "9"}), Outcome.later("http_429", seconds=9)),
    ("too many, reset is past", answer(429, headers={"X-RateLimit-Reset": "1"}), Outcome.later("http_429", seconds=0.1)),
    ("down", answer(500, sendgrid_error()), Outcome.unsure("http_500")),
    ("away", answer(503), Outcome.unsure("http_503")),
]  # fmt: skip


def fcm_error(code: str, field: str = "") -> dict[str, object]:
    told: list[dict[str, object]] = [{"@type": "FcmError", "errorCode": code}] if code else []
    if field:
        told.append({"@type": "BadRequest", "fieldViolations": [{"field": field}]})
    return {"error": {"status": "CANONICAL", "message": "prose", "details": told}}


FCM: list[Case] = [
    ("sent", answer(200, {"name": "projects/i/messages/1"}), Outcome.taken("projects/i/messages/1")),
    ("sent, no name", answer(200, {}), Outcome.unsure("garbage")),
    ("sent, truncated", answer(200, b'{"name": "proj'), Outcome.unsure("garbage")),
    ("another success", answer(204), Outcome.unsure("http_204")),
    ("gone", answer(404, fcm_error("UNREGISTERED")), Outcome.refused("UNREGISTERED", dead=True)),
    ("another sender's", answer(403, fcm_error("SENDER_ID_MISMATCH")), Outcome.refused("SENDER_ID_MISMATCH", dead=True)),
    ("a bad token", answer(400, fcm_error("INVALID_ARGUMENT", "message.token")), Outcome.refused("INVALID_ARGUMENT", dead=True)),
    ("a bad message", answer(400, fcm_error("INVALID_ARGUMENT", "message.data")), Outcome.refused("INVALID_ARGUMENT")),
    ("no details", answer(400, fcm_error("")), Outcome.refused("CANONICAL")),
    ("no such project", answer(404, fcm_error("")), ACCOUNT),
    ("may not send", answer(403, fcm_error("")), ACCOUNT),
    ("token has ended", answer(401, fcm_error("")), ACCOUNT),
    ("Apple's certificate", answer(401, fcm_error("THIRD_PARTY_AUTH_ERROR")), ACCOUNT),
    ("a gateway's 404", answer(404, b"<html>"), Outcome.unsure("http_404")),
    ("too many", answer(429, fcm_error("QUOTA_EXCEEDED")), Outcome.later("QUOTA_EXCEEDED", seconds=60)),
    ("too many, says when", answer(429, b"", headers={"Retry-After": "3"}), Outcome.later("http_429", seconds=3)),
    ("down", answer(500, fcm_error("INTERNAL")), Outcome.unsure("http_500")),
    ("away", answer(503, fcm_error("UNAVAILABLE")), Outcome.unsure("http_503")),
    ("an error that is no object", answer(400, {"error": "no"}), Outcome.unsure("http_400")),
]  # fmt: skip

WEBPUSH: list[Case] = [
    ("created", answer(201, headers={"Location": "https://p.test/m/1"}), Outcome.taken("https://p.test/m/1")),
    ("created, no place", answer(201), Outcome.taken("")),
    ("accepted", answer(202), Outcome.taken("")),
    ("another success", answer(204), Outcome.unsure("http_204")),
    ("gone", answer(410), Outcome.refused("http_410", dead=True)),
    ("never there", answer(404), Outcome.refused("http_404", dead=True)),
    ("too large", answer(413), Outcome.refused("too_long")),
    ("bad request", answer(400), Outcome.refused("http_400")),
    ("wrong key", answer(403), ACCOUNT),
    ("claim has ended", answer(401), ACCOUNT),
    ("too many", answer(429), Outcome.later("http_429", seconds=5)),
    ("too many, says when", answer(429, headers={"Retry-After": "40"}), Outcome.later("http_429", seconds=40)),
    ("moved", answer(307, headers={"Location": "http://10.0.0.1/"}), Outcome.unsure("http_307")),
    ("down", answer(500), Outcome.unsure("http_500")),
]  # fmt: skip

HALF = b"HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n{"
NETWORK: list[Case] = [
    ("cut", ["fin"], Outcome.unsure("cut")),
    ("reset", ["rst"], Outcome.unsure("cut")),
    ("cut in the body", [HALF, "fin"], Outcome.unsure("cut")),
    ("silence", [30.0], Outcome.unsure("timeout")),
    ("another protocol", [b"SSH-2.0\r\n\r\n", "fin"], Outcome.unsure("garbage")),
]

CARRIERS = {
    "twilio": (accounts.twilio_at, accounts.TEXT_PARCEL),
    "sendgrid": (accounts.sendgrid_at, accounts.letter()),
    "fcm": (accounts.fcm_at, accounts.TOKEN_PARCEL),
    "webpush": (accounts.webpush_at, accounts.BROWSER_PARCEL),
}
TABLES: Mapping[str, list[Case]] = {
    "twilio": TWILIO,
    "sendgrid": SENDGRID,
    "fcm": FCM,
    "webpush": WEBPUSH,
}
CASES = [
    pytest.param(carrier, script, expected, id=f"{carrier}: {name}")
    for carrier, table in TABLES.items()
    for name, script, expected in (*table, *NETWORK)
]


def send(carrier: str, script: Sequence[Step]) -> Sequence[Outcome]:
    build, parcel = CARRIERS[carrier]

    async def once() -> Sequence[Outcome]:
        async with Twin([script]) as twin, Pool(whole=1.0) as wire:
            sent = await build(twin.url).send([parcel], wire=wire)
            assert len(twin.seen) == 1  # whatever came back, it was asked once
            return sent

    return asyncio.run(once())


@pytest.mark.parametrize(("carrier", "script", "expected"), CASES)
def test_each_answer_comes_to_one_outcome(carrier, script, expected):
    assert send(carrier, script) == [expected]


@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_carrier_that_cannot_be_reached_is_tried_again(carrier):
    """Nothing was sent, so sending again cannot send twice."""
    build, parcel = CARRIERS[carrier]

    async def nobody_listens() -> Sequence[Outcome]:
        async with Twin([[]]) as gone:
            pass
        async with Pool() as wire:
            return await build(gone.url).send([parcel], wire=wire)

    (outcome,) = asyncio.run(nobody_listens())
    assert (outcome.kind, outcome.code) == (Kind.LATER, "not_connected")


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[]", b"[1, null]", b"{}", b"a=b&c", b"null"])
def test_an_unsigned_request_is_forged_and_a_strange_one_says_nothing(carrier, body):
    build, _ = CARRIERS[carrier]
    knock = Knock("https://alerts.example.org/hooks/x", {}, body)
    with pytest.raises(Forged):
        build("http://127.0.0.1:1").verify(knock)
    assert build("http://127.0.0.1:1").read_receipts(knock) == []


@pytest.mark.parametrize("carrier", CARRIERS)
def test_an_adapter_outlives_its_event_loop(carrier):
    """A worker opens accounts once and runs a new loop for each task."""
    build, parcel = CARRIERS[carrier]
    kept = build("http://127.0.0.1:1")

    async def once() -> Sequence[Outcome]:
        async with Pool() as wire:
            return await kept.send([parcel], wire=wire)

    codes = [asyncio.run(once())[0].code for _ in range(2)]
    assert codes == ["not_connected", "not_connected"]
