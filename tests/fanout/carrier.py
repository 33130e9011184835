"""A server that speaks Twilio's protocol as a test wishes: well, ill in several ways, or slow."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs


class Carrier(ThreadingHTTPServer):
    """`mood` is well, 500, 401, silent or gone; `taken` are (seconds, number) of what it accepted."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.mood = "well"
        self.delay = 0.0
        self.asked: list[tuple[float, str]] = []
        self.taken: list[tuple[float, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def people(self) -> list[str]:
        """The numbers of those whose message was accepted."""
        return [number for _, number in self.taken]

    def account(self) -> dict[str, str]:
        """Its account, for the setting CARRIERS."""
        return {
            "carrier": "twilio", "account_sid": "AC0", "auth_token": "invented",
            "sender": "+12025550100", "callback": "https://alerts.example.org/hooks/twilio",
            "base_url": self.url,
        }  # fmt: skip


class _Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Carrier

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        number = parse_qs(body)["To"][0]
        self.server.asked.append((time.monotonic(), number))
        time.sleep(self.server.delay)
        match self.server.mood:
            case "well":
                self.server.taken.append((time.monotonic(), number))
                self._answer(201, {"sid": f"SM{len(self.server.taken):032}", "status": "queued"})
            case "401":
                self._answer(401, {"code": 20003, "message": "Authenticate", "status": 401})
            case "500":
                self._answer(500, {"message": "oops"})
            case "silent":
                time.sleep(2)
                self.close_connection = True

    def _answer(self, status: int, told: dict[str, object]) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def carrier() -> Iterator[Carrier]:
    """A carrier that listens until the end of the block."""
    server = Carrier()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
