"""What every HTTP client of ours asks and answers alike: one request, an answer or a fact."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, Protocol

CONNECT = 3.0
"""Seconds for DNS, TCP and TLS together."""
WHOLE = 8.0
"""Seconds from the first byte out to the last byte in; with PATIENCE below the lease of 10 s."""
PATIENCE = 1.0
"""Seconds to wait for a free place among `most` requests."""
IDLE = 20.0
"""Seconds an idle connection is kept; carriers close theirs after 60 s or more, and a request that
meets the closing is lost, not refused."""
LARGEST = 1024 * 1024
"""Bytes of an answer that we read; a carrier's largest is some 10 kB."""


class Answer(NamedTuple):
    """What came back; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Head(Mapping[str, str]):
    """An answer's headers, put in order when somebody asks: of a success few are read, or none."""

    __slots__ = ("_raw", "_read")

    def __init__(self, raw: list[tuple[bytes, bytes]]) -> None:
        self._raw = raw
        self._read: dict[str, str] | None = None

    def __getitem__(self, name: str) -> str:
        return self._told()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._told())

    def __len__(self) -> int:
        return len(self._told())

    def _told(self) -> dict[str, str]:
        if self._read is None:
            pairs = ((name.lower(), value) for name, value in self._raw)
            self._read = {n.decode("latin-1"): v.decode("latin-1") for n, v in pairs}
        return self._read


class NotSent(Exception):  # noqa: N818  # it states a fact
    """No connection came about: nothing was processed, so the same may be sent again."""


class Lost(Exception):  # noqa: N818  # it states a fact
    """The request may have arrived; the answer did not. `args[0]`: timeout, cut or garbage."""


class Wire(Protocol):
    """An asynchronous HTTP client with time-outs on everything."""

    async def ask(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes = b""
    ) -> Answer:
        """The whole answer, whatever its status, redirects too. Raises NotSent or Lost.

        A URL or header that cannot be put on a wire is the caller's mistake: ValueError.
        """
        ...
