"""Invented people, each with one address, and an approved update of a recall that awaits launch."""

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection

from contacts import importing
from contacts.models import Address
from contacts.reach import Scope
from contacts.samples.people import HEADINGS, Row, make
from dispatcher.alerts import approve, compose
from dispatcher.alerts.models import Alert
from dispatcher.cli import story
from dispatcher.operators.models import User

WARM = "warm"
"""Tag of the few whom the workers write to before anything is measured."""
_COLUMNS = {"sms": "phone", "email": "email"}
_ELSEWHERE = {"phone": {"media", "point_of_sale"}, "email": set[str]()}
"""Column -> roles whose ladder does not know it: they get letters only."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with all that decides their message; for the plain way, which has no registry."""

    address: str
    languages: tuple[str, ...]
    roles: tuple[str, ...]
    region: str
    country: str
    culture: str
    time_zone: str


def register(tags: Mapping[str, int], *, channel: str, keeper: User) -> None:
    """So many new people with each tag, through the import, each reachable by one channel only."""
    sheet = io.StringIO(newline="")
    writer = csv.DictWriter(sheet, HEADINGS)
    writer.writeheader()
    writer.writerows(_rows(tags, column=_COLUMNS[channel]))
    done = importing.import_file(
        io.BytesIO(sheet.getvalue().encode()),
        by=keeper.username,
        scope=Scope(("001",)),
        file_name="people.csv",
    )
    if (done.applied, done.created) != (True, sum(tags.values())):
        raise SystemExit(f"the registry took {done.created} people: {done.code} {done.by_code}")
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")  # as a registry is that was not imported just now


def _rows(tags: Mapping[str, int], *, column: str) -> Iterator[Row]:
    """The samples' mix of places, languages and roles; nobody shares a number or opted out."""
    kept = ("name", "roles", "region", "languages", "culture", "time_zone")
    count, seen = sum(tags.values()), set[str]()
    made = make(count * 3, subscribe=lambda _: {})
    meant = (row for row in made if _ELSEWHERE[column].isdisjoint(row["roles"].split("; ")))
    alone = (row for row in meant if _first(row[column], seen))
    tagged = (tag for tag, many in tags.items() for _ in range(many))
    for number, (tag, row) in enumerate(zip(tagged, alone, strict=False)):
        own = {"reference": f"P{number}", "tags": tag, column: row[column]}
        yield dict.fromkeys(HEADINGS, "") | {name: row[name] for name in kept} | own


def _first(address: str, seen: set[str]) -> bool:
    """Whether the address is there and new; digits of all scripts are alike."""
    plain = "".join(str(unicodedata.digit(sign, sign)) for sign in address)
    if not plain or plain in seen:
        return False
    seen.add(plain)
    return True


def audience(tag: str, *, channel: str) -> list[Person]:
    """The people with the tag, in the order in which they are enlisted."""
    found = Address.objects.filter(channel=channel, contact__tags__contains=[tag])
    return [
        Person(
            row.value,
            tuple(row.contact.languages),
            tuple(row.contact.roles),
            row.contact.region,
            row.contact.country,
            row.contact.culture,
            row.contact.time_zone,
        )
        for row in found.select_related("contact").order_by("contact_id")
    ]


def approved(tag: str, *, cast: story.Cast, segment: str = "") -> Alert:
    """An update of the story's recall (it has a number, a date and a list) to the tag's people.

    `segment`: to other people.
    """
    mina = cast.author
    alert = compose.compose(
        "recall",
        by=mina,
        mode=Alert.DRILL,
        part="update",
        title=tag,
        segment=segment or f"tag = {tag}",
    )
    told = {(name, region, language): value for name, value, region, language in _facts()}
    for (name, region, language), value in told.items():
        where = {"name": name, "region": region, "language": language}
        compose.set_fact(alert, by=mina, value=value, **where)
        compose.verify_fact(alert, by=mina, source="benchmark", **where)
    approve.submit(alert, by=mina)
    for officer in cast.offices:
        approve.approve(alert, by=officer)
    alert.refresh_from_db()
    return alert


def _facts() -> Iterator[tuple[str, str, str, str]]:
    now = datetime.now(UTC).replace(microsecond=0)
    first_only = {"sold_from", "sold_until", "stores"}
    yield from (fact for fact in story.facts(now) if fact[0] not in first_only)
    yield "reports", "1250", "", ""
    yield "returned", "48000", "", ""
