"""The registry as a spreadsheet, and back."""

import csv
import io

import pytest

from contacts import consent, exporting, rights
from contacts.errors import Refused
from contacts.models import Address, Contact
from contacts.reach import Audience, Scope
from contacts.samples.people import HEADINGS, make
from tests.contacts.test_importing import everything, written

EVERYONE = Audience("everyone")


def saved(audience=EVERYONE, scope=None):
    found = exporting.export(audience, scope=scope or Scope.everything())
    held = io.StringIO()
    writer = csv.DictWriter(held, found.headings, restval="")
    writer.writeheader()
    writer.writerows(found.rows)
    return held.getvalue()


def test_what_is_exported_imports_without_a_change(load):
    """Every field, every number in its order, every word."""
    load(written(make(400, 11)))
    before = everything()
    report = load(saved())
    assert (report.refused, report.unchanged, report.ignored) == (0, 400, ())
    assert everything() == before
    assert set(HEADINGS) - {"confirmed"} <= set(report.columns)


@pytest.mark.parametrize("name", ["=1+1", "@sum", "-Ann", "+Ann", "'Ann", "O'Neill"])
def test_a_formula_is_defused_and_comes_back_whole(load, name):
    """A spreadsheet must not run what somebody typed as a name."""
    load(f'reference,name\np1,"{name}"\n')
    text = saved()
    assert (f"'{name}" in text) is name.startswith(("=", "@", "+", "-"))
    assert load(text).unchanged == 1
    assert Contact.objects.get().name == name


def test_an_export_stays_inside_the_scope(cast):
    """And without the forgotten and the retired."""
    rights.forget(cast["ana"], scope=Scope.everything())
    Address.objects.filter(contact=cast["greta"], channel="sms").update(
        retired_at="2026-01-01T00:00Z"
    )
    rows = {
        row["reference"]: row for row in csv.DictReader(io.StringIO(saved(scope=Scope(("EU",)))))
    }
    assert set(rows) == {"camille", "greta", "nobody", "stopped"}
    assert rows["camille"]["phone"] == "+33639980001"
    assert rows["greta"]["phone"] == ""


def test_what_people_said_is_exported(cast):
    """The latest word of each kind."""
    consent.say(cast["ana"], channel="email", kind="news", granted=False, source="form")
    consent.say(cast["ana"], channel="email", kind="news", granted=True, source="form")
    consent.say(cast["ana"], channel="sms", kind="", granted=False, source="form")
    row = next(r for r in csv.DictReader(io.StringIO(saved())) if r["reference"] == "ana")
    assert (row["opted_out"], row["consent"]) == ("sms", "email:news")


def test_a_wrong_segment_is_refused_before_anything_is_read(db):
    """With its code."""
    assert db is None
    with pytest.raises(Refused, match="segment_field"):
        exporting.export(Audience("rol = x"), scope=Scope.everything())
