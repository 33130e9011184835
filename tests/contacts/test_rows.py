"""One row of text."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts import territories
from contacts.headings import FIELDS, Header
from contacts.rows import House, Person, Word, check

HOUSE = House(
    roles=("customer", "retailer"),
    kinds=("safety", "service", "news"),
    channels=("sms", "email", "push"),
    territory=territories.expand("001"),
)


def read(house=HOUSE, **cells):
    """The person of a row, or {column: code} of what is wrong."""
    cells = {"reference": "p1"} | cells
    fields = tuple(name.replace("attr_", "attr.").rstrip("_") for name in cells)
    header = Header(line=1, headings=tuple(cells), fields=fields)
    found = check(2, list(cells.values()), header=header, house=house)
    return (
        found
        if isinstance(found, Person)
        else {r.column: r.code.removeprefix("contacts.") for r in found}
    )


@pytest.mark.parametrize(
    ("cells", "name", "value"),
    [
        ({"name": "  Ana \u202e  Peña\u200f "}, "name", "Ana Peña"),
        ({"name": "می\u200cرزا"}, "name", "می\u200cرزا"),
        ({"name": "Mu\u0308ller"}, "name", "Müller"),
        ({"given_name": "Ana", "family_name": "Peña"}, "name", "Ana Peña"),
        ({"region": "us-ca"}, "region", "US-CA"),
        ({"region": "us-ca"}, "country", "US"),
        ({"country": "USA", "region": "CA"}, "region", "US-CA"),
        ({"country": "United States", "region": "CA"}, "region", "US-CA"),
        ({"country": "US", "region": ""}, "region", "US"),
        ({"country": "FR", "region": "US-CA"}, None, {"region": "region_elsewhere"}),
        ({"region": "EU"}, None, {"region": "region_not_a_place"}),
        ({"languages": "de; pt_br"}, "languages", ("de", "pt-BR")),
        ({"languages": "de; klingonese"}, None, {"languages": "language_unknown"}),
        ({"roles": "Retailer, customer"}, "roles", ("customer", "retailer")),
        ({"roles": "boss"}, None, {"roles": "role_unknown"}),
        ({"tags": "VIP; north، vip"}, "tags", ("north", "vip")),
        ({"culture": "Indirect"}, "culture", "indirect"),
        ({"time_zone": "europe/berlin"}, "time_zone", "Europe/Berlin"),
        ({"time_zone": "CEST+9"}, None, {"time_zone": "time_zone_unknown"}),
        ({"region": "JP"}, "time_zone", "Asia/Tokyo"),
        ({"region": "US-CA"}, "time_zone", ""),
        ({"attr_store": " 12 "}, "attributes", {"store": "12"}),
        ({"confirmed": "2026-01-31"}, "confirmed_at", datetime(2026, 1, 31, tzinfo=UTC)),
        ({"confirmed": "۲۰۲۶/۱/۳۱"}, "confirmed_at", datetime(2026, 1, 31, tzinfo=UTC)),
        (
            {"confirmed": "2026-01-31T10:00:00+01:00"},
            "confirmed_at",
            datetime(2026, 1, 31, 9, tzinfo=UTC),
        ),
        ({"confirmed": ""}, "confirmed_at", None),
        ({"confirmed": "31.01.2026"}, None, {"confirmed": "day_wrong"}),
        ({"confirmed": "05/06/2026"}, None, {"confirmed": "day_wrong"}),
        ({"opted_out": ""}, "words", ()),
        ({"opted_out": "no"}, "words", ()),
        ({"opted_out": "phone"}, "words", (Word("sms", "", False),)),
        (
            {"opted_out": "sms; email:news"},
            "words",
            (Word("sms", "", False), Word("email", "news", False)),
        ),
        ({"opted_out": "yes"}, "words", tuple(Word(c, "", False) for c in HOUSE.channels)),
        ({"consent": "all:news"}, "words", tuple(Word(c, "news", True) for c in HOUSE.channels)),
        ({"opted_out": "fax"}, None, {"opted_out": "consent_unknown"}),
        ({"opted_out": "sms:gossip"}, None, {"opted_out": "consent_unknown"}),
        ({"opted_out": "sms", "consent": "sms"}, None, {"consent": "consent_both"}),
        ({"name": "a\x00b"}, None, {"name": "text_control"}),
        ({"name": "a" * 301}, None, {"name": "text_long"}),
        ({"reference": " "}, None, {"reference": "reference_empty"}),
        (
            {"phone": "abc", "email": "x", "roles": "y"},
            None,
            {"phone": "phone_letters", "email": "email_wrong", "roles": "role_unknown"},
        ),
    ],
)
def test_reads(cells, name, value):
    """Each field has its rules; everything that is wrong in a row is told at once."""
    found = read(**cells)
    assert (found if name is None else getattr(found, name)) == value


def test_addresses_keep_their_order_and_stand_once():
    """Several columns, several in a cell, the same one twice."""
    found = read(
        region="GB",
        phone="07700 900002; +44 7700 900001",
        phone_="+447700900002",
        email="B@example.com, a@example.com b@example.com",
    )
    assert [point.value for point in found.points] == [
        "+447700900002",
        "+447700900001",
        "B@example.com",
        "a@example.com",
    ]


def test_a_number_is_read_with_the_row_s_country():
    """The row's own, else that which the operator named, else none."""
    house = House(
        **{name: getattr(HOUSE, name) for name in ("roles", "kinds", "channels", "territory")},
        country="GB",
    )
    assert read(region="FR", phone="06 39 98 00 01").points[0].key == "+33639980001"
    assert read(house, phone="07700 900001").points[0].key == "+447700900001"
    assert read(phone="07700 900001") == {"phone": "phone_home"}


@pytest.mark.parametrize(
    ("row", "fine"), [(["p1"], False), (["p1", "x", ""], True), (["p1", "x", "y"], False)]
)
def test_a_ragged_row_is_refused_whole(row, fine):
    """A delimiter is missing or too many: no cell can be trusted. Empty cells at the end can."""
    header = Header(line=1, headings=("reference", "name"), fields=("reference", "name"))
    found = check(2, row, header=header, house=HOUSE)
    assert isinstance(found, Person) is fine
    if isinstance(found, list):
        assert [(r.line, r.code) for r in found] == [(2, "contacts.row_ragged")]


def test_a_row_outside_the_scope_is_refused():
    """Who keeps the registry of the EU cannot put anybody into Brazil."""
    house = House(HOUSE.roles, HOUSE.kinds, HOUSE.channels, territories.expand("EU"))
    assert read(house, region="BR") == {"region": "region_outside"}
    assert read(house, region="") == {"region": "region_outside"}
    assert read(house, region="DE").region == "DE"


def test_without_a_reference_a_private_list_knows_people_by_their_address():
    """Two uploads of the same list are then the same people."""
    house = House(HOUSE.roles, HOUSE.kinds, HOUSE.channels, HOUSE.territory, needs_reference=False)
    assert read(house, reference="", phone="+447700900001").reference == "sms:+447700900001"
    assert read(house, reference="", phone="") == {"reference": "reference_empty"}


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), st.text(max_size=30)))
def test_whatever_a_row_holds_it_is_a_person_or_coded_cells(cells):
    """Nothing that a cell can hold breaks the check."""
    found = read(**cells)
    assert isinstance(found, Person) or all(found.values())
