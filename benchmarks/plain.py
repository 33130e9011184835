"""The yardstick: the way that most people would write, one Celery task a recipient.

It is fixed, and what was open was decided in its favour: the catalogue is gettext's and cached,
all that a task needs comes with it, one UPDATE without an ORM, no results, no late acknowledgement,
tasks prefetched by 64, the carrier's SDK as it is shipped, with its keep-alive.
`ways.plain` runs it as `celery -A benchmarks.plain worker`.
"""

import gettext
import json
import os
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal
from celery import Celery
from twilio.rest import Client

SETUP: Mapping[str, Any] = json.loads(Path(os.environ["PLAIN_SETUP"]).read_text(encoding="utf-8"))
"""Written by `plain_setup`: the carrier's account, the database, texts and facts."""

app = Celery("plain", broker=SETUP["broker"])
app.conf.update(
    task_default_queue="plain",
    task_ignore_result=True,
    worker_prefetch_multiplier=64,
    broker_connection_retry_on_startup=True,
)


def _tell(row: int, to: str, locale: str, context: str, region: str) -> None:
    """Render one person's message, send it, and write down what came of it."""
    message = _carrier().messages.create(
        to=to,
        from_=SETUP["sender"],
        body=_render(context, locale, region),
        status_callback=f"{SETUP['callback']}/{row}/1",
        validity_period=36_000,
    )
    _database().execute(
        "update plain_message set status = 'handed_over', carrier_id = %s, sent_at = now()"
        " where id = %s",
        (message.sid, row),
    )


tell = app.task(name="plain.tell")(_tell)


def _render(context: str, locale: str, region: str) -> str:
    """The translated text with the facts as Babel writes them."""
    source, names = SETUP["texts"][context]
    text = _catalogue(locale).pgettext(context, source)
    facts = SETUP["facts"][f"{locale} {region}"]
    return text.format(**{name: _shown(facts[name], locale) for name in names})


def _shown(fact: tuple[str, str], locale: str) -> str:
    kind, value = fact
    match kind:
        case "number":
            return format_decimal(Decimal(value), locale=locale)
        case "date":
            return format_date(date.fromisoformat(value), "long", locale=locale)
        case "list":
            return format_list(json.loads(value), locale=Locale.parse(locale))
        case _:
            return value


@cache
def _catalogue(locale: str) -> gettext.NullTranslations:
    return gettext.translation("alerts", SETUP["locales"], [locale])


@cache
def _database() -> psycopg.Connection:
    return psycopg.connect(SETUP["database"], autocommit=True)


@cache
def _carrier() -> Client:
    client = Client(SETUP["account_sid"], SETUP["auth_token"])
    client.api.base_url = SETUP["base_url"]
    return client
