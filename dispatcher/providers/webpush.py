"""Web Push (RFC 8030, 8291, 8292): notifications in browsers, encrypted for each of them.

`sealing` encrypts and py_vapid signs. pywebpush's `webpush()` signs a JWT for each message, changes
the claims that it is given, so that the next service gets the wrong audience, and waits 10,000 s;
its WebPusher adds a third to what the encryption takes. Each message has a key pair of its own, as
RFC 8291 (3.1) says; one for many would save 18 of 118 us.
"""

import base64
import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, NamedTuple
from urllib.parse import urlsplit

from dispatcher.kit.wire import Answer, Lost, NotSent, Wire
from dispatcher.ledger.facts import Outcome, Receipt
from dispatcher.providers.answers import account_refused, pause, unanswered, unsure
from dispatcher.providers.base import Forged, Found, Knock, Parcel, Push
from dispatcher.providers.sealing import POINT, seal

TAKEN = frozenset({200, 201, 202})
GONE = frozenset({404, 410})
ACCOUNT_AT_FAULT = frozenset({401, 403})

SERVICES = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "notify.windows.com",
    "push.apple.com",
)
"""Who may be asked: a subscription is typed by strangers, and its address must not lead us to a
machine of our own network. A sub-domain of these is meant too."""

LARGEST = 3993
"""Bytes before encryption: 4,096 less header, delimiter and tag (RFC 8291, 4)."""
LONGEST_TTL = 2_419_200
"""Seconds: four weeks."""
CLAIM = 12 * 3600
"""Seconds for which a claim is signed; services refuse more than 24 hours."""
EARLY = 3600
"""Seconds before a claim's end in which the next is signed."""
THROTTLED = 5.0
"""Seconds to wait after a 429 that names none."""


SECRET = 16
"""Bytes of a browser's secret (RFC 8291, 3.2)."""


class Subscription(NamedTuple):
    """Where a browser is reached, and the keys that it made."""

    endpoint: str
    key: bytes
    secret: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The key that our subscriptions were made with, and whom a push service may write to."""

    private_key: str = field(repr=False)
    """base64url of the 32 bytes."""
    subject: str
    """`mailto:` or `https:` contact."""
    services: Sequence[str] = SERVICES
    base_url: str = ""
    """In a drill the sandbox's: it takes the place of every subscription's own service."""


class WebPush:
    """Notifications in browsers over our wire, with one signed claim for each push service."""

    name: ClassVar[str] = "webpush"
    channel: ClassVar[str] = "push"
    most: ClassVar[int] = 1
    repeatable: ClassVar[bool] = True
    settles: ClassVar[timedelta] = timedelta(seconds=30)

    def __init__(self, account: Account) -> None:
        from py_vapid import Vapid02

        self._account = account
        self._key = Vapid02.from_string(account.private_key)
        self._claims: dict[str, tuple[float, str]] = {}

    async def send(self, parcels: Sequence[Parcel], *, wire: Wire) -> Sequence[Outcome]:
        """One notification; see `outcome`. A subscription that cannot be used is dead."""
        (parcel,) = parcels
        push = parcel.content
        if not isinstance(push, Push):
            raise TypeError(push)
        payload = _payload(push)
        if len(payload) > LARGEST:
            return [Outcome.refused("too_long")]
        subscription = _subscription(parcel.to)
        url = self._url(subscription.endpoint) if subscription else ""
        if not subscription or not url:
            return [Outcome.refused("invalid_address", dead=True)]
        try:
            body = seal(payload, key=subscription.key, secret=subscription.secret)
        except ValueError:  # a key that is no point of the curve
            return [Outcome.refused("invalid_address", dead=True)]
        try:
            answer = await wire.ask("POST", url, headers=self._headers(url, push), body=body)
        except (NotSent, Lost) as fact:
            return [unanswered(fact)]
        return [outcome(answer)]

    async def find(self, parcel: Parcel, *, since: datetime, wire: Wire) -> Found:
        """Cannot: push services keep no list. It is sent again under the same Topic."""
        del parcel, since, wire
        return Found.cannot("no_list")

    def verify(self, knock: Knock) -> None:
        """This carrier knocks at no door of ours."""
        del knock
        raise Forged(self.name)

    def read_receipts(self, knock: Knock) -> list[Receipt]:
        """None: push services send no receipts that we ask for."""
        del knock
        return []

    def _url(self, endpoint: str) -> str:
        """Where the subscription is served, or "" when we may not ask there."""
        told = urlsplit(endpoint)
        if self._account.base_url:
            here = urlsplit(self._account.base_url)
            return told._replace(scheme=here.scheme, netloc=here.netloc, fragment="").geturl()
        host = told.hostname or ""
        known = any(host == name or host.endswith(f".{name}") for name in self._account.services)
        return endpoint if told.scheme == "https" and told.netloc == host and known else ""

    def _headers(self, url: str, push: Push) -> dict[str, str]:
        return {
            "Authorization": self._claim(url),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(max(0, min(push.ttl, LONGEST_TTL))),
            "Topic": topic(push.tag),
            "Urgency": "high",
        }

    def _claim(self, url: str) -> str:
        """The Authorization for a push service; signing costs 60 times as much as reading it."""
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        until, header = self._claims.get(origin, (0.0, ""))
        now = time.time()
        if now >= until - EARLY:
            claim = {"aud": origin, "exp": int(now) + CLAIM, "sub": self._account.subject}
            header = self._key.sign(claim)["Authorization"]
            self._claims[origin] = now + CLAIM, header
        return header


def outcome(answer: Answer) -> Outcome:
    """What an answer comes to; the message's own address (Location) is its id."""
    if answer.status in TAKEN:
        return Outcome.taken(answer.headers.get("location", ""))
    if answer.status in GONE:
        return Outcome.refused(f"http_{answer.status}", dead=True)
    if answer.status in ACCOUNT_AT_FAULT:
        return account_refused()
    if answer.status == 429:  # noqa: PLR2004
        return Outcome.later("http_429", seconds=pause(answer, default=THROTTLED))
    if answer.status == 413:  # noqa: PLR2004
        return Outcome.refused("too_long")
    return Outcome.refused("http_400") if answer.status == 400 else unsure(answer)  # noqa: PLR2004


def topic(tag: str) -> str:
    """32 base64url characters: a later message of the same topic replaces the waiting one."""
    return base64.urlsafe_b64encode(hashlib.sha256(tag.encode()).digest())[:32].decode()


def _payload(push: Push) -> bytes:
    """What our service worker reads."""
    told: dict[str, object] = {
        "title": push.title,
        "body": push.body,
        "link": push.link,
        "lang": push.locale,
        "dir": push.direction,
        "tag": push.tag,
    }
    if push.acknowledge:
        button = {"action": "acknowledge", "title": push.button, "navigate": push.acknowledge}
        told["actions"] = [button]
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _subscription(to: str) -> Subscription | None:
    """The browser's subscription; None when it is not one."""
    try:
        told = json.loads(to)
        endpoint, keys = told["endpoint"], told["keys"]
        key, secret = _bytes(keys["p256dh"]), _bytes(keys["auth"])
        urlsplit(endpoint)  # ValueError for half an address: https://[
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
    good = isinstance(endpoint, str) and endpoint.isascii() and endpoint.isprintable()
    good = good and (len(key), len(secret)) == (POINT, SECRET)
    return Subscription(endpoint, key, secret) if good else None


def _bytes(text: str) -> bytes:
    """base64url, with or without its padding. Raises ValueError or TypeError."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
