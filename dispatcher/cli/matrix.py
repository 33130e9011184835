"""`dispatcher alert matrix`: what would go out, language by language, and at what cost."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated

import typer
from babel.numbers import format_currency
from django.utils.translation import get_language, gettext, gettext_noop
from rich.table import Table

from contacts.reach import Scope
from dispatcher.alerts import desk
from dispatcher.alerts.matrix import Cell, Matrix, matrix
from dispatcher.alerts.survey import Case
from dispatcher.cli import shell
from dispatcher.cli.alert import Number, app
from dispatcher.cli.bench import STATES
from dispatcher.cli.screen import plain, safe, table
from dispatcher.cli.shell import answer, operator, verb
from dispatcher.cli.telling import headline
from dispatcher.kit.errors import Refused
from dispatcher.wording import tags


@verb(
    app,
    "matrix",
    text=gettext_noop(
        "Language by language and channel by channel, what would go out: how the text stands, what "
        "the checks find, how many people would read it, in how many parts, at what cost.\n\n"
        "\b\n"
        "Examples:\n"
        "  dispatcher alert matrix 1\n"
        "  dispatcher alert matrix 1 --read --findings"
    ),
)
def _matrix(
    *,
    number: Number,
    read: Annotated[
        bool, typer.Option("--read", help=gettext_noop("Only what somebody would read."))
    ] = False,
    findings: Annotated[
        bool, typer.Option("--findings", help=gettext_noop("With the sentence of each finding."))
    ] = False,
) -> None:
    user = operator()
    alert = desk.read(number, by=user)
    seen = matrix(alert, scope=Scope(regions=desk.regions_seen(user, alert)))
    cells = [cell for cell in seen.cells if cell.readers or not read]
    answer(
        _plain(seen),
        headline(alert),
        _cells(seen, cells),
        *(line for cell in cells if findings for line in _sentences(cell)),
        *cases_table(seen.cases),
        _sum(seen),
    )


def cases_table(cases: Mapping[Case, int]) -> list[Table]:
    """People in whose language nothing goes out, by language and place; none without any."""
    heads = [gettext("Wanted"), gettext("What happens"), gettext("Told in"), gettext("Group"),
             gettext("Region"), gettext("People")]  # fmt: skip
    rows = [
        (case.wanted or "-", case.reason, case.told or "-", case.group, case.region or "-", people)
        for case, people in sorted(cases.items(), key=lambda item: (-item[1], str(item[0])))
    ]  # fmt: skip
    title = gettext("People in whose language nothing goes out")
    return [table(heads, rows, title=title)] if rows else []


def _cells(seen: Matrix, cells: list[Cell]) -> Table:
    heads = [gettext("Group"), gettext("Language"), gettext("Channel"), gettext("State"),
             gettext("Leaves"), gettext("Refuse"), gettext("Warn"), gettext("Note"),
             gettext("People"), gettext("Parts"), gettext("Cost")]  # fmt: skip
    places = {language: place for place, language in enumerate(seen.languages)}
    rows = [
        (cell.group, cell.language, cell.channel, gettext(STATES[cell.state]),
         gettext("yes") if cell.leaves else "-", cell.refuses, cell.warns, cell.notes,
         cell.readers, _parts(cell), _cost(cell.cost, cell.unpriced) if cell.sent else "-")
        for cell in sorted(cells, key=lambda one: (one.group, places[one.language]))
    ]  # fmt: skip
    return table(heads, rows, title=gettext("What would go out by the first step"))


def _sentences(cell: Cell) -> Iterator[str]:
    for one in cell.findings:
        told = shell.sentence(Refused(one.code, **one.facts))
        where = f"{cell.group} · {cell.language} · {cell.channel}"
        yield f"  {where} · {one.severity.value}: {safe(told)}"


def _parts(cell: Cell) -> str:
    if not cell.parts:
        return "-"
    return f"{'≈ ' if cell.estimated else ''}{cell.parts} {cell.encoding}"


def _cost(cost: Mapping[str, Decimal], unpriced: Mapping[str, int]) -> str:
    locale = tags.locale(tags.canonical(get_language() or "en"))
    told = [format_currency(amount, currency, locale=locale) for currency, amount in cost.items()]
    if unpriced:
        line = gettext("price not known: %(countries)s")
        told.append(line % {"countries": ", ".join(sorted(country or "?" for country in unpriced))})
    return "; ".join(told)


def _sum(seen: Matrix) -> str:
    line = gettext("Text messages: %(parts)s parts by %(account)s. Cost: %(cost)s")
    facts = {
        "parts": sum(cell.sent for cell in seen.cells),
        "account": seen.account or "-",
        "cost": _cost(seen.cost, seen.unpriced) or "-",
    }
    return line % facts


def _plain(seen: Matrix) -> dict[str, object]:
    """The whole matrix for a script."""
    cells = [
        {**plain(cell), "refuses": cell.refuses, "warns": cell.warns, "notes": cell.notes}
        for cell in seen.cells
    ]
    return {
        "number": seen.number, "mode": seen.mode, "account": seen.account, "groups": seen.groups,
        "channels": seen.channels, "languages": seen.languages, "cells": cells,
        "cases": [{**plain(case), "people": people} for case, people in seen.cases.items()],
        "untold": [
            {"group": group, "why": why, "people": people}
            for (group, why), people in seen.untold.items()
        ],
        "cost": seen.cost, "unpriced": seen.unpriced,
    }  # fmt: skip
