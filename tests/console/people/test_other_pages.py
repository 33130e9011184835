"""Segments, private lists, freshness and export: within the keeper's regions, on record."""

import pytest

from contacts import freshness, saved, segments
from contacts.errors import Refused
from contacts.importing import make_list
from contacts.models import Address, AdHocList, Contact, OwnRegion, Segment
from contacts.regions import Scope
from dispatcher.alerts.models import Alert
from dispatcher.console.account import proof
from dispatcher.console.people import plain
from dispatcher.operators.models import JournalEntry
from dispatcher.operators.roles import Role
from tests.console.conftest import NASTY

pytestmark = pytest.mark.django_db


def noted(what):
    return list(JournalEntry.objects.filter(what=what).values_list("facts", flat=True))


# Segments


@pytest.mark.usefixtures("cast")
def test_a_segment_is_counted_before_it_is_saved(signed_in, keeper):
    """By a plain button, with the sentence in plain words; then it is kept."""
    client = signed_in(keeper)
    told = {"title": "Customers of the EU", "text": "role = customer and region in EU"}
    page = client.post("/people/segments/new", {**told, "act": "count"}).content.decode()
    assert "5 people in your regions" in page
    assert "Their role is Customer" in page
    assert Segment.objects.count() == 0
    assert client.post("/people/segments/new", {**told, "act": "save"}).status_code == 302
    assert Segment.objects.get().key == "customers-of-the-eu"
    assert len(noted("segments.saved")) == 1


@pytest.mark.usefixtures("cast")
def test_a_segment_written_by_choosing(signed_in, keeper):
    """Roles, region and language make the sentence; htmx gets the counted part alone."""
    told = {"title": "x", "roles": ["customer", "employee"], "region": "Iran", "language": "فارسی"}
    answer = signed_in(keeper).post(
        "/people/segments/new", {**told, "act": "count"}, headers={"HX-Request": "true"}
    )
    page = answer.content.decode()
    assert "role in (customer, employee) and region = IR and language = fa" in page
    assert "1 person in your regions" in page
    assert "<html" not in page


@pytest.mark.usefixtures("cast")
def test_counting_stays_in_the_regions(signed_in, keeper_of):
    """A keeper of Germany counts Germans."""
    told = {"title": "x", "text": "everyone", "act": "count"}
    page = signed_in(keeper_of("DE")).post("/people/segments/new", told).content.decode()
    assert "1 person in your regions" in page


def test_a_wrong_sentence_is_said(signed_in, keeper):
    """With the place of the mistake; nothing is saved."""
    told = {"title": "x", "text": "role = custmer", "act": "save"}
    page = signed_in(keeper).post("/people/segments/new", told).content.decode()
    assert "is not a role" in page
    assert Segment.objects.count() == 0


def test_changing_and_deleting(signed_in, keeper, mina):
    """The name stays; an open alert with the same sentence is named before it is deleted."""
    client = signed_in(keeper)
    Segment.objects.create(key="all", title=NASTY, text="everyone")
    client.post("/people/segments/all/", {"title": NASTY, "text": "region = DE", "act": "save"})
    assert Segment.objects.get().text == "region = DE"
    alert = Alert.objects.create(
        scenario="recall", part="first", mode="drill", scope=["001"], author=mina,
        fallback="default_language", default_language="en", segment="region = DE",
    )  # fmt: skip
    page = client.get("/people/segments/all/delete").content.decode()
    assert alert.number in page
    assert NASTY not in page + client.get("/people/segments/").content.decode()
    assert client.post("/people/segments/all/delete").status_code == 302
    assert client.post("/people/segments/all/delete").status_code == 404
    assert len(noted("segments.deleted")) == 1


def test_a_segment_is_changed_by_keepers_of_all_its_regions(signed_in, keeper_of):
    """Everybody may use it; who keeps Germany alone changes nothing of the EU, and is told."""
    saved.create("Shops of the EU", "region in EU", scope=Scope(("EU",)))
    client = signed_in(keeper_of("DE"))
    page = client.get("/people/segments/").content.decode()
    assert "Shops of the EU" in page
    assert "segments/shops-of-the-eu/delete" not in page
    told = {"title": "Mine", "text": "region = DE", "act": "save"}
    page = client.post("/people/segments/shops-of-the-eu/", told).content.decode()
    assert "not all yours" in page
    assert client.post("/people/segments/shops-of-the-eu/delete").status_code == 409
    with pytest.raises(Refused, match="segment_not_yours"):  # as the command line asks
        saved.keep("shops-of-the-eu", title="x", text="everyone", scope=Scope(("DE",)))
    assert Segment.objects.get().text == "region in (EU)"


def test_a_segment_that_alerts_use_is_changed_on_purpose(signed_in, operator, mina):
    """Who sees an alert is told its number, of others the tens alone."""
    saved.create("Shops", "role = retailer", scope=Scope(("EU",)))
    facts = {
        "scenario": "recall", "part": "first", "mode": "drill", "author": mina,
        "fallback": "default_language", "default_language": "en", "segment": "role = retailer",
    }  # fmt: skip
    mine = Alert.objects.create(**facts, scope=["DE"])
    for _ in range(9):
        Alert.objects.create(**facts, scope=["BR"])
    keeper = operator("edda.holt", "EU", role=Role.AUTHOR)
    client, told = signed_in(keeper), {"title": "Shops", "text": "everyone", "act": "save"}
    page = client.post("/people/segments/shops/", told).content.decode()
    assert f"Open alerts have the same sentence: {mine.number}." in page
    assert "other regions" not in page
    Alert.objects.create(**facts, scope=["BR"])
    page = client.get("/people/segments/shops/delete").content.decode()
    assert "at least 10 of other regions" in page
    assert f"Open alerts have the same sentence: {mine.number}. They keep it." in page
    assert Segment.objects.get().text == "role = retailer"
    assert client.post("/people/segments/shops/", {**told, "sure": "1"}).status_code == 302
    assert Segment.objects.get().text == "everyone"


def test_two_segments_are_not_one(signed_in, keeper):
    """A second one of the same title is refused; the first stays."""
    Segment.objects.create(key="shops", title="Shops", text="everyone")
    told = {"title": "Shops", "text": "region = DE", "act": "save"}
    page = signed_in(keeper).post("/people/segments/new", told).content.decode()
    assert "Give another title" in page
    assert Segment.objects.get().text == "everyone"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("everyone", ["Everybody in the registry"]),
        (
            "role in (customer, retailer) and not region = EU",
            [
                "All of this holds:",
                "Their role is Customer or Retailer",
                "They do not live in European Union",
            ],
        ),
        (
            'not (language = none or attr.store = "7")',
            [
                "This does not hold:",
                "At least one of these holds:",
                "The language they read best is not known",
                "Their “store” is “7”",
            ],
        ),
        ("region = own:nordics", ["They live in The Nordics"]),
        ("confirmed < 2026-01-01", ["They were confirmed before 2026-01-01"]),
        ("confirmed = never", ["They were never confirmed"]),
        ("not tag = vip", ["They are not tagged “vip”"]),
    ],
)
def test_sentences_in_plain_words(text, lines):
    """Every form of the grammar is said."""

    def spoken(told):
        return [told.text, *(line for part in told.parts for line in spoken(part))]

    tree = segments.parse(text)
    roles = {"customer": "Customer", "retailer": "Retailer"}
    told = plain.told(tree, roles=roles, regions={"nordics": "The Nordics"})
    assert spoken(told) == lines


# Private lists


@pytest.fixture
def lent(cast):
    """A private list with somebody of France and one with somebody of Germany."""
    french, german = make_list("French"), make_list(NASTY)
    Contact.objects.filter(pk=cast["camille"]).update(list_id=french)
    Contact.objects.filter(pk=cast["greta"]).update(list_id=german)
    return french, german


def test_lists_of_others_are_not_there(signed_in, keeper_of, lent):
    """A keeper of Germany sees and erases only what lies wholly in Germany."""
    client = signed_in(keeper_of("DE"))
    page = client.get("/people/lists/").content.decode()
    assert "French" not in page
    assert NASTY not in page
    assert "&lt;script&gt;" in page
    assert client.post(f"/people/lists/{lent[0]}/erase").status_code == 404
    assert client.post(f"/people/lists/{lent[1]}/erase").status_code == 302
    assert list(AdHocList.objects.filter(erased_at=None).values_list("pk", flat=True)) == [lent[0]]
    assert noted("contacts.list_erased") == [{"people": 1}]


def test_a_list_in_use_stays(signed_in, keeper, mina, lent):
    """It says why, and nothing is erased."""
    Alert.objects.create(
        scenario="recall", part="first", mode="drill", scope=["001"], author=mina,
        fallback="default_language", default_language="en", list_id=lent[0],
    )  # fmt: skip
    answer = signed_in(keeper).post(f"/people/lists/{lent[0]}/erase")
    assert answer.status_code == 200
    assert AdHocList.objects.filter(erased_at=None).count() == 2


# Freshness


def test_who_lacks_what_by_region(signed_in, keeper_of, cast):
    """Counted by a worker; a keeper sees the regions that are hers."""
    Address.objects.filter(contact=cast["greta"], channel="email").update(dead_at="2026-01-01T00Z")
    client = signed_in(keeper_of("DE"))
    assert "Nobody has counted yet" in client.get("/people/fresh/").content.decode()
    freshness.survey()
    freshness.survey()
    found = freshness.figures(scope=Scope(("DE",)))
    assert found.by_lack == {
        "dead": {"DE-BE": 1}, "unconfirmed": {}, "no_language": {}, "unreachable": {"DE-BE": 1},
    }  # fmt: skip
    whole = freshness.figures(scope=Scope.everything())
    assert whole.by_lack["unreachable"] == {"DE-BE": 1, "NL": 1, "IE": 1}
    page = client.get("/people/fresh/").content.decode()
    assert "?state=unreachable&amp;region=DE" in page
    assert "Netherlands" not in page
    listed = client.get("/people/?state=unreachable&region=DE").content.decode()
    assert "Greta Weiß" in listed
    assert "Noor" not in listed


# Export


def content(answer):
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def test_an_export_is_on_record_and_harmless(signed_in, keeper_of, cast):
    """Only the keeper's regions; a formula is defused; the journal knows it before it leaves."""
    Contact.objects.filter(pk=cast["greta"]).update(name="=cmd|' /C calc'!A0")
    answer = signed_in(keeper_of("DE")).post("/people/export/", {"text": "role = customer"})
    assert noted("contacts.exported") == [{"segment": "role = customer"}]
    text = content(answer)
    assert "'=cmd" in text
    assert "Camille" not in text
    assert answer["Content-Disposition"].startswith("attachment")


def test_an_export_asks_who_one_is(signed_in, keeper):
    """After ten minutes the password is asked for again."""
    client = signed_in(keeper)
    session = client.session
    for one in session["account_authentication_methods"]:
        one["at"] -= proof.PROOF_LASTS + 60
    session.save()
    answer = client.post("/people/export/", {"text": "everyone"})
    assert answer.url.startswith("/account/prove/")
    assert noted("contacts.exported") == []


def test_a_wrong_segment_is_said_in_the_form(signed_in, keeper):
    """And nothing is noted."""
    answer = signed_in(keeper).post("/people/export/", {"text": "rolle = customer"})
    assert "is not a field" in answer.content.decode()
    assert noted("contacts.exported") == []


@pytest.mark.parametrize(
    "there",
    ["import/", "export/", "fresh/", "lists/", "1/", "1/correct", "1/forget", "import/1/"],
)
def test_an_author_has_no_business_here(signed_in, mina, there):
    """The registry is its keepers'."""
    assert signed_in(mina).get(f"/people/{there}").status_code == 403


def test_authors_keep_segments_too(signed_in, mina):
    """As on the command line; readers may look at them."""
    OwnRegion.objects.create(key="nordics", title="The Nordics", territories=["SE"])
    client = signed_in(mina)
    assert client.get("/people/segments/").status_code == 200
    told = {"title": "North", "text": "region = own:nordics", "act": "save"}
    assert client.post("/people/segments/new", told).status_code == 302
