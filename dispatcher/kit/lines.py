"""HTTP/1.1 to the carriers over lines of our own: asyncio's transports and the parser llhttp.

A line is a connection that is kept open, with one request on it at a time. docs/decisions/0013 says
what this costs and what it saves. It speaks neither HTTP/2 nor to proxies; kit/reqwest.py does.
"""

import asyncio
import re
import select
import socket
import ssl
import string
from collections import defaultdict
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple, Self, cast
from urllib.parse import quote, urlsplit

import httptools
from aiohappyeyeballs import start_connection

from dispatcher.kit.exchange import (
    CONNECT,
    IDLE,
    LARGEST,
    PATIENCE,
    WHOLE,
    Answer,
    Head,
    Lost,
    NotSent,
)

TICKS, LONGEST_TICK = 16, 0.25
"""Lines are looked over so often in `whole` seconds, and at least so often: a timer a request costs
a tenth of it. A request that gets no answer ends up to one tick late."""
REST = 0.05
"""Seconds after which a line is asked whether the other side has hung up before it is used again:
the closing may lie unread in the socket while the loop is busy. It costs 2 us."""
EYEBALLS = 0.25
"""Seconds after which the next address of a host is tried beside the first (RFC 8305)."""
KNOWN = 5.0
"""Seconds for which a host's addresses are known: a hundred lines open at once, and four threads
look up names."""
OVERHEAD = 64 * 1024
"""Bytes that head, trailers and the framing of chunks may take beside two bodies."""

_TARGET = re.compile(r"[!-~]+")
_PORTS = {"http": 80, "https": 443}
_FRAMES = frozenset(("content-length", "transfer-encoding"))
FIRST_FINAL = 200
"""Answers below are steps on the way (100 Continue, 103 Early Hints)."""


class Place(NamedTuple):
    """Where a line leads."""

    host: str
    port: int
    secure: bool


class Lines:
    """The Wire over lines of our own. For one event loop, uvloop's or asyncio's.

    `most` requests are under way at once; further ones wait up to PATIENCE for a place. It trusts
    what the system trusts (SSL_CERT_FILE). Close it with `close`, or use it as an asynchronous
    context manager.
    """

    def __init__(
        self,
        *,
        most: int = 1000,
        connect: float = CONNECT,
        whole: float = WHOLE,
        largest: int = LARGEST,
    ) -> None:
        self.largest = largest
        self.open: set[Line] = set()
        self._idle: dict[Place, list[Line]] = defaultdict(list)
        self._free = most
        self._waiting, self._left = 0, asyncio.Semaphore(0)
        self._book = _Book()
        self._connect, self._whole = connect, whole
        self._tick = min(whole / TICKS, LONGEST_TICK)
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()

    async def close(self) -> None:
        """End all lines; what is still under way is Lost."""
        self._closed = True
        if self._timer:
            self._timer.cancel()
        for line in tuple(self.open):
            line.hang_up("cut")
        await asyncio.sleep(0)  # the transports close in the loop's next turn

    async def ask(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes = b""
    ) -> Answer:
        """As `Wire.ask`: the whole answer, NotSent or Lost; ValueError for what is no request."""
        place, host, target = _address(url)
        request = _request(method, target, host, headers, body)
        if self._free:
            self._free -= 1
        else:
            await self._wait()
        try:
            # Kept, since each look for the running loop is a system call before Python 3.12.
            self._loop = self._loop or asyncio.get_running_loop()
            now = self._loop.time()
            line = self._rested(place, now=now) or await self._dialled(place, self._loop)
            return await line.ask(request, end=now + self._whole)
        finally:
            if self._waiting:
                self._left.release()
            else:
                self._free += 1

    def rest(self, line: "Line") -> None:
        """Keep a line for the next request to its place."""
        if self._closed:
            line.hang_up("cut")
        else:
            self._idle[line.place].append(line)

    async def _wait(self) -> None:
        """Take the place that somebody leaves; nobody pays for the queue while it is empty."""
        self._waiting += 1
        try:
            async with asyncio.timeout(PATIENCE):
                await self._left.acquire()
        except TimeoutError:
            raise NotSent("no free place") from None
        finally:
            self._waiting -= 1

    def _rested(self, place: Place, *, now: float) -> "Line | None":
        """The line that was used last, if it still stands."""
        idle = self._idle[place]
        while idle:
            line = idle.pop()
            if line.stands(now):
                return line
            line.hang_up("cut")
        return None

    async def _dialled(self, place: Place, loop: asyncio.AbstractEventLoop) -> "Line":
        """A new line. Raises NotSent: a request is written only after the last handshake."""
        try:
            async with asyncio.timeout(self._connect):
                addresses = await self._book.look_up(place)
                plug = await start_connection(addresses, happy_eyeballs_delay=EYEBALLS, loop=loop)
                line = Line(self, place, loop)
                secure: dict[str, Any] = (
                    {"ssl": trust(), "server_hostname": place.host} if place.secure else {}
                )
                await loop.create_connection(lambda: line, sock=plug, **secure)
        # TimeoutError, gaierror and SSLError are OSErrors; too long a label is a UnicodeError.
        except (OSError, UnicodeError) as error:
            raise NotSent(type(error).__name__) from None
        if self._closed or not line.stands(loop.time()):
            line.hang_up("cut")
            raise NotSent("closed")
        if self._timer is None:
            self._timer = loop.call_later(self._tick, self._look_over, loop)
        return line

    def _look_over(self, loop: asyncio.AbstractEventLoop) -> None:
        """End what has taken too long and what has rested too long."""
        now = loop.time()
        for line in [line for line in self.open if line.end <= now]:
            line.hang_up("timeout")
        for place, idle in self._idle.items():
            self._idle[place] = [line for line in idle if line in self.open]
        self._timer = loop.call_later(self._tick, self._look_over, loop) if self.open else None


class Line(asyncio.Protocol):
    """One connection: what is written is one request, what is read is one answer."""

    __slots__ = (
        "_answer", "_body", "_fd", "_headed", "_headers", "_keep", "_lines", "_loop", "_parser",
        "_read", "_size", "_told", "_transport", "_used", "end", "place",
    )  # fmt: skip

    def __init__(self, lines: Lines, place: Place, loop: asyncio.AbstractEventLoop) -> None:
        self._lines, self.place, self._loop = lines, place, loop
        self._transport: asyncio.Transport | None = None
        self._parser: httptools.HttpResponseParser | None = httptools.HttpResponseParser(self)
        self._answer: asyncio.Future[Answer] | None = None
        self._fd = -1
        self._used = self.end = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open, and secured where that was asked for."""
        self._transport = cast("asyncio.Transport", transport)
        self._fd = transport.get_extra_info("socket").fileno()
        self._rest_from_now()
        self._lines.open.add(self)

    def stands(self, now: float) -> bool:
        """Whether a request may be written: the other side has neither spoken nor hung up."""
        if self._transport is None or self._transport.is_closing():
            return False
        return now - self._used < REST or not _readable(self._fd)

    async def ask(self, request: bytes, *, end: float) -> Answer:
        """Write the request and read its answer, by the loop's time `end`. Raises Lost."""
        assert self._transport is not None
        self._told: Answer | None = None
        self._headed, self._read, self.end = False, 0, end
        answer: asyncio.Future[Answer] = self._loop.create_future()
        self._answer = answer
        self._transport.write(request)
        try:
            return await answer
        except asyncio.CancelledError:  # what is still to come may not answer another's request
            self.hang_up("cut")
            raise

    def hang_up(self, evidence: str) -> None:
        """End the line now; a request that is under way is Lost with this evidence."""
        self._lines.open.discard(self)
        self._parser = None  # each holds the other
        if self._transport is not None:
            self._transport.abort()
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            answer.set_exception(Lost(evidence))

    def data_received(self, data: bytes) -> None:
        """Read on; who speaks unasked, too much, or no HTTP is hung up on."""
        if self._answer is None or self._parser is None:
            self.hang_up("garbage")
            return
        self._read += len(data)
        good = self._read <= 2 * self._lines.largest + OVERHEAD
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            good = False
        if self._told is not None:
            self._give(self._told, keep=good and self._keep)
        elif not good:
            self.hang_up("garbage")

    def eof_received(self) -> None:
        """The other side has said all; without a length, that was the answer."""
        if self._answer and self._parser and self._headed:
            told = self._made(self._parser.get_status_code())
            if told.headers.keys().isdisjoint(_FRAMES):
                self._give(told, keep=False)
        self.hang_up("cut")

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        del exc
        self._transport = None
        self.hang_up("cut")

    def on_message_begin(self) -> None:
        """An answer begins; a second one was not asked for, and nothing after it can be trusted."""
        if self._told is not None:
            raise _Unasked
        self._headers: list[tuple[bytes, bytes]] = []
        self._body: list[bytes] = []
        self._size = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """One line of the head; trailers are not believed."""
        if not self._headed:
            self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._headed = True

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._size += len(body)
        if self._size > self._lines.largest:
            raise _TooLarge
        self._body.append(body)

    def on_message_complete(self) -> None:
        """The answer is whole, unless it is a step on the way to it."""
        assert self._parser is not None
        status = self._parser.get_status_code()
        if status >= FIRST_FINAL:
            self._told, self._keep = self._made(status), self._parser.should_keep_alive()
        else:
            self._headed = False

    def _made(self, status: int) -> Answer:
        return Answer(status, Head(self._headers), b"".join(self._body))

    def _give(self, told: Answer, *, keep: bool) -> None:
        """Hand over the answer; the line rests if all was said and read."""
        answer, self._answer = self._answer, None
        self._rest_from_now()
        if keep and self._transport is not None and not self._transport.get_write_buffer_size():
            self._lines.rest(self)
        else:
            self.hang_up("cut")
        if answer is not None and not answer.done():
            answer.set_result(told)

    def _rest_from_now(self) -> None:
        self._used = self._loop.time()
        self.end = self._used + IDLE


class _Unasked(Exception):  # noqa: N818  # it states a fact
    """An answer that belongs to no request."""


class _TooLarge(Exception):  # noqa: N818  # it states a fact
    """A body beyond what is read."""


class _Book:
    """Hosts and their addresses, kept for KNOWN seconds; each is looked up once at a time."""

    def __init__(self) -> None:
        self._known: dict[Place, tuple[float, list[Any]]] = {}
        self._asking: dict[Place, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def look_up(self, place: Place) -> list[Any]:
        """What getaddrinfo knows. Raises OSError."""
        loop = asyncio.get_running_loop()
        async with self._asking[place]:
            until, found = self._known.get(place, (0.0, []))
            if loop.time() >= until:
                found = await loop.getaddrinfo(*place[:2], type=socket.SOCK_STREAM)
                self._known[place] = loop.time() + KNOWN, found
        return found


@cache
def trust() -> ssl.SSLContext:
    """TLS as the system trusts it; made once, since reading the authorities takes 20 ms."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def _readable(descriptor: int) -> bool:
    """Whether something lies unread in the socket: words that nobody asked for, or the end."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))


@lru_cache(256)
def _address(url: str) -> tuple[Place, str, str]:
    """(place, Host, target) of a URL. Raises ValueError for what cannot be asked."""
    told = urlsplit(url)
    if told.scheme not in _PORTS or not told.hostname or "@" in told.netloc:
        raise ValueError("not a web address")
    host = told.hostname if told.hostname.isascii() else told.hostname.encode("idna").decode()
    usual = _PORTS[told.scheme]
    port = told.port or usual
    named = f"[{host}]" if ":" in host else host
    target = (told.path or "/") + (f"?{told.query}" if told.query else "")
    if not _TARGET.fullmatch(target):
        target = quote(target, safe=string.punctuation)
    return (
        Place(host, port, told.scheme == "https"),
        named if port == usual else f"{named}:{port}",
        target,
    )


def _request(method: str, target: str, host: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """Head and body as they go out. Raises ValueError where a header would begin another line."""
    lines = [f"{method} {target} HTTP/1.1\r\nHost: {host}\r\n"]
    lines += [f"{name}: {value}\r\n" for name, value in headers.items()]
    if body or method != "GET":
        lines.append(f"Content-Length: {len(body)}\r\n")
    head = "".join(lines)
    ends = len(lines) + 1
    if head.count("\r") != ends or head.count("\n") != ends or "\0" in head:
        raise ValueError("a header holds a line break")
    return head.encode("latin-1") + b"\r\n" + body
