"""Text messages: one part, filled for one person."""

from collections.abc import Mapping

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
    """The parcel for one number (E.164); `ttl` is what is left of the alert's time, in seconds."""
    text = rendered.parts["text"].fill(personal(slots))
    return Parcel(delivery_id=delivery_id, attempt=attempt, to=to, content=Sms(text, ttl=ttl))
