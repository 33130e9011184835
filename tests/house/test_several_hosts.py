"""The compose files for several hosts run all of the program, and name nothing that is not there."""

import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from dispatcher.conf.environment import Environment
from dispatcher.conf.first_start import files
from dispatcher.kit import queues
from tests.house.test_compose import COMPOSE as SINGLE
from tests.house.test_compose import queues_of
from tests.house.tree import ROOT

FOLDER = ROOT / "docs" / "operate" / "compose"
PAGE = (ROOT / "docs" / "operate" / "several-hosts.md").read_text(encoding="utf-8")
HOSTS: dict[str, dict[str, Any]] = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.yml")
}
SERVICES = {
    f"{host}/{name}": service
    for host, told in HOSTS.items()
    for name, service in told["services"].items()
}
OURS = "${IMAGE:-crisis-dispatcher}"
SETTINGS = {name.upper() for name in Environment.model_fields}
SECRETS = "/run/dispatcher/"


def command(name: str) -> list[str]:
    return [str(word) for word in SERVICES[name]["command"]]


def made(tmp_path: Path) -> set[str]:
    """Names of the secrets that the first start makes."""
    (tmp_path / "sandbox").mkdir(exist_ok=True)

    class Told:
        directory, database_host, valkey_host = tmp_path, "10.0.0.1", "10.0.0.1"
        sandbox_url = "http://127.0.0.1:8090"

    return set(files(Told()))  # type: ignore[arg-type]


def test_the_hosts_are_ground_web_and_worker():
    assert HOSTS.keys() == {"ground", "web", "worker"}


def test_together_they_are_the_single_host_s_services():
    """Nothing is forgotten but the sandbox, which is for one machine."""
    names = [name.partition("/")[2] for name in SERVICES]
    assert set(names) == set(SINGLE["services"]) - {"sandbox"}
    assert len(names) == len(set(names))


@pytest.mark.parametrize("lane", queues.LANES)
def test_a_lane_has_a_worker_on_some_host(lane):
    watched = [queues_of(command(name)) for name in SERVICES if "worker" in command(name)]
    assert watched.count([lane]) == 1


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_runs_what_is_there(name):
    """Its image is ours or the single host's, and its command names modules that exist."""
    service, words = SERVICES[name], command(name)
    alone = SINGLE["services"][name.partition("/")[2]]
    assert service["image"] in {OURS, alone["image"]}
    if words[:2] == ["python", "-m"]:
        assert find_spec(words[2]), words[2]
    elif words[0] == "celery":
        assert find_spec(words[words.index("-A") + 1])
        assert words[3] in {"worker", "beat"}
    elif words[0] == "granian":
        module, _, attribute = words[-1].partition(":")
        found = find_spec(module)
        assert found
        assert found.origin
        assert f"\n{attribute} = " in Path(found.origin).read_text(encoding="utf-8")
    else:
        assert words[0] == alone["command"][0]


@pytest.mark.parametrize("name", [name for name, one in SERVICES.items() if one["image"] == OURS])
def test_a_variable_is_a_setting_and_a_secret_is_made(name, tmp_path):
    """A misspelt variable would be read by nobody, a file that nobody makes stops the program."""
    for variable, value in (SERVICES[name].get("environment") or {}).items():
        assert variable.removesuffix("_FILE") in SETTINGS, variable
        if str(value).startswith(SECRETS):
            assert str(value).removeprefix(SECRETS) in made(tmp_path), variable


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_locked_up(name):
    service = SERVICES[name]
    assert service["user"] not in {"root", "0"}
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", SERVICES)
def test_what_runs_on_says_whether_it_is_well(name):
    if name.partition("/")[2] not in {"secrets", "migrate", "beat"}:
        assert SERVICES[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_is_published_to_the_world(name):
    """On loopback, or at the address on the private network that the operator must name."""
    for port in SERVICES[name].get("ports", []):
        assert "127.0.0.1" in port or port.startswith("${GROUND}:")


def test_no_secret_is_written_in_a_file():
    for service in SERVICES.values():
        for variable, value in (service.get("environment") or {}).items():
            if re.search("PASSWORD|SECRET|TOKEN|KEY|DATABASE_URL|REDIS_URL", variable):
                assert variable.endswith("_FILE")
                assert str(value).startswith(SECRETS)


def test_every_variable_of_the_files_stands_on_the_page():
    asked = {
        name
        for path in FOLDER.glob("*.yml")
        for name in re.findall(r"(?<!\$)\$\{(\w+)", path.read_text(encoding="utf-8"))
    }
    assert asked
    assert [name for name in sorted(asked) if f"`{name}`" not in PAGE] == []


@pytest.mark.parametrize("host", HOSTS)
def test_docker_reads_the_file(host):
    """Where docker compose is at hand: it knows every key, and every variable has a value."""
    program = shutil.which("docker")
    if (
        not program
        or subprocess.run(
            [program, "compose", "version"], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("no docker compose here")
    told = {"GROUND": "10.0.0.1", "PUBLIC_URL": "https://x.test", "ALLOWED_HOSTS": "x.test"}
    ran = subprocess.run(
        [program, "compose", "-f", str(FOLDER / f"{host}.yml"), "config", "-q"],
        capture_output=True, text=True, env=told, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
