"""Twilio Messages, 2010-04-01: create, fetch, list, and signed status callbacks."""

import base64
import hmac
import json
import os
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache, partial
from json.encoder import encode_basestring_ascii as _json
from urllib.parse import quote_plus

from dispatcher.sandbox.config import Accounts
from dispatcher.sandbox.faults import Faults, Verdict, meet
from dispatcher.sandbox.forms import fields
from dispatcher.sandbox.memory import Memory, Taken
from dispatcher.sandbox.post import Post
from dispatcher.sandbox.receipts import Clock, Journey, Step, Told, plan
from dispatcher.sandbox.segments import parts
from dispatcher.sandbox.server import Reply, Request

ERRORS = {
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource {0} was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "An internal server error has occurred"),
    20503: (503, "Service unavailable"),
    20004: (405, "Method not allowed"),
    21211: (400, "The 'To' number {0} is not a valid phone number."),
    21212: (
        400,
        "The 'From' number {0} is not a valid phone number, shortcode, or alphanumeric sender ID.",
    ),
    21408: (400, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {0}."),  # noqa: E501
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21604: (400, "A 'To' phone number is required."),
    21606: (400, "The 'From' phone number {0} is not a valid, SMS-capable inbound phone number or short code for your account."),  # noqa: E501
    21609: (400, "The 'StatusCallback' URL {0} is not a valid URL."),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21611: (429, "This 'From' number has exceeded the maximum number of queued messages"),
    21612: (400, "The 'To' phone number {0} is not currently reachable using the 'From' phone number"),  # noqa: E501
    21614: (400, "To number: {0}, is not a mobile number"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
}  # fmt: skip
MAGIC_TO = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}
"""Recipients that Twilio's test credentials refuse."""
MAGIC_FROM = {
    "+15005550000": 21606,
    "+15005550001": 21212,
    "+15005550007": 21606,
    "+15005550008": 21611,
}
UNDELIVERED = ("30003", "30004", "30005", "30006", "30007")
CLIMB = {"accepted": 0, "queued": 1, "sending": 2, "sent": 3, "delivered": 4, "undelivered": 4}
OURS = {
    "accepted": "queued",
    "queued": "queued",
    "sent": "sent",
    "delivered": "delivered",
    "undelivered": "failed",
}
LONGEST = 1600
PAGE = 50

_PHONE = re.compile(r"\+[1-9]\d{6,14}")
_SENDER = re.compile(r"\+[1-9]\d{6,14}|\d{3,8}|(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9 +&_-]{1,11}")
_CALLBACK = re.compile(r"https?://[^\s/?#]+(?:[/?#]\S*)?")
_TAIL = re.compile(r"/(\d+)(?:/\d+)?/?(?:\?.*)?$")
_RUN = os.urandom(8).hex()


@dataclass(slots=True)
class Twilio:
    """One Twilio account."""

    accounts: Accounts
    memory: Memory
    faults: Faults
    post: Post
    clock: Clock
    _known: bytes = field(init=False)
    _root: str = field(init=False)

    def __post_init__(self) -> None:
        pair = f"{self.accounts.twilio_sid}:{self.accounts.twilio_token}"
        self._known = b"Basic " + base64.b64encode(pair.encode())
        self._root = f"/2010-04-01/Accounts/{self.accounts.twilio_sid}/Messages"

    def __call__(self, request: Request) -> Reply:
        """Answer one request below /2010-04-01/."""
        if request.headers.get(b"authorization") != self._known:
            return _error(20003, headers=(("WWW-Authenticate", 'Basic realm="Twilio API"'),))
        if request.path == self._root + ".json":
            if request.method == "POST":
                return self._create(request)
            return self._list(request) if request.method == "GET" else _error(20004)
        return self._fetch(request)

    def _create(self, request: Request) -> Reply:
        form = fields(request.body)
        wrong = _check(form)
        if wrong is not None:
            self.memory.count("twilio", f"refused {json.loads(wrong.body)['code']}")
            return wrong
        verdict = self.faults.deal("twilio", form["To"])
        self.memory.count("twilio", verdict.face.value)
        return meet(verdict, _Voice(form["To"]), partial(self._take, form, verdict))

    def _take(self, form: dict[str, str], verdict: Verdict) -> Reply:
        number, now = self.memory.number(), time.time()
        callback = form.get("StatusCallback", "")
        tail = _TAIL.search(callback)
        first = "accepted" if "MessagingServiceSid" in form else "queued"
        taken = Taken(
            number,
            now,
            "twilio",
            "sms",
            f"SM{_RUN}{number:016x}",
            form["To"],
            tail[1] if tail else "",
            form,
            word=first,
            changed=now,
        )
        self.memory.add(taken)
        words = _words(verdict, through=first)
        journey = Journey(plan(words, verdict), partial(self._step, taken, callback), self.clock)
        reply = Reply(201, self._shown(taken))
        if verdict.first:
            reply.after = journey.arrival()
        return reply

    def _step(self, taken: Taken, callback: str, step: Step, told: Told) -> None:
        if CLIMB[step.word] > CLIMB[taken.word]:
            taken.word, taken.code, taken.changed = step.word, step.code, time.time()
            taken.status = OURS[step.word]
            taken.sent = taken.sent or (taken.changed if step.word != "queued" else 0.0)
        if step.lost or not callback:
            self.memory.count("twilio", "receipts lost" if step.lost else "receipts not asked for")
            told()
            return
        self.memory.count("twilio", "receipts")
        headers, body = receipt(
            callback,
            sid=self.accounts.twilio_sid,
            token=self.accounts.twilio_token,
            message=taken.id,
            to=taken.to,
            sender=taken.fields.get("From") or taken.fields["MessagingServiceSid"],
            word=step.word,
            code=step.code,
        )
        self.post.send(callback, headers, body, lambda _status: told())

    def _fetch(self, request: Request) -> Reply:
        sid = request.path.removeprefix(self._root + "/").removesuffix(".json")
        taken = self.memory.by_id.get(sid)
        if taken is None or request.method != "GET" or not self._visible(taken):
            return _error(20404, request.path)
        return Reply(200, self._shown(taken))

    def _visible(self, taken: Taken) -> bool:
        lag = self.faults.of("twilio").list_lag_ms
        return not lag or taken.at + lag / 1000 <= time.time()

    def _list(self, request: Request) -> Reply:
        asked = fields(request.query)
        size = max(1, min(1000, _whole(asked.get("PageSize", ""), PAGE)))
        before = _whole(asked.get("PageToken", "")[2:], 0)
        page = _whole(asked.get("Page", ""), 0)
        phone = self.memory.phones.get(asked["To"], ()) if "To" in asked else None
        among = self.memory.newest() if phone is None else reversed(phone)
        found: list[Taken] = []
        for taken in among:
            if _fits(taken, asked, before) and self._visible(taken):
                found.append(taken)
                if len(found) > size:
                    break
        return Reply(200, self._page(found, asked, size=size, page=page))

    def _page(self, found: list[Taken], asked: dict[str, str], *, size: int, page: int) -> bytes:
        shown = found[:size]
        kept = {name: value for name, value in asked.items() if not name.startswith("Page")}

        def uri(number: int, token: str) -> str:
            query = {**kept, "PageSize": str(size), "Page": str(number)}
            query |= {"PageToken": token} if token else {}
            told = "&".join(
                f"{quote_plus(name)}={quote_plus(value)}" for name, value in query.items()
            )
            return f"{self._root}.json?{told}"

        more = len(found) > size
        frame = {
            "first_page_uri": uri(0, ""),
            "end": page * size + max(0, len(shown) - 1),
            "previous_page_uri": None,
            "uri": uri(page, asked.get("PageToken", "")),
            "page_size": size,
            "start": page * size,
            "next_page_uri": uri(page + 1, f"PA{shown[-1].number}") if more else None,
            "page": page,
        }
        messages = b",".join(self._shown(taken) for taken in shown)
        return json.dumps(frame)[:-1].encode() + b',"messages":[' + messages + b"]}"

    def _shown(self, taken: Taken) -> bytes:
        form = taken.fields
        code = taken.code or "null"
        changed = _rfc2822(int(taken.changed + taken.ahead))
        text = form.get("Body", "")
        sent = f'"{_rfc2822(int(taken.sent + taken.ahead))}"' if taken.sent else "null"
        service = form.get("MessagingServiceSid")
        sender = form.get("From")
        return (
            f'{{"body":{_json(text)},"num_segments":"{_parts(text)}",'
            f'"direction":"outbound-api","from":{_json(sender) if sender else "null"},'
            f'"date_updated":"{changed}","price":null,"error_message":null,'
            f'"uri":"{self._root}/{taken.id}.json","account_sid":"{self.accounts.twilio_sid}",'
            f'"num_media":"0","to":"{taken.to}",'
            f'"date_created":"{_rfc2822(int(taken.at + taken.ahead))}","status":"{taken.word}",'
            f'"sid":"{taken.id}","date_sent":{sent},'
            f'"messaging_service_sid":{_json(service) if service else "null"},'
            f'"error_code":{code},"price_unit":"USD","api_version":"2010-04-01",'
            f'"subresource_uris":{{"media":"{self._root}/{taken.id}/Media.json"}}}}'
        ).encode()


def receipt(
    url: str, *, token: str, sid: str, message: str, to: str, sender: str, word: str, code: str = ""
) -> tuple[str, bytes]:
    """A status callback: its header lines, signed for `url` with the account's token, and its form.

    `sender` is a number, or a messaging service's SID. The form's names stand in the order in
    which they are signed.
    """
    told = {
        "AccountSid": sid,
        "ApiVersion": "2010-04-01",
        **({"ErrorCode": code} if code else {}),
        **({} if sender.startswith("MG") else {"From": sender}),
        "MessageSid": message,
        "MessageStatus": word,
        **({"MessagingServiceSid": sender} if sender.startswith("MG") else {}),
        "SmsSid": message,
        "SmsStatus": word,
        "To": to,
    }
    signed = url + "".join([name + value for name, value in told.items()])
    mark = base64.b64encode(hmac.digest(token.encode(), signed.encode(), "sha1")).decode()
    body = "&".join([f"{name}={_quoted(value)}" for name, value in told.items()])
    head = (
        "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
        f"X-Twilio-Signature: {mark}\r\nUser-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n"
    )
    return head, body.encode()


@dataclass(frozen=True, slots=True)
class _Voice:
    to: str

    def refused(self, code: str) -> Reply:
        number = int(code) if code.isdigit() and int(code) in ERRORS else 21610
        return _error(number, self.to)

    def throttled(self, seconds: int) -> Reply:
        return _error(20429, headers=(("Retry-After", str(seconds)),))

    def broken(self, status: int) -> Reply:
        return _error({500: 20500}.get(status, 20503))

    def garbage(self) -> Reply:
        return Reply(201, b'{"sid": "SM', kind="application/json")


def _words(verdict: Verdict, *, through: str) -> list[tuple[float, str, str]]:
    """The changes that are told; the state of creation is in the answer and never in a callback."""
    last = ("delivered", "")
    if verdict.undelivered is not None:
        last = ("undelivered", verdict.undelivered or UNDELIVERED[verdict.dice % len(UNDELIVERED)])
    middle = [(0.4, "sent", ""), (1.0, *last)]
    return [(0.1, "queued", ""), *middle] if through == "accepted" else middle


def _check(form: dict[str, str]) -> Reply | None:
    """The first error that Twilio would find in a create, or None."""
    to, sender, text = form.get("To", ""), form.get("From", ""), form.get("Body", "")
    callback = form.get("StatusCallback", "")
    found = (
        (not to, 21604),
        (not sender and not form.get("MessagingServiceSid"), 21603),
        (not text and not form.get("MediaUrl") and not form.get("ContentSid"), 21602),
        (to in MAGIC_TO, MAGIC_TO.get(to, 0)),
        (not _PHONE.fullmatch(to), 21211),
        (sender in MAGIC_FROM, MAGIC_FROM.get(sender, 0)),
        (sender and not _SENDER.fullmatch(sender), 21212),
        (len(text) > LONGEST, 21617),
        (callback and not _CALLBACK.fullmatch(callback), 21609),
    )
    code = next((code for wrong, code in found if wrong), None)
    if code is None:
        return None
    return _error(code, {21212: sender, 21606: sender, 21609: callback}.get(code, to))


def _error(code: int, *told: str, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    status, message = ERRORS[code]
    body = {
        "code": code,
        "message": message.format(*told) if told else message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    return Reply(status, json.dumps(body).encode(), headers=headers)


def _fits(taken: Taken, asked: dict[str, str], before: int) -> bool:
    """Whether a list that was asked for so would hold the message."""
    if before and taken.number >= before:
        return False
    if taken.carrier != "twilio" or asked.get("To", taken.to) != taken.to:
        return False
    if "From" in asked and asked["From"] != taken.fields.get("From"):
        return False
    when = (taken.sent or taken.at) + taken.ahead
    return (
        ("DateSent" not in asked or asked["DateSent"][:10] == _iso(when)[:10])
        and ("DateSent>" not in asked or _iso(when) >= asked["DateSent>"])
        and (
            "DateSent<" not in asked or _iso(when)[: len(asked["DateSent<"])] <= asked["DateSent<"]
        )
    )


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@lru_cache(maxsize=64)
def _rfc2822(seconds: int) -> str:
    return format_datetime(datetime.fromtimestamp(seconds, UTC))


@lru_cache(maxsize=4096)
def _parts(text: str) -> int:
    return parts(text) if text else 1


def _quoted(value: str) -> str:
    return "%2B" + value[1:] if value[:1] == "+" and value[1:].isdigit() else quote_plus(value)


def _whole(text: str, usual: int) -> int:
    return int(text) if text.isdecimal() else usual
