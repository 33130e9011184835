"""The audience enters the books: a frozen dispatch, then batches and exclusions."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, Protocol

from django.db import transaction
from psycopg.types.json import Jsonb

from dispatcher.ledger import statements
from dispatcher.ledger.models import Dispatch

ALL = 2**63 - 1
"""Above every contact id."""
PAGE = 500
"""People in a batch: Celery's 3.5 ms a task and one statement's fixed cost vanish (FACTS)."""


@dataclass(frozen=True, slots=True)
class Reader:
    """All of a person that decides what they are told and how; thousands of people share one."""

    key: int
    languages: tuple[str, ...]
    roles: tuple[str, ...]
    region: str
    country: str
    culture: str
    time_zone: str = ""
    told: tuple[str, ...] = ()
    """Channels by which this dispatch has told them before."""


@dataclass(frozen=True, slots=True)
class Way:
    """One channel by which a reader may be told: the lowest usable `place` of each `slot` wins.

    `block` is empty, or the reason for which nothing can be said on this channel (no_wording …).
    """

    reader: int
    slot: int
    place: int
    channel: str
    account: str
    wording_id: int
    language: str
    match: str
    block: str = ""
    begins: str = ""
    """How the address's key must begin: push tokens and subscriptions go to different accounts."""
    due_at: datetime | None = None
    """When it may leave; None: at once."""


@dataclass(frozen=True, slots=True)
class Open:
    """A dispatch that is being enlisted, as the spreading room needs it.

    `people`: the contacts of this slice, chosen by what the ledger knows; None: the plan's query.
    """

    id: int
    mode: Literal["drill", "real"]
    plan: dict[str, Any]
    cutoff_at: datetime
    expires_at: datetime
    severity: str = ""
    people: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Affected:
    """Those who may have received an earlier dispatch; `regions` None: everywhere.

    With `wordings` only those who got one of these versions.
    """

    dispatch_id: int
    regions: Sequence[str] | None = None
    wordings: Sequence[int] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """People chosen by what the ledger knows, and how each was told before (channels, spaced)."""

    people: tuple[int, ...]
    told: tuple[str, ...]
    upto: int
    """Contact id up to which nobody is left; ALL: nobody follows."""

    @classmethod
    def of(cls, rows: Sequence[tuple[int, str]], *, upto: int) -> "Page":
        """From (contact id, channels)."""
        return cls(tuple(one for one, _ in rows), tuple(told for _, told in rows), upto)


@dataclass(frozen=True, slots=True)
class Slice:
    """What one transaction enlisted."""

    dispatch_id: int
    people: int
    batched: int
    excluded: int
    last: bool


class Recipients(Protocol):
    """A query of the contacts room: one row per person, with fixed columns (contacts.reach)."""

    @property
    def sql(self) -> str:
        """One SELECT, in the order of nothing."""
        ...

    @property
    def params(self) -> Mapping[str, object]:
        """Its named values."""
        ...


def open_dispatch(
    alert_ref: str,
    *,
    number: str,
    mode: str,
    scenario: str,
    part: str,
    severity: str,
    lane: str,
    launched_by: str,
    expires_at: datetime,
    plan: dict[str, Any],
) -> tuple[Dispatch, bool]:
    """The dispatch of this alert, and whether this call made it; it is one for ever."""
    made = statements.rows(
        "open_dispatch",
        alert_ref=alert_ref,
        number=number,
        mode=mode,
        scenario=scenario,
        part=part,
        severity=severity,
        lane=lane,
        launched_by=launched_by,
        expires_at=expires_at,
        plan=Jsonb(plan),
    )
    return Dispatch.objects.get(alert_ref=alert_ref), bool(made)


def enlist(
    lane: str,
    *,
    recipients: Callable[[Open], Recipients],
    ways: Callable[[Open, Sequence[Reader]], Sequence[Way]],
    most: Callable[[int], int],
    among: Callable[[Open], Affected | None] = lambda _: None,
    passing: Sequence[int] = (),
) -> Slice | None:
    """Enlist the next slice of the lane's oldest open dispatch; None when there is none.

    One transaction: the slice, its batches and exclusions, and the cursor, so that a killed
    enlister leaves either all of a slice or nothing of it. `most`: slices so far
    -> people in the next. `among`: whose receivers are meant, where not the plan's own query is.
    `passing`: dispatches to leave out. Raises LookupError when `ways` says nothing of a reader:
    somebody would be in no book.
    """
    with transaction.atomic():
        found = _next(lane, passing)
        if found is None:
            return None
        dispatch_id, mode, plan, cutoff_at, expires_at, severity, after, slices, closed = found
        frozen = json.loads(plan)  # Django reads jsonb as text
        opened = Open(dispatch_id, mode, frozen, cutoff_at, expires_at, severity)
        limit = most(slices)
        affected = among(opened)
        if affected is None:
            cursor, people, last = _lay_out(recipients(opened), after=after, most=limit)
            batched, excluded = write(opened, ways(opened, readers()), closed=closed)
        else:
            page = _page(affected, after=after, most=limit)
            opened = replace(opened, people=page.people)
            people = lay_out_people(recipients(opened), page)
            batched, excluded = write(opened, ways(opened, readers()), closed=closed)
            cursor, last = page.upto, page.upto == ALL
        statements.run(
            "slice_done",
            dispatch=opened.id,
            cursor=cursor,
            last=last,
            targeted=batched + excluded,
        )
        return Slice(opened.id, people, batched, excluded, last)


def _next(lane: str, passing: Sequence[int]) -> tuple[Any, ...] | None:
    """The dispatch whose next slice is ours to write, as it is now."""
    while found := statements.rows("next_to_enlist", lane=lane, passing=list(passing)):
        for row in statements.rows("to_enlist", dispatch=found[0][0]):
            return row
    return None


def first_open(lane: str, *, passing: Sequence[int] = ()) -> list[int]:
    """The dispatch that `enlist` would take now; empty when there is none."""
    found = statements.rows("next_to_enlist", lane=lane, passing=list(passing))
    return [row[0] for row in found]


def page_end(dispatch_id: int, *, after: int, most: int) -> int:
    """The contact id up to which about so many people of a dispatch follow; ALL: the last."""
    [(upto,)] = statements.rows("page_end", dispatch=dispatch_id, after=after, most=most)
    return ALL if upto is None else int(upto)


def affected(of: Affected) -> list[int]:
    """Contact ids of all who may have received a dispatch, or may still; sorted."""
    return list(_between(of, after=0, upto=ALL).people)


def _page(of: Affected, *, after: int, most: int) -> Page:
    return _between(of, after=after, upto=page_end(of.dispatch_id, after=after, most=most))


def _between(of: Affected, *, after: int, upto: int) -> Page:
    found = statements.rows(
        "affected",
        dispatch=of.dispatch_id,
        regions=None if of.regions is None else list(of.regions),
        wordings=None if of.wordings is None else list(of.wordings),
        after=after,
        upto=upto,
    )
    return Page.of(found, upto=upto)


def _lay_out(query: Recipients, *, after: int, most: int) -> tuple[int, int, bool]:
    """The next people as a temporary table: the last contact id, how many, and if none follow.

    Reach's query is given both ends: what is known of people is then read once for the slice,
    instead of once a person.
    """
    statements.rows("room")
    text = statements.text("bound").replace("{recipients}", query.sql)
    told = {**query.params, "after": after, "most": most, "reach_after": after}
    [(upto, found)] = statements.rows_of(text, told)
    people = _make("slice", query, after=after, upto=upto, reach_after=after, reach_upto=upto)
    return int(upto), people, found < most


def lay_out_people(
    query: Recipients, page: Page, *, roles: Sequence[str] = (), others: Sequence[str] = ()
) -> int:
    """The same of people who were chosen; `roles` and `others` cut a stakeholder group out."""
    return _make(
        "slice_of",
        query,
        people=list(page.people),
        tolds=list(page.told),
        roles=list(roles),
        others=list(others),
        reach_after=min(page.people, default=0) - 1,
        reach_upto=max(page.people, default=0),
    )


def _make(name: str, query: Recipients, **values: Any) -> int:
    """The people of a slice and their piles as temporary tables; how many people."""
    text = statements.text(name).replace("{recipients}", query.sql)
    statements.rows_of("drop table if exists pg_temp.slice, pg_temp.pile", {})
    people = statements.run_of(text, {**query.params, **values})
    statements.run("piles")
    return people


def readers() -> list[Reader]:
    """The distinct readers of the slice that was laid out."""
    return [
        Reader(key, tuple(langs or ()), tuple(roles or ()), region, country, culture, zone,
               tuple(told.split()))
        for key, langs, roles, region, country, culture, zone, told in statements.rows("readers")
    ]  # fmt: skip


def write(opened: Open, ways: Sequence[Way], *, closed: bool = False) -> tuple[int, int]:
    """The slice into the books: how many were batched, and excluded.

    `closed`: stopped or expired, so that they are withdrawn at once. Raises LookupError.
    """
    statements.rows("by_hash")
    [(batched, excluded, unheard)] = statements.rows(
        "enlist",
        dispatch=opened.id,
        state="withdrawn" if closed else "waiting",
        page=PAGE,
        readers=[way.reader for way in ways],
        slots=[way.slot for way in ways],
        places=[way.place for way in ways],
        channels=[way.channel for way in ways],
        wordings=[way.wording_id for way in ways],
        languages=[way.language for way in ways],
        matches=[way.match for way in ways],
        accounts=[way.account for way in ways],
        blocks=[way.block for way in ways],
        begins=[way.begins for way in ways],
        dues=[way.due_at for way in ways],
    )
    if unheard:
        raise LookupError(f"dispatch {opened.id}: {unheard} people whom no way leads to")
    return batched, excluded
