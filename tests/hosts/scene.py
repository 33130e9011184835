"""Two hosts send one drill; one is cut off in the middle. Prints what was seen, as JSON.

A process of its own, so that the tests' database is left alone: `python -m tests.hosts.scene`.
"""

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from benchmarks.stage import Stage
from dispatcher.cli import supervise
from dispatcher.kit import queues
from tests.hosts.network import Host, hosts

PEOPLE, PACE = 1_500, 150
"""Ten seconds of sending: the cut is felt in the middle."""
PATIENCE = 150.0
_TUNED = ("-c", "1", "--without-gossip", "--without-mingle")


def _worker(lane: str, name: str) -> tuple[str, ...]:
    celery = ("-m", "celery", "-A", "dispatcher.conf.celery", "worker", "-Q", lane)
    return supervise.python(*celery, "-n", f"{lane}@{name}", *_TUNED)


def _moved(url: str, near: str, port: int) -> str:
    """The address of a server of ours, as a host sees it."""
    parts = urlsplit(url)
    who, _, _ = parts.netloc.rpartition("@")
    return urlunsplit((parts.scheme, f"{who}@{near}:{port}", parts.path, "", ""))


def _environ(host: Host, ports: Mapping[str, int], home: Path) -> dict[str, str]:
    """The same settings, with the servers at the near end of the host's cable."""
    accounts = home / f"{host.name}.json"
    told = Path(os.environ["DRILL_ACCOUNTS"]).read_text(encoding="utf-8")
    accounts.write_text(told.replace("//127.0.0.1:", f"//{host.near}:"), encoding="utf-8")
    return {
        **os.environ,
        "DATABASE_URL": _moved(os.environ["DATABASE_URL"], host.near, ports["postgres"]),
        "REDIS_URL": _moved(os.environ["REDIS_URL"], host.near, ports["valkey"]),
        "DRILL_ACCOUNTS": str(accounts),
        "SANDBOX_URL": f"http://{host.near}:{ports['sandbox']}",
    }


def _ports(stage: Stage) -> dict[str, int]:
    from django.conf import settings

    return {
        "postgres": int(str(settings.DATABASES["default"]["PORT"])),
        "valkey": urlsplit(os.environ["REDIS_URL"]).port or 0,
        "sandbox": urlsplit(stage.sandbox.url).port or 0,
    }


def play(stage: Stage) -> dict[str, Any]:
    """Launch, cut one host off when a third is out, wait for the end, mend it, count."""
    from benchmarks import people as crowd
    from dispatcher.alerts import launch
    from dispatcher.cli import story
    from dispatcher.ledger import tally

    cast = story.cast()
    crowd.register({"all": PEOPLE}, channel="sms", keeper=cast.keeper)
    stage.sandbox.clear(receipts=False)
    ports = _ports(stage)
    home = stage.group("here")
    with hosts(count=2, ports=tuple(ports.values())) as (first, second):
        groups = [home]
        for host in (first, second):
            group = supervise.Group(
                logs=stage.home / "logs" / host.name,
                environ=_environ(host, ports, stage.home),
            )
            group.start(supervise.Part("worker", host.command(*_worker(queues.ROUTINE, host.name))))
            groups.append(group)
        for lane in (queues.HOUSEKEEPING, queues.RECEIPTS):
            home.start(supervise.Part(lane, _worker(lane, "here")))
        home.start(supervise.beat())
        try:
            alert = crowd.approved("all", cast=cast)
            dispatch = launch.launch(alert, by=cast.author, confirm=launch.words(alert))
            _until(lambda: _taken(stage) >= PEOPLE // 3)
            second.cut()
            cut_at, seen = time.monotonic(), _taken(stage)
            _until(lambda: _over(dispatch.pk))
            took = time.monotonic() - cut_at
            second.mend()
            time.sleep(5)  # what the worker there still has to say
            figures: Counter[str] = Counter()
            for cell in tally.books(dispatch.pk):
                figures[cell.figure] += cell.n
            return {
                "people": PEOPLE,
                "taken_at_the_cut": seen,
                "seconds_to_the_end": round(took, 1),
                "books": dict(figures),
                "off": [list(map(repr, pair)) for pair in tally.audit(dispatch.pk)],
                "unknowns": tally.unknowns(dispatch.pk),
                "copies": Counter(Counter(row["to"] for row in stage.sandbox.taken()).values()),
            }
        finally:
            for group in groups:
                group.stop()


def _taken(stage: Stage) -> int:
    return stage.sandbox.counts("sms").get("taken", 0)


def _over(dispatch_id: int) -> bool:
    """Nothing waits, is in flight, or is openly unknown."""
    from dispatcher.ledger import tally

    moving = {cell.figure for cell in tally.books(dispatch_id)} & {"waiting", "in_flight"}
    return not moving and not tally.unknowns(dispatch_id).get(tally.OPEN)


def _until(check: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not check():
        if time.monotonic() > end:
            raise SystemExit(f"not within {PATIENCE:.0f} s")
        time.sleep(0.2)


if __name__ == "__main__":
    with Stage(keep=4 * PEOPLE) as scene:
        os.environ["DRILL_PACE"] = str(PACE)
        sys.stdout.write(json.dumps(play(scene)))
