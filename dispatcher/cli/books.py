"""`dispatcher ledger`: the proof of the books, and what is kept for how long."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

import typer
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext, gettext_noop
from rich.table import Table

from dispatcher.cli import shell
from dispatcher.cli.screen import show, table
from dispatcher.cli.shell import (
    REFUSED,
    NothingToDo,
    answer,
    asks_json,
    operator,
    reader,
    verb,
)
from dispatcher.kit.errors import Refused
from dispatcher.ledger import audit, retention
from dispatcher.ledger.audit import Proof
from dispatcher.ledger.models import Dispatch
from dispatcher.ledger.statements import ledger_now
from dispatcher.operators import access, journal, roster
from dispatcher.operators.models import User
from dispatcher.operators.roles import READERS, Role
from dispatcher.reports.tasks import within

app = shell.noun(
    gettext_noop("The ledger: what happened to each message, and the proof of its books.")
)
RECENT = timedelta(days=7)
"""Complete dispatches are proven again for so long: receipts may still come."""


@verb(
    app,
    "audit",
    text=gettext_noop(
        "Prove the books from the rows: of one alert, or of all that are not complete or have "
        "been so for less than a week. Ends with 0 when they balance, 1 when they do not.\n\n"
        "\b\n"
        "Examples:\n"
        "  dispatcher ledger audit\n"
        "  dispatcher ledger audit 2026-0007 --json"
    ),
)
def _audit(
    *,
    number: Annotated[
        str, typer.Argument(metavar="[NUMBER]", help=gettext_noop("Of the alert."))
    ] = "",
) -> None:
    reader(*READERS)
    dispatches = _named(number) if number else _recent()
    proofs = {one: audit.prove(one.pk) for one in dispatches}
    if not proofs:
        raise NothingToDo(gettext("Nothing was launched lately: there are no books to prove."))
    heads = [gettext("Alert"), gettext("State"), gettext("Targeted"), gettext("Books")]
    rows = [(d.number, d.state, d.targeted, _verdict(proof)) for d, proof in proofs.items()]
    answer([_plain(d, proof) for d, proof in proofs.items()], table(heads, rows))
    if not all(proof.holds for proof in proofs.values()):
        raise typer.Exit(REFUSED)


@verb(
    app,
    "shrink",
    text=gettext_noop(
        "Remove the rows of single people of alerts that ended long ago: who was sent what, and "
        "why not. Their reports stay as they are. The clock does it by itself, one alert an hour, "
        "DELIVERIES_KEPT_DAYS after an alert's end; this does it now. Only an admin of the whole "
        "world may; it is on record.\n\n"
        "\b\n"
        "Examples:\n"
        "  dispatcher ledger shrink --dry-run\n"
        "  dispatcher ledger shrink --older-than 90 --yes"
    ),
)
def _shrink(
    *,
    older_than: Annotated[
        int | None,
        typer.Option(
            "--older-than",
            min=1,
            metavar="DAYS",
            help=gettext_noop("Days since an alert's end; else DELIVERIES_KEPT_DAYS."),
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=gettext_noop("Say what would go, remove nothing."))
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help=gettext_noop("It cannot be undone: say that you mean it."))
    ] = False,
) -> None:
    user = operator()
    access.require(user, Role.ADMIN, over=[roster.WORLD])
    kept = settings.DELIVERIES_KEPT if older_than is None else timedelta(days=older_than)
    old = [
        _Old(Dispatch.objects.get(pk=one), retention.weight(one))
        for one in retention.due(before=ledger_now() - kept)
    ]
    if not old:
        line = gettext("No alert ended more than %(days)s days ago and still has rows of people.")
        raise NothingToDo(line % {"days": kept.days})
    if dry_run:
        answer([one.plain() for one in old], _weights(old), gettext("Nothing was removed."))
        return
    if not yes and sys.stdin.isatty() and not asks_json():
        show(_weights(old), error=True)
        yes = typer.confirm(gettext("Remove these rows for good?"), err=True)
    if not yes:
        raise Refused("cli.say_yes")
    gone = [one for one in old if _shrunk(one, by=user, kept=kept)]
    answer([one.plain() for one in gone], _weights(gone), gettext("Removed. The reports stay."))


@dataclass(frozen=True, slots=True)
class _Old:
    """A dispatch that ended long ago, and how many rows of people it has, by table."""

    dispatch: Dispatch
    rows: Mapping[str, int]

    def plain(self) -> dict[str, object]:
        """As JSON has it."""
        ended = self.dispatch.completed_at
        return {"number": self.dispatch.number, "ended": ended, "rows": dict(self.rows)}


def _shrunk(old: _Old, *, by: User, kept: timedelta) -> bool:
    """On record first: who is killed half way has begun, and the clock ends it."""
    about = f"dispatch:{old.dispatch.pk}"
    journal.note(by, "ledger.shrunk", about, older_than=kept.days, **old.rows)
    return retention.shrink(old.dispatch.pk, within=within)


def _weights(old: Sequence[_Old]) -> Table:
    """What goes, for a terminal."""
    heads = [gettext("Alert"), gettext("Ended"), gettext("Batches"), gettext("Deliveries"),
             gettext("Exclusions")]  # fmt: skip
    shown = ("batches", "deliveries", "exclusions")
    rows = [
        (one.dispatch.number, one.dispatch.completed_at, *(one.rows[name] for name in shown))
        for one in old
    ]
    return table(heads, rows)


def _named(number: str) -> list[Dispatch]:
    found = list(Dispatch.objects.filter(number=number))
    if not found:
        raise Refused("alerts.not_launched", number=number)
    return found


def _recent() -> list[Dispatch]:
    open_or_new = ~Q(state=Dispatch.State.COMPLETE) | Q(completed_at__gte=ledger_now() - RECENT)
    return list(Dispatch.objects.filter(open_or_new).order_by("id"))


def _verdict(proof: Proof) -> str:
    if proof.holds:
        return gettext("balance")
    return gettext("broken in %(n)d places") % {"n": len(proof.off)}


def _plain(dispatch: Dispatch, proof: Proof) -> dict[str, object]:
    return {
        "number": dispatch.number,
        "dispatch": dispatch.pk,
        "state": dispatch.state,
        "targeted": dispatch.targeted,
        "seconds": round(proof.seconds, 3),
        "balance": proof.holds,
        "off": [{"deltas": told, "rows": seen} for told, seen in proof.off],
    }
