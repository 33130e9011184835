"""What people type as an e-mail address, what devices give as a push address."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.addresses import email, push, transport
from contacts.errors import Refused
from contacts.samples.people import _browser

SUBSCRIPTION = dict(_browser(1, "https://push.example.net")(0))


@pytest.mark.parametrize(
    ("typed", "value", "key"),
    [
        ("Ana@Example.com", "Ana@example.com", "ana@example.com"),
        (" ana@example.test\u200f ", "ana@example.test", "ana@example.test"),
        ("mailto:ana@example.com", "ana@example.com", "ana@example.com"),
        (
            "ana@münchen.example.com",
            "ana@xn--mnchen-3ya.example.com",
            "ana@xn--mnchen-3ya.example.com",
        ),
        ("ana+news@example.com", "ana+news@example.com", "ana+news@example.com"),
    ],
)
def test_an_email_is_read(typed, value, key):
    """The domain is folded and made ASCII, the mailbox is kept; the key ignores case."""
    point = email(typed)
    assert (point.value, point.key) == (value, key)


@pytest.mark.parametrize(
    "typed",
    ["", "ana", "ana@", "@example.com", "a b@example.com", "ana@example", "用户@example.com"],
)
def test_what_is_no_email_is_refused(typed):
    """The code is stable and the value is told."""
    with pytest.raises(Refused) as refused:
        email(typed)
    assert refused.value.code == "contacts.email_wrong"
    assert refused.value.facts["value"] == typed


def test_a_token_is_known_by_its_digest():
    """The key of a push address is short and tells which road it belongs to."""
    point = push("dilekdilekdilek:APA91bDilek")
    assert point.key.startswith("fcm:")
    assert transport(point.key) == "fcm"
    assert point.value not in point.key


def test_a_subscription_is_the_same_however_its_browser_writes_it():
    """Order, padding and fields that carriers do not need make no difference."""
    keys = {name: text + "=" * (-len(text) % 4) for name, text in SUBSCRIPTION["keys"].items()}
    other = {"keys": keys, "expirationTime": None, "endpoint": SUBSCRIPTION["endpoint"]}
    assert push(json.dumps(other, indent=2)) == push(json.dumps(SUBSCRIPTION))
    assert transport(push(json.dumps(other)).key) == "web"


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"endpoint": "http://push.example.net/1"}, "endpoint"),
        ({"endpoint": "ftp://push.example.net/1"}, "endpoint"),
        ({"endpoint": "https://[::1"}, "endpoint"),
        ({"endpoint": 7}, "endpoint"),
        ({"keys": {}}, "keys"),
        ({"keys": SUBSCRIPTION["keys"] | {"auth": "AAAA"}}, "auth"),
        ({"keys": SUBSCRIPTION["keys"] | {"auth": "!"}}, "keys"),
        ({"keys": SUBSCRIPTION["keys"] | {"p256dh": "BA" + "A" * 85}}, "p256dh"),
    ],
)
def test_a_subscription_that_no_carrier_takes_is_refused(change, what):
    """The error says which part: a point must lie on the curve, an endpoint must be HTTPS."""
    with pytest.raises(Refused) as refused:
        push(json.dumps(SUBSCRIPTION | change))
    assert refused.value.code == "contacts.push_subscription"
    assert refused.value.facts["what"] == what


def test_a_rehearsal_may_speak_http_to_this_machine():
    """Only loopback may do without TLS."""
    endpoint = "http://127.0.0.1:8080/push/1"
    assert endpoint in push(json.dumps(SUBSCRIPTION | {"endpoint": endpoint})).value


@given(st.text(max_size=60))
def test_whatever_is_given_is_an_address_or_a_coded_error(typed):
    """Nothing that a file can hold breaks the readers."""
    for read in (email, push):
        with suppress(Refused):
            assert read(read(typed).value) == read(typed)
