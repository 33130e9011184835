"""One PostgreSQL on a data directory of ours: made, started, waited for, stopped."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from dispatcher.kit.errors import Refused
from dispatcher.kit.local import child, home, programs
from dispatcher.kit.local.account import Account, give

KEEPER = "keeper"
"""The superuser, used only here; the program itself is `dispatcher` and owns one database."""
OWNER = "dispatcher"
RECOVERY = 600.0  # seconds; after kill -9 the log of the last minutes is replayed
LONGEST_SOCKET = 90  # bytes of directory; the kernel allows 107 with the file's name
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
}
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For tests only: a crash of the machine would lose the data."""


@dataclass(frozen=True, slots=True)
class Place:
    """What one server is started from."""

    home: Path
    data: Path
    sockets: Path
    log: Path
    account: Account | None
    durable: bool


def place(at: Path, within: Path, account: Account | None, *, durable: bool) -> Place:
    """The directories of the server whose secrets lie in `at` and whose data lie in `within`."""
    return Place(at, within / "postgres", within / "sockets", at / "postgres.log", account, durable)


def made_by(where: Place) -> int:
    """The major version that made the data; 0 when there is none."""
    version = where.data / "PG_VERSION"
    return int(version.read_text()) if version.exists() else 0


def _own_directory(path: Path, account: Account | None) -> None:
    path.mkdir(mode=0o700, exist_ok=True)
    give(path, account)


def _make_data(found: programs.Postgres, where: Place) -> None:
    """Initialise beside and rename, so that a kill half-way leaves nothing that looks whole."""
    half = where.data.with_name("postgres.half")
    shutil.rmtree(half, ignore_errors=True)
    _own_directory(half, where.account)
    password = half.with_name("postgres.password")
    home.write(password, home.secret(where.home, KEEPER))
    give(password, where.account)
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    libc = ["--locale-provider=libc", "--locale=C.UTF-8"]
    command = [
        *[str(found.bin / "initdb"), "-D", str(half), "-U", KEEPER, "-E", "UTF8"],
        *["-A", "scram-sha-256", f"--pwfile={password}", "--no-instructions"],
        *(builtin if found.major >= 17 else libc),  # noqa: PLR2004  # the first with the provider
        *([] if where.durable else ["--no-sync"]),
    ]
    plain = {"PATH": os.defpath, "LC_ALL": "C"}
    running = child.start(
        command,
        log=where.log,
        ending=signal.SIGKILL,
        account=where.account,
        environ=plain,
        cwd=half.parent,
    )
    code = running.wait()
    password.unlink()
    if code:
        raise Refused("local.postgres_failed", log=str(where.log), reason=home.last_line(where.log))
    half.rename(where.data)


def _end_orphans(where: Place) -> None:
    """What outlived its parent is on its way down: wait, then insist.

    Also sessions of a server that was killed: they hold its shared memory, and on a busy machine
    take seconds to notice. A pid file whose process is none of these is stale, and its number may
    be another program's now.
    """
    steps = ((20, 0), (60, signal.SIGINT), (20, signal.SIGQUIT), (5, signal.SIGKILL))
    for seconds, asked in steps:  # signal 0 asks nothing
        for pid in _living(where.data):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, asked)
        deadline = time.monotonic() + seconds
        while (left := _living(where.data)) and time.monotonic() < deadline:
            time.sleep(0.1)
        if not left:
            (where.data / "postmaster.pid").unlink(missing_ok=True)
            return


def _living(data: Path) -> list[int]:
    """The server and its sessions: every postgres whose working directory is the data."""
    wanted, found = data.resolve(), []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended meanwhile, or is not ours to look at
            ours = (process / "cwd").readlink() == wanted
            if ours and (process / "comm").read_text() == "postgres\n":
                found.append(int(process.name))
    return found


def _options(where: Place, port: int) -> list[str]:
    """The server's settings as arguments."""
    fits = len(os.fsencode(where.sockets)) <= LONGEST_SOCKET
    settings = SETTINGS | ({} if where.durable else CARELESS)
    settings |= {"port": str(port), "unix_socket_directories": str(where.sockets) if fits else ""}
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


class Server:
    """A running PostgreSQL."""

    def __init__(self, found: programs.Postgres, where: Place) -> None:
        self._found = found
        self._where = where
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """Where the program connects: through the socket when its path is short enough."""
        password = quote(home.secret(self._where.home, OWNER), safe="")
        sockets = self._where.sockets
        if len(os.fsencode(sockets)) > LONGEST_SOCKET:
            return f"postgresql://{OWNER}:{password}@127.0.0.1:{self.port}/{OWNER}"
        host = quote(str(sockets), safe="")
        return f"postgresql://{OWNER}:{password}@/{OWNER}?host={host}&port={self.port}"

    @property
    def pid(self) -> int:
        """The server's process; 0 when it does not run."""
        return self._process.pid if self._process else 0

    @property
    def living(self) -> bool:
        """Whether the process that we started still runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Make the data if there is none, start, wait until it answers, see that the owner exists.

        Raises Refused("local.postgres_failed") with the log's path.
        """
        where = self._where
        if not where.data.exists():
            _make_data(self._found, where)
        _own_directory(where.sockets, where.account)
        _end_orphans(where)
        for _ in range(5):  # a port may be taken meanwhile; an orphan's memory may still be in use
            self.port = home.port(where.home, "postgres")
            self._launch()
            if self._wait():
                self._see_to_owner()
                return
            time.sleep(1)
        raise Refused("local.postgres_failed", log=str(where.log), reason=home.last_line(where.log))

    def _launch(self) -> None:
        self._process = child.start(
            [
                *[str(self._found.bin / "postgres"), "-D", str(self._where.data)],
                *_options(self._where, self.port),
            ],
            log=self._where.log,
            ending=signal.SIGINT,  # "fast shutdown": breaks off sessions, then a clean checkpoint
            account=self._where.account,
            environ={"PATH": os.defpath, "LC_ALL": "C"},
            cwd=self._where.data.parent,
        )

    def _connect(self, database: str = "postgres") -> psycopg.Connection:
        password = home.secret(self._where.home, KEEPER)
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=KEEPER,
            password=password,
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )

    def _wait(self) -> bool:
        """Whether it came up: True as soon as it answers, False when it ended."""
        deadline = time.monotonic() + RECOVERY
        while self._process and self._process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(psycopg.OperationalError), self._connect():
                return True
            time.sleep(0.05)
        return False

    def _see_to_owner(self) -> None:
        """The role that the program uses, with the password of our file, and its database."""
        name, password = sql.Identifier(OWNER), sql.Literal(home.secret(self._where.home, OWNER))
        with self._connect() as link:
            known = link.execute("select 1 from pg_roles where rolname = %s", [OWNER]).fetchone()
            verb = sql.SQL("alter" if known else "create")
            link.execute(
                sql.SQL("{} role {} login createdb password {}").format(verb, name, password)
            )
            link.execute(sql.SQL("grant pg_monitor to {}").format(name))
            known = link.execute("select 1 from pg_database where datname = %s", [OWNER]).fetchone()
            if not known:
                link.execute(sql.SQL("create database {} owner {}").format(name, name))

    def stop(self) -> None:
        """Fast shutdown; insist when it takes longer than a minute."""
        if self._process:
            child.stop(self._process, steps=((signal.SIGINT, 60), (signal.SIGQUIT, 20)))
            self._process = None
