"""One pool of connections to the carriers: a request goes out, and an answer, or a fact, comes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class NotSent(Exception):  # noqa: N818  # it states a fact
    """No connection came about: nothing was processed, so the same may be sent again."""


class Lost(Exception):  # noqa: N818  # it states a fact
    """The request may have arrived; the answer did not. `args[0]` is the evidence: timeout, cut."""


class Wire(Protocol):
    """An asynchronous HTTP client with time-outs on everything."""

    async def ask(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes = b""
    ) -> Answer:
        """The whole answer, whatever its status. Raises NotSent or Lost."""
        ...
