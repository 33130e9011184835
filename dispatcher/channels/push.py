"""Push: a title, a text and one link; the device shows repeats of a delivery once."""

from collections.abc import Mapping
from functools import lru_cache

from django.utils import translation
from django.utils.translation import gettext

from dispatcher.channels.base import harmless, personal
from dispatcher.providers.base import Parcel, Push
from dispatcher.wording.rendering import Rendered

HOLD = 172_800
"""Seconds for which a push service may hold it when the caller names none."""


def pack(
    rendered: Rendered,
    *,
    delivery_id: int,
    attempt: int,
    to: str,
    slots: Mapping[str, str],
    ttl: int = HOLD,
) -> Parcel:
    """The parcel for one device; `to` is an FCM token or a Web Push subscription as JSON.

    The notification leads to `slots["link"]`, else to the notice's page (the fact `info`, where the
    wording names it), else to the reader's own page. Raises KeyError for a slot without a value.
    """
    title, body = rendered.parts["title"], rendered.parts["body"]
    values = personal(slots, only=title.order + body.order)
    content = Push(
        title=title.fill(values),
        body=body.fill(values),
        link=_link(slots, rendered),
        locale=rendered.locale,
        direction=rendered.direction,
        tag=str(delivery_id),
        ttl=ttl,
        acknowledge=_web(slots.get("acknowledge", "")),
        button=_button(rendered.locale),
    )
    return Parcel(delivery_id=delivery_id, attempt=attempt, to=to, content=content)


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
