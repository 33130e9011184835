"""What a convoy carries: people read at the last moment, wordings rendered, parcels, calls."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import structlog
from django.conf import settings

from contacts import consent, territories
from contacts.reach import Door, doors
from dispatcher.channels.base import Fill
from dispatcher.channels.catalogue import MOULDS
from dispatcher.fanout.plan import Plan, thaw
from dispatcher.kit import links
from dispatcher.kit.errors import Refused
from dispatcher.ledger import stages
from dispatcher.ledger.entries import Claimed, Fact
from dispatcher.ledger.facts import Outcome
from dispatcher.ledger.models import Dispatch
from dispatcher.ledger.statements import ledger_now
from dispatcher.providers import routing
from dispatcher.providers.answers import account_refused
from dispatcher.providers.base import Parcel, Provider
from dispatcher.wording import library, rendering
from dispatcher.wording.facts import Fact as Value
from dispatcher.wording.facts import Facts
from dispatcher.wording.nameless import called
from dispatcher.wording.rendering import Rendered

log = structlog.get_logger(__name__)

ANSWERED = "answered"
"""Why nothing goes to who has acknowledged before this message left."""
LINK = "info"
"""The fact to which a push notification leads: the page with the latest information."""
KEPT = 4_096
"""Compiled wordings that a worker keeps: 13 languages x 4 parts x 60 zones and a bit."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """A dispatch as it was launched."""

    mode: routing.Mode
    plan: Plan
    facts: Facts
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Ready:
    """A wording with everything in it but what is personal; `link` is where a push leads."""

    rendered: Rendered
    link: str
    asks: frozenset[str]
    """The personal slots that will be filled: a link that nobody reads is not signed."""


class Piece(NamedTuple):
    """One parcel and where its fact belongs."""

    batch_id: int
    index: int  # type: ignore[assignment]  # as in `Fact`
    parcel: Parcel


class Call(NamedTuple):
    """Parcels of one dispatch that go to one account in one request."""

    provider: Provider
    dispatch_id: int
    pieces: Sequence[Piece]
    batches: Collection[int]
    """Whose people they are."""

    @classmethod
    def of(cls, provider: Provider, dispatch_id: int, pieces: Sequence[Piece]) -> "Call":
        """With the batches of the pieces."""
        if len(pieces) == 1:  # of an SMS or a push always
            return cls(provider, dispatch_id, pieces, (pieces[0].batch_id,))
        return cls(provider, dispatch_id, pieces, {piece.batch_id for piece in pieces})


Road = tuple[str, routing.Mode]
"""An account, of drills or real."""


@dataclass(frozen=True, slots=True)
class Unsaid:
    """Somebody for whom no parcel could be made: the fact that stands in a carrier's place."""

    batch_id: int
    fact: Fact


@dataclass(frozen=True, slots=True)
class Load:
    """A convoy's windows with all that is needed to send them; nothing is read after this."""

    frozen: Mapping[int, Frozen]
    doors: Mapping[int, Door]
    ready: Mapping[int, Ready | Refused]
    now: datetime
    answered: AbstractSet[tuple[int, int]] = frozenset()
    """(dispatch, contact) of who has answered since: nobody asks them again."""
    shut: Mapping[int, str] = field(init=False)
    """Address id -> why it may no longer be used: few, or none."""

    def __post_init__(self) -> None:
        shut = {id_: door.refusal for id_, door in self.doors.items() if door.refusal}
        object.__setattr__(self, "shut", shut)

    def fallen(self, batch: Claimed, n: int) -> list[tuple[int, str]]:
        """Who of the next n may or need no longer be written to, and why."""
        if not (self.shut or self.answered):
            return []
        told = ((index, self._refusal(batch, index)) for index in _ahead(batch, n))
        return [(index, why) for index, why in told if why]

    def _refusal(self, batch: Claimed, index: int) -> str:
        why = self.shut.get(batch.address_ids[index], "")
        if self.answered and (batch.dispatch_id, batch.contact_ids[index]) in self.answered:
            return why or ANSWERED
        return why

    def calls(
        self, windows: Sequence[tuple[Claimed, int]], *, most: Callable[[str], int]
    ) -> tuple[dict[Road, list[Call]], list[Unsaid]]:
        """The requests for these windows, by account; parcels that share a content share requests.

        `most`: account -> messages that one request may carry at its pace.
        """
        calls: dict[Road, list[Call]] = defaultdict(list)
        unsaid: list[Unsaid] = []
        for (account, mode, dispatch_id), contents in self._pieces(windows, unsaid).items():
            try:
                provider = routing.open_account(account, mode=mode)
            except Refused as error:
                log.exception("account_closed", account=account, mode=mode, code=error.code)
                unsaid += [_later(piece) for pieces in contents for piece in pieces]
                continue
            size = min(provider.most, most(account))
            calls[account, mode] += [
                Call.of(provider, dispatch_id, pieces[start : start + size])
                for pieces in contents
                for start in range(0, len(pieces), size)
            ]
        return calls, unsaid

    def _pieces(
        self, windows: Sequence[tuple[Claimed, int]], unsaid: list[Unsaid]
    ) -> dict[tuple[str, routing.Mode, int], Iterable[list[Piece]]]:
        """The parcels by account and dispatch, those of one content together."""
        shared: dict[tuple[str, routing.Mode, int], dict[int, list[Piece]]] = {}
        for batch, n in windows:
            mode = self.frozen[batch.dispatch_id].mode
            alike = shared.setdefault((batch.account, mode, batch.dispatch_id), {})
            fallen = {index for index, _ in self.fallen(batch, n)}
            going = (index for index in _ahead(batch, n) if index not in fallen)
            for piece in self._of(batch, going, unsaid):
                alike.setdefault(id(piece.parcel.content), []).append(piece)
        return {road: contents.values() for road, contents in shared.items()}

    def _of(self, batch: Claimed, indexes: Iterable[int], unsaid: list[Unsaid]) -> Iterator[Piece]:
        """One batch's parcels; who cannot be told is `unsaid`."""
        ready, fill = self.ready[batch.id], None
        for index in indexes:
            try:
                fill = fill or self._fill(batch, ready)
                parcel = fill(batch.delivery_id(index), self.doors[batch.address_ids[index]])
            except Refused as error:
                log.exception("unsaid", batch=batch.id, index=index, code=error.code)
                unsaid.append(Unsaid(batch.id, Fact(index, Outcome.refused(error.code), "")))
            else:
                yield Piece(batch.id, index, parcel)

    def parcel(self, batch: Claimed, index: int) -> Parcel:
        """One person's parcel, whatever their door says: to ask about what has left already.

        Raises Refused when it cannot be made; `to` is empty when the address was erased.
        """
        door = self.doors[batch.address_ids[index]]
        return self._fill(batch, self.ready[batch.id])(batch.delivery_id(index), door)

    def _fill(self, batch: Claimed, ready: Ready | Refused) -> Callable[[int, Door], Parcel]:
        """What makes a parcel of somebody's id and door; all that they share is made here."""
        if isinstance(ready, Refused):
            raise ready
        left = (self.frozen[batch.dispatch_id].expires_at - self.now).total_seconds()
        fill: Fill = MOULDS[batch.channel](
            ready.rendered, attempt=batch.attempt, ttl=max(1, int(left))
        )
        link, locale = ready.link, ready.rendered.locale
        named, asked = "recipient" in ready.asks, "acknowledge" in ready.asks
        address, signed = _acknowledge_at(), links.signer(purpose="acknowledge")

        def filled(delivery_id: int, door: Door) -> Parcel:
            slots = {"link": link}
            if named:
                slots["recipient"] = called(door.name, locale=locale)
            if asked:
                slots["acknowledge"] = address + signed(delivery_id)
            return fill(delivery_id, door.value, slots)

        return filled


def _ahead(batch: Claimed, n: int) -> range:
    return range(batch.cursor, batch.cursor + n)


def _later(piece: Piece) -> Unsaid:
    """Nothing left, because the account cannot be opened: it waits until somebody has mended it."""
    return Unsaid(piece.batch_id, Fact(piece.index, account_refused(), ""))


def acknowledgement(delivery_id: int) -> str:
    """The link by which a reader says "read and understood": signed, single purpose, no log-in."""
    return _acknowledge_at() + links.sign(delivery_id, purpose="acknowledge")


def _acknowledge_at() -> str:
    return f"{settings.PUBLIC_URL}/a/"


def _asks(rendered: Rendered) -> frozenset[str]:
    """A push may always lead to the reader's own page."""
    named = frozenset().union(*(part.slots for part in rendered.parts.values()))
    return named | {"acknowledge"} if rendered.channel == "push" else named


_Key = tuple[int, int, str, str]
"""Dispatch, wording, time zone and region."""


def _forget(kept: dict[Any, Any]) -> None:
    """The oldest of more than KEPT."""
    if len(kept) > KEPT:
        for old in list(kept)[: len(kept) - KEPT]:
            kept.pop(old, None)


class Loader:
    """Reads what convoys need, and keeps what never changes: frozen plans, compiled wordings."""

    def __init__(self) -> None:
        self._frozen: dict[int, Frozen] = {}
        self._texts: dict[int, library.Version] = {}
        self._compiled: dict[_Key, Ready | Refused] = {}
        self._shared: dict[tuple[Hashable, ...], Ready] = {}

    def load(self, windows: Sequence[tuple[Claimed, int]]) -> Load:
        """Everything about the next n people of these batches, in three queries or fewer."""
        batches = [batch for batch, _ in windows]
        self.thaw(batches)
        self._open(batches)
        held: dict[int, Door] = {}
        for kind, ids in self._asked(windows).items():
            held |= doors(ids, kind=kind)
        ready, answered = self._render(batches), self._answered(windows)
        return Load(self._frozen, held, ready, ledger_now(), answered)

    def bury(self, facts: Mapping[int, Sequence[Fact]], *, batches: Sequence[Claimed]) -> None:
        """Tell the registry which addresses a carrier called dead, and who has told it to stop.

        Of real dispatches only: what a sandbox says in a drill must not keep the real alert from
        anybody.
        """
        told = [
            (batch.address_ids[fact.index], fact)
            for batch in batches
            if self._frozen[batch.dispatch_id].mode == "real"
            for fact in facts.get(batch.id, ())
        ]
        dead = [address for address, fact in told if fact.outcome.dead]
        if dead:
            consent.mark_dead(dead)
        for address, fact in told:
            if fact.outcome.opted_out:
                consent.opt_out(address, source=f"carrier:{fact.carrier}")

    def mode(self, batch: Claimed) -> routing.Mode:
        """Of the batch's dispatch, which must have been thawed."""
        return self._frozen[batch.dispatch_id].mode

    def knows(self, batches: Sequence[Claimed]) -> bool:
        """Whether nothing needs to be thawed for them."""
        return all(batch.dispatch_id in self._frozen for batch in batches)

    def thaw(self, batches: Sequence[Claimed]) -> None:
        """Read what was frozen of these batches' dispatches."""
        fresh = {batch.dispatch_id for batch in batches} - self._frozen.keys()
        for dispatch in Dispatch.objects.filter(id__in=fresh) if fresh else ():
            mode: routing.Mode = "drill" if dispatch.mode == Dispatch.Mode.DRILL else "real"
            plan = thaw(dispatch.plan)
            facts = Facts.of(
                Value(f.name, f.type, f.value, f.region, f.language) for f in plan.facts
            )
            self._frozen[dispatch.id] = Frozen(mode, plan, facts, dispatch.expires_at)

    def _open(self, batches: Sequence[Claimed]) -> None:
        """Open the accounts here and not in the event loop: an SDK's import holds it for 1.1 s."""
        for account, mode in {(one.account, self._frozen[one.dispatch_id].mode) for one in batches}:
            with suppress(Refused):  # `calls` asks again, and says so
                routing.open_account(account, mode=mode)

    def _asked(self, windows: Sequence[tuple[Claimed, int]]) -> dict[str, list[int]]:
        asked: dict[str, list[int]] = defaultdict(list)
        for batch, n in windows:
            kind = self._frozen[batch.dispatch_id].plan.kind
            asked[kind].extend(batch.address_ids[batch.cursor : batch.cursor + n])
        return asked

    def _answered(self, windows: Sequence[tuple[Claimed, int]]) -> set[tuple[int, int]]:
        """Who has answered, asked where an answer changes what happens next."""
        asked: dict[int, list[int]] = defaultdict(list)
        for batch, n in windows:
            if self._frozen[batch.dispatch_id].plan.asks:
                asked[batch.dispatch_id].extend(batch.contact_ids[batch.cursor : batch.cursor + n])
        return {
            (dispatch_id, contact_id)
            for dispatch_id, ids in asked.items()
            for contact_id in stages.who_answered(dispatch_id, ids)
        }

    def _render(self, batches: Sequence[Claimed]) -> dict[int, Ready | Refused]:
        keys = {
            batch.id: (batch.dispatch_id, batch.wording_id, batch.time_zone, batch.region)
            for batch in batches
        }
        known = {key: self._compiled.get(key) for key in keys.values()}  # others may forget it
        fresh = [key for key, ready in known.items() if ready is None]
        unread = {wording_id for _, wording_id, _, _ in fresh} - self._texts.keys()
        self._texts |= library.fields(sorted(unread))
        made = {key: self._compile(key) for key in fresh}
        self._compiled |= made
        _forget(self._compiled)
        _forget(self._shared)
        ready = {key: one for key, one in known.items() if one is not None} | made
        return {batch_id: ready[key] for batch_id, key in keys.items()}

    def _compile(self, key: _Key) -> Ready | Refused:
        """A wording with the dispatch's facts for a zone and a region, or why it cannot be made.

        Most regions are told the same facts, and few texts an hour: 160 -> 40 us for what some
        other zone and region had made.
        """
        dispatch_id, wording_id, zone, region = key
        text, facts = self._texts[wording_id], self._frozen[dispatch_id].facts
        regions = territories.lineage(region)
        told = facts.resolve(regions=regions, language=text.locale)
        alike = (dispatch_id, wording_id, *map(id, told.values()))  # held by the frozen dispatch
        made = self._shared.get(alike) or self._shared.get((*alike, zone))
        if made:
            return made
        try:
            rendered = rendering.compile(
                text.fields,
                locale=text.locale,
                zone=zone or "UTC",
                facts=facts,
                regions=regions,
                wording=text.name,
            )
        except Refused as error:
            return error
        leads_to = told.get(LINK)
        ready = Ready(rendered, leads_to.value if leads_to else "", _asks(rendered))
        zoned = any(told[name].type == "datetime" for name in rendered.facts)
        self._shared[(*alike, zone) if zoned else alike] = ready
        return ready
