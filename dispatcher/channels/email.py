"""E-mail: a letter composed once for all who read it alike, with tokens where it is personal.

The carrier puts a reader's values in place of the tokens, in the subject, the text and the page
alike. A value must be escaped for the page and must not be for the text, so each slot has two
tokens: `{{recipient}}` and `{{recipient_html}}`.
"""

import html
import re
from collections.abc import Mapping
from functools import lru_cache

from dispatcher.channels import letter
from dispatcher.channels.base import Fill, harmless
from dispatcher.providers.base import Email, Parcel
from dispatcher.wording import bidi
from dispatcher.wording.rendering import PERSONAL, Rendered, Text

HOLD = 172_800
"""Seconds; mail has no expiry that carriers keep, so it is not handed on."""

_BRACES = str.maketrans("{}", "()")
"""A carrier may read a value again: no value may look like a token. No name has braces."""
_SIGNS = re.compile("[^ -~]|[{}&<>\"']").search
"""Finds what is not written alike everywhere: in a page, in braces, between isolates."""


def mould(rendered: Rendered, *, attempt: int, ttl: int = HOLD) -> Fill:
    """For mailboxes; readers of one rendering share one Email object."""
    del ttl
    subject, body = rendered.parts["subject"], rendered.parts["body"]
    way, sender = rendered.direction, rendered.facts.get("organisation", "")
    content = compose(rendered.locale, way, subject, body, sender)
    names = tuple(dict.fromkeys(subject.order + body.order))

    def fill(delivery_id: int, to: str, slots: Mapping[str, str]) -> Parcel:
        values = {name: slots[name] for name in names}
        return Parcel(delivery_id, attempt, to, content, _tokens(values, direction=way))

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


@lru_cache(512)
def compose(
    locale: str, direction: bidi.Direction, subject: Text, body: Text, sender: str
) -> Email:
    """The letter for all who share a rendering; about 2 ms, so it is kept.

    While the Markdown is read, each slot is held by a word, or an address, that Markdown leaves
    alone and that no wording contains.
    """
    names = sorted(subject.slots | body.slots)
    holders = {name: _holder(at, name) for at, name in enumerate(names)}
    title = _defused(subject.fill(holders))
    text = _defused(body.fill(holders))
    page = letter.page(
        text,
        title=title,
        sender=_defused(sender),
        locale=locale,
        direction=direction,
        act=holders.get("acknowledge", ""),
    )
    return Email(
        subject=_with_tokens(title, holders),
        text=_with_tokens(letter.plain(text, locale=locale), holders),
        html=_with_tokens(page, holders, suffix="_html"),
        locale=locale,
    )


def _holder(at: int, name: str) -> str:
    return f"https://qzslot{at}qz.invalid" if PERSONAL.get(name) == "link" else f"qzslot{at}qz"


def _defused(text: str) -> str:
    """Braces of a fact must not look like a token either."""
    return text.translate(_BRACES)


def _with_tokens(text: str, holders: Mapping[str, str], *, suffix: str = "") -> str:
    for name, holder in holders.items():
        text = text.replace(holder, f"{{{{{name}{suffix}}}}}")
    return text


def _tokens(values: Mapping[str, str], *, direction: bidi.Direction) -> dict[str, str]:
    """Both tokens of each slot; a name of the other direction is isolated as Text.fill does it."""
    tokens = {}
    for name, value in values.items():
        if _SIGNS(value) is None:  # most names and all our links
            tokens[name] = tokens[f"{name}_html"] = value
            continue
        told = harmless(value).translate(_BRACES)
        if direction == "ltr":
            told = bidi.isolated(told, "ltr")
        tokens[name] = told
        tokens[f"{name}_html"] = html.escape(told)
    return tokens
