"""The stage: our own servers, the carriers' stand-in and the schema, the same for every way."""

import json
import os
import shutil
import tempfile
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import django

from dispatcher.cli import supervise
from dispatcher.cli.installation import Installation, Plan, answers
from dispatcher.kit.local import home as ours
from dispatcher.kit.local.servers import Local, filled

CARRIERS = {"sms": "twilio", "email": "sendgrid", "fcm": "fcm", "webpush": "webpush"}
"""What is measured -> the carrier that the sandbox plays for it; push has two."""
PACE = 1_000_000
"""Messages a second that the accounts allow: what is measured is the way, not the limit."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The carriers' stand-in, in a process of its own."""

    url: str
    pid: int

    def ask(self, method: str, path: str, told: object = None) -> dict[str, Any]:
        """One request to its control doors."""
        body = None if told is None else json.dumps(told).encode()
        request = urllib.request.Request(  # noqa: S310  # our own loopback address
            self.url + path, data=body, method=method, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  # as above
            found: dict[str, Any] = json.load(answer)
        return found

    def counts(self, channel: str) -> dict[str, int]:
        """How often each thing happened at the channel's carrier."""
        counted: Mapping[str, dict[str, int]] = self.ask("GET", "/sandbox/counts")["carriers"]
        return counted.get(CARRIERS[channel], {})

    def taken(self) -> list[dict[str, Any]]:
        """Every message that was taken since the last `clear`, oldest first."""
        rows: list[dict[str, Any]] = []
        page = self.ask("GET", "/sandbox/taken?after=0&most=10000")
        while page["taken"]:
            rows += page["taken"]
            page = self.ask("GET", f"/sandbox/taken?after={page['next']}&most=10000")
        return rows

    def clear(self, *, receipts: bool, latency_ms: int = 0) -> None:
        """Forget what was taken; from now on all receipts are sent, or all are lost.

        The carriers answer after so many milliseconds.
        """
        self.ask("DELETE", "/sandbox/taken")
        manners = {"lost": 0.0 if receipts else 1.0, "latency_ms": [latency_ms, latency_ms]}
        self.ask("POST", "/sandbox/faults", dict.fromkeys(CARRIERS.values(), manners))


class Stage:
    """`with Stage(keep=n) as stage:` everything but the senders runs, with durable settings."""

    def __init__(self, *, keep: int) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="dispatcher-bench-"))
        self._keep = keep
        self._local = Local(self.home / "servers")
        self._group: supervise.Group | None = None
        self.sandbox = Sandbox("", 0)
        self.postgres = ""
        self.port, self.hooks_port = ours.free_port(), ours.free_port()

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:  # also Ctrl-C: nothing of ours may stay behind
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def _start(self) -> None:
        for name in ("DATABASE_URL", "REDIS_URL"):
            os.environ.pop(name, None)  # a benchmark never touches a database of yours
        services = self._local.start()
        self.postgres = services.postgres
        web, hooks = (f"http://127.0.0.1:{port}" for port in (self.port, self.hooks_port))
        os.environ.update(filled(services, self._local.home, os.environ))
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "dispatcher.conf.settings",
            "PUBLIC_URL": web,
            "HOOKS_URL": hooks,
            "DRILL_PACE": str(PACE),
        }
        self._group = supervise.Group(logs=self.home / "logs", environ=os.environ)
        self._sandbox(hooks)
        self._group.begin("prepare", supervise.python("-m", "dispatcher.cli.prepare"))
        self._group.finish("prepare")
        django.setup()

    def _sandbox(self, hooks: str) -> None:
        assert self._group
        port, state = ours.free_port(), self.home / "sandbox"
        url = f"http://127.0.0.1:{port}"
        state.mkdir(mode=0o700)
        usual = supervise.sandbox(port=port, hooks_url=hooks, state=state)
        self._group.start(
            supervise.Part("sandbox", (*usual.command, "--keep", str(self._keep)), usual.ending)
        )
        self._group.wait(lambda: answers(f"{url}/sandbox/health"), name="sandbox")
        self.sandbox = Sandbox(url, self._group.pids["sandbox"])
        accounts = state / "accounts.json"
        ours.write(accounts, json.dumps(self.sandbox.ask("GET", "/sandbox/accounts")))
        os.environ |= {"SANDBOX_URL": url, "DRILL_ACCOUNTS": str(accounts)}

    @property
    def servers(self) -> dict[str, list[int]]:
        """The processes that every way uses: PostgreSQL, Valkey, and the sink."""
        postgres, valkey = self._local.pids
        return {"postgres": [postgres], "valkey": [valkey], "sandbox": [self.sandbox.pid]}

    def installation(self) -> Installation:
        """The whole program as `./dispatch up` runs it, on this stage's servers."""
        plan = Plan(
            home=self.home / "installation",
            port=self.port,
            hooks_port=self.hooks_port,
            sandbox=False,
        )
        return Installation(plan, say=lambda _step: None)

    def group(self, name: str) -> supervise.Group:
        """Programs of another way, on this stage's servers."""
        return supervise.Group(logs=self.home / "logs" / name, environ=os.environ)

    def _stop(self) -> None:
        if self._group:
            self._group.stop()
        self._local.remove()
        shutil.rmtree(self.home, ignore_errors=True)


class Here:
    """`with Here():` the database and the Valkey of the environment, for a second look.

    What a benchmark makes there stays, and is not made again.
    """

    def __enter__(self) -> Self:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dispatcher.conf.settings")
        django.setup()
        return self

    def __exit__(self, *_told: object) -> None:
        """Nothing of ours runs."""
