"""`python -m benchmarks.keeping`: what it costs that the reach of each person is kept.

Four things that write about people, in a registry of its own: the migration that begins to keep
it, an import, receipts that end addresses, and a word of consent from very many at once. Of each:
seconds, and CPU of this process and of PostgreSQL; settling, which housekeeping does, is apart.
"""

import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from benchmarks import meter
from benchmarks.stage import Stage

BUNDLE = 500
"""Receipts that are committed together."""
_ERR = Console(stderr=True)
_ENDING = """
    select min(id) from contacts_address where channel = 'sms' and dead_at is null group by key
    having count(*) = 1 order by 1 offset %s limit %s
"""
_OWN_ADDRESSES = """
    update ledger_delivery d set address_id = w.address
    from unnest(%s::bigint[], %s::bigint[]) as w (id, address) where d.id = w.id
"""
_ALL_SAY_NO = """
    insert into contacts_consent (contact_id, channel, kind, granted, source, said_at)
    select id, 'email', 'news', false, 'benchmark', statement_timestamp()
    from contacts_contact order by id limit %s
"""


def main(
    *,
    people: Annotated[int, typer.Option(min=1000, help="Who are there already.")] = 1_000_000,
    imported: Annotated[int, typer.Option(min=0, help="Into an empty registry.")] = 100_000,
    receipts: Annotated[int, typer.Option(min=0, help="That end an address each.")] = 20_000,
    words: Annotated[int, typer.Option(min=0, help="People who say no at once.")] = 100_000,
    migrate: Annotated[bool, typer.Option(help="Back and forth over the people.")] = True,
) -> None:
    """Measure seconds and CPU, of this process and of PostgreSQL."""
    with Stage(keep=1) as stage:
        found = _Costs(stage)
        if imported:
            _import(found, imported)
        if migrate or receipts or words:
            _fill(people)
        if migrate:
            _migrate(found)
        if receipts:
            _end(found, receipts, kept=False)
            _end(found, receipts, kept=True)
        if words:
            _refuse(found, words, kept=False)
            _refuse(found, words, kept=True)
        found.show()


class _Costs:
    """What was done: how many, seconds, and CPU seconds here and in PostgreSQL."""

    def __init__(self, stage: Stage) -> None:
        self._groups = {"postgres": stage.servers["postgres"]}
        self._rows: list[tuple[str, int, float, float, float]] = []

    @contextmanager
    def of(self, name: str, count: int) -> Iterator[None]:
        """Count what happens in the block."""
        _ERR.print(f"  {name} …", highlight=False)
        before, own = meter.cpu(self._groups)["postgres"], time.process_time()
        began = time.monotonic()
        yield
        seconds, own = time.monotonic() - began, time.process_time() - own
        theirs = meter.cpu(self._groups)["postgres"] - before
        self._rows.append((name, count, seconds, own, theirs))

    def show(self) -> None:
        """One table, with microseconds for each of so many."""
        table = Table(title=f"keeping reach; load {meter.load():.1f}", title_justify="left")
        for head in ("", "how many", "seconds", "own CPU, s", "PostgreSQL's, s", "CPU each, µs"):
            table.add_column(head, justify="right" if head else "left")
        for name, count, seconds, own, theirs in self._rows:
            figures = f"{seconds:.1f}", f"{own:.1f}", f"{theirs:.1f}"
            table.add_row(name, f"{count:,}", *figures, f"{1e6 * (own + theirs) / count:,.0f}")
        Console(width=max(100, Console().width)).print(table)


def _import(found: _Costs, count: int) -> None:
    """As into an empty registry, which it is again afterwards."""
    from django.db import transaction

    from benchmarks import multitude
    from contacts.samples.people import make

    with found.of("making the sheet, which the next holds", count):
        deque(make(count), maxlen=0)
    with transaction.atomic():
        with found.of("import into an empty registry", count):
            multitude.bring(count, keeper="benchmark")
        _settle(found, "its settling", count)
        transaction.set_rollback(True)
    _run("vacuum analyze")


def _fill(people: int) -> None:
    from benchmarks import multitude

    _ERR.print(f"  {people:,} people are made …", highlight=False)
    multitude.register(people, keeper="benchmark")


def _migrate(found: _Costs) -> None:
    from django.core.management import call_command

    from contacts.models import Contact

    people = Contact.objects.count()
    for name, to in (("migration, back", "0008"), ("migration, forth", "0009"), ("the rest", None)):
        with found.of(name, people):
            call_command("migrate", "contacts", *([to] if to else []), verbosity=0)
    _settle(found, "everybody settled", people)
    _run("vacuum analyze")


def _end(found: _Costs, count: int, *, kept: bool) -> None:
    """Hard bounces, climbed and told to the registry in bundles; with the triggers, or without."""
    from benchmarks.receipts import SIZE, _sent
    from dispatcher.ledger.facts import Rank, Receipt
    from dispatcher.tracking.receive import receive

    ids = [at for batch in _sent(count) for at in range(batch * 1024, batch * 1024 + SIZE)]
    addresses = [one for (one,) in _rows(_ENDING, 0, count)]
    _run(_OWN_ADDRESSES, ids, addresses)
    _run("update ledger_dispatch set mode = 'real'")
    told = [
        Receipt(f"SM{n:032x}:dead:", n, 1, "twilio", Rank.FAILED, code="30005", dead=True)
        for n in ids
    ]
    with _triggers(on=kept), found.of(f"bounces, {_which(kept=kept)}", count):
        for start in range(0, len(told), BUNDLE):
            receive(told[start : start + BUNDLE], mode="real")
    if kept:
        _settle(found, "their settling", count)


def _refuse(found: _Costs, count: int, *, kept: bool) -> None:
    """One statement, as a list that comes from elsewhere is written."""
    with _triggers(on=kept), found.of(f"words of consent, {_which(kept=kept)}", count):
        _run(_ALL_SAY_NO, count)
    if kept:
        _settle(found, "their settling", count)


def _which(*, kept: bool) -> str:
    return "reach kept" if kept else "without the triggers"


@contextmanager
def _triggers(*, on: bool) -> Iterator[None]:
    """As they are, or without those that mark the stale."""
    if not on:
        _switch("disable")
    yield
    if not on:
        _switch("enable")


def _switch(way: str) -> None:
    for table, name in {"address": "reach_moved", "consent": "reach_entered"}.items():
        _run(f"alter table contacts_{table} {way} trigger contacts_{table}_{name}")


def _settle(found: _Costs, name: str, count: int) -> None:
    try:
        from contacts import kept
    except ImportError:  # a commit that keeps nothing, measured for comparison
        return
    with found.of(name, count):
        kept.settle()


def _run(statement: str, *values: Any) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)


def _rows(statement: str, *values: Any) -> Sequence[tuple[int]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: Sequence[tuple[int]] = cursor.fetchall()
    return found


if __name__ == "__main__":
    typer.run(main)
