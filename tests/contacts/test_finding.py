"""People are found by what one knows of them, inside the scope, page by page."""

import pytest

from contacts import consent, finding
from contacts.errors import Refused
from contacts.finding import Wanted
from contacts.models import Address, Contact
from contacts.regions import Scope

EVERYTHING = Scope.everything()
PEOPLE = """reference,name,region,languages,roles,phone,email,confirmed
m-1,Jürgen Müller,DE,de,customer,0171 3920001,j.mueller@example.com,2026-11-01
m-2,علی‌رضا کریمی,IR,fa,retailer,,ali@example.org,2020-01-01
m-3,Renée O'Brien-Łukasz,FR,fr;en,customer,+33 6 39 98 00 07,renee@example.net,
m-4,渡辺 健二,JP,ja,employee,,kenji_w@example.com,2026-10-01
M-50%,"=HYPERLINK(""x"")",US-CA,,customer,+1 202 555 0143,,
"""


@pytest.fixture(autouse=True)
def known(load):
    """Five people with names of five kinds."""
    report = load(PEOPLE)
    assert report.applied, report


def found(text="", scope=EVERYTHING, **asked):
    """The references of who is found."""
    page = finding.find(Wanted(text=text, **asked), scope=scope)
    counted = finding.count(Wanted(text=text, **asked), scope=scope)
    assert counted == finding.Counted(len(page.people))
    assert finding.look(Wanted(text=text, **asked), scope=scope) == (page, counted)
    return [one.reference for one in page.people]


@pytest.mark.parametrize(
    ("text", "references"),
    [
        ("müller", ["m-1"]),
        ("MULLER jur", ["m-1"]),
        ("Mül Jür", ["m-1"]),
        ("mü", []),
        ("علیرضا", ["m-2"]),
        ("علي رضا", ["m-2"]),  # with the Arabic letter
        ("علی‌رضا كريمي", ["m-2"]),
        ("renee o'brien", ["m-3"]),
        ("Obrien", []),
        ("lukasz", ["m-3"]),
        ("渡辺", ["m-4"]),
        ("0171 392 0001", ["m-1"]),
        ("+49 (0)171 3920001", ["m-1"]),
        ("0049171392", ["m-1"]),
        ("۰۱۷۱۳۹۲۰۰۰۱", ["m-1"]),
        ("06 39 98 00 07", ["m-3"]),
        ("202-555-0143", ["M-50%"]),
        ("J.Mueller@EXAMPLE.com", ["m-1"]),
        ("kenji_w", ["m-4"]),
        ("kenjixw", []),  # an underscore is a letter
        ("m-3", ["m-3"]),
        ("m-50%", ["M-50%"]),
        ("m-%", []),
        ("nobody", []),
        ("' or 1=1 --", []),
        ("\\", []),
        ("!&|():*<->", []),
    ],
)
def test_people_are_found_as_others_type_them(text, references):
    """Without case, accents, joints and the Arabic forms; phones as they are dialled at home."""
    assert found(text) == references


@pytest.mark.parametrize(
    ("asked", "references"),
    [
        ({"role": "customer"}, ["m-1", "m-3", "M-50%"]),
        ({"region": "150"}, ["m-1", "m-3"]),
        ({"region": "US-CA"}, ["M-50%"]),
        ({"language": "fa"}, ["m-2"]),
        ({"language": "en"}, []),
        ({"state": "no_language"}, ["M-50%"]),
        ({"state": "unconfirmed"}, ["m-2", "m-3", "M-50%"]),
        ({"state": "sms"}, ["m-1", "m-3", "M-50%"]),
        ({"state": "dead"}, ["m-3"]),
        ({"state": "opted_out"}, ["m-4"]),
        ({"role": "customer", "region": "DE", "language": "de", "state": "email"}, ["m-1"]),
    ],
)
def test_filters(asked, references):
    """Each alone and together."""
    mail = {a.contact.reference: a.pk for a in Address.objects.filter(channel="email")}
    consent.mark_dead([mail["m-3"]])
    consent.opt_out(mail["m-4"], source="tests")
    consent.opt_out(mail["m-1"], source="tests")
    consent.opt_in(mail["m-1"], source="tests")
    assert found(**asked) == references


def test_nobody_outside_the_scope_is_found():
    """Neither by name nor by number, reference or filter."""
    german = Scope(("DE",))
    for text in ("renee", "+33639980007", "m-3", "renee@example.net"):
        assert found(text, scope=german) == []
    assert found(scope=german) == ["m-1"]
    assert found(scope=german, region="FR") == []
    assert found(scope=Scope(())) == []


def test_pages_hold_everybody_once():
    """The id of the last one leads to the next page."""
    read, after = [], 0
    while True:
        page = finding.find(Wanted(after=after), scope=EVERYTHING, most=2)
        read += [one.reference for one in page.people]
        after = page.after
        if not after:
            break
    assert read == ["m-1", "m-2", "m-3", "m-4", "M-50%"]


def test_counting_stops():
    """Beyond the limit there are "more"."""
    assert finding.count(Wanted(), scope=EVERYTHING, most=2) == finding.Counted(5)
    asked = Wanted(state="sms")
    assert finding.count(asked, scope=EVERYTHING, most=2) == finding.Counted(2, more=True)


@pytest.mark.parametrize("few", [0, 5_000])
@pytest.mark.parametrize(
    ("asked", "references"),
    [
        ({"region": "150"}, ["m-1", "m-3"]),
        ({"role": "customer", "state": "sms"}, ["m-1", "m-3", "M-50%"]),
        ({"region": "US-CA", "role": "customer"}, ["M-50%"]),
        ({"text": "m-", "region": "150"}, ["m-1", "m-3"]),
        ({"role": "clinician"}, []),
    ],
)
def test_few_and_many_are_found_alike(asked, references, few, monkeypatch):
    """By sorting all who fit, or on a walk in the order of the ids."""
    monkeypatch.setattr(finding, "FEW", few)
    assert found(**asked) == references


def test_who_waits_too_long_is_told_no_number(monkeypatch):
    """Counting is given up, and the page is there all the same."""
    monkeypatch.setattr(finding, "_PATIENCE", 50)
    monkeypatch.setitem(finding.CONDITIONS, "dead", "pg_sleep(5) is not null")
    assert finding.count(Wanted(state="dead"), scope=EVERYTHING) is None
    assert finding.count(Wanted(state="sms"), scope=EVERYTHING) == finding.Counted(3)


def test_the_forgotten_are_not_found():
    """Also not by an empty search."""
    Contact.objects.filter(reference="m-1").update(forgotten_at="2026-01-01T00:00Z")
    assert "m-1" not in found()


def test_an_unknown_state_is_refused():
    """The state is never part of the SQL."""
    with pytest.raises(Refused, match="state_unknown"):
        found(state="x' or true --")
