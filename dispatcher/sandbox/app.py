"""The whole sandbox: which carrier answers which path, and how it is started and stopped."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any

from dispatcher.sandbox.config import Config
from dispatcher.sandbox.control import Control
from dispatcher.sandbox.events import Events
from dispatcher.sandbox.faults import Faults
from dispatcher.sandbox.fcm import Fcm
from dispatcher.sandbox.journal import Journal
from dispatcher.sandbox.keys import event_key, event_public_key, run_key, service_account
from dispatcher.sandbox.libretranslate import LibreTranslate
from dispatcher.sandbox.memory import Memory
from dispatcher.sandbox.post import Post
from dispatcher.sandbox.receipts import Clock
from dispatcher.sandbox.replies import Replies
from dispatcher.sandbox.sendgrid import SendGrid
from dispatcher.sandbox.server import Answering, Doors, Reply, Request
from dispatcher.sandbox.twilio import Twilio
from dispatcher.sandbox.wall import Wall
from dispatcher.sandbox.webpush import WebPush

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

    def service_account(self) -> dict[str, str]:
        """FCM's service account, its token address here."""
        return service_account(self.url, key=self.config.fcm_key or run_key())

    def credentials(self) -> dict[str, Any]:
        """All that a dispatcher must be told to use this sandbox."""
        return {
            "url": self.url,
            **asdict(self.config.accounts),
            "sendgrid_event_key": event_public_key(self.config.seed),
            "fcm_service_account": self.service_account(),
        }


def routes(sandbox: Sandbox) -> tuple[tuple[str, Answering], ...]:
    """Path prefix -> who answers; the first that fits."""
    config, memory, faults, post = sandbox.config, sandbox.memory, sandbox.faults, sandbox.post
    events = Events(config.events_url, event_key(config.seed), post, wait=config.batch_wait)
    fcm = Fcm(memory, faults, sandbox.service_account)
    clock = Clock()
    translate = LibreTranslate(memory, faults)

    def owed() -> int:
        return post.waiting() + clock.walking + events.owed

    replies = Replies(config.accounts, memory, post, config.inbound_url)
    return (
        ("/2010-04-01/", Twilio(config.accounts, memory, faults, post, clock)),
        ("/v3/mail/send", SendGrid(config.accounts, memory, faults, events, clock)),
        ("/push/", WebPush(memory, faults, config.seed)),
        ("/v1/projects/", fcm),
        ("/token", fcm),
        ("/translate", translate),
        ("/languages", translate),
        ("/sandbox/reply", replies),
        ("/sandbox/", Control(memory, faults, post, sandbox.credentials, owed)),
        ("/", Wall(memory, sandbox.url, replies)),
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
    url = config.public_url.rstrip("/") or f"http://{config.host}:{port}"
    note = Journal(config.journal).note if config.journal else None
    return Sandbox(url, config, Memory(config.keep, note=note), faults, post)


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
