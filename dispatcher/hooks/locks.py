"""Whose signature fits? The same lock at the door of its own and at Django's views."""

from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from django.conf import settings

from dispatcher.kit.counters import COUNTERS
from dispatcher.kit.errors import Refused
from dispatcher.providers import routing, twilio_inbound
from dispatcher.providers.base import Forged, Knock, Provider
from dispatcher.providers.routing import Mode

log = structlog.get_logger(__name__)

EARS = {"twilio": twilio_inbound.EAR}
"""Carriers by which people can write to us."""
FORGED = "forged"
"""The counters' group of what was refused, by carrier."""


@dataclass(frozen=True, slots=True)
class Let:
    """A request that was let in: the account's mode, its adapter, and what it verified."""

    mode: Mode
    provider: Provider
    knock: Knock


class Lock:
    """The accounts of each carrier, opened once."""

    def __init__(self) -> None:
        self._bases = tuple(dict.fromkeys((settings.HOOKS_URL, settings.PUBLIC_URL)))
        self._known: dict[str, list[tuple[Mode, Provider]]] = {}

    def open(
        self,
        carrier: str,
        path: str,
        *,
        headers: Mapping[str, str],
        body: bytes,
        captured: Mapping[str, str],
    ) -> Let | None:
        """Who signed this; None, counted, when nobody of ours did.

        `path` with its query, as it was asked for. The address that was signed is made from our
        settings, never from the request: HOOKS_URL, which carriers are told, or PUBLIC_URL, which
        they were told before there was another, and which operators enter by hand.
        """
        for base in self._bases:
            knock = Knock(url=base + path, headers=headers, body=body, path=captured)
            for mode, provider in self._accounts(carrier):
                try:
                    provider.verify(knock)
                except Forged:
                    continue
                return Let(mode, provider, knock)
        COUNTERS.add(FORGED, carrier)
        return None

    def _accounts(self, carrier: str) -> list[tuple[Mode, Provider]]:
        if carrier not in self._known:
            self._known[carrier] = list(_opened(carrier))
        return self._known[carrier]


def _opened(carrier: str) -> list[tuple[Mode, Provider]]:
    """The carrier's accounts that can be opened: a half-configured one bars no other's receipts."""
    found = []
    for mode in routing.MODES:
        for name, of in routing.accounts(mode=mode).items():
            if of != carrier:
                continue
            try:
                found.append((mode, routing.open_account(name, mode=mode)))
            except Refused as refused:
                log.warning("account_not_opened", account=name, mode=mode, code=refused.code)
    return found
