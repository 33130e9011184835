"""`./dispatch soak`: launches all the time, a random fault in each, and a table of what was seen.

The order of the faults, their moments and the carriers' manners follow from the seed; how far a
launch has come at a moment does not quite. Exit codes: 0 no breach, 1 a breach, 2 wrong arguments.
"""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tests.faults.examiner import STANDSTILL
from tests.faults.mischief import MILD, MISCHIEF, Mischief, schedule
from tests.faults.proving import Ground, Proof, Run
from tests.faults.tree import Tree

SHARES = {"sms": 0.62, "email": 0.3, "fcm": 0.04, "browser": 0.04}
"""Of all people."""
LASTS = 8.0
"""Seconds that a launch takes by its pace, so that it can be met in the middle."""
COLUMNS = (
    *("fault", "times", "launches", "messages", "once", "unknown", "again by policy"),
    *("push repeated", "refused", "standstill", "proofs", "breaches"),
)


@dataclass(slots=True)
class Line:
    """What one fault came to, over the whole soak."""

    times: int = 0
    launches: int = 0
    messages: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    standstill: float = 0.0
    audits: int = 0
    breaches: list[str] = field(default_factory=list)

    def add(self, proof: Proof, *, times: int) -> None:
        """One launch more."""
        self.times += times
        self.launches += 1
        self.messages += proof.found.targeted
        self.seen += proof.found.seen
        self.standstill = max(self.standstill, proof.standstill)
        self.audits += proof.audits
        self.breaches += proof.found.breaches
        if proof.standstill > STANDSTILL:
            self.breaches.append(f"work stood still for {proof.standstill:.1f} s after a kill")

    def cells(self) -> Iterable[str]:
        """As the table shows it."""
        seen = self.seen
        known = ("once", "unknown", "repeated by policy", "repeated on purpose", "refused")
        yield from (str(self.times), str(self.launches), f"{self.messages:,}")
        yield from (f"{seen[name]:,}" for name in known)
        yield f"{self.standstill:.1f} s" if self.standstill else "-"
        yield from (str(self.audits), str(len(self.breaches)))


def main(
    *,
    minutes: Annotated[float, typer.Option(min=0.1, help="The last launch is finished.")] = 10.0,
    seed: Annotated[int, typer.Option(help="Order, moments and manners follow from it.")] = 1,
    people: Annotated[int, typer.Option(min=100, help="In each launch.")] = 2_000,
    only: Annotated[str, typer.Option(help="Faults whose name holds this text.")] = "",
) -> None:
    """Harm an installation of its own for some minutes, and say what was seen."""
    out = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
    lines: dict[str, Line] = {}
    not_run = ""
    out.print(f"soak: seed {seed}, {minutes:g} min, {people} people a launch; starting …")
    try:
        with Tree(pace=max(1, int(people * SHARES["sms"] / LASTS))) as tree:
            not_run = tree.disk.refusal
            shares = {kind: max(1, int(people * share)) for kind, share in SHARES.items()}
            _soak(Ground(tree, people=shares, seed=seed), minutes, seed, only, lines, out)
    except KeyboardInterrupt:
        out.print("interrupted; this is what was seen until now")
    _show(lines, not_run, out)
    breaches = [breach for line in lines.values() for breach in line.breaches]
    for breach in breaches[:40]:
        out.print(f"BREACH {breach}")
    raise typer.Exit(1 if breaches else 0)


def _soak(
    ground: Ground, minutes: float, seed: int, only: str, lines: dict[str, Line], out: Console
) -> None:
    end, began = time.monotonic() + 60 * minutes, time.monotonic()
    for mischief, dice, ill in schedule(seed):
        if time.monotonic() > end:
            return
        if only not in mischief.name or (mischief.mount and ground.tree.disk.refusal):
            continue
        line = lines.setdefault(mischief.name, Line())
        try:
            proof, times = _round(ground, mischief, dice, ill=ill)
        except AssertionError as error:  # it took too long, or the supervisor has ended
            line.breaches.append(f"{mischief.name}: {error}")
            out.print(f"  BREACH {mischief.name}: {error}")
            if not ground.tree.living():
                return
            continue
        line.add(proof, times=times)
        _tell(out, time.monotonic() - began, mischief.name, times, proof)


def _round(ground: Ground, mischief: Mischief, dice: Random, *, ill: bool) -> tuple[Proof, int]:
    """One launch with one fault, to its end; drills run beside it at times."""
    manners = (MILD if ill else {}) | dict(mischief.manners)
    for oracle in ground.tree.oracles.values():
        oracle.behave(seed=dice.getrandbits(30), **manners)
    drill: Run | None = ground.run(mode="drill") if dice.random() < 0.3 else None
    run = ground.run()
    times = mischief.do(run, dice)
    proof = run.proof(within=300)
    if drill:
        other = drill.proof(within=300)
        proof.found += other.found
        proof.audits += other.audits
    return proof, times


def _tell(out: Console, passed: float, name: str, times: int, proof: Proof) -> None:
    told = ", ".join(f"{word} {n:,}" for word, n in proof.found.seen.most_common())
    still = f", standstill {proof.standstill:.1f} s" if proof.standstill else ""
    left = f", {proof.open} questions open" if proof.open else ""
    out.print(f"  {passed:5.0f} s  {name} ({times}): {told}{still}{left}, {proof.seconds:.0f} s")
    for breach in proof.found.breaches[:5]:
        out.print(f"          BREACH {breach}")


def _show(lines: dict[str, Line], not_run: str, out: Console) -> None:
    table = Table(*COLUMNS, title=f"What was seen; load {os.getloadavg()[0]:.1f}")
    for mischief in MISCHIEF:
        if line := lines.get(mischief.name):
            table.add_row(mischief.name, *line.cells())
        elif mischief.mount and not_run:
            table.add_row(mischief.name, f"NOT RUN: {not_run}")
    out.print(table)


if __name__ == "__main__":
    typer.run(main)
