"""The only door out: who may be reached, where, and why not, as one composable query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

import psycopg
from django.db import connection

from contacts import segments
from contacts.conditions import Condition
from contacts.errors import Refused
from contacts.kept import stale
from contacts.models import Channel, OwnRegion, Role
from contacts.ranks import KINDS, NONE, block, fold, footing, unfolded
from contacts.regions import OWN, Scope, expand

__all__ = [
    "KINDS",
    "Audience",
    "Door",
    "Named",
    "Query",
    "Scope",
    "doors",
    "names",
    "people",
    "recipients",
]


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom an alert is for: a sentence of `segments`, an ad-hoc list, or both together.

    Or contacts whom another room has chosen (`people`), by what happened to them.
    """

    segment: str = ""
    list_id: int | None = None
    people: Sequence[int] | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """One SELECT with psycopg's named parameters, all of them called `reach_…`."""

    sql: str
    params: dict[str, object]


class Door(NamedTuple):
    """One address at the last moment; `refusal` is '' while it may be used.

    Otherwise opted_out, suppressed, dead or no_consent, as in `recipients`; `replaced` when the
    person has another address now; `erased` when it is gone (then without contact and value).
    """

    address_id: int
    contact_id: int
    value: str
    name: str
    refusal: str


@dataclass(frozen=True, slots=True)
class Named:
    """How people call somebody: the outside reference and the name."""

    reference: str
    name: str


_WINDOW: Final = "{id} > %(reach_after)s and {id} <= %(reach_upto)s"
EVERYBODY: Final[dict[str, object]] = {"reach_after": 0, "reach_upto": 2**63 - 1}


def _query(kind: str) -> str:
    """Who may be told a kind of message: what is kept of each, or of the stale what is so now."""
    fresh = fold(stale(_WINDOW, among="{people}"), kind, none=NONE)
    held = ",".join(unfolded(kind, channel) for channel in Channel.values)
    return f"""select
        c.id as contact_id, c.region::text as region, c.country::text as country,
        c.languages::text[] as languages, c.roles::text[] as roles, c.culture::text as culture,
        c.time_zone::text as time_zone,{held},
        {footing(kind)} as footing
    from contacts_contact c
    left join contacts_reach kept
        on kept.contact_id = c.id and {_WINDOW.format(id="kept.contact_id")}
    left join ({fresh}) fresh on fresh.contact_id = c.id
    where {{people}}"""  # noqa: S608  (constants of this room)


_RECIPIENTS: Final = {kind: _query(kind) for kind in KINDS}


def recipients(audience: Audience, *, scope: Scope, kind: str, cutoff: datetime) -> Query:
    """The people of an audience as one SELECT, one row each.

    Columns: contact_id bigint; region ('US-CA', 'BR', ''), country text; languages (preference
    first), roles (sorted) text[]; culture, time_zone text; and for sms, email, push each `X_id`
    bigint, the first usable address, or else null with `X_block` one of no_address, opted_out,
    suppressed, dead, no_consent; `X_shared`, whether it may be somebody else's too; and `X_key`
    text, the address as all write it, where it is shared; of push always at least its beginning,
    which says for which carrier it was made. `footing` bigint is equal for people who are alike in
    which channels are open to them and why the others are not.
    `reach_after` and `reach_upto` among the values: contact ids above the one and up to the other,
    from the first to the last unless the caller says otherwise.
    People who came after `cutoff` are not in it; addresses are those of the moment of reading.
    Raises `contacts.audience_empty`, `contacts.kind_unknown`, `contacts.segment_*`.
    """
    condition = people(audience, scope=scope)
    where = f"{condition.sql} and c.created_at <= %(reach_cutoff)s"
    params = condition.params | _of_kind(kind) | {"reach_cutoff": cutoff} | EVERYBODY
    where = f"{where} and {_WINDOW.format(id='c.id')}"
    return Query(_RECIPIENTS[kind].replace("{people}", where), params)


# Each address by itself, through the indexes: as joins of some hundred ids, PostgreSQL would rather
# read the whole registry (12 -> 4 microseconds an address of 20,000; more where there are more).
_DOORS: Final = f"""
    select a.id, a.contact_id, a.value,
        (select c.name from contacts_contact c where c.id = a.contact_id),
        case when a.retired_at is not null then 'replaced'
             else coalesce({block("%(reach_asks)s", said="said.granted")}, '') end
    from contacts_address a
    left join lateral (
        select k.granted from contacts_consent k
        where k.contact_id = a.contact_id and k.channel = a.channel
          and k.kind in ('', %(reach_kind)s)
        order by k.id desc limit 1
    ) said on true
    left join lateral (
        select s.reason from contacts_suppression s
        where s.digest = sha256(convert_to(a.key, 'UTF8')) and s.channel = a.channel limit 1
    ) stopped on true
    where a.id = any(%(reach_ids)s::bigint[])
"""  # noqa: S608


def doors(address_ids: Sequence[int], *, kind: str) -> dict[int, Door]:
    """The check at the last moment: address id -> what it is and whether it may be used.

    Every id that is asked for is in the answer. Raises `contacts.kind_unknown`.
    """
    asked = "{%s}" % ",".join(map(str, address_ids))  # noqa: UP031  (braces: an array as text)
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(_DOORS, _of_kind(kind) | {"reach_ids": asked}, prepare=True)
        found = {row[0]: Door._make(row) for row in cursor.fetchall()}
    erased = set(address_ids) - found.keys()
    return found | {id_: Door(id_, 0, "", "", "erased") for id_ in erased}


def names(contact_ids: Sequence[int], *, scope: Scope) -> dict[int, Named]:
    """Contact id -> how they are called, of those of these people who are inside the scope."""
    condition = Condition()
    inside = condition.inside(scope.territory())
    chosen = condition.slot(list(contact_ids), cast="::bigint[]")
    rows = _rows(
        f"select c.id, c.reference, c.name from contacts_contact c "  # noqa: S608
        f"where c.id = any({chosen}) and c.forgotten_at is null and {inside}",
        condition.params,
    )
    return {contact_id: Named(reference, name) for contact_id, reference, name in rows}


def vocabulary() -> segments.Vocabulary:
    """The roles and own regions of this organisation, for `segments.parse`."""
    return segments.Vocabulary(
        roles=tuple(Role.objects.values_list("key", flat=True)),
        own_regions=tuple(OwnRegion.objects.values_list("key", flat=True)),
    )


def people(audience: Audience, *, scope: Scope) -> Query:
    """The condition on a contact `c` that an audience and a scope are; never the forgotten.

    People of private lists are in no segment, whatever they match.
    """
    condition = Condition()
    named = []
    if audience.segment.strip():
        tree = segments.parse(audience.segment, words=vocabulary())
        own = {key: expand([OWN + key]) for key in segments.own_regions(tree)}
        named.append(f"(c.list_id is null and {condition.of(tree, own)})")
    if audience.list_id is not None:
        named.append(f"c.list_id = {condition.slot(audience.list_id)}")
    if audience.people is not None:
        named.append(f"c.id = any({condition.slot(list(audience.people), cast='::bigint[]')})")
    if not named:
        raise Refused("contacts.audience_empty")
    inside = condition.inside(scope.territory())
    sql = f"c.forgotten_at is null and ({' or '.join(named)}) and {inside}"
    return Query(sql, condition.params)


def _rows(sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """All rows of one statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _of_kind(kind: str) -> dict[str, object]:
    """The parameters of a kind of message."""
    if kind not in KINDS:
        raise Refused("contacts.kind_unknown", kind=kind, known=", ".join(KINDS))
    return {"reach_kind": kind, "reach_asks": not KINDS[kind]}
