"""One Valkey (or Redis) on a directory of ours: started, waited for, stopped."""

import contextlib
import signal
import subprocess
import time
from pathlib import Path

import redis

from dispatcher.kit.errors import Refused
from dispatcher.kit.local import child, home
from dispatcher.kit.local.account import Account, give

LOADING = 300.0  # seconds; after kill -9 the append-only file is read whole


def _configuration(data: Path, *, port: int, password: str, durable: bool) -> str:
    """The server's file: what it keeps is on disk within a second, and it never evicts."""
    settings = {
        "bind": "127.0.0.1",
        "port": str(port),
        "requirepass": password,
        "dir": str(data),
        "appendonly": "yes" if durable else "no",
        "appendfsync": "everysec",
        "save": '""',
        "maxmemory-policy": "noeviction",  # evicting would lose doorbells and pace without a word
        "daemonize": "no",
        "tcp-keepalive": "60",
    }
    return "".join(f"{name} {value}\n" for name, value in settings.items())


class Server:
    """A running Valkey."""

    def __init__(
        self, program: Path, at: Path, within: Path, account: Account | None, *, durable: bool
    ) -> None:
        self._program = program
        self._home = at
        self._data = within / "valkey"
        self._account = account
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """Where the program connects."""
        return f"redis://:{home.secret(self._home, 'valkey')}@127.0.0.1:{self.port}/0"

    @property
    def pid(self) -> int:
        """The server's process; 0 when it does not run."""
        return self._process.pid if self._process else 0

    @property
    def living(self) -> bool:
        """Whether the process that we started still runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start and wait until it answers. Raises Refused("local.valkey_failed") with its log."""
        self._data.mkdir(mode=0o700, exist_ok=True)
        give(self._data, self._account)
        log = self._home / "valkey.log"
        for _ in range(5):  # the port may be taken between the look and the start
            self.port = home.port(self._home, "valkey")
            self._process = child.start(
                [str(self._program), str(self._configure())],
                log=log,
                ending=signal.SIGTERM,
                account=self._account,
                cwd=self._data.parent,
            )
            if self._wait():
                return
            time.sleep(0.5)
        raise Refused("local.valkey_failed", log=str(log), reason=home.last_line(log))

    def _configure(self) -> Path:
        path = self._data / "valkey.conf"
        password = home.secret(self._home, "valkey")
        home.write(
            path,
            _configuration(self._data, port=self.port, password=password, durable=self._durable),
        )
        give(path, self._account)
        return path

    def _wait(self) -> bool:
        """Whether it came up: True as soon as it answers, False when it ended."""
        deadline = time.monotonic() + LOADING
        while self._process and self._process.poll() is None and time.monotonic() < deadline:
            with (
                contextlib.suppress(redis.ConnectionError, redis.TimeoutError),
                redis.Redis.from_url(self.url, socket_timeout=2) as client,
            ):
                return bool(client.ping())
            time.sleep(0.05)
        return False

    def stop(self) -> None:
        """Ask it to write out and end."""
        if self._process:
            child.stop(self._process, steps=((signal.SIGTERM, 15),))
            self._process = None
