"""SendGrid mail/send and its event webhook: all that this carrier's code knows about e-mail.

Sources: twilio.com/docs/sendgrid/api-reference/mail-send, …/tracking-events/event and
…/event-webhook-security. 1 to 1,000 letters that share one content leave in one request.
"""

import binascii
import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, ClassVar, Final

from dispatcher.kit.wire import Answer, Lost, NotSent, Wire
from dispatcher.ledger.facts import Outcome, Rank, Receipt
from dispatcher.providers.answers import (
    LONGEST_PAUSE,
    account_refused,
    json_object,
    pause,
    unanswered,
    unsure,
)
from dispatcher.providers.base import Email, Forged, Found, Knock, Parcel

RANKS: Mapping[str, Rank | None] = {
    "processed": Rank.HANDED_OVER,
    "deferred": Rank.HANDED_OVER,
    "delivered": Rank.DELIVERED,
    "bounce": Rank.BOUNCED,
    "dropped": Rank.FAILED,
    "open": None,
    "click": None,
    "spamreport": None,
    "unsubscribe": None,
    "group_unsubscribe": None,
}
"""Event -> rank; None: it says something else than how far the letter came."""

BLOCKED = "blocked"
"""A bounce of this type was refused for now or for its content: the address itself is good."""

OPENED = frozenset({"open", "click"})
OPTED_OUT = frozenset({"spamreport", "unsubscribe", "group_unsubscribe"})

DROPS = {
    "Bounced Address": "bounced_before",
    "Invalid": "invalid_address",
    "Spam Reporting Address": "opted_out",
    "Unsubscribed Address": "opted_out",
}
"""A dropped letter's documented reasons; all others are our `dropped`."""
GONE = frozenset({"bounced_before", "invalid_address"})

OLDEST = 25 * 3600
"""Seconds. The carrier repeats an event for 24 h and does not say that it signs it anew, so a
shorter limit would lose true receipts. A replay within it changes nothing: the key is the event's
own id, and ranks only climb."""
EARLIEST = 600
"""Seconds by which the carrier's clock may be ahead of ours."""

KEPT = 512
"""Contents whose common part is kept; some 10 kB each."""
MARKS = SUBJECT, TEXT, PAGE, LOCALE = ("qzSUBJECTqz", "qzTEXTqz", "qzPAGEqz", "qzLOCALEqz")
"""What stands in the open places of the SDK's letter while it is cast."""

_json: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_quoted = json.encoder.encode_basestring  # `_json` of a text, without its questions: 0.1 for 0.4 us
_BLAMED = re.compile(r"personalizations\.(\d+)\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account; `base_url` is the carrier's own, its European one, or the sandbox's."""

    api_key: str = field(repr=False)
    sender: str
    """The verified address that letters come from."""
    sender_name: str = ""
    reply_to: str = ""
    webhook_key: str = ""
    """The event webhook's verification key: base64 of a public key, as the carrier shows it."""
    base_url: str = "https://api.sendgrid.com"


class SendGrid:
    """Letters through the SDK's Mail, address and headers, over our wire."""

    name: ClassVar[str] = "sendgrid"
    channel: ClassVar[str] = "email"
    most: ClassVar[int] = 1000
    repeatable: ClassVar[bool] = False
    settles: ClassVar[timedelta] = timedelta(seconds=120)

    def __init__(self, account: Account) -> None:
        from sendgrid import SendGridAPIClient
        from sendgrid.helpers import mail
        from sendgrid.helpers.eventwebhook import EventWebhook

        request = SendGridAPIClient(account.api_key, host=account.base_url).client.mail.send
        self._url: str = request._build_url({})  # noqa: SLF001  # the SDK has no public name for it
        self._headers = {**request.request_headers, "Content-Type": "application/json"}
        self._account = account
        self._mail = mail
        self._events = EventWebhook(account.webhook_key or None)
        self._pieces = re.split(f'"({"|".join(MARKS)})"', _json(self._by_sdk()))
        self._shared = lru_cache(KEPT)(self._written)

    async def send(self, parcels: Sequence[Parcel], *, wire: Wire) -> Sequence[Outcome]:
        """One request for up to 1,000 parcels of one content; see `outcomes`."""
        content = parcels[0].content
        if not isinstance(content, Email):
            raise TypeError(content)
        if len(parcels) > self.most or not all(
            parcel.content is content or parcel.content == content for parcel in parcels
        ):
            raise ValueError("one request is at most 1,000 parcels of one content")
        letters = ",".join(map(_personal, parcels)).encode()
        body = b'%b,"personalizations":[%b]}' % (self._shared(content), letters)
        try:
            answer = await wire.ask("POST", self._url, headers=self._headers, body=body)
        except (NotSent, Lost) as fact:
            return [unanswered(fact)] * len(parcels)
        return outcomes(answer, count=len(parcels))

    async def find(self, parcel: Parcel, *, since: datetime, wire: Wire) -> Found:
        """Cannot: wait for the signed `processed` event, which bears our delivery's id.

        The Email Activity API is an extra that is paid for, answers 6 requests a minute
        (twilio.com/docs/sendgrid/api-reference/email-activity), and shows a letter with a delay
        that nobody documents.
        """
        del parcel, since, wire
        return Found.cannot("no_list")

    def verify(self, knock: Knock) -> None:
        """ECDSA over time stamp and raw body, by the SDK; not older than OLDEST."""
        signed = knock.headers.get("x-twilio-email-event-webhook-signature", "")
        stamp = knock.headers.get("x-twilio-email-event-webhook-timestamp", "")
        if not (self._events.public_key and stamp.isascii() and stamp.isdecimal()):
            raise Forged(self.name)
        try:
            good = self._events.verify_signature(knock.body.decode(), signed, stamp)
        except (binascii.Error, ValueError):  # not base64, not UTF-8
            good = False
        if not good or not -EARLIEST <= time.time() - int(stamp) <= OLDEST:
            raise Forged(self.name)

    def read_receipts(self, knock: Knock) -> list[Receipt]:
        """The events that bear our delivery's id, in the order in which they came."""
        try:
            told = json.loads(knock.body)
        except ValueError:
            return []
        events = told if isinstance(told, list) else []
        read = (_receipt(event) for event in events if isinstance(event, dict))
        return [receipt for receipt in read if receipt is not None]

    def _written(self, email: Email) -> bytes:
        """What all letters of a request have in common, as JSON but for its last brace.

        The SDK's letter, cast once: it takes 0.3 ms, and an alert has hundreds of contents.
        """
        told = {
            SUBJECT: _json(email.subject),
            TEXT: _json(email.text),
            PAGE: _json(email.html),
            LOCALE: _json(email.locale),
        }
        return "".join([told.get(piece, piece) for piece in self._pieces])[:-1].encode()

    def _by_sdk(self) -> dict[str, Any]:
        """A letter with marks in its open places, as the SDK makes it."""
        mail = self._mail
        letter = mail.Mail(
            from_email=mail.From(self._account.sender, self._account.sender_name or None),
            subject=SUBJECT,
            plain_text_content=TEXT,
            html_content=PAGE,
        )
        if self._account.reply_to:
            letter.reply_to = mail.ReplyTo(self._account.reply_to)
        # Tracking would rewrite our links to the carrier's domain and add a picture: an official
        # notice must show where it leads.
        letter.tracking_settings = mail.TrackingSettings(
            click_tracking=mail.ClickTracking(enable=False, enable_text=False),
            open_tracking=mail.OpenTracking(enable=False),
            subscription_tracking=mail.SubscriptionTracking(enable=False),
        )
        letter.add_header(mail.Header("Content-Language", LOCALE))
        letter.add_header(mail.Header("Auto-Submitted", "auto-generated"))
        told: dict[str, Any] = letter.get()
        return told


def outcomes(answer: Answer, *, count: int) -> list[Outcome]:
    """One outcome for each of the request's letters.

    Only a 202 with X-Message-Id is taken: a captive portal answers 200 with a page. A 400 is for
    the whole request, but names the letters at fault; the others may be sent again at once.
    """
    if answer.status == 202 and answer.headers.get("x-message-id"):  # noqa: PLR2004
        return [Outcome.taken(answer.headers["x-message-id"])] * count
    if answer.status == 429:  # noqa: PLR2004
        return [Outcome.later("http_429", seconds=_reset(answer))] * count
    errors = json_object(answer).get("errors")
    if answer.status == 401 or (answer.status == 403 and errors):  # noqa: PLR2004
        return [account_refused()] * count
    if answer.status == 413 or (400 <= answer.status < 500 and errors):  # noqa: PLR2004
        return _refused(answer, _blamed(errors), count=count)
    return [unsure(answer)] * count


def _refused(answer: Answer, blamed: set[int], *, count: int) -> list[Outcome]:
    """Refused for good: the letters at fault, or all where the answer names none."""
    whole = Outcome.refused(f"http_{answer.status}")
    if not blamed & set(range(count)):
        return [whole] * count
    guilty = Outcome.refused("invalid_address", dead=True)
    others = Outcome.later("neighbour_refused", seconds=0.1)
    return [guilty if index in blamed else others for index in range(count)]


def _blamed(errors: object) -> set[int]:
    """The letters whose address the carrier names as wrong."""
    told = errors if isinstance(errors, list) else []
    fields = [str(error.get("field")) for error in told if isinstance(error, dict)]
    found = [_BLAMED.match(name) for name in fields if ".to" in name]
    return {int(match[1]) for match in found if match}


def _reset(answer: Answer) -> float:
    """Seconds until the account may send again: Retry-After, else X-RateLimit-Reset, else 1."""
    reset = answer.headers.get("x-ratelimit-reset", "")
    left = int(reset) - time.time() if reset.isdecimal() else 1.0
    return pause(answer, default=min(max(left, 0.1), LONGEST_PAUSE))


def _personal(parcel: Parcel) -> str:
    """One letter's own part as JSON; the carrier keeps custom_args for ever, so ids only.

    Written by hand, since the SDK's Personalization takes ten times as long;
    tests/providers/test_sendgrid.py holds the two together.
    """
    ids = f'"delivery_id":"{parcel.delivery_id}","attempt":"{parcel.attempt}"'
    own = f'{{"to":[{{"email":{_quoted(parcel.to)}}}],"custom_args":{{{ids}}}'
    if not parcel.slots:
        return own + "}"
    told = ",".join([f"{_token(name)}:{_quoted(text)}" for name, text in parcel.slots.items()])
    return f'{own},"substitutions":{{{told}}}}}'


@lru_cache(64)
def _token(name: str) -> str:
    """A slot's token as the name of a member."""
    return _quoted(f"{{{{{name}}}}}")


def _receipt(event: Mapping[str, Any]) -> Receipt | None:
    """One event in our words; None when it is not about a delivery of ours."""
    kind, key = str(event.get("event")), str(event.get("sg_event_id") or "")
    ids = str(event.get("delivery_id", "")), str(event.get("attempt", ""))
    if kind not in RANKS or not key or not all(i.isascii() and i.isdecimal() for i in ids):
        return None
    code = _code(kind, event)
    blocked = kind == "bounce" and event.get("type") == BLOCKED
    return Receipt(
        key=key,
        delivery_id=int(ids[0]),
        attempt=int(ids[1]),
        carrier=SendGrid.name,
        rank=Rank.FAILED if blocked else RANKS[kind],
        code=code,
        carrier_id=str(event.get("sg_message_id", "")).split(".", 1)[0],
        at=_at(event.get("timestamp")),
        opened=kind in OPENED,
        dead=(kind == "bounce" and not blocked) or code in GONE,
        opted_out=kind in OPTED_OUT or code == "opted_out",
    )


def _code(kind: str, event: Mapping[str, Any]) -> str:
    """Why a letter did not come through: the mailbox host's status (5.1.1) or our word."""
    if kind == "dropped":
        return DROPS.get(str(event.get("reason")), "dropped")
    if kind == "bounce":
        return str(event.get("status") or event.get("type") or "bounce")
    return "spamreport" if kind == "spamreport" else ""


def _at(stamp: object) -> datetime | None:
    """The event's time, whole seconds in UTC."""
    return datetime.fromtimestamp(stamp, tz=UTC) if isinstance(stamp, int) else None
