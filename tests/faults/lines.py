"""The table of faults: what was done, how often, and what was seen."""

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

import pytest
from rich.console import Console
from rich.table import Table

from tests.faults.proving import Proof

SEEN = ("once", "unknown", "repeated on purpose", "refused")
"""What may become of a message, as the examiner names it."""
COLUMNS = (
    *("fault", "times", "launches", "messages", "once", "unknown", "push again", "refused"),
    *("standstill", "busy", "books", "breaches"),
)
LINES = pytest.StashKey[dict[str, "Line"]]()
"""Where a test run keeps its table."""
WIDTH = 150
LEGEND = """\
messages: persons and channels that the launches meant. once: taken exactly once by the carrier.
unknown: nobody can tell; the row bears the evidence, and policy has decided. push again: repeated on
purpose, shown once. refused: by the carrier, for good. standstill: the longest from a kill, or from a
message after one, to the next message. busy: the share of the time in which somebody on this machine
waited for a processor. books: how often they were proven meanwhile."""


@dataclass(slots=True)
class Line:
    """What one fault came to, over all its launches."""

    times: int = 0
    launches: int = 0
    messages: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    standstill: float = 0.0
    busy: float = 0.0
    audits: int = 0
    breaches: list[str] = field(default_factory=list)

    def add(self, proof: Proof, *, times: int) -> None:
        """One launch more."""
        self.times += times
        self.launches += 1
        self.messages += sum(proof.found.seen[name] for name in SEEN)
        self.seen += proof.found.seen
        self.standstill = max(self.standstill, proof.standstill)
        self.busy = max(self.busy, proof.busy)
        self.audits += proof.audits
        self.breaches += proof.found.breaches
        if proof.standstill > proof.allowed:
            self.breaches.append(f"work stood still for {proof.standstill:.1f} s after a kill")

    def __iadd__(self, other: "Line") -> Self:
        self.times += other.times
        self.launches += other.launches
        self.messages += other.messages
        self.seen += other.seen
        self.standstill = max(self.standstill, other.standstill)
        self.busy = max(self.busy, other.busy)
        self.audits += other.audits
        self.breaches += other.breaches
        return self

    def cells(self) -> Iterable[str]:
        """As the table shows it."""
        yield from (f"{self.times:,}", str(self.launches), f"{self.messages:,}")
        yield from (f"{self.seen[name]:,}" for name in SEEN)
        yield f"{self.standstill:.1f} s" if self.standstill else "-"
        yield from (f"{self.busy:.0%}", f"{self.audits:,}", str(len(self.breaches)))


def show(lines: Mapping[str, Line], not_run: Mapping[str, str], out: Console) -> None:
    """The table, its sums, what was not run and why, and the breaches."""
    table = Table(title=f"What was seen (load {os.getloadavg()[0]:.1f})", pad_edge=False)
    for name in COLUMNS:
        table.add_column(name, justify="left" if name == "fault" else "right")
    total = Line()
    for name, line in lines.items():
        table.add_row(name, *line.cells())
        total += line
    for name, why in not_run.items():
        table.add_row(name, "NOT RUN", *[""] * (len(COLUMNS) - 2))
        out.print(f"NOT RUN: {name}: {why}")
    table.add_section()
    table.add_row("all", *total.cells())
    out.print(table)
    out.print(LEGEND, style="dim")
    for breach in total.breaches[:40]:
        out.print(f"BREACH {breach}")


def console(*, wide: bool) -> Console:
    """Where tables go: as wide as they need where nobody looks at a terminal."""
    return Console(width=WIDTH if wide else None, highlight=False)


def named(test: str) -> str:
    """A test's name as the table's: "test_it_is_killed[beat]" -> "beat: it is killed"."""
    plain, _, which = test.removeprefix("test_").partition("[")
    told = plain.replace("_", " ")
    return f"{which.rstrip(']')}: {told}" if which else told
