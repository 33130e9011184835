"""The registry as the command line shows and exports it, within a scope."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TextIO

from django.db import connection

from contacts import rights
from contacts.exporting import Export
from contacts.models import Segment
from contacts.reach import Audience, recipients
from contacts.regions import Scope
from contacts.rights import Held
from dispatcher.kit.errors import Refused


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


def write_csv(found: Export, file: TextIO) -> int:
    """A spreadsheet that the import reads back without a change; how many people."""
    writer = csv.DictWriter(file, found.headings, restval="", lineterminator="\n")
    writer.writeheader()
    written = 0
    for row in found.rows:
        writer.writerow(row)
        written += 1
    return written
