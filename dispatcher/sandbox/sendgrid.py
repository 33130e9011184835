"""SendGrid v3 mail/send: one request, up to 1,000 letters, and what becomes of each."""

import hashlib
import json
import os
import random
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from dispatcher.sandbox.config import Accounts
from dispatcher.sandbox.events import Events
from dispatcher.sandbox.faults import Faults, Verdict, meet
from dispatcher.sandbox.letters import Wrong, check
from dispatcher.sandbox.memory import Memory, Taken
from dispatcher.sandbox.receipts import Clock, Journey, Step, Told, plan
from dispatcher.sandbox.server import Reply, Request
from dispatcher.sandbox.subscriptions import plain64

MOST_BYTES = 30 * 1024 * 1024
OURS = {
    "queued": "queued",
    "processed": "sent",
    "deferred": "sent",
    "delivered": "delivered",
    "open": "delivered",
    "bounce": "failed",
    "dropped": "failed",
}
FAILURES: Mapping[str, Mapping[str, str]] = {
    "bounce": {
        "event": "bounce",
        "type": "bounce",
        "status": "5.1.1",
        "reason": "550 5.1.1 The email account that you tried to reach does not exist.",
        "bounce_classification": "Invalid Address",
    },
    "blocked": {
        "event": "bounce",
        "type": "blocked",
        "status": "5.7.1",
        "reason": "550 5.7.1 Message rejected due to the sender's reputation.",
        "bounce_classification": "Reputation",
    },
    "dropped": {"event": "dropped", "status": "5.0.0", "reason": "Bounced Address"},
    "unsubscribed": {"event": "dropped", "status": "5.0.0", "reason": "Unsubscribed Address"},
}
"""What `undelivered_code` may name -> the fields of the event."""
UNAUTHORISED = "The provided authorization grant is invalid, expired, or revoked"
MACHINE = {"ip": "192.0.2.25", "useragent": "Mozilla/5.0 (sandbox)", "sg_machine_open": False}
_RUN = int.from_bytes(os.urandom(8), "big")


@dataclass(slots=True)
class SendGrid:
    """One SendGrid account."""

    accounts: Accounts
    memory: Memory
    faults: Faults
    events: Events
    clock: Clock
    _known: bytes = field(init=False)

    def __post_init__(self) -> None:
        self._known = b"Bearer " + self.accounts.sendgrid_key.encode()

    def __call__(self, request: Request) -> Reply:
        """Answer one request to /v3/mail/send."""
        wrong = self._shown_out(request)
        if wrong is not None:
            return wrong
        try:
            letter = json.loads(request.body)
            check(letter)
        except Wrong as error:
            return self._refused(400, error.message, where=error.field)
        except ValueError:
            return self._refused(400, "Bad Request")
        return self._met(letter)

    def _shown_out(self, request: Request) -> Reply | None:
        """What is wrong before the body is read."""
        known = request.headers.get(b"authorization") == self._known
        is_json = request.header("content-type").startswith("application/json")
        found = (
            (not known, 401, UNAUTHORISED),
            (request.method != "POST", 405, "method not allowed"),
            (len(request.body) > MOST_BYTES, 413, "The message is too large: 30 MB is the limit"),
            (not is_json, 415, "Content-Type should be application/json"),
        )
        return next((self._refused(code, text) for wrong, code, text in found if wrong), None)

    def _met(self, letter: dict[str, Any]) -> Reply:
        first = self.faults.deal("sendgrid", letter["personalizations"][0]["to"][0]["email"])
        self.memory.count("sendgrid", first.face.value)
        if letter.get("mail_settings", {}).get("sandbox_mode", {}).get("enable"):
            return Reply(200)
        return meet(first, _Voice(), partial(self._take, letter, first))

    def _take(self, letter: dict[str, Any], first: Verdict) -> Reply:
        call = plain64(random.Random(_RUN + self.memory.last).randbytes(16))
        shared = {name: value for name, value in letter.items() if name != "personalizations"}
        journey = None
        for nth, person in enumerate(letter["personalizations"]):
            for each in (*person["to"], *person.get("cc", ()), *person.get("bcc", ())):
                to = each["email"]
                verdict = self.faults.deal("sendgrid", to) if journey else first
                journey = self._journey(
                    person, shared, to, f"{call}.recvd-sandbox-1-{nth}.0", verdict
                )
        reply = Reply(202, headers=(("X-Message-Id", call),))
        if first.first and journey is not None:
            reply.after = journey.arrival()
        return reply

    def _journey(
        self, person: dict[str, Any], shared: dict[str, Any], to: str, name: str, verdict: Verdict
    ) -> Journey:
        told = {**shared.get("custom_args", {}), **person.get("custom_args", {})}
        number, now = self.memory.number(), time.time()
        delivery = str(told.get("delivery_id", ""))
        taken = Taken(
            number, now, "sendgrid", "email", name, to, delivery, person, shared, changed=now
        )
        if name in self.memory.by_id:  # a second address of the same personalisation
            taken.id = f"{name}-{number}"
        self.memory.add(taken)
        common = {"email": to, "smtp-id": f"<{name.partition('.')[0]}@sandbox.example.com>", **told}
        if shared.get("categories"):
            common["category"] = shared["categories"]
        return Journey(
            plan(_words(verdict), verdict), partial(self._step, taken, common), self.clock
        )

    def _step(self, taken: Taken, common: dict[str, Any], step: Step, told: Told) -> None:
        failure = FAILURES.get(step.word, {})
        word = failure.get("event", step.word)
        if taken.status != "failed":
            taken.word, taken.status, taken.changed = word, OURS[word], time.time()
            taken.code = failure.get("status", "")
        if step.lost or not self.events.url:
            self.memory.count(
                "sendgrid", "receipts lost" if step.lost else "receipts not asked for"
            )
            told()
            return
        self.memory.count("sendgrid", "receipts")
        event = {
            **common,
            "event": word,
            "timestamp": int(time.time()),
            "sg_event_id": _event_id(f"{step.word}-{step.nth}-{taken.id}"),
            "sg_message_id": taken.id,
            **_details(step.word),
        }
        if self.faults.of("sendgrid").receipts_first:
            self.events.add(event, told)
            self.events.flush()
        else:
            self.events.add(event)
            told()

    def _refused(self, status: int, message: str, *, where: str | None = None) -> Reply:
        self.memory.count("sendgrid", f"refused {status}")
        return error(status, message, where=where)


def _event_id(name: str) -> str:
    return plain64(hashlib.blake2b(name.encode(), digest_size=16).digest())


def _words(verdict: Verdict) -> list[tuple[float, str, str]]:
    manners = verdict.behaviour
    chance = random.Random(verdict.dice)
    failure = verdict.undelivered
    if failure is not None and FAILURES.get(failure, {}).get("event") == "dropped":
        return [(0.3, failure, "")]
    words = [(0.2, "processed", "")]
    if chance.random() < manners.deferred:
        words.append((0.6, "deferred", ""))
    if failure is not None:
        return [*words, (1.0, failure if failure in FAILURES else "bounce", "")]
    words.append((1.0, "delivered", ""))
    if chance.random() < manners.opened:
        words.append((1.5, "open", ""))
    if chance.random() < manners.late_bounce:
        words.append((2.0, "bounce", ""))
    return words


def _details(word: str) -> dict[str, Any]:
    match word:
        case "delivered":
            return {"response": "250 2.0.0 OK"}
        case "deferred":
            return {"response": "451 4.7.1 try again later", "attempt": "1"}
        case "open":
            return {**MACHINE, "sg_content_type": "html"}
        case _:
            return dict(FAILURES.get(word, {}))


@dataclass(frozen=True, slots=True)
class _Voice:
    def refused(self, code: str) -> Reply:
        if code in ("401", "403"):
            return error(int(code), "authorization required")
        where = "personalizations.0.to.0.email"
        return error(400, "Does not contain a valid address.", where=where)

    def throttled(self, seconds: int) -> Reply:
        reply = error(429, "too many requests")
        reply.headers = (
            ("X-RateLimit-Limit", "600"),
            ("X-RateLimit-Remaining", "0"),
            ("X-RateLimit-Reset", str(int(time.time()) + seconds)),
        )
        return reply

    def broken(self, status: int) -> Reply:
        return error(status, {500: "internal server error"}.get(status, "service unavailable"))

    def garbage(self) -> Reply:
        return Reply(200, b"<html><body>Welcome to the hotel's network</body></html>", "text/html")


def error(status: int, message: str, *, where: str | None = None) -> Reply:
    """SendGrid's error body."""
    root = "http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html#message."
    place = re.sub(r"\.\d+", "", where) if where else ""
    told = {"message": message, "field": where, "help": root + place if place else None}
    return Reply(status, json.dumps({"errors": [told]}).encode())
