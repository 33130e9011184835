"""Push: a title, a text and one link; the device shows repeats of a delivery once."""

from collections.abc import Mapping
from functools import lru_cache

from django.utils import translation
from django.utils.translation import gettext

from dispatcher.channels.base import Fill, harmless, personal
from dispatcher.providers.base import Parcel, Push
from dispatcher.wording.rendering import Rendered

HOLD = 172_800
"""Seconds for which a push service may hold it when the caller names none."""


def mould(rendered: Rendered, *, attempt: int, ttl: int = HOLD) -> Fill:
    """For devices: FCM tokens or Web Push subscriptions as JSON.

    The notification leads to `slots["link"]`, else to the notice's page (the fact `info`, where the
    wording names it), else to the reader's own page.
    """
    title, body = rendered.parts["title"], rendered.parts["body"]
    named, button = title.slots | body.slots, _button(rendered.locale)

    def fill(delivery_id: int, to: str, slots: Mapping[str, str]) -> Parcel:
        values = personal(slots, only=named)
        content = Push(
            title=title.fill(values),
            body=body.fill(values),
            link=_link(slots, rendered),
            locale=rendered.locale,
            direction=rendered.direction,
            tag=str(delivery_id),
            ttl=ttl,
            acknowledge=_web(slots.get("acknowledge", "")),
            button=button,
        )
        return Parcel(delivery_id, attempt, to, content)

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


def _link(slots: Mapping[str, str], rendered: Rendered) -> str:
    told = slots.get("link") or rendered.facts.get("info") or slots.get("acknowledge", "")
    return _web(told)


def _web(link: str) -> str:
    return harmless(link) if link.startswith(("https://", "http://")) else ""


@lru_cache(maxsize=64)
def _button(locale: str) -> str:
    """The word on the button, as on the page behind it; English where we do not speak it."""
    with translation.override(locale.lower()):
        return gettext("Yes, I have read it")
