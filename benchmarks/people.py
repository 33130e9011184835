"""Invented people, each with one address, and an approved update of a recall that awaits launch."""

import csv
import io
import json
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
from dispatcher.sandbox.subscriptions import subscription

WARM = "warm"
"""Tag of the few whom the workers write to before anything is measured."""
MEDIA = {"sms": "sms", "email": "email", "fcm": "push", "webpush": "push"}
"""Kind of address -> the channel it belongs to."""
_COLUMNS = {"sms": "phone", "email": "email", "fcm": "push", "webpush": "push"}
"""Kind of address -> its heading in the sheet."""
_LETTERS_ONLY = {"media", "point_of_sale"}
"""Roles whose ladder knows e-mail alone."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with all that decides their message; for the plain way, which has no registry."""

    address: str
    """As the carrier names it: of a Web Push subscription the endpoint."""
    value: str
    """As the registry knows it."""
    name: str
    languages: tuple[str, ...]
    roles: tuple[str, ...]
    region: str
    country: str
    culture: str
    time_zone: str


def register(tags: Mapping[str, int], *, channel: str, keeper: User, sandbox: str = "") -> None:
    """So many new people with each tag, through the import, each reachable by one channel only.

    `channel` is sms, email, fcm or webpush; subscriptions of the last are the `sandbox`'s.
    """
    sheet = io.StringIO(newline="")
    writer = csv.DictWriter(sheet, HEADINGS)
    writer.writeheader()
    writer.writerows(_rows(tags, channel=channel, sandbox=sandbox))
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


def _rows(tags: Mapping[str, int], *, channel: str, sandbox: str) -> Iterator[Row]:
    """The samples' mix of places, languages and roles; nobody shares a number or opted out."""
    kept = ("name", "roles", "region", "languages", "culture", "time_zone")
    count, seen, column = sum(tags.values()), set[str](), _COLUMNS[channel]
    elsewhere = set[str]() if channel == "email" else _LETTERS_ONLY
    made = make(count * 3, subscribe=lambda _: {})
    meant = (row for row in made if elsewhere.isdisjoint(row["roles"].split("; ")))
    reached = ((row, _address(row, channel, n, sandbox)) for n, row in enumerate(meant))
    alone = ((row, address) for row, address in reached if _first(address, seen))
    tagged = (tag for tag, many in tags.items() for _ in range(many))
    for number, (tag, (row, address)) in enumerate(zip(tagged, alone, strict=False)):
        own = {"reference": f"P{channel}{number}", "tags": tag, column: address}
        yield dict.fromkeys(HEADINGS, "") | {name: row[name] for name in kept} | own


def _address(row: Row, channel: str, number: int, sandbox: str) -> str:
    """The sample's own, but for push, which two of three samples do not have."""
    if channel == "webpush":
        return json.dumps(subscription(number, sandbox))
    return f"bench{number:07}:{'APA91b' * 20}" if channel == "fcm" else row[_COLUMNS[channel]]


def _first(address: str, seen: set[str]) -> bool:
    """Whether the address is there and new; digits of all scripts are alike."""
    plain = "".join(str(unicodedata.digit(sign, sign)) for sign in address)
    if not plain or plain in seen:
        return False
    seen.add(plain)
    return True


def audience(tag: str, *, channel: str) -> list[Person]:
    """The people with the tag, in the order in which they are enlisted."""
    found = Address.objects.filter(channel=MEDIA[channel], contact__tags__contains=[tag])
    return [
        Person(
            json.loads(row.value)["endpoint"] if channel == "webpush" else row.value,
            row.value,
            row.contact.name,
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
