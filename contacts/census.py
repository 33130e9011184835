"""How many people live where, read what first and are what: kept by triggers, always exact.

A search asks it first: what nobody is needs no look at the registry, what few are is found through
indexes and sorted, what many are by walking in the order of the ids, from the first of them to the
last. Changes are appended, as to the ledger's books: no two writers wait for each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from contacts.conditions import Condition
from contacts.regions import Scope

_COUNT: Final = """
    select coalesce(sum(c.people), 0)::bigint, min(c.first_id), max(c.last_id)
    from contacts_census c where {such}
"""
# What is alone already stays as it is, so that a quiet house writes nothing; one at a time.
_FOLD: Final = """
    with turn as materialized (
        select pg_try_advisory_xact_lock(hashtext('contacts.census')) as mine
    ), crowd as (
        select array_agg(id) as ids from contacts_census
        group by region, country, languages, roles having count(*) > 1 or sum(people) = 0
    ), gone as (
        delete from contacts_census
        where (select mine from turn) and id in (select unnest(ids) from crowd) returning *
    )
    insert into contacts_census (region, country, languages, roles, people, first_id, last_id)
    select region, country, languages, roles, sum(people), min(first_id), max(last_id) from gone
    group by region, country, languages, roles having sum(people) <> 0
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """So many people, none of them before the first id, none after the last."""

    people: int
    first_id: int
    last_id: int


def count(such: str, params: Mapping[str, Any]) -> Counted:
    """For whom a condition holds: one on region, country, languages[1] and roles of `c`."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(such=such), params)
        people, first, last = cursor.fetchone() or (0, None, None)
    return Counted(people, first or 0, last or 0)


def fold() -> int:
    """Put together what was appended; into how many rows."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLD)
        return int(cursor.rowcount)


def within(scope: Scope) -> int:
    """How many people live inside a scope, those of private lists among them."""
    condition = Condition()
    return count(condition.inside(scope.territory()), condition.params).people
