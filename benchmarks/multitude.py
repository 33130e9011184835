"""A registry of a million: a few thousand invented people, copied inside the database."""

import csv
import io

from django.db import connection

from contacts import importing, kept
from contacts.reach import Scope
from contacts.samples.people import HEADINGS, make

SAMPLE = 5_000
"""People whom the import reads; the others are their likenesses, each with addresses of their own.

As in the samples of 100 people 4 have no language, 3 no address, 4 have opted out of something,
2 share a phone, a third has a push address, some 60 regions and zones, 30 lists of languages.
"""

_PEOPLE = """
    insert into contacts_contact (id, reference, list_id, name, region, country, languages, roles,
        tags, culture, time_zone, attributes, confirmed_at, created_at)
    select %(last)s + (g - 1) * %(sample)s + row_number() over (partition by g order by c.id),
        c.reference || '-' || g, null, c.name, c.region, c.country, c.languages, c.roles, c.tags,
        c.culture, c.time_zone, c.attributes, c.confirmed_at, c.created_at
    from generate_series(%(first)s, %(until)s) as g, contacts_contact c
    where c.id <= %(last)s and (g - 1) * %(sample)s < %(most)s
"""
# A number of a copy starts with 999, which no country has; people who share one share its copies.
_ADDRESSES = """
    insert into contacts_address (contact_id, channel, key, value, position, created_at, dead_at)
    select %(last)s + (g - 1) * %(sample)s + n, channel,
        case channel when 'sms' then number when 'email' then g || '.' || key
            else split_part(key, ':', 1) || ':' || md5(g || key) end,
        case channel when 'sms' then number when 'email' then g || '.' || value else value end,
        position, created_at, dead_at
    from (
        select a.*, c.n, g,
            '+999' || lpad((g * 10000 + dense_rank() over (partition by g order by a.key))::text,
                10, '0') as number
        from contacts_address a
        join (select id, row_number() over (order by id) as n from contacts_contact
            where id <= %(last)s) c on c.id = a.contact_id,
            generate_series(%(first)s, %(until)s) as g
        where a.retired_at is null
    ) copied
"""
_WORDS = """
    insert into contacts_consent (contact_id, channel, kind, granted, source, said_at)
    select %(last)s + (g - 1) * %(sample)s + c.n, k.channel, k.kind, k.granted, k.source, k.said_at
    from contacts_consent k
    join (select id, row_number() over (order by id) as n from contacts_contact
        where id <= %(last)s) c on c.id = k.contact_id,
        generate_series(%(first)s, %(until)s) as g
"""
_BLOCKED = """
    insert into contacts_suppression (channel, digest, reason, source, created_at)
    select channel, sha256(convert_to(key, 'UTF8')), 'complaint', 'benchmark', created_at
    from contacts_address where id %% 200 = 0 and channel <> 'push' on conflict do nothing
"""
_DEAD = "update contacts_address set dead_at = created_at where id %% 333 = 0"
_PAGE = 20
"""Copies of the sample in one statement: what is sorted stays in memory."""


def register(people: int, *, keeper: str, sample: int = SAMPLE) -> None:
    """So many people into an empty registry, one address in 200 suppressed and one in 333 dead.

    The number is rounded to whole copies of the sample; at the end all is vacuumed, as a registry
    is that was not made just now.
    """
    sample = min(sample, people)
    _import(sample, keeper=keeper)
    with connection.cursor() as cursor:
        cursor.execute("select max(id), count(*) from contacts_contact")
        last, held = cursor.fetchone() or (0, 0)
        copies = -(-people // held) - 1
        for first in range(1, copies + 1, _PAGE):
            until = min(first + _PAGE - 1, copies)
            told = {"last": last, "sample": held, "first": first, "until": until}
            for statement in (_PEOPLE, _ADDRESSES, _WORDS):
                cursor.execute(statement, told | {"most": people})
        for statement in (_BLOCKED, _DEAD):
            cursor.execute(statement, ())
        cursor.execute(
            "select setval(pg_get_serial_sequence('contacts_contact', 'id'), max(id))"
            " from contacts_contact"
        )
        kept.settle()  # as housekeeping does within five seconds of any import
        cursor.execute("vacuum analyze")


def bring(count: int, *, keeper: str) -> None:
    """So many people more by an import of a spreadsheet, whose references nobody has yet."""
    _import(count, keeper=keeper, prefix="new-")


def _import(count: int, *, keeper: str, prefix: str = "") -> None:
    sheet = io.StringIO(newline="")
    writer = csv.DictWriter(sheet, HEADINGS)
    writer.writeheader()
    writer.writerows(row | {"reference": prefix + row["reference"]} for row in make(count))
    done = importing.import_file(
        io.BytesIO(sheet.getvalue().encode()),
        by=keeper,
        scope=Scope(("001",)),
        file_name="people.csv",
    )
    if (done.applied, done.created) != (True, count):
        raise SystemExit(f"the registry took {done.created} people: {done.code} {done.by_code}")
