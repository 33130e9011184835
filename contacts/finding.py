"""Finding people: by what one knows of them, page by page, inside the scope.

A name is found by the beginnings of its words in any order, without case or accents; an e-mail
address, a phone number and an outside reference by their beginning; a phone also as people dial it
at home. Each way has an index of its own, and each gives at most one page: no question reads the
registry (decision 0024).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from contacts import census, languages, territories, typed
from contacts.conditions import Condition
from contacts.errors import Refused
from contacts.regions import Scope, expand

MOST: Final = 50
"""People on a page."""
COUNTED: Final = 1_000
"""Beyond so many, "more" is said, where they must be found to be counted."""
FEW: Final = 5_000
"""So many are found through indexes and sorted sooner than they are met on a walk."""
CROWD: Final = 20_000
"""So many whose number or reference begins alike are met on a walk sooner than they are sorted."""
_PATIENCE: Final = 60
"""Milliseconds that counting may take; then it is not said how many there are."""
LACKS: Final = ("dead", "unconfirmed", "no_language", "unreachable")
"""What makes an entry of the registry stale."""
STATES: Final = (*LACKS, "sms", "email", "push", "opted_out")
"""By what the people may be filtered: a lack, a channel that works, or a word of refusal."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is known of the people who are looked for; '' is everything.

    `text` is a name, an e-mail address, a phone number or a reference, or their beginning.
    `region` is a CLDR code or an own region, `language` a BCP 47 tag that comes first for them,
    `state` one of STATES; `list_id` a private list. `after` is the last id of the page before.
    """

    text: str = ""
    role: str = ""
    region: str = ""
    language: str = ""
    state: str = ""
    list_id: int | None = None
    after: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """A person in a list; `channels` are those with an address that is not dead."""

    contact_id: int
    list_id: int | None
    reference: str
    name: str
    region: str
    languages: tuple[str, ...]
    roles: tuple[str, ...]
    confirmed_at: datetime | None
    channels: tuple[str, ...]
    dead: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Some people in the order of their ids; `after` is 0 on the last page."""

    people: tuple[Seen, ...]
    after: int


_PEOPLE: Final = """
    with held as materialized ({ids})
    select (select count(*) from held), c.id, c.list_id, c.reference, c.name, c.region, c.languages,
        c.roles, c.confirmed_at,
        coalesce(held.channels, '{{}}'), coalesce(held.dead, false)
    from (select id from held order by id limit %(rows)s) found
    join contacts_contact c on c.id = found.id
    left join lateral (
        select array_agg(distinct a.channel) filter (where a.dead_at is null) as channels,
            bool_or(a.dead_at is not null) as dead
        from contacts_address a where a.contact_id = c.id and a.retired_at is null
    ) held on true
    order by c.id
"""
_IDS: Final = """
    (select c.id from contacts_contact c
     where c.forgotten_at is null and c.id > %(after)s and {such} and {known}
     order by c.id limit %(most)s)
"""
# All who are known so first, then the rest: the planner takes every beginning of a word for one
# name in fifty, and would rather compute the words of a million names until a page is full. So
# with references, whose order it takes for that of the ids.
_NAMED: Final = """
    (select c.id from (
        select n.id, n.list_id, n.region, n.country, n.languages, n.roles, n.confirmed_at
        from contacts_contact n where n.forgotten_at is null and {known} offset 0
     ) c where c.id > %(after)s and {such} order by c.id limit %(most)s)
"""
# Few fit: all of them through the indexes, then sorted. Left to itself the planner walks the
# registry in the order of the ids until a page is full, as if they stood at even distances.
_FEW: Final = """
    (select c.id from (
        select c.id from contacts_contact c where c.forgotten_at is null and {such} offset 0
     ) c where c.id > %(after)s and {known} order by c.id limit %(most)s)
"""
# Half a country's phones begin alike: then a walk meets them soon. The offset keeps the planner
# from reading all those addresses first.
_ADDRESSED_ALIKE: Final = """
    (select c.id from contacts_contact c
     where c.forgotten_at is null and c.id > %(after)s and {such} and exists (
        select from contacts_address a where a.contact_id = c.id and {known} offset 0)
     order by c.id limit %(most)s)
"""
_CROWD: Final = "select 1 from {table} where {known} offset %(most)s limit 1"
_ADDRESSED: Final = """
    (select distinct c.id from contacts_address a join contacts_contact c on c.id = a.contact_id
     where c.forgotten_at is null and c.id > %(after)s and {such} and {known}
     order by c.id limit %(most)s)
"""
CONDITIONS: Final[Mapping[str, str]] = {
    "dead": "exists (select from contacts_address d where d.contact_id = c.id"
    " and d.dead_at is not null and d.retired_at is null)",
    "unconfirmed": "(c.confirmed_at is null or c.confirmed_at < now() - interval '1 year')",
    "no_language": "split_part(coalesce(c.languages[1], ''), '-', 1) = ''",
    "unreachable": "c.id in (select u.contact_id from contacts_unreachable u)",
    "opted_out": "exists (select from contacts_consent k where k.contact_id = c.id"
    " and not k.granted and not exists (select from contacts_consent l"
    " where l.contact_id = k.contact_id and l.channel = k.channel and l.id > k.id"
    " and l.granted and l.kind in ('', k.kind)))",
}
"""States of people as conditions on a contact `c`."""
_WORKS: Final = (
    "exists (select from contacts_address w where w.contact_id = c.id and w.channel = '{}'"
    " and w.retired_at is null and w.dead_at is null)"
)


@dataclass(frozen=True, slots=True)
class Counted:
    """So many people; `more`: at least so many."""

    people: int
    more: bool = False


def find(wanted: Wanted, *, scope: Scope, most: int = MOST) -> Page:
    """One page of the people inside the scope.

    Raises `contacts.region_unknown`, `contacts.language_unknown`.
    """
    return _find(_ask(wanted, scope), after=wanted.after, most=most)[0]


def count(wanted: Wanted, *, scope: Scope, most: int = COUNTED) -> Counted | None:
    """How many there are: exactly where the census knows, else up to `most`; None: too many.

    Too many to look at within `_PATIENCE`, that is: a page does not wait for a figure.
    """
    return _count(_ask(replace(wanted, after=0), scope), most=most)


def look(wanted: Wanted, *, scope: Scope) -> tuple[Page, Counted]:
    """A page, and how many there are: by one statement where all who fit are found for the page.

    Where counting takes too long: more than are on the page.
    """
    asked = _ask(wanted, scope)
    page, found = _find(asked, after=wanted.after, most=MOST, count=COUNTED)
    if asked.at_once and not wanted.after:
        return page, Counted(min(found, COUNTED), more=found > COUNTED)
    if not wanted.after and not page.after:
        return page, Counted(len(page.people))
    return page, _count(asked, most=COUNTED) or Counted(len(page.people), more=True)


def _find(asked: "_Asked", *, after: int, most: int, count: int = 0) -> tuple[Page, int]:
    """The page, and how many were found for it, up to `count` and one more."""
    if asked.known_of and not asked.known_of.people:
        return Page((), 0), 0
    held = max(most, count) if asked.at_once else most
    params = {**asked.params, "after": after, "most": held + 1, "rows": most + 1}
    rows = _rows(_PEOPLE.format(ids=asked.ids), params)
    people = tuple(_seen(row[1:]) for row in rows[:most])
    return Page(people, people[-1].contact_id if len(rows) > most else 0), rows[0][0] if rows else 0


def _seen(row: Sequence[Any]) -> Seen:
    contact, of_list, reference, name, region, reads, roles, confirmed, channels, dead = row
    return Seen(
        contact_id=contact,
        list_id=of_list,
        reference=reference,
        name=name,
        region=region,
        languages=tuple(reads),
        roles=tuple(roles),
        confirmed_at=confirmed,
        channels=tuple(channels),
        dead=dead,
    )


def _count(asked: "_Asked", *, most: int) -> Counted | None:
    if asked.known_of and (asked.counted or not asked.known_of.people):
        return Counted(asked.known_of.people)
    sql = f"select count(*) from ({asked.ids}) found"  # noqa: S608  (the text is this module's)
    try:
        with transaction.atomic():
            [(usual,)] = _rows("select current_setting('statement_timeout')", {})
            _rows(_TIMEOUT, {"after": str(_PATIENCE)})
            found = int(_rows(sql, {**asked.params, "after": 0, "most": most + 1})[0][0])
            _rows(_TIMEOUT, {"after": usual})
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        return None
    return Counted(min(found, most), more=found > most)


_TIMEOUT: Final = "select set_config('statement_timeout', %(after)s, true)"


@dataclass(frozen=True, slots=True)
class _Asked:
    """The ids of one page as SQL, and what the census says of the filters; None: nothing."""

    ids: str
    params: dict[str, Any]
    known_of: census.Counted | None
    counted: bool
    """Whether the census has counted exactly those who are wanted."""
    at_once: bool
    """Whether all who fit are found and sorted for a page, so that counting them costs no more."""


def _ask(wanted: Wanted, scope: Scope) -> _Asked:
    """The people of each way of knowing them, put together."""
    condition = Condition()
    alike = _alike(wanted, scope, condition)
    known_of = None if wanted.list_id is not None else census.count(alike, condition.params)
    such = f"{alike}{_beside(wanted, condition)}"
    if known_of:
        first = condition.slot(known_of.first_id, cast="::bigint")
        last = condition.slot(known_of.last_id, cast="::bigint")
        such = f"{such} and c.id between {first} and {last}"
    few = known_of is not None and known_of.people <= FEW
    ways = typed.ways(wanted.text, scope=scope, condition=condition)
    pages = [_page(known, condition, few=few) for known in ways]
    union = " union ".join(page.format(such=such, known=known) for page, known in pages)
    return _Asked(
        ids=f"select id from ({union}) ways order by id limit %(most)s",  # noqa: S608
        params=condition.params,
        known_of=known_of,
        counted=ways == [typed.ANYBODY] and wanted.state in {"", "no_language"},
        at_once=not any(page in {_IDS, _ADDRESSED_ALIKE} for page, _ in pages),
    )


def _page(known: str, condition: Condition, *, few: bool) -> tuple[str, str]:
    """The statement for one way of knowing somebody, and the way as it says it."""
    if known == typed.ANYBODY:
        return _FEW if few else _IDS, known
    if "a.key" in known:
        begins = known.partition(" and a.channel")[0] + " and a.channel <> 'push'"  # as the index
        crowd = "like" in known and _crowded("contacts_address a", begins, condition)
        return _ADDRESSED_ALIKE if crowd else _ADDRESSED, known
    alive = f"n.forgotten_at is null and {known}"
    if "n.reference" in known and _crowded("contacts_contact n", alive, condition):
        return _IDS, known.replace("n.reference", "c.reference")
    return _NAMED, known


def _crowded(table: str, known: str, condition: Condition) -> bool:
    """Whether more than a few are known so: then a walk meets them soon."""
    told = {**condition.params, "most": CROWD}
    return len(_rows(_CROWD.format(table=table, known=known), told)) > 0


def _alike(wanted: Wanted, scope: Scope, condition: Condition) -> str:
    """What the census knows of people, too: the scope, and all filters but two."""
    parts = [_inside(scope.territory(), condition)]
    if wanted.role:
        parts.append(f"c.roles @> {condition.slot([wanted.role], cast='::varchar[]')}")
    if wanted.region:
        parts.append(_inside(expand([wanted.region]), condition))
    if wanted.language:
        tag = languages.tag(wanted.language)
        first = condition.slot(tag.partition("-")[0], cast="::text")
        parts.append(f"split_part(coalesce(c.languages[1], ''), '-', 1) = {first}")
        if "-" in tag:
            parts.append(condition.reads([tag]))
    if wanted.state == "no_language":
        parts.append(CONDITIONS[wanted.state])
    return " and ".join(parts)


def _inside(territory: territories.Territory, condition: Condition) -> str:
    """As `Condition.inside`, in the words of the index of those who live in a part of a country."""
    parts = "c.region = any("
    return condition.inside(territory).replace(parts, f"position('-' in c.region) > 0 and {parts}")


def _beside(wanted: Wanted, condition: Condition) -> str:
    """What it does not know."""
    parts = [""]
    if wanted.state and wanted.state != "no_language":
        parts.append(CONDITIONS.get(wanted.state) or _WORKS.format(_channel(wanted.state)))
    if wanted.list_id is not None:
        parts.append(f"c.list_id = {condition.slot(wanted.list_id)}")
    return " and ".join(parts)


def _channel(state: str) -> str:
    if state not in STATES:
        raise Refused("contacts.state_unknown", value=state)
    return state


def _rows(sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
