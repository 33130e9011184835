"""Signs of life for the doctor: what `/metrics` shows, with what it means and how it is mended."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import Error as DatabaseFault
from django.db import connection
from django.utils.translation import gettext

from dispatcher.cli.finding import Check, broker_place, database_place
from dispatcher.kit import queues, tracing
from dispatcher.ledger.watch import Ledger
from dispatcher.providers.breaker import State
from dispatcher.watching import look
from dispatcher.watching.look import Account, Broker

BEAT_LATE = 30.0
"""Seconds; beat ticks every five."""
WAITED = 30.0
"""Seconds for which a message may have been due: the sweep finds all work within fifteen."""
UNKNOWN_OLD = 900.0
"""Seconds for which an unknown may be asked about: what a carrier's receipts may take."""
UNPROVEN = 900.0
"""Seconds since the oldest last proof of an open dispatch's books."""
LAG = 60.0
"""Seconds from a carrier's event to our knowledge of it, on the mean."""
LITTLE_ROOM, LITTLE_SHARE = 2 * 1024**3, 0.05
"""Bytes, and share of the disk, below which PostgreSQL may stop for want of room."""


def everything() -> Iterator[Check]:
    """All signs of life; of a server that is away nothing is said twice."""
    seen = look.closely()
    if seen.broker:
        yield beat(seen.broker)
        yield from (lane(name, seen.broker) for name in queues.LANES)
    if seen.ledger:
        yield from (waiting(name, seen.ledger) for name in (queues.CRITICAL, queues.ROUTINE))
        yield unknowns(seen.ledger)
        yield books(seen.ledger)
    if seen.broker:
        yield from (breaker(account) for account in seen.broker.accounts)
        yield from lags(seen.broker)
    yield disk()
    yield metrics()
    yield traces()


def beat(broker: Broker) -> Check:
    """The clock rings, and the housekeeping lane hears it."""
    age = broker.pulse.beat
    found = (
        gettext("never heard") if age is None else gettext("heard %(age)s ago") % {"age": span(age)}
    )
    return Check(
        "watching.beat",
        gettext("Clock (beat)"),
        age is not None and age < BEAT_LATE,
        found,
        remedy=gettext(
            "Start one: ./dispatch up, or `celery -A dispatcher.conf.celery beat`. If it runs, its "
            "tick is not heard: look at the housekeeping worker below."
        ),
        where=broker_place(),
        means=gettext(
            "It ticks every 5 seconds. Without it nothing is swept: what a dead worker left waits, "
            "unknowns are not asked about, later steps do not begin."
        ),
    )  # fmt: skip


def lane(name: str, broker: Broker) -> Check:
    """Workers of a lane spoke within fifteen seconds."""
    number = broker.pulse.workers.get(name, 0)
    hosts = ", ".join(broker.pulse.hosts.get(name, ()))
    return Check(
        f"watching.workers.{name}",
        gettext("Workers, %(lane)s") % {"lane": name},
        number > 0,
        f"{number} ({hosts})" if hosts else str(number),
        remedy=gettext(
            "Start one: ./dispatch up, or `celery -A dispatcher.conf.celery worker -Q %(lane)s -n "
            "%(lane)s@%%h`. One that runs and is not seen has lost the broker: read its log."
        )
        % {"lane": name},
        where=gettext("lane %(lane)s, %(broker)s") % {"lane": name, "broker": broker_place()},
        means=_lanes()[name],
    )


def waiting(name: str, ledger: Ledger) -> Check:
    """How long the message waits that has been due the longest."""
    age = ledger.backlog.get(name, 0.0)
    found = gettext("for %(age)s") % {"age": span(age)} if age else gettext("nothing is due")
    return Check(
        f"watching.backlog.{name}",
        gettext("Oldest waiting, %(lane)s") % {"lane": name},
        age < WAITED,
        found,
        remedy=gettext(
            "Is a worker of this lane alive, a breaker open, a pace (…_PACE) too low for so many? "
            "`dispatcher alert report N` says why messages wait."
        ),
        where=database_place(),
        means=gettext("Somebody has not been told yet although it is time."),
    )


def unknowns(ledger: Ledger) -> Check:
    """What a carrier may or may not have taken."""
    number = sum(one.n for one in ledger.unknowns)
    oldest = max((one.age for one in ledger.unknowns), default=0.0)
    told = {"n": number, "age": span(oldest)}
    found = gettext("%(n)s, the oldest for %(age)s") % told if number else gettext("none")
    return Check(
        "watching.unknowns",
        gettext("Unknown messages"),
        oldest < UNKNOWN_OLD,
        found,
        remedy=gettext(
            "Look whether receipts arrive (PUBLIC_URL, HOOKS_URL, the webhook's key) and whether "
            "the receipts' worker lives; the carrier's console knows each message by its id."
        ),
        where=database_place(),
        means=gettext(
            "A carrier may have taken them or not. They are asked about, and never sent again "
            "unasked; a dispatch that has some is not complete."
        ),
    )


def books(ledger: Ledger) -> Check:
    """The sums were proven lately, and added up."""
    late = ledger.proven is not None and ledger.proven >= UNPROVEN
    if ledger.broken:
        found = gettext("%(n)s dispatches do not add up") % {"n": ledger.broken}
    elif late:
        found = gettext("not proven for %(age)s") % {"age": span(ledger.proven or 0)}
    else:
        found = gettext("add up")
    return Check(
        "watching.books",
        gettext("Books"),
        not ledger.broken and not late,
        found,
        remedy=gettext(
            "Stop launching; `dispatcher ledger audit` says which sums are off. Keep the database "
            "as it is and report it."
        )
        if ledger.broken
        else gettext("The clock proves them: see the clock and the housekeeping worker."),
        where=database_place(),
        means=gettext("Somebody may be counted twice or not at all: no report can be believed."),
    )


def breaker(account: Account) -> Check:
    """An account lets messages through."""
    words = {
        State.CLOSED: gettext("closed: well"),
        State.OPEN: gettext("open: nothing goes there"),
        State.HALF_OPEN: gettext("half open: one request tries"),
    }
    return Check(
        f"watching.breaker.{account.name}",
        gettext("Breaker, %(account)s") % {"account": account.name},
        account.breaker is not State.OPEN,
        words[account.breaker],
        remedy=gettext(
            "It tries again by itself, at the latest each minute. Look at the carrier's status "
            "page and console; a second account of the channel takes over where there is one."
        ),
        where=f"{account.carrier}, {account.mode}",
        means=gettext("The carrier answered ill, so messages wait or go by another account."),
    )


def lags(broker: Broker) -> Iterator[Check]:
    """How late each carrier's receipts come."""
    for carrier in sorted({name.rpartition(":")[0] for name in broker.lag}):
        count = broker.lag.get(f"{carrier}:count", 0.0)
        mean = broker.lag.get(f"{carrier}:seconds", 0.0) / count if count else 0.0
        yield Check(
            f"watching.lag.{carrier}",
            gettext("Receipts' lag, %(carrier)s") % {"carrier": carrier},
            mean < LAG,
            gettext("%(age)s on the mean of %(n)d") % {"age": span(max(mean, 0)), "n": count},
            remedy=gettext(
                "Is the receipts' door up (`/readyz` on its port), and does the proxy send /hooks/ "
                "to it? Else the carrier is late: its status page."
            ),
            where=f"{settings.HOOKS_URL}/hooks/",
            means=gettext("Reports show people as not reached who were reached long ago."),
        )


def disk() -> Check:
    """There is room where our own servers keep their data; of other hosts only a size is known."""
    ours = settings.RUNNING is not None
    home = Path(settings.ENV.dispatcher_home)
    room = shutil.disk_usage(home if home.exists() else Path.cwd())
    share = room.free / room.total
    told = {"free": _size(room.free), "share": round(100 * share), "database": _database_size()}
    low = ours and (room.free < LITTLE_ROOM or share < LITTLE_SHARE)
    return Check(
        "watching.disk",
        gettext("Disk"),
        not low,
        gettext("%(free)s free (%(share)s %%), database %(database)s") % told,
        remedy=gettext(
            "Make room, or keep less: `dispatcher ledger shrink --dry-run` says what would go."
        ),
        where=str(home.resolve()) if ours else gettext("%(place)s: its own disk is not seen from "
                                                       "here") % {"place": database_place()},
        means=gettext("A full disk stops PostgreSQL: nothing more leaves, no receipt is kept."),
    )  # fmt: skip


def metrics() -> Check:
    """Who may see the figures."""
    guarded = bool(settings.METRICS_TOKEN)
    return Check(
        "watching.metrics",
        gettext("Figures (/metrics)"),
        True,
        gettext("with METRICS_TOKEN, from anywhere") if guarded else gettext("for this host alone"),
        remedy=""
        if guarded
        else gettext(
            "Set METRICS_TOKEN when Prometheus asks from another host or through a proxy."
        ),
        where=f"{settings.PUBLIC_URL}/metrics",
        means=gettext("Alert rules and the dashboard read them: docs/operate/watching.md."),
    )


def traces() -> Check:
    """Asked for and installed, or not asked for."""
    to, there = settings.TRACES_TO, tracing.installed()
    if not to:
        found = gettext("off")
    else:
        found = gettext("on") if there else gettext("asked for, but not installed")
    return Check(
        "watching.tracing",
        gettext("Traces"),
        there or not to,
        found,
        remedy=gettext("Install the extra: pip install 'crisis-dispatcher[tracing]'.")
        if to and not there
        else "",
        where="OTEL_EXPORTER_OTLP_ENDPOINT",
        means=gettext("Spans of requests, tasks, convoys and receipts, without any address."),
    )


def span(seconds: float) -> str:
    """A time as people say it: 8 s, 3 min, 2 h, 5 d."""
    for size, form in ((86_400, "%d d"), (3_600, "%d h"), (60, "%d min")):
        if seconds >= 2 * size:
            return form % (seconds // size)
    return f"{seconds:.0f} s"


def _lanes() -> dict[str, str]:
    """What it means when nobody serves it, in the reader's language."""
    return {
        queues.CRITICAL: gettext("Real alerts of life and urgency wait: nobody is told."),
        queues.ROUTINE: gettext("Routine alerts and every drill wait."),
        queues.RECEIPTS: gettext("Unknowns are not asked about, and no later step begins."),
        queues.HOUSEKEEPING: gettext(
            "Nothing is swept, proven or erased: what a dead worker left is not found."
        ),
    }


def _size(n: float) -> str:
    return f"{n / 1024**3:.1f} GB" if n >= 1024**3 else f"{n / 1024**2:.0f} MB"


def _database_size() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select pg_database_size(current_database())")
            [size] = cursor.fetchone() or [0]
    except DatabaseFault:
        return "-"
    return _size(size)
