"""`./dispatch soak`: launches all the time, a random fault in each, and a table of what was seen.

The order of the faults, their moments and the carriers' manners follow from the seed; how far a
launch has come at a moment does not quite. Exit codes: 0 no breach, 1 a breach, 2 wrong arguments.
"""

import sys
import time
from random import Random
from typing import Annotated

import typer
from rich.console import Console

from tests.faults.lines import Line, console, show
from tests.faults.mischief import MILD, MISCHIEF, Mischief, schedule
from tests.faults.proving import Ground, Proof, Run
from tests.faults.tree import Tree

SHARES = {"sms": 0.62, "email": 0.3, "fcm": 0.04, "browser": 0.04}
"""Of all people."""
LASTS = 8.0
"""Seconds that a launch takes by its pace, so that it can be met in the middle."""
END = "all launches, looked at once more"


def main(
    *,
    minutes: Annotated[float, typer.Option(min=0.1, help="The last launch is finished.")] = 10.0,
    seed: Annotated[int, typer.Option(help="Order, moments and manners follow from it.")] = 1,
    people: Annotated[int, typer.Option(min=100, help="In each launch.")] = 2_000,
    only: Annotated[str, typer.Option(help="Faults whose name holds this text.")] = "",
) -> None:
    """Harm an installation of its own for some minutes, and say what was seen."""
    out = console(wide=not sys.stdout.isatty())
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
    unmounted = {one.name: not_run for one in MISCHIEF if one.mount and not_run}
    out.print(f"soak: seed {seed}, {minutes:g} min, {people} people a launch")
    show({name: lines[name] for name in sorted(lines, key=_place)}, unmounted, out)
    raise typer.Exit(1 if any(line.breaches for line in lines.values()) else 0)


def _place(name: str) -> int:
    """Where a fault stands in the list of all."""
    return next((n for n, one in enumerate(MISCHIEF) if one.name == name), len(MISCHIEF))


def _soak(
    ground: Ground, minutes: float, seed: int, only: str, lines: dict[str, Line], out: Console
) -> None:
    end, began = time.monotonic() + 60 * minutes, time.monotonic()
    for mischief, dice, ill in schedule(seed):
        if time.monotonic() > end:
            break
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
            ground.tree.disk.free()
            continue
        line.add(proof, times=times)
        _tell(out, time.monotonic() - began, mischief.name, times, proof)
    lines.setdefault(END, Line()).breaches += ground.last_look().breaches


def _round(ground: Ground, mischief: Mischief, dice: Random, *, ill: bool) -> tuple[Proof, int]:
    """One launch with one fault, to its end; drills run beside it at times."""
    manners = (MILD if ill else {}) | dict(mischief.manners)
    for oracle in ground.tree.oracles.values():
        oracle.behave(seed=dice.getrandbits(30), **manners)
    drill: Run | None = ground.run(mode="drill") if dice.random() < 0.3 else None
    run = ground.run()
    times = mischief.do(run, dice)
    if drill:
        drill.settle()  # before the clocks move: its leases are as long as they are
    proof = run.proof()
    if drill:
        proof += drill.proof()
    return proof, times


def _tell(out: Console, passed: float, name: str, times: int, proof: Proof) -> None:
    told = ", ".join(f"{word} {n:,}" for word, n in proof.found.seen.most_common())
    still = f", standstill {proof.standstill:.1f} s" if proof.standstill else ""
    out.print(f"  {passed:5.0f} s  {name} ({times}): {told}{still}, {proof.seconds:.0f} s")
    for breach in proof.found.breaches[:5]:
        out.print(f"          BREACH {breach}")


if __name__ == "__main__":
    typer.run(main)
