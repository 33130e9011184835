"""What is kept of each person's reach, so that a launch need not derive it a million times over.

`contacts_reach` holds the numbers of `ranks`, folded a person, for each kind of message. Triggers
on addresses, consents and suppressions write in the same transaction who is *stale*: a row more,
and no lock that anybody waits for. Whoever reads (`reach.recipients`) derives the stale anew, so
that what is read is exact at every instant; `settle` makes the numbers again and takes the marks
away (decision 0025).

A suppression marks a digest and not people: an address with it may be on its way in another
transaction, which cannot be seen.
"""

from collections.abc import Iterator
from random import randrange
from typing import Final

import structlog
from django.db import connection, transaction

from contacts import changes
from contacts.ranks import DIGEST, KINDS, columns, fold

log = structlog.get_logger(__name__)

PAGE: Final = 20_000
"""People in one transaction: half a second."""

_COLUMNS: Final = tuple(columns(*KINDS))
_NAMES: Final = ", ".join(_COLUMNS)


def of(alias: str) -> str:
    """The kept columns of a row."""
    return ", ".join(f"{alias}.{name}" for name in _COLUMNS)


def stale(window: str, *, among: str = "") -> str:
    """A query: the contact ids whose kept numbers cannot be believed, inside a window.

    `window` is a condition with a place for the column that bears the contact's id. `among` is one
    on a contact `c`, of whom alone it is asked: 200 people with a tag may live among a million who
    were imported a moment ago, and to derive all those took the first launch after it 10 s. Where
    nothing is marked nobody's condition is looked at.
    """
    marked = known = "where"
    if among:
        one = "join contacts_contact c on c.id = {} where exists (select from {}) and {} and"
        marked = one.format("m.contact_id", "contacts_stale", among)
        known = one.format("b.contact_id", "contacts_staledigest", among)
    return f"""
        select m.contact_id from contacts_stale m {marked} {window.format(id="m.contact_id")}
        union
        select b.contact_id from contacts_staledigest m
        join contacts_address b on {DIGEST.format("b")} = m.digest and b.channel = m.channel
        {known} {window.format(id="b.contact_id")}
    """  # noqa: S608  (constants of this room, here and below)


_SETTLE: Final = f"""
    with digest as materialized (
        select id, channel, digest from contacts_staledigest order by id limit %(most)s
    ), who as materialized (
        select contact_id from (
            select contact_id from contacts_stale order by contact_id limit %(most)s) marked
        union
        select b.contact_id from digest
        join contacts_address b on {DIGEST.format("b")} = digest.digest
            and b.channel = digest.channel
    ), held as materialized ({fold("select contact_id from who", *KINDS)}),
    clean as (
        delete from contacts_stale m using who where m.contact_id = who.contact_id
    ), known as (
        delete from contacts_staledigest m using digest where m.id = digest.id
    ), gone as (
        delete from contacts_reach k using held
        where k.contact_id = held.contact_id and coalesce({of("held")}) is null
    ), kept as (
        insert into contacts_reach as k (contact_id, {_NAMES})
        select contact_id, {_NAMES} from held where coalesce({of("held")}) is not null
        on conflict (contact_id) do update set ({_NAMES}) = ({of("excluded")})
        where ({of("k")}) is distinct from ({of("excluded")})
    )
    select (select count(*) from who) + (select count(*) from digest)
"""  # noqa: S608
_TURN: Final = """
    select case
        when exists (select from contacts_stale) or exists (select from contacts_staledigest)
        then pg_try_advisory_xact_lock(hashtext('contacts.reach')) end
"""
_WRONG: Final = f"""
    select coalesce(held.contact_id, k.contact_id)
    from ({fold("select c.id as contact_id from contacts_contact c where {c}", *KINDS)}) held
    full join (select * from contacts_reach k where {{k}}) k using (contact_id)
    where ({of("held")}) is distinct from ({of("k")})
        and coalesce(held.contact_id, k.contact_id) not in ({{stale}})
"""  # noqa: S608
_WINDOW: Final = "{id} > %(after)s and {id} <= %(upto)s"


def settle(*, most: int = PAGE) -> int:
    """Make anew what is kept of the stale, page after page; how many people and digests.

    One at a time: who comes second leaves it to the first.
    """
    people = 0
    while found := _settle(most):
        people += found
    return people


def _settle(most: int) -> int:
    """One page, in a transaction of its own; 0: nobody is stale, or another is at it.

    The lock is a statement of its own, so that the next one sees what its last holder wrote.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TURN)
        if cursor.fetchone() != (True,):
            return 0
        cursor.execute(_SETTLE, {"most": most})
        return int((cursor.fetchone() or (0,))[0])


def prove(*, most: int = PAGE) -> int:
    """Derive everybody anew and compare; how many were kept wrongly, who are stale from now on.

    More than nobody is an alarm (`reach_differs`): something writes past the triggers. Reads the
    whole registry, a page at a time.
    """
    wrong = sum(_count(_MARK, window) for window in _pages(most))
    if wrong:
        changes.step()  # what is read of them is another thing from now on
        log.error("reach_differs", people=wrong)
    return wrong


def differing(*, most: int = PAGE) -> Iterator[tuple[int, int]]:
    """The same, and nobody is marked: of each page the people in it, and how many differ."""
    for window in _pages(most):
        yield _compared(window)


def sample(people: int = 1_000) -> tuple[int, int]:
    """So many neighbours somewhere in the registry: how many there were, and how many differ.

    Some 30 ms for a thousand.
    """
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(max(id), 0) from contacts_contact")
        [last] = cursor.fetchone() or (0,)
    after = randrange(max(last - people, 0) + 1)  # noqa: S311  (no secret: a place to look)
    return _compared({"after": after, "upto": _end(after, people)})


def _pages(most: int) -> Iterator[dict[str, int]]:
    """The windows of contact ids that hold everybody."""
    after = 0
    while (upto := _end(after, most)) > after:
        yield {"after": after, "upto": upto}
        after = upto


def _compared(window: dict[str, int]) -> tuple[int, int]:
    return _count(_HELD, window), _count(_DIFFER, window)


def _count(statement: str, window: dict[str, int]) -> int:
    """The rows that a statement gave or wrote."""
    with connection.cursor() as cursor:
        cursor.execute(statement, window)
        return int(cursor.rowcount)


_HELD: Final = f"select from contacts_contact where {_WINDOW.format(id='id')}"
_DIFFER: Final = _WRONG.format(
    c=_WINDOW.format(id="c.id"), k=_WINDOW.format(id="k.contact_id"), stale=stale(_WINDOW)
)
_MARK: Final = f"insert into contacts_stale (contact_id) {_DIFFER}"


def _end(after: int, most: int) -> int:
    """The contact id up to which so many people follow; `after` itself when nobody does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(max(id), %(after)s) from (select id from contacts_contact"
            " where id > %(after)s order by id limit %(most)s) page",
            {"after": after, "most": most},
        )
        [end] = cursor.fetchone() or (after,)
    return int(end)
