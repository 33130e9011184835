"""A look in the words of Prometheus: names with a sentence each, and few labels.

No label is a person, an address, a dispatch or a delivery: the number of series stays in the
hundreds however long the program runs.
"""

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from dispatcher.ledger.tally import FIGURES
from dispatcher.ledger.watch import Ledger
from dispatcher.providers.breaker import State
from dispatcher.watching.look import Account, Broker, Seen

KIND = CONTENT_TYPE_PLAIN_1_0_0
"""The media type of `exposed`."""
MODES = ("drill", "real")
Labels = tuple[str, ...]
Rows = Iterable[tuple[Labels, float]]


def exposed(seen: Seen) -> bytes:
    """The whole page."""
    registry = CollectorRegistry()
    registry.register(_Look(seen))
    return generate_latest(registry)


def names() -> set[str]:
    """Every name under which a sample may appear; for the tests of dashboards and alerts."""
    return {
        f"{family.name}_total" if family.type == "counter" else family.name
        for family in _families(None)
    }


class _Look(Collector):
    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    def collect(self) -> Iterator[Metric]:
        return _families(self._seen)


def _families(seen: Seen | None) -> Iterator[Metric]:
    """All metrics; with None only their names."""
    ledger, broker = (seen.ledger, seen.broker) if seen else (None, None)
    yield _gauge(
        "dispatcher_reachable",
        "1 when the server answered: without the database or the broker their figures are missing.",
        ("part",),
        [(("database",), float(ledger is not None)), (("broker",), float(broker is not None))],
    )
    yield _gauge(
        "dispatcher_ledger_age_seconds",
        "For how long the ledger's figures have been so: 0, or a few seconds where it is large.",
        (),
        [((), seen.age)] if seen and seen.ledger else [],
    )
    yield from _of_ledger(ledger)
    yield from _of_broker(broker)


def _of_ledger(ledger: Ledger | None) -> Iterator[Metric]:
    yield _gauge(
        "dispatcher_dispatches",
        "Dispatches by state: enlisting, running, paused, stopped, complete.",
        ("mode", "state"),
        [((one.mode, one.state), one.n) for one in ledger.dispatches] if ledger else [],
    )
    yield _gauge(
        "dispatcher_deliveries",
        "The books of all dispatches that are open or were completed within the hour: "
        + ", ".join(FIGURES)
        + ".",
        ("mode", "channel", "figure"),
        [((one.mode, one.channel, one.figure), one.n) for one in ledger.figures] if ledger else [],
    )
    yield _gauge(
        "dispatcher_backlog_age_seconds",
        "For how long the message waits that has been due the longest in the lane; 0: none is due.",
        ("lane",),
        [((lane,), ledger.backlog.get(lane, 0.0)) for lane in ("critical", "routine")]
        if ledger
        else [],
    )
    open_ones = {one.mode: one for one in ledger.unknowns} if ledger else {}
    yield _gauge(
        "dispatcher_unknowns_open",
        "Messages that a carrier may or may not have taken, and that are still asked about.",
        ("mode",),
        [((mode,), open_ones[mode].n if mode in open_ones else 0) for mode in MODES]
        if ledger
        else [],
    )
    yield _gauge(
        "dispatcher_unknowns_age_seconds",
        "Age of the oldest of them; 0: there is none.",
        ("mode",),
        [((mode,), open_ones[mode].age if mode in open_ones else 0.0) for mode in MODES]
        if ledger
        else [],
    )
    yield _gauge(
        "dispatcher_books_broken",
        "Dispatches whose books did not add up when they were proven last: an alarm.",
        (),
        [((), ledger.broken)] if ledger else [],
    )
    yield _gauge(
        "dispatcher_books_proven_age_seconds",
        "Age of the oldest last proof of an open dispatch's books.",
        (),
        [((), ledger.proven)] if ledger and ledger.proven is not None else [],
    )


def _of_broker(broker: Broker | None) -> Iterator[Metric]:
    beat = broker.pulse.beat if broker else None
    yield _gauge(
        "dispatcher_beat_age_seconds",
        "Since beat's last tick was heard; missing: never.",
        (),
        [((), beat)] if beat is not None else [],
    )
    yield _gauge(
        "dispatcher_workers",
        "Workers that spoke within 15 seconds.",
        ("lane",),
        [((lane,), n) for lane, n in broker.pulse.workers.items()] if broker else [],
    )
    yield from _of_accounts(broker.accounts if broker else ())
    yield _counter(
        "dispatcher_receipts",
        "Verified receipts by what they came to: new, repeated, stray, foreign.",
        ("outcome",),
        [((name,), n) for name, n in broker.outcomes.items()] if broker else [],
    )
    yield _counter(
        "dispatcher_receipts_from",
        "Verified receipts by carrier.",
        ("carrier",),
        [((name,), n) for name, n in broker.carriers.items()] if broker else [],
    )
    lag = [(name.rpartition(":"), n) for name, n in broker.lag.items()] if broker else []
    for unit, about in (
        ("seconds", "Seconds from the carrier's time of an event to ours, summed"),
        ("count", "Receipts in that sum: those whose carrier tells a time"),
    ):
        yield _counter(
            f"dispatcher_receipts_lag_{unit}",
            f"{about}.",
            ("carrier",),
            [((name,), n) for (name, _, of), n in lag if of == unit],
        )
    yield _counter(
        "dispatcher_forged",
        "Requests at our doors that nobody of ours signed.",
        ("carrier",),
        [((name,), n) for name, n in broker.forged.items()] if broker else [],
    )


def _of_accounts(accounts: Iterable[Account]) -> Iterator[Metric]:
    accounts = list(accounts)
    labels = ("mode", "account", "carrier")
    yield _gauge(
        "dispatcher_account_pace",
        "Messages a second that the account may be asked for, over all workers.",
        labels,
        [((one.mode, one.name, one.carrier), one.pace) for one in accounts],
    )
    yield _gauge(
        "dispatcher_breaker",
        "1 for the state in which the account's breaker is: closed, open, half_open.",
        (*labels, "state"),
        [
            ((one.mode, one.name, one.carrier, state.value), float(one.breaker is state))
            for one in accounts
            for state in State
        ],
    )


def _gauge(name: str, about: str, labels: Labels, rows: Rows) -> Metric:
    family = GaugeMetricFamily(name, about, labels=labels)
    for values, n in rows:
        family.add_metric(values, n)
    return family


def _counter(name: str, about: str, labels: Labels, rows: Rows) -> Metric:
    family = CounterMetricFamily(name, about, labels=labels)
    for values, n in rows:
        family.add_metric(values, n)
    return family
