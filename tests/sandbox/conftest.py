"""A sandbox on a free port, and a web server of ours that its receipts come to."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dispatcher.sandbox.config import Config
from dispatcher.sandbox.starter import Sandbox


@dataclass
class Hook:
    """What came in at our door, in order."""

    url: str = ""
    status: int = 200
    came: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def wait(self, number: int, *, seconds: float = 5.0) -> list[tuple[str, dict[str, str], bytes]]:
        """The first `number` requests; fails when they do not come in time."""
        until(lambda: len(self.came) >= number, seconds=seconds)
        return self.came[:number]


def until(true: Callable[[], bool], *, seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


@pytest.fixture
def hook() -> Iterator[Hook]:
    seen = Hook()

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            seen.came.append((self.path, headers, body))
            self.send_response(seen.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    seen.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield seen
    server.shutdown()
    server.server_close()


@pytest.fixture
def sandbox(hook: Hook) -> Iterator[Sandbox]:
    events = hook.url + "/hooks/sendgrid"
    with Sandbox(Config(port=0, seed=7, events_url=events, batch_wait=0.1)) as running:
        yield running
