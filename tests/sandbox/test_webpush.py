"""The sandbox's push service, with messages encrypted and signed by pywebpush."""

import json
import time

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02, b64urlencode
from pywebpush import WebPushException, webpush

from dispatcher.sandbox.subscriptions import subscription

TOLD = {"title": "Recall", "body": "Do not eat.", "lang": "en", "dir": "ltr", "tag": "1025"}


def signed(audience, vapid, hours=1):
    expires = int(time.time() + hours * 3600)
    return dict(vapid.sign({"sub": "mailto:a@example.org", "aud": audience, "exp": expires}))


@pytest.fixture
def vapid():
    key = Vapid02()
    key.generate_keys()
    return key


@pytest.fixture
def push(sandbox, vapid):
    def send(browser=0, told=TOLD, **more):
        given = {"ttl": 60, "headers": {"Topic": "1025"}, "timeout": 2} | more
        return webpush(
            sandbox.subscription(browser) | given.pop("subscription", {}),
            json.dumps(told),
            vapid_private_key=vapid,
            vapid_claims={"sub": "mailto:press@example.org"},
            **given,
        )

    return send


def test_a_push_is_taken_and_opened(sandbox, push):
    """201 with Location; the browser's key opens what pywebpush sealed."""
    answer = push()
    assert answer.status_code == 201
    assert answer.headers["Location"].startswith(sandbox.url)
    row = sandbox.taken("webpush")[0]
    assert row["to"] == sandbox.subscription(0)["endpoint"]
    assert (row["delivery"], row["fields"]["TTL"]) == ("1025", "60")
    assert (row["content"]["title"], row["content"]["text"]) == ("Recall", "Do not eat.")


def test_a_topic_replaces_what_came_before(sandbox, push):
    """The second message under one Topic takes the first one's place; another browser's stays."""
    push()
    push(told=TOLD | {"body": "Again."})
    push(browser=1)
    assert [row["status"] for row in sandbox.taken()] == ["replaced", "sent", "sent"]


def test_a_message_for_another_key_stays_closed(sandbox, push):
    """The service takes it, as a real one must; the browser cannot open it."""
    push(subscription={"keys": sandbox.subscription(2)["keys"]})
    assert sandbox.taken()[0]["content"]["readable"] is False


def test_the_same_seed_makes_the_same_browser():
    """So that people can be generated before the sandbox runs."""
    base = "http://127.0.0.1:8090"
    assert subscription(5, base, 7) == subscription(5, base, 7)
    assert subscription(5, base, 7)["keys"] != subscription(5, base, 8)["keys"]
    assert subscription(5, base, 7)["endpoint"] != subscription(6, base, 7)["endpoint"]


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"refused": 1}, 410),
        ({"refused": 1, "refusal": "404"}, 404),
        ({"throttled": 1}, 429),
        ({"error_500": 1}, 500),
    ],
)
def test_it_refuses_as_told(sandbox, push, fault, status):
    """410 for a browser that is gone unless another status is named."""
    sandbox.faults(webpush=fault)
    with pytest.raises(WebPushException) as refusal:
        push()
    assert refusal.value.response.status_code == status


def test_an_unknown_browser_is_gone(sandbox, push):
    """404 for an address that this seed never made."""
    with pytest.raises(WebPushException) as refusal:
        push(subscription={"endpoint": f"{sandbox.url}/push/0.{'0' * 32}"})
    assert refusal.value.response.status_code == 404


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"TTL": None}, 400),
        ({"TTL": "soon"}, 400),
        ({"Topic": "x" * 33}, 400),
        ({"Topic": "a b"}, 400),
        ({"Urgency": "yes"}, 400),
        ({"Content-Encoding": "aesgcm"}, 400),
        ({"Authorization": None}, 401),
        ({"Authorization": "vapid t=a.b.c, k=abc"}, 401),
    ],
)
def test_a_push_service_checks_the_headers(sandbox, vapid, change, status):
    """What RFC 8030 and 8292 demand is demanded."""
    given = signed(sandbox.url, vapid) | {"TTL": "60", "Content-Encoding": "aes128gcm"} | change
    headers = {name: value for name, value in given.items() if value is not None}
    address = sandbox.subscription(0)["endpoint"]
    answer = requests.post(address, data=b"x" * 100, headers=headers, timeout=2)
    assert answer.status_code == status
    assert sandbox.taken() == []


@pytest.mark.parametrize(
    ("audience", "hours", "status"),
    [("", 1, 201), ("https://push.example.com", 1, 401), ("", -1, 401), ("", 30, 401)],
)
def test_the_claim_is_for_this_service_and_for_a_day_at_most(
    sandbox, vapid, audience, hours, status
):
    """Aud is the service's origin, exp at most 24 hours ahead."""
    headers = signed(audience or sandbox.url, vapid, hours) | {"TTL": "1"}
    address = sandbox.subscription(0)["endpoint"]
    assert requests.post(address, headers=headers, timeout=2).status_code == status


def test_another_keys_signature_is_refused(sandbox, vapid):
    """K must be the key that signed t."""
    header = signed(sandbox.url, vapid)["Authorization"]
    other = ec.generate_private_key(ec.SECP256R1()).public_key()
    point = other.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    forged = header.split("k=")[0] + "k=" + b64urlencode(point)
    address = sandbox.subscription(0)["endpoint"]
    answer = requests.post(address, headers={"Authorization": forged, "TTL": "1"}, timeout=2)
    assert answer.status_code == 401


def test_more_than_four_kilobytes_is_too_large(sandbox, vapid):
    """413 above 4,096 bytes."""
    headers = signed(sandbox.url, vapid) | {"TTL": "1", "Content-Encoding": "aes128gcm"}
    address = sandbox.subscription(0)["endpoint"]
    answer = requests.post(address, data=b"x" * 4097, headers=headers, timeout=2)
    assert answer.status_code == 413
