"""Prices of text messages, as the operator enters them: by carrier account and country.

Nobody else knows them: carriers' price lists differ by contract. Where none was entered, the cost
is *not known*, which is said.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from babel.numbers import is_currency
from django.db import transaction
from django.db.models.functions import Now

from contacts import territories
from dispatcher.alerts.models import PartPrice
from dispatcher.kit.errors import Refused
from dispatcher.operators import access, journal
from dispatcher.operators.models import User
from dispatcher.operators.roles import Role
from dispatcher.providers import routing
from dispatcher.providers.catalogue import CARRIERS
from dispatcher.wording.checks import Price

HIGHEST = Decimal(1000)
"""Of any currency, for one part; what is above it was typed in the wrong unit."""
DIGITS = 6
"""After the point; carriers quote fractions of a cent."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A price as it was entered."""

    account: str
    country: str
    amount: Decimal
    currency: str
    set_by: str
    set_at: datetime


@transaction.atomic
def put(account: str, country: str, *, amount: str, currency: str, by: User) -> Entry:
    """Enter or change what a part costs. An admin's, on record.

    `amount` with a point ("0.0812"). Raises NotAllowed, `alerts.price_account_unknown`,
    `alerts.price_wrong`, `alerts.price_currency_unknown`, `contacts.region_unknown`.
    """
    access.require(by, Role.ADMIN, over=["001"])
    known = accounts()
    if account not in known:
        raise Refused(
            "alerts.price_account_unknown", account=account, known=", ".join(known) or "-"
        )
    code, money = _country(country), currency.strip().upper()
    if not is_currency(money, "en"):
        raise Refused("alerts.price_currency_unknown", currency=currency)
    row, _ = PartPrice.objects.update_or_create(
        account=account,
        country=code,
        defaults={
            "amount": _amount(amount), "currency": money, "set_by": by.username, "set_at": Now(),
        },
    )  # fmt: skip
    row.refresh_from_db()
    told = f"{row.amount.normalize():f} {money}"
    journal.note(by, "prices.set", f"account:{account}", country=code, price=told)
    return _entry(row)


@transaction.atomic
def drop(account: str, country: str, *, by: User) -> None:
    """Strike a price out. Raises NotAllowed, `alerts.price_missing`."""
    access.require(by, Role.ADMIN, over=["001"])
    code = _country(country)
    if not PartPrice.objects.filter(account=account, country=code).delete()[0]:
        raise Refused("alerts.price_missing", account=account, country=code)
    journal.note(by, "prices.dropped", f"account:{account}", country=code)


def listed(account: str = "") -> tuple[Entry, ...]:
    """All prices, or those of an account, by account and country."""
    rows = PartPrice.objects.filter(account=account) if account else PartPrice.objects.all()
    return tuple(map(_entry, rows))


def of(account: str) -> Mapping[str, Price]:
    """{country: price of one part} of an account."""
    return {row.country: Price(row.amount.normalize(), row.currency) for row in listed(account)}


def accounts() -> tuple[str, ...]:
    """The configured accounts that carry text messages, of drills and of the real thing."""
    found = (
        name
        for mode in routing.MODES
        for name, carrier in routing.accounts(mode=mode).items()
        if CARRIERS[carrier].channel == "sms"
    )
    return tuple(dict.fromkeys(found))


def _country(code: str) -> str:
    found = territories.canonical(code)
    if found not in territories.countries():
        raise Refused("alerts.price_not_a_country", country=code)
    return found


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text.strip())
    except InvalidOperation:
        raise Refused("alerts.price_wrong", amount=text[:20], most=HIGHEST) from None
    if not (amount.is_finite() and 0 <= amount <= HIGHEST):
        raise Refused("alerts.price_wrong", amount=text[:20], most=HIGHEST)
    return round(amount, DIGITS)


def _entry(row: PartPrice) -> Entry:
    return Entry(row.account, row.country, row.amount, row.currency, row.set_by, row.set_at)
