"""The carriers' outgoing mail: keep-alive connections that post receipts to our hooks."""

import asyncio
import logging
import ssl
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit

import httptools

log = logging.getLogger(__name__)

ANSWER_WITHIN = 15.0  # seconds; Twilio gives a webhook no more
CONNECT_WITHIN = 5.0
PAUSES = (0.2, 1.0)  # before the second and third try to connect
LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]", "::1"})

Done = Callable[[int], None]
"""Told the status of the answer; 0 when none came."""


@dataclass(slots=True)
class Letter:
    """One request to be posted; `tries` counts the connections it was given."""

    head: bytes
    body: bytes
    done: Done
    answer: list[bytes] | None = None
    """Filled with the answer's body where somebody wants to read it."""
    tries: int = 0


@dataclass(slots=True)
class Post:
    """All connections to all hosts that receipts go to."""

    connections: int
    hosts: frozenset[str] = frozenset()
    via: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    _offices: "dict[str, _Office | None]" = field(default_factory=dict)
    _clock: asyncio.TimerHandle | None = None

    def send(
        self,
        url: str,
        headers: str,
        body: bytes,
        done: Done,
        *,
        answer: list[bytes] | None = None,
    ) -> None:
        """Post `body` to `url`; `headers` are whole lines, each with its line end.

        `answer` is filled with the pieces of the answer's body before `done` is called.
        """
        scheme, _, rest = url.partition("://")
        authority, slash, path = rest.partition("/")
        office = self._office(f"{scheme}://{authority}")
        if office is None:
            self.counts["not_allowed"] += 1
            done(0)
            return
        head = (
            f"POST {slash or '/'}{path} HTTP/1.1\r\nHost: {authority}\r\n{headers}"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        office.take(Letter(head.encode("latin-1"), body, done, answer))

    def waiting(self) -> int:
        """Letters that no answer has come for."""
        return sum(office.waiting() for office in self._offices.values() if office)

    def close(self) -> None:
        """Drop every connection and what waits."""
        if self._clock is not None:
            self._clock.cancel()
        for office in self._offices.values():
            if office is not None:
                office.close()

    def _office(self, origin: str) -> "_Office | None":
        if origin not in self._offices:
            self._offices[origin] = self._open(origin)
        return self._offices[origin]

    def _open(self, origin: str) -> "_Office | None":
        told = urlsplit(origin)
        if not self.via and told.hostname not in LOOPBACK | self.hosts:
            log.warning(
                "receipts for one host are kept back: it is not loopback, see --receipts-to"
            )
            return None
        meant = urlsplit(self.via) if self.via else told
        if self._clock is None:
            self._clock = asyncio.get_running_loop().call_later(1.0, self._tick)
        secure = meant.scheme == "https"
        return _Office(
            host=meant.hostname or "",
            port=meant.port or (443 if secure else 80),
            secure=secure,
            most=self.connections,
            counts=self.counts,
        )

    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        for office in self._offices.values():
            if office is not None:
                office.hang_up(before=loop.time() - ANSWER_WITHIN)
        self._clock = loop.call_later(1.0, self._tick)


@dataclass(slots=True)
class _Office:
    """The connections to one host."""

    host: str
    port: int
    secure: bool
    most: int
    counts: Counter[str]
    lines: "set[_Line]" = field(default_factory=set)
    idle: "list[_Line]" = field(default_factory=list)
    queue: deque[Letter] = field(default_factory=deque)
    opening: "set[asyncio.Task[None]]" = field(default_factory=set)

    def take(self, letter: Letter) -> None:
        if self.idle:
            self.idle.pop().carry(letter)
            return
        self.queue.append(letter)
        self._grow()

    def waiting(self) -> int:
        return len(self.queue) + sum(line.letter is not None for line in self.lines)

    def free(self, line: "_Line") -> None:
        if self.queue:
            line.carry(self.queue.popleft())
        else:
            self.idle.append(line)

    def gone(self, line: "_Line", letter: Letter | None) -> None:
        self.lines.discard(line)
        if line in self.idle:
            self.idle.remove(line)
        if letter is not None and letter.tries == 1 and line.answered:
            self.take(letter)  # a kept connection that the other side had already closed
        elif letter is not None:
            self.counts["unanswered"] += 1
            letter.done(0)
        if self.queue:
            self._grow()

    def hang_up(self, *, before: float) -> None:
        for line in tuple(self.lines):
            if line.letter is not None and line.since < before:
                line.hang_up()

    def close(self) -> None:
        self.queue.clear()
        for task in tuple(self.opening):
            task.cancel()
        for line in tuple(self.lines):
            line.letter = None
            line.hang_up()

    def _grow(self) -> None:
        if len(self.lines) + len(self.opening) < self.most:
            task = asyncio.get_running_loop().create_task(self._open())
            self.opening.add(task)
            task.add_done_callback(self.opening.discard)

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        tls = ssl.create_default_context() if self.secure else None
        for pause in (*PAUSES, 0.0):
            try:
                async with asyncio.timeout(CONNECT_WITHIN):
                    _, line = await loop.create_connection(
                        lambda: _Line(self), self.host, self.port, ssl=tls
                    )
            except (OSError, TimeoutError):
                await asyncio.sleep(pause)
            else:
                self.free(line)
                return
        if not self.lines:
            self._give_up()

    def _give_up(self) -> None:
        while self.queue:
            self.counts["unreachable"] += 1
            self.queue.popleft().done(0)


class _Line(asyncio.Protocol):
    """One keep-alive connection that carries one letter at a time."""

    __slots__ = ("_loop", "_office", "_parser", "_transport", "answered", "letter", "since")

    def __init__(self, office: _Office) -> None:
        self._office = office
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self.letter: Letter | None = None
        self.answered = False
        self.since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._office.lines.add(self)

    def carry(self, letter: Letter) -> None:
        self.letter = letter
        letter.tries += 1
        self.since = self._loop.time()
        if self._transport is not None:
            self._transport.write(letter.head + letter.body)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.hang_up()

    def on_body(self, body: bytes) -> None:
        if self.letter is not None and self.letter.answer is not None:
            self.letter.answer.append(body)

    def on_message_complete(self) -> None:
        letter, self.letter = self.letter, None
        status, keep = self._parser.get_status_code(), self._parser.should_keep_alive()
        self.answered = True
        self._office.counts["answered" if status < 300 else f"http_{status}"] += 1  # noqa: PLR2004  # 2xx
        if letter is not None:
            letter.done(status)
        if keep:
            self._office.free(self)
        else:
            self.hang_up()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        letter, self.letter = self.letter, None
        self._transport = None
        self._office.gone(self, letter)

    def hang_up(self) -> None:
        if self._transport is not None:
            self._transport.abort()
