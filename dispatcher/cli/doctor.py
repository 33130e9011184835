"""`dispatcher doctor`: what is configured, reachable and alive; what it means, and the remedy."""

from collections.abc import Iterator
from typing import Annotated

import typer
from django.utils.translation import gettext, gettext_noop

from dispatcher.cli import services, shell
from dispatcher.cli.finding import Check
from dispatcher.cli.screen import table
from dispatcher.cli.shell import AWAY, REFUSED, answer


def register(app: typer.Typer) -> None:
    """Add the verb to the root; it needs no key, because without a database there is none."""
    shell.verb(
        app,
        "doctor",
        text=gettext_noop(
            "What is configured, reachable and alive: servers, the clock, a worker for each lane, "
            "what waits, carriers, receipts, disk. For each thing that is not well: what it means, "
            "where to look and how to mend it. Ends with 0 when all is well, 4 when the database "
            "or the broker is away, 1 when something is missing.\n\n"
            "\b\n"
            "Examples:\n"
            "  dispatcher doctor\n"
            "  dispatcher doctor --explain\n"
            "  dispatcher doctor --json"
        ),
    )(_doctor)


def _doctor(
    *,
    explain: Annotated[
        bool, typer.Option("--explain", help=gettext_noop("Explain what is well, too."))
    ] = False,
) -> None:
    checks = list(services.everything())
    heads = [gettext("What"), "", gettext("Found")]
    rows = [(check.name, gettext("ok") if check.ok else "!!", check.found) for check in checks]
    told = [check for check in checks if explain or not check.ok]
    answer(checks, table(heads, rows), *(line for check in told for line in _explained(check)))
    if any(check.away for check in checks):
        raise typer.Exit(AWAY)
    if not all(check.ok for check in checks):
        raise typer.Exit(REFUSED)


def _explained(check: Check) -> Iterator[str]:
    """A finding in a few lines, as one would tell it to who is new here."""
    yield ""
    yield f"{check.name}: {check.found}"
    if check.where:
        yield "  " + gettext("Where: %(where)s") % {"where": check.where}
    if check.means:
        yield "  " + gettext("What it is about: %(means)s") % {"means": check.means}
    if check.remedy:
        yield "  " + gettext("Mend it: %(remedy)s") % {"remedy": check.remedy}
