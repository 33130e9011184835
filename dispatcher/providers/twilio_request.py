"""Twilio Messages: the SDK's own request, cast once with marks in it and filled for each message.

The SDK takes 40 us to build a request and to read its answer, of which only the recipient, the text
and two numbers differ from the last one. So it builds one for the account, with a mark in each of
these places, and what stands between the marks is kept. tests/providers/test_twilio_request.py
holds what comes out to the SDK's own bytes. Where a request does not split at the marks, or a probe
does not come out alike, there is no mould and the SDK builds each.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple, NoReturn
from urllib.parse import quote_plus, urlencode

import structlog

from dispatcher.providers.base import Parcel, Sms

log = structlog.get_logger(__name__)

LONGEST_VALIDITY = 36_000
"""Seconds; also the carrier's default. Below 6 it may expire a message in its own queue."""

TO, TEXT, CALLBACK, VALIDITY = MARKS = ("qzTOqz", "qzTEXTqz", "qzCALLBACKqz", "qzVALIDITYqz")
"""Letters alone: a form writes them as they are, and nothing else in a request has them."""
_MARK = re.compile(f"({'|'.join(MARKS)})")

PROBE = Parcel(7168, 2, "+12025550101", Sms("~a b+c&d=é%\n\u2068فراخوان\u2069 🙂", ttl=600))
"""A message with all that a form escapes, made both ways before a mould is believed."""


class Made(NamedTuple):
    """A POST as it goes out."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Mould:
    """A request with open places: `body` is for the % operator, with the marks as its names."""

    url: str
    headers: Mapping[str, str]
    body: str
    callback: str
    """The public URL that receipts come to, as a form writes it."""

    def fill(self, parcel: Parcel) -> Made:
        """The request for one message."""
        sms = _sms(parcel)
        told = {
            TO: _dialled(parcel.to),
            TEXT: _written(sms.text),
            CALLBACK: f"{self.callback}%2F{parcel.delivery_id}%2F{parcel.attempt}",
            VALIDITY: _validity(sms),
        }
        return Made(self.url, self.headers, (self.body % told).encode("ascii"))


class Requests:
    """The requests of one account. The SDK is imported here: 1.1 s once."""

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        sender: Mapping[str, str],
        callback: str,
        base_url: str,
    ) -> None:
        from twilio.rest import Client

        client = Client(
            account_sid,
            auth_token,
            http_client=_Catcher(),
            environment={"TWILIO_EDGE": ""},  # not empty, or the SDK reads the process's own
        )
        client.api.base_url = base_url
        self._create: Any = client.messages.create
        self._sender, self._callback = sender, callback
        self._mould = self._cast()
        if self._mould is None:
            log.warning("sdk_for_each_message", carrier="twilio")

    def made(self, parcel: Parcel) -> Made:
        """The request for one text. Raises UnicodeEncodeError for half a letter (a surrogate)."""
        return self._mould.fill(parcel) if self._mould else self.by_sdk(parcel)

    def by_sdk(self, parcel: Parcel) -> Made:
        """The same as the SDK alone makes it."""
        sms = _sms(parcel)
        back = f"{self._callback}/{parcel.delivery_id}/{parcel.attempt}"
        return self._caught(parcel.to, sms.text, back, _validity(sms))

    def _cast(self) -> Mould | None:
        url, headers, body = self._caught(TO, TEXT, CALLBACK, VALIDITY)
        text = body.decode()
        if sorted(_MARK.findall(text)) != sorted(MARKS):
            return None
        pattern = _MARK.sub(r"%(\1)s", text.replace("%", "%%"))
        mould = Mould(url, headers, pattern, quote_plus(self._callback))
        return mould if mould.fill(PROBE) == self.by_sdk(PROBE) else None

    def _caught(self, to: str, text: str, callback: str, validity: int | str) -> Made:
        try:
            self._create(
                to=to,
                body=text,
                status_callback=callback,
                validity_period=validity,
                **self._sender,
            )
        except _Caught as caught:
            return caught.made
        raise AssertionError("the SDK asked nobody")


class _Caught(Exception):  # noqa: N818  # it states a fact
    """The request that the SDK made, caught before it left."""

    def __init__(self, made: Made) -> None:
        self.made = made


class _Catcher:
    """The SDK's way out, and no way: what its client asks of an HttpClient is these two names."""

    is_async: ClassVar[bool] = False

    def request(self, method: str, uri: str, **asked: Any) -> NoReturn:
        assert method == "POST"
        headers = {**asked["headers"], "Authorization": basic(*asked["auth"])}
        raise _Caught(Made(uri, headers, urlencode(asked["data"]).encode()))


def basic(user: str, password: str) -> str:
    """Authorization by name and password (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _sms(parcel: Parcel) -> Sms:
    if not isinstance(parcel.content, Sms):
        raise TypeError(parcel.content)
    return parcel.content


def _validity(sms: Sms) -> int:
    """Seconds, within what the carrier takes."""
    return max(1, min(sms.ttl, LONGEST_VALIDITY))


@lru_cache(1024)
def _written(text: str) -> str:
    """The text as a form writes it: 7 to 10 us, but once for all who get the same."""
    return quote_plus(text)


def _dialled(to: str) -> str:
    """A number as a form writes it; anything else is written as carefully as a text."""
    number = to.startswith("+") and to.isascii() and to[1:].isdecimal()
    return f"%2B{to[1:]}" if number else quote_plus(to)
