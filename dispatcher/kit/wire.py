"""One pool of connections to the carriers: a request goes out, an answer or a fact comes back."""

from collections.abc import Coroutine, Mapping
from typing import Any, Self

from dispatcher.kit.exchange import (
    CONNECT,
    IDLE,
    LARGEST,
    PATIENCE,
    WHOLE,
    Answer,
    Lost,
    NotSent,
    Wire,
)
from dispatcher.kit.lines import Lines
from dispatcher.kit.reqwest import Reqwest

__all__ = [
    "CONNECT", "IDLE", "LARGEST", "PATIENCE", "WHOLE",
    "Answer", "Lost", "NotSent", "Pool", "Wire",
]  # fmt: skip


class Pool:
    """The Wire that the road uses: keep-alive, no redirects, no proxy but a configured one.

    Lines of our own, at half the library's cost; through a proxy the library (decision 0013).
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
        self._client: Lines | Reqwest = (
            Reqwest(most=most, connect=connect, whole=whole, largest=largest, proxy=proxy)
            if proxy
            else Lines(most=most, connect=connect, whole=whole, largest=largest)
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()

    async def close(self) -> None:
        """End all connections; what is still under way is Lost."""
        await self._client.close()

    def ask(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes = b""
    ) -> Coroutine[Any, Any, Answer]:
        """As `Wire.ask`: the whole answer, NotSent or Lost; ValueError for what is no request."""
        return self._client.ask(method, url, headers=headers, body=body)
