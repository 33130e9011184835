"""Silence is asked about: an unknown is looked for at its carrier, and then goes again or does not.

The ledger says which questions are due, `policy` what an answer comes to. Nothing here is kept
between two rounds: who dies in one leaves questions that are due again when their lease is over.
"""

import asyncio
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, cast

import structlog
from django.conf import settings
from redis.asyncio import Redis

from dispatcher.fanout.load import Loader
from dispatcher.fanout.pace import Pace
from dispatcher.kit.errors import Refused
from dispatcher.kit.wire import Answer, Pool, Wire
from dispatcher.ledger import questions
from dispatcher.ledger.climb import Fold, tell
from dispatcher.ledger.entries import Claimed
from dispatcher.ledger.facts import BLOCK, MOST_ATTEMPTS, Verdict, back_off, standing
from dispatcher.ledger.questions import Due
from dispatcher.providers import routing
from dispatcher.providers.base import Finding, Found, Parcel, Provider
from dispatcher.tracking import policy
from dispatcher.tracking.policy import Again, Ask, Decision, GiveUp, Taken, Unknown

log = structlog.get_logger(__name__)

ROUND = 10.0
"""Seconds after which a round lets go; beat asks for the next one every 2 s."""
MOST = 200
"""Questions that are taken at once."""
FEW = 8
"""Requests to an account on the wire at once: asking is patient. When as many have brought nothing,
the carrier is not asked any more in this round: silence costs one time-out and not one a question,
and what lives hang on can be decided."""
SHARE = 10
"""Asking has a bucket of its own with a tenth of the account's pace, at least one request a second:
it takes nothing from sending, and sending takes nothing from it."""
TIMEOUT = 6.0
"""Seconds for one request, as for sending."""
DUMB = Found.later("not_answering", seconds=5.0)
SHUT = Found.later("account", seconds=60.0)
BROKEN = Found.later("adapter_failed", seconds=60.0)
SHUT_SETTLES = timedelta(minutes=2)
"""What an account that cannot be opened is thought to need: as long as the slowest of ours."""


@dataclass(slots=True)
class Enquiry:
    """A due question on its way: the message as it was sent, whom to ask, and what was found."""

    due: Due
    provider: Provider | None = None
    parcel: Parcel | None = None
    found: Found | None = None
    """None: it could not be asked in this round, for our own reasons."""

    def unknown(self) -> Unknown:
        """The question as policy sees it."""
        due, provider = self.due, self.provider
        return Unknown(
            severity=due.severity,
            age=due.age,
            settles=provider.settles if provider else SHUT_SETTLES,
            repeatable=provider.repeatable if provider else False,
            over=due.over,
            spent=due.handed or due.attempt >= MOST_ATTEMPTS,
            asks=due.asks,
            repeats=due.repeats,
        )


@dataclass(slots=True)
class Round:
    """What a round came to, before it is written down."""

    decided: list[tuple[Due, Decision]] = field(default_factory=list)
    waiting: list[Due] = field(default_factory=list)
    """Not asked: no turn in this round."""


def reconcile(*, seconds: float = ROUND, loader: Loader | None = None) -> Counter[str]:
    """Ask about what is due, for so many seconds at most; how often it came to what."""
    end, loader = time.monotonic() + seconds, loader or Loader()
    told: Counter[str] = Counter()
    while time.monotonic() < end:
        due = questions.due(most=MOST)
        if not due:
            break
        enquiries = _prepare(due, loader)
        if any(one.found is None for one in enquiries):
            asyncio.run(_ask_all([one for one in enquiries if one.found is None], end=end))
        told += _write(_decide(enquiries))
    if told:
        log.info("reconciled", **{verdict or "open": n for verdict, n in told.items()})
    return told


def _prepare(due: Sequence[Due], loader: Loader) -> list[Enquiry]:
    """Each message made once more, as it was sent, and its account opened."""
    sheaves: dict[tuple[int, int, str], list[Due]] = defaultdict(list)
    for one in due:
        sheaves[one.delivery_id // BLOCK, one.attempt, one.account].append(one)
    batches = [_as_claimed(number, some) for number, some in enumerate(sheaves.values())]
    load = loader.load([(batch, batch.size) for batch in batches])
    enquiries = []
    for batch, some in zip(batches, sheaves.values(), strict=True):
        for index, one in enumerate(some):
            enquiry = Enquiry(one)
            try:
                enquiry.provider = routing.open_account(one.account, mode=_mode(one))
                enquiry.parcel = load.parcel(batch, index)
            except Refused as error:
                log.warning("not_askable", delivery=one.delivery_id, code=error.code)
                enquiry.found = Found.cannot("not_askable") if enquiry.provider else SHUT
            else:
                enquiry.found = None if enquiry.parcel.to else Found.cannot("not_askable")
            enquiries.append(enquiry)
    return enquiries


def _mode(due: Due) -> Literal["drill", "real"]:
    return cast("Literal['drill', 'real']", due.mode)


def _as_claimed(number: int, due: Sequence[Due]) -> Claimed:
    """Unknowns of one batch, attempt and account in the form in which they were sent."""
    first = due[0]
    return Claimed(
        id=number,
        token=0,
        origin=first.delivery_id // BLOCK,
        dispatch_id=first.dispatch_id,
        channel=first.channel,
        account=first.account,
        wording_id=first.wording_id,
        language=first.language,
        region=first.region,
        time_zone=first.time_zone,
        attempt=first.attempt,
        cursor=0,
        size=len(due),
        positions=[one.delivery_id % BLOCK for one in due],
        contact_ids=[one.contact_id for one in due],
        address_ids=[one.address_id for one in due],
    )


@dataclass(slots=True)
class _Counter:
    """Where one account is asked in this round: so many at once, and how many came back empty."""

    gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(FEW))
    empty: int = 0

    async def ask(self, enquiry: Enquiry, *, wire: Wire) -> Found:
        """What the carrier says of one message. Raises _NoTurn."""
        async with self.gate:
            if enquiry.provider is None or enquiry.parcel is None:
                return SHUT
            if self.empty >= FEW:
                return DUMB
            since = enquiry.due.launched_at
            found = await enquiry.provider.find(enquiry.parcel, since=since, wire=wire)
            self.empty = self.empty + 1 if found.kind is Finding.LATER else 0
            return found


class _NoTurn(Exception):  # noqa: N818  # it states a fact
    """The account's pace leaves no request for us in this round."""


@dataclass(frozen=True, slots=True)
class _Paced:
    """A wire on which each request waits for its turn."""

    wire: Wire
    pace: Pace
    account: str
    end: float

    async def ask(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes = b""
    ) -> Answer:
        """As Wire's. Raises _NoTurn, too."""
        if time.monotonic() > self.end:
            raise _NoTurn
        grant = await self.pace.take(_purse(self.account), least=1, wanted=1)
        if not grant.n or time.monotonic() + grant.wait > self.end:
            raise _NoTurn
        await asyncio.sleep(grant.wait)
        return await self.wire.ask(method, url, headers=headers, body=body)


def _purse(account: str) -> str:
    return f"{account}:asks"


def _rates() -> dict[str, int]:
    return {_purse(account): max(1, rate // SHARE) for account, rate in settings.PACE.items()}


async def _ask_all(enquiries: Sequence[Enquiry], *, end: float) -> None:
    """Ask, a few at a time; what could not be asked stays without an answer."""
    redis = Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
    counters: dict[tuple[str, str], _Counter] = defaultdict(_Counter)
    try:
        async with Pool(whole=TIMEOUT) as wire:
            pace = Pace(redis, rates=_rates())
            asked = [
                counters[one.due.account, one.due.mode].ask(
                    one, wire=_Paced(wire, pace, one.due.account, end)
                )
                for one in enquiries
            ]
            told = await asyncio.gather(*asked, return_exceptions=True)
    finally:
        await redis.aclose()
    for one, found in zip(enquiries, told, strict=True):
        if isinstance(found, Found):
            one.found = found
        elif not isinstance(found, _NoTurn):
            log.error("adapter_failed", account=one.due.account, exc_info=found)
            one.found = BROKEN


def _decide(enquiries: Sequence[Enquiry]) -> Round:
    """Policy's word on each; a carrier's id that another delivery bears speaks for nobody else."""
    owners = _owners(enquiries)
    came = Round()
    for one in enquiries:
        if one.found is None:
            came.waiting.append(one.due)
            continue
        found = _without(one.found, owners, delivery_id=one.due.delivery_id)
        decision = policy.decide(one.unknown(), found)
        if isinstance(decision, Taken) and decision.carrier_id:
            owners.setdefault(decision.carrier_id, set()).add(one.due.delivery_id)
        came.decided.append((one.due, decision))
    return came


def _owners(enquiries: Sequence[Enquiry]) -> dict[str, set[int]]:
    """The deliveries that already bear a carrier's id which was found."""
    listed = [one for one in enquiries if one.found and one.found.matches]
    if not listed:
        return {}
    ids = {match.carrier_id for one in listed if one.found for match in one.found.matches}
    return questions.known_elsewhere([one.due.address_id for one in listed], sorted(ids))


def _without(found: Found, owners: Mapping[str, set[int]], *, delivery_id: int) -> Found:
    left = [m for m in found.matches if owners.get(m.carrier_id, {delivery_id}) == {delivery_id}]
    return found if len(left) == len(found.matches) else Found.among(left)


def _write(came: Round) -> Counter[str]:
    """Write down what was decided; how often it came to what, "" for what stays open."""
    luck = random.random()  # noqa: S311  # one throw: those who go again share batches
    kinds: dict[type[Decision], list[tuple[Due, Decision]]] = defaultdict(list)
    for due, decision in came.decided:
        kinds[type(decision)].append((due, decision))
    for verdict in (Verdict.TAKEN, Verdict.MANY):
        tell(_folds(kinds[Taken], verdict=verdict), verdict=verdict)
    went = questions.again(
        [
            questions.Again(
                due.delivery_id,
                due.attempt,
                decision.verdict,
                back_off(0.0, due.attempt, luck=luck),
            )
            for due, decision in came.decided
            if isinstance(decision, Again)
        ]
    )
    questions.close(
        {
            (due.delivery_id, due.attempt): decision.verdict
            for due, decision in came.decided
            if isinstance(decision, GiveUp)
        }
    )
    questions.ask_later(_pauses(came, went=went))
    return Counter(
        Verdict.OPEN if isinstance(decision, Ask) else decision.verdict
        for _, decision in came.decided
    )


def _pauses(came: Round, *, went: set[int]) -> dict[tuple[int, int], float]:
    """When those are asked again that stay open, also since a receipt held their row just now."""
    pauses = {(due.delivery_id, due.attempt): 1.0 for due in came.waiting}
    for due, decision in came.decided:
        if isinstance(decision, Ask):
            pauses[due.delivery_id, due.attempt] = decision.seconds
        elif isinstance(decision, Again) and due.delivery_id not in went:
            pauses[due.delivery_id, due.attempt] = 1.0
    return pauses


def _folds(taken: Iterable[tuple[Due, Decision]], *, verdict: Verdict) -> list[Fold]:
    return [
        Fold(
            due.delivery_id,
            due.attempt,
            due.account,
            standing(decision.rank, due.attempt),
            decision.code,
            decision.carrier_id,
        )
        for due, decision in taken
        if isinstance(decision, Taken) and decision.verdict is verdict
    ]
