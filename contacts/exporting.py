"""The registry as a spreadsheet that `importing` reads back without a change."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.db import connection

from contacts.models import Channel
from contacts.reach import Audience, Scope, recipients

# Who would be run as a formula by a spreadsheet; phones are digits behind their plus.
# The wide ones are signs to a spreadsheet that speaks Japanese or Chinese.
_FORMULA: Final = ("=", "@", "+", "-", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_PHONE: Final = re.compile(r"\+\d+")
_PAGE: Final = 2_000
_FIELDS: Final = (
    *("reference", "name", "roles", "region", "languages", "culture", "time_zone", "tags"),
    *("opted_out", "consent", "confirmed"),
)
_COLUMN_OF: Final = {Channel.SMS: "phone", Channel.EMAIL: "email", Channel.PUSH: "push"}

_WIDTH: Final = """
    select channel, max(many) from (
        select a.channel, count(*) as many from ({people}) r
        join contacts_address a on a.contact_id = r.contact_id and a.retired_at is null
        group by a.contact_id, a.channel
    ) counted group by channel
"""
_ATTRIBUTES: Final = """
    select distinct jsonb_object_keys(c.attributes) from ({people}) r
    join contacts_contact c on c.id = r.contact_id order by 1
"""
_PEOPLE: Final = """
    select c.id, c.reference, c.name, c.region, c.languages, c.roles, c.tags, c.culture,
        c.time_zone, c.attributes, c.confirmed_at, held.addresses, said.words
    from (select * from ({people}) r where contact_id > %(after)s
          order by contact_id limit %(n)s) r
    join contacts_contact c on c.id = r.contact_id
    left join lateral (
        select array_agg(array[a.channel, a.value] order by a.channel, a.position, a.id)
            as addresses
        from contacts_address a where a.contact_id = c.id and a.retired_at is null
    ) held on true
    left join lateral (
        select array_agg(array[k.channel, k.kind, k.granted::text] order by k.channel, k.kind)
            as words
        from (select distinct on (channel, kind) channel, kind, granted from contacts_consent k
              where k.contact_id = c.id order by channel, kind, id desc) k
    ) said on true
    order by c.id
"""


@dataclass(frozen=True, slots=True)
class Export:
    """The headings, and the rows (heading -> text) as they are read from the database."""

    headings: tuple[str, ...]
    rows: Iterator[Mapping[str, str]]


def export(audience: Audience, *, scope: Scope) -> Export:
    """The people of an audience inside the scope, read page by page in the order of their ids.

    Several numbers stand in several columns (`phone`, `phone 2`). A text that a spreadsheet would
    run as a formula begins with an apostrophe, which the import takes away again. What people
    said of consent is there; what is suppressed or dead is not a spreadsheet's to tell.
    Raises what `reach.recipients` raises.
    """
    query = recipients(audience, scope=scope, kind="safety", cutoff=datetime.now(UTC))
    wide = dict(_rows(_WIDTH.format(people=query.sql), query.params))
    numbers = [
        column if nth == 1 else f"{column} {nth}"
        for channel, column in _COLUMN_OF.items()
        for nth in range(1, wide.get(channel, 0) + 1)
    ]
    attributes = [
        f"attr.{row[0]}" for row in _rows(_ATTRIBUTES.format(people=query.sql), query.params)
    ]
    return Export((*_FIELDS, *numbers, *attributes), _people(query.sql, query.params))


def _people(people: str, params: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    after = 0
    while page := _rows(_PEOPLE.format(people=people), {**params, "after": after, "n": _PAGE}):
        yield from map(_row, page)
        after = page[-1][0]


def _row(person: Sequence[Any]) -> Mapping[str, str]:
    """One person as cells."""
    _, reference, name, region, languages, roles, tags, culture, zone, attributes, *rest = person
    confirmed, addresses, words = rest
    row = {
        "reference": defused(reference),
        "name": defused(name),
        "region": defused(region),
        "languages": defused(";".join(languages)),
        "roles": defused(";".join(roles)),
        "tags": defused(";".join(tags)),
        "culture": defused(culture),
        "time_zone": defused(zone),
        "opted_out": _said(words or [], granted="false"),
        "consent": _said(words or [], granted="true"),
        "confirmed": confirmed.isoformat() if confirmed else "",
    }
    count = dict.fromkeys(Channel.values, 0)
    for channel, value in addresses or []:
        count[channel] += 1
        column = _COLUMN_OF[Channel(channel)]
        row[column if count[channel] == 1 else f"{column} {count[channel]}"] = (
            value if _PHONE.fullmatch(value) else defused(value)
        )
    return row | {f"attr.{key}": defused(text) for key, text in json.loads(attributes).items()}


def _said(words: Sequence[Sequence[str]], *, granted: str) -> str:
    """`sms;email:news`, as an import reads it."""
    said = (f"{channel}:{kind}" if kind else channel for channel, kind, g in words if g == granted)
    return ";".join(said)


def defused(text: str) -> str:
    """A text that no spreadsheet runs as a formula; an import takes the apostrophe away again."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _rows(sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
