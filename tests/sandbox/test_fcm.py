"""The sandbox's FCM, with tokens fetched by google-auth."""

import time

import google.auth.transport.requests
import jwt
import pytest
import requests
from google.auth.exceptions import RefreshError
from google.oauth2 import service_account

from dispatcher.sandbox.keys import new_service_key
from dispatcher.sandbox.keys import service_account as account_json

SCOPES = ["https://www.googleapis.com/auth/firebase.messaging"]


@pytest.fixture
def session(sandbox):
    told = sandbox.credentials()["fcm_service_account"]
    credentials = service_account.Credentials.from_service_account_info(told, scopes=SCOPES)
    return google.auth.transport.requests.AuthorizedSession(credentials)


@pytest.fixture
def send(sandbox, session):
    url = f"{sandbox.url}/v1/projects/sandbox-drills/messages:send"
    return lambda message, **more: session.post(url, json={"message": message} | more, timeout=2)


def test_a_push_is_taken(sandbox, send):
    """google-auth fetches a token with a signed grant; the answer names the message."""
    answer = send(
        {
            "token": "device-1",
            "notification": {"title": "فراخوان", "body": "این محصول را نخورید."},
            "data": {"delivery_id": "1025", "lang": "fa", "dir": "rtl"},
        }
    )
    assert answer.status_code == 200
    assert answer.json()["name"].startswith("projects/sandbox-drills/messages/0:")
    row = sandbox.taken("fcm")[0]
    assert (row["to"], row["delivery"]) == ("device-1", "1025")
    assert row["content"]["title"] == "فراخوان"
    assert (row["content"]["language"], row["content"]["direction"]) == ("fa", "rtl")


def test_without_a_token_nothing_is_taken(sandbox):
    """401 UNAUTHENTICATED."""
    url = f"{sandbox.url}/v1/projects/sandbox-drills/messages:send"
    answer = requests.post(url, json={}, headers={"Authorization": "Bearer no"}, timeout=2)
    assert (answer.status_code, answer.json()["error"]["status"]) == (401, "UNAUTHENTICATED")


def test_a_grant_signed_with_another_key_is_refused(sandbox):
    """The known account's signature is checked."""
    told = account_json(sandbox.url, key=new_service_key())
    other = service_account.Credentials.from_service_account_info(told, scopes=SCOPES)
    with pytest.raises(RefreshError, match="Invalid JWT Signature"):
        other.refresh(google.auth.transport.requests.Request())


@pytest.mark.parametrize("claims", [{"exp": 1}, {"aud": "https://example.com/token"}])
def test_a_grant_out_of_date_or_for_others_is_refused(sandbox, claims):
    """Exp and aud are checked."""
    account = sandbox.credentials()["fcm_service_account"]
    now = int(time.time())
    told = {
        "iss": account["client_email"],
        "iat": now,
        "exp": now + 60,
        "aud": account["token_uri"],
    }
    grant = jwt.encode(told | claims, account["private_key"], algorithm="RS256")
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": grant}
    answer = requests.post(account["token_uri"], data=form, timeout=2)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"token": "a", "topic": "b"},
        {"token": "a", "data": {"n": 5}},
        {"token": "a", "data": []},
        {"token": "a", "titel": "x"},
        {"token": "a", "data": {"from": "x"}},
        {"token": "a", "data": {"google.x": "x"}},
        {"token": "a", "data": {"text": "x" * 4097}},
    ],
)
def test_a_wrong_message_is_refused(sandbox, send, message):
    """400 INVALID_ARGUMENT; nothing is taken."""
    answer = send(message)
    assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert sandbox.taken() == []


@pytest.mark.parametrize(
    ("fault", "status", "canonical", "code"),
    [
        ({"refused": 1}, 404, "NOT_FOUND", "UNREGISTERED"),
        ({"refused": 1, "refusal": "SENDER_ID_MISMATCH"}, 403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH"),
        ({"throttled": 1, "retry_after": 9}, 429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED"),
        ({"error_500": 1}, 500, "INTERNAL", "INTERNAL"),
        ({"error_503": 1}, 503, "UNAVAILABLE", "UNAVAILABLE"),
    ],
)  # fmt: skip
def test_it_fails_in_googles_words(sandbox, send, fault, status, canonical, code):
    """Canonical status, FCM's own code in the details, Retry-After where it is documented."""
    sandbox.faults(fcm=fault)
    answer = send({"fid": "device-1", "notification": {"title": "x"}})
    error = answer.json()["error"]
    assert (answer.status_code, error["status"]) == (status, canonical)
    assert error["details"][0]["errorCode"] == code
    assert answer.headers.get("Retry-After") == ("9" if status == 429 else None)


def test_a_repeat_under_one_tag_shows_once(sandbox, send):
    """The device shows the later one; both were taken."""
    for text in ("one", "two"):
        shown = {"notification": {"body": text}, "android": {"notification": {"tag": "1025"}}}
        send({"token": "device-1"} | shown)
    rows = sandbox.taken("fcm")
    assert [(row["status"], row["delivery"]) for row in rows] == [
        ("replaced", "1025"),
        ("sent", "1025"),
    ]


def test_validate_only_takes_nothing(sandbox, send):
    """The documented fake id comes back."""
    answer = send({"token": "a"}, validate_only=True)
    assert answer.json()["name"].endswith("/fake_message_id")
    assert sandbox.taken() == []
