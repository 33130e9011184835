"""Spans for who traces: nothing is done until somebody listens (`dispatcher.conf.tracing` may).

A fact of a span is a number, a few ids, or a word of our own: a lane, a mode, an outcome. Never an
address, a name, a text or a key. `plain` refuses what does not look like that, as a last lock.
"""

import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from importlib.util import find_spec
from types import TracebackType
from typing import Final, Protocol

Fact = int | float | str | Sequence[int]
NEEDED: Final = (
    "opentelemetry.sdk",
    "opentelemetry.exporter.otlp.proto.http",
    "opentelemetry.instrumentation.celery",
    "opentelemetry.instrumentation.django",
)
"""What the extra `tracing` brings. Nothing of it is imported in a process that is not traced."""
MOST_IDS: Final = 64
"""Ids in one fact; a convoy has seldom more batches."""
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z_.+-]{0,47}")


class Span(Protocol):
    """One piece of work that has begun; false when nobody listens."""

    def tell(self, **facts: Fact) -> None:
        """Facts that were learned while it went on."""
        ...

    def __bool__(self) -> bool:
        """Whether somebody listens: facts that cost something are gathered only then."""
        ...


Listener = Callable[[str], AbstractContextManager[Span]]
"""Begins a span of this name."""


class _Unheard:
    """What there is when nobody listens; one for all, so that it costs no object."""

    __slots__ = ()

    def __enter__(self) -> Span:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        return None

    def __bool__(self) -> bool:
        return False

    def tell(self, **facts: Fact) -> None:
        """Nothing."""


_UNHEARD: Final = _Unheard()
_LISTENERS: list[Listener] = []


def listen(listener: Listener | None) -> None:
    """From now on spans are this one's, in this process; None: nobody's."""
    _LISTENERS[:] = [listener] if listener else []


def span(name: str) -> AbstractContextManager[Span]:
    """Begin one around a piece of work; its facts are told with `Span.tell`."""
    return _LISTENERS[0](name) if _LISTENERS else _UNHEARD


def installed() -> bool:
    """Whether the extra is there, without importing it."""
    try:
        return all(find_spec(name) for name in NEEDED)
    except ModuleNotFoundError:  # one of their parents
        return False


def plain(fact: Fact) -> Fact | None:
    """The fact as it may be told, or None: a word holds no digit, no `@` and no space."""
    if isinstance(fact, int | float):
        return fact
    if isinstance(fact, str):
        return fact if _WORD.fullmatch(fact) else None
    return [int(one) for one in fact[:MOST_IDS]]
