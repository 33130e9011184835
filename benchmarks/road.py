"""`./dispatch bench road`: the road against the plain way and the bare client, in one run.

The servers are our own and durable, the workers are those of `./dispatch up`, and the carrier is
the sandbox in a process of its own. docs/benchmarks.md says what is measured and how.
"""

import json
import platform
import signal
import sys
from typing import Annotated, Any

import typer
from rich.console import Console

from benchmarks.stage import Stage

TAG = "everybody"
WARM_PEOPLE = 200
_ERR = Console(stderr=True)


def main(
    *,
    people: Annotated[int, typer.Option(min=100, help="Messages of the road.")] = 20_000,
    plain: Annotated[int, typer.Option(min=0, help="Messages of the plain way; 0: none.")] = 2_000,
    runs: Annotated[int, typer.Option(min=1, help="The table shows medians.")] = 3,
    channel: Annotated[str, typer.Option(help="sms, or email (the road only).")] = "sms",
    receipts: Annotated[bool, typer.Option(help="The road also takes every receipt.")] = False,
    latency_ms: Annotated[
        int, typer.Option(min=0, help="A carrier this slow (the road only).")
    ] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print every run as JSON.")] = False,
) -> None:
    """Measure messages a second and CPU a message, to the sandbox on this machine."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if channel not in ("sms", "email"):
        raise typer.BadParameter("sms or email", param_hint="--channel")
    with Stage(keep=2 * people + 10_000) as stage:
        from benchmarks import table  # Django reads the stage's addresses as it is imported

        how = {"channel": channel, "receipts": receipts, "latency_ms": latency_ms}
        found = _measure(stage, people=people, plain=plain, runs=runs, how=how)
        if as_json:
            about = {"python": platform.python_version(), "postgres": stage.postgres}
            sys.stdout.write(
                json.dumps(about | how | {"ways": table.plain(found)}, indent=1) + "\n"
            )
        else:
            kind = "with every receipt" if receipts else "without receipts"
            kind += f", answers after {latency_ms} ms" if latency_ms else ""
            table.show(f"{channel}, {kind}; PostgreSQL {stage.postgres}; median of {runs}", found)


def _measure(
    stage: Stage, *, people: int, plain: int, runs: int, how: dict[str, Any]
) -> dict[str, list[Any]]:
    from benchmarks import people as crowd
    from benchmarks import ways
    from dispatcher.cli import story

    cast = story.cast()
    _say(f"{people:,} people are read into the registry")
    crowd.register(
        {TAG: people, crowd.WARM: WARM_PEOPLE}, channel=how["channel"], keeper=cast.keeper
    )
    found: dict[str, list[Any]] = {}
    for number in range(1, runs + 1):
        _say(f"run {number} of {runs}: the road")
        found.setdefault("road", []).append(ways.road(stage, tag=TAG, cast=cast, **how))
        if how["channel"] == "email" or how["receipts"] or how["latency_ms"]:
            continue
        _say(f"run {number} of {runs}: the bare client")
        found.setdefault("bare client", []).append(ways.bare(stage))
        if plain:
            _say(f"run {number} of {runs}: the plain way")
            found.setdefault("plain", []).append(ways.plain(stage, tag=TAG, most=plain, cast=cast))
    return found


def _say(text: str) -> None:
    _ERR.print(f"  {text} …", highlight=False)


if __name__ == "__main__":
    typer.run(main)
