"""A sandbox, the drill's accounts in it, our own web server, and one worker's way through a lane."""

import asyncio
import json
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis.asyncio

from contacts.models import Address, Contact
from dispatcher.fanout import plan as plans
from dispatcher.fanout.hand_over import TIMEOUT, Conductor
from dispatcher.fanout.pace import Pace
from dispatcher.fanout.threads import Threads
from dispatcher.kit.wire import Pool
from dispatcher.ledger import enlisting, tally
from dispatcher.providers import routing
from dispatcher.providers.breaker import Breaker, Rules
from dispatcher.sandbox.config import Config
from dispatcher.sandbox.starter import Sandbox
from dispatcher.wording import library
from tests import shipped

FACTS = {
    "organisation": ("text", "Global Foods"), "product": ("text", "Almond Butter 350 g"),
    "lots": ("list", '["L2406A", "L2406B"]'), "hazard": ("text", "Salmonella"),
    "line": ("phone", "+12025550143"), "mail": ("email", "recall@example.com"),
    "info": ("link", "https://example.com/recall"), "identify": ("link", "https://example.com/id"),
    "refund_until": ("date", "2027-01-31"), "staff_line": ("phone", "+12025550144"),
    "staff_mail": ("email", "staff@example.com"), "sold_from": ("date", "2026-10-01"),
    "sold_until": ("date", "2026-11-15"), "stores": ("number", "1200"),
    "next_update": ("datetime", "2026-11-24T16:00:00+00:00"),
}  # fmt: skip


@pytest.fixture
def road(transactional_db, live_server, settings, valkey):  # noqa: ARG001
    """Everything from the registry to the carriers, in this process; carriers over HTTP."""
    with Sandbox(Config(port=0, seed=7, events_url=f"{live_server.url}/hooks/sendgrid")) as sandbox:
        settings.PUBLIC_URL = live_server.url
        told = sandbox.credentials()
        settings.CARRIERS = {"drill": _accounts(sandbox, told, live_server.url), "real": {}}
        settings.PACE = dict.fromkeys(settings.CARRIERS["drill"], 10_000)
        routing.close_accounts()
        shipped.load()
        yield Road(sandbox, settings)
        sandbox.calm()
        while sandbox.counts()["receipts"]["waiting"]:
            time.sleep(0.05)  # no receipt may come to the next test's database
        routing.close_accounts()


def _accounts(sandbox, told, url):
    return {
        "twilio": {
            "carrier": "twilio", "account_sid": sandbox.accounts.twilio_sid,
            "auth_token": sandbox.accounts.twilio_token, "sender": "+12025550100",
            "callback": f"{url}/hooks/twilio", "base_url": sandbox.url,
        },
        "sendgrid": {
            "carrier": "sendgrid", "api_key": sandbox.accounts.sendgrid_key,
            "sender": "alerts@example.com", "webhook_key": told["sendgrid_event_key"],
            "base_url": sandbox.url,
        },
    }  # fmt: skip


class Road:
    """What a test asks of the road."""

    def __init__(self, sandbox, settings):
        self.sandbox = sandbox
        self.settings = settings
        self.rules = Rules()
        self.patience = TIMEOUT

    def person(
        self, number, *, languages=("de",), region="DE", sms=True, email=False, phone="", **facts
    ):
        contact = Contact.objects.create(
            reference=f"P{number}", name=facts.pop("name", f"Person {number}"), region=region,
            country=region[:2], languages=list(languages), roles=facts.pop("roles", ["customer"]),
            tags=[], culture="", time_zone="Europe/Berlin", attributes={},
        )  # fmt: skip
        if sms:
            key = phone or f"+4917139200{number:03}"
            Address.objects.create(contact=contact, channel="sms", key=key, value=key, position=0)
        if email:
            key = f"person{number}@example.com"
            Address.objects.create(contact=contact, channel="email", key=key, value=key, position=1)
        return contact

    def people(self, many):
        """So many readers of German with an SMS number each; the ids of their addresses."""
        made = Contact.objects.bulk_create(
            Contact(
                reference=f"P{number}", name=f"Person {number}", region="DE", country="DE",
                languages=["de"], roles=["customer"], tags=[], culture="",
                time_zone="Europe/Berlin", attributes={},
            )
            for number in range(1, many + 1)
        )  # fmt: skip
        keys = (f"+4917139200{number:03}" for number in range(1, many + 1))
        told = Address.objects.bulk_create(
            Address(contact=contact, channel="sms", key=key, value=key, position=0)
            for contact, key in zip(made, keys, strict=True)
        )
        return [address.id for address in told]

    def launch(self, *, ref="alert-1", segment="region in 001", channels=("sms", "email"), **facts):
        shelf = library.versions_for("recall.first.consumer", channels=channels)
        group = plans.Group("consumer", (), (plans.Step(tuple(channels)),), shelf)
        values = tuple(plans.FrozenFact(name, *told) for name, told in FACTS.items())
        plan = plans.Plan(
            segment, None, None, "safety", (group,), values, "default_language", "en",
            plans.Target(900, 95, 1800),
        )  # fmt: skip
        told: dict[str, Any] = {
            "number": "1", "mode": "drill", "scenario": "recall", "part": "first",
            "severity": "urgent", "lane": "critical", "launched_by": "mina",
            "expires_at": datetime.now(UTC) + timedelta(hours=1), "plan": plans.freeze(plan),
        } | facts  # fmt: skip
        return enlisting.open_dispatch(ref, **told)[0]

    def work(self, *, seconds=10.0, lane="critical"):
        """One worker's shift; how many people it served."""

        async def shift():
            client = redis.asyncio.Redis.from_url(self.settings.REDIS_URL)
            try:
                async with Pool(whole=self.patience) as wire:
                    pace = Pace(client, rates=self.settings.PACE)
                    breaker = Breaker(client, rules=self.rules)
                    conductor = Conductor(lane, wire, pace, breaker, threads)
                    return await conductor.conduct(seconds=seconds)
            finally:
                await client.aclose()

        threads = Threads()
        try:
            return asyncio.run(shift())
        finally:
            threads.close()

    def figures(self, dispatch):
        total = Counter()
        for figure in tally.books(dispatch.id):
            total[figure.figure] += figure.n
        return dict(total)

    def until(self, dispatch, *, seconds=10.0, **figures):
        """Wait for receipts until the books show these figures."""
        end = time.monotonic() + seconds
        while self.figures(dispatch) != figures:
            assert time.monotonic() < end, json.dumps(self.figures(dispatch))
            time.sleep(0.05)
