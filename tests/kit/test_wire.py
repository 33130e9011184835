"""The wire tells what was certainly not sent from what may have arrived."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Coroutine

import pytest
import uvloop

from dispatcher.kit.wire import Answer, Lost, NotSent, Pool
from tests.providers.twin import Step, Twin, answer

HALF = b'HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{"sid": "SM'
CHUNKED = b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n"

LOST: list[tuple[str, list[Step], str]] = [
    ("hangs up without reading", ["deaf"], "cut"),
    ("reads all and hangs up", ["fin"], "cut"),
    ("reads all and resets", ["rst"], "cut"),
    ("hangs up in the status line", [b"HTTP/1.1 201 Cre", "fin"], "cut"),
    ("hangs up in the body", [HALF, "fin"], "cut"),
    ("hangs up in a chunk", [CHUNKED + b"10\r\n{", "fin"], "cut"),
    ("never answers", [30.0], "timeout"),
    ("stalls in the head", [b"HTTP/1.1 201 Cre", 30.0], "timeout"),
    ("stalls in the body", [HALF, 30.0], "timeout"),
    ("drips a byte at a time", [HALF, *(s for _ in range(40) for s in (0.1, b"x"))], "timeout"),
    ("speaks another protocol", [b"\x00\x01SSH-2.0-nothing\r\n\r\n", "fin"], "garbage"),
    ("sends a body beyond the cap", answer(200, b"x" * 5000), "garbage"),
    (
        "sends a chunked body without end",
        [CHUNKED, *[b"400\r\n" + b"x" * 1024 + b"\r\n"] * 900],
        "garbage",
    ),
]


def loops() -> list[Callable[[Coroutine[None, None, Answer]], Answer]]:
    return [asyncio.run, uvloop.run]


async def ask(url: str, *, pool: Pool | None = None) -> Answer:
    async with pool or Pool(connect=0.3, whole=0.6, largest=4096) as wire:
        return await wire.ask("POST", url, headers={"X-Test": "1"}, body=b"To=%2B1")


async def played(script: list[Step]) -> Answer:
    async with Twin([script]) as twin:
        return await ask(twin.url)


@pytest.mark.parametrize("run", loops(), ids=["asyncio", "uvloop"])
@pytest.mark.parametrize(("script", "evidence"), [c[1:] for c in LOST], ids=[c[0] for c in LOST])
def test_what_may_have_arrived_is_lost_with_its_evidence(run, script, evidence):
    """Whatever happens after the first byte went out, the carrier may have the message."""
    with pytest.raises(Lost) as told:
        run(played(script))
    assert told.value.args == (evidence,)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("run", loops(), ids=["asyncio", "uvloop"])
@pytest.mark.parametrize("where", ["http://127.0.0.1:{port}/", "http://nobody.invalid/"])
def test_a_refused_connection_and_an_unknown_host_were_not_sent(run, where):
    with pytest.raises(NotSent):
        run(ask(where.format(port=free_port())))


def test_a_failed_tls_handshake_was_not_sent():
    """The request is written only after the handshake."""

    async def handshake() -> Answer:
        server = await asyncio.start_server(lambda _, w: w.close(), "127.0.0.1", 0)
        async with server:
            return await ask(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/")

    with pytest.raises(NotSent):
        asyncio.run(handshake())


def test_a_tls_handshake_that_stalls_was_not_sent():
    async def handshake() -> Answer:
        async with Twin([[30.0]]) as twin:
            return await ask(twin.url.replace("http:", "https:"))

    with pytest.raises(NotSent):
        asyncio.run(handshake())


def test_a_request_that_found_no_free_place_was_not_sent():
    """Waiting for a place is waiting before the first byte."""

    async def crowd() -> None:
        pool = Pool(most=1, whole=8.0)
        async with Twin([[30.0]]) as twin, pool:
            first = asyncio.create_task(pool.ask("GET", twin.url, headers={}))
            await asyncio.sleep(0.1)
            with pytest.raises(NotSent):
                await pool.ask("GET", twin.url, headers={})
            first.cancel()
            assert len(twin.seen) == 1

    asyncio.run(crowd())


@pytest.mark.parametrize("run", loops(), ids=["asyncio", "uvloop"])
def test_an_answer_comes_back_whole_and_a_redirect_is_not_followed(run):
    async def both() -> Answer:
        moved = answer(302, headers={"Location": "http://127.0.0.1:1/", "Retry-After": "7"})
        async with Twin([moved]) as twin:
            return await ask(twin.url)

    came = run(both())
    assert (came.status, came.headers["retry-after"], came.body) == (302, "7", b"")


def test_a_body_that_comes_in_pieces_is_read_to_its_end():
    pieces: list[Step] = [CHUNKED + b"3\r\nabc\r\n", 0.05, b"3\r\ndef\r\n", 0.05, b"0\r\n\r\n"]
    assert asyncio.run(played(pieces)).body == b"abcdef"


def test_a_compressed_answer_is_not_unpacked():
    """A bomb of 1 GB fits into 1 MB."""
    zipped = answer(200, b"\x1f\x8bzipped", headers={"Content-Encoding": "gzip"})
    assert asyncio.run(played(zipped)).body == b"\x1f\x8bzipped"


def test_requests_share_a_connection():
    async def many() -> int:
        async with Twin([answer(201, {})]) as twin, Pool() as pool:
            for _ in range(5):
                await pool.ask("POST", twin.url, headers={}, body=b"x")
            return twin.connections

    assert asyncio.run(many()) == 1


def test_a_closed_keep_alive_connection_is_replaced_without_sending_twice():
    async def twice() -> int:
        async with Twin([[*answer(201, {}), "fin"]]) as twin, Pool() as pool:
            for _ in range(3):
                await pool.ask("POST", twin.url, headers={}, body=b"x")
                await asyncio.sleep(0.05)
            return len(twin.seen)

    assert asyncio.run(twice()) == 3


def test_a_proxy_of_the_environment_is_ignored(monkeypatch):
    """A forgotten variable must not send a crisis through somebody's proxy."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert asyncio.run(played(answer(201, {}))).status == 201


def test_a_configured_proxy_is_used():
    async def through() -> list[str]:
        async with Twin([answer(201, {})]) as twin:
            await ask("http://carrier.test/x", pool=Pool(proxy=twin.url))
            return [request.path for request in twin.seen]

    assert asyncio.run(through()) == ["http://carrier.test/x"]


def test_the_evidence_holds_no_address():
    """A push endpoint is an address: neither the fact nor its chain may carry it into a log."""

    async def secret() -> Awaitable[None] | Answer:
        return await ask(f"http://127.0.0.1:{free_port()}/wpush/secret-token")

    with pytest.raises(NotSent) as told:
        asyncio.run(secret())
    assert "secret" not in repr(told.value)
    assert told.value.__suppress_context__
