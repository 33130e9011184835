"""The registry's version moves with whatever is read of it, and with nothing else."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts import changes, consent, crowds, kept, rights
from contacts.models import Address, Change, Contact
from contacts.ranks import KINDS
from contacts.reach import Audience, Scope
from contacts.regions import define
from tests.contacts.test_kept import DEEDS, PEOPLE, do, person

EVERYTHING = Scope.everything()


def read():
    """Everybody, folded, for each kind of message."""
    return [crowds.gather(Audience("everyone"), scope=EVERYTHING, kind=kind) for kind in KINDS]


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=15
)
@given(st.lists(DEEDS, min_size=3, max_size=12))
def test_what_reads_otherwise_has_another_version(load, deeds):
    """After anything in any order: the same version, the same people; settling moves nothing."""
    with transaction.atomic():
        people = [person(f"p{n}") for n in range(PEOPLE)]
        before, seen = changes.version(), read()
        for deed in deeds:
            do(deed, people, load)
            version, found = changes.version(), read()
            assert version != before or found == seen, deed
            assert version == before or deed[0] != "settle"
            before, seen = version, found
        changes.fold()
        assert changes.version() == before
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    "change",
    [
        lambda one: Contact.objects.filter(pk=one).update(culture="formal"),
        lambda one: Contact.objects.filter(pk=one).update(attributes={"club": "gold"}),
        lambda one: rights.forget(one, scope=EVERYTHING, keep_out=True),
        lambda one: consent.say(one, channel="sms", kind="", granted=False, source="t"),
        lambda one: consent.mark_dead(Address.objects.filter(contact=one).values_list("pk")[0]),
        lambda _: person("another"),
    ],
)
def test_every_change_of_somebody_moves_it(cast, change):
    """Also of what the census does not count by."""
    before = changes.version()
    change(cast["ana"])
    assert changes.version() > before


def test_what_changes_nobody_does_not(cast):
    """A statement that finds nobody, settling, folding."""
    before = changes.version()
    assert not Contact.objects.filter(pk=cast["nobody"] + 1_000_000).update(culture="formal")
    assert not Address.objects.filter(key="nobody's").delete()[0]
    kept.settle()
    changes.fold()
    assert changes.version() == before
    assert Change.objects.count() == 1


def test_a_proof_that_finds_somebody_wrong_moves_it(cast):
    """What is read of them is another thing from then on, and no trigger has seen it."""
    kept.settle()
    before = changes.version()
    assert kept.prove() == 0
    assert changes.version() == before
    with connection.cursor() as cursor:
        cursor.execute("delete from contacts_reach where contact_id = %s", [cast["ana"]])
    assert kept.prove() == 1
    assert changes.version() > before


def test_it_moves_when_a_change_is_committed_and_not_when_it_begins(transactional_db):  # noqa: ARG001
    """Who reads while a change is on its way reads the old people under the old version."""

    def elsewhere():
        try:
            return changes.version()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        before = changes.version()
        with transaction.atomic():
            person("one")
            assert changes.version() > before
            assert other.submit(elsewhere).result(60) == before
        assert other.submit(elsewhere).result(60) == changes.version() > before


def test_two_histories_of_one_registry_have_different_versions(cast):
    """What was read before a copy was put back is not taken for what is there now."""
    found = set()
    for culture in ("formal", "warm"):
        with transaction.atomic():
            Contact.objects.filter(pk=cast["ana"]).update(culture=culture)
            found.add(changes.version())
            transaction.set_rollback(True)
    assert len(found) == 2


def test_a_crowd_is_the_same_after_it_was_kept(cast):
    """Every row and figure of it."""
    found = crowds.gather(Audience("everyone"), scope=Scope(("EU",)), kind="news")
    again = crowds.Crowd.unpacked(found.packed())
    assert again == found
    assert again.reachable == found.reachable
    assert 0 < found.reachable.total < len(cast)


def test_another_question_has_another_name(cast):
    """The audience, the regions, the kind of message, what an own region holds: each names it."""
    asked = [
        ("everyone", ("EU",), "safety"),
        ("everyone", ("BR",), "safety"),
        ("everyone", ("EU",), "news"),
        ("role = customer", ("EU",), "safety"),
        ("role = retailer", ("EU",), "safety"),
    ]
    names = {
        crowds.name(Audience(sentence), scope=Scope(regions), kind=kind)
        for sentence, regions, kind in asked
    }
    names |= {
        crowds.name(Audience(list_id=number), scope=Scope(("EU",)), kind="safety")
        for number in (1, 2)
    }
    names |= {
        crowds.name(Audience(people=[cast["ana"]][:n]), scope=Scope(("EU",)), kind="safety")
        for n in (0, 1)
    }
    assert len(names) == len(asked) + 4
    assert crowds.name(Audience("everyone"), scope=Scope(("EU",)), kind="safety") in names


def test_what_an_own_region_holds_is_in_the_name(cast):  # noqa: ARG001
    """The sentence is the same, the question is not."""
    names = set()
    for parts in (["SE", "NO"], ["SE", "NO", "DK"]):
        define("nordics", title="Nordics", parts=parts)
        asked = Audience("region = own:nordics")
        names.add(crowds.name(asked, scope=EVERYTHING, kind="safety"))
    assert len(names) == 2
