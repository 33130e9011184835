"""Show me, correct me, forget me."""

import pytest

from contacts import consent, rights
from contacts.errors import Refused
from contacts.importing import make_list
from contacts.models import Address, AdHocList, Consent, Contact, Suppression
from contacts.reach import doors
from contacts.regions import Scope

EVERYTHING, EU = Scope.everything(), Scope(("EU",))


def test_everything_that_is_held_is_shown(cast):
    """Addresses with their marks and every word of consent."""
    held = rights.show(cast["camille"], scope=EU)
    assert (held.name, held.region, held.languages) == ("Camille Lefèvre", "FR", ("fr",))
    assert [a.value for a in held.addresses] == ["camille@example.net", "+33639980001"]
    assert [(s.channel, s.kind, s.granted, s.source) for s in held.said] == [
        ("email", "news", False, "import")
    ]


def test_people_are_found_by_their_reference(cast):
    """Inside the scope; elsewhere they do not exist."""
    assert rights.find("ana", scope=EU) == cast["ana"]
    for reference in ("bruno", "nobody at all"):
        with pytest.raises(Refused, match="contact_unknown"):
            rights.find(reference, scope=EU)


def test_a_correction_follows_the_rules_of_an_import(cast):
    """A new number is a new row, and the person's country helps to read it."""
    fields = {"phone": "07700 900555", "languages": "gd; en", "attr.store": "7"}
    assert rights.correct(cast["emma"], scope=EVERYTHING, fields=fields) == ()
    held = rights.show(cast["emma"], scope=EVERYTHING)
    assert held.languages == ("gd", "en")
    assert held.attributes == {"store": "7"}
    live = [a.value for a in held.addresses if a.retired_at is None and a.channel == "sms"]
    assert live == ["+447700900555"]
    assert held.name == "Emma MacLeod"
    assert len(held.addresses) == 4


def test_a_wrong_correction_changes_nothing(cast):
    """It says what is wrong, as an import does."""
    wrong = rights.correct(cast["ana"], scope=EU, fields={"name": "Ann", "phone": "letters"})
    assert [(r.column, r.code) for r in wrong] == [("phone", "contacts.phone_letters")]
    assert rights.show(cast["ana"], scope=EU).name == "Ana Peña"


def test_nobody_is_moved_out_of_sight(cast):
    """Who sees the EU cannot move a person to Brazil, nor correct one there."""
    wrong = rights.correct(cast["ana"], scope=EU, fields={"region": "BR"})
    assert [r.code for r in wrong] == ["contacts.region_outside"]
    with pytest.raises(Refused, match="contact_unknown"):
        rights.correct(cast["bruno"], scope=EU, fields={"name": "x"})
    with pytest.raises(Refused, match="field_unknown"):
        rights.correct(cast["ana"], scope=EU, fields={"nom": "x"})


def test_forgetting_leaves_the_bare_id(cast):
    """Identity, addresses and words are gone; the number of rows is the same."""
    consent.opt_out(_sms(cast, "ana"), source="x")
    before = Contact.objects.count()
    rights.forget(cast["ana"], scope=EU)
    assert Contact.objects.count() == before
    gone = Contact.objects.get(pk=cast["ana"])
    assert gone.forgotten_at is not None
    assert not any(
        (gone.name, gone.reference, gone.region, gone.languages, gone.roles, gone.attributes)
    )
    assert not Address.objects.filter(contact=gone).exists()
    assert not Consent.objects.filter(contact=gone).exists()
    with pytest.raises(Refused, match="contact_unknown"):
        rights.show(cast["ana"], scope=EVERYTHING)


def test_an_old_spreadsheet_cannot_bring_the_forgotten_back_unasked(load, cast):
    """They come in as somebody new, and their old address stays closed; no address is kept in clear."""
    rights.forget(cast["ana"], scope=EU)
    load("reference,name,email\nana,Ana Peña,ana@example.com\n")
    fresh = Contact.objects.get(reference="ana")
    assert fresh.pk != cast["ana"]
    id_ = Address.objects.get(contact=fresh).pk
    assert doors([id_], kind="safety")[id_].refusal == "suppressed"
    assert all(len(bytes(s.digest)) == 32 for s in Suppression.objects.all())


def test_a_shared_phone_stays_open_for_the_other(cast):
    """Quinn asks to be forgotten; Rosa is still warned."""
    rights.forget(cast["quinn"], scope=EVERYTHING)
    id_ = _sms(cast, "rosa")
    assert doors([id_], kind="safety")[id_].refusal == ""


def test_nobody_is_forgotten_from_outside_the_scope(cast):
    """Nor twice."""
    with pytest.raises(Refused, match="contact_unknown"):
        rights.forget(cast["bruno"], scope=EU)
    rights.forget(cast["bruno"], scope=EVERYTHING)
    with pytest.raises(Refused, match="contact_unknown"):
        rights.forget(cast["bruno"], scope=EVERYTHING)


def test_a_list_is_erased_with_its_people(load, cast):
    """And nobody else; what comes later may use the addresses again."""
    list_id = make_list("Breach, customers of May")
    load("phone,name\n+447700900001,Una\n+447700900777,Duo\n", list_id=list_id)
    assert len(rights.forget_list(list_id, scope=EVERYTHING)) == 2
    erased = AdHocList.objects.get(pk=list_id)
    assert (erased.name, erased.erased_at is None) == ("", False)
    assert not Contact.objects.filter(list=list_id, forgotten_at=None).exists()
    id_ = _sms(cast, "emma")
    assert doors([id_], kind="safety")[id_].refusal == ""
    with pytest.raises(Refused, match="list_unknown"):
        rights.forget_list(list_id, scope=EVERYTHING)
    with pytest.raises(Refused, match="list_unknown"):
        load("phone\n+447700900001\n", list_id=list_id)


def _sms(cast, reference):
    return Address.objects.get(contact=cast[reference], channel="sms", retired_at=None).pk
