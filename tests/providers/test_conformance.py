"""One suite for all carriers: each documented answer comes to one outcome, whatever the network."""

import asyncio
from collections.abc import Sequence

import pytest

from dispatcher.kit.wire import Pool
from dispatcher.ledger.facts import Kind, Outcome
from dispatcher.providers import twilio
from dispatcher.providers.base import Parcel, Provider, Sms
from tests.providers.twin import Step, Twin, answer

TEXT = Parcel(7168, 1, "+12025550101", Sms("تماس: \u2068+1 202 555 0100\u2069 🙂", ttl=600))


def twilio_at(url: str) -> Provider:
    account = twilio.Account(
        account_sid="AC" + "0" * 32,
        auth_token="invented",
        sender="+12025550199",
        callback="https://alerts.example.org/hooks/twilio",
        base_url=url,
    )
    return twilio.Twilio(account)


def error(code: int) -> dict[str, object]:
    return {"code": code, "message": "prose", "more_info": "…", "status": 400}


SENT = Outcome.taken("SM1")
TWILIO: list[tuple[str, list[Step], Outcome]] = [
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
    ("not a number", answer(400, error(21211)), Outcome.refused("21211", dead=True)),
    ("a landline", answer(400, error(21614)), Outcome.refused("21614", dead=True)),
    ("opted out", answer(400, error(21610)), Outcome.refused("21610")),
    ("a closed region", answer(400, error(21408)), Outcome.refused("21408")),
    ("too long", answer(400, error(21617)), Outcome.refused("21617")),
    ("a code we do not know", answer(400, error(21999)), Outcome.refused("21999")),
    ("a gateway's 403", answer(403, b"<html>no"), Outcome.unsure("http_403")),
    ("wrong key", answer(401, error(20003)), Outcome.later("account", seconds=60)),
    ("wrong key, no body", answer(401), Outcome.later("account", seconds=60)),
    ("sender is not ours", answer(400, error(21606)), Outcome.later("account", seconds=60)),
    ("too many", answer(429, error(20429)), Outcome.later("20429", seconds=1)),
    ("too many, no body", answer(429), Outcome.later("429", seconds=1)),
    (
        "too many, says when",
        answer(429, error(20429), headers={"Retry-After": "7"}),
        Outcome.later("20429", seconds=7),
    ),
    (
        "too many, says a date",
        answer(429, error(20429), headers={"Retry-After": "Mon, 23 Nov"}),
        Outcome.later("20429", seconds=1),
    ),
    (
        "too many, says nan",
        answer(429, error(20429), headers={"Retry-After": "nan"}),
        Outcome.later("20429", seconds=1),
    ),
    (
        "too many, says for ever",
        answer(429, error(20429), headers={"Retry-After": "1e9"}),
        Outcome.later("20429", seconds=3600),
    ),
    ("the queue is full", answer(400, error(21611)), Outcome.later("21611", seconds=30)),
    ("down", answer(500, error(20500)), Outcome.unsure("http_500")),
    ("away", answer(503, b"<html>"), Outcome.unsure("http_503")),
]

NETWORK: list[tuple[str, list[Step], Outcome]] = [
    ("cut", ["fin"], Outcome.unsure("cut")),
    ("reset", ["rst"], Outcome.unsure("cut")),
    ("cut in the body", [b"HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n{", "fin"], Outcome.unsure("cut")),
    ("silence", [30.0], Outcome.unsure("timeout")),
    ("another protocol", [b"SSH-2.0\r\n\r\n", "fin"], Outcome.unsure("garbage")),
]  # fmt: skip

CARRIERS = {"twilio": (twilio_at, TEXT)}
CASES = [
    pytest.param(carrier, script, expected, id=f"{carrier}: {name}")
    for carrier, table in (("twilio", TWILIO), *((c, NETWORK) for c in CARRIERS))
    for name, script, expected in table
]


def send(carrier: str, script: Sequence[Step]) -> Sequence[Outcome]:
    build, parcel = CARRIERS[carrier]

    async def once() -> Sequence[Outcome]:
        async with Twin([script]) as twin, Pool(whole=0.5) as wire:
            return await build(twin.url).send([parcel], wire=wire)

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
