"""`./dispatch bench first`: how soon the first message of a large audience is accepted.

The installation is that of `./dispatch up`; its workers have sent before. Launches to a small and
to a large audience take turns, and each is paused as soon as its first message has been seen.
With `--unsettled` each launch comes right after an import of everybody: nothing that is kept of how
people may be reached is believed, and housekeeping is making it anew.
"""

import json
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from statistics import median, quantiles
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks import meter
from benchmarks.stage import Stage

FEW, SMALL = "few", 1_000
WARM_PEOPLE = 200
QUIET = 1.0
"""Seconds without another message after which nothing of a paused launch is on its way."""
LONGEST = 120.0
"""Seconds."""
_ERR = Console(stderr=True)
_CHANNELS = {"email", "sms"}


def main(
    *,
    people: Annotated[int, typer.Option(min=10_000, help="Of the large audience.")] = 1_000_000,
    runs: Annotated[int, typer.Option(min=4, help="Launches to each audience.")] = 20,
    unsettled: Annotated[
        bool, typer.Option("--unsettled", help="Each as right after an import of everybody.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the times as JSON.")] = False,
) -> None:
    """Measure seconds from the launch to the first acceptance, by the sink's clock."""
    with Stage(keep=200_000) as stage:
        found = _measure(stage, people=people, runs=runs, unsettled=unsettled)
    if as_json:
        sys.stdout.write(json.dumps(found, indent=1) + "\n")
    else:
        _show(found)


def _measure(stage: Stage, *, people: int, runs: int, unsettled: bool) -> dict[str, list[float]]:
    from django.db import connection

    from benchmarks import multitude
    from benchmarks import people as crowd
    from benchmarks.ways import _warm
    from contacts import kept
    from dispatcher.cli import story

    cast = story.cast()
    _say(f"{people:,} people are put into the registry")
    multitude.register(people, keeper=cast.keeper.username)
    with connection.cursor() as cursor:  # the copies' browsers are at no sandbox's address
        cursor.execute("delete from contacts_address where channel = 'push'")
        kept.settle()
        cursor.execute("vacuum analyze contacts_address, contacts_reach, contacts_stale")
    crowd.register({FEW: SMALL, crowd.WARM: WARM_PEOPLE}, channel="sms", keeper=cast.keeper)
    audiences = {f"{SMALL:,}": f"tag = {FEW}", f"{people:,}": f"not tag = {FEW}"}
    found: dict[str, list[float]] = {name: [] for name in audiences}
    installation = stage.installation()
    installation.start()
    try:
        _warm(stage, channel="sms", cast=cast)
        for number in range(1, runs + 1):
            _say(f"launch {number} of {runs} to each")
            for name, segment in audiences.items():
                if unsettled:
                    _unsettle()
                found[name].append(_first(stage, segment, cast=cast))
    finally:
        installation.stop()
    return found


def _unsettle() -> None:
    """Mark everybody, as the triggers do when everybody is imported."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("insert into contacts_stale (contact_id) select id from contacts_contact")


def _first(stage: Stage, segment: str, *, cast: "object") -> float:
    """Seconds from one launch to its first message; then it is paused."""
    from benchmarks import people as crowd
    from dispatcher.alerts import launch

    alert = crowd.approved("first", cast=cast, segment=segment)  # type: ignore[arg-type]
    author = cast.author  # type: ignore[attr-defined]
    stage.sandbox.clear(receipts=False)
    began = time.time()
    launch.launch(alert, by=author, confirm=launch.words(alert))
    while not _taken(stage):
        if time.time() - began > LONGEST:
            raise SystemExit(f"no message within {LONGEST:.0f} s")
        time.sleep(0.01)
    launch.pause(alert, by=author)
    [row, *_] = stage.sandbox.ask("GET", "/sandbox/taken?after=0&most=1")["taken"]
    held = -1
    while held < _taken(stage):
        held = _taken(stage)
        time.sleep(QUIET)
    return datetime.fromisoformat(row["at"]).timestamp() - began


def _taken(stage: Stage) -> int:
    return sum(stage.sandbox.counts(channel).get("taken", 0) for channel in _CHANNELS)


def _show(found: Mapping[str, Sequence[float]]) -> None:
    table = Table(
        title="launch to first acceptance, ms", title_justify="left", caption=_told(found)
    )
    for heading in ("audience", "launches", "p50", "p95", "least", "most"):
        table.add_column(heading, justify="right")
    for name, seconds in found.items():
        ms = [1000 * one for one in seconds]
        p95 = quantiles(ms, n=20, method="inclusive")[-1]
        figures = (median(ms), p95, min(ms), max(ms))
        table.add_row(name, str(len(ms)), *(f"{figure:,.0f}" for figure in figures))
    Console().print(table)


def _told(found: Mapping[str, Sequence[float]]) -> str:
    small, large = (median(seconds) for seconds in found.values())
    return f"large : small = {large / small:.2f}; load {meter.load():.1f}"


def _say(text: str) -> None:
    _ERR.print(f"  {text} …", highlight=False)


if __name__ == "__main__":
    typer.run(main)
