"""Replies: obeyed once, by the right people, and tied to the message that was before them."""

from datetime import timedelta

import pytest
from django.conf import settings as django_settings

from contacts import callers, consent, reach
from contacts.models import Address, Consent, Contact, Suppression
from dispatcher.ledger import entries, replies, statements, tally
from dispatcher.ledger.entries import Fact, Window
from dispatcher.ledger.facts import Outcome
from dispatcher.ledger.models import Clock, Delivery, Receipt, Reply
from dispatcher.providers.inbound import Inbound
from dispatcher.tracking.keywords import Meaning, words
from dispatcher.tracking.replies import _TONGUES, answer, receive
from tests.ledger.conftest import enlist, open_dispatch, person  # noqa: F401  # fixtures

pytestmark = pytest.mark.django_db

US = "+12025550100"
MINA, BEN, STRANGER = "+12025550111", "+447700900122", "+12025550199"


def contact(name, number, *languages):
    """A person with one phone; the address."""
    who = Contact.objects.create(
        reference=name, name=name, region="", country="", languages=list(languages), roles=[],
        tags=[], culture="", time_zone="UTC", attributes={},
    )  # fmt: skip
    return Address.objects.create(contact=who, channel="sms", key=number, value=number, position=0)


@pytest.fixture
def mina(db):  # noqa: ARG001
    return contact("mina", MINA, "fa", "en")


@pytest.fixture
def send(enlist):  # noqa: F811
    """A message to an address, taken by the carrier; its delivery id."""

    def make(address, *, outcome=None, **facts):
        who = person(address.contact_id, sms_id=address.id, sms_key=address.key)
        enlist([who], **facts)
        [batch] = entries.claim("critical", people=1)
        entries.advance([(batch, 1)])
        taken = outcome or Outcome.taken("SM1")
        entries.record([Window(batch, [Fact(0, taken, "twilio")])])
        return batch.delivery_id(0)

    return make


def say(text, number=MINA, *, sid="SM9", mode="real", **more):
    return receive(Inbound(sid, number, US, text, **more), carrier="twilio", mode=mode)


def allowed(address):
    return reach.doors([address.id], kind="safety")[address.id].refusal == ""


@pytest.mark.parametrize("text", ["STOP", "لغو", "stop ok", "Arrêt"])
def test_stop_shuts_the_door_in_any_language(mina, text):
    say(text)
    assert not allowed(mina)
    assert Consent.objects.get().source == "sms:STOP"


def test_start_opens_it_again(mina):
    say("STOP", sid="SM1")
    say("شروع", sid="SM2")
    assert allowed(mina)
    assert not Suppression.objects.exists()


def test_start_takes_back_no_more_than_a_stop(mina):
    """What somebody else suppressed stays so."""
    consent.block([mina.id], reason="complaint", source="desk")
    say("START")
    assert not allowed(mina)


def test_two_who_share_a_phone_share_its_stop(mina):
    other = contact("ben", MINA, "de")
    say("STOPP")
    assert not allowed(mina)
    assert not allowed(other)


def test_a_number_that_nobody_has_is_obeyed_for_tomorrows_spreadsheet():
    say("STOP", STRANGER, sid="SM1")
    later = contact("late", STRANGER, "en")
    assert not allowed(later)
    later.contact.delete()
    say("START", STRANGER, sid="SM2")
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("text", ["STOP", "START"])
def test_a_drill_is_written_down_and_touches_nobody(mina, text):
    """Neither the word nor the suppression."""
    consent.opt_out(mina.id, source="desk") if text == "START" else None
    before = (allowed(mina), Consent.objects.count(), Suppression.objects.count())
    say(text, mode="drill")
    say(text, STRANGER, sid="SM10", mode="drill")
    assert (allowed(mina), Consent.objects.count(), Suppression.objects.count()) == before
    assert set(Reply.objects.values_list("mode", "meaning")) == {("drill", text.lower())}


def test_ok_acknowledges_the_newest_message_and_no_other(mina, send):
    first, second = send(mina, mode="real"), send(mina, mode="real")
    assert say("OK") == ""
    assert Delivery.objects.get(id=first).acknowledged_at is None
    assert Delivery.objects.get(id=second).acknowledged_at is not None
    kept = Reply.objects.get()
    assert (kept.delivery_id, kept.contact_id) == (second, mina.contact_id)
    assert kept.read_at is not None
    assert tally.audit(Delivery.objects.get(id=second).dispatch_id) == []


def test_a_message_that_failed_is_not_the_one_that_is_answered(mina, send):
    arrived = send(mina, mode="real")
    send(mina, mode="real", outcome=Outcome.refused("21614"))
    say("OK")
    assert Delivery.objects.get(id=arrived).acknowledged_at is not None


def test_a_message_of_which_nobody_knows_may_be_the_one(mina, send):
    """Whoever answers it has it."""
    unsure = send(mina, mode="real", outcome=Outcome.unsure("timeout"))
    say("OK")
    assert Delivery.objects.get(id=unsure).acknowledged_at is not None


@pytest.mark.parametrize(("mode", "other"), [("real", "drill"), ("drill", "real")])
def test_an_ok_speaks_for_its_own_mode(mina, send, mode, other):
    """The newest message of the other mode is not touched."""
    mine, foreign = send(mina, mode=mode), send(mina, mode=other)
    say("OK", mode=mode)
    assert Delivery.objects.get(id=mine).acknowledged_at is not None
    assert Delivery.objects.get(id=foreign).acknowledged_at is None


@pytest.mark.parametrize(("hours", "counts"), [(71, True), (73, False)])
def test_an_ok_stands_for_three_days(mina, send, hours, counts):
    """Later it is kept for a person to read."""
    delivery = send(mina, mode="real")
    Clock.objects.create(shift=timedelta(hours=hours))
    say("OK")
    assert (Delivery.objects.get(id=delivery).acknowledged_at is not None) == counts
    assert len(replies.unread(mode="real")) == (not counts)


def test_somebody_who_changed_the_number_meanwhile_has_still_answered(mina, send):
    delivery = send(mina, mode="real")
    mina.retired_at = statements.ledger_now()
    mina.save(update_fields=["retired_at"])
    say("OK")
    assert Delivery.objects.get(id=delivery).acknowledged_at is not None


def test_the_same_message_twice_changes_nothing(mina, send):
    """Not the registry, not the books; STOP, START and then the first STOP again: it stays open."""
    delivery = send(mina, mode="real")
    say("STOP", sid="SM1")
    say("START", sid="SM2")
    say("STOP", sid="SM1")
    assert allowed(mina)
    say("OK", sid="SM3")
    first = Delivery.objects.get(id=delivery).acknowledged_at
    Clock.objects.create(shift=timedelta(hours=1))
    say("OK", sid="SM3")
    assert Delivery.objects.get(id=delivery).acknowledged_at == first
    assert Reply.objects.count() == 3
    assert Receipt.objects.filter(word="acknowledged").count() == 1


@pytest.mark.usefixtures("mina")
def test_a_repeated_call_for_help_is_answered_again():
    """Its first answer may be lost."""
    assert say("HELP") == say("HELP") != ""
    assert Reply.objects.count() == 1


def test_other_words_wait_for_a_person(mina, send):
    delivery = send(mina, mode="real")
    assert say("Is lot 4711 safe?\0" + "x" * 5000) == ""
    [one] = replies.unread(mode="real")
    assert one.text.startswith("Is lot 4711 safe?x")
    assert len(one.text) == 1600
    assert (one.contact_id, one.region, one.sender) == (mina.contact_id, "DE", "")
    assert Delivery.objects.get(id=delivery).acknowledged_at is None
    assert replies.unread(mode="drill") == []
    assert replies.unread(mode="real", regions=["FR"]) == []
    assert replies.unread(mode="real", regions=["DE"]) == [one]
    assert replies.mark_read([one.id], by="mina") == 1
    assert replies.mark_read([one.id], by="ben") == 0
    assert replies.unread(mode="real") == []


def test_a_stranger_s_number_is_kept_because_nothing_else_names_them():
    say("Who is this?", STRANGER)
    assert replies.unread(mode="real")[0].sender == STRANGER


def test_the_forgotten_leave_no_words(mina):
    say("my name is Mina")
    assert replies.forget([mina.contact_id]) == 1
    assert Reply.objects.get().text == ""


def test_what_the_carrier_understood_counts_and_is_not_answered_twice(mina):
    """Its own list of key words may hold others than ours."""
    assert say("basta", told="stop", answered=True) == ""
    assert not allowed(mina)


@pytest.mark.usefixtures("mina")
def test_a_call_for_help_is_answered_in_the_language_of_the_word(settings):
    settings.ORGANISATION, settings.CONTACT = "Global Foods", "+1 202 555 0142"
    told = say("HILFE")
    assert told.startswith("Global Foods")
    assert told == answer(Meaning.HELP, language="de")
    assert "+1 202 555 0142" in told


def test_else_in_that_of_our_message_else_in_the_reader_s(mina, send):
    """The word HELP says nothing about who writes it."""
    assert say("HELP", sid="SM1") == answer(Meaning.HELP, language="fa")
    send(mina, mode="real")  # in German: tests/ledger/conftest.py
    assert say("HELP", sid="SM2") == answer(Meaning.HELP, language="de")
    assert say("HELP", STRANGER, sid="SM3") == answer(Meaning.HELP, language="en")


@pytest.mark.parametrize("spoken", ["pt", "zh-TW", "fa-AF", "xx"])
def test_a_language_that_we_do_not_ship_is_answered_in_the_nearest(spoken):
    contact("ana", BEN, spoken, "es")
    assert say("HELP", BEN)


@pytest.mark.parametrize("meaning", [Meaning.STOP, Meaning.START, Meaning.HELP])
@pytest.mark.parametrize("language", [code for code, _ in django_settings.LANGUAGES])
def test_every_language_has_an_answer_whose_words_we_understand(settings, meaning, language):
    """It names the organisation, and words of its own language that work."""
    settings.ORGANISATION, settings.CONTACT = "Global Foods", "https://example.com/help"
    told = answer(meaning, language=language)
    named = Meaning.START if meaning == Meaning.STOP else Meaning.STOP
    assert "Global Foods" in told
    assert words(named, _TONGUES[language])[0] in told
    assert ("https://example.com/help" in told) == (meaning == Meaning.HELP)
    assert ("\u2066https" in told) == (meaning == Meaning.HELP and language in {"fa", "ar"})


def test_holders_of_today_come_first(mina):
    """A number that moved on belongs to who has it now."""
    mina.retired_at = statements.ledger_now()
    mina.save(update_fields=["retired_at"])
    now = contact("ben", MINA, "de")
    assert [one.address_id for one in callers.holders("sms", MINA)] == [now.id, mina.id]
