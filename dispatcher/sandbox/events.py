"""SendGrid's signed event webhook: events wait up to a second, then leave as one signed batch."""

import asyncio
import base64
import json
import time
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from dispatcher.sandbox.post import Post
from dispatcher.sandbox.receipts import Told

MOST = 500
WAIT = 1.0  # seconds that the first event of a batch waits for others
LONGEST_PAUSE = 60.0
GIVE_UP = 24 * 3600.0  # SendGrid repeats a batch for a day


@dataclass(slots=True)
class Events:
    """Batches for one webhook address; an empty one takes no events."""

    url: str
    key: ec.EllipticCurvePrivateKey
    post: Post
    wait: float = WAIT
    _held: list[tuple[dict[str, Any], Told]] = field(default_factory=list)
    _timer: asyncio.TimerHandle | None = None
    owed: int = 0
    """Events that nobody has confirmed yet, also those that are sent again after a pause."""

    def add(self, event: dict[str, Any], told: Told = lambda: None) -> None:
        """Send the event with the next batch; `told` is called when the batch was answered."""
        self._held.append((event, told))
        self.owed += 1
        if len(self._held) >= MOST:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self.wait, self.flush)

    def flush(self) -> None:
        """Send what is held, now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        held, self._held = self._held, []
        if held:
            body = b"[" + b",\r\n".join(_encoded(event) for event, _ in held) + b"]\r\n"
            self._send(body, [told for _, told in held], pause=1.0)

    def _send(self, body: bytes, told: list[Told], *, pause: float, began: float = 0.0) -> None:
        loop = asyncio.get_running_loop()
        began = began or loop.time()

        def answered(status: int) -> None:
            if 200 <= status < 300 or loop.time() - began > GIVE_UP:  # noqa: PLR2004  # 2xx
                self.owed -= len(told)
                for each in told:
                    each()
                return
            later = min(pause * 2, LONGEST_PAUSE)
            loop.call_later(pause, lambda: self._send(body, told, pause=later, began=began))

        self.post.send(self.url, signed(body, self.key, at=int(time.time())), body, answered)


def signed(body: bytes, key: ec.EllipticCurvePrivateKey, *, at: int) -> str:
    """The header lines of a batch: its time in whole seconds, and the signature over both."""
    mark = key.sign(str(at).encode() + body, ec.ECDSA(hashes.SHA256()))
    return (
        "Content-Type: application/json\r\n"
        f"X-Twilio-Email-Event-Webhook-Signature: {base64.b64encode(mark).decode()}\r\n"
        f"X-Twilio-Email-Event-Webhook-Timestamp: {at}\r\n"
        "User-Agent: SendGrid Event API\r\n"
    )


def _encoded(event: dict[str, Any]) -> bytes:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
