"""People answer: a message from a phone to our number, told to our hook as Twilio tells it."""

import asyncio
import base64
import hmac
import json
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from dispatcher.sandbox.config import Accounts
from dispatcher.sandbox.forms import fields
from dispatcher.sandbox.memory import Memory, Taken
from dispatcher.sandbox.post import Post
from dispatcher.sandbox.server import Reply, Request

LONGEST = 1600
_BACK = re.compile(r"\?[\w%&=.+~-]*")


@dataclass(frozen=True, slots=True)
class Said:
    """The last that somebody wrote from a phone; `status` is our hook's, 0 when none came."""

    text: str
    at: float
    status: int


@dataclass(slots=True)
class Replies:
    """POST /sandbox/reply: JSON from a program, or the small form on the wall of phones."""

    accounts: Accounts
    memory: Memory
    post: Post
    inbound_url: str
    """Where messages to our numbers are told; '' beside the receipts of the last to the phone."""
    key: str = field(default_factory=secrets.token_urlsafe)
    """In the wall's form: a page on another site can post to loopback, but does not know it."""
    said: dict[str, Said] = field(default_factory=dict)

    def __call__(self, request: Request) -> Reply:
        """Take one answer; the reply waits until our hook has answered it."""
        if request.method != "POST":
            return _told(405, {"error": "method not allowed"})
        if request.header("content-type").startswith("application/json"):
            return self._from_program(request.body)
        return self._from_wall(fields(request.body))

    def hook_of(self, phone: str) -> str:
        """Where an answer from this phone goes; '' when nothing says where."""
        if self.inbound_url:
            return self.inbound_url
        for taken in reversed(self.memory.phones.get(phone, ())):
            callback = taken.fields.get("StatusCallback", "") if taken.carrier == "twilio" else ""
            if callback:  # …/hooks/twilio/<delivery>/<attempt>
                return f"{callback.rsplit('/', 2)[0]}/inbound"
        return ""

    def _from_program(self, body: bytes) -> Reply:
        try:
            told = json.loads(body)
        except ValueError as error:
            return _told(400, {"error": str(error)})
        if not isinstance(told, dict) or not {"to", "from", "text"} <= told.keys():
            return _told(400, {"error": "an object with to, from and text is expected"})
        return self._say({name: str(value) for name, value in told.items()}, Reply(200))

    def _from_wall(self, form: Mapping[str, str]) -> Reply:
        if not hmac.compare_digest(form.get("key", "").encode(), self.key.encode()):
            return _told(403, {"error": "this form is not the wall's"})
        back = form.get("back", "")
        place = "/" + (back if _BACK.fullmatch(back) else "")
        return self._say(form, Reply(303, headers=(("Location", place),)))

    def _say(self, told: Mapping[str, str], reply: Reply) -> Reply:
        phone, text = told.get("from", ""), told.get("text", "")[:LONGEST]
        url = self.hook_of(phone)
        if not url:
            return _told(409, {"error": "nothing was sent to this phone, and no --inbound-url"})
        form = {
            "AccountSid": self.accounts.twilio_sid,
            "ApiVersion": "2010-04-01",
            "Body": text,
            "From": phone,
            "MessageSid": told.get("id") or "SM" + secrets.token_hex(16),
            "NumMedia": "0",
            "NumSegments": "1",
            "SmsStatus": "received",
            "To": told.get("to", ""),
        } | ({"OptOutType": told["opt_out_type"]} if told.get("opt_out_type") else {})
        arrived = asyncio.get_running_loop().create_future()
        answer: list[bytes] = []

        def done(status: int) -> None:
            self.memory.count("twilio", "replies")
            self.said[phone] = Said(text, time.time(), status)
            texts = _texts(b"".join(answer)) if status == 200 else []  # noqa: PLR2004
            for each in texts:
                self._show(form["To"], phone, each)
            if reply.status == 200:  # noqa: PLR2004  # for a program
                reply.body = _json({"id": form["MessageSid"], "status": status, "answers": texts})
            if not arrived.done():
                arrived.set_result(None)

        headers, body = signed(url, form, token=self.accounts.twilio_token)
        self.post.send(url, headers, body, done, answer=answer)
        reply.after = arrived
        return reply

    def _show(self, sender: str, phone: str, text: str) -> None:
        """What the hook answers stands on the phone, as any text."""
        number, now = self.memory.number(), time.time()
        form = {"From": sender, "To": phone, "Body": text}
        taken = Taken(number, now, "twilio", "sms", f"SM{number:032x}", phone, "", form)
        taken.word = taken.status = "delivered"
        taken.changed = taken.sent = now
        self.memory.add(taken)


def signed(url: str, form: Mapping[str, str], *, token: str) -> tuple[str, bytes]:
    """Header lines and body of a webhook, signed as Twilio signs."""
    text = url + "".join(name + form[name] for name in sorted(form))
    mark = base64.b64encode(hmac.digest(token.encode(), text.encode(), "sha1")).decode()
    head = (
        "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
        f"X-Twilio-Signature: {mark}\r\nUser-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n"
    )
    return head, urlencode(form).encode()


def _texts(twiml: bytes) -> list[str]:
    """The messages in a TwiML answer; none when it is no TwiML (the carrier would log 12100)."""
    try:
        root = ET.fromstring(twiml)  # noqa: S314  # our own hook's answer
    except ET.ParseError:
        return []
    return ["".join(one.itertext()) for one in root.findall("Message")]


def _json(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _told(status: int, body: Mapping[str, Any]) -> Reply:
    return Reply(status, _json(body), headers=(("Cache-Control", "no-store"),))
