"""The process tree under fault: `./dispatch up` as it is, on a small disk of its own.

It sends real alerts and drills to two oracles. And the hands that kill, freeze, cut and fill.
"""

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import psycopg
import redis

from dispatcher.kit.local import child
from dispatcher.kit.local import home as ours
from dispatcher.kit.local.servers import found
from tests.faults.carrier import Oracle
from tests.faults.places import PREFIX, Ports, SmallDisk, remove, sweep
from tests.faults.processes import below, part, processes
from tests.faults.rows import Reader

ROOT = Path(__file__).parents[2]
LANES = ("critical", "routine", "receipts", "housekeeping")
MODES = ("real", "drill")
"""Each has carriers of its own."""
_SET = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PORT", "PUBLIC_URL", "DISPATCHER_HOME")


class Tree:
    """`with Tree(pace=100) as tree:` all of it runs; `pace`: messages a second for each account."""

    def __init__(self, *, pace: int) -> None:
        sweep()
        self.base = Path(tempfile.mkdtemp(prefix=PREFIX))
        self.base.chmod(0o711)  # the servers' account walks through
        self.home = self.base / "home"
        self.home.mkdir()
        self.disk = SmallDisk(self.home)
        self.port, self.hooks_port = Ports.take(), Ports.take()
        self.oracles = {
            # keys of its own: no other harness's carriers, and no drill's, are believed here
            mode: Oracle(
                seed=random.SystemRandom().randrange(2**31),
                port=Ports.take(),
                journal=self.base / f"{mode}.journal",
                state=self.base / mode,
                hooks=self.hooks,
            )
            for mode in MODES
        }
        self._pace = pace
        self._up: subprocess.Popen[bytes] | None = None
        self._desk: subprocess.Popen[str] | None = None
        self.environ: dict[str, str] = {}
        self.database = ""
        self.broker = ""

    @property
    def web(self) -> str:
        """Where the web process listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def hooks(self) -> str:
        """Where the receipts' door listens."""
        return f"http://127.0.0.1:{self.hooks_port}"

    @property
    def rows(self) -> Reader:
        """The ledger's rows."""
        return Reader(self.database)

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:  # also Ctrl-C: nothing of ours may stay behind
            self.stop()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def _start(self) -> None:
        for oracle in self.oracles.values():
            oracle.start()
        self.environ = _environ(self, pace=self._pace)
        self._up = child.start(
            [sys.executable, "-m", "dispatcher.cli.up", "--no-sandbox", "--home", str(self.home),
             "--port", str(self.port), "--hooks-port", str(self.hooks_port)],
            log=self.base / "up.log",
            ending=signal.SIGTERM,
            environ=self.environ,
            cwd=ROOT,
        )  # fmt: skip
        until(lambda: (self.home / "up.json").exists() or self._ended(), within=180, what=self.logs)
        services = found(self.home)
        assert services, "the servers do not run"
        self.database, self.broker = services.database_url, services.redis_url
        self.rows.install_watcher()
        self._hire()

    def _ended(self) -> bool:
        assert self._up
        if self._up.poll() is not None:
            raise AssertionError(f"the installation has ended: {self.logs()}")
        return False

    def _hire(self) -> None:
        """Let the operators in."""
        own = {
            "DATABASE_URL": self.database,
            "REDIS_URL": self.broker,
            "SECRET_KEY": ours.secret(self.home, "signing"),
            "DISPATCHER_HOME": str(self.home),
            "PUBLIC_URL": self.web,
        }
        self._desk = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.desk"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(self.base / "desk.log").open("w"),
            text=True,
            env=self.environ | own,
            cwd=ROOT,
            start_new_session=True,
        )

    def desk(self, do: str, *, within: float = 240, **told: Any) -> Any:
        """An operator does it, and tries again while the installation says that it cannot."""
        end = time.monotonic() + within
        while True:
            answer = self._say({"do": do, **told})
            if "told" in answer:
                return answer["told"]
            assert time.monotonic() < end, answer["error"]
            time.sleep(0.3)

    def _say(self, told: dict[str, Any]) -> dict[str, Any]:
        assert self._desk
        assert self._desk.stdin
        assert self._desk.stdout
        self._desk.stdin.write(json.dumps(told) + "\n")
        self._desk.stdin.flush()
        line = self._desk.stdout.readline()
        assert line, (self.base / "desk.log").read_text()[-2000:]
        answer: dict[str, Any] = json.loads(line)
        return answer

    # --- the processes ------------------------------------------------------------------------

    @property
    def supervisor(self) -> int:
        """The process of `./dispatch up`; it looks after all others, and nobody kills it."""
        assert self._up
        return self._up.pid

    def living(self) -> bool:
        """Whether the supervisor has needed no hand."""
        return self._up is not None and self._up.poll() is None

    def parts(self) -> dict[str, int]:
        """Part's name -> its main process, of those that run now."""
        table = processes()
        named = {part(one): pid for pid, one in table.items() if one.parent == self.supervisor}
        return {name: pid for name, pid in named.items() if name}

    def kill(self, *names: str, whole: bool = True, how: signal.Signals = signal.SIGKILL) -> int:
        """Signal these parts' processes, with their children when `whole`; how many were met."""
        table, parts, met = processes(), self.parts(), 0
        for name in names:
            pid = parts.get(name)
            children = list(below(pid, table)) if pid and whole else []
            for one in [pid, *children] if pid else []:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(one, how)
                    met += 1
        return met

    def kill_child(self, name: str) -> int:
        """SIGKILL only what the part has forked: a worker's children, not its main process."""
        pid, table = self.parts().get(name), processes()
        children = list(below(pid, table)) if pid else []
        for one in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        return len(children)

    @contextlib.contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """SIGSTOP the part and its children; SIGCONT at the end of the block."""
        parts, table = self.parts(), processes()
        pids = [parts[name], *below(parts[name], table)]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def whole(self, *, within: float = 240.0) -> None:
        """Wait until every part runs again and answers; nobody but the supervisor helps."""
        wanted = {
            "web",
            "door",
            "beat",
            "postgres",
            "valkey",
            *(f"worker-{lane}" for lane in LANES),
        }

        def back() -> bool:
            assert self.living(), f"the supervisor has ended: {self.logs()}"
            return wanted <= set(self.parts()) and self._answers()

        def missing() -> str:
            return f"all parts again; missing {wanted - set(self.parts())}, {self.logs()}"

        until(back, within=within, what=missing)

    def _answers(self) -> bool:
        try:
            for url in (self.web, self.hooks):
                urllib.request.urlopen(f"{url}/livez", timeout=2).close()
            self.rows.ask("select 1")
            with redis.Redis.from_url(self.broker, socket_timeout=1) as bell:
                return bool(bell.ping())
        except (OSError, redis.RedisError, psycopg.Error):
            return False

    # --- the network --------------------------------------------------------------------------

    def cut_database(self) -> int:
        """End every connection to PostgreSQL but our own; how many."""
        [(n,)] = self.rows.ask(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity"
            " where pid <> pg_backend_pid() and usename = current_user"
        )
        return int(n)

    def cut_broker(self) -> int:
        """End every connection to Valkey, those that wait for a doorbell too."""
        with redis.Redis.from_url(self.broker, socket_timeout=5) as bell:
            cut = 0
            for kind in ("normal", "pubsub"):
                cut += int(bell.execute_command("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes"))
        return cut

    def empty_broker(self) -> None:
        """FLUSHALL: doorbells, bindings, pace and all."""
        with redis.Redis.from_url(self.broker, socket_timeout=5) as bell:
            bell.flushall()

    def half_closed_knocks(self, count: int) -> None:
        """So many callers that write half a receipt to the web and close their side."""
        for _ in range(count):
            with socket.create_connection(("127.0.0.1", self.hooks_port), timeout=5) as line:
                line.sendall(
                    b"POST /hooks/sendgrid HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n[{"
                )
                line.shutdown(socket.SHUT_WR)

    def forge(self, delivery: int) -> int:
        """A receipt of a text message that no carrier signed; the status that its sender meets."""
        return self._knock(
            f"{self.hooks}/hooks/twilio/{delivery}/1",
            b"MessageStatus=failed&MessageSid=SM1",
            {"X-Twilio-Signature": "bm8="},
        )

    def forge_events(self, deliveries: list[int]) -> int:
        """E-mail's bounces that no carrier signed; the status that their sender meets."""
        told = [
            {"event": "bounce", "delivery_id": str(one), "attempt": "1", "sg_event_id": str(one)}
            for one in deliveries
        ]
        return self._knock(
            f"{self.hooks}/hooks/sendgrid",
            json.dumps(told).encode(),
            {
                "Content-Type": "application/json",
                "X-Twilio-Email-Event-Webhook-Signature": "bm8=",
                "X-Twilio-Email-Event-Webhook-Timestamp": str(int(time.time())),
            },
        )

    def _knock(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        request = urllib.request.Request(url, data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def logs(self) -> str:
        """The last lines of everything, for a failure's report."""
        files = [self.base / "up.log", *sorted((self.home / "logs").glob("*.log"))]
        return "\n".join(
            f"--- {file.name}: {file.read_text(errors='replace')[-600:]}"
            for file in files
            if file.exists()
        )

    def stop(self) -> None:
        """End everything and remove what it kept."""
        self.disk.free()
        if self._desk:
            self._desk.kill()
            self._desk.wait()
        if self._up:
            for pid in below(self._up.pid, processes()):  # whom a test has left frozen
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
            child.stop(self._up, steps=((signal.SIGTERM, 60),))
        for oracle in self.oracles.values():
            oracle.stop()
        remove(self.base)


def _environ(tree: Tree, *, pace: int) -> dict[str, str]:
    """What the installation is told: our oracles stand where the carriers would."""
    told = {name: _accounts(oracle) for name, oracle in tree.oracles.items()}
    drill = tree.base / "drill-accounts.json"
    ours.write(drill, json.dumps(told["drill"]))
    real = told["real"]
    paces = dict.fromkeys(
        ("TWILIO_PACE", "SENDGRID_PACE", "FCM_PACE", "WEBPUSH_PACE", "DRILL_PACE"), str(pace)
    )
    kept = {name: value for name, value in os.environ.items() if name not in _SET}
    return kept | paces | {
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "dispatcher.conf.settings",
        "SANDBOX_URL": tree.oracles["drill"].url,
        "DRILL_ACCOUNTS": str(drill),
        "TWILIO_ACCOUNT_SID": real["twilio_sid"],
        "TWILIO_AUTH_TOKEN": real["twilio_token"],
        "TWILIO_SENDER": "+12025550100",
        "TWILIO_URL": real["url"],
        "SENDGRID_API_KEY": real["sendgrid_key"],
        "SENDGRID_SENDER": "alerts@example.com",
        "SENDGRID_WEBHOOK_KEY": real["sendgrid_event_key"],
        "SENDGRID_URL": real["url"],
        "FCM_SERVICE_ACCOUNT": json.dumps(real["fcm_service_account"]),
        "FCM_URL": real["url"],
    }  # fmt: skip


def _accounts(oracle: Oracle) -> dict[str, Any]:
    told: dict[str, Any] = {}

    def asked() -> bool:
        with contextlib.suppress(OSError):
            told.update(oracle.ask("GET", "/sandbox/accounts"))
        return bool(told)

    until(asked, within=60, what=lambda: "the oracle")
    return told


def until(
    check: Callable[[], bool], *, within: float, what: Callable[[], str], every: float = 0.1
) -> float:
    """Wait until it holds; the seconds that it took. `what` says how far it came when it fails."""
    began = time.monotonic()
    while not check():
        assert time.monotonic() - began < within, f"not within {within:.0f} s: {what()}"
        time.sleep(every)
    return time.monotonic() - began
