"""`python -m benchmarks.console`: how long the largest pages take at the server, what they weigh.

A dispatch with a million deliveries, a registry of a million people, an alert for all of them.
Django's own client asks: middleware, session, database and templates are in the time, the network
is not. What a page asks for afterwards (*board*) is a request of its own.
"""

import gc
import json
import sys
from collections.abc import Callable
from statistics import median, quantiles
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from benchmarks import figures, meter
from benchmarks.stage import Here, Stage

_ERR = Console(stderr=True)
_HEAVY = "board"
"""In the name of what a page asks for afterwards: asked for a few times only."""
_FEW = 3
TITLE = "Benchmark"


def main(
    *,
    deliveries: Annotated[int, typer.Option(min=10_000, help="In one dispatch.")] = 1_000_000,
    people: Annotated[int, typer.Option(min=0, help="In the registry; 0: no pages of it.")] = 0,
    calls: Annotated[int, typer.Option(min=20, help="Of each page.")] = 30,
    boards: Annotated[bool, typer.Option(help="Also what pages ask for afterwards.")] = True,
    here: Annotated[bool, typer.Option(help="In DATABASE_URL; what is made there stays.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the times as JSON.")] = False,
) -> None:
    """Measure milliseconds at the server and kilobytes, of pages made anew and of polls."""
    with Here() if here else Stage(keep=1):
        client, dispatch_id = _ready(deliveries, people)
        gc.set_threshold(50_000, 20, 100)  # as the web process has it
        pages = _pages(client, dispatch_id, middle=deliveries // 2)
        if people:
            pages |= _of_people(client)
        found: dict[str, tuple[list[float], int]] = {}
        for name, ask in pages.items():
            if _HEAVY in name and not boards:
                continue
            weight = len(ask().content)
            found[name] = figures.times(ask, _FEW if _HEAVY in name else calls), weight
    if as_json:
        told = {name: {"ms": times, "bytes": weight} for name, (times, weight) in found.items()}
        sys.stdout.write(json.dumps(told, indent=1) + "\n")
    else:
        _show(found)


def _show(found: dict[str, tuple[list[float], int]]) -> None:
    table = Table(title=f"pages, milliseconds; load {meter.load():.1f}", title_justify="left")
    for head in ("page", "p50", "p95", "calls", "kB"):
        table.add_column(head, justify="left" if head == "page" else "right")
    for name, (times, weight) in found.items():
        high = quantiles(times, n=20)[-1] if len(times) > _FEW else max(times)
        row = (f"{median(times):,.1f}", f"{high:,.1f}", str(len(times)), f"{weight / 1000:.1f}")
        table.add_row(name, *row)
    Console(width=100).print(table)


def _ready(deliveries: int, people: int) -> tuple[Any, int]:
    """What is looked at, made where it is not there yet; a client of somebody who reads it all."""
    from django.test import Client

    from contacts.models import Contact
    from dispatcher.ledger import snapshots
    from dispatcher.ledger.models import Dispatch
    from dispatcher.operators.models import User

    made = Dispatch.objects.order_by("pk").first()
    if made is None:
        _ERR.print(f"  {deliveries:,} deliveries are made …", highlight=False)
        made = Dispatch.objects.get(pk=figures.make(deliveries))
    if people and not Contact.objects.exists():
        from benchmarks import multitude

        _ERR.print(f"  {people:,} people are made …", highlight=False)
        multitude.register(people, keeper="benchmark")
    if not User.objects.filter(username="benchmark").exists():
        _reader(made.pk)
    if people:
        _alerts(User.objects.get(username="benchmark"))
    if snapshots.taken_at(made.pk) is None:
        snapshots.take(made.pk, within=figures.WITHIN)
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(username="benchmark"))
    return client, made.pk


def _reader(dispatch_id: int) -> None:
    """Somebody who reads and writes everything; the dispatch gets an alert and a plan."""
    from dispatcher.alerts.models import Alert
    from dispatcher.fanout import plan
    from dispatcher.ledger.models import Dispatch
    from dispatcher.operators import roster
    from dispatcher.operators.models import User
    from dispatcher.operators.roles import Role

    first = User.objects.filter(memberships__role=Role.ADMIN).first()
    first = first or roster.add_first("sofie.lind", name="Sofie Lind")
    user = roster.add("benchmark", by=first, name="Kenji Watanabe")
    for role in (Role.AUTHOR, Role.REGISTRY_KEEPER):
        roster.grant(user, role, over=["001"], by=first)
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


def _alerts(author: Any) -> None:
    """Two drills for everybody: one that is being written, and one that waits for its offices."""
    from datetime import UTC, datetime

    from dispatcher.alerts import approve, compose
    from dispatcher.alerts.models import Alert
    from dispatcher.cli import story
    from dispatcher.wording import loading

    if Alert.objects.filter(title=TITLE).exists():
        return
    loading.load()
    for submitted in (False, True):
        alert = compose.compose(
            "recall", by=author, mode=Alert.DRILL, title=TITLE, segment="everyone"
        )
        for name, value, region, language in story.facts(datetime.now(UTC).replace(microsecond=0)):
            where = {"name": name, "region": region, "language": language}
            compose.set_fact(alert, by=author, value=value, **where)
            compose.verify_fact(alert, by=author, source="benchmark", **where)
        if submitted:
            approve.submit(alert, by=author)


def _pages(client: Any, dispatch_id: int, *, middle: int) -> dict[str, Callable[[], Any]]:
    from dispatcher.console import shelf

    shelf.REST = 0
    place = f"/dispatches/{dispatch_id}/"

    def anew() -> Any:
        """The living part as it is made when figures have moved."""
        _forget()
        return read(f"{place}live")

    def read(address: str, **headers: str) -> Any:
        return _read(client, address, **headers)

    tag = read(f"{place}live")["ETag"]
    return {
        "live, made anew": anew,
        "live, nothing new": lambda: read(f"{place}live", **{"If-None-Match": tag}),
        "live, whole page": lambda: read(place),
        "report": lambda: read(f"{place}report/"),
        "home": lambda: read("/"),
        "home, its living part": lambda: read("/now"),
        "sent": lambda: read("/dispatches/"),
        "who has not answered": lambda: read(f"{place}unanswered"),
        "… in the middle": lambda: read(f"{place}unanswered?after={middle}"),
        "one person's story": lambda: read(f"{place}people/{middle}"),
        "what stop says": lambda: read(f"{place}stop"),
    }


def _of_people(client: Any) -> dict[str, Callable[[], Any]]:
    """Pages of the registry, and of alerts that are for everybody in it."""
    from dispatcher.alerts.models import Alert

    draft, pending = Alert.objects.filter(title=TITLE).order_by("pk").values_list("pk", flat=True)

    def cold(address: str, **headers: str) -> Callable[[], Any]:
        """As it is opened when nobody has looked at it before."""

        def ask() -> Any:
            _forget()
            return _read(client, address, **headers)

        return ask

    def after(address: str, **headers: str) -> Callable[[], Any]:
        """As it is opened after another board: who is in the audience is known."""

        def ask() -> Any:
            _forget("console:board:*", "console:outgoing:*")
            return _read(client, address, **headers)

        return ask

    asked = {"HX-Request": "true"}
    boards = {
        "count": (f"/alerts/{draft}/audience/count/", asked),
        "words": (f"/alerts/{draft}/words/", asked),
        "how": (f"/alerts/{draft}/how/", asked),
        "check": (f"/alerts/{draft}/check/", asked),
        "what goes out": (f"/alerts/{pending}/?whole=1", {}),
    }
    steps = {
        f"alert: {step}": cold(f"/alerts/{draft}/{step}/")
        for step in ("facts", "audience", "words", "how", "check")
    }
    return {
        "people": lambda: _read(client, "/people/"),
        "people, by name": lambda: _read(client, "/people/?q=maria"),
        "people, by region and role": lambda: _read(client, "/people/?region=DE&role=customer"),
        "one person": lambda: _read(client, "/people/500000/"),
        "freshness": lambda: _read(client, "/people/fresh/"),
        "alerts": lambda: _read(client, "/alerts/"),
        **steps,
        "alert, to be decided": cold(f"/alerts/{pending}/"),
        **{f"board: {name}": cold(address, **told) for name, (address, told) in boards.items()},
        **{
            f"board: {name}, next": after(address, **told)
            for name, (address, told) in boards.items()
        },
        "alert, to be decided, kept": lambda: _read(client, f"/alerts/{pending}/"),
    }


def _read(client: Any, address: str, **headers: str) -> Any:
    answer = client.get(address, headers=headers)
    if answer.status_code not in {200, 304}:
        raise SystemExit(f"{address}: {answer.status_code}")
    return answer


def _forget(*patterns: str) -> None:
    """Pages that were just made, and who is in an audience; nothing else of the memory."""
    from dispatcher.console.valkey import client as valkey

    for pattern in patterns or ("console:*",):
        for key in valkey().scan_iter(pattern, count=1000):
            valkey().delete(key)


if __name__ == "__main__":
    typer.run(main)
