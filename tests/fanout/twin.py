"""A carrier of the tests' own, whose adapter has bugs for certain numbers."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dispatcher.ledger.facts import Outcome
from dispatcher.providers.base import Parcel


@dataclass(frozen=True, kw_only=True)
class Account:
    """What the test tells the twin."""

    base_url: str
    taken: list[str]
    raises: frozenset[str] = frozenset()
    forgets: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()
    hangs: frozenset[str] = frozenset()
    during: Callable[[], None] = field(default=lambda: None)


class Twin:
    """Takes everything but what it was told to stumble over."""

    name = "twin"
    channel = "sms"
    most = 1

    def __init__(self, account: Account) -> None:
        self._account = account

    async def send(self, parcels: Sequence[Parcel], *, wire: object) -> list[Outcome]:  # noqa: ARG002
        [parcel] = parcels
        await asyncio.sleep(0.05)
        self._account.during()
        if parcel.to in self._account.raises:
            raise RuntimeError("a bug in the adapter")
        if parcel.to in self._account.forgets:
            return []
        if parcel.to in self._account.hangs:
            await asyncio.sleep(3600)
        if parcel.to in self._account.later:
            return [Outcome.later("429", seconds=0)]
        self._account.taken.append(parcel.to)
        return [Outcome.taken(f"T{len(self._account.taken)}")]
