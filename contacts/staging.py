"""Checked rows -> the tables: copied beside them, then applied in a handful of statements."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from django.db import connection

from contacts.conditions import Condition
from contacts.headings import Header
from contacts.rows import Person, Refusal
from contacts.territories import Territory

_TABLES: Final = """
    drop table if exists pg_temp.stage_person, pg_temp.stage_point, pg_temp.stage_word,
        pg_temp.stage_changed;
    create temp table stage_person (
        line int, reference text, name text, region text, country text, languages varchar[],
        roles varchar[], tags varchar[], culture text, time_zone text, attributes jsonb,
        confirmed_at timestamptz, contact_id bigint
    ) on commit drop;
    create temp table stage_point (line int, channel text, key text, value text, position int)
        on commit drop;
    create temp table stage_word (line int, channel text, kind text, granted boolean)
        on commit drop;
    create temp table stage_changed (contact_id bigint, created boolean) on commit drop;
"""
_PERSON: Final = """copy stage_person (line, reference, name, region, country, languages, roles,
    tags, culture, time_zone, attributes, confirmed_at) from stdin"""
_POINT: Final = "copy stage_point (line, channel, key, value, position) from stdin"
_WORD: Final = "copy stage_word (line, channel, kind, granted) from stdin"
_REFUSED: Final = (
    """copy contacts_refusedcell (source_id, line, "column", code, value) from stdin"""
)

_REFUSE: Final = """
    with wrong as ({wrong}), gone as (
        delete from stage_person using wrong where stage_person.line = wrong.line
        returning stage_person.line, reference
    ), points as (
        delete from stage_point using wrong where stage_point.line = wrong.line
    ), words as (
        delete from stage_word using wrong where stage_word.line = wrong.line
    )
    insert into contacts_refusedcell (source_id, line, "column", code, value)
    select %(source)s, line, %(heading)s, %(code)s, reference from gone
"""
# A reference that stands twice: the first row holds.
_TWICE: Final = """
    select line from (
        select line, row_number() over (partition by reference order by line) as nth
        from stage_person
    ) numbered where nth > 1
"""
# People who live elsewhere already; and new ones, when the file does not say where they live.
_OUTSIDE: Final = """
    select s.line from stage_person s left join contacts_contact c
        on c.reference = s.reference and c.list_id {of_list} and c.forgotten_at is null
    where case when c.id is null then %(nowhere)s else not {inside} end
"""
_UPSERT: Final = """
    with written as (
        insert into contacts_contact as c (reference, list_id, name, region, country, languages,
            roles, tags, culture, time_zone, attributes, confirmed_at, created_at)
        select reference, %(list)s::bigint, name, region, country, languages, roles, tags, culture,
            time_zone, attributes, confirmed_at, statement_timestamp()
        from stage_person order by line
        on conflict (list_id, reference) where forgotten_at is null {change}
        returning id, xmax = 0 as created
    )
    insert into stage_changed select id, created from written
"""
_FIND: Final = """
    update stage_person s set contact_id = c.id from contacts_contact c
    where c.reference = s.reference and c.list_id {of_list} and c.forgotten_at is null
"""
# A number that comes back to its person is the same row again, dead or alive as it was.
_POINTS: Final = """
    with written as (
        insert into contacts_address as a (contact_id, channel, key, value, position, created_at)
        select s.contact_id, p.channel, p.key, p.value, p.position, statement_timestamp()
        from stage_point p join stage_person s on s.line = p.line
        order by p.line, p.position
        on conflict (contact_id, channel, key)
        do update set position = excluded.position, retired_at = null
        where a.position <> excluded.position or a.retired_at is not null
        returning contact_id
    )
    insert into stage_changed select contact_id, false from written
"""
_RETIRE: Final = """
    with retired as (
        update contacts_address a set retired_at = statement_timestamp() from stage_person s
        where a.contact_id = s.contact_id and a.channel = any(%(channels)s::text[])
          and a.retired_at is null and not exists (
            select from stage_point p
            where p.line = s.line and p.channel = a.channel and p.key = a.key)
        returning a.contact_id
    )
    insert into stage_changed select contact_id, false from retired
"""
# A spreadsheet repeats itself: its word counts only when it differs from its own last one, so
# that an old file cannot overrule what the person said since.
_WORDS: Final = """
    with said as (
        insert into contacts_consent (contact_id, channel, kind, granted, source, said_at)
        select s.contact_id, w.channel, w.kind, w.granted, 'import', statement_timestamp()
        from stage_word w join stage_person s on s.line = w.line
        where w.granted is distinct from (
            select k.granted from contacts_consent k
            where k.contact_id = s.contact_id and k.channel = w.channel and k.kind = w.kind
              and k.source = 'import'
            order by k.id desc limit 1)
        returning contact_id
    )
    insert into stage_changed select contact_id, false from said
"""
# Who opted out in the registry has opted out in a private list that has the same address.
_INHERIT: Final = """
    insert into contacts_consent (contact_id, channel, kind, granted, source, said_at)
    select distinct s.contact_id, k.channel, k.kind, false, 'registry', statement_timestamp()
    from stage_person s
    join stage_point p on p.line = s.line
    join contacts_address b on b.key = p.key and b.channel = p.channel
    join contacts_contact o on o.id = b.contact_id and o.list_id is null
    join lateral (
        select channel, kind, granted from contacts_consent k
        where k.contact_id = o.id and k.channel = p.channel order by k.id desc limit 1
    ) k on not k.granted
    where not exists (
        select from contacts_consent x
        where x.contact_id = s.contact_id and x.channel = k.channel and x.kind = k.kind)
"""
_COUNTS: Final = """
    select count(*) filter (where created), count(*) filter (where not created)
    from (select contact_id, bool_or(created) as created from stage_changed group by 1) people
"""
_CHANNELS: Final = {"phone": "sms", "email": "email", "push": "push"}
# Fields -> the columns of a contact that they change, and the new value of each.
_CHANGES: Final[Sequence[tuple[tuple[str, ...], tuple[tuple[str, str], ...]]]] = (
    (("name", "given_name", "family_name"), (("name", "excluded.name"),)),
    (("region", "country"), (("region", "excluded.region"), ("country", "excluded.country"))),
    (("languages",), (("languages", "excluded.languages"),)),
    (("roles",), (("roles", "excluded.roles"),)),
    (("tags",), (("tags", "excluded.tags"),)),
    (("culture",), (("culture", "excluded.culture"),)),
    # An old file cannot make a confirmation younger or undo it.
    (("confirmed",), (("confirmed_at", "greatest(c.confirmed_at, excluded.confirmed_at)"),)),
)
_ZONE_OF_COUNTRY: Final = """case when c.time_zone = '' or c.country <> excluded.country
    then excluded.time_zone else c.time_zone end"""
# A sheet on a slow disk, a terminal that was stopped (Ctrl-S) or a program that was (Ctrl-Z) may be
# silent for longer than the minute that other transactions have; while a file is read, nobody's
# rows are held, only the turn to import.
_SILENT: Final = "set local idle_in_transaction_session_timeout = '15min'"
# Beyond this many changed people the planner's statistics are from another registry.
_MANY: Final = 1_000


@dataclass(frozen=True, slots=True)
class Applied:
    """What an import did to how many people."""

    created: int
    updated: int


def prepare() -> None:
    """Make the temporary tables of one transaction; one import at a time."""
    with connection.cursor() as cursor:
        cursor.execute(_SILENT)
        cursor.execute("select pg_advisory_xact_lock(hashtext('contacts.importing'))")
        cursor.execute(_TABLES)


def stage(people: Sequence[Person], refusals: Iterable[Refusal], *, source: int) -> None:
    """Copy a page of checked rows beside the tables, and its refusals to the import `source`."""
    _copy(_PERSON, map(_row, people))
    _copy(_POINT, chain.from_iterable(map(_points, people)))
    _copy(_WORD, ((p.line, w.channel, w.kind, w.granted) for p in people for w in p.words))
    _copy(_REFUSED, ((source, r.line, r.column, r.code, r.value) for r in refusals))


def refuse_twice(*, source: int, heading: str) -> int:
    """Refuse the rows whose reference stood before; counts them."""
    return _refuse(_TWICE, source=source, heading=heading, code="contacts.reference_twice")


def refuse_outside(
    territory: Territory, *, header: Header, list_id: int | None, source: int, heading: str
) -> int:
    """Refuse the rows about people whom the caller may not see; counts them."""
    if territory.world:
        return 0
    condition = Condition()
    wrong = _OUTSIDE.format(of_list=_of_list(list_id), inside=condition.inside(territory))
    params = condition.params | {"list": list_id, "nowhere": not header.has("region", "country")}
    code = "contacts.region_outside"
    return _refuse(wrong, source=source, heading=heading, code=code, **params)


def _refuse(wrong: str, **params: Any) -> int:
    """Take the rows of a query out of the stage, each with its refusal."""
    with connection.cursor() as cursor:
        cursor.execute(_REFUSE.format(wrong=wrong), params)
        return int(cursor.rowcount)


def _of_list(list_id: int | None) -> str:
    return "is null" if list_id is None else "= %(list)s"


def apply(header: Header, *, list_id: int | None) -> Applied:
    """Write what is staged: set-wise, the columns of the header only, and only what differs."""
    channels = [channel for field, channel in _CHANNELS.items() if header.has(field)]
    attributes = [name.removeprefix("attr.") for name in header.attributes]
    params = {"list": list_id, "channels": channels, "attributes": attributes}
    with connection.cursor() as cursor:
        cursor.execute("create index on stage_person (line); create index on stage_point (line)")
        cursor.execute("analyze stage_person, stage_point, stage_word")
        cursor.execute(_UPSERT.format(change=_change(header)), params)
        cursor.execute(_FIND.format(of_list=_of_list(list_id)), params)
        for statement in (_POINTS, _RETIRE, _WORDS, *([_INHERIT] if list_id else [])):
            cursor.execute(statement, params)
        cursor.execute(_COUNTS)
        created, updated = cursor.fetchone() or (0, 0)
        if created + updated > _MANY:
            cursor.execute("analyze contacts_contact, contacts_address, contacts_consent")
    return Applied(created, updated)


def _change(header: Header) -> str:
    """What the upsert does with people who are there: the header's columns, where they differ."""
    pairs = [pair for fields, pairs in _CHANGES if header.has(*fields) for pair in pairs]
    if header.has("time_zone"):
        pairs.append(("time_zone", "excluded.time_zone"))
    elif header.has("region", "country"):
        pairs.append(("time_zone", _ZONE_OF_COUNTRY))
    if header.attributes:
        pairs.append(("attributes", "c.attributes - %(attributes)s::text[] || excluded.attributes"))
    if not pairs:
        return "do nothing"
    columns = ", ".join(column for column, _ in pairs)
    held = ", ".join(f"c.{column}" for column, _ in pairs)
    new = ", ".join(value for _, value in pairs)
    return f"do update set ({columns}) = row({new}) where ({held}) is distinct from ({new})"


def _row(person: Person) -> Sequence[Any]:
    attributes = {name: value for name, value in person.attributes.items() if value}
    return (
        *(person.line, person.reference, person.name, person.region, person.country),
        *(list(person.languages), list(person.roles), list(person.tags), person.culture),
        *(person.time_zone, json.dumps(attributes), person.confirmed_at),
    )


def _points(person: Person) -> Iterator[Sequence[Any]]:
    """The addresses of a row, numbered within each channel."""
    count = dict.fromkeys(_CHANNELS.values(), 0)
    for point in person.points:
        yield person.line, point.channel, point.key, point.value, count[point.channel]
        count[point.channel] += 1


def _copy(sql: str, rows: Iterable[Sequence[Any]]) -> None:
    with connection.cursor() as cursor, cursor.copy(sql) as copy:
        for row in rows:
            copy.write_row(row)
