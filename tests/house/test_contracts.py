"""The stairs hold, and each import contract fails when it is broken."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def lint(directory: Path) -> subprocess.CompletedProcess[str]:
    """`lint-imports` in a directory, without its cache."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code in a place where it may be spoiled."""
    place = tmp_path_factory.mktemp("house")
    for name in ("contacts", "dispatcher"):
        skipped = shutil.ignore_patterns("__pycache__", "*.po", "static", "samples")
        shutil.copytree(ROOT / name, place / name, ignore=skipped)
    shutil.copy(ROOT / "pyproject.toml", place)
    return place


def test_contracts_hold(copy):
    """Nothing is broken as it stands."""
    found = lint(copy)
    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("dispatcher/kit/spoilt.py", "import dispatcher.ledger.models", "A room imports only"),
        ("dispatcher/ledger/spoilt.py", "import dispatcher.alerts.models", "A room imports only"),
        ("dispatcher/operators/spoilt.py", "import dispatcher.ledger.facts", "A room imports only"),
        ("dispatcher/providers/spoilt.py", "import dispatcher.wording", "A room imports only"),
        ("dispatcher/wording/spoilt.py", "import dispatcher.providers", "A room imports only"),
        ("dispatcher/channels/spoilt.py", "import dispatcher.fanout", "A room imports only"),
        ("dispatcher/fanout/spoilt.py", "import dispatcher.alerts.states", "A room imports only"),
        ("dispatcher/tracking/spoilt.py", "import dispatcher.alerts", "A room imports only"),
        ("dispatcher/alerts/spoilt.py", "import dispatcher.reports", "A room imports only"),
        ("dispatcher/reports/spoilt.py", "import dispatcher.cli", "A room imports only"),
        ("dispatcher/hooks/spoilt.py", "import dispatcher.console", "A room imports only"),
        ("contacts/spoilt.py", "import dispatcher.kit.errors", "The people know nothing"),
        ("dispatcher/ledger/facts.py", "import django", "The laws are pure"),
        ("dispatcher/alerts/states.py", "import celery", "The laws are pure"),
        ("dispatcher/fanout/ladder.py", "import dispatcher.fanout.doorbell", "The laws are pure"),
        ("contacts/addresses.py", "import contacts.models", "The laws are pure"),
        ("dispatcher/providers/base.py", "import django.conf", "The laws are pure"),
        ("dispatcher/wording/choosing.py", "import dispatcher.wording.models", "The laws are pure"),
        ("dispatcher/wording/placeholders.py", "import django.utils", "The laws are pure"),
        ("dispatcher/sandbox/spoilt.py", "import dispatcher.providers.twilio", "The sandbox plays"),
        ("dispatcher/sandbox/spoilt.py", "import dispatcher.ledger.facts", "The sandbox plays"),
        ("dispatcher/reports/spoilt.py", "import dispatcher.conf.settings", "Nobody imports how"),
        ("contacts/spoilt.py", "import dispatcher.conf", "Nobody imports how"),
        ("dispatcher/cli/spoilt.py", "import dispatcher.sandbox.config", "Nobody imports how"),
        (
            "dispatcher/providers/smtp.py",
            "import dispatcher.providers.sendgrid",
            "The carriers' adapters",
        ),
    ],
)
def test_a_broken_contract_is_seen(copy, module, line, contract):
    """One import that should not be, and the contract that forbids it is named as broken."""
    path = copy / module
    before = path.read_text(encoding="utf-8") if path.exists() else None
    path.write_text(f"{before or ''}\n{line}\n", encoding="utf-8")
    try:
        found = lint(copy)
    finally:
        path.unlink() if before is None else path.write_text(before, encoding="utf-8")
    broken = [told for told in found.stdout.splitlines() if " BROKEN" in told]
    assert found.returncode == 1
    assert any(told.startswith(contract) for told in broken), found.stdout


def test_every_carrier_is_in_the_contract():
    """A new adapter is kept apart from the others, too."""
    from dispatcher.providers.catalogue import CARRIERS

    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    contract = text[text.index('id = "carriers-apart"') :]
    assert all(f'"{entry.module}"' in contract for entry in CARRIERS.values())


def test_every_room_is_on_the_stairs():
    """A room that no contract names could import whatever it likes."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    rooms = {path.parent.name for path in (ROOT / "dispatcher").glob("*/__init__.py")}
    stairs = text[text.index('id = "stairs"') : text.index('id = "people-apart"')]
    assert {room for room in rooms if f"dispatcher.{room}" not in stairs} == {"conf", "sandbox"}
