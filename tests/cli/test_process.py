"""The command as a process of its own: exit codes, a database that is away, languages."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from django.utils.translation import trans_real

from dispatcher.cli import services, shell
from tests.cli.conftest import run

HOUSE = Path(__file__).parents[2]
NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


def process(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """`python -m dispatcher.cli …` with an environment of its own."""
    base = {
        name: os.environ[name]
        for name in ("PATH", "DATABASE_URL", "REDIS_URL")
        if name in os.environ
    }
    return subprocess.run(
        [sys.executable, "-m", "dispatcher.cli", *arguments],
        cwd=HOUSE,
        env={**base, "PYTHONPATH": str(HOUSE), "SECRET_KEY": "only-for-tests", **environ},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_database_that_is_away_is_said_without_a_traceback():
    """Exit code 4 with a hint; as JSON too."""
    said = process("alert", "list", DATABASE_URL=NOWHERE, DISPATCHER_KEY="dk_00000000_x")
    assert said.returncode == 4
    assert "does not answer" in said.stderr
    assert "try again" in said.stderr
    assert "Traceback" not in said.stderr
    as_json = process(
        "alert", "list", "--json", DATABASE_URL=NOWHERE, DISPATCHER_KEY="dk_00000000_x"
    )
    assert json.loads(as_json.stderr)["error"]["code"] == "database.away"


def test_the_doctor_works_without_anything():
    """Nothing is reachable: one screen, remedies, exit code 4."""
    said = process("doctor", "--json", DATABASE_URL=NOWHERE, REDIS_URL="redis://127.0.0.1:1/0")
    assert said.returncode == 4, said.stderr
    checks = {check["name"]: check for check in json.loads(said.stdout)}
    assert not checks["Database"]["ok"]
    assert not checks["Broker"]["ok"]
    assert all(check["remedy"] for check in checks.values() if check["away"])
    assert "Traceback" not in said.stderr


def test_help_names_the_exit_codes_and_gives_examples():
    """What a script's author needs stands in the help."""
    said = process("--help")
    assert said.returncode == 0
    for code in shell.EXITS:
        assert f"{code} " in said.stdout
    assert "dispatcher alert launch 1" in said.stdout


def test_what_is_not_understood_is_2():
    """An unknown verb, a missing word, a number that is none."""
    assert run("alert", "lunch").code == 2
    assert run("alert", "preview").code == 2
    assert run("contacts", "list", "--limit", "many").code == 2


def test_every_verb_has_help_and_the_two_options():
    """No verb is left without words, `--json` and `--key`; `up` is no question to the database."""
    for noun in ("alert", "contacts", "segments", "wordings", "operators"):
        listed = run(noun, "--help").out.partition("Commands:")[2]
        verbs = [
            line.split()[0]
            for line in listed.splitlines()
            if line.startswith("  ") and line[2] != " "
        ]
        assert verbs
        for verb in verbs:
            told = run(noun, verb, "--help")
            assert told.code == 0
            assert "--json" in told.out, (noun, verb)
            assert "--key" in told.out, (noun, verb)


@pytest.mark.parametrize("name", ["DISPATCHER_LANG", "LC_ALL", "LANG"])
def test_the_language_is_chosen_when_the_command_runs(name, tmp_path, settings, monkeypatch):
    """One process, two languages: help and sentences follow the environment."""
    catalogue = Catalog(locale="fa")
    catalogue.add("The saved segments.", "بخش‌های ذخیره‌شده.")
    catalogue.add("This is not known.", "ناشناخته")
    folder = tmp_path / "fa" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "django.mo").open("wb") as file:
        write_mo(file, catalogue)
    settings.LOCALE_PATHS = [tmp_path]
    monkeypatch.setattr(trans_real, "_translations", {})
    quiet = {"DISPATCHER_LANG": "", "LC_ALL": "", "LC_MESSAGES": "", "LANG": ""}
    persian = run("segments", "list", "--help", **{**quiet, name: "fa_IR.UTF-8"})
    assert "بخش‌های ذخیره‌شده." in persian.out
    english = run("segments", "list", "--help", **{**quiet, name: "en_GB.UTF-8"})
    assert "The saved segments." in english.out


def test_a_broker_that_is_away_keeps_the_launch(approved, mina, at, settings):
    """The dispatch is on disk; the person is told that it leaves later."""
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert not services.broker().ok
    said = at(mina)("alert", "launch", approved.number, "--confirm", "DRILL")
    assert said.code == 0
    assert "leaves when it is back" in said.err


@pytest.mark.django_db
def test_the_doctor_tells_each_lane_and_each_remedy():
    """With the services there it says what is still missing."""
    said = run("doctor", "--json")
    names = [check["name"] for check in said.json]
    assert {"Database", "Tables", "Broker", "Workers, critical", "Fonts"} <= set(names)
    assert said.code in {0, 1}
