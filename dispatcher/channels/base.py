"""What every medium does: a rendered wording and one person's values become a parcel."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from dispatcher.providers.base import Parcel
from dispatcher.wording.rendering import Rendered

Fill = Callable[[int, str, Mapping[str, str]], Parcel]
"""(delivery id, address, personal values as they lie in the registry) -> the parcel for one person.

Raises KeyError for a slot without a value."""


class Mould(Protocol):
    """Each channel module's main function: what all readers of a rendering share is made here."""

    def __call__(self, rendered: Rendered, /, *, attempt: int, ttl: int = ...) -> Fill:
        """`ttl`: seconds until expiry."""
        ...


# C0 and C1 controls, line and paragraph separators; bidi embeddings, overrides and isolates.
# ZWNJ and ZWJ stay: Persian and Hindi names are misspelt without them (notifications-utils PR 637).
_UNSAID = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]+")


def personal(slots: Mapping[str, str], *, only: Iterable[str] | None = None) -> dict[str, str]:
    """Values, all or only those of some slots, as they may stand in a line, see `harmless`.

    Raises KeyError for a slot without a value.
    """
    return {name: harmless(slots[name]) for name in (slots if only is None else only)}


def harmless(value: str) -> str:
    """A value without line breaks, without controls, and with nothing that turns text."""
    if value.isprintable():  # neither a control nor a format character, and most names are such
        return value
    return _TURNING.sub("", _UNSAID.sub(" ", value))
