"""The cast at their terminals."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import translation
from typer.testing import CliRunner

from dispatcher.cli.app import app
from dispatcher.operators import keys, roster
from dispatcher.operators.models import User
from dispatcher.operators.roles import Role
from tests.alerts.conftest import (  # noqa: F401
    ana,
    approved,
    draft,
    kenji,
    leila,
    mina,
    pending,
    people,
    ready,
    sofie,
    tomas,
    words,
)


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def refusal(self) -> dict[str, Any]:
        refusal: dict[str, Any] = json.loads(self.err)["error"]
        return refusal


def run(*arguments: str, key: str = "", typed: str = "", **environ: str) -> Said:
    """The command in this process; whatever escaped from it is raised."""
    environment = {"DISPATCHER_KEY": key, "DISPATCHER_LANG": "en", **environ}
    result = CliRunner().invoke(app, list(arguments), input=typed, env=environment)
    translation.activate("en")
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Said(result.exit_code, result.stdout, result.stderr)


Terminal = Callable[..., Said]


@pytest.fixture
def at() -> Callable[[User], Terminal]:
    """A terminal with the person's own key."""

    def of(user: User) -> Terminal:
        key = keys.make(user).text
        return lambda *arguments, **options: run(*arguments, key=key, **options)

    return of


@pytest.fixture
def keeper(sofie: User) -> User:  # noqa: F811
    """Sofie, who keeps the registry of the whole world."""
    roster.grant(sofie, Role.REGISTRY_KEEPER, over=["001"], by=sofie)
    return sofie


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch) -> None:
    """No key file of whoever runs the tests is read."""
    monkeypatch.setenv("DISPATCHER_KEY_FILE", str(tmp_path / "no-key"))
