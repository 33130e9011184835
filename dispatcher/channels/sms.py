"""Text messages: one part, filled for one person."""

from collections.abc import Mapping
from functools import lru_cache

from dispatcher.channels.base import Fill, personal
from dispatcher.providers.base import Parcel, Sms
from dispatcher.wording.rendering import Rendered

HOLD = 36_000
"""Seconds for which a carrier may hold a text when the caller names none: Twilio's longest."""


def mould(rendered: Rendered, *, attempt: int, ttl: int = HOLD) -> Fill:
    """For numbers (E.164); `ttl` is what is left of the alert's time, in seconds.

    Readers of a text without slots share one Sms.
    """
    text = rendered.parts["text"]
    if not text.order:
        content = _shared(text.literals[0], ttl)
        return lambda delivery_id, to, _: Parcel(delivery_id, attempt, to, content)

    def fill(delivery_id: int, to: str, slots: Mapping[str, str]) -> Parcel:
        written = text.fill(personal(slots, only=text.slots))
        return Parcel(delivery_id, attempt, to, Sms(written, ttl=ttl))

    return fill


def pack(
    rendered: Rendered,
    *,
    delivery_id: int,
    attempt: int,
    to: str,
    slots: Mapping[str, str],
    ttl: int = HOLD,
) -> Parcel:
    """One parcel alone: see `mould`."""
    return mould(rendered, attempt=attempt, ttl=ttl)(delivery_id, to, slots)


@lru_cache(1024)
def _shared(text: str, ttl: int) -> Sms:
    return Sms(text, ttl=ttl)
