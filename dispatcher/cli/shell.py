"""What every verb of the command line shares: the key, the form of the answer, the exit code.

A verb gives its answer to `answer`; a refusal becomes a sentence and an exit code here, once.
"""

import functools
import inspect
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer
from django.conf import settings
from django.db import Error as DatabaseFault
from django.utils.translation import gettext, gettext_noop
from redis.exceptions import RedisError
from rich.console import RenderableType
from typer.core import TyperCommand, TyperGroup

from contacts import errors as contacts_errors
from dispatcher.alerts.gate import AnyRefused, NotReady
from dispatcher.cli import screen
from dispatcher.kit import errors
from dispatcher.kit.errors import Refused
from dispatcher.operators import access, keys
from dispatcher.operators.access import NotAllowed
from dispatcher.operators.models import User
from dispatcher.operators.roles import Role

OK, REFUSED, USAGE, NOT_ALLOWED, AWAY, NOTHING = range(6)
EXITS = {
    OK: gettext_noop("done"),
    REFUSED: gettext_noop("refused: the sentence says why"),
    USAGE: gettext_noop("the command was not understood"),
    NOT_ALLOWED: gettext_noop("you may not do this, or no valid key was given"),
    AWAY: gettext_noop("the database or the broker is away: try again"),
    NOTHING: gettext_noop("there was nothing to do"),
}
"""Every exit code, for scripts and for `--help`."""

_FOREIGN_LIMITS = frozenset({"contacts.region_outside"})
"""Codes of the people's room, which knows no operators, that mean: not yours to see."""


@dataclass(frozen=True, slots=True)
class Session:
    """How this command was called."""

    key: str = ""
    as_json: bool = False


_SESSION: ContextVar[Session] = ContextVar("session")
_PLAIN = Session()

Key = Annotated[
    str,
    typer.Option(
        "--key",
        help=gettext_noop("Your personal key (else DISPATCHER_KEY, else the key file)."),
        metavar="KEY",
    ),
]
Json = Annotated[bool, typer.Option("--json", help=gettext_noop("Answer with one JSON document."))]


class Verb(TyperCommand):
    """A command whose help speaks the reader's language."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """The help, translated when it is asked for."""
        translate(self)
        super().format_help(ctx, formatter)


class Noun(TyperGroup):
    """A group of verbs whose help speaks the reader's language."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """The help, translated when it is asked for, with the exit codes below."""
        translate(self)
        for command in self.commands.values():
            translate(command)
        self.epilog = exit_codes() if ctx.parent is None else None
        super().format_help(ctx, formatter)

    def list_commands(self, ctx: Any) -> list[str]:
        """The verbs in the order in which people need them, not in the alphabet's."""
        del ctx
        return list(self.commands)


def noun(text: str) -> typer.Typer:
    """A new group; `text` is a msgid."""
    return typer.Typer(
        cls=Noun, help=text, no_args_is_help=True, rich_markup_mode=None, add_completion=False
    )


def verb(group: typer.Typer, name: str, *, text: str) -> Callable[[Callable[..., None]], None]:
    """Register a function as a verb of the group; adds `--key` and `--json`.

    `text` is a msgid; a line that holds only a form feed ends what the list of verbs shows.
    """

    def register(function: Callable[..., None]) -> None:
        @functools.wraps(function)
        def run(*, personal_key: str = "", as_json: bool = False, **asked: Any) -> None:
            token = _SESSION.set(Session(personal_key, as_json))
            try:
                with _told():
                    function(**asked)
            finally:
                _SESSION.reset(token)

        run.__signature__ = _with_options(function)  # type: ignore[attr-defined]
        group.command(name, cls=Verb, help=text)(run)

    return register


def answer(value: object, *parts: RenderableType) -> None:
    """The verb's result: the value as JSON when that was asked for, else lines and tables."""
    if _SESSION.get(_PLAIN).as_json:
        screen.show_json(value)
    else:
        screen.show(*parts)


def note(line: str) -> None:
    """A remark beside the result, on the standard error; not in JSON mode."""
    if not _SESSION.get(_PLAIN).as_json:
        screen.show(line, error=True)


def asks_json() -> bool:
    """Whether one JSON document is wanted."""
    return _SESSION.get(_PLAIN).as_json


def operator() -> User:
    """The owner of the key with which this command acts. Raises NotAllowed."""
    text = _SESSION.get(_PLAIN).key or os.environ.get("DISPATCHER_KEY", "") or _from_file()
    if not text:
        raise NotAllowed("operators.key_missing")
    return keys.check(text)


def reader(*roles: Role) -> User:
    """The operator, who must have one of the roles somewhere. Raises NotAllowed."""
    user = operator()
    if not access.regions_of(user, *roles):
        raise NotAllowed(
            "operators.not_allowed", who=user.username, roles=", ".join(roles), regions="-"
        )
    return user


def key_file() -> Path:
    """Where the key of this machine's operator may lie, readable by that person alone."""
    named = os.environ.get("DISPATCHER_KEY_FILE", "")
    return Path(named) if named else Path(settings.ENV.dispatcher_home) / "key"


def exit_codes() -> str:
    """The exit codes, one sentence."""
    told = ", ".join(f"{code} {gettext(meaning)}" for code, meaning in EXITS.items())
    return gettext("Exit codes: %(codes)s.") % {"codes": told}


def translate(command: Any) -> None:
    """Put a command's help, and that of its options, into the active language."""
    for item in (command, *command.params):
        if getattr(item, "help", None):
            item.msgid = getattr(item, "msgid", item.help)
            item.help = gettext(item.msgid)


class NothingToDo(Exception):  # noqa: N818  # it states a fact
    """The world is already as the command wants it; `args[0]` is the sentence."""


def _with_options(function: Callable[..., None]) -> inspect.Signature:
    """The function's own parameters, and the two that every verb has."""
    asked = inspect.signature(function)
    kind = inspect.Parameter.KEYWORD_ONLY
    return asked.replace(
        parameters=[
            *(entry.replace(kind=kind) for entry in asked.parameters.values()),
            inspect.Parameter("personal_key", kind, default="", annotation=Key),
            inspect.Parameter("as_json", kind, default=False, annotation=Json),
        ]
    )


def _from_file() -> str:
    try:
        return key_file().read_text(encoding="utf-8").strip()
    except OSError:
        return ""


@contextmanager
def _told() -> Iterator[None]:
    """Turn what was refused into a sentence on the standard error and an exit code."""
    try:
        yield
    except NothingToDo as done:
        _tell("nothing_to_do", str(done), {}, code=NOTHING)
    except (Refused, contacts_errors.Refused) as refused:
        _tell_refusal(refused)
    except DatabaseFault as fault:
        if not is_away(fault):
            raise
        _tell("database.away", _away(fault), {}, code=AWAY)
    except RedisError:
        _tell("broker.away", gettext("The broker does not answer; try again."), {}, code=AWAY)


def is_away(fault: DatabaseFault) -> bool:
    """Whether the database cannot be used at all: no connection, or no tables yet."""
    cause = fault.__cause__
    if isinstance(cause, psycopg.errors.UndefinedTable):
        return True
    lost = isinstance(cause, psycopg.OperationalError) and cause.sqlstate is None
    return lost or isinstance(cause, psycopg.errors.AdminShutdown | psycopg.errors.CannotConnectNow)


def _away(fault: DatabaseFault) -> str:
    if isinstance(fault.__cause__, psycopg.errors.UndefinedTable):
        return gettext(
            "The database has no tables yet: start it with ./dispatch up, then try again."
        )
    return gettext(
        "The database does not answer. Nothing was lost; start it (./dispatch up) or look at "
        "DATABASE_URL, then try again. `dispatcher doctor` says more."
    )


def sentence(refused: AnyRefused) -> str:
    """The sentence of a refusal of either kind."""
    if isinstance(refused, Refused):
        return errors.sentence(refused)
    return contacts_errors.sentence(refused)


def _tell_refusal(refused: AnyRefused) -> None:
    causes = refused.causes if isinstance(refused, NotReady) else ()
    denied = isinstance(refused, NotAllowed) or refused.code in _FOREIGN_LIMITS
    facts = dict(refused.facts)
    if causes:
        facts["causes"] = [{"code": c.code, "sentence": sentence(c)} for c in causes]
    lines = [sentence(refused), *(f"  - {sentence(cause)}" for cause in causes)]
    _tell(refused.code, "\n".join(lines), facts, code=NOT_ALLOWED if denied else REFUSED)


def _tell(what: str, told: str, facts: dict[str, Any], *, code: int) -> None:
    if _SESSION.get(_PLAIN).as_json:
        screen.show_json(
            {"error": {"code": what, "sentence": told, "facts": facts, "exit": code}}, error=True
        )
    else:
        screen.show(screen.safe(told, lines=True, isolates=True), error=True)
    raise typer.Exit(code)
