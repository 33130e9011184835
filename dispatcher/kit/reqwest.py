"""HTTP to the carriers through pyreqwest: HTTP/2 where TLS offers it, and proxies."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Self

from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import (
    BodyDecodeError,
    DecodeError,
    PoolTimeoutError,
    PyreqwestError,
    RequestError,
    RequestTimeoutError,
)
from pyreqwest.proxy import ProxyBuilder

from dispatcher.kit.exchange import CONNECT, IDLE, LARGEST, PATIENCE, WHOLE, Answer, Lost, NotSent

CONNECTING = "client error (Connect)"
"""How the library words a failure before the first byte. Its ConnectError alone proves nothing: it
is also raised when the other side hangs up after it has read the whole request, and
ConnectTimeoutError also when no answer came (pyreqwest 0.15). tests/kit/test_wire.py holds it to
these words."""


class Reqwest:
    """The Wire over pyreqwest: keep-alive, no redirects, no proxy but a configured one.

    `most` requests are under way at once; further ones wait up to PATIENCE for a place. It works
    under uvloop and plain asyncio, and may be built before the loop runs. Close it with `close`,
    or use it as an asynchronous context manager.
    """

    def __init__(
        self,
        *,
        most: int = 1000,
        connect: float = CONNECT,
        whole: float = WHOLE,
        largest: int = LARGEST,
        proxy: str = "",
    ) -> None:
        self._largest = largest
        self._client = _client(most=most, connect=connect, whole=whole, proxy=proxy)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()

    async def close(self) -> None:
        """End all connections; what is still under way is Lost."""
        await self._client.close()

    async def ask(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes = b""
    ) -> Answer:
        """As `Wire.ask`: the whole answer, NotSent or Lost; ValueError for what is no request."""
        request = self._client.request(method, url).headers(headers).body_bytes(body)
        try:
            async with request.build_streamed() as response:
                read = await response.body_reader.read(self._largest + 1)
                answer = Answer(response.status, dict(response.headers.items()), bytes(read or b""))
        except RequestError as error:
            raise _fact(
                error
            ) from None  # the library's words hold the URL, which may be an address
        if len(answer.body) > self._largest:
            raise Lost("garbage")
        return answer


def _client(*, most: int, connect: float, whole: float, proxy: str) -> Client:
    builder = (
        ClientBuilder()
        .no_proxy()
        .follow_redirects(enable=False)
        .referer(enable=False)
        .max_connections(most)
        .pool_timeout(timedelta(seconds=PATIENCE))
        .pool_idle_timeout(timedelta(seconds=IDLE))
        .connect_timeout(timedelta(seconds=connect))
        .timeout(timedelta(seconds=whole))
        .gzip(enable=False)  # an answer of 1 kB is not worth a bomb of 1 GB
        .brotli(enable=False)
        .deflate(enable=False)
        .zstd(enable=False)
    )
    return (builder.proxy(ProxyBuilder.all(proxy)) if proxy else builder).build()


def _fact(error: PyreqwestError) -> NotSent | Lost:
    """What the library's error proves; where it proves nothing, the request may have arrived."""
    if isinstance(error, PoolTimeoutError) or CONNECTING in _causes(error):
        return NotSent(*_causes(error)[-1:])
    if isinstance(error, RequestTimeoutError):
        return Lost("timeout")
    if isinstance(error, DecodeError) and not isinstance(error, BodyDecodeError):
        return Lost("garbage")
    return Lost("cut")


def _causes(error: PyreqwestError) -> list[str]:
    details = getattr(error, "details", None) or {}
    return [cause["message"] for cause in details.get("causes") or ()]
