"""The receipts' own door: a bare callable, beside the web process, for storms of receipts.

A server's RSGI interface (granian) calls `Door.__rsgi__` for each request. It answers 204 only
after the commit that holds the receipts. Everything that it can do, Django's views of the same
addresses do too, at ten times the cost: they are the fall-back, and its reference in the tests.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

import structlog
from django.db import Error, close_old_connections, connection

from dispatcher.hooks.locks import EARS, Let, Lock
from dispatcher.tracking import replies
from dispatcher.tracking.inbox import Full, Inbox, Write, put_down

log = structlog.get_logger(__name__)
T = TypeVar("T")

MOST_BODY: Final = 4 * 1024 * 1024
"""Bytes. A status callback has 400, SendGrid's batches stay below 1 MB."""
LONGEST_PATH: Final = 200
SLOWEST: Final = 10.0
"""Seconds in which a body must have come; the head has as long (supervise.door)."""
AGAIN: Final = (("retry-after", "2"),)
"""With 503: the carrier shall come again."""


class Headers(Protocol):
    """What we ask of the server's headers; names are in lower case."""

    def items(self) -> Iterable[tuple[str, str]]:
        """All of them."""
        ...


class Scope(Protocol):
    """What we ask of a request's head."""

    method: str
    path: str
    query_string: str
    headers: Headers


class Stream(Protocol):
    """What we ask of a request's body and of the way back."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The body's pieces."""
        ...

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        """Answer without a body."""
        ...

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Answer."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """What an address stands for."""

    carrier: str
    captured: Mapping[str, str]
    inbound: bool = False


_SENDGRID = _Place("sendgrid", {})
_INBOUND = _Place("twilio", {}, inbound=True)
_TAKEN = Answer(204)


class Door:
    """One process's door; the server calls `__rsgi_init__` first, and `__rsgi__` for each request.

    `write` puts receipts on the books; only tests give another.
    """

    def __init__(self, *, write: Write = put_down) -> None:
        self._lock = Lock()
        self._write = write
        self._inbox: Inbox | None = None
        self._side = ThreadPoolExecutor(2, thread_name_prefix="side")

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Nothing yet: the loop does not run."""

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let go of the threads."""
        if self._inbox:
            self._inbox.close()
        self._side.shutdown(wait=False)

    async def __rsgi__(self, scope: Scope, stream: Stream) -> None:
        """One request."""
        answer = await self._answer(scope, stream)
        if answer.body:
            stream.response_bytes(answer.status, list(answer.headers), answer.body)
        else:
            stream.response_empty(answer.status, list(answer.headers))

    async def _answer(self, scope: Scope, stream: Stream) -> Answer:
        place = _place(scope.path)
        if place is None:
            return await self._of_itself(scope.path)
        if scope.method != "POST":
            return Answer(405, headers=(("allow", "POST"),))
        headers = dict(scope.headers.items())
        if _too_large(headers):
            return Answer(413)
        try:
            async with asyncio.timeout(SLOWEST):
                body = await _read(stream)
        except TimeoutError:
            return Answer(408)
        if body is None:
            return Answer(413)
        path = f"{scope.path}?{scope.query_string}" if scope.query_string else scope.path
        let = self._lock.open(
            place.carrier, path, headers=headers, body=body, captured=place.captured
        )
        return await self._take(place, let) if let else Answer(403)

    async def _take(self, place: _Place, let: Let) -> Answer:
        """On the books, then answered; 503 when it is not on them."""
        try:
            if place.inbound:
                return await self._aside(_reply, place.carrier, let)
            inbox = self._inbox = self._inbox or Inbox(write=self._write)
            await inbox.receive(let.provider.read_receipts(let.knock), mode=let.mode)
        except (Full, Error) as error:
            log.warning("receipts_put_off", carrier=place.carrier, error=type(error).__name__)
            return Answer(503, headers=AGAIN)
        return _TAKEN

    async def _of_itself(self, path: str) -> Answer:
        """Does this process live, and can it write? Asked by containers and by `up`."""
        if path == "/livez":
            return Answer(200, b"ok\n")
        if path != "/readyz":
            return Answer(404)
        try:
            await self._aside(_look)
        except Error:
            return Answer(503, b"no database\n", AGAIN)
        return Answer(200, b"ok\n")

    async def _aside(self, ask: Callable[..., T], *told: object) -> T:
        """In a thread of its own, so that nobody's receipts wait for it."""
        return await asyncio.get_running_loop().run_in_executor(self._side, _fresh, ask, *told)


def _place(path: str) -> _Place | None:
    if path == "/hooks/sendgrid":
        return _SENDGRID
    if path == "/hooks/twilio/inbound":
        return _INBOUND
    pieces = path.split("/") if len(path) <= LONGEST_PATH else []
    if len(pieces) != len(("", "hooks", "twilio", "delivery", "attempt")):
        return None
    _, hooks, carrier, delivery, attempt = pieces
    numbers = (delivery + attempt).isascii() and delivery.isdecimal() and attempt.isdecimal()
    if (hooks, carrier) != ("hooks", "twilio") or not numbers:
        return None
    return _Place("twilio", {"delivery_id": delivery, "attempt": attempt})


def _too_large(headers: Mapping[str, str]) -> bool:
    length = headers.get("content-length", "")
    return length.isdecimal() and (len(length) > len(str(MOST_BODY)) or int(length) > MOST_BODY)


async def _read(stream: Stream) -> bytes | None:
    """The whole body; None as soon as it is too large."""
    pieces, size = [], 0
    async for piece in stream:
        size += len(piece)
        if size > MOST_BODY:
            return None
        pieces.append(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _fresh(ask: Callable[..., T], *told: object) -> T:
    """With a database connection that is not too old, and none that is broken afterwards."""
    close_old_connections()
    try:
        return ask(*told)
    finally:
        close_old_connections()


def _reply(carrier: str, let: Let) -> Answer:
    """Somebody's own words, obeyed, and our answer to them."""
    ear = EARS[carrier]
    message = ear.read(let.knock)
    text = replies.receive(message, carrier=carrier, mode=let.mode) if message else ""
    return Answer(200, ear.answer(text), (("content-type", ear.kind),))


def _look() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select 1")
