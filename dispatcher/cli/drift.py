"""`dispatcher alert drift`: a fact was wrong; which messages told it, and their correction."""

from typing import Annotated

import typer
from django.utils.translation import gettext, gettext_noop
from rich.console import RenderableType

from dispatcher.alerts import desk
from dispatcher.alerts import drift as drifting
from dispatcher.cli.alert import Number, app
from dispatcher.cli.screen import plain, table
from dispatcher.cli.shell import NothingToDo, answer, operator, verb
from dispatcher.cli.telling import alert_json, headline


@verb(
    app,
    "drift",
    text=gettext_noop(
        "A fact turns out to be wrong: which messages that have left told it, in which language, "
        "to how many people. With --correct, a draft of the correction to exactly those people.\n\n"
        "\b\n"
        "Examples:\n"
        "  dispatcher alert drift 1 line +442079460111\n"
        "  dispatcher alert drift 1 line +442079460111 --in fa --correct --source 'Call centre'"
    ),
)
def _drift(
    *,
    number: Number,
    name: Annotated[str, typer.Argument(metavar="FACT")],
    value: Annotated[str, typer.Argument(metavar="VALUE")],
    region: Annotated[
        str, typer.Option("--region", help=gettext_noop("Right for readers there only."))
    ] = "",
    language: Annotated[
        str, typer.Option("--in", help=gettext_noop("Right for readers of this language only."))
    ] = "",
    correct: Annotated[
        bool, typer.Option("--correct", help=gettext_noop("Write the draft of a correction."))
    ] = False,
    source: Annotated[
        str, typer.Option("--source", help=gettext_noop("Who or what says so."))
    ] = "",
) -> None:
    user = operator()
    alert = desk.read(number, by=user)
    where = {"region": region, "language": language}
    found = drifting.drift(alert, by=user, name=name, value=value, **where)
    if not found.wrong:
        raise NothingToDo(gettext("No message that has left says anything else because of this."))
    heads = [gettext("Channel"), gettext("Language"), gettext("Messages that are wrong now")]
    line = gettext("%(people)s people may have read one of them.") % {"people": found.people}
    parts: list[RenderableType] = [
        table(heads, [(one.channel, one.language, one.messages) for one in found.wrong]),
        line,
    ]
    if not correct:
        answer(plain(found), headline(alert), *parts)
        return
    made = drifting.correct(alert, by=user, name=name, value=value, source=source, **where)
    answer({**plain(found), "correction": alert_json(made)}, *parts, headline(made))
