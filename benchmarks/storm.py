"""A storm of signed receipts from a process of its own; its figures go to the standard output.

`python benchmarks/storm.py '{"url": …}'`: see `Storm`. Closed: each connection sends its next
request when the last one was answered. Open: requests come at a fixed rate whatever becomes of
them, and a request's time counts from the moment at which it was due.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

import uvloop

from dispatcher.sandbox.events import signed
from dispatcher.sandbox.keys import event_key
from dispatcher.sandbox.post import Post

SEED = 1
"""Of the sandbox whose keys sign."""
DRAIN = 30.0
"""Seconds for the last answers."""


@dataclass(frozen=True, slots=True)
class Storm:
    """What comes: `count` receipts for the deliveries `first`, `first` + 1024, …, in blocks."""

    url: str
    """`http://host:port` of the door, as it was told to the carriers."""
    token: str
    """That Twilio's callbacks are signed with; "" for SendGrid's events."""
    batches: list[int]
    """Root batches; each has `size` deliveries."""
    size: int
    connections: int
    rate: float = 0.0
    """Receipts a second; 0: closed."""
    bundle: int = 1
    """SendGrid's events in a request."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One request, ready made."""

    url: str
    headers: str
    body: bytes


def letters(storm: Storm) -> Iterator[Letter]:
    """All requests, signed."""
    ids = [batch * 1024 + place for batch in storm.batches for place in range(storm.size)]
    if storm.token:
        yield from (_callback(storm, delivery_id) for delivery_id in ids)
        return
    for start in range(0, len(ids), storm.bundle):
        body = json.dumps([_event(one) for one in ids[start : start + storm.bundle]]).encode()
        headers = signed(body, event_key(SEED), at=int(time.time()))
        yield Letter(f"{storm.url}/hooks/sendgrid", headers, body)


def _callback(storm: Storm, delivery_id: int) -> Letter:
    """As Twilio writes it."""
    sid, url = f"SM{delivery_id:032x}", f"{storm.url}/hooks/twilio/{delivery_id}/1"
    fields = {
        "ApiVersion": "2010-04-01",
        "AccountSid": "AC" + "0" * 32,
        "SmsSid": sid,
        "SmsStatus": "delivered",
        "MessageSid": sid,
        "MessageStatus": "delivered",
        "To": "+12025550111",
        "From": "+12025550100",
    }
    text = url + "".join(name + fields[name] for name in sorted(fields))
    mark = base64.b64encode(hmac.digest(storm.token.encode(), text.encode(), hashlib.sha1))
    kind = "Content-Type: application/x-www-form-urlencoded\r\n"
    headers = f"{kind}X-Twilio-Signature: {mark.decode()}\r\n"
    return Letter(url, headers, urlencode(fields).encode())


def _event(delivery_id: int) -> dict[str, object]:
    """As SendGrid writes it."""
    return {
        "email": "reader@example.com",
        "timestamp": int(time.time()),
        "event": "delivered",
        "sg_event_id": f"ev{delivery_id:020x}",
        "sg_message_id": f"m{delivery_id:018x}.recvd-0",
        "smtp-id": f"<{delivery_id:x}@example.com>",
        "response": "250 2.0.0 OK",
        "delivery_id": str(delivery_id),
        "attempt": "1",
    }


async def blow(storm: Storm, ready: list[Letter]) -> dict[str, object]:
    """Send everything; how often each status came, the seconds, and each request's own."""
    loop, post = asyncio.get_running_loop(), Post(storm.connections)
    over, left = loop.create_future(), len(ready)
    statuses: Counter[int] = Counter()
    times: list[float] = []
    waiting = iter(ready)
    began = loop.time()

    def send(letter: Letter, due: float) -> None:
        def done(status: int) -> None:
            nonlocal left
            statuses[status] += 1
            times.append(loop.time() - due)
            left -= 1
            if not left and not over.done():
                over.set_result(None)
            elif not storm.rate and (following := next(waiting, None)):
                send(following, loop.time())

        post.send(letter.url, letter.headers, letter.body, done)

    if storm.rate:
        for number, letter in enumerate(waiting):
            due = began + number * storm.bundle / storm.rate
            if due > loop.time():
                await asyncio.sleep(due - loop.time())
            send(letter, due)
    else:
        for _ in range(min(storm.connections, len(ready))):
            send(next(waiting), loop.time())
    async with asyncio.timeout(DRAIN + len(ready) / 100):
        await over
    seconds = loop.time() - began
    post.close()
    return {"statuses": dict(statuses), "seconds": seconds, "times": times}


def main() -> None:
    """One storm; its figures as JSON, with the CPU that it took to blow it."""
    storm = Storm(**json.loads(sys.argv[1]))
    ready = list(letters(storm))
    before = time.process_time()
    found = uvloop.run(blow(storm, ready))
    found |= {"cpu": time.process_time() - before, "storm": asdict(storm) | {"batches": []}}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
