"""Push on phones and in browsers: what leaves, what the browser can read, and the tokens."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import http_ece
import jwt
import pytest
import time_machine

from dispatcher.kit.wire import Pool
from dispatcher.ledger.facts import Outcome
from dispatcher.providers import fcm, webpush
from dispatcher.providers.base import Parcel, Provider
from tests.providers import accounts
from tests.providers.accounts import BROWSER_PARCEL, CURVE, KEYS, NOTICE, SUBSCRIPTION, TOKEN_PARCEL
from tests.providers.twin import Seen, Step, Twin, answer

CREATED = answer(201)


def sent(
    carrier: Callable[[str], Provider], parcels: Sequence[Parcel], scripts: Sequence[list[Step]]
) -> tuple[list[Outcome], list[Seen]]:
    """Each parcel by a call of its own, through one adapter."""

    async def once() -> tuple[list[Outcome], list[Seen]]:
        async with Twin(scripts) as twin, Pool() as wire:
            kept = carrier(twin.url)
            outcomes = [(await kept.send([parcel], wire=wire))[0] for parcel in parcels]
            return outcomes, twin.seen

    return asyncio.run(once())


def opened(seen: Seen) -> dict[str, str]:
    """What the browser reads."""
    plain = http_ece.decrypt(
        seen.body, private_key=CURVE, auth_secret=b"invented-16-byte", version="aes128gcm"
    )
    told: dict[str, str] = json.loads(plain)
    return told


def test_the_browser_reads_the_notice_in_its_language_and_direction():
    _, (seen,) = sent(accounts.webpush_at, [BROWSER_PARCEL], [CREATED])
    assert opened(seen) == {
        "title": "فراخوان",
        "body": "بستنی را نخورید",
        "link": "https://recall.example.com/fa",
        "lang": "fa",
        "dir": "rtl",
        "tag": "7168",
    }
    assert (seen.method, seen.path) == ("POST", "/wpush/v2/abc")
    assert {name: seen.headers[name] for name in ("ttl", "urgency", "content-encoding")} == {
        "ttl": "600",
        "urgency": "high",
        "content-encoding": "aes128gcm",
    }


def test_a_repeat_has_the_same_topic_and_another_delivery_its_own():
    """The service keeps one waiting message a topic: a repeat is shown once."""
    again, other = (
        BROWSER_PARCEL._replace(attempt=2),
        BROWSER_PARCEL._replace(content=replace(NOTICE, tag="7169")),
    )
    _, seen = sent(accounts.webpush_at, [BROWSER_PARCEL, again, other], [CREATED])
    first, second, third = (request.headers["topic"] for request in seen)
    assert first == second != third
    assert len(first) == 32
    assert set(first) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def claims(header: str) -> Mapping[str, object]:
    told = dict(part.split("=", 1) for part in header.removeprefix("vapid ").split(","))
    read: Mapping[str, object] = jwt.decode(
        told["t"], CURVE.public_key(), ["ES256"], options={"verify_aud": False}
    )
    assert told["k"] == accounts.b64(accounts.point(CURVE))
    return read


def test_one_claim_is_signed_for_each_service_and_signed_anew_before_it_ends():
    carrier = accounts.webpush_at("")
    with time_machine.travel("2026-11-23T06:00:00Z", tick=False) as clock:
        mozilla, apple = (
            "https://updates.push.services.mozilla.com/a",
            "https://web.push.apple.com/b",
        )
        first = carrier._claim(mozilla)
        assert carrier._claim(mozilla) == first
        assert claims(first)["aud"] == "https://updates.push.services.mozilla.com"
        assert claims(carrier._claim(apple))["aud"] == "https://web.push.apple.com"
        clock.shift(11 * 3600 - 1)
        assert carrier._claim(mozilla) == first
        clock.shift(2)
        renewed = carrier._claim(mozilla)
        assert renewed != first
        assert claims(renewed)["sub"] == "mailto:alerts@example.org"


@pytest.mark.parametrize(
    ("endpoint", "asked"),
    [
        ("https://fcm.googleapis.com/fcm/send/x", "https://fcm.googleapis.com/fcm/send/x"),
        ("https://wns2-par02p.notify.windows.com/w/?token=x", "https://wns2-par02p.notify.windows.com/w/?token=x"),
        ("http://fcm.googleapis.com/fcm/send/x", ""),
        ("https://fcm.googleapis.com:8443/x", ""),
        ("https://fcm.googleapis.com@10.0.0.1/x", ""),
        ("https://evilfcm.googleapis.com.example.net/x", ""),
        ("https://evil-push.apple.com.example.org/", ""),
        ("https://xpush.apple.com/x", ""),
        ("https://10.0.0.1/x", ""),
        ("file:///etc/passwd", ""),
    ],
)  # fmt: skip
def test_only_known_push_services_are_asked(endpoint, asked):
    """Strangers type subscriptions; an address must not lead us into our own network."""
    assert accounts.webpush_at("")._url(endpoint) == asked


def test_a_drill_reaches_no_real_push_service():
    carrier = accounts.webpush_at("http://127.0.0.1:8090")
    assert carrier._url("https://web.push.apple.com/abc?x=1#y") == "http://127.0.0.1:8090/abc?x=1"


BROKEN = {
    "no JSON": "{",
    "a list": "[]",
    "a number": "7",
    "no keys": json.dumps({**SUBSCRIPTION, "keys": None}),
    "no endpoint": json.dumps({"keys": KEYS}),
    "half an address": json.dumps({**SUBSCRIPTION, "endpoint": "https://["}),
    "an address that is a number": json.dumps({**SUBSCRIPTION, "endpoint": 7}),
    "keys that are numbers": json.dumps({**SUBSCRIPTION, "keys": {"p256dh": 1, "auth": 2}}),
    "not on the curve": json.dumps(
        {**SUBSCRIPTION, "keys": {**KEYS, "p256dh": accounts.b64(b"\4" + b"x" * 64)}}
    ),
    "too short a key": json.dumps({**SUBSCRIPTION, "keys": {**KEYS, "p256dh": "BAAA"}}),
    "empty key": json.dumps({**SUBSCRIPTION, "keys": {**KEYS, "p256dh": ""}}),
    "not base64": json.dumps({**SUBSCRIPTION, "keys": {**KEYS, "p256dh": "***"}}),
    "empty auth": json.dumps({**SUBSCRIPTION, "keys": {**KEYS, "auth": ""}}),
}


@pytest.mark.parametrize("to", BROKEN.values(), ids=BROKEN)
def test_a_subscription_that_cannot_be_used_is_dead_and_nobody_is_asked(to):
    outcomes, seen = sent(accounts.webpush_at, [BROWSER_PARCEL._replace(to=to)], [CREATED])
    assert (outcomes, seen) == ([Outcome.refused("invalid_address", dead=True)], [])


@pytest.mark.parametrize(
    ("carrier", "parcel", "room"),
    [
        (accounts.webpush_at, BROWSER_PARCEL, webpush.LARGEST),
        (accounts.fcm_at, TOKEN_PARCEL, fcm.LARGEST),
    ],
)
def test_a_notice_beyond_the_limit_is_refused_before_anybody_is_asked(carrier, parcel, room):
    """Counted in bytes: a Persian letter is two."""
    long = parcel._replace(content=replace(NOTICE, body="ف" * (room // 2)))
    fits = parcel._replace(content=replace(NOTICE, body="ف" * (room // 2 - 150)))
    script = answer(201, {"name": "projects/i/messages/1"})
    outcomes, seen = sent(carrier, [long, fits], [script])
    assert outcomes[0] == Outcome.refused("too_long")
    assert len(seen) == 1


SENT = answer(200, {"name": "projects/invented/messages/1"})


def test_the_phone_is_told_language_direction_and_tag():
    with time_machine.travel("2026-11-23T06:00:00Z", tick=False):
        _, (seen,) = sent(accounts.fcm_at, [TOKEN_PARCEL], [SENT])
    assert seen.path == "/v1/projects/invented/messages:send"
    assert seen.headers["authorization"] == "Bearer ya29.invented"
    assert json.loads(seen.body) == {
        "message": {
            "token": "fcm-token",
            "notification": {"title": "فراخوان", "body": "بستنی را نخورید"},
            "data": {
                "lang": "fa",
                "dir": "rtl",
                "id": "7168",
                "link": "https://recall.example.com/fa",
            },
            "android": {
                "collapse_key": "7168",
                "ttl": "600s",
                "priority": "high",
                "notification": {"tag": "7168"},
            },
            "apns": {
                "headers": {
                    "apns-collapse-id": "7168",
                    "apns-expiration": "1795414200",
                    "apns-priority": "10",
                }
            },
        }
    }


def unsigned(url: str) -> fcm.Fcm:
    """Without a token in hand."""
    told = accounts.service_account(f"{url}/token")
    return fcm.Fcm(fcm.Account(service_account=told, base_url=url))


GRANT = answer(200, {"access_token": "ya29.fresh", "expires_in": 3599, "token_type": "Bearer"})


def test_one_token_serves_many_sends_at_once():
    async def crowd() -> list[Seen]:
        async with Twin([[0.1, *GRANT], SENT]) as twin, Pool() as wire:
            carrier = unsigned(twin.url)
            await asyncio.gather(*(carrier.send([TOKEN_PARCEL], wire=wire) for _ in range(20)))
            return twin.seen

    seen = asyncio.run(crowd())
    assert [request.path for request in seen].count("/token") == 1
    assert seen[-1].headers["authorization"] == "Bearer ya29.fresh"


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
def test_a_token_is_renewed_five_minutes_before_it_ends_in_any_time_zone(monkeypatch, zone):
    """google-auth tells its times without a zone: read as local ones they are hours off."""
    monkeypatch.setenv("TZ", zone)
    __import__("time").tzset()
    with time_machine.travel("2026-11-23T06:00:00Z", tick=False) as clock:

        async def hours() -> list[str]:
            async with Twin([GRANT, SENT, SENT, GRANT, SENT]) as twin, Pool() as wire:
                carrier = unsigned(twin.url)
                for pause in (0, 3290, 20):
                    clock.shift(pause)
                    await carrier.send([TOKEN_PARCEL], wire=wire)
                return [request.path for request in twin.seen]

        paths = asyncio.run(hours())
    monkeypatch.undo()
    __import__("time").tzset()
    assert [path == "/token" for path in paths] == [True, False, False, True, False]


@pytest.mark.parametrize(
    ("script", "code"),
    [
        (answer(400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}), "account"),
        (answer(200, b"<html>welcome"), "not_connected"),
        (answer(200, {"token_type": "Bearer"}), "account"),
        (["fin"], "not_connected"),
    ],
)  # fmt: skip
def test_without_a_token_nothing_is_sent_and_it_is_tried_again(script, code):
    (outcome,), seen = sent(unsigned, [TOKEN_PARCEL], [script])
    assert outcome.code == code
    assert {request.path for request in seen} == {"/token"}


def test_a_token_that_the_carrier_refuses_is_forgotten():
    scripts = [GRANT, answer(401, {"error": {"status": "UNAUTHENTICATED"}}), GRANT, SENT]
    outcomes, seen = sent(unsigned, [TOKEN_PARCEL, TOKEN_PARCEL], scripts)
    assert [outcome.code for outcome in outcomes] == ["account", ""]
    assert [request.path == "/token" for request in seen] == [True, False, True, False]


def test_no_secret_shows():
    account = fcm.Account(service_account=accounts.service_account("http://127.0.0.1:1/token"))
    assert "PRIVATE" not in repr(account)
    assert "invented" not in repr(
        webpush.Account(private_key="invented", subject="mailto:a@example.org")
    )


def test_both_carriers_are_given_the_button_that_leads_to_the_answer():
    """Browsers as Declarative Web Push has it, apps in the fields that they read."""
    notice = replace(NOTICE, acknowledge="https://alerts.example.org/a/x", button="خوانده‌ام")
    _, (seen,) = sent(accounts.webpush_at, [BROWSER_PARCEL._replace(content=notice)], [CREATED])
    told: Mapping[str, object] = opened(seen)
    assert told["actions"] == [
        {
            "action": "acknowledge",
            "title": "خوانده‌ام",
            "navigate": "https://alerts.example.org/a/x",
        }
    ]
    _, (seen,) = sent(accounts.fcm_at, [TOKEN_PARCEL._replace(content=notice)], [SENT])
    held = json.loads(seen.body)["message"]["data"]
    assert (held["acknowledge"], held["button"]) == ("https://alerts.example.org/a/x", "خوانده‌ام")
