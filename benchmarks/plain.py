"""The yardstick: the way that most people would write, one Celery task a recipient.

It is fixed, and what was open was decided in its favour: the catalogue is gettext's and cached,
all that a task needs comes with it, one UPDATE without an ORM, no results, no late acknowledgement,
tasks prefetched by 64, the carrier's SDK as it is shipped, with its keep-alive. A letter's Markdown
becomes a page once a text, which everybody then fills; nobody composes, styles or cleans it.
`ways.plain` runs it as `celery -A benchmarks.plain worker`.
"""

import gettext
import html
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
from markdown_it import MarkdownIt

from benchmarks import shipped
from dispatcher.providers.base import Content, Email, Parcel, Push, Sms

SETUP: Mapping[str, Any] = json.loads(Path(os.environ["PLAIN_SETUP"]).read_text(encoding="utf-8"))
"""Written by `plain_setup`: the carrier's account, the database, texts and facts."""

app = Celery("plain", broker=SETUP["broker"])
app.conf.update(
    task_default_queue="plain",
    task_ignore_result=True,
    worker_prefetch_multiplier=64,
    broker_connection_retry_on_startup=True,
)


def _tell(*, row: int, to: str, locale: str, context: str, region: str, name: str) -> None:
    """Render one person's message, send it, and write down what came of it."""
    values = _values(context, locale, region)
    values |= {"recipient": name, "acknowledge": f"{SETUP['links']}/{row}"}
    carrier_id = _send()(Parcel(row, 1, to, _content(context, locale, values)))
    _database().execute(
        "update plain_message set status = 'handed_over', carrier_id = %s, sent_at = now()"
        " where id = %s",
        (carrier_id, row),
    )


tell = app.task(name="plain.tell")(_tell)


def _content(context: str, locale: str, values: Mapping[str, str]) -> Content:
    """The translated texts, filled."""
    match SETUP["channel"]:
        case "sms":
            return Sms(_text(context, locale).format(**values))
        case "email":
            subject = _text(f"{context}.subject", locale).format(**values)
            body = _text(f"{context}.body", locale).format(**values)
            escaped = {name: html.escape(value) for name, value in values.items()}
            page = _page(f"{context}.body", locale).format(**escaped)
            return Email(subject, body, page, locale)
        case _:
            title = _text(f"{context}.title", locale).format(**values)
            body = _text(f"{context}.body", locale).format(**values)
            return Push(title, body, values["acknowledge"], locale, "", values["acknowledge"])


def _text(context: str, locale: str) -> str:
    return _catalogue(locale).pgettext(context, SETUP["texts"][context])


@cache
def _page(context: str, locale: str) -> str:
    return str(MarkdownIt("commonmark").render(_text(context, locale)))


def _values(context: str, locale: str, region: str) -> dict[str, str]:
    """The facts that a message names, as Babel writes them."""
    facts = SETUP["facts"][f"{locale} {region}"]
    return {name: _shown(facts[name], locale) for name in SETUP["names"][context]}


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
def _send() -> shipped.Send:
    return shipped.SENDERS[SETUP["kind"]](SETUP["account"])
