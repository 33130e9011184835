"""The whole program on one host: servers, schema, sandbox, web, door, lanes' workers, beat."""

import json
import os
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from celery import Celery
from celery.exceptions import OperationalError
from redis.exceptions import RedisError

from dispatcher.cli import supervise
from dispatcher.kit import queues
from dispatcher.kit.errors import Refused
from dispatcher.kit.local import home as ours
from dispatcher.kit.local.servers import Local, filled, missing

WEB_PORT, HOOKS_PORT, SANDBOX_PORT = 8000, 8001, 8090
SPARE = 50  # ports tried above the usual one


@dataclass(frozen=True, slots=True)
class Plan:
    """What shall run. A port of None: the usual one, or the next that is free."""

    home: Path
    host: str = "127.0.0.1"
    port: int | None = None
    hooks_port: int | None = None
    sandbox: bool = True
    durable: bool = True


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where to look; an empty sandbox when it does not run."""

    web: str
    sandbox: str = ""
    hooks: str = ""


def _port(wanted: int | None, usual: int, *, but: int = 0) -> int:
    """The port to listen on. Raises Refused("up.port_taken") when an explicit one is taken."""
    if wanted is not None:
        if ours.free_port(wanted) != wanted:
            raise Refused("up.port_taken", port=wanted)
        return wanted
    for port in range(usual, usual + SPARE):
        if port != but and ours.free_port(port) == port:
            return port
    raise Refused("up.port_taken", port=usual)


def answers(url: str) -> bool:
    """Whether a web server answers 200 there."""
    try:
        with urllib.request.urlopen(url, timeout=2) as reply:  # noqa: S310  # our own http address
            return bool(reply.status == 200)  # noqa: PLR2004  # OK
    except (urllib.error.URLError, OSError):
        return False


class Installation:
    """Everything, started by `start` and gone after `stop`; reused by the demo.

    `say` is called with the name of each step as it begins: servers, schema, sandbox,
    workers, web. Call from the main thread.
    """

    def __init__(self, plan: Plan, *, say: Callable[[str], None]) -> None:
        self._plan = plan
        self._say = say
        self._local: Local | None = None
        self._hold: ours.Hold | None = None
        self._home = plan.home.absolute()
        self.group: supervise.Group | None = None
        self._told: Path | None = None
        self.environ: dict[str, str] = {}

    def start(self) -> Addresses:
        """Start all. Raises Refused: local.*, up.*; nothing is left running then."""
        try:
            return self._start()
        except BaseException:  # also Ctrl-C: nothing of ours may stay behind
            self.stop()
            raise

    def _start(self) -> Addresses:
        self._say("servers")
        self.environ = {**os.environ, **self._servers()}
        (self._home / "up.json").unlink(missing_ok=True)  # of one that was killed
        port = _port(self._plan.port, WEB_PORT)
        hooks_port = _port(self._plan.hooks_port, HOOKS_PORT, but=port)
        near = self._plan.host.replace("0.0.0.0", "127.0.0.1")  # noqa: S104
        web_url, hooks_url = f"http://{near}:{port}", f"http://{near}:{hooks_port}"
        if not {"PUBLIC_URL", "PUBLIC_URL_FILE"} & self.environ.keys():
            self.environ["PUBLIC_URL"] = web_url
            self.environ.setdefault("HOOKS_URL", hooks_url)
        self.environ["DISPATCHER_HOME"] = str(self._home)
        self.group = supervise.Group(logs=self._home / "logs", environ=self.environ)
        self._say("schema")
        self.group.begin("prepare", supervise.python("-m", "dispatcher.cli.prepare"))
        sandbox_url = self._sandbox(hooks_url) if self._plan.sandbox else ""
        self._say("workers")  # they import while the schema is made; nothing rings before beat
        self.group.start(*map(supervise.worker, queues.LANES))
        self.group.finish("prepare")
        self._say("web")
        self.group.start(
            supervise.web(host=self._plan.host, port=port),
            supervise.door(host=self._plan.host, port=hooks_port),
            supervise.beat(),
        )
        self.group.wait(lambda: answers(f"{web_url}/livez"), name="web")
        self.group.wait(lambda: answers(f"{hooks_url}/livez"), name="door")
        lanes = Celery(broker=self.environ["REDIS_URL"])
        self.group.wait(lambda: listening(lanes) >= set(queues.LANES), name="worker-critical")
        found = Addresses(web_url, sandbox_url, hooks_url)
        self._told = self._home / "up.json"
        ours.write(self._told, json.dumps({"url": web_url, "pid": os.getpid()}))
        return found

    def _servers(self) -> dict[str, str]:
        """Hold the home; the variables that our own servers fill in."""
        if missing(os.environ):
            self._local = Local(self._home, durable=self._plan.durable)
            return filled(self._local.start(), self._home, os.environ)
        ours.make(self._home, None)
        self._hold = ours.Hold(self._home)
        self._hold.take()
        return {}

    def _sandbox(self, hooks_url: str) -> str:
        """Start the carriers' stand-in and keep the accounts that it tells."""
        assert self.group
        self._say("sandbox")
        port = _port(None, SANDBOX_PORT)
        url = f"http://127.0.0.1:{port}"
        state = self._home / "sandbox"
        state.mkdir(mode=0o700, exist_ok=True)
        self.group.start(supervise.sandbox(port=port, hooks_url=hooks_url, state=state))
        self.group.wait(lambda: answers(f"{url}/sandbox/health"), name="sandbox")
        with urllib.request.urlopen(f"{url}/sandbox/accounts", timeout=5) as told:  # noqa: S310
            ours.write(state / "accounts.json", told.read().decode())
        self.environ["SANDBOX_URL"] = url
        self.environ["DRILL_ACCOUNTS"] = str(state / "accounts.json")
        return url

    def tend(self) -> list[str]:
        """Start again what has died; the names."""
        revived = self._local.tend() if self._local else []
        return revived + (self.group.tend() if self.group else [])

    def stop(self) -> None:
        """Stop all, the servers last."""
        if self.group:
            self.group.stop()
        if self._told:  # a second one, refused, must not wipe what the first one told
            self._told.unlink(missing_ok=True)
        if self._local:
            self._local.stop()
        if self._hold:
            self._hold.release()


def listening(app: Celery) -> set[str]:
    """The lanes whose workers answer within a second."""
    try:
        told = app.control.ping(timeout=1.0)
    except (OperationalError, RedisError, OSError):
        return set()
    return {name.split("@")[0] for answer in told for name in answer}


def running_at(home: Path) -> str:
    """The web address of the installation that runs on this home; "" when it told none."""
    try:
        told = json.loads((home / "up.json").read_text(encoding="utf-8"))
    except OSError:
        return ""
    return str(told["url"]) if urlsplit(told["url"]).scheme else ""
