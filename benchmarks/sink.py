"""A server that answers as the carriers do and keeps nothing: `-m benchmarks.sink PORT [PEM]`.

Its answers are as long as the real ones, heads included, since reading them is part of the cost.
"""

import asyncio
import json
import ssl
import sys
from collections import Counter
from typing import cast

import httptools
import uvloop

HEAD = (
    b"Content-Type: application/json;charset=utf-8\r\nConnection: keep-alive\r\n"
    b"Date: Mon, 23 Nov 2026 06:00:00 GMT\r\nStrict-Transport-Security: max-age=31536000\r\n"
    b"X-Request-Id: RQ00000000000000000000000000000000\r\nX-Duration: 0.103\r\nVary: Origin\r\n"
    b"X-Api-Domain: api.example.com\r\nX-Home-Region: us1\r\n"
)
TWILIO = {
    "body": "x" * 150, "num_segments": "1", "direction": "outbound-api", "from": "+12025550199",
    "date_updated": "Mon, 23 Nov 2026 06:00:00 +0000", "price": None, "error_message": None,
    "uri": f"/2010-04-01/Accounts/AC{'0' * 32}/Messages/SM{'0' * 32}.json",
    "account_sid": f"AC{'0' * 32}", "num_media": "0", "to": "+12025550101",
    "date_created": "Mon, 23 Nov 2026 06:00:00 +0000", "status": "queued", "sid": f"SM{'0' * 32}",
    "date_sent": None, "messaging_service_sid": None, "error_code": None, "price_unit": "USD",
    "api_version": "2010-04-01",
    "subresource_uris": {"media": f"/2010-04-01/Accounts/AC{'0' * 32}/Messages/SM/Media.json"},
}  # fmt: skip
TOKEN = {"access_token": "ya29.invented", "expires_in": 3599, "token_type": "Bearer"}


def whole(status: str, told: object = None, *, head: bytes = b"") -> bytes:
    """A whole answer."""
    body = b"" if told is None else json.dumps(told).encode()
    line = f"HTTP/1.1 {status}\r\n".encode()
    return line + HEAD + head + b"Content-Length: %d\r\n\r\n" % len(body) + body


ANSWERS = {
    b"/2010": whole("201 Created", TWILIO),
    b"/v3/m": whole("202 Accepted", head=b"X-Message-Id: 14c5d75ce93.dfd.64b469\r\n"),
    b"/v1/p": whole("200 OK", {"name": "projects/invented/messages/0:1500415314455276%31bd1c96"}),
    b"/toke": whole("200 OK", TOKEN),
    b"/wpus": whole("201 Created", head=b"Location: https://push.example.net/m/1\r\n"),
}
"""By the first letters of the path; all else is asked for by the benchmark itself."""


class Door(asyncio.Protocol):
    """One connection."""

    counted: Counter[bytes] = Counter()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to read."""
        self._transport = cast("asyncio.WriteTransport", transport)
        self._parser = httptools.HttpRequestParser(self)
        self.on_message_begin()

    def data_received(self, data: bytes) -> None:
        """Read on."""
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        """The next request."""
        self._path = b""

    def on_url(self, url: bytes) -> None:
        """A piece of its address."""
        self._path += url

    def on_message_complete(self) -> None:
        """Answer at once."""
        kind = self._path[:5]
        answer = ANSWERS.get(kind)
        if answer is None:
            answer = whole("200 OK", {name.decode(): n for name, n in self.counted.items()})
            self.counted.clear()
        else:
            self.counted[kind] += 1
        self._transport.write(answer)


async def main(port: int, pem: str) -> None:
    """Serve until killed."""
    secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if pem else None
    if secure:
        secure.load_cert_chain(pem)
    server = await asyncio.get_running_loop().create_server(Door, "127.0.0.1", port, ssl=secure)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""))
