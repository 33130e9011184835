"""Which account takes a parcel: by channel, by address for push, and apart for drill and real.

The setting CARRIERS is mode -> account's name -> its settings, with the carrier's name among them:

    {"drill": {"twilio": {"carrier": "twilio", "base_url": "http://127.0.0.1:8090", …}, …},
     "real": {"twilio-eu": {"carrier": "twilio", "account_sid": "AC…", …}}}

The order of a mode's accounts is the order of preference. Drill and real share no account, so that
a drill cannot reach a person through a forgotten key.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from django.conf import settings

from dispatcher.kit.errors import Refused
from dispatcher.ledger.facts import Kind, Outcome
from dispatcher.providers.base import Provider
from dispatcher.providers.catalogue import CARRIERS

Mode = Literal["drill", "real"]
MODES: tuple[Mode, ...] = ("drill", "real")


_PUSH_KEYS = {"fcm:": "fcm", "web:": "webpush"}
"""How `contacts.addresses` begins a push address's key -> the carrier that it was made for."""


def accounts(*, mode: Mode) -> dict[str, str]:
    """Account's name -> carrier's name, in order of preference."""
    return {name: str(told["carrier"]) for name, told in _configured(mode).items()}


def carrier_of(channel: str, to: str) -> str:
    """The carrier that an address asks for, or "" when any of the channel's will do.

    A Web Push subscription is a JSON object; every other push address is an FCM token.
    """
    if channel != "push":
        return ""
    return "webpush" if to.lstrip().startswith("{") else "fcm"


def account_for(channel: str, *, mode: Mode, to: str = "") -> str:
    """The preferred account's name for a channel, and for push also for the address.

    Raises Refused providers.no_account when none is configured.
    """
    return accounts_for(channel, mode=mode, to=to)[0]


def accounts_for(channel: str, *, mode: Mode, to: str = "") -> tuple[str, ...]:
    """Every account that may take a channel's parcels, the preferred one first.

    For push one account of each carrier, or the one that fits the address: a token or subscription
    is bound to the project or key that it was made for, and another would call it dead.

    When the first is ill (its breaker is open), the next takes over, under one rule, so that
    nothing is sent twice: a parcel moves only if no account can have it, see `may_move`. What is
    unsure stays where it is: it is asked about (`find`), or its receipt awaited, at the very
    account that it went through, whatever its breaker says; so each attempt's account is kept on
    the record. A parcel that the first account denies after `settles` was not taken, and moves.

    Raises Refused providers.no_account when none is configured.
    """
    wanted = carrier_of(channel, to) if to else ""
    found: list[str] = []
    bound: set[str] = set()
    for name, carrier in accounts(mode=mode).items():
        fits = CARRIERS[carrier].channel == channel and wanted in ("", carrier)
        if fits and carrier not in bound:
            found.append(name)
            bound |= {carrier} if channel == "push" else set()
    if not found:
        raise Refused("providers.no_account", channel=channel, carrier=wanted, mode=mode)
    return tuple(found)


def accounts_by_key(channel: str, *, mode: Mode) -> dict[str, str]:
    """How a normalised address begins -> the preferred account for it, "" where none is.

    "" fits every address: only push has keys of several kinds, each for a carrier of its own.
    """
    kinds = _PUSH_KEYS if channel == "push" else {"": ""}
    return {begins: _preferred(channel, mode=mode, carrier=of) for begins, of in kinds.items()}


def _preferred(channel: str, *, mode: Mode, carrier: str) -> str:
    fits = (
        name
        for name, of in accounts(mode=mode).items()
        if CARRIERS[of].channel == channel and carrier in ("", of)
    )
    return next(fits, "")


def may_move(outcome: Outcome | None) -> bool:
    """Whether a parcel may go to another account after what came of its last request.

    None: it was never sent. Only what a carrier documents as not processed may move; unsure never,
    or two accounts may both have it; and what is refused for good is not tried elsewhere.
    """
    return outcome is None or outcome.kind is Kind.LATER


def senders(channel: str, *, mode: Mode) -> tuple[str, ...]:
    """Whom the channel's accounts send as: a number, a name, or a service's id."""
    told = _configured(mode)
    names = (name for name, of in accounts(mode=mode).items() if CARRIERS[of].channel == channel)
    return tuple(dict.fromkeys(str(told[name].get("sender", "")) for name in names))


def open_account(name: str, *, mode: Mode) -> Provider:
    """The carrier's adapter for an account, the same one for the life of the process.

    Raises Refused providers.unknown_account, providers.account_incomplete when a setting is missing
    or unknown, or providers.drill_without_base when a drill's account does not say where its
    sandbox is: it would reach people. Opening imports the vendor's SDK, up to 1.1 s once.
    """
    if name not in _configured(mode):
        raise Refused("providers.unknown_account", account=name, mode=mode)
    return _opened(name, mode)


def open_doors(carrier: str) -> list[tuple[Mode, Provider]]:
    """Every account of one carrier with its mode, for receipts: whose signature fits?

    The mode goes along because a drill's key must not speak about a real delivery.
    """
    return [
        (mode, open_account(name, mode=mode))
        for mode in MODES
        for name, of in accounts(mode=mode).items()
        if of == carrier
    ]


def close_accounts() -> None:
    """Forget what was opened, so that changed settings are read: for tests and the demo."""
    _opened.cache_clear()


@cache
def _opened(name: str, mode: Mode) -> Provider:
    told = dict(_configured(mode)[name])
    carrier = told.pop("carrier")
    if mode == "drill" and not told.get("base_url"):
        raise Refused("providers.drill_without_base", account=name)
    try:
        return CARRIERS[carrier].open(told)
    except (TypeError, ValueError, LookupError) as error:
        raise Refused("providers.account_incomplete", account=name, reason=str(error)) from error


def _configured(mode: Mode) -> Mapping[str, Mapping[str, Any]]:
    told: Mapping[str, Mapping[str, Any]] = settings.CARRIERS.get(mode, {})
    for name, account in told.items():
        if account.get("carrier") not in CARRIERS:
            raise Refused(
                "providers.unknown_carrier", account=name, carrier=account.get("carrier", "")
            )
    return told
