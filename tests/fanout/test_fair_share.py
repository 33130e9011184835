"""Alerts of one lane share: who came first does not make the others wait until it is done."""

from collections import Counter

import pytest

from dispatcher.ledger import entries
from tests.ledger.conftest import enlist, open_dispatch, person  # noqa: F401  # fixtures

pytestmark = pytest.mark.django_db


def crowd(first, many):
    """People who each lie in a batch of their own."""
    return [person(n, region=f"X{n:03}") for n in range(first, first + many)]


def shares(batches):
    return Counter(batch.dispatch_id for batch in batches)


def test_a_claim_takes_of_each_alert_as_many_people(enlist):  # noqa: F811
    old, new = enlist(crowd(1, 60)), enlist(crowd(100, 60))
    assert shares(entries.claim("critical", people=20)) == {old.id: 10, new.id: 10}


def test_a_small_new_alert_is_done_while_a_large_old_one_goes_on(enlist):  # noqa: F811
    old, new = enlist(crowd(1, 60)), enlist(crowd(100, 3))
    assert shares(entries.claim("critical", people=20)) == {old.id: 17, new.id: 3}


def test_large_batches_share_with_small_ones_by_people(enlist):  # noqa: F811
    large, small = enlist([person(n) for n in range(1, 41)]), enlist(crowd(100, 40))
    assert shares(entries.claim("critical", people=30)) == {large.id: 1}
    assert shares(entries.claim("critical", people=30)) == {small.id: 30}


def test_batches_of_a_resting_account_are_left_to_lie(enlist):  # noqa: F811
    enlist(crowd(1, 5))
    assert entries.claim("critical", people=20, resting=["twilio"]) == []
    assert len(entries.claim("critical", people=20, resting=["sendgrid"])) == 5


def test_letters_count_as_less_since_they_share_requests(enlist):  # noqa: F811
    """Eight of them as one: so many more are carried together, and requests are fuller."""
    mail = {"sms_id": None, "sms_key": None, "sms_block": "no_address", "email_block": None}
    enlist([one | mail | {"email_id": one["contact_id"]} for one in crowd(1, 60)])
    assert len(entries.claim("critical", people=5, letters=8)) == 40
    assert len(entries.claim("critical", people=5)) == 5
