"""Verified receipts go onto the books: requests that come together commit together."""

import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future

import structlog
from django.db import Error, close_old_connections

from contacts import consent
from dispatcher.kit.counters import COUNTERS
from dispatcher.kit.tracing import span
from dispatcher.ledger.climb import Climbed, climb
from dispatcher.ledger.facts import Receipt
from dispatcher.ledger.models import Delivery
from dispatcher.providers.routing import MODES, Mode

log = structlog.get_logger(__name__)

OUTCOMES, FROM, LAG = "receipts", "receipts_from", "receipts_lag"
"""The counters' groups: what receipts came to, who sent them, how late they were."""

GATHER = 0.004
"""Seconds for which the first request waits for company: one commit for many callbacks, and far
below a carrier's patience (15 s)."""
MOST = 2_000
"""Receipts in one transaction."""


_Request = tuple[Mode, Sequence[Receipt], Future[None]]


class Gathering:
    """Requests of one web process that commit together.

    The first to arrive leads: it waits a moment, takes what has gathered, and climbs for all. A
    request returns only after the commit that holds its receipts, so a carrier that was answered
    never needs to repeat. Where the database refuses the bundle, each request is tried once
    more alone, so that one bad one does not spoil the others' receipts.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[_Request] = []
        self._moment = threading.Event()

    def receive(self, receipts: Sequence[Receipt], *, mode: Mode) -> None:
        """Return when these receipts are committed. Raises what the database raised."""
        done: Future[None] = Future()
        with self._lock:
            self._waiting.append((mode, receipts, done))
            leads = len(self._waiting) == 1
        try:
            if leads:
                self._wait_and_lead()
            done.result()
        except Error as error:
            log.warning("receipts_once_more", receipts=len(receipts), error=type(error).__name__)
            close_old_connections()  # a server that was restarted is found again
            receive(receipts, mode=mode)

    def _wait_and_lead(self) -> None:
        try:
            self._moment.wait(GATHER)
        finally:  # whatever ends this thread: those who follow it wait for its lead
            self._lead()

    def _lead(self) -> None:
        with self._lock:
            together, self._waiting = self._waiting, []
        try:
            for mode in MODES:
                receive([r for of, told, _ in together if of == mode for r in told], mode=mode)
        except BaseException as error:  # everybody who waits must hear it, whatever it is
            for _, _, done in together:
                done.set_exception(error)
            raise
        for _, _, done in together:
            done.set_result(None)


def receive(receipts: Sequence[Receipt], *, mode: Mode) -> None:
    """Climb, and tell the registry of dead addresses and of people who opted out.

    `mode` is that of the account whose signature fitted: a drill's key says nothing about a real
    delivery, so such receipts are dropped and logged.
    """
    for start in range(0, len(receipts), MOST):
        told = receipts[start : start + MOST]
        with span("receipts") as trace:
            climbed = climb(told, mode=mode)
            trace.tell(mode=mode, receipts=len(told), new=climbed.new, repeated=climbed.repeated)
            trace.tell(stray=climbed.stray, foreign=len(climbed.foreign))
        _count(told, climbed)
        if climbed.foreign:
            log.warning("receipts_of_other_mode", mode=mode, n=len(climbed.foreign))
        if mode == "real":
            _tell_registry([r for r in told if r.delivery_id not in climbed.foreign])


def _count(receipts: Sequence[Receipt], climbed: Climbed) -> None:
    """For who watches: what came, from whom, and how late."""
    foreign = sum(receipt.delivery_id in climbed.foreign for receipt in receipts)
    outcomes = {"new": climbed.new - climbed.stray, "repeated": climbed.repeated}
    for name, n in (outcomes | {"stray": climbed.stray, "foreign": foreign}).items():
        COUNTERS.add(OUTCOMES, name, n)
    for carrier, n in Counter(receipt.carrier for receipt in receipts).items():
        COUNTERS.add(FROM, carrier, n)
    now, late = time.time(), [receipt for receipt in receipts if receipt.at is not None]
    for carrier, n in Counter(receipt.carrier for receipt in late).items():
        lags = [now - one.at.timestamp() for one in late if one.at and one.carrier == carrier]
        COUNTERS.add(LAG, f"{carrier}:seconds", sum(lags))
        COUNTERS.add(LAG, f"{carrier}:count", n)


def _tell_registry(receipts: Sequence[Receipt]) -> None:
    dead = {receipt.delivery_id for receipt in receipts if receipt.dead}
    gone = {receipt.delivery_id: receipt for receipt in receipts if receipt.opted_out}
    if not dead and not gone:
        return
    addresses = dict(
        Delivery.objects.filter(id__in=dead | gone.keys()).values_list("id", "address_id")
    )
    if dead:
        consent.mark_dead(addresses[one] for one in dead & addresses.keys())
    for delivery_id in gone.keys() & addresses.keys():
        consent.opt_out(addresses[delivery_id], source=f"receipt:{gone[delivery_id].carrier}")
