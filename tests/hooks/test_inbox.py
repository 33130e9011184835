"""The door's inbox: nobody is answered before the commit, and nobody's fault is another's."""

import asyncio
import threading

from django.db import DataError, OperationalError

from dispatcher.ledger.facts import Rank, Receipt
from dispatcher.tracking.inbox import Full, Inbox


def receipt(number):
    return Receipt(f"k{number}", number, 1, "twilio", Rank.DELIVERED)


def waits(gate):
    """A commit that lasts until the gate is opened."""

    def write(_receipts, _mode):
        gate.wait(30)

    return write


def told(write, numbers, *, room=1000):
    """What came of one request for each number, all at once: None, or the error."""

    async def all_of_them():
        inbox = Inbox(write=write, room=room)
        try:
            return await asyncio.gather(
                *(inbox.receive([receipt(n)], mode="drill") for n in numbers),
                return_exceptions=True,
            )
        finally:
            inbox.close()

    return asyncio.run(all_of_them())


def test_what_comes_together_is_written_together():
    bundles = []
    assert told(lambda receipts, _mode: bundles.append(len(receipts)), range(50)) == [None] * 50
    assert sum(bundles) == 50
    assert len(bundles) < 10


def test_nobody_returns_before_the_commit():
    committed, asked = threading.Event(), threading.Event()

    def write(_receipts, _mode):
        asked.set()
        committed.wait(30)

    async def one():
        inbox = Inbox(write=write)
        request = asyncio.ensure_future(inbox.receive([receipt(1)], mode="drill"))
        await asyncio.to_thread(asked.wait, 30)
        early = request.done()
        committed.set()
        await request
        inbox.close()
        return early

    assert asyncio.run(one()) is False


def test_the_two_modes_are_told_apart():
    seen = []

    async def both():
        inbox = Inbox(write=lambda receipts, mode: seen.append((mode, receipts[0].delivery_id)))
        await asyncio.gather(
            inbox.receive([receipt(1)], mode="drill"), inbox.receive([receipt(2)], mode="real")
        )
        inbox.close()

    asyncio.run(both())
    assert sorted(seen) == [("drill", 1), ("real", 2)]


def test_who_finds_no_room_is_told_at_once():
    gate = threading.Event()

    async def crowd():
        inbox = Inbox(write=waits(gate), room=5)
        requests = [
            asyncio.ensure_future(inbox.receive([receipt(n)], mode="drill")) for n in range(8)
        ]
        await asyncio.sleep(0.1)
        early = [request for request in requests if request.done()]
        gate.set()
        found = await asyncio.gather(*requests, return_exceptions=True)
        inbox.close()
        return early, found

    early, found = asyncio.run(crowd())
    assert [isinstance(one, Full) for one in found] == [False] * 5 + [True] * 3
    assert len(early) == 3


def test_one_large_request_is_taken_where_nothing_waits():
    """Else a carrier's batch that is larger than the room would come for ever."""

    async def one():
        inbox = Inbox(write=lambda *_: None, room=5)
        await inbox.receive([receipt(n) for n in range(20)], mode="drill")
        inbox.close()

    asyncio.run(one())


def test_a_bundle_that_a_restart_interrupts_is_tried_again():
    calls = []

    def write(receipts, _mode):
        calls.append(len(receipts))
        if len(calls) == 1:
            raise OperationalError("the server was restarted")

    assert told(write, range(5)) == [None] * 5
    assert calls == [5, 5]


def test_while_the_database_is_away_nobody_is_told_yes():
    def write(*_):
        raise OperationalError("nobody there")

    assert all(isinstance(one, OperationalError) for one in told(write, range(5)))


def test_one_bad_request_does_not_spoil_the_others():
    def write(receipts, _mode):
        if any(one.delivery_id == 3 for one in receipts):
            raise DataError("a word that no table takes")

    found = told(write, range(6))
    assert [n for n, one in enumerate(found) if one is not None] == [3]


def test_a_bug_is_heard_by_all_who_wait_and_the_next_are_served():
    calls = []

    def write(receipts, _mode):
        calls.append(len(receipts))
        if len(calls) == 1:
            raise ZeroDivisionError

    async def twice():
        inbox = Inbox(write=write)
        first = await asyncio.gather(
            *(inbox.receive([receipt(n)], mode="drill") for n in range(3)), return_exceptions=True
        )
        await inbox.receive([receipt(9)], mode="drill")
        inbox.close()
        return first

    assert all(isinstance(one, ZeroDivisionError) for one in asyncio.run(twice()))


def test_a_carrier_that_goes_away_holds_up_nobody():
    gate = threading.Event()

    async def go():
        inbox = Inbox(write=waits(gate), room=2)
        gone = asyncio.ensure_future(inbox.receive([receipt(1)], mode="drill"))
        stays = asyncio.ensure_future(inbox.receive([receipt(2)], mode="drill"))
        await asyncio.sleep(0.05)
        gone.cancel()
        gate.set()
        await stays
        await inbox.receive([receipt(3), receipt(4)], mode="drill")  # its room is free again
        inbox.close()

    asyncio.run(go())
