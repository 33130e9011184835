"""`./dispatch bench city`: what 100 million people in an hour would take, and what breaks first.

Arithmetic, no measurement: each cost below is one of docs/benchmarks.md, beside the command that
measured it, and each assumption is said. Change any of them by an option and see what follows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Costs:
    """Measured: microseconds of CPU, bytes, seconds; by which command."""

    worker: float = 126.0  # us a message in workers: bench road
    postgres: float = 68.0  # us a message in PostgreSQL, enlisting and figures included: bench road
    door: float = 132.0  # us a receipt at the door: bench receipts
    climb: float = 57.0  # us a receipt in PostgreSQL: bench receipts
    enlist: float = 23.9  # s a million, by one enlister: bench fanout --people 1000000
    row: float = 283.0  # bytes a delivery with its indexes: pg_total_relation_size after bench road
    index: float = 61.0  # bytes of these that are indexes
    wal: float = 2250.0  # bytes a message: pg_wal_lsn_diff around bench road, no full pages
    audit: float = 1.1  # s a million deliveries: dispatcher ledger audit
    wire: float = 1.6e3  # bytes a message on the wire, both ways: the sandbox's answers
    books: float = 69.0  # ms, p95, live books at 10 million: bench figures --deliveries 10000000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Assumed: what is asked for, and what machines there are."""

    people: float
    hours: float
    receipts: float
    cores: int
    busy: float
    rate: float

    @property
    def each_second(self) -> float:
        """Messages a second."""
        return self.people / self.hours / 3600


@dataclass(frozen=True, slots=True)
class Limit:
    """One thing that may not suffice: how much is needed of how much there is."""

    name: str
    needed: float
    there: float
    unit: str
    then: str
    """What one does about it."""

    @property
    def share(self) -> float:
        """Above 1 it breaks."""
        return self.needed / self.there


def limits(wanted: Wanted, costs: Costs) -> Iterator[Limit]:
    """Everything that is counted, in no order."""
    n = wanted.each_second
    told = n * wanted.receipts
    cores = wanted.cores * wanted.busy
    postgres = (n * costs.postgres + told * costs.climb) / 1e6
    yield Limit("PostgreSQL's CPU, one server", postgres, cores, "cores", "a ledger a region")
    yield Limit(
        "one enlister of one dispatch", wanted.people / 1e6 * costs.enlist, wanted.hours * 3600,
        "s", "several dispatches: they are enlisted side by side",
    )  # fmt: skip
    yield Limit(
        "write-ahead log", n * costs.wal * (1 + wanted.receipts) / 1e6, 200, "MB/s",
        "a log disk of its own",
    )  # fmt: skip
    yield Limit(
        "proof of the books, every 20 s", wanted.people / 1e6 * costs.audit, 20, "s",
        "it runs behind: by dispatch and partition, or less often",
    )  # fmt: skip
    yield Limit(
        "memory for the ledger's indexes", wanted.people * costs.index / 1e9, 32, "GB",
        "partitions by dispatch: the old ones leave memory",
    )  # fmt: skip
    yield Limit("network of one host", n * costs.wire * 8 / 1e6, 10_000, "Mbit/s", "more hosts")
    yield Limit("carrier accounts", n, wanted.rate, "messages/s", "more accounts, by contract")


def main(
    *,
    people: Annotated[float, typer.Option(help="Recipients.")] = 100e6,
    hours: Annotated[float, typer.Option(help="In so many hours.")] = 1.0,
    receipts: Annotated[float, typer.Option(help="Receipts a message.")] = 2.0,
    cores: Annotated[int, typer.Option(help="Cores of a host.")] = 32,
    busy: Annotated[float, typer.Option(help="Part of a core that may be used.")] = 0.6,
    rate: Annotated[float, typer.Option(help="Messages a second that the carriers allow.")] = 1e4,
) -> None:
    """Print what it takes, and the limits with the nearest first."""
    wanted, costs = Wanted(people, hours, receipts, cores, busy, rate), Costs()
    console = Console()
    console.print(_needs(wanted, costs))
    console.print(_breaks(wanted, costs))


def _needs(wanted: Wanted, costs: Costs) -> Table:
    n, told = wanted.each_second, wanted.each_second * wanted.receipts
    table = Table(
        title=f"{wanted.people:,.0f} people in {wanted.hours:g} h: {n:,.0f} messages a second",
        title_justify="left",
    )
    for heading in ("what", "how much", "from"):
        table.add_column(heading)
    useful = wanted.busy * 1e6
    size = wanted.people * costs.row
    for row in (
        ("sending workers", f"{n * costs.worker / useful:,.0f}",
         f"{costs.worker:g} µs a message, of {wanted.busy:.0%} of a core"),
        ("cores for the receipts' door", f"{told * costs.door / useful:,.0f}",
         f"{costs.door:g} µs a receipt, {wanted.receipts:g} a message"),
        ("cores for PostgreSQL",
         f"{(n * costs.postgres + told * costs.climb) / useful:,.0f}",
         f"{costs.postgres:g} µs a message, {costs.climb:g} µs a receipt"),
        ("connections at 100 ms", f"{n * 0.1:,.0f}", "128 to an account from one worker"),
        ("the ledger", f"{size / 1e9:,.0f} GB", f"{costs.row:g} bytes a delivery, with indexes"),
        ("write-ahead log", f"{n * costs.wal * (1 + wanted.receipts) / 1e6:,.0f} MB/s",
         f"{costs.wal:g} bytes a message and as many a receipt (assumed)"),
        ("partitions", f"{max(1, size / 50e9):,.0f}",
         "of 50 GB, so that vacuum and an index build end within minutes (assumed)"),
        ("live books", f"{costs.books:g} ms", "as at 10 million: cells by region, not rows"),
    ):  # fmt: skip
        table.add_row(*row)
    return table


def _breaks(wanted: Wanted, costs: Costs) -> Table:
    table = Table(title="what breaks first", title_justify="left")
    for heading in ("limit", "needed", "there (assumed)", "share", "then"):
        table.add_column(heading)
    for one in sorted(limits(wanted, costs), key=lambda one: -one.share):
        table.add_row(
            one.name,
            f"{one.needed:,.0f} {one.unit}",
            f"{one.there:,.0f}",
            f"{one.share:.2f}",
            one.then if one.share > 1 else "",
        )
    return table


if __name__ == "__main__":
    typer.run(main)
