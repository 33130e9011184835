"""A private list goes with its alerts, a person when they ask; what was sent stays counted."""

import pytest
from django.conf import settings

from contacts.errors import Refused as PeopleRefused
from contacts.importing import import_file, make_list
from contacts.models import AdHocList, Contact
from contacts.regions import Scope
from dispatcher.alerts import compose, erasure
from dispatcher.alerts.launch import launch, words
from dispatcher.alerts.models import Alert
from dispatcher.kit.errors import Refused
from dispatcher.ledger import replies
from dispatcher.ledger.models import Dispatch, Reply
from dispatcher.ledger.replies import Kept
from dispatcher.operators import roster
from dispatcher.operators.models import JournalEntry
from dispatcher.operators.roles import Role
from tests.ledger.test_books import shift

PEOPLE = "reference;name;country;language;phone\na;Ada Berg;DE;de;+49 171 39200 05\n"


@pytest.fixture
def hedda(sofie):
    """Hedda Nyman keeps the registry of Europe."""
    user = roster.add("hedda.nyman", by=sofie, name="Hedda Nyman", language="sv")
    roster.grant(user, Role.REGISTRY_KEEPER, over=["EU"], by=sofie)
    return user


@pytest.fixture
def affected(db, tmp_path):  # noqa: ARG001  # what it needs to be there
    """A private list of one person in Germany."""
    path = tmp_path / "affected.csv"
    path.write_text(PEOPLE, encoding="utf-8")
    list_id = make_list("Customers of May")
    import_file(path, by="hedda.nyman", scope=Scope.everything(), list_id=list_id)
    return list_id


def left(list_id):
    """People of the list who are still known."""
    return Contact.objects.filter(list_id=list_id, forgotten_at=None).count()


def bind(alert: Alert, list_id: int) -> Alert:
    Alert.objects.filter(pk=alert.pk).update(list_id=list_id)
    alert.refresh_from_db()
    return alert


def test_a_list_without_an_alert_goes_after_its_time(affected):
    """A month after it was made, unless somebody has made an alert for it."""
    assert erasure.sweep() == 0
    shift(hours=24 * 31)
    assert erasure.sweep() == 1
    assert (left(affected), AdHocList.objects.get(pk=affected).name) == (0, "")
    assert JournalEntry.objects.get(what="contacts.list_erased").facts == {"people": 1}


def test_a_list_stays_while_its_alert_may_leave(draft, affected, hedda):
    """Neither the clock nor the keeper takes it from an open alert."""
    bind(draft, affected)
    shift(hours=24 * 400)
    assert erasure.sweep() == 0
    with pytest.raises(Refused, match="list_in_use"):
        erasure.erase(affected, by=hedda)
    assert left(affected) == 1


def test_a_cancelled_alert_needs_its_list_no_more(draft, affected, mina):
    """Nothing was sent, so nothing can follow."""
    bind(draft, affected)
    compose.cancel(draft, by=mina)
    assert erasure.sweep() == 1
    assert left(affected) == 0


def test_a_sent_list_stays_for_the_correction(approved, affected, mina):
    """Until the dispatch is complete, and then for its time."""
    dispatch = launch(approved, by=mina, confirm=words(approved))
    bind(approved, affected)
    with pytest.raises(Refused, match="list_in_use"):
        erasure.erase(affected, by=None)
    Dispatch.objects.filter(pk=dispatch.pk).update(
        state="complete", completed_at=dispatch.launched_at
    )
    assert erasure.sweep() == 0
    assert erasure.lists()[0].erased_from == dispatch.launched_at + settings.LIST_KEPT
    shift(hours=24 * settings.LIST_KEPT.days + 1)
    assert erasure.sweep() == 1


def test_what_they_wrote_goes_with_them(affected, hedda):
    """The reply stays in the books, its words do not."""
    person = Contact.objects.get(list_id=affected)
    replies.keep(Kept("twilio", "SM1", "real", "words", "I am ill", contact_id=person.pk))
    assert erasure.erase(affected, by=hedda) == 1
    assert Reply.objects.get().text == ""


def test_a_list_is_erased_whole_or_not_at_all(affected, sofie):
    """A keeper of Brazil does not erase people in Germany."""
    user = roster.add("rui.prado", by=sofie, name="Rui Prado", language="pt-BR")
    roster.grant(user, Role.REGISTRY_KEEPER, over=["BR"], by=sofie)
    with pytest.raises(PeopleRefused, match="list_outside"):
        erasure.erase(affected, by=user)
    assert left(affected) == 1


def test_a_person_is_forgotten_with_their_words(affected, hedda):
    """On record by the bare id, never by name."""
    person = Contact.objects.get(list_id=affected)
    replies.keep(Kept("twilio", "SM1", "real", "words", "I am ill", contact_id=person.pk))
    erasure.forget(person.pk, by=hedda)
    assert Reply.objects.get().text == ""
    assert JournalEntry.objects.get(what="contacts.forgotten").about == f"contact:{person.pk}"
