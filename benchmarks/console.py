"""`python -m benchmarks.console`: how long the pages of a large dispatch take at the server.

Django's own client asks: middleware, session, database and templates are in the time, the network
is not.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Annotated, Any

import typer
from rich.console import Console

from benchmarks import figures
from benchmarks.stage import Stage

_ERR = Console(stderr=True)


def main(
    *,
    deliveries: Annotated[int, typer.Option(min=10_000, help="In one dispatch.")] = 1_000_000,
    calls: Annotated[int, typer.Option(min=20, help="Of each page.")] = 40,
    as_json: Annotated[bool, typer.Option("--json", help="Print the times as JSON.")] = False,
) -> None:
    """Measure milliseconds at the server, of pages made anew and of polls without news."""
    with Stage(keep=1):
        from dispatcher.ledger import snapshots

        _ERR.print(f"  {deliveries:,} deliveries are made …", highlight=False)
        dispatch_id = figures.make(deliveries)
        client = _reader(dispatch_id)
        snapshots.take(dispatch_id, within=figures.WITHIN)
        pages = _pages(client, dispatch_id, middle=deliveries // 2)
        found = {name: figures.times(ask, calls) for name, ask in pages}
    if as_json:
        sys.stdout.write(json.dumps({"deliveries": deliveries, "ms": found}, indent=1) + "\n")
    else:
        figures.show(found, deliveries=deliveries)


def _reader(dispatch_id: int) -> Any:
    """A client of somebody who reads everything; the dispatch gets an alert and a plan."""
    from django.test import Client

    from dispatcher.alerts.models import Alert
    from dispatcher.fanout import plan
    from dispatcher.ledger.models import Dispatch
    from dispatcher.operators import roster
    from dispatcher.operators.roles import Role

    first = roster.add_first("sofie.lind", name="Sofie Lind")
    user = roster.add("kenji.watanabe", by=first, name="Kenji Watanabe")
    roster.grant(user, Role.AUTHOR, over=["001"], by=first)
    alert = Alert.objects.create(
        scenario="recall", part="first", mode="drill", title="Oats", scope=["001"], author=user,
        fallback="default_language", default_language="en", state="launched",
    )  # fmt: skip
    whole = plan.Plan(
        "", None, ("001",), "safety", (), (), "default_language", "en",
        plan.Target(900, 95, figures.WITHIN),
    )  # fmt: skip
    Dispatch.objects.filter(pk=dispatch_id).update(
        plan=plan.freeze(whole), alert_ref=f"alert:{alert.pk}", number=alert.number
    )
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client


def _pages(client: Any, dispatch_id: int, *, middle: int) -> list[tuple[str, Callable[[], object]]]:
    from dispatcher.console import shelf

    shelf.REST = 0
    place = f"/dispatches/{dispatch_id}/"

    def anew() -> object:
        """The living part as it is made when figures have moved."""
        from dispatcher.console.valkey import client as valkey

        valkey().flushdb()
        return read(f"{place}live")

    def read(address: str, **headers: str) -> Any:
        answer = client.get(address, headers=headers)
        if answer.status_code not in {200, 304}:
            raise SystemExit(f"{address}: {answer.status_code}")
        return answer

    tag = read(f"{place}live")["ETag"]
    began = time.perf_counter()
    weight = len(read(place).content)
    took = time.perf_counter() - began
    _ERR.print(f"  the live page: {weight:,} bytes, {took:.2f} s at first", highlight=False)
    return [
        ("live, made anew", anew),
        ("live, nothing new", lambda: read(f"{place}live", **{"If-None-Match": tag})),
        ("live, whole page", lambda: read(place)),
        ("home", lambda: read("/")),
        ("home, its living part", lambda: read("/now")),
        ("who has not answered", lambda: read(f"{place}unanswered")),
        ("… in the middle", lambda: read(f"{place}unanswered?after={middle}")),
        ("one person's story", lambda: read(f"{place}people/{middle}")),
        ("what stop says", lambda: read(f"{place}stop")),
    ]


if __name__ == "__main__":
    typer.run(main)
