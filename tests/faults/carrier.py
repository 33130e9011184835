"""The carriers as an oracle: the sandbox in a process of its own that nobody kills.

It takes orders to misbehave, and notes each acceptance in a journal before it answers.
"""

import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dispatcher.kit.local import child

CARRIERS = ("twilio", "sendgrid", "fcm", "webpush")
QUICK = {"receipt_ms": [20, 200]}
"""How a carrier behaves that is well."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """One line of the journal: a message that a carrier took."""

    at: float
    """Seconds since 1970, by the same clock as everybody's on this machine."""
    carrier: str
    to: str
    delivery: str
    """Our id; Web Push knows only its Topic."""
    attempt: int
    """As told to the carrier; 0 where it is not (push)."""
    id: str


@dataclass(slots=True)
class Oracle:
    """One mode's carriers; `seed` makes their keys."""

    seed: int
    port: int
    journal: Path
    state: Path
    hooks: str
    _process: subprocess.Popen[bytes] | None = None
    _read: int = 0
    _accepted: list[Accepted] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it. Call from the main thread."""
        self.state.mkdir(mode=0o700, exist_ok=True)
        told = {
            "port": self.port,
            "seed": self.seed,
            "journal": self.journal,
            "state": self.state,
            "events-url": f"{self.hooks}/hooks/sendgrid",
            "receipts-via": self.hooks,
        }
        options = [part for name, value in told.items() for part in (f"--{name}", str(value))]
        self._process = child.start(
            [sys.executable, "-m", "dispatcher.sandbox", *options],
            log=self.state / "log",
            ending=signal.SIGTERM,
        )

    def stop(self) -> None:
        """End it."""
        if self._process:
            child.stop(self._process, steps=((signal.SIGTERM, 5),))

    def ask(self, method: str, path: str, told: object = None) -> dict[str, Any]:
        """One request to its own doors. Raises OSError while it does not listen."""
        if self._process and self._process.poll() is not None:
            raise AssertionError(
                f"the carrier has ended: {(self.state / 'log').read_text()[-600:]}"
            )
        body = None if told is None else json.dumps(told).encode()
        request = urllib.request.Request(
            self.url + path, data=body, method=method, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def behave(self, *, seed: int = 1, **manners: Any) -> None:
        """All carriers have these manners from now on (`sandbox.faults.Behaviour`)."""
        self.ask("DELETE", "/sandbox/faults")
        self.ask("POST", "/sandbox/faults", {"all": QUICK | manners, "seed": seed})

    def pass_time(self, seconds: float) -> None:
        """Its clock moves on: what it takes from now on is so much younger."""
        self.ask("POST", "/sandbox/clock", {"seconds": seconds})

    def receipts_waiting(self) -> int:
        """Receipts that are still to come to us, or still to be confirmed by us."""
        return int(self.ask("GET", "/sandbox/counts")["receipts"]["owed"])

    def accepted(self) -> list[Accepted]:
        """Everything that was taken so far, oldest first."""
        with self.journal.open("rb") as file:
            file.seek(self._read)
            new = file.read()
        whole = new[: new.rfind(b"\n") + 1]
        self._read += len(whole)
        self._accepted += _lines(whole)
        return self._accepted


def _lines(raw: bytes) -> Iterator[Accepted]:
    for line in raw.splitlines():
        told = json.loads(line)
        told.pop("number")
        yield Accepted(**told)
