"""The real adapters against the sandbox, over HTTP: taken, shown on the wall, and signed for."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

import pytest

from dispatcher.kit.wire import Pool
from dispatcher.ledger.facts import Kind, Outcome, Rank, Receipt
from dispatcher.providers.base import Forged, Knock, Parcel, Provider
from dispatcher.providers.fcm import Account as FcmAccount
from dispatcher.providers.fcm import Fcm
from dispatcher.providers.sendgrid import Account as SendGridAccount
from dispatcher.providers.sendgrid import SendGrid
from dispatcher.providers.twilio import Account as TwilioAccount
from dispatcher.providers.twilio import Twilio
from dispatcher.providers.webpush import Account as WebPushAccount
from dispatcher.providers.webpush import WebPush
from dispatcher.sandbox.config import Config
from dispatcher.sandbox.starter import Sandbox
from dispatcher.sandbox.subscriptions import subscription
from tests.providers import accounts
from tests.providers.twin import Seen, Twin, answer

N = 30


def carriers(sandbox: Sandbox, *, hooks: str) -> dict[str, Provider]:
    told = sandbox.ask("GET", "/sandbox/accounts")
    vapid = accounts.webpush_at("")._account.private_key
    return {
        "twilio": Twilio(
            TwilioAccount(
                account_sid=told["twilio_sid"],
                auth_token=told["twilio_token"],
                sender="+12025550199",
                callback=f"{hooks}/hooks/twilio",
                base_url=sandbox.url,
            )
        ),
        "sendgrid": SendGrid(
            SendGridAccount(
                api_key=told["sendgrid_key"],
                sender="alerts@example.org",
                webhook_key=told["sendgrid_event_key"],
                base_url=sandbox.url,
            )
        ),
        "fcm": Fcm(FcmAccount(service_account=told["fcm_service_account"], base_url=sandbox.url)),
        "webpush": WebPush(
            WebPushAccount(
                private_key=vapid, subject="mailto:alerts@example.org", base_url=sandbox.url
            )
        ),
    }


def parcels() -> dict[str, list[Parcel]]:
    browser = json.dumps(subscription(0, "https://updates.push.services.mozilla.com"))
    return {
        "twilio": [
            accounts.TEXT_PARCEL._replace(delivery_id=7168 + n, to=f"+12025550{100 + n}")
            for n in range(N)
        ],
        "sendgrid": [accounts.letter(n) for n in range(N)],
        "fcm": [accounts.TOKEN_PARCEL],
        "webpush": [accounts.BROWSER_PARCEL._replace(to=browser)],
    }


async def sent(carrier: Provider, told: Sequence[Parcel], wire: Pool) -> list[Outcome]:
    calls = [told[at : at + carrier.most] for at in range(0, len(told), carrier.most)]
    outcomes = await asyncio.gather(*(carrier.send(call, wire=wire) for call in calls))
    return [outcome for call in outcomes for outcome in call]


def knock(hooks: str, seen: Seen) -> Knock:
    parts = seen.path.split("/")
    path = {"delivery_id": parts[-2], "attempt": parts[-1]} if "twilio" in parts else {}
    return Knock(hooks + seen.path, seen.headers, seen.body, path)


def played(
    scene: Callable[[Sandbox, Twin, Pool], Awaitable[None]], **faults: Mapping[str, object]
) -> None:
    """One scene with a sandbox whose receipts come to a twin of our hooks."""

    async def stage() -> None:
        async with Twin([answer(204)]) as hooks, Pool() as wire:
            config = Config(port=0, events_url=f"{hooks.url}/hooks/sendgrid", batch_wait=0.1)
            with Sandbox(config) as sandbox:
                if faults:
                    sandbox.faults(**faults)
                await scene(sandbox, hooks, wire)

    asyncio.run(stage())


async def until(true: Callable[[], bool], *, seconds: float = 8.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        await asyncio.sleep(0.02)


def test_all_carriers_take_what_we_send_and_the_wall_shows_it():
    async def scene(sandbox: Sandbox, hooks: Twin, wire: Pool) -> None:
        told = parcels()
        for name, carrier in carriers(sandbox, hooks=hooks.url).items():
            outcomes = await sent(carrier, told[name], wire)
            assert {outcome.kind for outcome in outcomes} == {Kind.TAKEN}, name
        taken = await asyncio.to_thread(sandbox.taken)
        shown = {row["carrier"]: json.dumps(row["content"], ensure_ascii=False) for row in taken}
        assert len(taken) == 2 * N + 2
        assert "فراخوان 🙂" in shown["twilio"]
        assert "Dear Zoë" in shown["sendgrid"]
        assert "{{" not in shown["sendgrid"]
        assert "بستنی را نخورید" in shown["fcm"]
        assert "بستنی را نخورید" in shown["webpush"]
        assert '"rtl"' in shown["webpush"]

    played(scene)


@pytest.mark.parametrize("name", ["twilio", "sendgrid"])
def test_signed_receipts_come_home_repeated_and_out_of_order(name):
    """Every delivery's best rank is delivered, and a repeated receipt has the same key."""

    async def scene(sandbox: Sandbox, hooks: Twin, wire: Pool) -> None:
        carrier = carriers(sandbox, hooks=hooks.url)[name]
        outcomes = await sent(carrier, parcels()[name], wire)

        def receipts() -> list[Receipt]:
            knocks = [knock(hooks.url, seen) for seen in list(hooks.seen)]
            for each in knocks:
                carrier.verify(each)
            return [receipt for each in knocks for receipt in carrier.read_receipts(each)]

        def delivered() -> set[int]:
            return {r.delivery_id for r in receipts() if r.rank is Rank.DELIVERED}

        await until(lambda: len(delivered()) == N)
        # A repeat may come a moment after the last first.
        await until(lambda: len(receipts()) > len({r.key for r in receipts()}))
        assert delivered() == set(range(7168, 7168 + N))
        assert {r.carrier_id for r in receipts()} == {o.carrier_id for o in outcomes}
        assert {r.attempt for r in receipts()} == {1}

    played(scene, **{name: {"repeat": 2, "reordered": 0.5}})


@pytest.mark.parametrize("name", ["twilio", "sendgrid"])
def test_another_accounts_receipts_are_forged(name):
    async def scene(sandbox: Sandbox, hooks: Twin, wire: Pool) -> None:
        await sent(carriers(sandbox, hooks=hooks.url)[name], parcels()[name][:1], wire)
        await until(lambda: bool(hooks.seen))
        stranger = {
            "twilio": accounts.twilio_at(sandbox.url),
            "sendgrid": accounts.sendgrid_at(sandbox.url),
        }[name]
        with pytest.raises(Forged):
            stranger.verify(knock(hooks.url, hooks.seen[0]))

    played(scene)


FAULTS: list[tuple[Mapping[str, object], Kind]] = [
    ({"refused": 1.0}, Kind.REFUSED),
    ({"throttled": 1.0}, Kind.LATER),
    ({"error_500": 1.0}, Kind.UNSURE),
    ({"error_503": 1.0}, Kind.UNSURE),
    ({"cut": 1.0}, Kind.UNSURE),
]


@pytest.mark.parametrize("name", ["twilio", "sendgrid", "fcm", "webpush"])
@pytest.mark.parametrize(("manners", "kind"), FAULTS, ids=[next(iter(f)) for f, _ in FAULTS])
def test_the_sandboxs_bad_days_are_read_as_what_they_are(name, manners, kind):
    async def scene(sandbox: Sandbox, hooks: Twin, wire: Pool) -> None:
        carrier = carriers(sandbox, hooks=hooks.url)[name]
        (outcome,) = await carrier.send(parcels()[name][:1], wire=wire)
        assert outcome.kind is kind

    played(scene, **{name: manners})
