"""The sandbox's door: HTTP/1.1 with keep-alive over asyncio, answers in the order of requests."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus
from typing import cast

import httptools

log = logging.getLogger(__name__)

MOST_BODY = 31 * 1024 * 1024  # SendGrid takes 30 MB and must say 413 by itself above that
MOST_HEAD = 64 * 1024


class Fate(Enum):
    """What becomes of an answer."""

    GIVEN = "given"
    """It is written to the connection."""
    CUT = "cut"
    """The request was served; the connection closes without a byte of the answer."""
    HALF = "half"
    """Half of the bytes are written and our side is closed; the client's may stay open."""
    SILENT = "silent"
    """Nothing is ever written; the connection stays open until the client goes."""


@dataclass(slots=True)
class Request:
    """One request, as it came; header names in lower case."""

    method: str
    path: str
    query: bytes
    headers: dict[bytes, bytes]
    body: bytes

    def header(self, name: str) -> str:
        """The header's value, or an empty text."""
        return self.headers.get(name.encode(), b"").decode("latin-1")


@dataclass(slots=True)
class Reply:
    """One answer: it waits for `after` (a future) and then for `wait` seconds before its fate."""

    status: int
    body: bytes = b""
    kind: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    wait: float = 0.0
    fate: Fate = Fate.GIVEN
    after: "asyncio.Future[None] | None" = None

    def encoded(self, *, bare: bool, close: bool) -> bytes:
        """The bytes on the wire; `bare` leaves the body out (HEAD)."""
        head = [_status_line(self.status), f"Content-Length: {len(self.body)}\r\n"]
        if self.body:
            head.append(f"Content-Type: {self.kind}\r\n")
        head.extend(f"{name}: {value}\r\n" for name, value in self.headers)
        head.append("Connection: close\r\n\r\n" if close else "\r\n")
        return "".join(head).encode("latin-1") + (b"" if bare else self.body)


Answering = Callable[[Request], Reply]

_LINES: dict[int, str] = {}


def _status_line(status: int) -> str:
    if status not in _LINES:
        _LINES[status] = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
    return _LINES[status]


@dataclass(slots=True)
class Doors:
    """All open connections of one server."""

    answering: Answering = field(default=lambda _request: Reply(503))
    open: "set[Connection]" = field(default_factory=set)

    def __call__(self) -> "Connection":
        """A protocol for one new connection."""
        return Connection(self)

    def busy(self) -> bool:
        """Whether an answer is still owed to somebody."""
        return any(line.owing and not line.silent for line in self.open)

    def close(self) -> None:
        """Close every connection, whatever it still owes."""
        for connection in tuple(self.open):
            connection.close()


class Connection(asyncio.Protocol):
    """One client's connection: parses, asks `answering`, and writes one answer after another."""

    __slots__ = (
        "_body", "_doors", "_head_size", "_headers", "_loop", "_parser", "_transport", "_url",
        "_waiting", "owing", "silent",
    )  # fmt: skip

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpRequestParser(self)
        self._waiting: deque[tuple[Request, bool]] = deque()
        self.owing = False
        self.silent = False
        self.on_message_begin()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Join the open connections."""
        self._transport = cast("asyncio.Transport", transport)
        self._doors.open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave the open connections; what was owed is dropped."""
        del exc
        self._doors.open.discard(self)
        self._transport = None
        self._waiting.clear()
        self.owing = False

    def data_received(self, data: bytes) -> None:
        """Feed the parser; what is not HTTP is told so and shown out."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserCallbackError as error:
            if isinstance(error.__context__, _TooLarge):
                self._refuse(413)
            else:
                log.exception("a request could not be served")
                self._refuse(500)
        except httptools.HttpParserError:
            self._refuse(400)

    def on_message_begin(self) -> None:
        """A new request starts."""
        self._url = b""
        self._headers: dict[bytes, bytes] = {}
        self._body: list[bytes] = []
        self._head_size = 0

    def on_url(self, url: bytes) -> None:
        """A piece of the request target."""
        self._url += url
        if len(self._url) > MOST_HEAD:
            raise _TooLarge

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header line."""
        self._headers[name.lower()] = value
        self._head_size += len(name) + len(value)
        if self._head_size > MOST_HEAD:
            raise _TooLarge

    def on_headers_complete(self) -> None:
        """Refuse what is too large before it is read; let a client that asks go on."""
        length = self._headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > MOST_BODY:
            raise _TooLarge
        if b"expect" in self._headers and self._transport is not None:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._body.append(body)
        if len(self._body) > 1 and sum(map(len, self._body)) > MOST_BODY:
            raise _TooLarge

    def on_message_complete(self) -> None:
        """The request is whole: serve it, or queue it behind the one that is being served."""
        url = httptools.parse_url(self._url)
        request = Request(
            self._parser.get_method().decode("latin-1"),
            (url.path or b"/").decode("latin-1"),
            url.query or b"",
            self._headers,
            self._body[0] if len(self._body) == 1 else b"".join(self._body),
        )
        self._waiting.append((request, self._parser.should_keep_alive()))
        if not self.owing:
            self._next()

    def close(self) -> None:
        """Close, writing out what was already handed to the transport."""
        if self._transport is not None:
            self._transport.close()

    def _refuse(self, status: int) -> None:
        if self._transport is not None:
            self._transport.write(Reply(status).encoded(bare=False, close=True))
            self._transport.close()

    def _next(self) -> None:
        while self._waiting and not self.owing:
            request, keep = self._waiting.popleft()
            reply = self._doors.answering(request)
            self.owing = True
            if reply.after is not None:
                reply.after.add_done_callback(
                    lambda _done, request=request, reply=reply, keep=keep: self._later(  # type: ignore[misc]
                        request, reply, keep=keep
                    )
                )
            else:
                self._later(request, reply, keep=keep)

    def _later(self, request: Request, reply: Reply, *, keep: bool) -> None:
        if reply.wait > 0:
            self._loop.call_later(reply.wait, self._give, request, reply, keep)
        else:
            self._give(request, reply, keep)

    def _give(self, request: Request, reply: Reply, keep: bool) -> None:  # noqa: FBT001  # call_later has no keywords
        if self._transport is None:
            return
        if reply.fate is Fate.SILENT:
            self.silent = True
            return
        self.owing = False
        if reply.fate is Fate.CUT:
            self._transport.abort()
            return
        told = reply.encoded(bare=request.method == "HEAD", close=not keep)
        if reply.fate is Fate.HALF:
            self.owing = self.silent = True  # nothing more is served here
            self._transport.write(told[: len(told) // 2])
            self._transport.write_eof()
            return
        self._transport.write(told)
        if keep:
            self._next()
        else:
            self._transport.close()


class _TooLarge(Exception):  # noqa: N818  # it states a fact
    """The head or the body is beyond what any carrier takes."""
