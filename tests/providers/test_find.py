"""Has the carrier taken it? None, one, many, cannot tell, or ask later; never a guess."""

import asyncio
import importlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.http.response import Response
from twilio.rest import Client

from dispatcher.kit.wire import CONNECT, PATIENCE, WHOLE, Answer, Pool
from dispatcher.ledger.entries import LEASE
from dispatcher.ledger.facts import Kind, Rank
from dispatcher.providers import twilio
from dispatcher.providers.base import Finding, Found, Parcel, Provider, Sms
from dispatcher.providers.catalogue import CARRIERS
from dispatcher.providers.twilio_list import Wanted, read_page
from dispatcher.providers.twilio_request import basic
from tests.providers import accounts, test_against_sandbox
from tests.providers.twin import Seen, Step, Twin, answer

MAYA, OMAR = "+12025550101", "+12025550102"
OURS, SERVICE = "+12025550199", "MG" + "0" * 32
TEXT = "Do not eat “Golden Fields” ice cream – lot GF-200."
PLAIN = 'Do not eat "Golden Fields" ice cream - lot GF-200.'
FARSI = "بستنی «دشت طلایی» را نخورید"
SINCE = datetime(2026, 11, 23, 23, 59, 50, tzinfo=UTC)
"""Ten seconds before a day ends: a list that knows days only would lose what comes after."""
LIST = f"/2010-04-01/Accounts/AC{'0' * 32}/Messages.json"


def message(
    sid: str = "SM1", *, after: float = 1, sender: str | None = OURS, **told: object
) -> dict[str, object]:
    """One message as the list shows it, made so many seconds after the intent."""
    made = format_datetime(SINCE + timedelta(seconds=after))
    return {
        "sid": sid,
        "to": MAYA,
        "from": sender,
        "messaging_service_sid": None,
        "body": TEXT,
        "date_created": made,
        "date_sent": None,
        "status": "queued",
        "error_code": None,
        **told,
    }


def page(*messages: Mapping[str, object], follows: object = None) -> list[Step]:
    return answer(200, {"messages": messages, "next_page_uri": follows})


def carrier(url: str, **changed: Any) -> Provider:
    given = {
        "account_sid": "AC" + "0" * 32,
        "auth_token": "invented",
        "sender": OURS,
        "callback": "https://alerts.example.org/hooks/twilio",
        "base_url": url,
    }
    return twilio.Twilio(twilio.Account(**{**given, **changed}))


def asked(
    *scripts: Sequence[Step], text: str = TEXT, whole: float = 2.0, **account: Any
) -> tuple[Found, list[Seen]]:
    """What a carrier that plays these scripts says about Maya's text, and what it was asked."""

    async def once() -> tuple[Found, list[Seen]]:
        async with Twin(scripts) as twin, Pool(whole=whole) as wire:
            parcel = Parcel(7168, 1, MAYA, Sms(text))
            found = await carrier(twin.url, **account).find(parcel, since=SINCE, wire=wire)
            return found, twin.seen

    return asyncio.run(once())


def found(*scripts: Sequence[Step], **changed: Any) -> Found:
    return asked(*scripts, **changed)[0]


COUNTED = [
    ("nothing", [], Finding.NONE),
    ("ours", [message()], Finding.ONE),
    ("ours, past midnight", [message(after=15)], Finding.ONE),
    ("ours, the carrier's clock behind", [message(after=-14)], Finding.ONE),
    ("one of yesterday's alert", [message(after=-16)], Finding.NONE),
    ("ours and yesterday's", [message(), message("SM0", after=-3600)], Finding.ONE),
    ("two of ours", [message("SM2", after=9), message()], Finding.MANY),
    ("the same on a page that shifted", [message(), message()], Finding.ONE),
    ("another's, the filter ignored", [message(to=OMAR)], Finding.NONE),
    ("another sender's", [message(sender="+12025550198")], Finding.NONE),
    ("another alert's", [message(body="All clear. You may eat it again.")], Finding.NONE),
    ("a longer one", [message(body=TEXT + " Bring it back.")], Finding.NONE),
    ("spaces at the end cut", [message(body=TEXT + "  \n")], Finding.ONE),
    ("signs written plainly", [message(body=PLAIN)], Finding.ONE),
    ("other signs than we know", [message(body=PLAIN.replace('"', "*"))], Finding.CANNOT),
    ("words put before it", [message(body="From your trial account - " + TEXT)], Finding.CANNOT),
    ("a body that is hidden", [message(body="")], Finding.CANNOT),
    ("a body that is gone", [message(body=None)], Finding.CANNOT),
    ("another's that is hidden", [message(body="", to=OMAR)], Finding.NONE),
    ("ours beside a hidden one", [message(body="", sid="SM2"), message()], Finding.ONE),
    ("a date without a zone", [message(date_created="Mon, 23 Nov 2026 23:59:51 -0000")], Finding.ONE),
]  # fmt: skip


@pytest.mark.parametrize(("listed", "kind"), [c[1:] for c in COUNTED], ids=[c[0] for c in COUNTED])
def test_recipient_sender_body_and_time_must_fit(listed, kind):
    told = found(page(*listed))
    assert told.kind is kind
    assert told.carrier_id == ("SM1" if kind is Finding.ONE else "")
    assert (told.rank is not None) == (kind is Finding.ONE)
    assert bool(told.code) == (kind is Finding.CANNOT)


@pytest.mark.parametrize("body", [FARSI, FARSI + " "])
def test_a_text_that_no_smoothing_touches_is_matched_as_it_is(body):
    assert found(page(message(body=body)), text=FARSI).kind is Finding.ONE


def test_spaces_at_our_own_end_do_not_matter():
    assert found(page(message()), text=TEXT + "  ").kind is Finding.ONE


RANKED = [
    ("queued", None, Rank.HANDED_OVER),
    ("sent", None, Rank.HANDED_OVER),
    ("delivered", None, Rank.DELIVERED),
    ("undelivered", 30003, Rank.FAILED),
    ("a word of tomorrow", None, Rank.HANDED_OVER),
]


@pytest.mark.parametrize(("status", "code", "rank"), RANKED)
def test_the_one_brings_its_rank_and_its_reason(status, code, rank):
    told = found(page(message(status=status, error_code=code)))
    assert (told.rank, told.matches[0].code) == (rank, str(code or ""))
    assert told.matches[0].created == SINCE + timedelta(seconds=1)


def test_of_many_all_are_told():
    """Who asks may know some of them as other deliveries' own."""
    told = found(page(message("SM2"), message("SM1")))
    assert [match.carrier_id for match in told.matches] == ["SM2", "SM1"]
    assert (told.carrier_id, told.rank) == ("", None)


def test_a_messaging_service_is_known_by_its_own_name():
    """The list cannot be filtered by it, and the number is not chosen yet."""
    listed = message(sender=None, messaging_service_sid=SERVICE)
    told, (seen,) = asked(page(listed), sender=SERVICE)
    assert told.kind is Finding.ONE
    assert "From" not in parse_qs(urlsplit(seen.path).query)
    assert found(page(message()), sender=SERVICE).kind is Finding.NONE


PAGES: list[tuple[str, list[list[Step]], Finding, int]] = [
    ("on the second", [page(message("SM0", to=OMAR), follows=f"{LIST}?Page=1"), page(message())],
     Finding.ONE, 2),
    ("one on each", [page(message("SM2"), follows=f"{LIST}?Page=1"), page(message())],
     Finding.MANY, 2),
    ("an empty one between", [page(follows=f"{LIST}?Page=1"), page(message())], Finding.ONE, 2),
    ("no end, old", [page(message(after=-60), follows=f"{LIST}?Page=1")], Finding.NONE, 10),
    ("no end, young", [page(message(to=OMAR), follows=f"{LIST}?Page=1")], Finding.CANNOT, 10),
    ("no end, and nothing on it", [page(follows=f"{LIST}?Page=1")], Finding.CANNOT, 10),
    ("no end, ours on it", [page(message(), follows=f"{LIST}?Page=1")], Finding.ONE, 10),
    ("to another host", [page(message(), follows="https://example.com/steal?x")], Finding.LATER, 1),
    ("to another path", [page(message(), follows="/2010-04-01/Accounts/ACX/Messages.json?x")],
     Finding.LATER, 1),
    ("to nowhere", [page(message(), follows=7)], Finding.LATER, 1),
    ("the second is away", [page(message(), follows=f"{LIST}?Page=1"), answer(503)],
     Finding.LATER, 2),
]  # fmt: skip


@pytest.mark.parametrize(
    ("scripts", "kind", "requests"), [p[1:] for p in PAGES], ids=[p[0] for p in PAGES]
)
def test_pages_are_followed_so_far_and_only_within_the_list(scripts, kind, requests):
    told, seen = asked(*scripts)
    assert (told.kind, len(seen)) == (kind, requests)
    assert all(each.path.startswith(f"{LIST}?") for each in seen)


ERROR = {"message": "prose", "more_info": "…", "status": 400}
NOT_TOLD: list[tuple[str, list[Step], str, float]] = [
    ("too many", answer(429), "429", 1),
    ("too many, says when", answer(429, {**ERROR, "code": 20429}, headers={"Retry-After": "7"}), "20429", 7),
    ("wrong key", answer(401, {**ERROR, "code": 20003}), "account", 60),
    ("no such account", answer(404, {**ERROR, "code": 20404}), "account", 60),
    ("a bad question", answer(400, {**ERROR, "code": 20001}), "20001", 5),
    ("down", answer(500), "http_500", 5),
    ("moved", answer(302, headers={"Location": "/portal"}), "http_302", 5),
    ("a captive portal", answer(200, b"<html>welcome"), "garbage", 5),
    ("another object", answer(200, {"calls": []}), "garbage", 5),
    ("a list of texts", answer(200, {"messages": ["SM1"]}), "garbage", 5),
    ("a message without a date", page(message(date_created=None)), "garbage", 5),
    ("truncated", answer(200, b'{"messages": ['), "garbage", 5),
    ("silence", [30.0], "timeout", 5),
    ("cut", ["fin"], "cut", 5),
    ("not reached", ["deaf"], "cut", 5),
]  # fmt: skip


@pytest.mark.parametrize(
    ("script", "code", "seconds"), [c[1:] for c in NOT_TOLD], ids=[c[0] for c in NOT_TOLD]
)
def test_what_is_not_answered_is_asked_again(script, code, seconds):
    """Never NONE: that would send a second time."""
    assert found(script, whole=0.5) == Found.later(code, seconds=seconds)


def test_a_carrier_that_cannot_be_reached_is_asked_again():
    async def nobody_listens() -> Found:
        async with Twin([[]]) as gone:
            pass
        async with Pool() as wire:
            parcel = Parcel(7168, 1, MAYA, Sms(TEXT))
            return await carrier(gone.url).find(parcel, since=SINCE, wire=wire)

    assert asyncio.run(nobody_listens()) == Found.later("not_connected", seconds=2)


class Recorder:
    """Takes what the SDK would have asked."""

    is_async = True

    async def request(self, method: str, uri: str, **given: Any) -> Response:
        self.asked = method, uri, given["params"], given["auth"]
        return Response(200, '{"messages": []}')


def test_the_question_is_the_sdks_own():
    """Method, path, query and key are those of the vendor's `messages.page`."""
    recorder = Recorder()
    client = Client("AC" + "0" * 32, "invented", http_client=recorder)
    asyncio.run(client.messages.page_async(to=MAYA, from_=OURS, page_size=twilio.PAGE))
    method, uri, params, auth = recorder.asked
    _, (seen,) = asked(page())
    assert (seen.method, urlsplit(seen.path).path) == (method, urlsplit(uri).path)
    assert dict(parse_qsl(urlsplit(seen.path).query)) == {n: str(v) for n, v in params.items()}
    assert seen.headers["authorization"] == basic(*auth)
    assert not seen.body


@given(st.text(min_size=1), st.integers(0, 3), st.sampled_from(["NFC", "NFD"]))
def test_our_own_text_is_never_none_whatever_its_letters(text, spaces, form):
    """Normalised another way or with spaces after it, it is found or at least not decided."""
    body = unicodedata.normalize(form, text) + " " * spaces
    told = Answer(200, {}, json.dumps({"messages": [message(body=body)]}).encode())
    listed = read_page(told, at=LIST, ranks=twilio.RANKS)
    assert listed is not None
    found = Wanted(MAYA, OURS, text, SINCE).among(listed.listed)
    assert found.kind in {Finding.ONE, Finding.CANNOT}


@pytest.mark.parametrize(
    "lag", [0, 2, pytest.param(10, marks=pytest.mark.slow)], ids=lambda lag: f"{lag} s"
)
def test_a_list_that_lags_says_none_before_it_says_one(lag):
    """So a NONE is believed only after `settles`, which is longer."""

    async def scene(sandbox, hooks, wire) -> None:
        carrier = test_against_sandbox.carriers(sandbox, hooks=hooks.url)["twilio"]
        parcel = test_against_sandbox.parcels()["twilio"][0]
        intent = datetime.now(UTC)
        (sent,) = await carrier.send([parcel], wire=wire)
        assert sent.kind is Kind.UNSURE
        first = await carrier.find(parcel, since=intent, wire=wire)
        assert first.kind is (Finding.NONE if lag else Finding.ONE)
        while (told := await carrier.find(parcel, since=intent, wire=wire)).kind is Finding.NONE:
            assert datetime.now(UTC) < intent + carrier.settles
            await asyncio.sleep(0.2)
        assert told.kind is Finding.ONE
        assert told.carrier_id.startswith("SM")
        waited = datetime.now(UTC) - intent
        assert timedelta(seconds=lag) <= waited < timedelta(seconds=lag + 5)

    test_against_sandbox.played(scene, twilio={"cut": 1.0, "list_lag_ms": lag * 1000})


def test_among_a_hundred_of_one_number_each_text_is_found_once():
    """Three pages of the sandbox's list: texts that differ in one letter are not confused."""

    async def scene(sandbox, hooks, wire) -> None:
        carrier = test_against_sandbox.carriers(sandbox, hooks=hooks.url)["twilio"]
        intent = datetime.now(UTC)
        texts = [accounts.TEXT_PARCEL._replace(content=Sms(f"Lot {n}")) for n in range(120)]
        await test_against_sandbox.sent(carrier, texts, wire)
        for n, kind in ((0, Finding.ONE), (119, Finding.ONE), (120, Finding.NONE)):
            asked_for = accounts.TEXT_PARCEL._replace(content=Sms(f"Lot {n}"))
            told = await carrier.find(asked_for, since=intent, wire=wire)
            assert told.kind is kind
        await test_against_sandbox.sent(carrier, texts[:1], wire)
        assert (await carrier.find(texts[0], since=intent, wire=wire)).kind is Finding.MANY

    test_against_sandbox.played(scene)


def test_who_keeps_no_list_cannot_tell_and_is_not_asked():
    parcel = accounts.letter()

    async def once() -> list[Found]:
        async with Twin([answer(500)]) as twin, Pool() as wire:
            builds = (accounts.sendgrid_at, accounts.fcm_at, accounts.webpush_at)
            told = [await at(twin.url).find(parcel, since=SINCE, wire=wire) for at in builds]
            assert not twin.seen
            return told

    assert asyncio.run(once()) == [Found.cannot("no_list")] * 3


ADAPTERS = {name: (entry.module, entry.adapter) for name, entry in CARRIERS.items()}


@pytest.mark.parametrize("name", ADAPTERS)
def test_no_answer_is_believed_while_the_message_may_still_be_on_the_wire(name):
    """Longer than the lease and every time-out after it; push alone may be repeated."""
    module, adapter = ADAPTERS[name]
    carrier = getattr(importlib.import_module(module), adapter)
    longest = LEASE + timedelta(seconds=PATIENCE + max(WHOLE, CONNECT))
    assert carrier.settles > longest
    assert carrier.repeatable is (carrier.channel == "push")
