"""Search and one person: what a keeper sees and may do, and what others may not."""

import json

import pytest

from contacts.models import Address, Consent, Contact
from contacts.reach import doors
from dispatcher.ledger.models import Delivery, Reply
from dispatcher.operators.models import JournalEntry
from tests.console.conftest import NASTY

pytestmark = pytest.mark.django_db


def noted(what):
    """How often the journal says it."""
    return JournalEntry.objects.filter(what=what).count()


def mail_of(contact_id):
    return Address.objects.get(contact=contact_id, channel="email")


@pytest.mark.usefixtures("cast")
def test_people_are_searched_as_they_are_called(signed_in, keeper):
    """By the beginning of a name; the page says how many there are."""
    page = signed_in(keeper).get("/people/?q=gre").content.decode()
    assert "Greta Weiß" in page
    assert "Ana Peña" not in page
    assert "1 person" in page


@pytest.mark.usefixtures("cast")
def test_filters_are_written_as_people_say_them(signed_in, keeper):
    """A country or a language by its name in any of our languages; a wrong one is said."""
    client = signed_in(keeper)
    page = client.get("/people/?region=Deutschland&language=آلمانی").content.decode()
    assert "Greta Weiß" in page
    assert "Camille" not in page
    page = client.get("/people/?region=Atlantis").content.decode()
    assert "is not a region that we know" in page


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("query", ["q=ana", "region=ES", "q=%2B34200000001", "after=0"])
def test_who_lives_elsewhere_is_not_found(signed_in, keeper_of, query):
    """A keeper of Germany sees nobody of Spain, however she asks."""
    page = signed_in(keeper_of("DE")).get(f"/people/?{query}").content.decode()
    assert "Ana Peña" not in page


@pytest.mark.parametrize(
    "way",
    [
        "",
        "correct",
        "forget",
        "held.json",
        "held.csv",
        "address/{address}/opt-out",
        "address/{address}/revive",
    ],
)
def test_ids_cannot_be_guessed(signed_in, keeper_of, cast, way):
    """A person of France is not there for a keeper of Germany, and neither are their addresses."""
    client = signed_in(keeper_of("DE"))
    address = mail_of(cast["camille"]).pk
    there = f"/people/{cast['camille']}/{way.format(address=address)}"
    assert client.get(there).status_code == 404
    assert client.post(there, {"word": "forget", "name": "x"}).status_code in {404, 405}
    # Nor by way of somebody who is theirs.
    assert client.post(f"/people/{cast['greta']}/address/{address}/opt-out").status_code == 404
    assert not Consent.objects.filter(contact=cast["camille"], source="console").exists()
    assert Contact.objects.get(pk=cast["camille"]).name == "Camille Lefèvre"


def test_one_person_in_plain_words(signed_in, keeper, cast):
    """Addresses with their state, languages by name, and what was said."""
    page = signed_in(keeper).get(f"/people/{cast['greta']}/").content.decode()
    assert "Opted out of everything by this channel" in page
    assert "Works" in page
    assert "German" in page
    assert 'dir="ltr">+491713920001</bdi>' in page


def test_nothing_that_is_stored_runs(signed_in, keeper, cast):
    """Names, references, tags, attributes and replies are letters."""
    Contact.objects.filter(pk=cast["ana"]).update(
        name=NASTY, reference=NASTY, tags=[NASTY], attributes={NASTY: NASTY}
    )
    Reply.objects.create(
        carrier="twilio", carrier_id="1", mode="real", meaning="other", text=NASTY,
        contact_id=cast["ana"], at="2026-11-01T00:00Z",
    )  # fmt: skip
    client = signed_in(keeper)
    for there in (
        "/people/",
        *(f"/people/{cast['ana']}/{way}" for way in ("", "correct", "forget")),
    ):
        page = client.get(there).content.decode()
        assert NASTY not in page
        assert "&lt;script&gt;" in page


def test_a_correction_is_one_line_in_the_journal(signed_in, keeper, cast):
    """A new number is a new row; the old one is kept as replaced; sent again changes nothing."""
    client, there = signed_in(keeper), f"/people/{cast['emma']}/correct"
    form = client.get(there).context["form"].initial
    told = {**form, "phone": "07700 900555", "name": "Emma MacLeod-Reid"}
    for _ in range(2):
        assert client.post(there, told).status_code == 302
    live = Address.objects.filter(contact=cast["emma"], channel="sms", retired_at=None)
    assert [one.value for one in live] == ["+447700900555"]
    assert Address.objects.filter(contact=cast["emma"], channel="sms").count() == 2
    assert Contact.objects.get(pk=cast["emma"]).name == "Emma MacLeod-Reid"
    entry = JournalEntry.objects.filter(what="contacts.corrected").first()
    assert entry.facts == {"fields": ["name", "phone"]}
    page = client.get(f"/people/{cast['emma']}/").content.decode()
    assert "1 earlier address" in page


def test_a_wrong_correction_is_said_beside_its_field(signed_in, keeper_of, cast):
    """Nothing is written; nobody is moved out of the keeper's regions."""
    client, there = signed_in(keeper_of("DE")), f"/people/{cast['greta']}/correct"
    form = client.get(there).context["form"].initial
    answer = client.post(there, {**form, "name": "x", "phone": "call me", "region": "France"})
    errors = answer.context["form"].errors
    assert set(errors) == {"phone", "region"}
    assert Contact.objects.get(pk=cast["greta"]).name == "Greta Weiß"
    assert noted("contacts.corrected") == 0


def test_opting_out_and_lifting_it(signed_in, keeper, cast):
    """Each asks once more; twice is once; both are in the journal."""
    client, address = signed_in(keeper), mail_of(cast["ana"])
    there = f"/people/{cast['ana']}/address/{address.pk}"
    assert "warnings about life" in client.get(f"{there}/opt-out").content.decode()
    assert doors([address.pk], kind="safety")[address.pk].refusal == ""
    for _ in range(2):
        client.post(f"{there}/opt-out")
    assert doors([address.pk], kind="safety")[address.pk].refusal == "opted_out"
    assert Consent.objects.filter(contact=cast["ana"], source="console").count() == 1
    client.post(f"{there}/opt-in")
    assert doors([address.pk], kind="safety")[address.pk].refusal == ""
    assert (noted("contacts.opted_out"), noted("contacts.opted_in")) == (2, 1)


def test_dead_and_alive_again(signed_in, keeper, cast):
    """A keeper may say what a carrier says, and take it back."""
    client, address = signed_in(keeper), mail_of(cast["ana"])
    there = f"/people/{cast['ana']}/address/{address.pk}"
    client.post(f"{there}/dead")
    assert doors([address.pk], kind="safety")[address.pk].refusal == "dead"
    client.post(f"{there}/revive")
    assert doors([address.pk], kind="safety")[address.pk].refusal == ""


def test_confirming(signed_in, keeper, cast):
    """One button says that all of it is right today."""
    signed_in(keeper).post(f"/people/{cast['nobody']}/confirm")
    assert Contact.objects.get(pk=cast["nobody"]).confirmed_at is not None


def test_forgetting_needs_its_word(signed_in, keeper, cast):
    """Another word erases nothing; the right one leaves the bare id."""
    client, there = signed_in(keeper), f"/people/{cast['ana']}/forget"
    assert client.post(there, {"word": "yes"}).status_code == 200
    assert Contact.objects.get(pk=cast["ana"]).name
    assert client.post(there, {"word": " Forget "}).status_code == 302
    assert Contact.objects.get(pk=cast["ana"]).name == ""
    assert client.get(there).status_code == 404
    assert noted("contacts.forgotten") == 1


def test_all_that_is_held_as_a_file(signed_in, keeper, cast):
    """JSON and CSV; what a spreadsheet would run is defused; it is on record."""
    Contact.objects.filter(pk=cast["ana"]).update(name='=HYPERLINK("x")', attributes={"=1+1": "+2"})
    client = signed_in(keeper)
    answer = client.get(f"/people/{cast['ana']}/held.json")
    assert json.loads(answer.content)["addresses"][0]["value"] == "ana@example.com"
    assert answer["X-Content-Type-Options"] == "nosniff"
    text = client.get(f"/people/{cast['ana']}/held.csv").content.decode("utf-8-sig")
    assert "name,\"'=HYPERLINK" in text
    assert "attributes.=1+1,'+2" in text
    assert noted("contacts.shown") == 2


def test_others_have_no_business_here(signed_in, kenji, cast):
    """An approver of the world is refused, and told what it needs."""
    client = signed_in(kenji)
    for there in ("/people/", f"/people/{cast['ana']}/"):
        assert client.get(there).status_code == 403


def test_what_they_were_sent(signed_in, keeper, cast, story):
    """Dispatch, channel, language and state; only the person's own."""
    one = story(people=[("ES", "es", "sms")])
    one.send()
    address = mail_of(cast["ana"])
    Delivery.objects.update(contact_id=cast["ana"], address_id=address.pk)
    page = signed_in(keeper).get(f"/people/{cast['ana']}/").content.decode()
    assert "Product recall" in page
    assert "Handed over" in page
    assert "Spanish" in page
