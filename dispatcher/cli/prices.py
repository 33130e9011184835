"""`dispatcher prices`: what a part of a text message costs, by carrier account and country."""

from typing import Annotated

import typer
from django.utils.translation import gettext, gettext_noop

from dispatcher.alerts import prices
from dispatcher.cli import shell
from dispatcher.cli.screen import table
from dispatcher.cli.shell import NothingToDo, answer, operator, verb

app = shell.noun(gettext_noop("Prices of text messages, as your carriers' contracts have them."))

Account = Annotated[
    str,
    typer.Argument(metavar="ACCOUNT", help=gettext_noop("Carrier account of CARRIERS.")),
]
Country = Annotated[str, typer.Argument(metavar="COUNTRY", help=gettext_noop("DE, BR, IR …"))]


@verb(app, "list", text=gettext_noop("The prices that were entered, and by whom."))
def _list(
    *, account: Annotated[str, typer.Argument(help=gettext_noop("Else of all accounts."))] = ""
) -> None:
    operator()
    found = prices.listed(account)
    if not found:
        raise NothingToDo(gettext("No price was entered, so that no cost is known."))
    _show(found)


@verb(
    app,
    "set",
    text=gettext_noop(
        "Enter what one part costs; nobody else knows it.\n\n"
        "Example: dispatcher prices set twilio DE 0.0812 EUR"
    ),
)
def _set(
    *,
    account: Account,
    country: Country,
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help=gettext_noop("With a point."))],
    currency: Annotated[str, typer.Argument(metavar="CURRENCY", help=gettext_noop("EUR, USD …"))],
) -> None:
    user = operator()
    _show((prices.put(account, country, amount=amount, currency=currency, by=user),))


@verb(app, "drop", text=gettext_noop("Strike a price out: the cost is not known again."))
def _drop(*, account: Account, country: Country) -> None:
    prices.drop(account, country, by=operator())
    answer({"dropped": [account, country]}, gettext("Struck out."))


def _show(found: tuple[prices.Entry, ...]) -> None:
    heads = [gettext("Account"), gettext("Country"), gettext("One part"), gettext("Set by"),
             gettext("At")]  # fmt: skip
    rows = [
        (one.account, one.country, f"{one.amount.normalize():f} {one.currency}", one.set_by,
         one.set_at)
        for one in found
    ]  # fmt: skip
    answer(found, table(heads, rows))
