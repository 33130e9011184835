"""A Web Push service (RFC 8030, 8291, 8292): checks what a browser vendor's does, and opens it."""

import time
from dataclasses import dataclass
from functools import lru_cache, partial

import http_ece
import jwt
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.utils import base64url_decode

from dispatcher.sandbox.faults import Faults, Verdict, meet
from dispatcher.sandbox.memory import Memory, Taken
from dispatcher.sandbox.server import Reply, Request
from dispatcher.sandbox.subscriptions import browser_of, number_of

MOST_BYTES = 4096
LONGEST_CLAIM = 24 * 3600  # seconds; RFC 8292, 2
TOPIC_LONGEST = 32
URGENCIES = frozenset({"very-low", "low", "normal", "high"})


class Unauthorised(Exception):  # noqa: N818  # it states a fact
    """The VAPID header is missing or wrong; `args[0]` says how."""


@dataclass(slots=True)
class WebPush:
    """The push service of all browsers of one seed."""

    memory: Memory
    faults: Faults
    seed: int

    def __call__(self, request: Request) -> Reply:
        """Answer a POST to /push/<subscription>."""
        number = number_of(request.path, seed=self.seed)
        wrong = self._wrong(request, known=number is not None)
        if wrong is not None or number is None:
            self.memory.count("webpush", f"refused {wrong.status if wrong else 404}")
            return wrong or _told(404, "No such subscription")
        endpoint = f"{_origin(request)}{request.path}"
        verdict = self.faults.deal("webpush", endpoint)
        self.memory.count("webpush", verdict.face.value)
        return meet(verdict, _Voice(), partial(self._take, request, endpoint, number, verdict))

    def _wrong(self, request: Request, *, known: bool) -> Reply | None:
        """The first thing that a push service would refuse, or None."""
        if request.method != "POST":
            return _told(405, "POST is expected")
        try:
            _authorised(request.header("authorization"), _origin(request))
        except Unauthorised as error:
            return _told(401, str(error))
        topic, urgency = request.header("topic"), request.header("urgency")
        coding = request.header("content-encoding")
        found = (
            (not known, 404, "No such subscription"),
            (not request.header("ttl").isdecimal(), 400, "TTL: seconds are expected"),
            (len(topic) > TOPIC_LONGEST or not _is_base64url(topic), 400, "Topic: not base64url"),
            (urgency and urgency not in URGENCIES, 400, "Urgency: not one of the four"),
            (
                request.body and coding != "aes128gcm",
                400,
                "Content-Encoding: aes128gcm is expected",
            ),
            (len(request.body) > MOST_BYTES, 413, "The payload is beyond 4096 bytes"),
        )
        return next((_told(status, text) for wrong, status, text in found if wrong), None)

    def _take(self, request: Request, endpoint: str, number: int, verdict: Verdict) -> Reply:
        place, now = self.memory.number(), time.time()
        topic = request.header("topic")
        told = {
            "TTL": request.header("ttl"),
            "Topic": topic,
            "Urgency": request.header("urgency"),
            "Content-Encoding": request.header("content-encoding"),
        }
        name = f"{_origin(request)}/message/{place:x}{verdict.dice:016x}"
        taken = Taken(place, now, "webpush", "push", name, endpoint, topic, told)
        taken.shared = Sealed(request.body, number, self.seed)
        taken.word = taken.status = "sent"
        taken.changed = taken.sent = now
        self.memory.add(taken)
        if topic:
            self.memory.show(taken, topic)
        return Reply(201, headers=(("Location", name), ("TTL", told["TTL"])))


@dataclass(frozen=True, slots=True)
class Sealed:
    """An encrypted payload and the browser that it is for."""

    body: bytes
    number: int
    seed: int

    def opened(self) -> bytes | None:
        """The plain payload; None when this browser's key does not open it."""
        browser = browser_of(self.number, seed=self.seed)
        try:
            plain: bytes = http_ece.decrypt(
                self.body, private_key=browser.key, auth_secret=browser.auth, version="aes128gcm"
            )
        except (http_ece.ECEException, InvalidTag, ValueError):
            return None
        return plain


def _origin(request: Request) -> str:
    """What the client's claim must name: the address under which it found this service."""
    return f"http://{request.header('host')}"


def _authorised(header: str, origin: str) -> None:
    scheme, _, rest = header.partition(" ")
    told = dict(pair.strip().partition("=")[::2] for pair in rest.split(","))
    if scheme.lower() != "vapid" or not {"t", "k"} <= set(told):
        raise Unauthorised("Authorization: vapid t=..., k=... is expected")
    expires = _signed(told["t"], told["k"], origin)
    if not time.time() < expires <= time.time() + LONGEST_CLAIM + 60:
        raise Unauthorised("exp: in the past, or more than 24 hours ahead")


@lru_cache(maxsize=1024)
def _signed(token: str, key: str, origin: str) -> float:
    """The token's expiry. Raises Unauthorised; a good token is checked once, as it comes often."""
    try:
        point = base64url_decode(key)
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        pem = public.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        claims = jwt.decode(
            token, pem, algorithms=["ES256"], audience=origin, options={"require": ["exp", "aud"]}
        )
    except (jwt.InvalidTokenError, ValueError) as error:
        raise Unauthorised(f"VAPID: {type(error).__name__}") from error
    return float(claims["exp"])


@dataclass(frozen=True, slots=True)
class _Voice:
    def refused(self, code: str) -> Reply:
        return _told(int(code) if code in ("400", "403", "404", "413") else 410, "Gone")

    def throttled(self, seconds: int) -> Reply:
        reply = _told(429, "Too many requests")
        reply.headers = (("Retry-After", str(seconds)),)
        return reply

    def broken(self, status: int) -> Reply:
        return _told(status, "Try again later")

    def garbage(self) -> Reply:
        return Reply(200, b"<html>", "text/html")


def _is_base64url(text: str) -> bool:
    return not text or (text.replace("-", "a").replace("_", "a").isalnum() and text.isascii())


def _told(status: int, text: str) -> Reply:
    return Reply(status, text.encode() + b"\n", "text/plain; charset=utf-8")
