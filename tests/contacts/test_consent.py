"""The only door in from the road."""

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts import consent
from contacts.errors import Refused
from contacts.importing import make_list
from contacts.models import Address, Consent, Suppression
from contacts.reach import KINDS, doors


def address(reference, channel="sms"):
    return Address.objects.get(
        contact__reference=reference, channel=channel, retired_at=None, position=0
    ).pk


def refusals(id_):
    return {kind: doors([id_], kind=kind)[id_].refusal for kind in KINDS}


def test_stop_blocks_every_kind_at_its_channel(cast):
    """Safety too, because the carrier would refuse it; the other channels stay open."""
    assert cast
    consent.opt_out(address("ana"), source="sms:STOP")
    assert set(refusals(address("ana")).values()) == {"opted_out"}
    assert refusals(address("ana", "email")) == {"safety": "", "service": "", "news": ""}


def test_who_share_a_phone_share_its_stop(cast):
    """Quinn's STOP is Rosa's."""
    assert cast
    assert consent.opt_out(address("quinn"), source="sms:STOP") == 2
    assert refusals(address("rosa"))["safety"] == "opted_out"


def test_a_stop_meets_those_who_bring_the_number_tomorrow(load, cast):
    """In the registry and in a private list."""
    assert cast
    consent.opt_out(address("quinn"), source="sms:STOP")
    load("reference,phone\nnew,+12125550123\n")
    load("phone\n+12125550123\n", list_id=make_list("Affected"))
    assert refusals(address("new"))["safety"] == "opted_out"
    assert refusals(address("sms:+12125550123"))["safety"] == "opted_out"


def test_start_takes_stop_back(cast):
    """For everybody who has the number."""
    assert cast
    consent.opt_out(address("quinn"), source="sms:STOP")
    consent.opt_in(address("rosa"), source="sms:START")
    assert refusals(address("quinn"))["safety"] == refusals(address("rosa"))["safety"] == ""


def test_one_kind_can_be_refused_alone(cast):
    """Unsubscribing from news leaves safety."""
    assert cast
    id_ = address("ana", "email")
    consent.opt_out(id_, kind="news", source="email:unsubscribe")
    assert refusals(id_) == {"safety": "", "service": "", "news": "opted_out"}


def test_a_complaint_stays_whatever_is_said_later(cast):
    """START does not undo what an operator or a complaint suppressed."""
    assert cast
    id_ = address("ana")
    assert consent.block([id_], reason="complaint", source="sms") == 1
    assert consent.block([id_], reason="complaint", source="sms") == 0
    consent.opt_in(id_, source="sms:START")
    assert set(refusals(id_).values()) == {"suppressed"}


def test_a_dead_address_is_dead_for_all_who_have_it(cast):
    """Until somebody says that it works again."""
    assert cast
    assert consent.mark_dead([address("quinn")]) == 2
    assert consent.mark_dead([address("quinn")]) == 0
    assert refusals(address("rosa"))["safety"] == "dead"
    assert consent.revive([address("rosa")]) == 2
    assert refusals(address("quinn"))["safety"] == ""


def test_a_word_from_elsewhere_covers_all_channels_when_it_names_none(cast):
    """A letter that says 'no more news' is about every channel."""
    consent.say(cast["ana"], channel="", kind="news", granted=False, source="letter")
    assert (
        refusals(address("ana"))["news"] == refusals(address("ana", "email"))["news"] == "opted_out"
    )
    assert refusals(address("ana"))["safety"] == ""


def test_the_same_word_twice_is_written_once(cast):
    """A receipt that comes again adds nothing."""
    assert cast
    assert consent.opt_out(address("ana"), source="sms:STOP") == 1
    assert consent.opt_out(address("ana"), source="sms:STOP") == 0
    assert Consent.objects.filter(source="sms:STOP").count() == 1


def test_an_address_that_is_not_there_changes_nothing(cast):
    """A receipt may come after the person was forgotten."""
    assert cast
    assert consent.opt_out(0, source="sms:STOP") == 0
    assert consent.mark_dead([]) == 0
    assert not Suppression.objects.exists()


def test_an_unknown_kind_is_refused(cast):
    """A typo must not look like a consent."""
    assert cast
    for act in (consent.opt_out, consent.opt_in):
        with pytest.raises(Refused, match=r"contacts\.kind_unknown"):
            act(1, kind="gossip", source="x")


words = st.lists(st.tuples(st.sampled_from(["", *KINDS]), st.booleans()), max_size=6)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)
@given(words)
def test_the_latest_word_that_covers_a_kind_holds(cast, said):
    """Whatever was said before, in whatever order."""
    with transaction.atomic():
        for kind, granted in said:
            consent.say(cast["ana"], channel="sms", kind=kind, granted=granted, source="form")
        for kind, free in KINDS.items():
            covering = [granted for about, granted in said if about in {"", kind}]
            allowed = covering[-1] if covering else free
            assert (refusals(address("ana"))[kind] == "") is allowed
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    "change", ["key = 'x'", "value = 'x'", "channel = 'email'", "contact_id = contact_id + 1"]
)
def test_an_address_is_immutable(cast, change):
    """PostgreSQL itself refuses: deliveries point at an address and must keep meaning it."""
    assert cast
    with (
        pytest.raises(IntegrityError, match="immutable"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"update contacts_address set {change} where id = %s", [address("ana")])  # noqa: S608
