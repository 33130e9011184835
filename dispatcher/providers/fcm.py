"""FCM HTTP v1: all that this carrier's code knows about notifications on phones.

Sources: firebase.google.com/docs/reference/fcm/rest/v1 (projects.messages, ErrorCode).
firebase-admin is not used: it repeats a POST by itself when the answer is lost. The carrier sends
no receipts; handed over is all that can be known.
"""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, ClassVar, Final

from dispatcher.kit.wire import Answer, Lost, NotSent, Wire
from dispatcher.ledger.facts import Outcome, Receipt
from dispatcher.providers.answers import account_refused, json_object, pause, unanswered, unsure
from dispatcher.providers.base import Forged, Found, Knock, Parcel, Push

GONE = frozenset({"UNREGISTERED", "SENDER_ID_MISMATCH"})
"""The token is no longer, or was never, ours to write to."""

ACCOUNT_AT_FAULT = frozenset({401, 403, 404})
"""The key, its rights, the project or its Apple certificate; the words of GONE are read first."""

QUOTA = 60.0
"""Seconds; what the documents ask for where a 429 names no pause."""

LARGEST = 4096
"""Bytes of notification and fields together."""
SIGN, FRAME = 6, 512
"""Bytes that a sign may take in JSON, and those of everything around: what is surely short enough
is not written out to be counted."""
LONGEST_TTL = 2_419_200
"""Seconds: four weeks."""

SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
EARLY = 300.0
"""Seconds before its end in which a token is renewed."""
TOKEN_TIMEOUT = 5.0
"""Seconds for the token's own request; google-auth's default is 120."""
TOKEN_PATIENCE = 6.0
"""Seconds that a send waits for it; below the lease of 10 s together with nothing sent yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One Firebase project; `base_url` is the carrier's own or the sandbox's."""

    service_account: Mapping[str, Any] = field(repr=False)
    """The service account's JSON: project_id, client_email, private_key, token_uri."""
    base_url: str = "https://fcm.googleapis.com"


class Fcm:
    """Notifications over our wire, with google-auth's tokens."""

    name: ClassVar[str] = "fcm"
    channel: ClassVar[str] = "push"
    most: ClassVar[int] = 1
    repeatable: ClassVar[bool] = True
    settles: ClassVar[timedelta] = timedelta(seconds=30)

    def __init__(self, account: Account) -> None:
        project = account.service_account["project_id"]
        self._url = f"{account.base_url}/v1/projects/{project}/messages:send"
        self._tokens = _Tokens(account.service_account)

    async def send(self, parcels: Sequence[Parcel], *, wire: Wire) -> Sequence[Outcome]:
        """One notification; see `outcome`."""
        (parcel,) = parcels
        if not isinstance(parcel.content, Push):
            raise TypeError(parcel.content)
        message = _message(parcel, parcel.content)
        if _too_long(message, parcel.content):
            return [Outcome.refused("too_long")]
        try:
            token = await self._tokens.current()
        except _NoToken as none:
            return [none.args[0]]
        body = _json({"message": message}).encode()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        try:
            answer = await wire.ask("POST", self._url, headers=headers, body=body)
        except (NotSent, Lost) as fact:
            return [unanswered(fact)]
        if answer.status == 401:  # noqa: PLR2004
            self._tokens.forget(token)
        return [outcome(answer)]

    async def find(self, parcel: Parcel, *, since: datetime, wire: Wire) -> Found:
        """Cannot: the carrier keeps no list. It is sent again under the same tag."""
        del parcel, since, wire
        return Found.cannot("no_list")

    def verify(self, knock: Knock) -> None:
        """This carrier knocks at no door of ours."""
        del knock
        raise Forged(self.name)

    def read_receipts(self, knock: Knock) -> list[Receipt]:
        """None: the carrier sends no receipts."""
        del knock
        return []


def outcome(answer: Answer) -> Outcome:
    """What an answer comes to; only a 200 that names the message is taken."""
    told = json_object(answer)
    if answer.status == 200:  # noqa: PLR2004
        name = told.get("name")
        return Outcome.taken(name) if isinstance(name, str) and name else Outcome.unsure("garbage")
    error = told.get("error")
    code, fields = _reason(error) if isinstance(error, dict) else ("", set[str]())
    if answer.status == 429:  # noqa: PLR2004
        return Outcome.later(code or "http_429", seconds=pause(answer, default=QUOTA))
    if code in GONE:
        return Outcome.refused(code, dead=True)
    if answer.status == 401 or (answer.status in ACCOUNT_AT_FAULT and code):  # noqa: PLR2004
        return account_refused()
    gone = "message.token" in fields
    return Outcome.refused(code, dead=gone) if answer.status == 400 and code else unsure(answer)  # noqa: PLR2004


def _reason(error: Mapping[str, Any]) -> tuple[str, set[str]]:
    """FCM's own error code, else the canonical status; and the fields that it blames."""
    details = [d for d in error.get("details") or () if isinstance(d, dict)]
    codes = [str(d["errorCode"]) for d in details if d.get("errorCode")]
    blamed = [f for d in details for f in d.get("fieldViolations") or () if isinstance(f, dict)]
    return (codes or [str(error.get("status") or "")])[0], {str(f.get("field")) for f in blamed}


def _message(parcel: Parcel, push: Push) -> dict[str, Any]:
    """The v1 message; its tag makes a repeat replace what the device already shows."""
    ttl = max(0, min(push.ttl, LONGEST_TTL))
    return {
        "token": parcel.to,
        "notification": {"title": push.title, "body": push.body},
        "data": {
            "lang": push.locale,
            "dir": push.direction,
            "id": str(parcel.delivery_id),
            "link": push.link,
            **(
                {"acknowledge": push.acknowledge, "button": push.button} if push.acknowledge else {}
            ),
        },
        "android": {
            "collapse_key": push.tag,
            "ttl": f"{ttl}s",
            "priority": "high",
            "notification": {"tag": push.tag},
        },
        "apns": {
            "headers": {
                "apns-collapse-id": push.tag,
                "apns-expiration": str(int(time.time()) + ttl),
                "apns-priority": "10",
            },
        },
    }


def _too_long(message: Mapping[str, Any], push: Push) -> bool:
    if SIGN * (len(push.title) + len(push.body) + len(push.link)) + FRAME <= LARGEST:
        return False
    return len(_json([message["notification"], message["data"]]).encode()) > LARGEST


_json: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class _NoToken(Exception):  # noqa: N818  # it states a fact
    """No token is to be had now; `args[0]` is the outcome, and nothing was sent."""


class _Tokens:
    """The account's access token, renewed in a thread before it ends; one renewal at a time."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        import requests
        from google.auth.exceptions import GoogleAuthError, RefreshError
        from google.auth.transport.requests import Request
        from google.oauth2.service_account import Credentials

        session = requests.Session()
        session.trust_env = False  # no proxy that nobody configured
        self._ask = partial(Request(session), timeout=TOKEN_TIMEOUT)
        read: Any = Credentials.from_service_account_info
        self._credentials = read(dict(told), scopes=[SCOPE])
        self._refused: type[Exception] = RefreshError
        self._failed: type[Exception] = GoogleAuthError
        self._token = ""
        self._until = 0.0
        self._renewing: asyncio.Task[None] | None = None

    async def current(self) -> str:
        """A token that is good for some minutes. Raises _NoToken."""
        if time.time() < self._until:
            return self._token
        if self._renewing is None or self._renewing.done():
            self._renewing = asyncio.create_task(asyncio.to_thread(self._renew))
        try:
            # Shielded: one send that is cancelled must not take the token from the others.
            await asyncio.wait_for(asyncio.shield(self._renewing), TOKEN_PATIENCE)
        except self._refused:
            raise _NoToken(account_refused()) from None
        except (self._failed, TimeoutError, TypeError):  # TypeError: the body is no JSON object
            raise _NoToken(unanswered(NotSent())) from None
        return self._token

    def forget(self, token: str) -> None:
        """The carrier did not take this token: the next send asks for another."""
        if token == self._token:
            self._until = 0.0

    def _renew(self) -> None:
        self._credentials.refresh(self._ask)
        self._token = self._credentials.token
        ends = self._credentials.expiry.replace(tzinfo=UTC)  # google-auth's times bear no zone
        self._until = ends.timestamp() - EARLY
