"""`dispatcher doctor`: one screen of what is configured, reachable, missing, and the remedy."""

import typer
from django.utils.translation import gettext, gettext_noop

from dispatcher.cli import services, shell
from dispatcher.cli.screen import table
from dispatcher.cli.shell import AWAY, REFUSED, answer


def register(app: typer.Typer) -> None:
    """Add the verb to the root; it needs no key, because without a database there is none."""
    shell.verb(
        app,
        "doctor",
        text=gettext_noop(
            "What is configured, reachable and missing, and what to do about it. Ends with 0 when "
            "all is well, 4 when the database or the broker is away, 1 when something is missing."
        ),
    )(_doctor)


def _doctor() -> None:
    checks = list(services.everything())
    heads = [gettext("What"), "", gettext("Found"), gettext("Remedy")]
    rows = [
        (check.name, gettext("ok") if check.ok else "!!", check.found, check.remedy)
        for check in checks
    ]
    answer(checks, table(heads, rows))
    if any(check.away for check in checks):
        raise typer.Exit(AWAY)
    if not all(check.ok for check in checks):
        raise typer.Exit(REFUSED)
