"""Who belongs to which stakeholder group, and which channel comes first."""

import pytest

from dispatcher.fanout.ladder import group_of, ways
from dispatcher.fanout.plan import Group, Step

STAFF = Group("employee", ("employee",), (Step(("push",)),), {})
TRADE = Group("retailer", ("retailer", "distributor"), (Step(("email",)),), {})
REST = Group("consumer", (), (Step(("sms",)),), {})


@pytest.mark.parametrize(
    ("roles", "name"),
    [
        (["customer"], "consumer"),
        (["distributor"], "retailer"),
        (["customer", "employee"], "employee"),
        ([], "consumer"),
    ],
)
def test_the_first_group_that_fits_wins(roles, name):
    assert group_of(roles, groups=(STAFF, TRADE, REST)).name == name


def test_nobody_is_pressed_into_a_group():
    assert group_of(["customer"], groups=(STAFF, TRADE)) is None


def test_first_takes_one_channel_and_all_takes_each():
    assert list(ways(Step(("push", "sms")))) == [(0, 0, "push"), (0, 1, "sms")]
    assert list(ways(Step(("push", "sms"), take="all"))) == [(0, 0, "push"), (1, 0, "sms")]
