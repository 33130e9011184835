"""The registry as the command line shows and exports it, person by person, within a scope."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TextIO

from django.db import connection

from contacts import rights
from contacts.models import Segment
from contacts.reach import Audience, recipients
from contacts.regions import Scope
from contacts.rights import Held
from dispatcher.kit.errors import Refused

COLUMNS = (
    *("reference", "name", "region", "languages", "roles", "tags", "culture", "time_zone"),
    *("phone", "email", "push", "confirmed"),
)
"""Headings that the import reads back."""
_FORMULA = ("=", "@", "+", "-", "\t", "\r")
_CHANNEL_OF = {"phone": "sms", "email": "email", "push": "push"}


def sentence_of(segment: str) -> str:
    """The sentence itself, or that of a saved segment (`@name`). Raises `cli.no_segment`."""
    if not segment.startswith("@"):
        return segment
    found = Segment.objects.filter(key=segment[1:]).values_list("text", flat=True).first()
    if found is None:
        known = ", ".join(f"@{key}" for key in Segment.objects.values_list("key", flat=True))
        raise Refused("cli.no_segment", segment=segment, known=known or "-")
    return str(found)


def held(segment: str, *, scope: Scope, limit: int | None = None) -> Iterator[Held]:
    """Everything about the people of a segment inside the scope, in the order of their ids."""
    audience = Audience(segment=sentence_of(segment))
    query = recipients(audience, scope=scope, kind="safety", cutoff=datetime.now(UTC))
    params: dict[str, Any] = {"limit": limit, **query.params}
    with connection.cursor() as cursor:
        cursor.execute(
            f"select contact_id from ({query.sql}) r order by contact_id limit %(limit)s",  # noqa: S608
            params,
        )
        ids = [row[0] for row in cursor.fetchall()]
    for contact_id in ids:
        yield rights.show(contact_id, scope=scope)


def exported(segment: str, *, scope: Scope) -> Iterator[dict[str, str]]:
    """The same as rows of a spreadsheet; several numbers in a cell are parted by `;`."""
    for person in held(segment, scope=scope):
        row = {
            "reference": _defused(person.reference),
            "name": _defused(person.name),
            "region": person.region,
            "languages": ";".join(person.languages),
            "roles": ";".join(person.roles),
            "tags": _defused(";".join(person.tags)),
            "culture": person.culture,
            "time_zone": person.time_zone,
            "confirmed": person.confirmed_at.date().isoformat() if person.confirmed_at else "",
        }
        for column, channel in _CHANNEL_OF.items():
            own = (a.value for a in person.addresses if a.channel == channel and not a.retired_at)
            row[column] = ";".join(own)
        row |= {f"attr.{name}": _defused(text) for name, text in person.attributes.items()}
        yield row


def write_csv(rows: list[dict[str, str]], file: TextIO) -> None:
    """CSV with all attributes that occur as columns at the end."""
    extra = sorted({name for row in rows for name in row} - set(COLUMNS))
    writer = csv.DictWriter(file, [*COLUMNS, *extra], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def _defused(text: str) -> str:
    """A cell that a spreadsheet would run as a formula begins with an apostrophe."""
    return f"'{text}" if text.startswith(_FORMULA) else text
