"""`dispatcher alert`: who has not answered, and one more message to exactly those."""

import csv as spreadsheet
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext, gettext_noop

from dispatcher.alerts import desk, remind
from dispatcher.alerts.remind import Unanswered
from dispatcher.cli.alert import Number, app
from dispatcher.cli.screen import table
from dispatcher.cli.shell import NothingToDo, answer, note, operator, verb
from dispatcher.cli.telling import headline
from dispatcher.kit.errors import Refused
from dispatcher.ledger.stages import Stage
from dispatcher.reports import words
from dispatcher.reports.exports import defused

SHOWN = 50
"""Lines on the screen; the file has them all."""
COLUMNS = ("contact", "reference", "name", "region", "language", "state", "channels", "reason")


@verb(
    app,
    "unanswered",
    text=gettext_noop(
        "Who has not answered, with what happened to their message: to telephone them, or to "
        "remind them.\n\n"
        "\b\n"
        "Examples:\n"
        "  dispatcher alert unanswered 1\n"
        "  dispatcher alert unanswered 1 --csv unanswered.csv"
    ),
)
def _unanswered(
    *,
    number: Number,
    csv: Annotated[
        Path | None, typer.Option("--csv", help=gettext_noop("Write all of them to this CSV file."))
    ] = None,
) -> None:
    user = operator()
    alert = desk.read(number, by=user)
    found = remind.unanswered(alert, by=user)
    rows = [_row(one) for one in found]
    if csv is not None:
        with csv.open("w", encoding="utf-8-sig", newline="") as file:
            writer = spreadsheet.writer(file)
            writer.writerow(COLUMNS)
            writer.writerows([defused(cell) for cell in row] for row in rows)
        note(gettext("Written to %(path)s.") % {"path": csv})
    heads = [gettext("Contact"), gettext("Reference"), gettext("Name"), gettext("Region"),
             gettext("Language"), gettext("State"), gettext("Channel"),
             gettext("Reason")]  # fmt: skip
    counts = Counter(one.silent.figure for one in found)
    line = gettext("%(people)s people have not answered: %(figures)s")
    told = ", ".join(f"{words.FIGURES[name]} {n}" for name, n in counts.most_common())
    more = gettext("… and %(n)d more") % {"n": len(rows) - SHOWN}
    answer(
        [dict(zip(COLUMNS, row, strict=True)) for row in rows],
        headline(alert),
        line % {"people": len(rows), "figures": told or "-"},
        *([table(heads, rows[:SHOWN])] if rows else []),
        *([more] if len(rows) > SHOWN else []),
    )


@verb(
    app,
    "remind",
    text=gettext_noop(
        "Send it once more to exactly those who have not answered. Asking again changes nothing; "
        "a second reminder has a name of its own.\n\n"
        "\b\n"
        "Examples:\n"
        "  dispatcher alert remind 1 --yes\n"
        "  dispatcher alert remind 1 --name 'second reminder' --yes"
    ),
)
def _remind(
    *,
    number: Number,
    name: Annotated[
        str, typer.Option("--name", help=gettext_noop("Of this reminder; one of each name."))
    ] = remind.NAME,
    sure: Annotated[bool, typer.Option("--yes", help=gettext_noop("Yes, send it."))] = False,
) -> None:
    user, alert = operator(), desk.find(number)
    desk.read(number, by=user)
    for earlier in remind.reminders(alert):
        note(_when(earlier))
    if not sure and sys.stdin.isatty():
        people = len(remind.unanswered(alert, by=user))
        sure = typer.confirm(gettext("Remind %(people)s people?") % {"people": people}, err=True)
    if not sure:
        raise Refused("cli.not_confirmed")
    done = remind.remind(alert, by=user, name=name)
    if not done.made:
        raise NothingToDo(_when(done.stage))
    answer(_stage_json(done.stage), headline(alert), _when(done.stage))


def _when(stage: Stage) -> str:
    line = gettext("“%(name)s”: asked for by %(who)s, %(at)s; %(state)s")
    return line % {
        "name": stage.name,
        "who": stage.requested_by,
        "at": f"{stage.due_at:%Y-%m-%d %H:%M} UTC",
        "state": words.STAGES[stage.state],
    }


def _stage_json(stage: Stage) -> dict[str, object]:
    return {
        "name": stage.name,
        "requested_by": stage.requested_by,
        "due_at": stage.due_at,
        "state": stage.state,
        "targeted": stage.targeted,
    }


def _row(one: Unanswered) -> list[str | int]:
    silent, named = one.silent, one.named
    return [
        silent.contact_id, named.reference, named.name, silent.region, silent.language,
        silent.figure, " ".join(silent.channels), silent.reason,
    ]  # fmt: skip
