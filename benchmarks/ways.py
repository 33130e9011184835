"""The three ways, each run once and measured: the road, the plain one, and the bare client."""

import asyncio
import base64
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import uvloop
from django.conf import settings
from django.db import connection

from benchmarks import meter, plain_setup
from benchmarks.people import WARM, approved, audience
from benchmarks.stage import Stage
from dispatcher.alerts import launch
from dispatcher.cli import story, supervise
from dispatcher.cli.installation import Installation, listening
from dispatcher.fanout import doorbell
from dispatcher.fanout.tracks import CONNECTIONS
from dispatcher.kit import queues
from dispatcher.kit.wire import Pool
from dispatcher.ledger import entries, tally
from dispatcher.ledger.models import Dispatch

PATIENCE = 600.0
"""Seconds for one run."""
CHILDREN = 2
"""Processes of the plain way's worker."""
LISTED_APART = "sandbox"
"""The sink: it stands where a carrier would, so its work is not ours."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of a way came to."""

    messages: int
    seconds: float
    """From the launch to the last message that the carrier accepted."""
    first: float
    """Seconds from the launch to the first one."""
    cpu: Mapping[str, float]
    """Seconds of CPU by group of processes, from the launch to the end of the report."""
    memory: float = 0.0
    """MiB: the most that one worker process ever held."""
    cold: float = 0.0
    """Seconds to the first message when the workers had just been started."""
    latency: float = 0.0
    """Seconds after which the carrier answered."""
    load: float = field(default_factory=meter.load)

    @property
    def quotient(self) -> float:
        """Of connections / latency: 1 when no connection was ever idle from first to last."""
        connections = CONNECTIONS * supervise.SENDERS
        return self.messages / (self.seconds - self.first) * self.latency / connections

    @property
    def each(self) -> dict[str, float]:
        """Microseconds of CPU a message, by group."""
        return {name: 1e6 * spent / self.messages for name, spent in self.cpu.items()}

    @property
    def cost(self) -> float:
        """Microseconds of CPU a message over all our processes."""
        return sum(spent for name, spent in self.each.items() if name != LISTED_APART)

    @property
    def rate(self) -> float:
        """Messages a second."""
        return self.messages / self.seconds


@dataclass(slots=True)
class Own:
    """The CPU that this process spends on a way's behalf: its launch and its report."""

    spent: float = 0.0

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count what happens in the block."""
        before = time.process_time()
        yield
        self.spent += time.process_time() - before


def road(
    stage: Stage,
    *,
    tag: str,
    channel: str,
    receipts: bool,
    latency_ms: int,
    cast: story.Cast,
    warm: str = WARM,
) -> Run:
    """Launch to the people with the tag over the installation as `up` runs it.

    `channel` as in `people.register`; those with the tag `warm` are written to before.
    """
    installation = stage.installation()
    installation.start()
    try:
        cold = _warm(stage, channel=channel, cast=cast, tag=warm)
        stage.sandbox.clear(receipts=receipts, latency_ms=latency_ms)
        run = _road(stage, installation, tag, channel, receipts=receipts, cold=cold, cast=cast)
        return replace(run, latency=latency_ms / 1000)
    finally:
        installation.stop()


def _road(
    stage: Stage,
    installation: Installation,
    tag: str,
    channel: str,
    *,
    receipts: bool,
    cold: float,
    cast: story.Cast,
) -> Run:
    people = [person.address for person in audience(tag, channel=channel)]
    alert = approved(tag, cast=cast)
    assert installation.group
    groups = _groups(installation.group.pids) | stage.servers
    own, before, began = Own(), meter.cpu(groups), time.time()
    with own.counted():
        dispatch = launch.launch(alert, by=cast.author, confirm=launch.words(alert))
    _await_taken(stage, channel, len(people))
    wanted = "delivered" if receipts else "handed_over"
    _until(lambda: _figures(dispatch)[wanted] >= len(people))
    with own.counted():
        entries.finish()
        books = _figures(dispatch)
    cpu = _spent(before, meter.cpu(groups), own)
    memory = max(meter.peak(pid) for pid in groups["workers"])
    taken = stage.sandbox.taken()
    _check(people, taken, books, {wanted: len(people)})
    first, last = _times(taken, began=began)
    return Run(len(people), last, first, cpu, memory=memory, cold=cold)


def _warm(stage: Stage, *, channel: str, cast: story.Cast, tag: str = WARM) -> float:
    """Send to a few until every child has loaded the SDK; seconds to the very first message."""
    stage.sandbox.clear(receipts=False)
    count = len(audience(tag, channel=channel))
    cold = 0.0
    for total in (count, 2 * count):
        alert = approved(tag, cast=cast)
        began = time.time()
        dispatch = launch.launch(alert, by=cast.author, confirm=launch.words(alert))
        for _ in range(supervise.PROCESSES[dispatch.lane]):
            doorbell.ring(dispatch.lane)
        _await_taken(stage, channel, total)
        cold = cold or _times(stage.sandbox.taken(), began=began)[0]
    _until(lambda: _figures(dispatch)["handed_over"] >= count)
    return cold


def _figures(dispatch: Dispatch) -> Counter[str]:
    figures: Counter[str] = Counter()
    for cell in tally.books(dispatch.id):
        figures[cell.figure] += cell.n
    return figures


def plain(stage: Stage, *, tag: str, channel: str, most: int, cast: story.Cast, warm: str) -> Run:
    """One task a recipient for the first `most` people with the tag; else as `road`."""
    alert = approved(tag, cast=cast)
    first = audience(warm, channel=channel)
    people = first + audience(tag, channel=channel)[:most]
    setup, errands = plain_setup.prepare(people, alert, kind=channel, home=stage.home)
    os.environ["PLAIN_SETUP"] = str(setup)
    group = stage.group("plain")
    worker = ("-m", "celery", "-A", "benchmarks.plain", "worker", "-Q", "plain", "-n", "plain@%h")
    tuned = ("-c", str(CHILDREN), "--without-gossip", "--without-mingle", "--without-heartbeat")
    from benchmarks import plain as tasks  # it reads the setup as it is imported

    try:
        group.start(supervise.Part("plain", supervise.python(*worker, *tuned)))
        group.wait(lambda: "plain" in listening(tasks.app), name="plain")
        warm_up, meant = errands[: len(first)], errands[len(first) :]
        return _plain(stage, group, tasks.tell, warm_up, meant, channel=channel)
    finally:
        group.stop()


def _plain(
    stage: Stage,
    group: supervise.Group,
    tell: Any,
    warm: Sequence[plain_setup.Errand],
    errands: Sequence[plain_setup.Errand],
    *,
    channel: str,
) -> Run:
    stage.sandbox.clear(receipts=False)
    _enqueue(tell, warm)
    _until(lambda: _statuses()["handed_over"] >= len(warm))
    stage.sandbox.clear(receipts=False)
    groups = {"workers": list(group.pids.values())} | stage.servers
    own, before, began = Own(), meter.cpu(groups), time.time()
    with own.counted():
        _enqueue(tell, errands)
    _await_taken(stage, channel, len(errands))
    done = len(warm) + len(errands)
    _until(lambda: _statuses()["handed_over"] >= done)
    with own.counted():
        statuses = _statuses()
    cpu = _spent(before, meter.cpu(groups), own)
    memory = max(meter.peak(pid) for pid in groups["workers"])
    taken = stage.sandbox.taken()
    _check([errand.address for errand in errands], taken, statuses, {"handed_over": done})
    first, last = _times(taken, began=began)
    return Run(len(errands), last, first, cpu, memory=memory)


def _enqueue(tell: Any, errands: Iterable[plain_setup.Errand]) -> None:
    for one in errands:
        tell.delay(
            row=one.row,
            to=one.to,
            locale=one.locale,
            context=one.context,
            region=one.region,
            name=one.name,
        )


def _statuses() -> Counter[str]:
    """The plain way's report: the same figures, by language and region."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select status, locale, region, count(*) from plain_message group by 1, 2, 3"
        )
        figures: Counter[str] = Counter()
        for status, _, _, n in cursor.fetchall():
            figures[status] += n
    return figures


def bare(stage: Stage) -> Run:
    """The last way's own requests again, ready made, through the road's pool and nothing else."""
    account = next(one for one in settings.CARRIERS["drill"].values() if one["carrier"] == "twilio")
    bodies = [urlencode(row["fields"]).encode() for row in stage.sandbox.taken()]
    people = [row["to"] for row in stage.sandbox.taken()]
    stage.sandbox.clear(receipts=False)
    own, groups = Own(), {LISTED_APART: stage.servers[LISTED_APART]}
    before, began = meter.cpu(groups), time.time()
    with own.counted():
        uvloop.run(_post(bodies, account))
    cpu = _spent(before, meter.cpu(groups), own)
    taken = stage.sandbox.taken()
    _check(people, taken, Counter(), {})
    first, last = _times(taken, began=began)
    return Run(len(bodies), last, first, cpu)


async def _post(bodies: Sequence[bytes], account: Mapping[str, str]) -> None:
    """As many requests in flight as the road has."""
    key = f"{account['account_sid']}:{account['auth_token']}".encode()
    url = f"{account['base_url']}/2010-04-01/Accounts/{account['account_sid']}/Messages.json"
    headers = {
        "Authorization": "Basic " + base64.b64encode(key).decode(),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    waiting = iter(bodies)

    async def line(wire: Pool) -> None:
        for body in waiting:
            answer = await wire.ask("POST", url, headers=headers, body=body)
            assert answer.status == 201, answer.body

    async with Pool() as wire, asyncio.TaskGroup() as group:
        for _ in range(CONNECTIONS):
            group.create_task(line(wire))


def _groups(pids: Mapping[str, int]) -> dict[str, list[int]]:
    """The installation's processes: lanes that send, lanes that watch and mend, and the rest."""
    lanes = {name.partition("-")[2]: pid for name, pid in pids.items() if "worker-" in name}
    senders = [lanes.pop(queues.CRITICAL), lanes.pop(queues.ROUTINE)]
    kept = {"workers": senders, "housekeeping": list(lanes.values())}
    return kept | {name: [pids[name]] for name in ("beat", "web", "door")}


def _spent(before: Mapping[str, float], after: Mapping[str, float], own: Own) -> dict[str, float]:
    return {name: after[name] - before[name] for name in before} | {"launch": own.spent}


def _await_taken(stage: Stage, channel: str, count: int) -> None:
    _until(lambda: stage.sandbox.counts(channel).get("taken", 0) >= count)


def _until(check: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not check():
        if time.monotonic() > end:
            raise SystemExit(f"a run did not end within {PATIENCE:.0f} s")
        time.sleep(0.1)


def _times(taken: Sequence[Mapping[str, Any]], *, began: float) -> tuple[float, float]:
    """Seconds from the launch to the first and the last acceptance, by the sink's clock."""
    times = [datetime.fromisoformat(row["at"]).timestamp() - began for row in taken]
    return min(times), max(times)


def _check(
    people: Sequence[str],
    taken: Sequence[Mapping[str, Any]],
    figures: Counter[str],
    wanted: Mapping[str, int],
) -> None:
    """Exactly once to each, and the books say the same; else no number is worth anything."""
    if Counter(row["to"] for row in taken) != Counter(people):
        raise SystemExit(f"{len(taken)} messages were taken, not one for each of {len(people)}")
    if +figures != Counter(wanted):
        raise SystemExit(f"the report says {dict(figures)}, not {dict(wanted)}")
