"""`./dispatch bench figures`: how long the live figures take, from few deliveries to ten million.

The deliveries are made by SQL, through the same tables, triggers and indexes as the road's.
"""

import json
import sys
import time
from collections.abc import Callable
from statistics import median, quantiles
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from benchmarks import meter
from benchmarks.stage import Stage

_ERR = Console(stderr=True)
WITHIN = 1800
_DISPATCH = """
    insert into ledger_dispatch (alert_ref, number, mode, scenario, part, severity, lane,
        launched_by, launched_at, cutoff_at, expires_at, plan, state, targeted)
    values ('bench:figures', 'B-1', 'drill', 'recall', 'first', 'urgent', 'routine', 'nobody',
        now() - interval '30 minutes', now() - interval '30 minutes', now() + interval '1 day',
        '{}', 'running', %(people)s) returning id
"""
# 40 regions x 13 languages x 2 channels, in batches of 500, as a large dispatch has them.
_BATCHES = """
    insert into ledger_batch (dispatch_id, channel, account, wording_id, language, match, region,
        time_zone, due_at, state, size, cursor, settled, contact_ids, address_ids)
    select %(dispatch)s, case when b %% 5 = 0 then 'email' else 'sms' end, 'twilio', b %% 13,
        'l' || b %% 13, (array['exact', 'exact', 'parent', 'close', 'default'])[1 + b %% 5],
        'R' || b %% 40, 'UTC', now(), 'done', 500, 500, 500, ids, ids
    from generate_series(%(first)s::int, %(until)s) as b cross join lateral (
        select array_agg(i) as ids from generate_series(b * 500::bigint, b * 500 + 499) as i) a
"""
_DELIVERIES = """
    insert into ledger_delivery (id, dispatch_id, contact_id, address_id, standing, code, carrier,
        carrier_id, written_at, handed_at, settled_at)
    select b.id * 1024 + u.i - 1, b.dispatch_id, u.contact_id, u.contact_id,
        100 + case when u.i %% 20 = 0 then 30 when u.i %% 50 = 1 then 10 when u.i %% 7 = 3 then 20
            else 40 end + case when u.i %% 20 = 0 or u.i %% 50 = 1 or u.i %% 7 = 3 then 0
            else 10000 end,
        case when u.i %% 20 = 0 then (array['30003', '30005', '21614'])[1 + u.i %% 3] else '' end,
        'twilio', 'SM' || u.contact_id, now(), p.launched_at + b.id %% 1500 * interval '1 second',
        p.launched_at + b.id %% 1500 * interval '1.1 second'
    from ledger_batch b join ledger_dispatch p on p.id = b.dispatch_id
    cross join lateral unnest(b.contact_ids) with ordinality as u (contact_id, i)
    where b.dispatch_id = %(dispatch)s and b.id > %(after)s order by b.id, u.i
"""
# As if it had taken half an hour: what a figure changed by is spread over as many minutes.
_SPREAD = """
    with whole as (delete from ledger_delta where dispatch_id = %(dispatch)s returning *)
    insert into ledger_delta (dispatch_id, minute, channel, region, language, figure, n)
    select dispatch_id, minute - m * interval '1 minute', channel, region, language, figure,
        n / 30 + case when m = 0 then n %% 30 else 0 end
    from (select dispatch_id, minute, channel, region, language, figure, sum(n) as n from whole
        group by 1, 2, 3, 4, 5, 6) w cross join generate_series(0, 29) as m
"""
# What changed since beat folded last, ten seconds ago at most: messages that left and came back.
_LATELY = """
    insert into ledger_delta (dispatch_id, minute, channel, region, language, figure, n)
    select dispatch_id, date_trunc('minute', now()), channel, region, language, 'in_flight', side
    from (select * from ledger_sum where dispatch_id = %(dispatch)s and figure = 'delivered'
        order by n desc limit 500) s, generate_series(1, 10), unnest(array[1, -1]) as side
"""
_PAGE = 400
"""Batches whose deliveries are made in one statement."""


def main(
    *,
    deliveries: Annotated[int, typer.Option(min=10_000, help="In one dispatch.")] = 1_000_000,
    calls: Annotated[int, typer.Option(min=20, help="Of each figure that is told live.")] = 40,
    walks: Annotated[bool, typer.Option(help="Also walk the rows, question by question.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print the times as JSON.")] = False,
) -> None:
    """Measure milliseconds at the server. In full: --deliveries 10000000."""
    with Stage(keep=1):
        from dispatcher.ledger import snapshots, tally

        _say(f"{deliveries:,} deliveries are made")
        dispatch_id = make(deliveries)
        found: dict[str, list[float]] = {}
        questions: dict[str, Callable[[], object]] = {
            "books": lambda: tally.books(dispatch_id),
            "mark": lambda: tally.mark(dispatch_id),
            "curve": lambda: tally.curve(dispatch_id),
        }
        for name, ask in questions.items():
            found[name] = times(ask, calls)
        asked: dict[str, Callable[[], object]] = {
            "people": lambda: tally.people(dispatch_id),
            "reasons": lambda: tally.reasons(dispatch_id),
            "reach": lambda: tally.reach(dispatch_id, within=WITHIN),
            "matches": lambda: tally.matches(dispatch_id),
            "first message": lambda: tally.first_out(dispatch_id),
            "unknowns": lambda: tally.unknowns(dispatch_id),
        }
        for name, ask in asked.items() if walks else ():
            _say(f"{name}, from the rows")
            found[f"{name}, from the rows"] = times(ask, 1)
        _say("the walk that beat makes")
        found["the walk that beat makes"] = times(
            lambda: snapshots.take(dispatch_id, within=WITHIN), 1
        )
        for name, ask in asked.items():
            found[f"{name}, kept"] = times(ask, calls)
        everything = {**questions, **asked}
        found["all of a page's figures"] = times(
            lambda: [ask() for ask in everything.values()], calls
        )
    if as_json:
        sys.stdout.write(json.dumps({"deliveries": deliveries, "ms": found}, indent=1) + "\n")
    else:
        show(found, deliveries=deliveries)


def make(deliveries: int) -> int:
    """One dispatch with so many deliveries; its deltas are folded as beat does."""
    from django.db import connection

    from dispatcher.ledger import entries

    with connection.cursor() as cursor:
        cursor.execute(_DISPATCH, {"people": deliveries})
        [dispatch_id] = cursor.fetchone() or (0,)
        after = 0
        for first in range(0, deliveries // 500, _PAGE):
            until = min(first + _PAGE, deliveries // 500) - 1
            told: dict[str, Any] = {"dispatch": dispatch_id, "first": first, "until": until}
            cursor.execute(_BATCHES, told)
            cursor.execute(_DELIVERIES, told | {"after": after})
            cursor.execute("select max(id) from ledger_batch")
            [after] = cursor.fetchone() or (0,)
        cursor.execute(_SPREAD, {"dispatch": dispatch_id})
        entries.squash()
        cursor.execute(_LATELY, {"dispatch": dispatch_id})
        cursor.execute("vacuum analyze")
    return int(dispatch_id)


def times(ask: Callable[[], object], calls: int) -> list[float]:
    """Milliseconds of each call."""
    times = []
    for _ in range(calls):
        began = time.perf_counter()
        ask()
        times.append(1000 * (time.perf_counter() - began))
    return times


def show(found: dict[str, list[float]], *, deliveries: int) -> None:
    title = f"figures of {deliveries:,} deliveries, milliseconds; load {meter.load():.1f}"
    table = Table(title=title, title_justify="left")
    for head in ("", "median", "p95", "calls"):
        table.add_column(head, justify="left" if not head else "right")
    for name, times in found.items():
        high = quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
        table.add_row(name, f"{median(times):,.1f}", f"{high:,.1f}", str(len(times)))
    Console().print(table)


def _say(text: str) -> None:
    _ERR.print(f"  {text} …", highlight=False)


if __name__ == "__main__":
    typer.run(main)
