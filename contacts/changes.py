"""The registry's version: a number that tells whether anybody in it has changed since it was read.

Triggers on contacts, addresses, consents and suppressions append a step in the transaction of the
change; the version is the sum of the steps that one sees. So it moves when a change is committed,
and not when it was begun, as a sequence would; no two writers wait for each other; and what was
read after a version was asked for is true as long as that version stands.
"""

from typing import Final

from django.db import connection

_VERSION: Final = "select coalesce(sum(step), 0)::bigint from contacts_change"
# One at a time; the sum stays what it was, at every instant.
_FOLD: Final = """
    with turn as materialized (
        select pg_try_advisory_xact_lock(hashtext('contacts.change')) as mine
    ), gone as (
        delete from contacts_change
        where (select mine from turn) and (select count(*) > 1 from contacts_change)
        returning step
    )
    insert into contacts_change (step) select sum(step) from gone having count(*) > 0
"""


def version() -> int:
    """The version of the registry as this transaction sees it."""
    with connection.cursor() as cursor:
        cursor.execute(_VERSION)
        [found] = cursor.fetchone() or (0,)
    return int(found)


def step() -> None:
    """Move the version for what no trigger sees."""
    with connection.cursor() as cursor:
        cursor.execute("insert into contacts_change default values")


def fold() -> None:
    """Put together what was appended; the version stays."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLD)
