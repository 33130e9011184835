"""FCM HTTP v1 messages:send, strict about its fields, and Google's token address."""

import json
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from dispatcher.sandbox.faults import Faults, Verdict, meet
from dispatcher.sandbox.forms import fields
from dispatcher.sandbox.memory import Memory, Taken
from dispatcher.sandbox.server import Reply, Request

ERROR_TYPE = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
GOOGLE = "https://oauth2.googleapis.com/token"  # what google-auth names, whatever the token_uri
TOKEN_LASTS = 3599
MOST_BYTES = 4096
TARGETS = ("token", "fid", "topic", "condition")
OBJECTS = ("data", "notification", "android", "webpush", "apns", "fcm_options", "fcmOptions")
MESSAGE_FIELDS = frozenset(("name", *OBJECTS, *TARGETS))
ERRORS = {
    "INVALID_ARGUMENT": (400, "INVALID_ARGUMENT", "Request contains an invalid argument."),
    "UNREGISTERED": (404, "NOT_FOUND", "Requested entity was not found."),
    "SENDER_ID_MISMATCH": (403, "PERMISSION_DENIED", "SenderId mismatch"),
    "QUOTA_EXCEEDED": (429, "RESOURCE_EXHAUSTED", "Quota exceeded for this device or project."),
    "UNAVAILABLE": (503, "UNAVAILABLE", "The service is currently unavailable."),
    "INTERNAL": (500, "INTERNAL", "Internal error encountered."),
    "THIRD_PARTY_AUTH_ERROR": (401, "UNAUTHENTICATED", "Auth error from APNS or Web Push Service"),
}
"""FCM's own error code -> HTTP status, canonical status, message."""
RESERVED = frozenset({"from", "message_type", "notification"})  # keys that data may not bear
UNKNOWN = "Invalid JSON payload received. Unknown name \"{0}\" at 'message': Cannot find field."
_TARGET = re.compile(r"/v1/projects/([a-z0-9-]+)/messages:send")


@dataclass(slots=True)
class Fcm:
    """Firebase Cloud Messaging for any project, and the tokens that open it."""

    memory: Memory
    faults: Faults
    account: Callable[[], dict[str, str]]
    """The service account whose signatures are checked; asked for when a token is."""
    _tokens: dict[str, float] = field(default_factory=dict)

    def __call__(self, request: Request) -> Reply:
        """Answer /token and /v1/projects/<project>/messages:send."""
        if request.path == "/token":
            return self._token(request)
        target = _TARGET.fullmatch(request.path)
        if target is None or request.method != "POST":
            return _error(404, "NOT_FOUND", "Method not found.")
        token = request.header("authorization").removeprefix("Bearer ")
        if self._tokens.get(token, 0.0) < time.time():
            self.memory.count("fcm", "refused 401")
            return _error(
                401,
                "UNAUTHENTICATED",
                "Request had invalid authentication credentials. Expected OAuth 2 access token, "
                "login cookie or other valid authentication credential.",
            )
        return self._send(request, target[1])

    def _send(self, request: Request, project: str) -> Reply:
        try:
            told = json.loads(request.body)
        except ValueError:
            told = None
        wrong = _check(told)
        if wrong is not None:
            self.memory.count("fcm", "refused 400")
            return wrong
        message = told["message"]
        to = next(message[name] for name in TARGETS if message.get(name))
        if told.get("validate_only") or told.get("validateOnly"):
            return _json({"name": f"projects/{project}/messages/fake_message_id"})
        verdict = self.faults.deal("fcm", to)
        self.memory.count("fcm", verdict.face.value)
        return meet(verdict, _Voice(), partial(self._take, message, to, project, verdict))

    def _take(self, message: dict[str, Any], to: str, project: str, verdict: Verdict) -> Reply:
        number, now = self.memory.number(), time.time()
        tail = f"{number:08x}{verdict.dice % 2**32:08x}"
        name = f"projects/{project}/messages/0:{int(now * 1e6)}%{tail}"
        taken = Taken(number, now, "fcm", "push", name, to, _delivery(message), message)
        taken.word = taken.status = "sent"
        taken.changed = taken.sent = now
        self.memory.add(taken)
        if tag := _tag(message):
            self.memory.show(taken, tag)
        return _json({"name": name})

    def _token(self, request: Request) -> Reply:
        form = fields(request.body)
        if form.get("grant_type") != GRANT:
            return _grant_error(
                "unsupported_grant_type", "Invalid grant_type: " + form.get("grant_type", "")
            )
        try:
            self._read(form.get("assertion", ""), here=f"http://{request.header('host')}/token")
        except jwt.InvalidSignatureError:
            return _grant_error("invalid_grant", "Invalid JWT Signature.")
        except jwt.InvalidTokenError as error:
            return _grant_error("invalid_grant", f"Invalid JWT: {type(error).__name__}")
        token = "ya29.sandbox-" + os.urandom(24).hex()
        self._tokens[token] = time.time() + TOKEN_LASTS
        return _json({"access_token": token, "expires_in": TOKEN_LASTS, "token_type": "Bearer"})

    def _read(self, assertion: str, *, here: str) -> None:
        """Raise InvalidTokenError unless it is in date, for us, and signed if we know its key."""
        claims = jwt.decode(assertion, options={"verify_signature": False})
        account = self.account()
        known = claims.get("iss") == account["client_email"]
        private = serialization.load_pem_private_key(account["private_key"].encode(), None)
        if not isinstance(private, rsa.RSAPrivateKey):
            raise TypeError(private)
        jwt.decode(
            assertion,
            private.public_key(),
            algorithms=["RS256"],
            audience=[GOOGLE, account["token_uri"], here],
            options={
                "verify_signature": known,
                "verify_exp": True,
                "require": ["exp", "iat", "aud"],
            },
        )


def _check(told: object) -> Reply | None:
    """The first error that FCM would find, or None."""
    if not isinstance(told, dict) or not isinstance(told.get("message"), dict):
        return _invalid("message", "Invalid JSON payload received. Expected a message.")
    message = told["message"]
    unknown = sorted(set(message) - MESSAGE_FIELDS)
    if unknown:
        return _invalid("message", UNKNOWN.format(unknown[0]))
    for name in OBJECTS:
        if not isinstance(message.get(name, {}), dict):
            return _invalid(f"message.{name}", f"Invalid value at 'message.{name}'")
    if sum(1 for name in TARGETS if message.get(name)) != 1:
        return _invalid("message", "Recipient of the message is not set.", fcm=True)
    return _check_payload(message)


def _check_payload(message: dict[str, Any]) -> Reply | None:
    for name in message.get("data", {}):
        if name in RESERVED or name.startswith(("google.", "gcm.")):
            return _invalid("message.data", f"Invalid data payload key: {name}", fcm=True)
    for number, value in enumerate(message.get("data", {}).values()):
        if not isinstance(value, str):
            place = f"message.data[{number}].value"
            return _invalid(place, f"Invalid value at '{place}' (TYPE_STRING), {json.dumps(value)}")
    payload = {name: message[name] for name in ("data", "notification") if name in message}
    if len(json.dumps(payload, ensure_ascii=False).encode()) > MOST_BYTES:
        return _invalid("message", "Android message is too big", fcm=True)
    return None


def _invalid(where: str, text: str, *, fcm: bool = False) -> Reply:
    details: list[dict[str, Any]] = [
        {"@type": BAD_REQUEST, "fieldViolations": [{"field": where, "description": text}]}
    ]
    if fcm:
        details.append({"@type": ERROR_TYPE, "errorCode": "INVALID_ARGUMENT"})
    return _error(400, "INVALID_ARGUMENT", text, details)


@dataclass(frozen=True, slots=True)
class _Voice:
    def refused(self, code: str) -> Reply:
        return _fcm_error(code if code in ERRORS else "UNREGISTERED")

    def throttled(self, seconds: int) -> Reply:
        return _fcm_error("QUOTA_EXCEEDED", ("Retry-After", str(seconds)))

    def broken(self, status: int) -> Reply:
        return _fcm_error({500: "INTERNAL"}.get(status, "UNAVAILABLE"))

    def garbage(self) -> Reply:
        return Reply(200, b'{"name": "projects/')


def _fcm_error(code: str, *headers: tuple[str, str]) -> Reply:
    status, canonical, text = ERRORS[code]
    reply = _error(status, canonical, text, [{"@type": ERROR_TYPE, "errorCode": code}])
    reply.headers = headers
    return reply


def _error(
    status: int, canonical: str, text: str, details: list[dict[str, Any]] | None = None
) -> Reply:
    told: dict[str, Any] = {"code": status, "message": text, "status": canonical}
    if details:
        told["details"] = details
    return _json({"error": told}, status)


def _grant_error(code: str, text: str) -> Reply:
    return _json({"error": code, "error_description": text}, 400)


def _delivery(message: dict[str, Any]) -> str:
    """The sender's id: in the data, or the tag under which a device shows repeats once."""
    return str(message.get("data", {}).get("delivery_id") or _tag(message))


def _tag(message: dict[str, Any]) -> str:
    """Where the app is shown by Android, one tag is one notification."""
    shown = message.get("android", {}).get("notification")
    return str(shown.get("tag") or "") if isinstance(shown, dict) else ""


def _json(body: object, status: int = 200) -> Reply:
    return Reply(status, json.dumps(body).encode(), "application/json; charset=UTF-8")
