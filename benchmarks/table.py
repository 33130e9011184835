"""The figures of several runs as a table for people and as JSON for programs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.ways import LISTED_APART, Run

Runs = Mapping[str, Sequence[Run]]
"""Way's name -> its runs."""
GROUPS = ("workers", "housekeeping", "postgres", "valkey", "beat", "web", "door", "launch")


def show(title: str, ways: Runs) -> None:
    """Print one table: medians over the runs, the noise, and the ratios to the road."""
    table = Table(title=title, title_justify="left", caption_justify="left", caption=_ratios(ways))
    table.add_column("")
    for name in ways:
        table.add_column(name, justify="right")
    for label, cell in _rows():
        table.add_row(label, *(cell(runs) for runs in ways.values()))
    Console().print(table)


def _rows() -> list[tuple[str, Callable[[Sequence[Run]], str]]]:
    """Label -> what stands in each way's column."""
    return [
        ("messages", lambda runs: f"{runs[0].messages:,}"),
        ("messages a second", _middle(lambda run: run.rate, "{:,.0f}")),
        ("  of connections / latency", _middle(lambda run: run.quotient, "{:.2f}")),
        ("CPU a message, µs", _middle(lambda run: run.cost, "{:,.0f}")),
        ("  least and most", _range),
        *((f"  {name}", _share(name)) for name in GROUPS),
        ("sink's CPU, not counted", _share(LISTED_APART)),
        ("first message, ms", _middle(lambda run: 1000 * run.first, "{:,.0f}")),
        ("  workers just started", _middle(lambda run: 1000 * run.cold, "{:,.0f}")),
        ("a worker's memory, MiB", _middle(lambda run: run.memory, "{:,.0f}")),
    ]


def _middle(figure: Callable[[Run], float], form: str) -> Callable[[Sequence[Run]], str]:
    def cell(runs: Sequence[Run]) -> str:
        found = median(map(figure, runs))
        return form.format(found) if found else ""

    return cell


def _share(name: str) -> Callable[[Sequence[Run]], str]:
    return _middle(lambda run: run.each.get(name, 0.0), "{:,.1f}")


def _range(runs: Sequence[Run]) -> str:
    costs = [run.cost for run in runs]
    return f"{min(costs):,.0f}–{max(costs):,.0f}"


def _ratios(ways: Runs) -> str:
    """How many times the CPU of its road each other way takes: 'plain, FCM' of 'road, FCM'."""
    costs = {name: median(run.cost for run in runs) for name, runs in ways.items()}
    told = []
    for name, cost in costs.items():
        road = name.replace("bare client", "road").replace("plain", "road")
        if road != name:
            told.append(f"{name} : {road} = {cost / costs[road]:,.2f}")
    return "CPU a message: " + ", ".join(told) if told else ""


def plain(ways: Runs) -> dict[str, Any]:
    """The runs as values that JSON knows."""
    return {
        name: [
            asdict(run) | {"rate": run.rate, "cpu_each_us": run.each, "cpu_us": run.cost}
            for run in runs
        ]
        for name, runs in ways.items()
    }
