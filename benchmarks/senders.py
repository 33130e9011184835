"""The ways in which a message can be sent: ours, the vendors' SDKs as shipped, and bare bytes."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import uvloop
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from benchmarks import shipped
from dispatcher.kit.lines import Lines
from dispatcher.kit.reqwest import Reqwest
from dispatcher.kit.wire import Answer, Wire
from dispatcher.ledger.facts import Kind
from dispatcher.providers import fcm, sendgrid, twilio, webpush
from dispatcher.providers.base import Email, Parcel, Provider, Push, Sms

AT_ONCE = 64
"""Requests under way."""
ENGLISH = (
    "Global Foods: PRODUCT RECALL. Sunny Valley peanut butter, lot no. L2217, L2218: do NOT "
    "consume. Reason: undeclared nuts. https://recall.example.com/en Help: +1 202-555-0100"
)
PERSIAN = (
    "گلوبال فودز: فراخوان محصول. کره بادام‌زمینی، سری ساخت L2217: مصرف نکنید. "
    "\u2066https://recall.example.com/fa \u2069 تلفن: \u2066+1 202-555-0100\u2069"
)
SID, KEY, SENDER = "AC" + "0" * 32, "invented", "+12025550199"


@dataclass(frozen=True, slots=True)
class Base:
    """Where the sink is, and the invented keys that all ways share."""

    url: str
    vapid: ec.EllipticCurvePrivateKey
    browser: ec.EllipticCurvePrivateKey
    service_account: Mapping[str, str]

    @classmethod
    def at(cls, url: str) -> "Base":
        """Fresh keys for a sink."""
        pem = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        account = {
            "type": "service_account",
            "project_id": "invented",
            "private_key_id": "1",
            "private_key": pem.decode(),
            "client_email": "bench@invented.example.com",
            "client_id": "1",
            "token_uri": f"{url}/token",
        }
        curve = ec.SECP256R1()
        return cls(url, ec.generate_private_key(curve), ec.generate_private_key(curve), account)

    @property
    def vapid_key(self) -> str:
        """base64url of the 32 bytes."""
        return b64(self.vapid.private_numbers().private_value.to_bytes(32, "big"))

    @property
    def accounts(self) -> dict[str, shipped.Account]:
        """What is measured -> its account, as our adapters and the vendors' SDKs are told."""
        mine, desk = {"base_url": self.url}, "https://alerts.example.org/hooks/twilio"
        keys = {"account_sid": SID, "auth_token": KEY, "sender": SENDER, "callback": desk}
        return {
            "sms": mine | keys,
            "email": mine | {"api_key": "SG.invented", "sender": "a@example.org"},
            "fcm": mine | {"service_account": self.service_account},
            "webpush": mine | {"private_key": self.vapid_key, "subject": "mailto:a@example.org"},
        }

    @property
    def subscription(self) -> dict[str, Any]:
        """A browser's."""
        point = self.browser.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        keys = {"p256dh": b64(point), "auth": b64(b"invented-16-byte")}
        return {"endpoint": f"{self.url}/wpush/v2/abc", "keys": keys}


def b64(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


# --- Parcels -------------------------------------------------------------------------------------


def texts(n: int) -> list[Parcel]:
    """One text for all who read one language, as the packing makes it."""
    told = [Sms(text, ttl=36_000) for text in (ENGLISH, PERSIAN)]
    return [Parcel(7168 + at, 1, f"+1202555{at % 10_000:04}", told[at % 2]) for at in range(n)]


def letters(n: int) -> list[Parcel]:
    """One letter for all, with a name and a link of each reader's own."""
    page = "<html>" + "<p>Dear {{recipient_html}}, do not eat it.</p>" * 60 + "</html>"
    told = Email("Recall: {{recipient}}", "Dear {{recipient}}, do not eat it.\n" * 30, page, "en")
    return [
        Parcel(
            7168 + at,
            1,
            f"reader{at}@example.com",
            told,
            {
                "recipient": f"Zoë {at}",
                "recipient_html": f"Zoë {at}",
                "acknowledge": f"https://alerts.example.org/a/{at}.c2lnbmVk",
                "acknowledge_html": f"https://alerts.example.org/a/{at}.c2lnbmVk",
            },
        )
        for at in range(n)
    ]


def notices(n: int, to: str) -> list[Parcel]:
    """A notice with a tag of its own for each."""
    return [
        Parcel(
            7168 + at,
            1,
            to,
            Push("فراخوان", PERSIAN, "https://recall.example.com/fa", "fa", "rtl", str(7168 + at)),
        )
        for at in range(n)
    ]


def subscribed(base: Base) -> str:
    """A browser's subscription as it lies in the registry."""
    return json.dumps(base.subscription)


# --- Our ways ------------------------------------------------------------------------------------


def ours(
    provider: Provider, parcels: Sequence[Parcel], client: type[Lines] | type[Reqwest] = Lines
) -> None:
    """Through an adapter, in calls as large as it takes; every outcome is looked at."""
    most = provider.most
    calls = [parcels[at : at + most] for at in range(0, len(parcels), most)]

    async def one(wire: Wire, call: Sequence[Parcel]) -> None:
        outcomes = await provider.send(call, wire=wire)
        assert all(outcome.kind is Kind.TAKEN for outcome in outcomes), outcomes[0]

    uvloop.run(_over(client, one, calls))


async def _over(
    client: type[Lines] | type[Reqwest],
    one: Callable[[Wire, Any], Awaitable[None]],
    calls: Iterable[Any],
) -> None:
    async with client() as wire:
        await crowd(lambda call: one(wire, call), calls)


async def crowd(one: Callable[[Any], Awaitable[None]], calls: Iterable[Any]) -> None:
    """One call after the other on each of AT_ONCE lines."""
    waiting = iter(calls)

    async def line() -> None:
        for call in waiting:
            await one(call)

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(line())


def twilio_adapter(base: Base) -> Provider:
    """Ours for text messages."""
    return twilio.Twilio(twilio.Account(**base.accounts["sms"]))


def sendgrid_adapter(base: Base) -> Provider:
    """Ours for letters."""
    return sendgrid.SendGrid(sendgrid.Account(**base.accounts["email"]))


def fcm_adapter(base: Base) -> Provider:
    """Ours for phones."""
    return fcm.Fcm(fcm.Account(**base.accounts["fcm"]))


def webpush_adapter(base: Base) -> Provider:
    """Ours for browsers."""
    return webpush.WebPush(webpush.Account(**base.accounts["webpush"]))


# --- Bare bytes ----------------------------------------------------------------------------------


class Seen:
    """A Wire that keeps the requests and sends nothing."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, Mapping[str, str], bytes]] = []

    async def ask(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes = b""
    ) -> Answer:
        """Nothing comes of it."""
        self.requests.append((method, url, headers, body))
        return Answer(500, {}, b"")


Ready = tuple[str, str, Mapping[str, str], bytes]


def ready(provider: Provider, parcels: Sequence[Parcel]) -> list[Ready]:
    """The adapter's requests, made but not sent."""
    seen = Seen()

    async def make() -> None:
        for at in range(0, len(parcels), provider.most):
            await provider.send(parcels[at : at + provider.most], wire=seen)

    asyncio.run(make())
    return seen.requests


def bare(requests: Sequence[Ready]) -> None:
    """The requests as bytes over kept connections; of an answer only the status is looked at."""
    host = urlsplit(requests[0][1])
    waiting = iter([_written(*request) for request in requests])

    class Line(asyncio.Protocol):
        def __init__(self) -> None:
            self.ended = asyncio.get_running_loop().create_future()

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = cast("asyncio.Transport", transport)
            self.go()

        def data_received(self, data: bytes) -> None:
            assert data.startswith(b"HTTP/1.1 20"), data
            self.go()

        def go(self) -> None:
            request = next(waiting, None)
            if request is None:
                self.transport.close()
                self.ended.set_result(None)
            else:
                self.transport.write(request)

    async def run() -> None:
        loop = asyncio.get_running_loop()
        where = host.hostname or "", host.port or 80
        lines = [await loop.create_connection(Line, *where) for _ in range(AT_ONCE)]
        await asyncio.gather(*(line.ended for _, line in lines))

    uvloop.run(run())


def _written(method: str, url: str, headers: Mapping[str, str], body: bytes) -> bytes:
    told = urlsplit(url)
    lines = [f"{method} {told.path} HTTP/1.1", f"Host: {told.netloc}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


# --- Clients, with ready requests ----------------------------------------------------------------


def lines(requests: Sequence[Ready]) -> None:
    """Our own client."""
    uvloop.run(_over(Lines, _asked, requests))


def pyreqwest(requests: Sequence[Ready]) -> None:
    """The library, in Rust."""
    uvloop.run(_over(Reqwest, _asked, requests))


async def _asked(wire: Wire, request: Ready) -> None:
    method, url, headers, body = request
    answer = await wire.ask(method, url, headers=headers, body=body)
    assert answer.status < 300, answer


def aiohttp(requests: Sequence[Ready]) -> None:
    """aiohttp, under uvloop like ours."""
    import aiohttp as library

    async def run() -> None:
        pool = library.TCPConnector(limit=AT_ONCE)
        async with library.ClientSession(connector=pool) as session:

            async def one(request: Ready) -> None:
                method, url, headers, body = request
                async with session.request(method, url, headers=headers, data=body) as answer:
                    assert answer.status < 300
                    await answer.read()

            await crowd(one, requests)

    uvloop.run(run())


def httpx(requests: Sequence[Ready]) -> None:
    """httpx, under uvloop like ours."""
    import httpx as library

    async def run() -> None:
        limits = library.Limits(max_connections=AT_ONCE)
        async with library.AsyncClient(limits=limits, trust_env=False) as client:

            async def one(request: Ready) -> None:
                method, url, headers, body = request
                answer = await client.request(method, url, headers=dict(headers), content=body)
                assert answer.status_code < 300

            await crowd(one, requests)

    uvloop.run(run())


def urllib3(requests: Sequence[Ready]) -> None:
    """urllib3, one request after the other on one connection."""
    import urllib3 as library

    with library.PoolManager() as pool:
        for method, url, headers, body in requests:
            assert pool.request(method, url, headers=headers, body=body).status < 300


# --- The SDKs as they are shipped ----------------------------------------------------------------


def one_by_one(send: Callable[[Parcel], str], parcels: Iterable[Parcel]) -> None:
    """One message after the other; each has an id of the carrier."""
    for parcel in parcels:
        assert send(parcel)


def together(account: shipped.Account, parcels: Sequence[Parcel], *, most: int) -> None:
    """Letters, so many personalisations a call."""
    send = shipped.letters(account)
    for at in range(0, len(parcels), most):
        assert send(parcels[at : at + most])


def twilio_sdk_async(account: shipped.Account, parcels: Sequence[Parcel]) -> None:
    """Twilio's asynchronous client (aiohttp)."""
    from twilio.http.async_http_client import AsyncTwilioHttpClient
    from twilio.rest import Client

    async def run() -> None:
        async with AsyncTwilioHttpClient() as transport:
            client = Client(account["account_sid"], account["auth_token"], http_client=transport)
            client.api.base_url = account["base_url"]

            async def one(parcel: Parcel) -> None:
                asked = shipped.asked_of_twilio(account, parcel)
                assert (await client.messages.create_async(**asked)).sid

            await crowd(one, parcels)

    uvloop.run(run())


def pywebpush_kept(account: shipped.Account, parcels: Iterable[Parcel]) -> None:
    """The function of pywebpush with a session that keeps its connection."""
    import requests

    with requests.Session() as session:
        one_by_one(shipped.webpush(account, session=session), parcels)
