"""What a person may see and do."""

from threading import Barrier, Thread

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatcher.kit.errors import Refused
from dispatcher.operators import access, roster
from dispatcher.operators.access import NotAllowed
from dispatcher.operators.models import Membership
from dispatcher.operators.roles import READERS, Role

MAY = [
    (Role.AUTHOR, "EU", True),
    (Role.AUTHOR, "DE", True),
    (Role.AUTHOR, "DE-BY", True),
    (Role.AUTHOR, "BR", False),
    (Role.AUTHOR, "150", False),  # Europe is more than the EU
    (Role.AUTHOR, "001", False),
    (Role.VIEWER, "DE", False),
]


@pytest.mark.parametrize(("role", "region", "answer"), MAY)
def test_a_role_holds_in_its_region_and_inside_it(mina, role, region, answer):
    """Mina is author in the EU: inside it yes, around it and elsewhere no."""
    assert access.may(mina, role, region) is answer


def test_a_scope_is_the_union_of_the_memberships(mina, sofie):
    """Reading goes by any role that reads; nobody gets everything."""
    roster.grant(mina, Role.VIEWER, over=["NO"], by=sofie)
    assert access.scope_of(mina, *READERS).regions == ("EU", "NO")
    assert access.scope_of(mina, Role.AUTHOR).regions == ("EU",)
    assert access.scope_of(mina, Role.ADMIN).regions == ()


def test_an_admin_sends_nothing_by_that_alone(sofie):
    """To manage and to send are different rights."""
    with pytest.raises(NotAllowed):
        access.require(sofie, Role.AUTHOR, over=["DE"])


def test_asking_for_no_region_is_not_asking_for_all(mina):
    """An empty list of regions is refused, not granted."""
    with pytest.raises(NotAllowed):
        access.require(mina, Role.AUTHOR, over=[])


def test_who_left_may_nothing(mina, sofie):
    """Roles, offices and keys end when an operator is switched off."""
    roster.switch_off(mina, by=sofie)
    mina.refresh_from_db()
    assert access.regions_of(mina, *Role) == ()


COMMON = [
    (("EU",), ("DE", "BR"), ("DE",)),
    (("DE",), ("EU",), ("DE",)),
    (("EU",), ("BR",), ()),
    (("001",), ("EU", "BR"), ("BR", "EU")),
    (("FR", "DE"), ("FR",), ("FR",)),
]


@pytest.mark.parametrize(("one", "other", "met"), COMMON)
def test_regions_meet_in_the_smaller_one(one, other, met):
    """Two scopes have in common what lies in both."""
    assert access.common(one, other) == met


@settings(max_examples=40)
@given(
    *[st.lists(st.sampled_from(["001", "150", "EU", "DE", "DE-BY", "BR", "419"]), max_size=3)] * 2
)
def test_common_ground_lies_in_both(one, other):
    """Law: what two scopes have in common, each of them covers; the order does not matter."""
    met = access.common(one, other)
    assert access.covers(one, met)
    assert access.covers(other, met)
    assert met == access.common(other, one)


def test_only_an_admin_changes_the_roster(mina, ana):
    """A lead gives nobody a role, not even herself."""
    for change in (
        lambda: roster.grant(mina, Role.AUTHOR, over=["BR"], by=mina),
        lambda: roster.appoint(mina, roster.Seat("ceo"), by=mina),
        lambda: roster.add("x", by=mina, name="X"),
        lambda: roster.switch_off(ana, by=mina),
        lambda: roster.withdraw(ana, "author", over=["BR"], by=mina),
    ):
        with pytest.raises(NotAllowed):
            change()


def test_an_admin_remains(sofie):
    """The last admin can neither leave nor lay the role down."""
    for change in (
        lambda: roster.switch_off(sofie, by=sofie),
        lambda: roster.withdraw(sofie, "admin", over=["001"], by=sofie),
    ):
        with pytest.raises(Refused) as refused:
            change()
        assert refused.value.code == "operators.last_admin"
    assert Membership.objects.filter(user=sofie, role="admin").exists()


@pytest.mark.usefixtures("sofie")
def test_the_first_operator_is_the_only_one_who_needs_no_key():
    """A second "first" operator is refused."""
    with pytest.raises(NotAllowed) as refused:
        roster.add_first("mallory", name="Mallory")
    assert refused.value.code == "operators.not_first"


WRONG = [
    ({"username": "Ana Souza"}, "operators.bad_username"),
    ({"username": ""}, "operators.bad_username"),
    ({"username": "sofie.lind"}, "operators.exists"),
    ({"language": "not a language"}, "operators.unknown_language"),
    ({"time_zone": "Mars/Base"}, "operators.unknown_time_zone"),
]


@pytest.mark.parametrize(("fields", "code"), WRONG)
def test_what_cannot_be_an_operator_is_told(sofie, fields, code):
    """Each wrong field has its own code."""
    asked = {"username": "ana.souza", "name": "Ana", **fields}
    with pytest.raises(Refused) as refused:
        roster.add(asked.pop("username"), by=sofie, **asked)
    assert refused.value.code == code


def test_offices_are_data_and_always_there(kenji):
    """Kenji holds the CEO's office and no other; an unknown office is refused."""
    assert access.holds(kenji, "ceo")
    assert not access.holds(kenji, "counsel")
    with pytest.raises(Refused) as refused:
        roster.appoint(kenji, roster.Seat("king"), by=roster.find("sofie.lind"))
    assert refused.value.code == "operators.unknown_office"


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_let_each_other_go_are_still_one():
    """In the same moment, each from a session of their own: the second finds no right any more."""
    one = roster.add_first("ada.first", name="Ada")
    other = roster.add("ben.second", by=one, name="Ben")
    roster.grant(other, Role.ADMIN, over=["001"], by=one)
    gate, told = Barrier(2), []

    def go(by, user):
        gate.wait(30)
        try:
            roster.switch_off(user, by=by)
        except Refused as refused:
            told.append(refused.code)
        finally:
            connection.close()

    threads = [Thread(target=go, args=pair) for pair in ((one, other), (other, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert told == ["operators.not_allowed"]
    assert Membership.objects.filter(role=Role.ADMIN, user__is_active=True).count() == 1
