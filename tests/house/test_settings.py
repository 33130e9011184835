"""Every setting is documented as it is: its name, its default, what it means."""

import pytest
from pydantic import SecretStr

from dispatcher.conf.environment import Environment
from tests.house.tree import ROOT

FIELDS = Environment.model_fields
DOCUMENT = ROOT / "docs" / "settings.md"


def default(name: str) -> str:
    """The default as people write it in an environment; "" when there is none."""
    value = FIELDS[name].default
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    return "" if value is None else str(value)


def row(name: str) -> str:
    """The setting's line in the document's tables."""
    shown = f"`{default(name)}`" if default(name) else "-"
    return f"| `{name.upper()}` | {shown} | {FIELDS[name].description} |"


@pytest.mark.parametrize("name", FIELDS)
def test_a_setting_is_documented(name):
    """The line in docs/settings.md says what the code says."""
    assert row(name) in DOCUMENT.read_text(encoding="utf-8").splitlines()


def test_no_setting_is_invented():
    """Nothing is documented that nobody reads."""
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    rows = [line.split("`")[1] for line in lines if line.startswith("| `")]
    script = {"DISPATCHER_PYTHON", "DISPATCHER_VENV", "DISPATCHER_POSTGRES", "DISPATCHER_CHROMIUM"}
    assert set(rows) <= {name.upper() for name in FIELDS} | script | {"PORT", "HOOKS_PORT"}
