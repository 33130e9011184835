"""A dispatch to people of three countries, by all channels, and operators who may see parts of it."""

import itertools
import os
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import sync_playwright

from dispatcher.alerts.models import Alert
from dispatcher.console.valkey import client
from dispatcher.fanout import plan as plans
from dispatcher.ledger import enlisting, entries
from dispatcher.ledger.climb import climb
from dispatcher.ledger.enlisting import Way
from dispatcher.ledger.entries import Fact, Window
from dispatcher.ledger.facts import Kind, Outcome, Rank, Receipt
from dispatcher.operators import roster
from dispatcher.operators.roles import Role
from tests.ledger.conftest import person, query

PASSWORD = "crisp-heron-ladder-42"
NASTY = "<script>alert(1)</script>"
CARRIERS = {"sms": "twilio", "email": "sendgrid", "push": "fcm"}


@pytest.fixture(autouse=True)
def memory(valkey, settings):
    """Neither attempts nor pages of an earlier test; passwords are hashed fast."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    client.cache_clear()
    return valkey


@pytest.fixture
def sofie(db):  # noqa: ARG001
    """Sofie was here first: admin of the world, and by that alone reads no report."""
    user = roster.add_first("sofie.lind", name="Sofie Lind", language="sv", time_zone="Europe/Oslo")
    roster.set_password(user, PASSWORD)
    return user


@pytest.fixture
def operator(sofie):
    """Make an operator who reads reports in these regions."""

    def make(username, *regions, role=Role.VIEWER, language="en", name=""):
        user = roster.add(
            username, by=sofie, name=name or username, language=language, time_zone="Europe/Berlin"
        )
        if regions:
            roster.grant(user, role, over=regions, by=sofie)
        roster.set_password(user, PASSWORD)
        return user

    return make


@pytest.fixture
def kenji(operator):
    """Kenji Watanabe reads everything."""
    return operator("kenji.watanabe", "001", role=Role.APPROVER, name="渡辺 健二")


@pytest.fixture
def mina(operator):
    """Mina Rahimi leads communications in the EU; her tools speak Persian."""
    return operator("mina.rahimi", "EU", role=Role.AUTHOR, language="fa", name="مینا رحیمی")


@pytest.fixture
def ana(operator):
    """Ana Souza leads communications in Brazil."""
    return operator("ana.souza", "BR", role=Role.AUTHOR, language="pt-BR", name="Ana Souza")


PEOPLE = [
    *(("DE", "de", "sms") for _ in range(6)),
    *(("FR", "fr", "email") for _ in range(4)),
    *(("BR", "pt-BR", "push") for _ in range(3)),
    ("DE-BY", "fa", "sms"),
    ("", "en", "sms"),
]


def recipients(people=PEOPLE):
    """People as contacts.reach gives them: (region, language, channel) each."""
    for number, (region, language, channel) in enumerate(people, 1):
        facts: dict[str, object] = {"sms_id": None, "sms_key": None, "sms_block": "no_address"}
        facts |= {f"{channel}_id": number * 10, f"{channel}_key": f"k{number}"}
        facts[f"{channel}_block"] = None
        yield person(
            number, region=region, country=region[:2], languages=[language], **facts
        )  # fmt: skip
    yield person(90_000, sms_id=None, sms_key=None, sms_block="opted_out")


def ways(_, readers):
    return [
        Way(reader.key, 0, place, channel, CARRIERS[channel], 7, reader.languages[0], "exact")
        for reader in readers
        for place, channel in enumerate(CARRIERS)
    ]


class Story:
    """A dispatch and what happens to it, step by step."""

    def __init__(self, alert, *, mode="drill", scope=("001",), people=PEOPLE, scenario="recall"):
        plan = plans.Plan(
            "", None, scope, "safety", (), (), "default_language", "en", plans.Target(900, 95, 1800)
        )
        self.dispatch = enlisting.open_dispatch(
            f"alert:{alert.pk}", number=str(alert.pk), mode=mode, scenario=scenario, part="first",
            severity="urgent", lane="critical", launched_by="mina.rahimi",
            expires_at=datetime.now(UTC) + timedelta(hours=1), plan=plans.freeze(plan),
        )[0]  # fmt: skip
        found = query(recipients(people))
        while not enlisting.enlist(
            "critical", recipients=lambda _: found, ways=ways, most=lambda _: 1000
        ).last:
            pass

    def send(self, outcomes=itertools.repeat(Outcome.taken("C1")), *, most=1000):  # noqa: B008
        """Claim, advance and record; the delivery ids of what was taken, by channel."""
        return hand_over("critical", outcomes, most=most)

    def deliver(self, ids, *, carrier="twilio", rank=Rank.DELIVERED, code=""):
        """Signed receipts come in."""
        arrived(ids, carrier=carrier, rank=rank, code=code)


def hand_over(lane, outcomes, *, most=1000):
    """What a worker does with what is due, without a carrier; ids of what was taken, by channel."""
    taken, outcomes, windows = {}, iter(outcomes), []
    for batch in entries.claim(lane, people=most):
        entries.advance([(batch, batch.size - batch.cursor)])
        facts = [
            Fact(i, next(outcomes), CARRIERS[batch.channel])
            for i in range(batch.cursor, batch.size)
        ]
        for fact in facts:
            if fact.outcome.kind is Kind.TAKEN:
                taken.setdefault(batch.channel, []).append(batch.delivery_id(fact.index))
        windows.append(Window(batch, facts))
    entries.record(windows)
    return taken


def arrived(ids, *, carrier="twilio", rank=Rank.DELIVERED, code=""):
    """Receipts of a carrier, each once."""
    climb([Receipt(f"{i}:{rank}", i, 1, carrier, rank, code=code) for i in ids])


@pytest.fixture
def story(mina):
    """Make a story about an alert of Mina's."""

    def make(*, title="Almond butter, autumn drill", **facts):
        alert = Alert.objects.create(
            scenario="recall", part="first", mode=facts.get("mode", "drill"), title=title,
            scope=list(facts.get("scope", ("001",))), author=mina, fallback="default_language",
            default_language="en",
        )  # fmt: skip
        return Story(alert, **facts)

    return make


@pytest.fixture
def signed_in(client):
    """Sign somebody in as the page does it."""

    def enter(user):
        answer = client.post("/sign-in/", {"name": user.username, "password": PASSWORD})
        assert answer.status_code == 302
        return client

    return enter


# Without these, Chromium asks for Google's hosts at every start; as root it has no sandbox.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip


@pytest.fixture(scope="session")
def chromium():
    """A real browser; where there is none, CI fails and others skip."""
    names = (
        os.environ.get("DISPATCHER_CHROMIUM", ""),
        "chromium",
        "chromium-browser",
        "google-chrome",
    )
    path = next(filter(None, map(shutil.which, filter(None, names))), None)
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no Chromium")
    # Playwright's loop runs in this thread, and Django would refuse to ask the database in it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def browse(chromium, live_server):
    """Open a page in a language, a scheme and a width.

    Nothing may be asked of another host, no script may fail, the policy may refuse nothing.
    """
    opened, foreign, wrong = [], [], []

    def make(*, language="en", scheme="light", width=1440, **options):
        context = chromium.new_context(
            base_url=live_server.url, color_scheme=scheme, locale=language,
            viewport={"width": width, "height": 900}, reduced_motion="reduce", **options,
        )  # fmt: skip
        context.add_cookies(
            [{"name": "django_language", "value": language, "url": live_server.url}]
        )
        context.on(
            "request",
            lambda asked: (
                None if asked.url.startswith(live_server.url) else foreign.append(asked.url)
            ),
        )
        page = context.new_page()
        page.set_default_timeout(20_000)  # a machine that is shared loads its first page slowly
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if "Policy" in said.text else None)
        opened.append(context)
        return page

    yield make
    for context in opened:
        context.close()
    assert (foreign, wrong) == ([], [])


@pytest.fixture
def enter(browse):
    """A page on which somebody has signed in."""

    def make(user, **facts):
        page = browse(**facts)
        page.goto("/sign-in/")
        page.fill("input[name=name]", user.username)
        page.fill("input[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url("**/")
        return page

    return make
