"""Values as the reader's language and zone write them: numbers, shares, times, names."""

from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from math import floor

from babel import numbers, units
from django import template
from django.utils import timezone, translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import pgettext

from dispatcher.channels import letter as letters
from dispatcher.ledger.models import Dispatch
from dispatcher.reports import words
from dispatcher.wording import bidi, tags, values

register = template.Library()
_SHORT = 10
"""Seconds below which a tenth matters."""
_MINUTE = 60


def _tag() -> str:
    return translation.get_language() or "en"


def _show(value: values.Value, kind: str, style: str = "") -> str:
    zone = timezone.get_current_timezone()
    return values.show(value, kind, style=style, locale=_tag(), zone=zone)


@register.filter
def letter(body: str) -> SafeString:
    """A letter's Markdown as its readers see it; only plain marks survive."""
    return mark_safe(letters.shown(body))  # noqa: S308  # cleaned there


@register.simple_tag
def colon() -> str:
    """What stands between a name and what is said of it: French has a space before it, too."""
    return pgettext("between a name and what is said of it", ": ")


@register.filter
def number(n: int) -> str:
    """1204 as 1,204 or ۱٬۲۰۴."""
    if n < 0:
        return _show(Decimal(n), "number")
    text = str(n)
    mould, digits = _mould(_tag(), len(text))
    return mould.format(*text.translate(digits))


@lru_cache(1024)
def _mould(tag: str, length: int) -> tuple[str, dict[int, str]]:
    """How a locale writes whole numbers of so many digits, and its digits.

    Where the signs between them stand depends on nothing else, and a large report holds two
    thousand numbers, which Babel formats in 80 ms.
    """
    ones = values.show(Decimal("1" * length), "number", locale=tag, zone=UTC)
    shown = values.show(Decimal(1_234_567_890), "number", locale=tag, zone=UTC)
    digits = dict(zip(map(ord, "1234567890"), filter(str.isdigit, shown), strict=True))
    return ones.replace(digits[ord("1")], "{}"), digits


@register.filter
def share(part: float | None) -> str:
    """0.946 as 94 %: rounded down, so that 100 % is said only when it is all."""
    return "–" if part is None else _percent(floor(part * 100 + 1e-9), _tag())


@lru_cache(2048)
def _percent(whole: int, tag: str) -> str:
    value = Decimal(whole) / 100
    return values.show(value, "number", style="percent", locale=tag, zone=UTC)


@register.filter
def of(part: int, whole: int) -> str:
    """So many of so many as a share; a dash of nothing."""
    return share(part / whole if whole else None)


@register.filter
def duration(seconds: float | None) -> str:
    """A time as people say it: 0.4 sec, 12 sec, 3 min 20 sec, 2 hr 5 min; a dash for None."""
    if seconds is None:
        return "–"
    if seconds < _SHORT:
        return _unit(Decimal(f"{seconds:.1f}").normalize() + 0, "second")
    whole = round(seconds)
    parts = [
        (whole // 86_400, "day"),
        (whole // 3_600 % 24, "hour"),
        (whole // 60 % 60, "minute"),
        (whole % 60 if whole < 10 * _MINUTE else 0, "second"),
    ]
    return "\u00a0".join([_unit(Decimal(n), name) for n, name in parts if n][:2])


@register.filter
def minutes(seconds: float) -> str:
    """A time that is counted down: in whole minutes, so that it is not news every second."""
    return duration(max(60, 60 * floor(seconds / 60)))


@register.filter
def percent(whole: int) -> str:
    """95 as 95 %."""
    return share(whole / 100)


@register.filter
def moment(at: datetime | None) -> str:
    """Day and minute in the reader's zone; a dash for None."""
    return _show(at, "datetime") if at else "–"


@register.filter
def clock(at: datetime) -> str:
    """The time of day with seconds, in the reader's zone."""
    return _show(at, "time", "medium")


@register.filter
def half(n: int) -> int:
    """The middle of an axis."""
    return n // 2


@register.filter
def figure(key: str) -> str:
    """Name of a figure of the books."""
    return str(words.FIGURES[key])


@register.filter
def state(key: str) -> str:
    """Name of a dispatch's state."""
    return str(words.STATES[key])


@register.filter
def mode(key: str) -> str:
    """Drill or real."""
    return str(words.MODES[key])


@register.filter
def channel(key: str) -> str:
    """Name of a channel."""
    return words.channel_name(key)


@register.filter
def subject(dispatch: Dispatch) -> str:
    """What a dispatch is about."""
    return words.subject(dispatch.scenario, dispatch.part)


@register.filter
def region(code: str) -> str:
    """Name of a region."""
    return words.region_name(code.removeprefix("own:"))


@register.filter
def language(tag: str) -> str:
    """Name of a language."""
    return words.language_name(tag)


@register.filter
def apart(text: str) -> str:
    """The text with its ends where they belong, though it may run the other way than the page."""
    return bidi.isolated(text, "rtl" if translation.get_language_bidi() else "ltr")


def _unit(n: Decimal, name: str) -> str:
    """“3 days”: Babel takes the form of the one for a number that is a text already."""
    locale = tags.locale(_tag())
    told = units.format_unit(n, f"duration-{name}", "short", locale=locale)
    told = told.replace(numbers.format_decimal(n, locale=locale), _show(n, "number"))
    return told.replace(" ", "\u00a0")
