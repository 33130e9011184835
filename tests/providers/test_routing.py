"""Which account takes a parcel: drill and real apart, push by its address."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from dispatcher.kit.errors import Refused, sentence, told
from dispatcher.ledger.facts import Outcome
from dispatcher.providers import routing, sentences
from dispatcher.providers.base import Provider
from dispatcher.providers.catalogue import CARRIERS
from tests.providers import accounts

TWILIO = {
    "carrier": "twilio",
    "account_sid": "AC0",
    "auth_token": "invented",
    "sender": "+12025550199",
    "callback": "https://alerts.example.org/hooks/twilio",
}
MAIL = {"carrier": "sendgrid", "api_key": "SG.x", "sender": "alerts@example.org"}
FCM = {"carrier": "fcm", "service_account": accounts.service_account("http://127.0.0.1:1/token")}
KEY = accounts.webpush_at("")._account.private_key
WEB = {"carrier": "webpush", "private_key": KEY, "subject": "mailto:alerts@example.org"}
SMTP = {"carrier": "smtp", "host": "mail.example.org", "sender": "alerts@example.org"}


@pytest.fixture(autouse=True)
def _configured(settings) -> Iterator[None]:
    settings.CARRIERS = {
        "drill": {"sandbox": {**TWILIO, "base_url": "http://127.0.0.1:8090"}},
        "real": {"mail": MAIL, "relay": SMTP, "twilio-eu": TWILIO, "phones": FCM, "browsers": WEB},
    }
    routing.close_accounts()
    yield
    routing.close_accounts()


SUBSCRIPTION = json.dumps(accounts.SUBSCRIPTION)


@pytest.mark.parametrize(
    ("channel", "to", "mode", "account"),
    [
        ("sms", "", "real", "twilio-eu"),
        ("sms", "+12025550101", "drill", "sandbox"),
        ("email", "maya@example.com", "real", "mail"),
        ("push", "fcm-token", "real", "phones"),
        ("push", SUBSCRIPTION, "real", "browsers"),
        ("push", f"  {SUBSCRIPTION}", "real", "browsers"),
        ("push", "", "real", "phones"),
    ],
)
def test_each_channel_and_address_has_its_account(channel, to, mode, account):
    assert routing.account_for(channel, mode=mode, to=to) == account


@pytest.mark.parametrize(
    ("channel", "to"), [("email", ""), ("push", ""), ("push", SUBSCRIPTION), ("fax", "")]
)
def test_a_channel_without_an_account_is_a_clear_error(channel, to):
    with pytest.raises(Refused) as refused:
        routing.account_for(channel, mode="drill", to=to)
    assert refused.value.code == "providers.no_account"
    assert channel in sentence(refused.value)


@pytest.mark.parametrize(
    ("channel", "to", "names"),
    [
        ("email", "", ("mail", "relay")),
        ("email", "maya@example.com", ("mail", "relay")),
        ("sms", "+12025550101", ("twilio-eu",)),
        ("push", "", ("phones", "browsers")),
        ("push", "fcm-token", ("phones",)),
        ("push", SUBSCRIPTION, ("browsers",)),
    ],
)
def test_every_account_that_fits_is_named_in_the_order_of_the_settings(channel, to, names):
    assert routing.accounts_for(channel, mode="real", to=to) == names


def test_a_push_address_has_one_account_since_another_would_call_it_dead(settings):
    """A token is bound to its project; two accounts of a carrier are two projects."""
    settings.CARRIERS = {"real": {"one": FCM, "web": WEB, "two": FCM}}
    assert routing.accounts_for("push", mode="real", to="fcm-token") == ("one",)
    assert routing.accounts_for("push", mode="real") == ("one", "web")


def test_two_accounts_of_one_carrier_may_stand_in_for_each_other(settings):
    settings.CARRIERS = {"real": {"two": TWILIO, "one": TWILIO}}
    assert routing.accounts_for("sms", mode="real") == ("two", "one")


@pytest.mark.parametrize(
    ("outcome", "moves"),
    [
        (None, True),
        (Outcome.later("not_connected", seconds=2), True),
        (Outcome.later("20429", seconds=1), True),
        (Outcome.unsure("timeout"), False),
        (Outcome.taken("SM1"), False),
        (Outcome.refused("21610", opted_out=True), False),
    ],
)
def test_only_what_no_account_can_have_goes_to_another(outcome, moves):
    assert routing.may_move(outcome) is moves


def test_a_drill_never_opens_a_real_account():
    with pytest.raises(Refused, match=r"providers\.unknown_account"):
        routing.open_account("twilio-eu", mode="drill")


@pytest.mark.parametrize("account", [TWILIO, WEB, SMTP, {**WEB, "base_url": ""}])
def test_a_drills_account_without_a_sandbox_is_not_opened(settings, account):
    """Without a base address of its own it would reach people."""
    settings.CARRIERS = {"drill": {"mine": account}}
    with pytest.raises(Refused, match=r"providers\.drill_without_base"):
        routing.open_account("mine", mode="drill")


@pytest.mark.parametrize("name", ["mail", "relay", "twilio-eu", "phones", "browsers"])
def test_an_account_is_opened_once_and_is_what_the_catalogue_says(name):
    opened: Provider = routing.open_account(name, mode="real")
    assert opened is routing.open_account(name, mode="real")
    assert opened.name == routing.accounts(mode="real")[name]
    assert opened.channel == CARRIERS[opened.name].channel
    assert opened.most >= 1


def test_receipts_are_tried_against_every_account_of_the_carrier_with_its_mode():
    doors = routing.open_doors("twilio")
    assert [(mode, door.name) for mode, door in doors] == [("drill", "twilio"), ("real", "twilio")]
    assert doors[0][1] is not doors[1][1]


@pytest.mark.parametrize(
    ("account", "code"),
    [
        ({"carrier": "pigeon"}, "providers.unknown_carrier"),
        ({}, "providers.unknown_carrier"),
        ({"carrier": "twilio"}, "providers.account_incomplete"),
        ({**TWILIO, "colour": "red"}, "providers.account_incomplete"),
        ({**WEB, "private_key": "short"}, "providers.account_incomplete"),
        ({**FCM, "service_account": {"project_id": "x"}}, "providers.account_incomplete"),
    ],
)
def test_a_wrong_setting_is_told_with_the_accounts_name(settings, account, code):
    settings.CARRIERS = {"real": {"mine": account}}
    with pytest.raises(Refused) as refused:
        routing.open_account("mine", mode="real")
    assert refused.value.code == code
    assert "mine" in sentence(refused.value)
    assert "invented" not in sentence(refused.value)


def test_every_code_has_a_sentence():
    for code in (
        "no_account",
        "unknown_account",
        "unknown_carrier",
        "account_incomplete",
        "drill_without_base",
    ):
        assert told(f"providers.{code}")
    assert sentences.reason("30005") == "The telephone number does not exist."
    assert sentences.reason("http_502") == "The carrier answered 502."
    assert sentences.reason("99999") == "The carrier gave the code 99999."
    assert sentences.reason("") == ""


def test_no_vendors_sdk_is_loaded_before_an_account_is_opened():
    """Twilio's takes 1.1 s to import, SendGrid's 0.7: a web process never pays for them."""
    code = (
        "import sys, dispatcher.channels.catalogue, dispatcher.providers.routing\n"
        "from dispatcher.providers import fcm, sendgrid, smtp, twilio, webpush\n"
        "slow = {'twilio', 'sendgrid', 'pywebpush', 'py_vapid', 'google.auth', 'requests', 'aiohttp'}\n"
        "sys.exit(str(found) if (found := slow & set(sys.modules)) else 0)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
