"""What every medium does: a rendered wording and one person's values become a parcel."""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Protocol

from dispatcher.providers.base import Parcel


class Text(Protocol):
    """One part of a message, whole but for what is personal."""

    @property
    def slots(self) -> AbstractSet[str]:
        """The names of the personal values that the text needs."""
        ...

    def fill(self, values: Mapping[str, str], /) -> str:
        """The text with every slot replaced once; values are not read again."""
        ...


class Rendered(Protocol):
    """A wording in one language with the facts filled in; wording.rendering makes it."""

    @property
    def locale(self) -> str:
        """BCP 47."""
        ...

    @property
    def direction(self) -> str:
        """'ltr' or 'rtl'."""
        ...

    @property
    def parts(self) -> Mapping[str, Text]:
        """By field: text (sms); subject, body (email); title, body (push)."""
        ...


class Pack(Protocol):
    """Each channel module's main function."""

    def __call__(
        self,
        rendered: Rendered,
        /,
        *,
        delivery_id: int,
        attempt: int,
        to: str,
        slots: Mapping[str, str],
        ttl: int = ...,
    ) -> Parcel:
        """`slots`: personal values as they lie in the registry; `ttl`: seconds until expiry."""
        ...


# C0 and C1 controls, line and paragraph separators; bidi embeddings, overrides and isolates.
# ZWNJ and ZWJ stay: Persian and Hindi names are misspelt without them (notifications-utils PR 637).
_UNSAID = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]+")


def personal(slots: Mapping[str, str]) -> dict[str, str]:
    """Values as they may stand in a line: no line breaks, no controls, nothing that turns text."""
    return {name: _TURNING.sub("", _UNSAID.sub(" ", value)) for name, value in slots.items()}
