"""A small audience as plain values, so that the ledger is tested without the people's room."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dispatcher.ledger import enlisting
from dispatcher.ledger.enlisting import Way


@dataclass(frozen=True)
class Query:
    """What contacts.reach gives, from a list of dicts."""

    sql: str
    params: dict = field(default_factory=dict)


def person(number: int, **facts):
    base = {
        "contact_id": number, "region": "DE", "country": "DE", "languages": ["de"],
        "roles": ["customer"], "culture": "", "time_zone": "Europe/Berlin",
        "sms_id": number * 10, "sms_key": f"+4917139200{number:03}", "sms_block": None,
        "sms_shared": False, "email_shared": False, "push_shared": False,
        "email_id": None, "email_key": None, "email_block": "no_address",
        "push_id": None, "push_key": None, "push_block": "no_address",
    }  # fmt: skip
    return base | facts


def query(people) -> Query:
    columns = list(person(1))
    types = {"contact_id": "bigint", "languages": "text[]", "roles": "text[]",
             "sms_id": "bigint", "email_id": "bigint", "push_id": "bigint",
             "sms_shared": "bool", "email_shared": "bool", "push_shared": "bool"}  # fmt: skip
    params, lines = {}, []
    for number, one in enumerate(people):
        cells = []
        for column in columns:
            params[f"reach_{number}_{column}"] = one[column]
            cells.append(f"%(reach_{number}_{column})s::{types.get(column, 'text')}")
        lines.append(f"({', '.join(cells)})")
    footing = "hashtextextended(concat_ws('|', sms_block, 'e', email_block, 'p', push_block,"
    footing += " split_part(push_key, ':', 1)), 0) as footing"
    text = f"select *, {footing} from (values {', '.join(lines)}) as v ({', '.join(columns)})"  # noqa: S608
    return Query(text, params)


@pytest.fixture
def open_dispatch(db):  # noqa: ARG001
    """Open a dispatch that nobody is in yet."""
    numbers = iter(range(1, 100))

    def make(**facts):
        number = next(numbers)
        values: dict[str, Any] = {
            "number": f"T-{number}", "mode": "drill", "scenario": "recall", "part": "first",
            "severity": "urgent", "lane": "critical", "launched_by": "mina",
            "expires_at": datetime.now(UTC) + timedelta(hours=1), "plan": {},
        } | facts  # fmt: skip
        return enlisting.open_dispatch(f"alert-{number}", **values)[0]

    return make


def sms_then_email(opened, readers):  # noqa: ARG001
    """Everybody by SMS, else e-mail, in German."""
    return [
        Way(reader.key, 0, place, channel, "twilio", 7, "de", "exact")
        for reader in readers
        for place, channel in enumerate(("sms", "email"))
    ]


@pytest.fixture
def enlist(open_dispatch):
    """A dispatch with these people enlisted."""

    def make(people, *, ways=sms_then_email, most=1000, **facts):
        dispatch = open_dispatch(**facts)
        while True:
            done = enlisting.enlist(
                dispatch.lane,
                recipients=lambda _: query(people),
                ways=ways,
                most=lambda _: most,
            )
            if done.last:
                return dispatch

    return make
