"""`./dispatch bench fanout`: the audience into batches and exclusions, against bare statements.

Nobody sends: what is measured is the launch's own work, slice after slice, in one process.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks import meter
from benchmarks.stage import Stage

_ERR = Console(stderr=True)
_PREPARED = """
    create temporary table prepared as
    select b.id, b.channel, b.account, b.wording_id, b.language, b.match, b.region, b.time_zone,
        u.contact_id, u.address_id
    from ledger_batch b cross join lateral unnest(b.contact_ids, b.address_ids)
        as u (contact_id, address_id)
    where b.dispatch_id = %(of)s
"""
_BARE = """
    insert into ledger_batch (dispatch_id, channel, account, wording_id, language, match, region,
        time_zone, due_at, state, size, contact_ids, address_ids)
    select %(into)s, channel, account, wording_id, language, match, region, time_zone, now(),
        'waiting', count(*), array_agg(contact_id), array_agg(address_id)
    from prepared
    group by id, channel, account, wording_id, language, match, region, time_zone
"""


@dataclass(frozen=True, slots=True)
class Told:
    """What a way came to: people, seconds, and CPU seconds of this process and of PostgreSQL."""

    people: int
    seconds: float
    own: float
    postgres: float
    longest: float = 0.0
    """Seconds of the longest slice: so long a stop may have to wait."""

    @property
    def rate(self) -> float:
        """People a second."""
        return self.people / self.seconds

    @property
    def cost(self) -> float:
        """Microseconds of CPU a person."""
        return 1e6 * (self.own + self.postgres) / self.people


def main(
    *,
    people: Annotated[
        int, typer.Option(min=1_000, help="In the registry; all are told.")
    ] = 100_000,
    rows: Annotated[int, typer.Option(min=1_000, help="Of Django's bulk_create.")] = 20_000,
    runs: Annotated[int, typer.Option(min=1, help="The table shows medians.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Print every run as JSON.")] = False,
) -> None:
    """Measure people a second and CPU a person. In full: --people 1000000."""
    with Stage(keep=1) as stage:
        found = _measure(stage, people=people, rows=rows, runs=runs)
    if as_json:
        told = {
            way: [asdict(run) | {"cost": run.cost} for run in all_] for way, all_ in found.items()
        }
        sys.stdout.write(json.dumps(told, indent=1) + "\n")
    else:
        _show(found)


def _measure(stage: Stage, *, people: int, rows: int, runs: int) -> dict[str, list[Told]]:
    from benchmarks import multitude
    from dispatcher.cli import story

    cast = story.cast()
    _say(f"{people:,} people are put into the registry")
    multitude.register(people, keeper=cast.keeper.username)
    found: dict[str, list[Told]] = {"fan-out": [], "bare statement": [], "bulk_create": []}
    for number in range(1, runs + 1):
        _say(f"run {number} of {runs}")
        dispatch_id, told = _fan_out(stage, cast)
        found["fan-out"].append(told)
        found["bare statement"].append(_bare(stage, dispatch_id))
        found["bulk_create"].append(_bulk(stage, dispatch_id, rows=rows))
    return found


def _fan_out(stage: Stage, cast: "object") -> tuple[int, Told]:
    """Launch to everybody, and enlist slice after slice as a worker does."""
    from benchmarks.people import approved
    from dispatcher.alerts import launch
    from dispatcher.fanout.spread import spread

    alert = approved("everybody", cast=cast, segment="everyone")  # type: ignore[arg-type]
    dispatch = launch.launch(alert, by=cast.author, confirm=launch.words(alert))  # type: ignore[attr-defined]
    slices: list[tuple[int, float]] = []

    def enlist() -> int:
        last = False
        while not last:
            began = time.perf_counter()
            done = spread(dispatch.lane)
            assert done
            slices.append((done.people, time.perf_counter() - began))
            last = done.last
        return sum(n for n, _ in slices)

    told = _timed(stage, enlist)
    return dispatch.pk, Told(*told, longest=max(took for _, took in slices))


def _bare(stage: Stage, dispatch_id: int) -> Told:
    """The same batches from a table that holds each person's line ready."""
    from django.db import connection

    into = _another(dispatch_id)
    with connection.cursor() as cursor:
        cursor.execute("drop table if exists pg_temp.prepared")
        cursor.execute(_PREPARED, {"of": dispatch_id})
        cursor.execute("analyze prepared")
        cursor.execute("select count(*) from prepared")
        [people] = cursor.fetchone() or (0,)

        def insert() -> int:
            cursor.execute(_BARE, {"into": into})
            return int(people)

        return Told(*_timed(stage, insert))


def _bulk(stage: Stage, dispatch_id: int, *, rows: int) -> Told:
    """A row each with Django's bulk_create, a thousand a statement; nothing is read or chosen."""
    from django.db import connection, transaction
    from django.utils import timezone

    from dispatcher.ledger.models import Delivery

    with connection.cursor() as cursor:
        cursor.execute("select contact_id, address_id from prepared limit %s", [rows])
        ready = cursor.fetchall()
        cursor.execute(
            "select max(id) * 1024 from ledger_batch where dispatch_id = %s", [dispatch_id]
        )
        [first] = cursor.fetchone() or (0,)
    now = timezone.now()

    def create() -> int:
        with transaction.atomic():
            made = Delivery.objects.bulk_create(
                [
                    Delivery(
                        id=first + number, dispatch_id=dispatch_id, contact_id=contact,
                        address_id=address, standing=120, written_at=now,
                    )
                    for number, (contact, address) in enumerate(ready)
                ],
                batch_size=1_000,
            )  # fmt: skip
        return len(made)

    told = Told(*_timed(stage, create))
    with connection.cursor() as cursor:
        cursor.execute(
            "truncate ledger_delivery, ledger_batch, ledger_exclusion, ledger_delta, ledger_sum,"
            " ledger_minute, ledger_mark"
        )
    return told


def _another(dispatch_id: int) -> int:
    """A second dispatch like this one, for batches that nobody will send."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "insert into ledger_dispatch (alert_ref, number, mode, scenario, part, severity, lane,"
            " launched_by, launched_at, cutoff_at, expires_at, plan, state)"
            " select 'bare:' || gen_random_uuid(), number, mode, scenario, part, severity, lane,"
            " launched_by, launched_at, cutoff_at, expires_at, plan, 'running'"
            " from ledger_dispatch where id = %s returning id",
            [dispatch_id],
        )
        [found] = cursor.fetchone() or (0,)
    return int(found)


def _timed(stage: Stage, work: Callable[[], int]) -> tuple[int, float, float, float]:
    """(people, seconds, own CPU, PostgreSQL's CPU) of a piece of work."""
    groups = {"postgres": stage.servers["postgres"]}  # a child of ours: our own time is apart
    before, own, began = meter.cpu(groups), time.process_time(), time.perf_counter()
    people = work()
    seconds, after = time.perf_counter() - began, meter.cpu(groups)
    spent = after["postgres"] - before["postgres"]
    return people, seconds, time.process_time() - own, spent


def _show(found: dict[str, list[Told]]) -> None:
    """Medians, and the ratios that are aimed at."""
    rate = {way: median(run.rate for run in runs) for way, runs in found.items()}
    told = (
        f"fan-out : bare statement = {rate['fan-out'] / rate['bare statement']:.2f} of its rate; "
        f"bulk_create is {rate['fan-out'] / rate['bulk_create']:.1f} times slower than the fan-out,"
        f" {rate['bare statement'] / rate['bulk_create']:.0f} times than the bare statement; "
        f"load {meter.load():.1f}"
    )
    table = Table(title="audience to batches", title_justify="left", caption=told)
    table.add_column("")
    for way in found:
        table.add_column(way, justify="right")
    lines: list[tuple[str, Callable[[Told], float], str]] = [
        ("people", lambda run: run.people, "{:,.0f}"),
        ("people a second", lambda run: run.rate, "{:,.0f}"),
        ("seconds for 1,000,000", lambda run: 1e6 / run.rate, "{:,.1f}"),
        ("CPU a person, µs", lambda run: run.cost, "{:,.1f}"),
        ("  PostgreSQL's", lambda run: 1e6 * run.postgres / run.people, "{:,.1f}"),
        ("longest slice, s", lambda run: run.longest, "{:,.2f}"),
    ]
    for label, figure, form in lines:
        table.add_row(label, *(form.format(median(map(figure, runs))) for runs in found.values()))
    Console().print(table)


def _say(text: str) -> None:
    _ERR.print(f"  {text} …", highlight=False)


if __name__ == "__main__":
    typer.run(main)
