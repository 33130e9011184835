"""A test message to oneself, by one account, outside all books: does this carrier carry?"""

import asyncio

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from contacts import addresses
from contacts.errors import Refused as BadAddress
from dispatcher.channels import email, sms
from dispatcher.kit.errors import Refused
from dispatcher.kit.wire import Pool
from dispatcher.ledger.facts import Outcome
from dispatcher.operators import access, journal
from dispatcher.operators.models import User
from dispatcher.operators.roles import Role
from dispatcher.operators.roster import WORLD
from dispatcher.providers import routing
from dispatcher.providers.base import Parcel
from dispatcher.providers.catalogue import CARRIERS
from dispatcher.providers.routing import Mode
from dispatcher.wording import tags
from dispatcher.wording.facts import Facts
from dispatcher.wording.rendering import Rendered
from dispatcher.wording.rendering import compile as fill

_OUTSIDE = {"delivery_id": 0, "attempt": 1}
"""No batch has this id: receipts of a test belong to nothing, and count as strays."""


def address(text: str, *, channel: str) -> str:
    """The address as the carrier wants it. Raises `providers.bad_address`."""
    try:
        if channel == "sms":
            return addresses.phone(text).value
        return addresses.email(text).value
    except BadAddress:
        raise Refused("providers.bad_address") from None


def send(to: str, *, account: str, mode: Mode, by: User) -> Outcome:
    """What the carrier said, within its time-out; the journal keeps that, and no address.

    Raises NotAllowed, and what `routing.open_account` raises.
    """
    access.require(by, Role.ADMIN, over=[WORLD])
    carrier = routing.accounts(mode=mode).get(account, "")
    provider = routing.open_account(account, mode=mode)
    parcel = _parcel(to, channel=CARRIERS[carrier].channel, by=by)

    async def ask() -> Outcome:
        async with Pool(most=1) as wire:
            return next(iter(await provider.send([parcel], wire=wire)))

    outcome = asyncio.run(ask())
    journal.note(
        by, "operators.test_sent", f"account:{account}",
        mode=mode, outcome=outcome.kind.value, code=outcome.code,
    )  # fmt: skip
    return outcome


def _parcel(to: str, *, channel: str, by: User) -> Parcel:
    locale = tags.canonical(translation.get_language() or "en")
    text = gettext("This is a test from %(organisation)s. Nothing has happened.") % {
        "organisation": settings.ORGANISATION.replace("{", "(").replace("}", ")")
    }
    if channel == "sms":
        return sms.pack(_filled({"text": text}, locale, by), **_OUTSIDE, to=to, slots={})
    letter = {"subject": gettext("Test"), "body": text}
    return email.pack(_filled(letter, locale, by), **_OUTSIDE, to=to, slots={})


def _filled(fields: dict[str, str], locale: str, reader: User) -> Rendered:
    return fill(fields, locale=locale, zone=reader.time_zone, facts=Facts())
