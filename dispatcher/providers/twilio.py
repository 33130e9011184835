"""Twilio Messages: all that this carrier's code knows about text messages and their receipts.

Sources: twilio.com/docs/messaging/api/message-resource, docs/api/errors, docs/usage/security.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

from dispatcher.kit.wire import Answer, Lost, NotSent, Wire
from dispatcher.ledger.facts import Outcome, Rank, Receipt
from dispatcher.providers.answers import (
    ASK_AGAIN,
    account_refused,
    json_object,
    pause,
    unanswered,
    unasked,
    unsure,
)
from dispatcher.providers.base import Forged, Found, Knock, Parcel, Sms
from dispatcher.providers.twilio_list import Listed, Wanted, read_page
from dispatcher.providers.twilio_request import Requests, basic

ACCOUNT_AT_FAULT = frozenset({
    20003,  # the key is wrong
    20005,  # the account is not active
    20403, 20404,  # the account may not send, or does not exist
    21212, 21603, 21606, 21659, 21660,  # the sender is missing, not ours, or cannot send texts
    21609,  # the callback address is not valid
    21701, 21703, 21704, 21705,  # the messaging service is unknown or empty
    30002,  # the account is suspended
})  # fmt: skip
"""Codes that blame the account: nothing was processed, and no message is at fault."""

PAUSES = {
    14107: 1.0,  # too many messages a second
    20429: 1.0,  # too many requests
    21611: 30.0,  # the sender's queue is full
    30001: 30.0,  # the account's queue is full
    30022: 30.0,  # the campaign's rate is used up
}
"""Codes that say "not now": seconds to wait where the answer names none."""

GONE = frozenset({21211, 21214, 21217, 21401, 21614, 21635, 30005, 30006})
"""Codes that say that the number cannot take a text: not a number, unknown, or a landline."""

OPTED_OUT = frozenset({21610})
"""The person answered STOP; the carrier sends nothing until they answer START."""

RANKS = {
    "accepted": Rank.HANDED_OVER,
    "scheduled": Rank.HANDED_OVER,
    "queued": Rank.HANDED_OVER,
    "sending": Rank.HANDED_OVER,
    "sent": Rank.HANDED_OVER,  # to the next carrier; not yet on the handset
    "partially_delivered": Rank.HANDED_OVER,
    "delivered": Rank.DELIVERED,
    "read": Rank.DELIVERED,
    "undelivered": Rank.FAILED,
    "failed": Rank.FAILED,
    "canceled": Rank.FAILED,
}
"""MessageStatus -> rank; `receiving` and `received` are other people's messages to us."""

_SID = re.compile(rb'"sid": ?"((?:SM|MM)[0-9a-f]{32})" ?[,}]')
_OPENS, _ENDS = b"{}"

CREATED = 201
"""The only documented success."""

PAGE, PAGES = 50, 10
"""Messages on a page of the carrier's list (its own default; 1,600 escaped letters each still fit
what our wire reads) and pages that we read: nobody gets 500 texts from us."""
SKEW = timedelta(seconds=15)
"""By which the carrier's clock may be behind our database's: more might meet an earlier alert's
identical text, less might miss our own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account; `base_url` is the carrier's own or the sandbox's."""

    account_sid: str
    auth_token: str = field(repr=False)
    sender: str
    """A number (+…), an alphanumeric sender, or a messaging service (MG…)."""
    callback: str
    """Public URL that receipts come to; `/<delivery_id>/<attempt>` is added."""
    base_url: str = "https://api.twilio.com"


class Twilio:
    """Text messages by the SDK's own request, over our wire."""

    name: ClassVar[str] = "twilio"
    channel: ClassVar[str] = "sms"
    most: ClassVar[int] = 1
    repeatable: ClassVar[bool] = False
    settles: ClassVar[timedelta] = timedelta(seconds=60)
    """Our choice, and no proof: the carrier promises nothing about its list, and people have seen
    it minutes (twilio/twilio-java#442) and once hours (twilio/twilio-node#647) behind."""

    def __init__(self, account: Account) -> None:
        service = account.sender.startswith("MG")
        self._account = account
        self._sender = {"messaging_service_sid" if service else "from_": account.sender}
        self._requests = Requests(
            account_sid=account.account_sid,
            auth_token=account.auth_token,
            sender=self._sender,
            callback=account.callback,
            base_url=account.base_url,
        )
        self._path = f"/2010-04-01/Accounts/{account.account_sid}/Messages.json"
        self._headers = {
            "Accept": "application/json",
            "Authorization": basic(account.account_sid, account.auth_token),
        }

    async def send(self, parcels: Sequence[Parcel], *, wire: Wire) -> Sequence[Outcome]:
        """One text message. Only a 201 with a sid is taken; see `outcome` for the rest."""
        (parcel,) = parcels
        url, headers, body = self._requests.made(parcel)
        try:
            answer = await wire.ask("POST", url, headers=headers, body=body)
        except (NotSent, Lost) as fact:
            return [unanswered(fact)]
        return [created(answer) if answer.status == CREATED else outcome(answer)]

    async def find(self, parcel: Parcel, *, since: datetime, wire: Wire) -> Found:
        """Whether the carrier lists a text like this to this number, created at or after `since`.

        It lists neither our id nor our callback's address: recipient, sender, body and time must
        do. Where a body is hidden (redacted) or differs only in signs, it cannot tell. One request
        as a rule, PAGES at most; `since` needs a zone.
        """
        if not isinstance(parcel.content, Sms):
            raise TypeError(parcel.content)
        wanted = Wanted(parcel.to, self._account.sender, parcel.content.text, since - SKEW)
        url, listed = self._first_page(parcel.to), list[Listed]()
        for _ in range(PAGES):
            try:
                answer = await wire.ask("GET", url, headers=self._headers)
            except (NotSent, Lost) as fact:
                return unasked(unanswered(fact))
            if answer.status != 200:  # noqa: PLR2004
                return unasked(outcome(answer))
            page = read_page(answer, at=self._path, ranks=RANKS)
            if page is None:
                return Found.later("garbage", seconds=ASK_AGAIN)
            listed += page.listed
            if not page.follows:
                return wanted.among(listed)
            url = self._account.base_url + page.follows
        return wanted.among(listed, whole=bool(listed) and listed[-1].created < wanted.after)

    def verify(self, knock: Knock) -> None:
        """HMAC-SHA1 over the public URL and the sorted fields, with and without the port.

        Equal to the SDK's RequestValidator (tests/providers/test_twilio.py) at a fifth of its
        cost: 23 against 119 microseconds, 15 of them for the form, which is then read for nothing.
        """
        told = knock.headers.get("x-twilio-signature", "").encode()
        fields = _form(knock.body)
        tail = "".join(
            [
                name + (values[0] if len(values) == 1 else "".join(sorted(set(values))))
                for name, values in sorted(fields.items())
            ]
        )
        if not any(
            hmac.compare_digest(told, signature(url + tail, token=self._account.auth_token))
            for url in _written(knock.url)
        ):
            raise Forged(self.name)

    def read_receipts(self, knock: Knock) -> list[Receipt]:
        """One status callback, or nothing when its status is not about our message.

        The carrier gives no time of the event, repeats callbacks and sends them in any order.
        """
        fields = _form(knock.body)
        status, sid, code = (
            fields.get(name, [""])[0] for name in ("MessageStatus", "MessageSid", "ErrorCode")
        )
        if status not in RANKS:
            return []
        number = int(code) if code.isdecimal() else 0
        return [
            Receipt(
                key=f"{sid}:{status}:{code}",
                delivery_id=int(knock.path["delivery_id"]),
                attempt=int(knock.path["attempt"]),
                carrier=self.name,
                rank=RANKS[status],
                code=code or ("canceled" if status == "canceled" else ""),
                carrier_id=sid,
                opened=status == "read",
                dead=number in GONE,
                opted_out=number in OPTED_OUT,
            )
        ]

    def _first_page(self, to: str) -> str:
        """All texts to a number, newest first; a messaging service cannot be filtered by.

        Not by DateSent either, which the list offers, by the day: a text that still waits in the
        carrier's queue has none, and a crisis fills that queue.
        """
        query = {"To": to, "From": self._sender.get("from_", ""), "PageSize": str(PAGE)}
        told = urlencode({name: value for name, value in query.items() if value})
        return f"{self._account.base_url}{self._path}?{told}"


def created(answer: Answer) -> Outcome:
    """What a 201 comes to: without the message's sid nobody knows what was created.

    A sid as documented is read without the rest (7.6 -> 1.1 us): inside a JSON text no quotation
    mark stands bare, so only a name can match, and before it one brace has opened: the object's.
    """
    body = answer.body
    told = _SID.search(body)
    if told and body.count(b"{", 0, told.start()) == 1 and body[0] == _OPENS and body[-1] == _ENDS:
        return Outcome.taken(told[1].decode())
    sid = json_object(answer).get("sid")
    return Outcome.taken(sid) if isinstance(sid, str) and sid else Outcome.unsure("garbage")


def outcome(answer: Answer) -> Outcome:
    """What an answer other than 201 comes to.

    401 and 429 need no body; another 4xx counts as the carrier's refusal only with its error code,
    since a gateway's or captive portal's 403 proves nothing about the carrier.
    """
    told = json_object(answer).get("code")
    code = told if isinstance(told, int) else 0
    if answer.status == 429 or code in PAUSES:  # noqa: PLR2004
        wait = pause(answer, default=PAUSES.get(code, 1.0))
        return Outcome.later(str(code or 429), seconds=wait)
    if answer.status == 401 or code in ACCOUNT_AT_FAULT:  # noqa: PLR2004
        return account_refused()
    if 400 <= answer.status < 500 and code:  # noqa: PLR2004
        return Outcome.refused(str(code), dead=code in GONE, opted_out=code in OPTED_OUT)
    return unsure(answer)


def signature(text: str, *, token: str) -> bytes:
    """X-Twilio-Signature of the URL with its sorted fields appended."""
    return base64.b64encode(hmac.digest(token.encode(), text.encode(), hashlib.sha1))


def _written(url: str) -> Iterator[str]:
    """The ways in which the carrier may have written the URL that it signed, the likely one first.

    As we gave it; without its port; and with it, where it had none.
    """
    yield url
    told = urlsplit(url)
    port = told.port or (443 if told.scheme == "https" else 80)
    host = told.netloc.removesuffix(f":{told.port}")
    yield from (told._replace(netloc=where).geturl() for where in (host, f"{host}:{port}"))


@lru_cache(maxsize=8)
def _form(body: bytes) -> dict[str, list[str]]:
    """Name -> values; read once for the signature and what is then read of it."""
    return parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
