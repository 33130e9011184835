"""`dispatcher alert`: launching, watching, pausing, stopping, reporting."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext, gettext_noop

from contacts.regions import Scope
from dispatcher.alerts import desk, gate, launch
from dispatcher.alerts.models import Alert
from dispatcher.alerts.survey import survey
from dispatcher.cli import services
from dispatcher.cli.alert import Number, OverrideQuiet, app
from dispatcher.cli.screen import table
from dispatcher.cli.shell import NothingToDo, answer, asks_json, note, operator, verb
from dispatcher.cli.telling import alert_json, approvals_table, headline
from dispatcher.kit.errors import Refused
from dispatcher.ledger import tally
from dispatcher.ledger.models import Dispatch
from dispatcher.ledger.tally import FIGURES
from dispatcher.operators.access import NotAllowed
from dispatcher.operators.models import User
from dispatcher.reports import after_action, exports, terminal


@verb(
    app,
    "launch",
    text=gettext_noop(
        "Send it. You type the words that confirm it: DRILL for a drill, SEND REAL and the "
        "number for the real thing. Launching again changes nothing: it is the same dispatch.\n\n"
        "\b\n"
        "Examples:\n"
        "  dispatcher alert launch 1\n"
        "  dispatcher alert launch 1 --dry-run\n"
        "  dispatcher alert launch 1 --confirm 'SEND REAL 1'"
    ),
)
def _launch(
    *,
    number: Number,
    confirm: Annotated[
        str, typer.Option("--confirm", help=gettext_noop("The words, instead of typing them."))
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=gettext_noop("Say what would leave; send nothing."))
    ] = False,
    override_quiet: OverrideQuiet = "",
) -> None:
    user, alert = operator(), desk.find(number)
    if dry_run:
        _rehearse(alert, number)
        return
    words = launch.words(alert)
    if not confirm and sys.stdin.isatty() and not asks_json():
        note(headline(alert))
        confirm = typer.prompt(gettext("To launch it, type %(words)s") % {"words": words}, err=True)
    before = launch.dispatch_of(alert)
    dispatch = launch.launch(alert, by=user, confirm=confirm, override_quiet=override_quiet)
    alert.refresh_from_db()
    again = gettext("It was launched before; this is the same dispatch.")
    answer(_dispatch_json(alert, dispatch), *([again] if before else []), *_state(alert, dispatch))
    if not services.broker().ok:
        note(gettext("The broker is away: the launch is kept and leaves when it is back."))


@verb(app, "status", text=gettext_noop("Where it stands: the decision, and what has left."))
def _status(*, number: Number) -> None:
    user = operator()
    alert = desk.read(number, by=user)
    dispatch = launch.dispatch_of(alert)
    if dispatch is None:
        said = [approvals_table(alert)] if alert.approvals.exists() else []
        answer(alert_json(alert), headline(alert), *said)
        return
    figures = _figures(dispatch, scope=_scope(alert, user=user))
    heads = [gettext("Figure"), gettext("Deliveries")]
    answer(
        {**_dispatch_json(alert, dispatch), **figures},
        *_state(alert, dispatch),
        table(heads, list(figures.items())),
    )


@verb(
    app,
    "report",
    text=gettext_noop(
        "The books: who was reached, in which language, by which channel, who was not, and why.\n\n"
        "\b\n"
        "Examples:\n"
        "  dispatcher alert report 1\n"
        "  dispatcher alert report 1 --xlsx report.xlsx"
    ),
)
def _report(
    *,
    number: Number,
    csv: Annotated[
        Path | None, typer.Option("--csv", help=gettext_noop("Write it to this CSV file."))
    ] = None,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", help=gettext_noop("Write it to this XLSX file."))
    ] = None,
) -> None:
    user = operator()
    alert = desk.read(number, by=user)
    dispatch = launch.dispatch_of(alert)
    if dispatch is None:
        raise Refused("alerts.not_launched", number=alert.number)
    seen = after_action.report(dispatch, scope=_scope(alert, user=user))
    for path, write in ((csv, exports.as_csv), (xlsx, exports.as_xlsx)):
        if path is not None:
            path.write_bytes(write(seen))
            note(gettext("Written to %(path)s.") % {"path": path})
    answer(seen.plain(), headline(alert), *terminal.lines(seen))


@verb(app, "pause", text=gettext_noop("Let nothing more leave until it is resumed."))
def _pause(*, number: Number) -> None:
    user, alert = operator(), desk.find(number)
    before = launch.dispatch_of(alert)
    dispatch = launch.pause(alert, by=user)
    _switched(alert, dispatch, changed=before is None or before.paused_at is None)


@verb(app, "resume", text=gettext_noop("Go on after a pause."))
def _resume(*, number: Number) -> None:
    user, alert = operator(), desk.find(number)
    before = launch.dispatch_of(alert)
    dispatch = launch.resume(alert, by=user)
    _switched(alert, dispatch, changed=before is None or before.paused_at is not None)


@verb(
    app,
    "stop",
    text=gettext_noop(
        "Withdraw for good all that has not left. Anybody who writes or approves alerts for its "
        "regions may do it; nothing has to be typed twice."
    ),
)
def _stop(
    *,
    number: Number,
    reason: Annotated[str, typer.Option("--reason", help=gettext_noop("For the journal."))] = "",
) -> None:
    user, alert = operator(), desk.find(number)
    before = launch.dispatch_of(alert)
    dispatch = launch.stop(alert, by=user, reason=reason)
    _switched(alert, dispatch, changed=before is None or before.stopped_at is None)


def _rehearse(alert: Alert, number: str) -> None:
    """What a launch would do, for somebody who may see all of it."""
    user = operator()
    if not desk.sees_all(user, alert):
        raise NotAllowed(
            "alerts.outside_scope",
            who=user.username,
            number=number,
            regions=", ".join(alert.scope),
        )
    found = survey(alert)
    told = sum(row.people for row in found.told)
    line = gettext(
        "Nothing was sent. A launch now would address %(told)s messages to %(people)s people; "
        "%(untold)s people would get nothing. State: %(state)s."
    )
    facts = {
        "told": told,
        "people": found.people,
        "untold": sum(found.untold.values()),
        "state": alert.state,
    }
    causes = gate.lacks(alert, found)
    value = {**alert_json(alert), **facts, "dry_run": True, "lacks": [c.code for c in causes]}
    answer(value, headline(alert), line % facts)


def _figures(dispatch: Dispatch, *, scope: Scope) -> dict[str, int]:
    """Targeted, and what it is made of, from the deltas: cheap while it runs."""
    sums = dict.fromkeys(FIGURES, 0)
    for cell in tally.books(dispatch.pk, regions=after_action.codes(scope)):
        sums[cell.figure] += cell.n
    return {"targeted": sum(sums.values()), **sums}


def _switched(alert: Alert, dispatch: Dispatch, *, changed: bool) -> None:
    if not changed:
        raise NothingToDo(gettext("It is so already: nothing changed."))
    answer(_dispatch_json(alert, dispatch), *_state(alert, dispatch))


def _state(alert: Alert, dispatch: Dispatch) -> list[str]:
    line = gettext("Dispatch %(id)s: %(state)s; launched %(at)s by %(who)s; expires %(expires)s")
    told = line % {
        "id": dispatch.pk,
        "state": after_action.state_of(dispatch),
        "at": f"{dispatch.launched_at:%Y-%m-%d %H:%M} UTC",
        "who": dispatch.launched_by,
        "expires": f"{dispatch.expires_at:%Y-%m-%d %H:%M} UTC",
    }
    return [headline(alert), told]


def _dispatch_json(alert: Alert, dispatch: Dispatch) -> dict[str, object]:
    return {
        **alert_json(alert),
        "dispatch": dispatch.pk,
        "dispatch_state": after_action.state_of(dispatch),
        "launched_at": dispatch.launched_at,
        "launched_by": dispatch.launched_by,
        "expires_at": dispatch.expires_at,
        "paused_at": dispatch.paused_at,
        "stopped_at": dispatch.stopped_at,
    }


def _scope(alert: Alert, *, user: User) -> Scope:
    """The part of the alert's figures that this person may read."""
    return Scope(regions=desk.regions_seen(user, alert))
