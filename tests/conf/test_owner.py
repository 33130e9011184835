"""The role that the containers' program runs as: made on new data, and on data from before."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from dispatcher.kit.errors import Refused
from dispatcher.kit.local import home, programs
from dispatcher.kit.local.postgres import KEEPER
from dispatcher.kit.local.servers import Local
from tests.house.tree import ROOT

FOLDER = ROOT / "docs" / "operate" / "compose" / "postgres"
PASSWORD = "it's a \\ $(secret)"
RIGHTS = "rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls"


class Server:
    """A server of its own, as its superuser and others see it."""

    def __init__(self, local: Local) -> None:
        assert local.services
        self.redis = local.services.redis_url
        self.port = int(conninfo_to_dict(local.services.database_url)["port"] or 0)
        self.keeper = home.secret(local.home, KEEPER)
        self.program = str(_psql())

    def session(self, user: str, password: str, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=user,
            password=password,
            dbname=database,
            autocommit=True,
        )

    def psql(self, *command: str, user: str, password: str, **environ: str) -> str:
        """What a command of psql's says; it must succeed."""
        where = {"PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGPASSWORD": password}
        path = os.pathsep.join((str(Path(self.program).parent), os.environ["PATH"]))
        environ = {"PATH": path, "POSTGRES_USER": user, **where, **environ}
        ran = subprocess.run(command, capture_output=True, text=True, env=environ, check=False)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def doctor(self, user: str, password: str) -> dict[str, bool]:
        """Code -> whether it is well, of the program with this role."""
        address = f"postgresql://{user}:{quote(password, safe='')}@127.0.0.1:{self.port}/dispatcher"
        ran = subprocess.run(
            [sys.executable, "-m", "dispatcher.cli", "doctor", "--json"],
            capture_output=True, text=True, check=False, cwd=ROOT,
            env={**os.environ, "DATABASE_URL": address, "REDIS_URL": self.redis},
        )  # fmt: skip
        return {check["code"]: check["ok"] for check in json.loads(ran.stdout)}


def _psql() -> Path:
    found = shutil.which("psql")
    return Path(found) if found else programs.postgres().bin / "psql"


@pytest.fixture
def server(tmp_path, tmp_path_factory) -> Iterator[Server]:
    """PostgreSQL with a database `dispatcher` that the role `dispatcher` owns."""
    try:
        if not _psql().exists():
            pytest.skip("no psql here")
    except Refused:
        pytest.skip("no PostgreSQL here")
    for one in (tmp_path_factory.getbasetemp(), tmp_path):  # root's servers pass, as in /tmp
        for directory in (one, *(up for up in one.parents if up.name.startswith("pytest-"))):
            directory.chmod(0o711)
    local = Local(tmp_path / "home", durable=False)
    local.start()
    yield Server(local)
    local.remove()


def test_on_new_data_the_program_gets_a_role_that_owns_its_database_alone(server, tmp_path):
    """By a password of its own; it makes tables, and neither roles nor databases."""
    with server.session(KEEPER, server.keeper, "postgres") as link:
        link.execute("drop database dispatcher")
        link.execute("drop role dispatcher")
    secret = tmp_path / "database_password"
    secret.write_text(f"{PASSWORD}\n", encoding="utf-8")
    environ = {"DATABASE_PASSWORD_FILE": str(secret)}
    server.psql(str(FOLDER / "owner.sh"), user=KEEPER, password=server.keeper, **environ)
    with server.session("dispatcher", PASSWORD, "dispatcher") as link:
        link.execute("create table made (id int)")
        rights = link.execute(
            f"select {RIGHTS} from pg_roles where rolname = current_user"  # noqa: S608
        ).fetchone()
        assert rights == (False,) * 5
        refused = ("create role other", "create database other", "select * from pg_authid",
                   "copy made from program 'true'")  # fmt: skip
        for deed in refused:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                link.execute(deed)
    assert server.doctor("dispatcher", PASSWORD)["database.role"]
    assert not server.doctor(KEEPER, server.keeper)["database.role"]


def test_data_from_before_are_moved_to_such_a_role(server):
    """All that was the superuser's is its own; password and address stay as they are."""
    with server.session(KEEPER, server.keeper, "dispatcher") as link:
        word = sql.Literal(PASSWORD)
        link.execute(sql.SQL("alter role dispatcher superuser password {}").format(word))
    with server.session("dispatcher", PASSWORD, "dispatcher") as link:
        link.execute("create table people (id bigint generated by default as identity, n serial)")
        link.execute("create sequence alone; create view seen as select * from people")
        link.execute("create function one() returns int language sql as 'select 1'")
    command = ("psql", "-X", "-f", str(FOLDER / "move.sql"), "-U", "dispatcher", "dispatcher")
    server.psql(*command, user="dispatcher", password=PASSWORD)
    with server.session("dispatcher", PASSWORD, "dispatcher") as link:
        mine = "not relowner = 'dispatcher'::regrole and relnamespace = 'public'::regnamespace"
        left = link.execute(f"select relname from pg_class where {mine}").fetchall()  # noqa: S608
        assert left == []
        link.execute("alter table people add more int; insert into people default values")
        link.execute("drop function one(); drop sequence alone; create table made (id int)")
        rights = link.execute(
            f"select {RIGHTS} from pg_roles where rolname = current_user"  # noqa: S608
        ).fetchone()
        assert rights == (False,) * 5
        assert link.execute("select 1 from pg_roles where rolname = 'mover'").fetchone() is None
