"""`dispatcher contacts prove-reach`: is what is kept of everybody's reach what the rows say?"""

import sys
from typing import Annotated

import typer
from django.utils.translation import gettext, gettext_noop

from contacts import kept
from dispatcher.cli.people import KEEPER, app
from dispatcher.cli.shell import REFUSED, answer, asks_json, note, reader, verb
from dispatcher.operators import journal
from dispatcher.operators.roles import Role


@verb(
    app,
    "prove-reach",
    text=gettext_noop(
        "Derive anew how each person may be reached, and compare it with what is kept. Says how "
        "many differ: there should be nobody, and housekeeping looks every six hours. With --yes "
        "what is kept of them is made again. Reads everybody, page by page; nobody waits for it. "
        "Ends with 0 when all is well or mended, 1 when somebody differs.\n\n"
        "\b\n"
        "Examples:\n"
        "  dispatcher contacts prove-reach\n"
        "  dispatcher contacts prove-reach --yes"
    ),
)
def _prove_reach(
    *,
    yes: Annotated[
        bool, typer.Option("--yes", help=gettext_noop("Make anew what is kept of who differs."))
    ] = False,
) -> None:
    user = reader(*KEEPER, Role.ADMIN)
    people = wrong = 0
    for there, differ in kept.differing():
        people, wrong = people + there, wrong + differ
    facts = {"people": people, "differ": wrong}
    if not wrong:
        line = gettext("%(people)s people: what is kept of each is what would be derived.")
        answer(facts | {"mended": 0}, line % facts)
        return
    line = gettext("%(people)s people: what is kept of %(differ)s is not what would be derived.")
    if not yes and sys.stdin.isatty() and not asks_json():
        note(line % facts)
        yes = typer.confirm(gettext("Make it anew?"), err=True)
    mended = kept.prove() if yes else 0
    if yes:
        kept.settle()
        journal.note(user, "contacts.reach_mended", "contacts", people=mended)
    told = gettext("Made anew; it is on record. Something had written past the program.")
    after = told if yes else gettext("Nothing was changed; --yes makes it anew.")
    answer(facts | {"mended": mended}, line % facts, after)
    if not yes:
        raise typer.Exit(REFUSED)
