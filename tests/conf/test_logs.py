"""Logs carry ids, never addresses: the whole road is walked, and every line is searched."""

import base64
import io
import json
import logging
import time

import pytest
import requests
import structlog
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import DatabaseError, connection, transaction

from contacts import addresses
from contacts.importing import import_file
from contacts.models import Address, Contact
from contacts.regions import Scope
from dispatcher.conf.blots import blotted
from dispatcher.conf.logs import logging_settings
from dispatcher.kit import links
from dispatcher.ledger.models import Delivery, Question
from dispatcher.operators import journal, keys, roster
from dispatcher.providers import routing
from dispatcher.providers.breaker import Rules
from dispatcher.sandbox.subscriptions import subscription
from dispatcher.tracking.reconcile import reconcile
from tests.fanout.conftest import FACTS, road  # noqa: F401  # fixture

NAMES = ("Mina Rahimi", "Zoë Ångström", "Kenji Watanabe", "Ana Souza")


@pytest.fixture
def lines():
    """Everything that every logger says, from DEBUG on, as our own settings would write it.

    Loggers that our settings hold at a level keep it: that is a part of what is tested.
    """
    stream = io.StringIO()
    told = logging_settings("json")
    formatter = dict(told["formatters"]["line"])
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter.pop("()")(**formatter))
    root, held = logging.getLogger(), {}
    for name in logging.root.manager.loggerDict:
        logger = logging.getLogger(name)
        held[name] = (logger.level, logger.disabled)
        if name not in told["loggers"]:
            logger.setLevel(logging.NOTSET)
        logger.disabled = False
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG))
    yield stream.getvalue
    root.removeHandler(handler)
    root.setLevel(level)
    for name, (was, off) in held.items():
        logging.getLogger(name).setLevel(was)
        logging.getLogger(name).disabled = off
    logging_settings("json")


@pytest.fixture
def everybody(road):  # noqa: F811
    """People by SMS, e-mail, FCM and Web Push, and an account for each; their secrets."""
    told = road.sandbox.credentials()
    key = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    vapid = base64.urlsafe_b64encode(key.to_bytes(32)).rstrip(b"=").decode()
    road.settings.CARRIERS["drill"] |= {
        "fcm": {
            "carrier": "fcm", "service_account": told["fcm_service_account"],
            "base_url": road.sandbox.url,
        },
        "webpush": {
            "carrier": "webpush", "private_key": vapid, "subject": "mailto:alerts@example.com",
            "base_url": road.sandbox.url,
        },
    }  # fmt: skip
    road.settings.PACE = dict.fromkeys(road.settings.CARRIERS["drill"], 10_000)
    routing.close_accounts()
    for number in range(24):
        road.person(number, name=NAMES[number % 4], sms=number % 3 != 2, email=number % 3 == 2,
                    languages=["en"])  # fmt: skip
    tokens = [f"dGVzdC{number:02}:APA91b" + "x7Qk" * 30 for number in range(3)]
    browsers = [json.dumps(subscription(n, "https://updates.push.services.mozilla.com"))
                for n in range(3)]  # fmt: skip
    for number, token in enumerate([*tokens, *browsers]):
        contact = road.person(100 + number, name=NAMES[number % 4], sms=False, languages=["en"])
        point = addresses.push(token)
        Address.objects.create(
            contact=contact, channel="push", key=point.key, value=point.value, position=0
        )
    account = told["fcm_service_account"]
    secret_of_fcm = (account if isinstance(account, dict) else json.loads(account))["private_key"]
    endpoints = [json.loads(one)["endpoint"] for one in browsers]
    return [
        *NAMES, *tokens, *endpoints, *(json.loads(one)["keys"]["auth"] for one in browsers),
        *Address.objects.exclude(channel="push").values_list("value", flat=True),
        road.sandbox.accounts.twilio_token, road.sandbox.accounts.sendgrid_key, vapid,
        secret_of_fcm[40:90], road.settings.SECRET_KEY,
    ]  # fmt: skip


def road_with_everything(road):  # noqa: F811
    """A drill that meets all that carriers do to one, and what comes back."""
    road.rules = Rules(ill=10_000)
    road.patience = 2.0
    road.sandbox.faults(
        twilio={"refused": 0.2, "garbage": 0.2, "cut": 0.2, "throttled": 0.1},
        sendgrid={"refused": 0.2, "garbage": 0.2, "cut": 0.1},
        fcm={"refused": 0.5, "garbage": 0.2}, webpush={"refused": 0.5, "cut": 0.2}, seed=5,
    )  # fmt: skip
    dispatch = road.launch(channels=("push", "sms", "email"))
    road.work(seconds=6)
    road.sandbox.calm()
    Question.objects.update(next_ask_at=dispatch.launched_at)
    reconcile(seconds=3)
    road.work(seconds=2)
    return dispatch


def answers_and_strangers(road):  # noqa: F811
    """Replies of people, forged receipts, links that are wrong or used up, broken requests."""
    number = Address.objects.filter(channel="sms").values_list("value", flat=True)[0]
    for text in ("STOP", "HELP", f"My number is {number}", "OK"):
        told = {"to": "+12025550100", "from": number, "text": text}
        requests.post(f"{road.sandbox.url}/sandbox/reply", json=told, timeout=5)
    web = road.settings.PUBLIC_URL
    delivery = Delivery.objects.order_by("id")[0].pk
    token = links.sign(delivery, purpose="acknowledge")
    link = f"{web}/a/{token}"
    requests.get(link, timeout=5)
    requests.post(link, timeout=5)
    requests.post(link + "x", data={"phone": number}, timeout=5)
    form = {"MessageSid": "SM1", "MessageStatus": "delivered", "To": number}
    for path in (f"hooks/twilio/{delivery}/1", "hooks/twilio/inbound"):
        requests.post(f"{web}/{path}", data=form, headers={"X-Twilio-Signature": "x"}, timeout=5)
    letter = [{"email": "person2@example.com", "event": "delivered"}]
    requests.post(f"{web}/hooks/sendgrid", json=letter, timeout=5)
    requests.post(f"{web}/hooks/sendgrid", data=b"\xff{", timeout=5)
    requests.get(f"{web}/nowhere?to={number}&mail=person2@example.com", timeout=5)
    return token


def import_with_errors():
    """Refused cells, and rows that would be right."""
    sheet = (
        "reference,name,country,phone,email,language\n"
        f"n1,{NAMES[0]},DE,+49 171 3920077,nobody(at)example.com,xx\n"
        f"n2,{NAMES[1]},GB,07700 900044,zoe@example.com,en\n"
        f"n2,{NAMES[1]},GB,07700 900044,zoe@example.com,en\n"
    )
    scope = Scope.everything()
    return import_file(io.BytesIO(sheet.encode()), by="sofie", scope=scope, tolerate=0.9)


def errors_of_the_database():
    """What a programming error would do: PostgreSQL quotes the row, and somebody logs it."""
    log = structlog.get_logger("dispatcher.fanout.hand_over")
    point = Address.objects.filter(channel="sms").order_by("id")[0]
    person = Contact.objects.order_by("id")[0]
    twice = """insert into contacts_address (contact_id, channel, key, value, position, created_at)
        values (%s::bigint, %s, %s, %s, 0, now())"""
    nowhere = "insert into contacts_contact (reference, name, region) values (%s, %s, null)"
    told: list[tuple[str, list[str]]] = [
        (twice, [str(point.contact_id), point.channel, point.key, point.value]),
        (nowhere, [person.reference, person.name]),
        ("select %s::int", [person.name]),
    ]
    for statement, params in told:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, params)
        except DatabaseError:
            log.exception("not_recorded", batches=[1])
            logging.getLogger("django.request").exception("Internal Server Error: %s", "/x")


@pytest.mark.django_db(transaction=True)
def test_no_log_line_holds_an_address_a_name_or_a_key(everybody, road, lines):  # noqa: F811
    """Every channel, refusals, garbage, receipts, replies, strangers, an import with errors."""
    key = keys.make(roster.add_first("sofie.lind", name="Sofie Lind", language="sv")).text
    keys.check(key)
    road_with_everything(road)
    token = answers_and_strangers(road)
    report = import_with_errors()
    assert report.refused
    errors_of_the_database()
    said = lines()
    assert said.count("\n") > 20, "somebody said something"
    assert '"not_recorded"' in said
    assert "IntegrityError" in said
    others = ["+491713920077", "1713920077", "zoe@example.com", "person2@example.com", key, token]
    facts = [value for name, (_, value) in FACTS.items() if name in {"product", "hazard", "mail"}]
    leaks = {
        secret: [line[:600] for line in said.splitlines() if secret in line]
        for secret in [*everybody, *others, *facts]
        if secret in said
    }
    assert leaks == {}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("GET /a/Zm9vYmFyYmF6cXV4?x=1 404", "GET /a/…?x=1 404"),
        ("Forbidden: /enter/en-1234-abcdef/", "Forbidden: /enter/…/"),
        ("Not Found: /dispatch/7", "Not Found: /dispatch/7"),
        ("to +4917139200001 at 12:00", "to [phone] at 12:00"),
        ("To=%2B4917139200001&", "To=[phone]&"),
        ("mina.rahimi@example.com wrote", "[mail] wrote"),
        ("redis://:geheim@127.0.0.1:6379/0", "redis://…@127.0.0.1:6379/0"),
        ("postgresql://dispatcher:ge-heim@db:5432/x", "postgresql://…@db:5432/x"),
        ("Authorization: Bearer abcdef0123456789", "Authorization: Bearer …"),
        ("https://updates.push.services.mozilla.com/wpush/v2/gAAA", "https://updates.push.services.mozilla.com/…"),
        ('duplicate key violates "x"\nDETAIL:  Key (value)=(Mina\nRahimi) exists.\n\nThe above exception was',
         'duplicate key violates "x"\nDETAIL: …\nThe above exception was'),
        ('bad\nCONTEXT:  COPY stage_person, line 3: "n1 Mina"', "bad\nCONTEXT: …\n"),
        ("  | IntegrityError: x\n  | DETAIL:  Key (value)=(Mina\n  | Rahimi)\n  +---- 2 ----\n",
         "  | IntegrityError: x\n  | DETAIL: …\n  +---- 2 ----\n"),
        (r"raised unexpected: IntegrityError('x\nDETAIL:  Key (value)=(Mina Rahimi) exists.\n')",
         r"raised unexpected: IntegrityError('x\nDETAIL: …"),
        ('invalid input syntax for type integer: "Mina"', "invalid input syntax for type integer: …"),
        ("batch 1234567890123 of dispatch 77", "batch 1234567890123 of dispatch 77"),
        ("2026-11-23T13:20:11.123456Z", "2026-11-23T13:20:11.123456Z"),
        ("worker critical@one.example.org is up", "worker [mail] is up"),
    ],
)  # fmt: skip
def test_what_is_blotted_and_what_stays(text, left):
    """Ids, times and routes stay; a worker's name that looks like a mailbox is the price."""
    assert blotted(text) == left


def test_both_forms_of_a_line_are_blotted():
    for form in ("json", "console"):
        told = dict(logging_settings(form)["formatters"]["line"])
        formatter = told.pop("()")(**told)
        record = logging.LogRecord("x", logging.ERROR, "x", 1, "to %s", ("+4917139200001",), None)
        assert "4917139200001" not in formatter.format(record)
        assert "[phone]" in formatter.format(record)


@pytest.mark.parametrize(
    "again", ["a", "@", "a@", "a.", "://a:", "push", "https://push", "invalid input value", "\n\t "]
)
def test_no_line_holds_a_process_up(again):
    """A stranger's path of 60,000 letters took 40 s, with the whole web process waiting."""
    text = "https://" + again * (60_000 // len(again))
    began = time.process_time()
    blotted(text)
    journal.blotted(text)
    assert time.process_time() - began < 5
