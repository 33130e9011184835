"""`./dispatch bench carriers`: what a message costs from its parcel to its outcome, each way.

Adapters, the vendors' SDKs as shipped, and bare bytes send to one sink in a process of its own;
counted is the CPU of the sending process. docs/benchmarks.md says how to read it.
"""

import gc
import http.client
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from json import loads
from statistics import median
from typing import Annotated
from urllib.parse import urlsplit

import django
import typer
from rich.console import Console
from rich.table import Table

from benchmarks import senders, shipped
from benchmarks.senders import Base
from dispatcher.channels import email, push, sms
from dispatcher.kit.local.home import free_port
from dispatcher.kit.reqwest import Reqwest
from dispatcher.providers.base import Parcel
from dispatcher.wording.facts import Fact, Facts
from dispatcher.wording.rendering import compile as compiled

_ERR = Console(stderr=True)


@dataclass(frozen=True, slots=True)
class Way:
    """One way to send; `requests` is how many the sink must have seen for so many messages."""

    name: str
    run: Callable[[], None]
    messages: int
    requests: int
    about: str = ""


@dataclass(frozen=True, slots=True)
class Cost:
    """One run: microseconds of CPU a message, and messages a second."""

    cpu: float
    rate: float


def main(
    *,
    messages: Annotated[int, typer.Option(min=100, help="Our ways'; others get fewer.")] = 4_000,
    runs: Annotated[int, typer.Option(min=1, help="The table shows medians.")] = 5,
    only: Annotated[str, typer.Option(help="sms, email, fcm, webpush, clients or pack.")] = "",
) -> None:
    """Measure the CPU a message of each adapter, beside the SDK as shipped and the bare client."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dispatcher.conf.settings")
    django.setup()  # a notification's button speaks the reader's language
    load = os.getloadavg()[0]
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f}")
    if only in ("", "pack"):
        _show("pack: a rendered wording and a person's values become a parcel", _packing(runs))
    with _sink() as url:
        base = Base.at(url)
        groups = {
            "sms": _sms,
            "email": _email,
            "fcm": _fcm,
            "webpush": _webpush,
            "clients": _clients,
        }
        for name, group in groups.items():
            if only in ("", name):
                _show(name, _measured(group(base, messages), runs=runs, url=url))


def _nothing() -> None:
    """A way that is only named."""


@contextmanager
def _sink() -> Iterator[str]:
    port = free_port()
    server = subprocess.Popen([sys.executable, "-m", "benchmarks.sink", str(port)])
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(200):
            try:
                _counted(url)
                break
            except OSError:
                time.sleep(0.05)
        yield url
    finally:
        server.terminate()
        server.wait(10)


def _counted(url: str) -> int:
    """Messages that the sink has answered since it was last asked; tokens are none."""
    line = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)
    line.request("GET", "/counts")
    told: Mapping[str, int] = loads(line.getresponse().read())
    line.close()
    return sum(n for kind, n in told.items() if kind != "/toke")


def _measured(ways: Sequence[Way], *, runs: int, url: str) -> dict[Way, list[Cost]]:
    """Every way in turn, so that a neighbour's noise falls on all; the first round warms up."""
    found: dict[Way, list[Cost]] = {way: [] for way in ways}
    _settle()
    for number in range(runs + 1):
        for way in [way for way in ways if way.messages]:
            _ERR.print(f"  {number}/{runs}: {way.name} …", highlight=False)
            _counted(url)
            cpu, wall = time.process_time(), time.monotonic()
            way.run()
            cpu, wall = time.process_time() - cpu, time.monotonic() - wall
            seen = _counted(url)
            if seen != way.requests:
                raise SystemExit(f"{way.name}: the sink saw {seen} requests, not {way.requests}")
            if number:
                found[way].append(Cost(1e6 * cpu / way.messages, way.messages / wall))
    return found


def _settle() -> None:
    """Leave the old heap alone, as a worker does."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _show(title: str, found: Mapping[Way, Sequence[Cost]]) -> None:
    """Medians, the noise, and how many times the first way's CPU each takes."""
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for label in ("CPU a message, µs", "least–most", "a second", "× ours", "messages"):
        table.add_column(label, justify="right")
    costs = {way: median(cost.cpu for cost in told) for way, told in found.items() if told}
    first = next(iter(costs.values()))
    for way, told in found.items():
        if not told:
            table.add_row(way.name, way.about)
            continue
        spread = sorted(cost.cpu for cost in told)
        table.add_row(
            way.name,
            f"{costs[way]:,.1f}",
            f"{spread[0]:,.1f}–{spread[-1]:,.1f}",
            f"{median(cost.rate for cost in told):,.0f}",
            f"{costs[way] / first:,.2f}",
            f"{way.messages:,}",
        )
    Console(width=max(100, Console().width)).print(table)


def _sms(base: Base, n: int) -> list[Way]:
    ours, few = senders.twilio_adapter(base), max(50, n // 10)
    parcels, account = senders.texts(n), base.accounts["sms"]
    ready, some = senders.ready(ours, parcels), parcels[:few]
    slow = partial(senders.twilio_sdk_async, account, some)
    return [
        Way("adapter, our lines", partial(senders.ours, ours, parcels), n, n),
        Way("adapter, pyreqwest", partial(senders.ours, ours, parcels, Reqwest), n, n),
        Way("bare bytes", partial(senders.bare, ready), n, n),
        Way("twilio's async as shipped", slow, few, few),
        Way("twilio's as shipped", _each(shipped.sms(account), some), few, few),
    ]


def _email(base: Base, n: int) -> list[Way]:
    ours, few, many = senders.sendgrid_adapter(base), max(50, n // 40), 5 * n
    parcels = senders.letters(many)
    ready, calls = senders.ready(ours, parcels), -(-many // ours.most)
    account = base.accounts["email"]
    many_a_call = partial(senders.together, account, parcels, most=1000)
    return [
        Way("adapter, our lines", partial(senders.ours, ours, parcels), many, calls),
        Way("bare bytes", partial(senders.bare, ready), many, calls),
        Way("sendgrid, 1,000 a call", many_a_call, many, calls),
        Way("sendgrid, each a call", _each(shipped.email(account), parcels[:few]), few, few),
    ]


def _fcm(base: Base, n: int) -> list[Way]:
    ours, few = senders.fcm_adapter(base), max(50, n // 10)
    parcels = senders.notices(n, "fcm-token")
    ready = senders.ready(ours, parcels)
    try:
        send = shipped.fcm(base.accounts["fcm"])
        theirs = Way("firebase-admin each", _each(send, parcels[:few]), few, few)
    except ImportError:
        theirs = Way("firebase-admin each", _nothing, 0, 0, about="not run: not installed")
    return [
        Way("adapter, our lines", partial(senders.ours, ours, parcels), n, n),
        Way("bare bytes", partial(senders.bare, ready), n, n),
        theirs,
    ]


def _webpush(base: Base, n: int) -> list[Way]:
    ours, few = senders.webpush_adapter(base), max(50, n // 20)
    n = n // 2
    parcels = senders.notices(n, senders.subscribed(base))
    account, some = base.accounts["webpush"], parcels[:few]
    return [
        Way("adapter, our lines", partial(senders.ours, ours, parcels), n, n),
        Way("bare bytes", partial(senders.bare, senders.ready(ours, parcels)), n, n),
        Way("pywebpush as shipped", _each(shipped.webpush(account), some), few, few),
        Way("pywebpush, session kept", partial(senders.pywebpush_kept, account, some), few, few),
    ]


def _each(send: shipped.Send, parcels: Sequence[Parcel]) -> Callable[[], None]:
    return partial(senders.one_by_one, send, parcels)


def _clients(base: Base, n: int) -> list[Way]:
    ready, few = senders.ready(senders.twilio_adapter(base), senders.texts(n)), max(50, n // 20)
    return [
        Way("our lines", partial(senders.lines, ready), n, n),
        Way("bare bytes", partial(senders.bare, ready), n, n),
        Way("pyreqwest", partial(senders.pyreqwest, ready), n, n),
        Way("aiohttp", partial(senders.aiohttp, ready), n, n),
        Way("urllib3", partial(senders.urllib3, ready), n, n),
        Way("httpx", partial(senders.httpx, ready[:few]), few, few),
    ]


FACTS = Facts.of(
    [
        Fact("organisation", "text", "Global Foods"),
        Fact("product", "text", "Sunny Valley Peanut Butter"),
        Fact("info", "link", "https://recall.example.com/en"),
    ]
)
SLOTS = {"recipient": "Maya Silva", "acknowledge": "https://alerts.example.org/a/7168.c2lnbmVk"}
WORDINGS: Mapping[str, Mapping[str, str]] = {
    "sms, nothing personal": {"text": "{organisation} recalls {product}. {info, link}"},
    "sms, name and link": {"text": "{recipient}: do not eat {product}. {acknowledge, link}"},
    "email, nothing personal": {"subject": "Recall: {product}", "body": "Do not eat {product}."},
    "email, name and link": {"subject": "Recall", "body": "{recipient}: {acknowledge, link}"},
    "push": {"title": "Recall: {product}", "body": "Do not eat it."},
}


def _packing(runs: int) -> dict[Way, list[Cost]]:
    """Each channel's pack, for readers of one compiled wording."""
    packs = {"sms": sms.pack, "email": email.pack, "push": push.pack}
    found: dict[Way, list[Cost]] = {}
    for name, fields in WORDINGS.items():
        rendered = compiled(fields, locale="en", zone="UTC", facts=FACTS)
        make = partial(
            packs[rendered.channel], rendered, attempt=1, to="somebody", slots=SLOTS, ttl=600
        )
        n = 20_000
        costs = found[Way(name, _nothing, n, 0)] = list[Cost]()
        _settle()
        make(delivery_id=0)
        for _ in range(runs):
            cpu, wall = time.process_time(), time.monotonic()
            kept: list[Parcel] = [make(delivery_id=at) for at in range(n)]
            cpu, wall = time.process_time() - cpu, time.monotonic() - wall
            costs.append(Cost(1e6 * cpu / len(kept), n / wall))
    return found


if __name__ == "__main__":
    typer.run(main)
