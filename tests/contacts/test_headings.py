"""The headings of a spreadsheet."""

import pytest

from contacts.errors import Refused
from contacts.headings import FIELDS, field_of, find
from contacts.sheets import Sheet


def header(*rows, mapping=None):
    sheet = Sheet("csv", "utf-8", ",", iter(list(enumerate(map(list, rows), 1))))
    return find(sheet, mapping=mapping or {})


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("E-Mail", "email"),
        (" e_mail ADDRESS", "email"),
        ("Phone Number", "phone"),
        ("phone 2", "phone"),
        ("Mobile#", "phone"),
        ("Customer No.", "reference"),
        ("Preferred Language", "languages"),
        ("ＮＡＭＥ", "name"),
        ("\ufeffreference", "reference"),
        ("attr.store", "attr.store"),
        ("Attribute: Shop no", "attr.Shop no"),
        ("name 2", ""),
        ("favourite colour", ""),
        ("", ""),
    ],
)
def test_headings_are_matched_loosely(heading, field):
    """Case, spaces, marks and numbers do not matter; what is not ours is left alone."""
    assert field_of(heading, {}) == field


def test_every_name_means_one_field():
    """No synonym stands in two fields, and each field knows its own name."""
    names = [name for known in FIELDS.values() for name in known]
    assert len(names) == len(set(names))
    assert all(field_of(field, {}) == field for field in FIELDS)


def test_a_title_above_the_header_is_passed_over():
    """The header's own line is told."""
    found = header(["Customers, November"], [], ["Ref", "Name", "Notes", ""])
    assert found.line == 3
    assert found.used == {"Ref": "reference", "Name": "name"}
    assert found.ignored == ("Notes",)


def test_a_header_of_one_column_counts_when_it_stands_alone():
    """A list of bare numbers is common in a crisis."""
    assert header(["Phone"]).used == {"Phone": "phone"}
    with pytest.raises(Refused, match="header_missing"):
        header(["Phone", "list", "of", "Monday"])


def test_a_mapping_overrules_the_names():
    """Any language's headings can be used; '' leaves a column out."""
    mapping = {"kundennr": "reference", "Filiale": "attr.store", "name": ""}
    found = header(["KundenNr.", "Filiale", "Name"], mapping=mapping)
    assert found.used == {"KundenNr.": "reference", "Filiale": "attr.store"}
    assert found.attributes == ("attr.store",)


@pytest.mark.parametrize(
    ("headings", "mapping", "code", "fact"),
    [
        (["reference", "Reference", "name"], {}, "header_twice", "reference"),
        (["reference", "id"], {}, "header_twice", "reference"),
        (["reference", "phone", "Phone"], {}, "header_twice", "phone"),
        (["reference", "attr.a", "attr.a"], {}, "header_twice", "attr.a"),
        (["reference", "name"], {"name": "nom"}, "field_unknown", "nom"),
        (["reference", "name"], {"Filiale": "tags"}, "heading_missing", "Filiale"),
        (["colour", "size"], {}, "header_missing", "colour, size"),
    ],
)
def test_a_header_that_cannot_be_trusted_is_refused(headings, mapping, code, fact):
    """Said twice, or not at all, or not ours."""
    with pytest.raises(Refused) as refused:
        header(headings, mapping=mapping)
    assert refused.value.code == f"contacts.{code}"
    assert fact in refused.value.facts.values()


def test_two_phones_may_have_two_names():
    """The order of the columns is the order of preference."""
    found = header(["reference", "Mobile", "Phone", "Phone 2"])
    assert list(found.columns["phone"]) == [1, 2, 3]
