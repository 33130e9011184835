"""The two servers together: `Local(home).start()` gives their addresses, `found` those that run."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType

from dispatcher.kit.errors import Refused
from dispatcher.kit.local import home as ours
from dispatcher.kit.local import postgres, programs, valkey
from dispatcher.kit.local.account import servants


@dataclass(frozen=True, slots=True)
class Services:
    """Where the servers answer; the addresses hold passwords and are not shown in logs."""

    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    data: str
    postgres: str
    pid: int


class Local:
    """Our own PostgreSQL and Valkey on one home, for as long as this process lives.

    Start it from the main thread (see `leash`). `durable=False` is for tests: no fsync.
    `prefer` is "system", "embedded" or a directory of programs; unset: DISPATCHER_POSTGRES.
    """

    def __init__(self, home: Path, *, durable: bool = True, prefer: str | None = None) -> None:
        self.home = home.absolute()
        self.services: Services | None = None
        self._durable = durable
        self._prefer = os.environ.get("DISPATCHER_POSTGRES", "") if prefer is None else prefer
        self._hold = ours.Hold(self.home)
        self._postgres: postgres.Server | None = None
        self._valkey: valkey.Server | None = None

    def start(self) -> Services:
        """Start both. Raises Refused: local.running and the codes of `programs` and the servers."""
        account = servants()
        ours.make(self.home, account)
        self._hold.take()
        try:
            return self._start()
        except BaseException:  # also Ctrl-C: nothing of ours may stay behind
            self.stop()
            raise

    def _start(self) -> Services:
        account = servants()
        within = ours.place_for_servers(self.home, account)
        where = postgres.place(self.home, within, account, durable=self._durable)
        found = programs.postgres(self._prefer, made_by=postgres.made_by(where))
        program = programs.valkey(account, within, prefer=self._prefer)
        found = programs.within_reach(found, account, within)
        self._valkey = valkey.Server(program, self.home, within, account, durable=self._durable)
        self._valkey.start()
        self._postgres = postgres.Server(found, where)
        self._postgres.start()
        kind = f"{found.major} ({'embedded' if found.embedded else 'system'})"
        self.services = Services(
            self._postgres.url, self._valkey.url, str(within), kind, os.getpid()
        )
        ours.write(self.home / "services.json", json.dumps(asdict(self.services)))
        return self.services

    @property
    def pids(self) -> tuple[int, int]:
        """The processes of PostgreSQL and Valkey; 0 for one that does not run."""
        return (
            self._postgres.pid if self._postgres else 0,
            self._valkey.pid if self._valkey else 0,
        )

    def tend(self) -> list[str]:
        """Start again a server that has died; the names of those that run again.

        One that cannot start now (its disk is full) is tried again at the next look.
        """
        servers = {"postgres": self._postgres, "valkey": self._valkey}
        dead = {name: one for name, one in servers.items() if one and not one.living}
        return [name for name, one in dead.items() if _revived(one)]

    def stop(self) -> None:
        """Stop both, cleanly, and let the home go. May be called twice."""
        if self.services:
            (self.home / "services.json").unlink(missing_ok=True)
            self.services = None
        if self._postgres:
            self._postgres.stop()
        if self._valkey:
            self._valkey.stop()
        self._hold.release()

    def remove(self) -> None:
        """Stop both and delete everything that they kept: for tests and demos."""
        self.stop()
        elsewhere = self.home / "elsewhere"
        if elsewhere.is_symlink():
            shutil.rmtree(elsewhere.resolve(), ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self) -> Services:
        """Start."""
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        self.stop()


def _revived(one: postgres.Server | valkey.Server) -> bool:
    try:
        one.start()
    except (Refused, OSError):  # the server's log says why
        return False
    return True


def found(home: Path) -> Services | None:
    """The servers that another process runs on this home, or None."""
    try:
        told = json.loads((home / "services.json").read_text(encoding="utf-8"))
    except OSError:
        return None
    return Services(**told) if ours.held(home) else None


def missing(environ: Mapping[str, str]) -> list[str]:
    """Which of DATABASE_URL and REDIS_URL the environment does not name, not even in a file."""
    wanted = ("DATABASE_URL", "REDIS_URL")
    return [name for name in wanted if not (environ.get(name) or environ.get(f"{name}_FILE"))]


def filled(services: Services, home: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that our servers and our home add to an environment; none is replaced.

    SECRET_KEY is among them, so that all processes on one home sign alike.
    """
    ours_are = {"DATABASE_URL": services.database_url, "REDIS_URL": services.redis_url}
    told = {name: ours_are[name] for name in missing(environ)}
    if not {"SECRET_KEY", "SECRET_KEY_FILE"} & environ.keys():
        told["SECRET_KEY"] = ours.secret(home, "signing")
    return told


@contextmanager
def provided(
    home: Path, *, environ: MutableMapping[str, str] = os.environ
) -> Iterator[Services | None]:
    """Fill in DATABASE_URL and REDIS_URL where they are unset, for the time of the block.

    They name the servers that already run on this home, else our own, stopped at the end. None:
    nothing was missing.
    """
    if not missing(environ):
        yield None
        return
    own = None
    services = found(home)
    if services is None:
        own = Local(home)
        services = own.start()
    try:
        environ.update(filled(services, home, environ))
        yield services
    finally:
        if own:
            own.stop()
