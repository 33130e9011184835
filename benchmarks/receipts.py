"""`./dispatch bench receipts`: the receipts' door, beside the same door as a plain Django view.

Signed receipts come from a process of their own, as carriers send them; each is answered after the
commit that holds it, and afterwards the books are counted. docs/benchmarks.md says more.
"""

import json
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from benchmarks import meter
from benchmarks.stage import Stage
from dispatcher.cli import supervise
from dispatcher.cli.installation import answers
from dispatcher.kit.local import home as ours

SIZE = 500
"""Deliveries of a batch."""
BUNDLE = 100
"""SendGrid's events in a request."""
_ERR = Console(stderr=True)


@dataclass(frozen=True, slots=True)
class Run:
    """What one storm came to."""

    receipts: int
    seconds: float
    p50: float
    p99: float
    worst: float
    cpu: Mapping[str, float]
    """Seconds of CPU, by group of processes."""

    @property
    def rate(self) -> float:
        """Receipts a second."""
        return self.receipts / self.seconds

    def each(self, group: str) -> float:
        """Microseconds of CPU a receipt."""
        return 1e6 * self.cpu.get(group, 0.0) / self.receipts


def main(
    *,
    receipts: Annotated[int, typer.Option(min=1000, help="Of each storm at the door.")] = 20_000,
    plain: Annotated[int, typer.Option(min=500, help="At the plain view.")] = 2_000,
    rate: Annotated[int, typer.Option(min=100, help="Of the open storm, a second.")] = 4_000,
    connections: Annotated[int, typer.Option(min=1, help="Of the carrier.")] = 128,
    runs: Annotated[int, typer.Option(min=1, help="The table shows medians.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Print every run as JSON.")] = False,
) -> None:
    """Measure receipts a second, their time to the answer, and CPU a receipt."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with Stage(keep=1000) as stage:
        doors = _Doors(stage)
        try:
            ways: dict[str, Callable[[], Run]] = {
                "door, closed": lambda: doors.storm("door", receipts, connections),
                f"door, {rate:,}/s": lambda: doors.storm("door", receipts, connections, rate=rate),
                f"e-mail, {BUNDLE} a request": lambda: doors.letters(receipts, connections),
                "plain view": lambda: doors.storm("web", plain, connections),
                "climb alone": lambda: doors.climb(receipts),
            }
            found = {name: [_told(name, way) for _ in range(runs)] for name, way in ways.items()}
        finally:
            doors.stop()
        if as_json:
            told = {
                name: [asdict(run) | {"rate": run.rate} for run in of] for name, of in found.items()
            }
            about = {"python": platform.python_version(), "postgres": stage.postgres}
            sys.stdout.write(json.dumps(about | {"ways": told}, indent=1) + "\n")
        else:
            _show(found, f"receipts; PostgreSQL {stage.postgres}; median of {runs}")


def _told(name: str, way: Callable[[], Run]) -> Run:
    _ERR.print(f"  {name} …", highlight=False)
    return way()


class _Doors:
    """The door and the web process of `./dispatch up`, on the stage's servers."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._groups = {
            "door": _started(stage, "door", supervise.door, path="livez"),
            "web": _started(stage, "web", supervise.web, path="health"),
        }
        for _ in range(2):
            for name in self._groups:
                self.storm(name, 500, 16)  # until SDKs are loaded and plans are made

    def stop(self) -> None:
        """End both."""
        for _, group in self._groups.values():
            group.stop()

    def storm(self, name: str, receipts: int, connections: int, *, rate: float = 0.0) -> Run:
        """Twilio's callbacks, one receipt each; open at a rate, else closed."""
        from django.conf import settings

        token = settings.CARRIERS["drill"]["sandbox-twilio"]["auth_token"]
        return self._storm(name, receipts, connections, token=token, rate=rate)

    def letters(self, receipts: int, connections: int) -> Run:
        """SendGrid's events, many in a request."""
        return self._storm("door", receipts, connections, bundle=BUNDLE)

    def climb(self, receipts: int) -> Run:
        """What was verified, onto the books, a thousand at a time."""
        from dispatcher.ledger.climb import climb
        from dispatcher.ledger.facts import Rank, Receipt

        told = [
            Receipt(
                f"SM{n:032x}:delivered:", n, 1, "twilio", Rank.DELIVERED, carrier_id=f"SM{n:032x}"
            )
            for batch in _sent(receipts)
            for n in range(batch * 1024, batch * 1024 + SIZE)
        ]
        own, groups = time.process_time(), {"postgres": self._stage.servers["postgres"]}
        before, began = meter.cpu(groups), time.monotonic()
        for start in range(0, len(told), 1000):
            climb(told[start : start + 1000], mode="drill")
        seconds = time.monotonic() - began
        cpu = _less(meter.cpu(groups), before) | {"climbing": time.process_time() - own}
        _check(len(told))
        return Run(len(told), seconds, 0.0, 0.0, 0.0, cpu)

    def _storm(self, name: str, receipts: int, connections: int, **told: Any) -> Run:
        url, group = self._groups[name]
        storm = {"url": url, "token": "", "batches": _sent(receipts), "size": SIZE} | told
        asked = json.dumps(storm | {"connections": connections})
        groups = {name: list(group.pids.values())} | self._stage.servers
        before = meter.cpu(groups)
        blown = subprocess.run(
            [sys.executable, "-m", "benchmarks.storm", asked], check=True, capture_output=True
        )
        found = json.loads(blown.stdout)
        cpu = _less(meter.cpu(groups), before)
        requests = receipts // told.get("bundle", 1)
        if found["statuses"] != {"204": requests}:
            raise SystemExit(f"the {name} answered {found['statuses']}, not {requests} times 204")
        _check(receipts)
        times = sorted(found["times"])
        return Run(
            receipts,
            found["seconds"],
            times[len(times) // 2],
            times[len(times) * 99 // 100],
            times[-1],
            cpu,
        )


def _started(
    stage: Stage, name: str, part: Callable[..., supervise.Part], *, path: str
) -> tuple[str, supervise.Group]:
    port = ours.free_port()
    url = f"http://127.0.0.1:{port}"
    group = supervise.Group(
        logs=stage.home / "logs" / name, environ=dict(os.environ) | {"HOOKS_URL": url}
    )
    group.start(part(host="127.0.0.1", port=port))
    group.wait(lambda: answers(f"{url}/{path}"), name=name)
    return url, group


def _less(after: Mapping[str, float], before: Mapping[str, float]) -> dict[str, float]:
    return {name: spent - before[name] for name, spent in after.items()}


def _sent(receipts: int) -> list[int]:
    """A dispatch of which so many were handed over; its batches."""
    from django.db import connection

    batches = receipts // SIZE
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into ledger_dispatch (alert_ref, number, mode, scenario, part, severity, lane,
                launched_by, launched_at, cutoff_at, expires_at, plan, state, targeted)
            values (gen_random_uuid()::text, 'B', 'drill', 'recall', 'first', 'urgent', 'routine',
                'mina', now(), now(), now() + interval '1 day', '{}', 'running', %s)
            returning id""",
            [batches * SIZE],
        )
        [[dispatch]] = cursor.fetchall()
        cursor.execute(
            """insert into ledger_batch (dispatch_id, channel, account, wording_id, language, match,
                region, time_zone, due_at, size, contact_ids, address_ids)
            select %(dispatch)s, 'sms', 'sandbox-twilio', 1, 'de', 'exact', 'DE', 'Europe/Berlin',
                now(), %(size)s, places, places
            from generate_series(1, %(batches)s), lateral (
                select array_agg(n) as places from generate_series(1, %(size)s) n) p
            returning id""",
            {"dispatch": dispatch, "size": SIZE, "batches": batches},
        )
        found = [batch for (batch,) in cursor.fetchall()]
        cursor.execute(
            "update ledger_batch set state = 'done', cursor = size, settled = size"
            " where dispatch_id = %s",
            [dispatch],
        )
        cursor.execute(
            """insert into ledger_delivery (id, dispatch_id, contact_id, address_id, standing,
                carrier, carrier_id, written_at, handed_at)
            select b * 1024 + n - 1, %s, n, n, 120, 'twilio',
                'SM' || lpad(to_hex(b * 1024 + n - 1), 32, '0'), now(), now()
            from unnest(%s::bigint[]) b, generate_series(1, %s) n""",
            [dispatch, found, SIZE],
        )
        cursor.execute("vacuum analyze ledger_delivery, ledger_receipt, ledger_delta")
    return found


def _check(receipts: int) -> None:
    """Each is on the books, once; else no number is worth anything."""
    from dispatcher.ledger import tally
    from dispatcher.ledger.models import Dispatch

    newest = Dispatch.objects.latest("id")
    figures = {cell.figure: cell.n for cell in tally.books(newest.id)}
    if figures.get("delivered") != receipts or tally.audit(newest.id):
        raise SystemExit(f"the books say {figures}, not {receipts} delivered")


def _show(found: Mapping[str, Sequence[Run]], title: str) -> None:
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for name in found:
        table.add_column(name, justify="right")
    rows: list[tuple[str, Callable[[Run], float]]] = [
        ("receipts a second", lambda run: run.rate),
        ("answered after, p50, ms", lambda run: 1000 * run.p50),
        ("p99, ms", lambda run: 1000 * run.p99),
        ("longest, ms", lambda run: 1000 * run.worst),
        ("CPU a receipt, µs: door or view", lambda run: run.each("door") + run.each("web")),
        ("  climbing, apart", lambda run: run.each("climbing")),
        ("  PostgreSQL", lambda run: run.each("postgres")),
    ]
    for label, figure in rows:
        middles = [median(map(figure, runs)) for runs in found.values()]
        table.add_row(label, *(f"{middle:,.0f}" if middle else "" for middle in middles))
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
