"""`dispatcher ledger`: the proof of the books."""

from datetime import timedelta
from typing import Annotated

import typer
from django.db.models import Q
from django.utils.translation import gettext, gettext_noop

from dispatcher.cli import shell
from dispatcher.cli.screen import table
from dispatcher.cli.shell import REFUSED, NothingToDo, answer, reader, verb
from dispatcher.kit.errors import Refused
from dispatcher.ledger import audit
from dispatcher.ledger.audit import Proof
from dispatcher.ledger.models import Dispatch
from dispatcher.ledger.statements import ledger_now
from dispatcher.operators.roles import READERS

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
