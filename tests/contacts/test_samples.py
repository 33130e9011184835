"""The invented people."""

import csv
import io
import json
import random
from collections import Counter

import phonenumbers
import pytest

from contacts import territories
from contacts.addresses import phone
from contacts.samples.__main__ import main
from contacts.samples.people import HEADINGS, make
from contacts.samples.places import PLACES

PEOPLE = list(make(3000, 2))


def test_the_same_seed_makes_the_same_people():
    """A drill can be repeated."""
    assert list(make(200, 7)) == list(make(200, 7))
    assert list(make(200, 7)) != list(make(200, 8))


def test_the_people_are_a_world():
    """Thirty countries, thirteen languages, every role, every channel, and everything that goes wrong."""
    assert len({row["region"][:2] for row in PEOPLE}) >= 30
    read = {row["languages"].split("; ")[0].split("-")[0] for row in PEOPLE}
    assert {
        "en",
        "fa",
        "ar",
        "es",
        "fr",
        "de",
        "pt",
        "zh",
        "ja",
        "hi",
        "ru",
        "tr",
        "prs",
        "sv",
        "it",
        "",
    } <= read
    roles = Counter(row["roles"].split(";")[0] for row in PEOPLE)
    assert len(roles) == 10
    for column in (
        "phone",
        "phone 2",
        "email",
        "push",
        "opted_out",
        "consent",
        "tags",
        "attr.store",
        "culture",
    ):
        assert any(row[column] for row in PEOPLE), column
    assert any(not (row["phone"] or row["email"] or row["push"]) for row in PEOPLE)
    shared = Counter(row["phone"] for row in PEOPLE if row["phone"])
    assert sorted(set(shared.values())) == [1, 2]


def test_no_mailbox_can_belong_to_anybody():
    """Only domains that are reserved (RFC 2606)."""
    mails = [row[name] for row in PEOPLE for name in ("email", "email 2") if row[name]]
    assert all(
        mail.endswith(("@example.com", "@example.org", "@example.net", ".test")) for mail in mails
    )


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.country)
def test_no_number_can_ring(place):
    """Reserved for fiction, or with a prefix that no numbering plan has; and our check takes it."""
    chance = random.Random(1)
    free = place.length - len(place.unassigned)
    assert free >= 5
    for _ in range(50):
        number = f"{place.code}{place.unassigned}{chance.randrange(10**free):0{free}}"
        assert not phonenumbers.is_valid_number(phonenumbers.parse(number))
        assert phone(number).key == phone(number, country="GB").key == number


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.country)
def test_places_are_places(place):
    """Regions and zones exist."""
    assert all(territories.place(region) == region for region in place.regions)
    assert all("/" in zone for zone in place.regions.values())


def test_a_sandbox_can_bring_its_own_browsers():
    """And otherwise the endpoints lie below the base that is given."""
    own = [
        json.loads(row["push"])["endpoint"]
        for row in make(200, push_base="http://127.0.0.1:9")
        if "{" in row["push"]
    ]
    assert own
    assert all(endpoint.startswith("http://127.0.0.1:9/") for endpoint in own)
    asked: list[int] = []

    def subscribe(number):
        asked.append(number)
        return {"endpoint": "x"}

    list(make(200, subscribe=subscribe))
    assert asked == list(range(len(asked)))
    assert asked


def test_errors_are_made_on_request():
    """So that an import can be rehearsed with them."""
    assert any(row["phone"] == "call me" for row in make(300, wrong=0.3))
    assert not any(row["phone"] == "call me" for row in PEOPLE)


def test_the_command_writes_a_spreadsheet(capsys):
    """`python -m contacts.samples 5`."""
    assert main(["5", "--seed", "3"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert tuple(rows[0]) == HEADINGS
    assert len(rows) == 5
