"""The request that leaves is the SDK's own, byte for byte, though the SDK made it only once."""

import asyncio
from collections.abc import Mapping

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from twilio.rest import Client

from dispatcher.kit.wire import Pool
from dispatcher.providers import twilio_request
from dispatcher.providers.base import Parcel, Sms
from dispatcher.providers.twilio import Account, Twilio
from dispatcher.providers.twilio_request import Requests
from tests.providers.twin import Seen, Twin, answer

CALLBACK = "https://alerts.example.org/hooks/twilio"
NUMBER, SERVICE = {"from_": "+12025550199"}, {"messaging_service_sid": "MG" + "0" * 32}


def requests(sender: Mapping[str, str] = NUMBER) -> Requests:
    return Requests(
        account_sid="AC0",
        auth_token="invented",
        sender=sender,
        callback=CALLBACK,
        base_url="https://api.twilio.com",
    )


BY_NUMBER, BY_SERVICE = requests(), requests(SERVICE)

SCRIPTS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=200),
    st.text("فراخوان \u2068\u2069\u200c\u200d۰۱۲،؛", max_size=100),
    st.text("リコール製品回収召回產品रिकॉलОтзыв 🙂👩‍👧", max_size=100),
    st.text("%+&=;~/?# qzTOTEXT", max_size=60),
)


@given(
    text=SCRIPTS,
    to=st.one_of(st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True), SCRIPTS),
    ids=st.tuples(st.integers(0, 2**63 - 1), st.integers(1, 999)),
    ttl=st.integers(-10, 200_000),
)
@example(text="qzTOqz qzTEXTqz %(qzTOqz)s %s", to="+٣", ids=(1, 1), ttl=0)
@example(text="", to="", ids=(0, 1), ttl=36_000)
def test_the_mould_makes_what_the_sdk_makes(text, to, ids, ttl):
    """Whatever is said and whoever is written to: address, headers and body, to the byte."""
    parcel = Parcel(ids[0], ids[1], to, Sms(text, ttl=ttl))
    for kept in (BY_NUMBER, BY_SERVICE):
        assert kept._mould is not None
        assert kept.made(parcel) == kept.by_sdk(parcel)


PARCELS = [
    Parcel(7168, 1, "+12025550101", Sms("Recall: do not eat GF-200. https://x.example.com/?a=1&b=2")),
    Parcel(2**62, 12, "+447700900123", Sms("فراخوان: بستنی \u2068GF-200\u2069 را نخورید 🙂\n~", ttl=600)),
]  # fmt: skip


@pytest.mark.parametrize("parcel", PARCELS)
def test_what_leaves_is_what_the_sdk_sends_as_it_is_shipped(parcel):
    """Its own client and ours to one server; what they differ in belongs to the connection."""

    async def both() -> list[Seen]:
        async with Twin([answer(201, {"sid": "SM1"})]) as twin, Pool() as wire:
            account = Account(
                account_sid="AC0",
                auth_token="invented",
                sender="+12025550199",
                callback=CALLBACK,
                base_url=twin.url,
            )
            await Twilio(account).send([parcel], wire=wire)
            await asyncio.to_thread(shipped, parcel, twin.url)
            return twin.seen

    ours, theirs = asyncio.run(both())
    assert (ours.method, ours.path, ours.body) == (theirs.method, theirs.path, theirs.body)
    theirs.headers.pop("accept-encoding")
    theirs.headers.pop("connection")
    assert ours.headers == theirs.headers


def shipped(parcel: Parcel, url: str) -> None:
    assert isinstance(parcel.content, Sms)
    client = Client("AC0", "invented")
    client.api.base_url = url
    client.messages.create(
        to=parcel.to,
        from_="+12025550199",
        body=parcel.content.text,
        status_callback=f"{CALLBACK}/{parcel.delivery_id}/{parcel.attempt}",
        validity_period=parcel.content.ttl,
    )


@pytest.mark.parametrize(
    "written",
    [
        lambda _: "To=qzTOqz",
        lambda data: "&".join(f"{n}={v}" for n, v in data.items()),
        lambda _: "To=qzTOqz&Body=qzTEXTqz&A=qzCALLBACKqz&B=qzVALIDITYqz",
    ],
    ids=["places missing", "written otherwise", "another form"],
)
def test_where_the_sdk_makes_another_request_each_is_its_own(monkeypatch, written):
    """A later version may change its form: nothing is guessed, it is asked for each message."""
    monkeypatch.setattr(twilio_request, "urlencode", written)
    kept = requests()
    assert kept._mould is None
    parcel = PARCELS[0]
    assert kept.made(parcel) == kept.by_sdk(parcel)


def test_half_a_letter_is_refused_by_both():
    parcel = Parcel(1, 1, "+12025550101", Sms("\ud800"))
    for make in (BY_NUMBER.made, BY_NUMBER.by_sdk):
        with pytest.raises(UnicodeEncodeError):
            make(parcel)
