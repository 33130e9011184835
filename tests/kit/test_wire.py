"""The wire tells what was certainly not sent from what may have arrived, whichever client speaks."""

import asyncio
import contextlib
import itertools
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvloop
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatcher.kit import lines
from dispatcher.kit.exchange import Answer, Lost, NotSent, Wire
from dispatcher.kit.lines import Lines
from dispatcher.kit.reqwest import Reqwest
from dispatcher.kit.wire import Pool
from tests.kit.authority import Authority
from tests.providers.twin import Step, Twin, answer

Client = type[Lines] | type[Reqwest]
CLIENTS: list[Client] = [Lines, Reqwest]
each_client = pytest.mark.parametrize("client", CLIENTS)

HALF = b'HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{"sid": "SM'
CHUNKED = b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n"

LOST: list[tuple[str, list[Step], str]] = [
    ("hangs up without reading", ["deaf"], "cut"),
    ("reads all and hangs up", ["fin"], "cut"),
    ("reads all and resets", ["rst"], "cut"),
    ("hangs up in the status line", [b"HTTP/1.1 201 Cre", "fin"], "cut"),
    ("hangs up in the head", [b"HTTP/1.1 201 Created\r\nContent-Le", "fin"], "cut"),
    ("hangs up in the body", [HALF, "fin"], "cut"),
    ("resets in the body", [HALF, "rst"], "cut"),
    ("hangs up in a chunk", [CHUNKED + b"10\r\n{", "fin"], "cut"),
    ("hangs up before the last chunk", [CHUNKED + b"1\r\n{\r\n", "fin"], "cut"),
    ("hangs up after a step on the way", [b"HTTP/1.1 100 Continue\r\n\r\n", "fin"], "cut"),
    ("never answers", [30.0], "timeout"),
    ("stalls in the body", [HALF, 30.0], "timeout"),
    ("drips a byte at a time", [HALF, *(s for _ in range(40) for s in (0.1, b"x"))], "timeout"),
    ("speaks another protocol", [b"\x00\x01SSH-2.0-nothing\r\n\r\n", "fin"], "garbage"),
    ("says two lengths", [b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx"], "garbage"),
    ("sends a body beyond the cap", answer(200, b"x" * 5000), "garbage"),
    ("sends a head without end", [b"HTTP/1.1 200 OK\r\n", *[b"X-%d: " % n + b"x" * 8000 + b"\r\n" for n in range(150)]], "garbage"),
    ("sends a chunked body without end", [CHUNKED, *[b"400\r\n" + b"x" * 1024 + b"\r\n"] * 900], "garbage"),
]  # fmt: skip


def written(status: int, body: bytes = b"", **headers: str) -> bytes:
    """A whole answer as it goes over the wire."""
    (step,) = answer(status, body, headers=headers)
    assert isinstance(step, bytes)
    return step


RUNS: list[Callable[[Coroutine[Any, Any, Any]], Any]] = [asyncio.run, uvloop.run]
WAYS = [
    pytest.param(Lines, asyncio.run, id="lines, asyncio"),
    pytest.param(Lines, uvloop.run, id="lines, uvloop"),
    pytest.param(Reqwest, uvloop.run, id="reqwest, uvloop"),
]
each_way = pytest.mark.parametrize(("client", "run"), WAYS)


async def ask(
    url: str, *, client: Client = Lines, connect: float = 3.0, whole: float = 6.0
) -> Answer:
    async with client(connect=connect, whole=whole, largest=4096) as wire:
        return await wire.ask("POST", url, headers={"X-Test": "1"}, body=b"To=%2B1")


async def played(script: list[Step], *, client: Client, whole: float = 6.0) -> Answer:
    async with Twin([script]) as twin:
        return await ask(twin.url, client=client, whole=whole)


@each_way
@pytest.mark.parametrize(("script", "evidence"), [c[1:] for c in LOST], ids=[c[0] for c in LOST])
def test_what_may_have_arrived_is_lost_with_its_evidence(client, run, script, evidence):
    """Whatever happens after the first byte went out, the carrier may have the message."""
    with pytest.raises(Lost) as told:
        run(played(script, client=client, whole=0.4 if evidence == "timeout" else 6.0))
    assert told.value.args == (evidence,)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@each_way
@pytest.mark.parametrize(
    "where", ["http://127.0.0.1:{port}/", "http://nobody.invalid/", f"http://{'a' * 64}.invalid/"]
)
def test_a_refused_connection_and_an_unknown_host_were_not_sent(client, run, where):
    with pytest.raises(NotSent):
        run(ask(where.format(port=free_port()), client=client))


@each_way
def test_a_failed_tls_handshake_was_not_sent(client, run):
    """The request is written only after the handshake."""

    async def handshake() -> Answer:
        server = await asyncio.start_server(lambda _, w: w.close(), "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            return await ask(f"https://127.0.0.1:{port}/", client=client)

    with pytest.raises(NotSent):
        run(handshake())


@each_way
def test_a_tls_handshake_that_stalls_was_not_sent(client, run):
    async def handshake() -> Answer:
        async with Twin([[30.0]]) as twin:
            return await ask(twin.url.replace("http:", "https:"), client=client, connect=0.3)

    with pytest.raises(NotSent):
        run(handshake())


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    """One that the system trusts; both clients ask the system anew."""
    made = Authority.made(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
    lines.trust.cache_clear()
    yield made
    lines.trust.cache_clear()


@each_way
def test_a_server_that_shows_a_trusted_name_is_spoken_to_on_one_connection(client, run, authority):
    async def thrice() -> tuple[bytes, int]:
        async with Twin([answer(201, b"yes")], authority.server("127.0.0.1")) as twin, client() as wire:  # fmt: skip
            for _ in range(3):
                told = await wire.ask("POST", twin.url, headers={}, body=b"x" * 100_000)
            return told.body, twin.connections

    assert run(thrice()) == (b"yes", 1)


@each_way
@pytest.mark.parametrize(
    ("where", "days"), [("192.0.2.7", 2), ("carrier.test", 2), ("127.0.0.1", -1)]
)
def test_a_server_with_anothers_name_or_an_old_certificate_gets_nothing(
    client, run, authority, where, days
):
    """Our key to the carrier is in the head of every request."""

    async def secret() -> int:
        async with Twin([answer(201)], authority.server(where, days=days)) as twin:
            with pytest.raises(NotSent):
                await ask(twin.url, client=client)
            return len(twin.seen)

    assert run(secret()) == 0


@each_way
def test_a_server_that_nobody_vouches_for_gets_nothing(client, run, tmp_path):
    async def secret() -> int:
        async with Twin([answer(201)], Authority.made(tmp_path).server("127.0.0.1")) as twin:
            with pytest.raises(NotSent):
                await ask(twin.url, client=client)
            return len(twin.seen)

    assert run(secret()) == 0


@each_way
@pytest.mark.parametrize("script", [["fin"], ["rst"], [HALF, "fin"]])
def test_what_is_cut_under_tls_is_lost_as_well(client, run, authority, script):
    async def cut() -> Answer:
        async with Twin([script], authority.server("127.0.0.1")) as twin:
            return await ask(twin.url, client=client)

    with pytest.raises(Lost) as told:
        run(cut())
    assert told.value.args == ("cut",)


@each_client
def test_a_request_that_found_no_free_place_was_not_sent(client):
    """Waiting for a place is waiting before the first byte."""

    async def crowd() -> None:
        pool = client(most=1, whole=8.0)
        async with Twin([[30.0]]) as twin, pool:
            first = asyncio.create_task(pool.ask("GET", twin.url, headers={}))
            await asyncio.sleep(0.1)
            with pytest.raises(NotSent):
                await pool.ask("GET", twin.url, headers={})
            first.cancel()
            assert len(twin.seen) == 1

    asyncio.run(crowd())


@each_client
def test_a_place_that_becomes_free_is_taken_by_who_waits(client):
    async def queue() -> list[int]:
        async with Twin([[0.05, *answer(201)]]) as twin, client(most=2) as pool:
            asked = (pool.ask("GET", twin.url, headers={}) for _ in range(6))
            return [told.status for told in await asyncio.gather(*asked)]

    assert asyncio.run(queue()) == [201] * 6


@each_way
def test_an_answer_comes_back_whole_and_a_redirect_is_not_followed(client, run):
    async def both() -> Answer:
        moved = answer(302, headers={"Location": "http://127.0.0.1:1/", "Retry-After": "7"})
        async with Twin([moved]) as twin:
            return await ask(twin.url, client=client)

    came = run(both())
    assert (came.status, came.headers["retry-after"], came.body) == (302, "7", b"")


CAME: list[tuple[str, list[Step], tuple[int, bytes]]] = [
    ("a body in pieces", [CHUNKED + b"3\r\nabc\r\n", 0.05, b"3\r\ndef\r\n", 0.05, b"0\r\n\r\n"], (201, b"abcdef")),
    ("a body up to the end of the connection", [b"HTTP/1.1 200 OK\r\n\r\nabc", 0.05, b"def", "fin"], (200, b"abcdef")),
    ("a body of HTTP/1.0", [b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc", "fin"], (200, b"abc")),
    ("no body", [b"HTTP/1.1 204 No Content\r\n\r\n"], (204, b"")),
    ("after a step on the way", [b"HTTP/1.1 100 Continue\r\nX-Step: 1\r\n\r\n", 0.05, *answer(201, b"x")], (201, b"x")),
    ("after two steps in one go", [b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" + written(201, b"x")], (201, b"x")),
    ("a compressed body, which is not unpacked: a bomb of 1 GB fits into 1 MB",
     answer(200, b"\x1f\x8bzipped", headers={"Content-Encoding": "gzip"}), (200, b"\x1f\x8bzipped")),
]  # fmt: skip


@each_way
@pytest.mark.parametrize(("script", "came"), [c[1:] for c in CAME], ids=[c[0] for c in CAME])
def test_an_answer_is_read_to_its_end(client, run, script, came):
    told = run(played(script, client=client))
    assert (told.status, told.body) == came
    assert "x-step" not in told.headers


PIECES = (
    b"HTTP/1.1 100 Continue\r\n\r\n"
    b"HTTP/1.1 201 Created\r\nX-Message-Id: m1\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\nX-Message-Id: trailer\r\n\r\n"
)


@given(cuts=st.lists(st.integers(1, len(PIECES) - 1), max_size=12))
@settings(max_examples=40, deadline=None)
def test_however_an_answer_is_cut_into_pieces_it_is_the_same(cuts):
    """Trailers are not believed: who may add one may not change what the head said."""
    at = [0, *sorted(set(cuts)), len(PIECES)]
    script: list[Step] = []
    for start, end in itertools.pairwise(at):
        script += [PIECES[start:end], 0.0]
    told = uvloop.run(played(script, client=Lines))
    assert (told.status, told.headers["x-message-id"], told.body) == (201, "m1", b"hello world")


@each_client
def test_requests_share_a_connection(client):
    async def many() -> int:
        async with Twin([answer(201, {})]) as twin, client() as pool:
            for _ in range(5):
                await pool.ask("POST", twin.url, headers={}, body=b"x")
            return twin.connections

    assert asyncio.run(many()) == 1


@each_client
def test_a_closed_keep_alive_connection_is_replaced_without_sending_twice(client):
    async def twice() -> int:
        async with Twin([[*answer(201, {}), "fin"]]) as twin, client() as pool:
            for _ in range(3):
                await pool.ask("POST", twin.url, headers={}, body=b"x")
                await asyncio.sleep(0.05)
            return len(twin.seen)

    assert asyncio.run(twice()) == 3


@each_way
def test_a_kept_connection_that_is_cut_as_we_write_is_lost_and_nothing_goes_twice(client, run):
    """The other side hung up, but after our request was on its way: nobody can tell."""

    async def race() -> int:
        async with Twin([answer(201), ["fin"]]) as twin, client() as pool:
            await pool.ask("POST", twin.url, headers={}, body=b"first")
            with pytest.raises(Lost) as told:
                await pool.ask("POST", twin.url, headers={}, body=b"second")
            assert told.value.args == ("cut",)
            return len(twin.seen)

    assert run(race()) == 2


class Curt(threading.Thread):
    """A server in a thread of its own that answers once on each connection, and soon hangs up."""

    def __init__(self, *, patience: float) -> None:
        super().__init__(daemon=True)
        self.patience = patience
        self.door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.door.getsockname()[1]}/"

    def run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = self.door.accept()
                line.recv(65536)
                line.sendall(written(201))
                time.sleep(self.patience)
                line.close()


@each_way
def test_a_line_that_ended_while_the_loop_was_busy_is_not_written_to(client, run):
    """Its end lies unread in the socket: a request written now would be lost for nothing."""
    curt = Curt(patience=0.05)
    curt.start()

    async def busy() -> list[int]:
        async with client() as pool:
            first = await pool.ask("POST", curt.url, headers={}, body=b"x")
            time.sleep(0.5)  # noqa: ASYNC251  # the loop is held up on purpose
            second = await pool.ask("POST", curt.url, headers={}, body=b"x")
            return [first.status, second.status]

    assert run(busy()) == [201, 201]
    curt.door.close()


@each_way
def test_an_empty_line_and_the_end_are_no_answer_least_of_all_the_last_one_again(client, run):
    async def two() -> None:
        short: list[Step] = [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"]
        async with Twin([short, [b"\r\n", 0.05, "fin"]]) as twin, client() as pool:
            await pool.ask("POST", twin.url, headers={}, body=b"x")
            with pytest.raises(Lost):
                await pool.ask("POST", twin.url, headers={}, body=b"x")

    run(two())


UNASKED: list[list[Step]] = [
    [written(201, b"mine"), 0.05, *answer(408, b"idle for too long")],
    [written(201, b"mine") + written(200, b"another's")],
    [written(201, b"mine") + b"and more"],
    [written(201, b"mine", Connection="close") + b"and more"],
]


@each_way
@pytest.mark.parametrize("script", UNASKED)
def test_what_nobody_asked_for_answers_no_request(client, run, script):
    """A second answer on a line would stand under another message's name."""

    async def two() -> tuple[bytes, bytes, int]:
        async with Twin([script, answer(202, b"yours")]) as twin, client() as pool:
            first = await pool.ask("POST", twin.url, headers={}, body=b"x")
            await asyncio.sleep(0.2)
            second = await pool.ask("POST", twin.url, headers={}, body=b"x")
            return first.body, second.body, twin.connections

    assert run(two()) == (b"mine", b"yours", 2)


@each_way
def test_an_answer_that_came_too_late_answers_no_other_request(client, run):
    async def two() -> bytes:
        slow: list[Step] = [0.5, *answer(201, b"late")]
        async with Twin([slow, answer(202, b"yours")]) as twin, client() as pool:
            asked = asyncio.create_task(pool.ask("POST", twin.url, headers={}, body=b"x"))
            await asyncio.sleep(0.1)
            asked.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asked
            return (await pool.ask("POST", twin.url, headers={}, body=b"x")).body

    assert run(two()) == b"yours"


@each_way
def test_what_is_under_way_when_the_pool_closes_is_lost(client, run):
    async def closed() -> object:
        async with Twin([[30.0]]) as twin:
            pool = client()
            asked = asyncio.create_task(pool.ask("POST", twin.url, headers={}, body=b"x"))
            await asyncio.sleep(0.1)
            await pool.close()
            return (await asyncio.gather(asked, return_exceptions=True))[0]

    assert isinstance(run(closed()), Lost)


@pytest.mark.parametrize("run", RUNS)
def test_an_answer_before_the_whole_request_went_out_ends_the_line(run):
    """The rest of the request would be read as the next one."""

    async def hasty(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(10)
        writer.write(written(413))
        await asyncio.sleep(5)

    async def large() -> tuple[int, int]:
        server = await asyncio.start_server(hasty, "127.0.0.1", 0, limit=1024)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        async with Lines() as pool:
            told = await pool.ask("POST", url, headers={}, body=b"x" * 20_000_000)
            kept = len(pool.open)
        server.close()
        return told.status, kept

    assert run(large()) == (413, 0)


def test_a_line_that_rests_too_long_is_hung_up(monkeypatch):
    monkeypatch.setattr(lines, "IDLE", 0.1)

    async def rest() -> int:
        async with Twin([answer(201)]) as twin, Lines(whole=0.5) as pool:
            await pool.ask("POST", twin.url, headers={}, body=b"x")
            assert len(pool.open) == 1
            await asyncio.sleep(0.4)
            return len(pool.open)

    assert asyncio.run(rest()) == 0


@each_client
@pytest.mark.parametrize(
    "headers", [{"X": "a\r\nBcc: b"}, {"X": "a\nb"}, {"X\r\nY": "a"}, {"X": "a\0"}]
)
def test_a_header_that_would_begin_another_line_is_the_callers_mistake(client, headers):
    async def smuggled() -> None:
        async with Twin([answer(201)]) as twin, client() as wire:
            with pytest.raises((ValueError, TypeError)):
                await wire.ask("POST", twin.url, headers=headers, body=b"x")
            assert twin.seen == []

    asyncio.run(smuggled())


@pytest.mark.parametrize("url", ["", "carrier.test/x", "ftp://carrier.test/", "http:///x", "https://key@carrier.test/"])  # fmt: skip
def test_what_is_no_web_address_is_the_callers_mistake(url):
    with pytest.raises(ValueError):
        asyncio.run(ask(url))


@pytest.mark.parametrize(
    ("url", "place", "host", "target"),
    [
        ("https://api.twilio.com/a?b=c#d", ("api.twilio.com", 443, True), "api.twilio.com", "/a?b=c"),
        ("http://[::1]:8090", ("::1", 8090, False), "[::1]:8090", "/"),
        ("https://Carrier.test:443/", ("carrier.test", 443, True), "carrier.test", "/"),
        ("https://carrier.test:8443/%C3%A4", ("carrier.test", 8443, True), "carrier.test:8443", "/%C3%A4"),
        ("https://carrier.test/a b\u00e4", ("carrier.test", 443, True), "carrier.test", "/a%20b%C3%A4"),
    ],
)  # fmt: skip
def test_an_address_leads_to_a_place_under_its_name(url, place, host, target):
    assert lines._address(url) == (place, host, target)


@each_client
def test_both_clients_send_the_same_request(client):
    async def seen() -> tuple[object, ...]:
        async with Twin([answer(201)]) as twin, client() as wire:
            await wire.ask("POST", f"{twin.url}/a?b=c%20d", headers={"X-Test": "1"}, body=b"body")
            (one,) = twin.seen
            usual = {"x-test", "host", "content-length", "accept", "user-agent"}
            extra = one.headers.keys() - usual
            return one.method, one.path, one.headers["x-test"], one.body, extra

    assert asyncio.run(seen()) == ("POST", "/a?b=c%20d", "1", b"body", set())


def test_a_proxy_of_the_environment_is_ignored(monkeypatch):
    """A forgotten variable must not send a crisis through somebody's proxy."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    for client in CLIENTS:
        assert asyncio.run(played(answer(201, {}), client=client)).status == 201


def test_a_configured_proxy_is_used():
    async def through() -> list[str]:
        async with Twin([answer(201, {})]) as twin, Pool(proxy=twin.url) as wire:
            await wire.ask("GET", "http://carrier.test/x", headers={})
            return [request.path for request in twin.seen]

    assert asyncio.run(through()) == ["http://carrier.test/x"]


def test_the_road_goes_over_lines_of_our_own():
    async def client() -> Wire:
        async with Pool() as pool:
            return pool._client

    assert isinstance(asyncio.run(client()), Lines)


@each_client
def test_the_evidence_holds_no_address(client):
    """A push endpoint is an address: neither the fact nor its chain may carry it into a log."""

    async def secret() -> Awaitable[None] | Answer:
        url = f"http://127.0.0.1:{free_port()}/wpush/secret-token"
        return await ask(url, client=client)

    with pytest.raises(NotSent) as told:
        asyncio.run(secret())
    assert "secret" not in repr(told.value)
    assert told.value.__suppress_context__
