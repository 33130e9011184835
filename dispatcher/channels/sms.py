"""Text messages: one part, filled for one person."""

from collections.abc import Mapping
from functools import lru_cache

from dispatcher.channels.base import personal
from dispatcher.providers.base import Parcel, Sms
from dispatcher.wording.rendering import Rendered

HOLD = 36_000
"""Seconds for which a carrier may hold a text when the caller names none: Twilio's longest."""


def pack(
    rendered: Rendered,
    *,
    delivery_id: int,
    attempt: int,
    to: str,
    slots: Mapping[str, str],
    ttl: int = HOLD,
) -> Parcel:
    """The parcel for one number (E.164); `ttl` is what is left of the alert's time, in seconds.

    Raises KeyError for a slot without a value. Readers of a text without slots share one Sms.
    """
    text = rendered.parts["text"]
    if text.order:
        content = Sms(text.fill(personal(slots, only=text.slots)), ttl=ttl)
    else:
        content = _shared(text.literals[0], ttl)
    return Parcel(delivery_id=delivery_id, attempt=attempt, to=to, content=content)


@lru_cache(1024)
def _shared(text: str, ttl: int) -> Sms:
    return Sms(text, ttl=ttl)
