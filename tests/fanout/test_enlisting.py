"""How a slice is written: batches that one account can carry, and one slice of each alert in turn."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from contacts.models import Address
from dispatcher.fanout import spread as spreading
from dispatcher.fanout.spread import spread
from dispatcher.ledger import entries, tally
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


def test_who_has_an_address_that_no_account_understands_is_in_the_books_all_the_same(phones):
    """Such a key cannot be written; were it there, the person would be excluded and not forgotten."""
    with connection.cursor() as cursor:
        cursor.execute("alter table contacts_address drop constraint contacts_push_key_known")
        Address.objects.filter(key="web:2").delete()
        push(phones.person(4, sms=False), "apn:4", "a-token")
        accounts(phones, phones={"carrier": "fcm"}, browsers={"carrier": "webpush"})
        dispatch = phones.launch(channels=("push", "sms"))
        told = spread("critical")
        Address.objects.filter(key="apn:4").delete()
        cursor.execute(
            "alter table contacts_address add constraint contacts_push_key_known check"
            " (channel <> 'push' or key like 'fcm:%' or key like 'web:%')"
        )
    assert (told.batched, told.excluded) == (2, 2)
    reasons = {(one.code, one.channel): one.n for one in tally.reasons(dispatch.id)}
    assert reasons[("no_carrier", "push")] == 1
    assert tally.audit(dispatch.id) == []


def test_the_registry_takes_no_push_address_that_no_carrier_is_known_for(road):
    with pytest.raises(IntegrityError, match="contacts_push_key_known"):
        push(road.person(1), "apn:1", "a-token")


@pytest.mark.parametrize("column", ["paused_at", "stopped_at"])
def test_a_pause_or_a_stop_does_not_wait_for_the_slice_that_is_being_written(
    road, column, monkeypatch
):
    """It holds at once: what the slice has written may not be claimed."""
    for number in range(1, 4):
        road.person(number)
    dispatch = road.launch()
    choose, switched = spreading._first_ways, []

    def while_choosing(opened, readers):
        with ThreadPoolExecutor(1) as other:
            switched.append(other.submit(_switched, dispatch, column).result(30))
        return choose(opened, readers)

    monkeypatch.setattr(spreading, "_first_ways", while_choosing)
    assert spread("critical").batched == 3
    assert switched == [1]
    assert entries.claim("critical", people=10) == []
    assert Dispatch.objects.get(id=dispatch.id).targeted == 3


def _switched(dispatch, column):
    """Another session's change of the dispatch's row; it gives up when it has to wait."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("set local lock_timeout = '5s'")
            return Dispatch.objects.filter(id=dispatch.id).update(**{column: dispatch.launched_at})
    finally:
        connection.close()


def test_one_slice_of_a_dispatch_is_written_at_a_time(road):
    """Who comes second finds nothing to do, or another dispatch; never the same people again."""
    for number in range(1, 4):
        road.person(number)
    road.launch()
    with transaction.atomic():
        assert spread("critical").people == 3
        with ThreadPoolExecutor(1) as other:
            assert other.submit(_spread_apart).result(30) is None
    assert spread("critical") is None


def _spread_apart():
    try:
        return spread("critical")
    finally:
        connection.close()


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
