"""The whole sandbox: which carrier answers which path, and how it is started and stopped."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from dispatcher.sandbox.config import Config
from dispatcher.sandbox.control import Control
from dispatcher.sandbox.faults import Faults
from dispatcher.sandbox.memory import Memory
from dispatcher.sandbox.post import Post
from dispatcher.sandbox.server import Answering, Doors, Reply, Request
from dispatcher.sandbox.twilio import Twilio

log = logging.getLogger(__name__)

GRACE = 2.0  # seconds in which answers that are owed may still leave


@dataclass(slots=True)
class Sandbox:
    """All carriers of one running sandbox, and where it can be reached."""

    url: str
    config: Config
    memory: Memory
    faults: Faults
    post: Post


def routes(sandbox: Sandbox) -> tuple[tuple[str, Answering], ...]:
    """Path prefix -> who answers; the first that fits."""
    twilio = Twilio(sandbox.config.accounts, sandbox.memory, sandbox.faults, sandbox.post)
    control = Control(sandbox.config, sandbox.memory, sandbox.faults, sandbox.post, sandbox.url)
    return (
        ("/2010-04-01/", twilio),
        ("/sandbox/", control),
    )


def answering(table: tuple[tuple[str, Answering], ...]) -> Answering:
    """One answerer for all paths; what goes wrong inside costs one answer, not the server."""

    def answer(request: Request) -> Reply:
        path = request.path
        for prefix, carrier in table:
            if path.startswith(prefix):
                return carrier(request)
        return Reply(404, b"No such page.\n", kind="text/plain; charset=utf-8")

    return answer


@asynccontextmanager
async def serving(config: Config) -> AsyncIterator[Sandbox]:
    """A sandbox that answers while the block runs. Raises OSError when the port is taken."""
    doors = Doors()
    server = await asyncio.get_running_loop().create_server(
        doors, config.host, config.port, backlog=4096, start_serving=False
    )
    sandbox = _furnished(config, port=server.sockets[0].getsockname()[1])
    doors.answering = answering(routes(sandbox))
    try:
        await server.start_serving()
        yield sandbox
    finally:
        server.close()
        await _settled(doors)
        doors.close()
        sandbox.post.close()
        await server.wait_closed()


def _furnished(config: Config, *, port: int) -> Sandbox:
    faults = Faults(config.seed)
    faults.tell(config.faults)
    post = Post(config.connections, frozenset(config.receipts_to), config.receipts_via)
    url = f"http://{config.host}:{port}"
    return Sandbox(url, config, Memory(config.keep), faults, post)


async def _settled(doors: Doors) -> None:
    end = time.monotonic() + GRACE
    while doors.busy() and time.monotonic() < end:  # noqa: ASYNC110  # once, at the end of a run
        await asyncio.sleep(0.02)


async def serve(
    config: Config, *, stop: asyncio.Event, ready: Callable[[Sandbox], None] = lambda _sandbox: None
) -> None:
    """Serve until `stop` is set, telling `ready` once. Raises OSError when the port is taken."""
    async with serving(config) as sandbox:
        ready(sandbox)
        await stop.wait()
