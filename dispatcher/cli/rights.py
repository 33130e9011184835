"""`dispatcher contacts`, what people may ask of us: show me, correct me, forget me."""

from typing import Annotated

import typer
from django.utils.translation import gettext, gettext_noop
from rich.table import Table

from contacts import rights
from contacts.rights import Held
from dispatcher.alerts import erasure
from dispatcher.cli.people import KEEPER, app, why
from dispatcher.cli.screen import plain, table
from dispatcher.cli.shell import NothingToDo, answer, reader, verb
from dispatcher.kit.errors import Refused
from dispatcher.operators import access, journal

Reference = Annotated[
    str, typer.Argument(metavar="REFERENCE", help=gettext_noop("The person's outside reference."))
]
OfList = Annotated[
    int, typer.Option("--list", help=gettext_noop("In this private list, not in the registry."))
]
ListNumber = Annotated[
    int, typer.Argument(metavar="LIST", help=gettext_noop("Number of a private list."))
]
Yes = Annotated[
    bool, typer.Option("--yes", help=gettext_noop("It cannot be undone: say that you mean it."))
]


@verb(
    app,
    "show",
    text=gettext_noop(
        "All that is kept of one person: addresses with their marks, and every word of consent. It "
        "is on record that you looked.\n\n"
        "Example: dispatcher contacts show c-1"
    ),
)
def _show(*, reference: Reference, of_list: OfList = 0) -> None:
    user = reader(*KEEPER)
    scope = access.scope_of(user, *KEEPER)
    held = rights.show(rights.find(reference, scope=scope, list_id=of_list or None), scope=scope)
    journal.note(user, "contacts.shown", f"contact:{held.contact_id}")
    answer(plain(held), *_held(held))


@verb(
    app,
    "correct",
    text=gettext_noop(
        "Write some fields of one person, by the rules of an import.\n\n"
        "Example: dispatcher contacts correct c-1 --set phone='+44 7700 900123' --set languages=fa"
    ),
)
def _correct(
    *,
    reference: Reference,
    pairs: Annotated[
        list[str],
        typer.Option("--set", help=gettext_noop("field=value; fields as in an import.")),
    ],
    of_list: OfList = 0,
) -> None:
    user = reader(*KEEPER)
    scope = access.scope_of(user, *KEEPER)
    fields = dict(_pair(pair) for pair in pairs)
    contact_id = rights.find(reference, scope=scope, list_id=of_list or None)
    if refused := rights.correct(contact_id, scope=scope, fields=fields):
        told = "; ".join(f"{one.column}: {why(one)}" for one in refused)
        raise Refused("cli.not_corrected", why=told)
    journal.note(user, "contacts.corrected", f"contact:{contact_id}", fields=sorted(fields))
    held = rights.show(contact_id, scope=scope)
    answer(plain(held), *_held(held))


@verb(
    app,
    "forget",
    text=gettext_noop(
        "Erase one person: name, addresses, consent and what they wrote. Sums of what was sent "
        "stay true, and an old spreadsheet cannot bring the person back unasked.\n\n"
        "Example: dispatcher contacts forget c-1 --yes"
    ),
)
def _forget(*, reference: Reference, of_list: OfList = 0, yes: Yes = False) -> None:
    user = reader(*KEEPER)
    contact_id = rights.find(
        reference, scope=access.scope_of(user, *KEEPER), list_id=of_list or None
    )
    if not yes:
        raise Refused("cli.say_yes")
    erasure.forget(contact_id, by=user)
    answer({"forgotten": contact_id}, gettext("Forgotten. Sums of what was sent stay true."))


@verb(
    app,
    "lists",
    text=gettext_noop("Private lists: for which alert, how many people, and when they go."),
)
def _lists() -> None:
    reader(*KEEPER)
    found = erasure.lists()
    if not found:
        raise NothingToDo(gettext("There is no private list."))
    heads = [gettext("List"), gettext("Name"), gettext("People"), gettext("Alerts"),
             gettext("Erased from")]  # fmt: skip
    rows = [
        (one.id, one.name, one.people, ", ".join(one.alerts) or "-",
         one.erased_from or gettext("needed still"))
        for one in found
    ]  # fmt: skip
    answer([plain(one) for one in found], table(heads, rows))


@verb(
    app,
    "erase-list",
    text=gettext_noop(
        "Erase a private list with its people before its time. Refused while an alert needs it.\n\n"
        "Example: dispatcher contacts erase-list 3 --yes"
    ),
)
def _erase_list(*, number: ListNumber, yes: Yes = False) -> None:
    user = reader(*KEEPER)
    if not yes:
        raise Refused("cli.say_yes")
    people = erasure.erase(number, by=user)
    line = gettext("List %(list)s is erased, with %(people)s people.")
    answer({"list": number, "people": people}, line % {"list": number, "people": people})


def _pair(pair: str) -> tuple[str, str]:
    field, sign, value = pair.partition("=")
    if not sign:
        raise Refused("cli.bad_pair", pair=pair)
    return field.strip(), value.strip()


def _held(held: Held) -> list[Table]:
    """The person for a terminal."""
    told = [
        (gettext("Reference"), held.reference),
        (gettext("Name"), held.name),
        (gettext("Region"), held.region),
        (gettext("Languages"), ", ".join(held.languages)),
        (gettext("Roles"), ", ".join(held.roles)),
        (gettext("Tags"), ", ".join(held.tags)),
        (gettext("Time zone"), held.time_zone),
        *((f"attr.{name}", value) for name, value in sorted(held.attributes.items())),
        (gettext("Confirmed"), held.confirmed_at or "-"),
        (gettext("Since"), held.created_at),
    ]
    addresses = [
        (one.channel, one.value, one.created_at, one.dead_at or "-", one.retired_at or "-")
        for one in held.addresses
    ]
    said = [
        (one.channel, one.kind or "-", gettext("yes") if one.granted else gettext("no"),
         one.source, one.said_at)
        for one in held.said
    ]  # fmt: skip
    heads = [gettext("Channel"), gettext("Address"), gettext("Since"), gettext("Dead"),
             gettext("Retired")]  # fmt: skip
    words = [gettext("Channel"), gettext("Kind"), gettext("Consent"), gettext("Source"),
             gettext("Said")]  # fmt: skip
    return [
        table([gettext("Field"), gettext("Value")], told),
        table(heads, addresses),
        *([table(words, said)] if said else []),
    ]
