"""How a slice is written: batches that one account can carry, and one slice of each alert in turn."""

import json

import pytest

from contacts.models import Address
from dispatcher.fanout.spread import spread
from dispatcher.ledger import tally
from dispatcher.ledger.models import Batch, Dispatch
from dispatcher.providers import routing

pytestmark = pytest.mark.django_db(transaction=True)

SUBSCRIPTION = json.dumps({"endpoint": "https://push.example.net/1", "keys": {}})


def push(person, key, value):
    Address.objects.create(contact=person, channel="push", key=key, value=value, position=0)


@pytest.fixture
def phones(road):
    """Somebody with a token, somebody with a subscription, somebody with an SMS number only."""
    push(road.person(1, sms=False), "fcm:1", "a-token")
    push(road.person(2, sms=False), "web:2", SUBSCRIPTION)
    road.person(3)
    return road


def accounts(road, **named):
    road.settings.CARRIERS = {"drill": road.settings.CARRIERS["drill"] | named, "real": {}}
    routing.close_accounts()


def test_tokens_and_subscriptions_are_batched_for_the_account_that_understands_them(phones):
    accounts(phones, phones={"carrier": "fcm"}, browsers={"carrier": "webpush"})
    phones.launch(channels=("push", "sms"))
    spread("critical")
    batches = Batch.objects.values_list("channel", "account", "size")
    assert sorted(batches) == [
        ("push", "browsers", 1),
        ("push", "phones", 1),
        ("sms", "twilio", 1),
    ]


def test_whose_push_nobody_can_carry_is_told_by_the_next_channel_or_excluded_with_the_reason(
    phones,
):
    accounts(phones, phones={"carrier": "fcm"})
    Address.objects.create(
        contact_id=Address.objects.get(key="web:2").contact_id,
        channel="sms", key="+491713920077", value="+491713920077", position=1,
    )  # fmt: skip
    push(phones.person(4, sms=False), "web:4", SUBSCRIPTION)
    dispatch = phones.launch(channels=("push", "sms"))
    spread("critical")
    found = Batch.objects.values_list("channel", "account", "size")
    assert sorted(found) == [("push", "phones", 1), ("sms", "twilio", 2)]
    assert {reason.code for reason in tally.reasons(dispatch.id)} == {"no_carrier"}
    assert tally.audit(dispatch.id) == []


def test_the_first_slice_of_a_new_alert_comes_before_the_next_of_an_old_one(road):
    for number in range(1, 4):
        road.person(number)
    old = road.launch()
    Dispatch.objects.filter(id=old.id).update(slices=3, alert_ref="old")
    new = road.launch()
    assert [spread("critical").dispatch_id for _ in range(2)] == [new.id, old.id]


def test_a_bilingual_fallback_is_two_whole_messages(road):
    """In the country's main language and in the default one; who reads a wording gets it alone."""
    road.person(1, languages=("sw",), region="DE")
    road.person(2, languages=(), region="DE")
    road.person(3, languages=("fr",), region="DE")
    dispatch = road.launch(channels=("sms",))
    plan = dispatch.plan | {"fallback": "bilingual"}
    Dispatch.objects.update(plan=plan)
    spread("critical")
    told = Batch.objects.values_list("language", "match", "size")
    assert sorted(told) == [
        ("de", "region_language", 2), ("en", "default_language", 2), ("fr", "exact", 1),
    ]  # fmt: skip
    assert Dispatch.objects.get(pk=dispatch.pk).targeted == 5
    assert tally.people(dispatch.id) == {"waiting": 3}
    assert tally.audit(dispatch.id) == []
