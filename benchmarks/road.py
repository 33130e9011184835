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
CHANNELS = {
    "sms": {"road": "sms"},
    "email": {"road": "email"},
    "push": {"road, FCM": "fcm", "road, Web Push": "webpush"},
}
"""Channel -> column -> whose addresses the people have: push has two kinds, with a carrier each."""
_ERR = Console(stderr=True)


def main(
    *,
    people: Annotated[int, typer.Option(min=100, help="Messages of the road.")] = 20_000,
    plain: Annotated[int, typer.Option(min=0, help="Messages of the plain way; 0: none.")] = 2_000,
    runs: Annotated[int, typer.Option(min=1, help="The table shows medians.")] = 3,
    channel: Annotated[str, typer.Option(help="sms, email or push.")] = "sms",
    receipts: Annotated[bool, typer.Option(help="The road also takes every receipt.")] = False,
    latency_ms: Annotated[
        int, typer.Option(min=0, help="A carrier this slow (the road only).")
    ] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print every run as JSON.")] = False,
) -> None:
    """Measure messages a second and CPU a message, to the sandbox on this machine."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if channel not in CHANNELS:
        raise typer.BadParameter(", ".join(CHANNELS), param_hint="--channel")
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
    from benchmarks import shipped, ways
    from dispatcher.cli import story

    cast, columns = story.cast(), CHANNELS[how["channel"]]
    _say(f"{people:,} people are read into the registry")
    for kind in columns.values():
        tags = {f"{TAG}{kind}": people, f"{crowd.WARM}{kind}": WARM_PEOPLE}
        crowd.register(tags, channel=kind, keeper=cast.keeper, sandbox=stage.sandbox.url)
    whom = {
        column: {"channel": kind, "tag": f"{TAG}{kind}", "warm": f"{crowd.WARM}{kind}"}
        for column, kind in columns.items()
    }
    found: dict[str, list[Any]] = {}
    for number in range(1, runs + 1):
        for column in columns:
            _say(f"run {number} of {runs}: the {column}")
            way = how | whom[column]
            found.setdefault(column, []).append(ways.road(stage, cast=cast, **way))
        if how["receipts"] or how["latency_ms"]:
            continue
        if how["channel"] == "sms":
            _say(f"run {number} of {runs}: the bare client")
            found.setdefault("bare client", []).append(ways.bare(stage))
        for column, kind in columns.items() if plain else ():
            naive = column.replace("road", "plain")
            if package := shipped.missing(kind):
                _say(f"run {number} of {runs}: the {naive} way not: {package} is not installed")
                continue
            _say(f"run {number} of {runs}: the {naive} way")
            run = ways.plain(stage, **whom[column], most=plain, cast=cast)
            found.setdefault(naive, []).append(run)
    return found


def _say(text: str) -> None:
    _ERR.print(f"  {text} …", highlight=False)


if __name__ == "__main__":
    typer.run(main)
