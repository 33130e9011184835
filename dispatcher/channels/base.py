"""What every medium does: a rendered wording and one person's values become a parcel."""

import re
from collections.abc import Mapping
from typing import Protocol

from dispatcher.providers.base import Parcel
from dispatcher.wording.rendering import Rendered


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
