"""The doors for carriers and readers: signed or nothing, and nothing by accident."""

import base64
import hashlib
import hmac
from urllib.parse import urlencode

import pytest

from dispatcher.kit import links
from dispatcher.kit.counters import COUNTERS
from dispatcher.ledger import entries
from dispatcher.ledger.entries import Fact, Window
from dispatcher.ledger.facts import Outcome
from dispatcher.ledger.models import Delivery, Receipt
from dispatcher.providers import routing
from tests.ledger.conftest import enlist, open_dispatch, person  # noqa: F401  # fixtures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("accounts")]

DRILL = "drill-token"
URL = "https://alerts.example.com"


def _twilio(token, name):
    return {
        "carrier": "twilio", "account_sid": "AC" + "0" * 32, "auth_token": token,
        "sender": "+12025550100", "callback": f"{URL}/hooks/twilio", "base_url": f"http://{name}.test",
    }  # fmt: skip


@pytest.fixture
def accounts(settings, valkey):
    COUNTERS.tell()  # what the last test left
    valkey.flushdb()
    settings.PUBLIC_URL = settings.HOOKS_URL = URL
    settings.CARRIERS = {
        "drill": {"sandbox-twilio": _twilio(DRILL, "sandbox")},
        "real": {"twilio": _twilio("real-token", "twilio")},
    }
    routing.close_accounts()
    yield
    routing.close_accounts()


@pytest.fixture
def sent(enlist):  # noqa: F811
    """A delivery of a drill that the carrier took."""

    def make(**facts):
        enlist([person(1)], **facts)
        [batch] = entries.claim("critical", people=1)
        entries.advance([(batch, 1)])
        entries.record([Window(batch, [Fact(0, Outcome.taken("SM1"), "twilio")])])
        return batch.delivery_id(0)

    return make


def callback(
    client,
    delivery_id,
    *,
    token=DRILL,
    status="delivered",
    forge=False,
    host=None,
):
    path = f"/hooks/twilio/{delivery_id}/1"
    fields = {"MessageSid": "SM1", "MessageStatus": status}
    text = URL + path + "".join(name + fields[name] for name in sorted(fields))
    signature = base64.b64encode(hmac.digest(token.encode(), text.encode(), hashlib.sha1)).decode()
    if forge:
        fields["MessageStatus"] = "failed"
    return client.post(
        path,
        urlencode(fields),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": signature, **({"Host": host} if host else {})},
    )


def test_a_signed_receipt_climbs(client, sent):
    assert callback(client, sent()).status_code == 204
    assert Delivery.objects.get().standing % 100 == 40


def test_a_forged_receipt_is_refused_counted_and_writes_nothing(client, sent):
    assert callback(client, sent(), forge=True).status_code == 403
    assert COUNTERS.counted("forged") == {"twilio": 1}
    assert not Receipt.objects.exists()
    assert Delivery.objects.get().standing % 100 == 20


def test_the_key_of_the_drill_says_nothing_about_a_real_delivery(client, sent):
    assert callback(client, sent(mode="real"), token=DRILL).status_code == 204
    assert Delivery.objects.get().standing % 100 == 20
    assert not Receipt.objects.exists()


def test_the_signed_address_is_ours_whatever_host_the_request_names(client, sent):
    assert callback(client, sent(), host="127.0.0.1").status_code == 204


def test_a_receipt_for_a_stranger_is_kept_and_no_error(client):
    assert callback(client, 99 * 1024).status_code == 204
    assert Receipt.objects.get().stray


@pytest.mark.parametrize("path", ["/hooks/twilio/1/1", "/hooks/sendgrid"])
def test_who_only_looks_is_turned_away(client, path):
    assert client.get(path).status_code == 405


def test_an_unsigned_event_batch_is_refused(client):
    answer = client.post("/hooks/sendgrid", b"[]", content_type="application/json")
    assert answer.status_code == 403


def test_following_the_link_is_not_an_answer_but_pressing_the_button_is(client, sent):
    delivery_id = sent()
    path = f"/a/{links.sign(delivery_id, purpose='acknowledge')}"
    assert client.get(path).status_code == 200
    assert Delivery.objects.get().acknowledged_at is None
    assert client.post(path).status_code == 200
    first = Delivery.objects.get().acknowledged_at
    assert first is not None
    client.post(path)
    assert Delivery.objects.get().acknowledged_at == first


def test_the_page_speaks_the_language_of_the_message(client, sent):
    path = f"/a/{links.sign(sent(), purpose='acknowledge')}"
    assert '<html lang="de"' in client.get(path, headers={"Accept-Language": "fa"}).text


def test_a_link_that_is_not_ours_is_answered_in_the_language_of_the_browser(client):
    assert '<html lang="fa" dir="rtl"' in client.get("/a/x", headers={"Accept-Language": "fa"}).text


@pytest.mark.parametrize("token", ["x", "AAAA", "🙂", "a" * 500])
def test_a_link_that_we_did_not_sign_opens_nothing(client, token):
    answer = client.post(f"/a/{token}")
    assert answer.status_code == 404
    assert "<form" not in answer.text
