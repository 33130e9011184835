"""docker-compose.yml runs all of the program, each lane with a worker of its own, none as root."""

import argparse
import ast
import os
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from dispatcher.cli import supervise
from dispatcher.conf import work
from dispatcher.conf.first_start import files
from dispatcher.kit import queues
from tests.house.tree import ROOT, modules, parsed

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
ONCE = {"secrets", "migrate"}
TICKS = {"beat"}


def queues_of(command: tuple[str, ...] | list[str]) -> list[str]:
    """The lanes that a worker's command watches."""
    return str(command[list(command).index("-Q") + 1]).split(",")


WORKERS = {name: one for name, one in SERVICES.items() if "worker" in one.get("command", [])}


@pytest.mark.parametrize("lane", queues.LANES)
def test_a_lane_has_one_worker_service(lane):
    """A queue without a worker is a message that nobody sends."""
    assert [name for name, one in WORKERS.items() if queues_of(one["command"]) == [lane]]


@pytest.mark.parametrize("lane", queues.LANES)
def test_a_lane_has_a_worker_on_a_single_host(lane):
    """`./dispatch up` watches the same lanes."""
    assert queues_of(supervise.worker(lane).command) == [lane]


def test_celery_knows_the_lanes_and_no_others():
    """A queue that is made by a misspelling is read by nobody."""
    assert {queue.name for queue in work.task_queues} == set(queues.LANES)
    assert work.task_create_missing_queues is False


def test_what_beat_rings_is_a_task():
    """Each entry of the schedule names a function that is there, in a lane that is watched."""
    tasks = {
        f"{'.'.join(path.relative_to(ROOT).with_suffix('').parts)}.{node.name}"
        for path in modules()
        if path.name == "tasks.py"
        for node in parsed(path).body
        if isinstance(node, ast.FunctionDef)
    }
    for entry in work.beat_schedule.values():
        assert entry["task"] in tasks
        assert entry["options"]["queue"] in queues.LANES


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_locked_up(name):
    """Not root, a root file system that nobody writes to, no capability, no way to more."""
    service = SERVICES[name]
    assert service["user"] not in {"root", "0"}
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - ONCE - TICKS))
def test_a_service_says_whether_it_is_well(name):
    """What runs on has a health check; what runs once has an exit code."""
    assert SERVICES[name]["healthcheck"]["test"]


def test_no_secret_is_written_in_the_file():
    """Passwords come from files of the volume."""
    for service in SERVICES.values():
        for name, value in (service.get("environment") or {}).items():
            if any(word in name for word in ("PASSWORD", "SECRET", "TOKEN", "KEY", "_URL_")):
                assert name.endswith("_FILE"), name
                assert str(value).startswith("/run/dispatcher/")


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_is_published_to_the_world(name):
    """Ports are bound to loopback unless the operator says otherwise."""
    for port in SERVICES[name].get("ports", []):
        assert "127.0.0.1" in port


@pytest.mark.parametrize(
    "path", ["docker-compose.yml", "docs/operate/compose/ground.yml"], ids=["one", "several"]
)
def test_the_program_s_role_is_not_the_server_s_superuser(path, tmp_path):
    """It is made on new data by a script that the server finds, with a secret that is made."""
    (tmp_path / "sandbox").mkdir()
    told = argparse.Namespace(
        directory=tmp_path, database_host="db", valkey_host="vk", sandbox_url="http://x.test"
    )
    made = files(told)
    server = yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))["services"]["postgres"]
    environ = server["environment"]
    address = urlsplit(made["database_url"])
    secret = environ["DATABASE_PASSWORD_FILE"].removeprefix("/run/dispatcher/")
    assert address.username == "dispatcher" != environ["POSTGRES_USER"]
    assert address.password == made[secret] != made["postgres_password"]
    assert environ["POSTGRES_PASSWORD_FILE"] == "/run/dispatcher/postgres_password"
    [script] = [one for one in server["volumes"] if ":/docker-entrypoint-initdb.d/" in one]
    assert os.access((ROOT / path).parent / script.partition(":")[0], os.X_OK)
