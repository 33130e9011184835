"""Typed values: read from canonical strings, shown as readers of a locale and zone write them.

Pure. Canonical: number "12.5"; money "12.50 EUR"; date "2026-11-23"; time "14:30"; datetime ISO
8601 with offset; duration "PT2H"; phone E.164; https link; e-mail; list a JSON array of strings;
text and place plain.

Digits of numbers and dates are those of CLDR's default numbering system: Persian in fa, ASCII in
ar, Arabic in ar-EG. Phones, links, e-mails and codes stay ASCII, since people dial and copy them.
Dates are Gregorian everywhere: CLDR prefers the Persian calendar for fa, Babel knows only the
Gregorian, so fa shows '۲۳ نوامبر ۲۰۲۶', which Iranians know from passports and flights; a wording
that needs the Persian date takes it as a text.
"""

import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from urllib.parse import urlsplit

import phonenumbers
from babel import Locale, dates, lists, numbers, units
from email_validator import EmailNotValidError, validate_email

from dispatcher.kit.errors import Refused
from dispatcher.wording import bidi, tags


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in an ISO 4217 currency."""

    amount: Decimal
    currency: str


Value = str | Decimal | Money | date | time | datetime | timedelta | tuple[str, ...]

LONGEST = 2_000
"""Characters in a value."""

LTR = frozenset({"phone", "link", "email"})
"""Types that are written from left to right in every language."""

FORMATTED = frozenset({"number", "money", "date", "time", "datetime", "duration"})
"""Types whose digits and signs CLDR chooses for the locale."""

_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")
_MONEY = re.compile(rf"({_NUMBER.pattern}) ([A-Z]{{3}})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_DURATION = re.compile(
    r"P(?=.)(?:(?P<weeks>[0-9]{1,3})W)?(?:(?P<days>[0-9]{1,4})D)?"
    r"(?:T(?=.)(?:(?P<hours>[0-9]{1,4})H)?(?:(?P<minutes>[0-9]{1,5})M)?(?:(?P<seconds>[0-9]{1,6})S)?)?"
)
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_LINK = re.compile(r"https://[!-~]+")
_UNLINKED = frozenset('"<>\\^`{|}')
_ZEROS = {
    "arab": "٠", "arabext": "۰", "beng": "০", "deva": "०", "mymr": "၀", "tibt": "༠", "nkoo": "߀",
    "olck": "᱐", "mtei": "꯰", "cakm": "\U00011136", "hmnp": "\U0001e140", "adlm": "\U0001e950",
}  # fmt: skip
"""Zero of every numbering system that is some locale's default in CLDR, besides ASCII."""


def read(kind: str, written: str, *, name: str) -> Value:
    """The typed value of a canonical string.

    Raises Refused `wording.fact_unreadable` (fact, type, value), or what `bidi` refuses.
    """
    if kind not in _READ:
        raise Refused("wording.fact_type", fact=name, type=kind)
    if len(written) > LONGEST:
        raise Refused("wording.fact_too_long", fact=name, length=len(written), most=LONGEST)
    bidi.refuse_stray(written, fact=name)
    try:
        return _READ[kind](written)
    except ValueError:
        raise Refused("wording.fact_unreadable", fact=name, type=kind, value=written[:80]) from None


def show(value: Value, kind: str, *, style: str = "", locale: str, zone: tzinfo) -> str:
    """The value as text in the locale (BCP 47) and zone; `style` as in `placeholders.TYPES`."""
    return _SHOW[kind](value, style, tags.locale(locale), zone)


def _plain(written: str) -> str:
    text = unicodedata.normalize("NFC", written.strip())
    if not text or any(unicodedata.category(letter) in {"Cc", "Cs", "Co"} for letter in text):
        raise ValueError
    return text


def _whole(pattern: re.Pattern[str], written: str) -> re.Match[str]:
    found = pattern.fullmatch(written)
    if found is None:
        raise ValueError
    return found


def _number(written: str) -> Decimal:
    return Decimal(_whole(_NUMBER, written)[0])


def _money(written: str) -> Money:
    found = _whole(_MONEY, written)
    if found[3] not in _currencies():
        raise ValueError
    return Money(Decimal(found[1]), found[3])


@lru_cache(1)
def _currencies() -> frozenset[str]:
    return frozenset(Locale("en").currencies)


def _date(written: str) -> date:
    return date.fromisoformat(_whole(_DATE, written)[0])


def _time(written: str) -> time:
    return time.fromisoformat(_whole(_TIME, written)[0])


def _datetime(written: str) -> datetime:
    at = datetime.fromisoformat(written)
    if at.tzinfo is None:
        raise ValueError
    return at


def _duration(written: str) -> timedelta:
    found = _whole(_DURATION, written)
    return timedelta(**{unit: int(n) for unit, n in found.groupdict().items() if n})


def _phone(written: str) -> str:
    _whole(_E164, written)
    try:
        possible = phonenumbers.is_possible_number(phonenumbers.parse(written))
    except phonenumbers.NumberParseException:
        possible = False
    if not possible:
        raise ValueError
    return written


def _link(written: str) -> str:
    parts = urlsplit(_whole(_LINK, written)[0])
    if not parts.hostname or "." not in parts.hostname or "@" in parts.netloc:
        raise ValueError
    if _UNLINKED & set(written):
        raise ValueError
    return written


def _email(written: str) -> str:
    try:
        found = validate_email(written, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise ValueError from None
    if found.ascii_email is None:
        raise ValueError
    return written


def _list(written: str) -> tuple[str, ...]:
    try:
        items = json.loads(written)
    except RecursionError:  # "[[[[..." nests as deep as it is long
        raise ValueError from None
    if not isinstance(items, list) or not 1 <= len(items) <= 50:  # noqa: PLR2004  # what a reader bears
        raise ValueError
    if not all(isinstance(item, str) for item in items):
        raise ValueError
    return tuple(map(_plain, items))


_READ: dict[str, Callable[[str], Value]] = {
    "text": _plain,
    "place": _plain,
    "number": _number,
    "money": _money,
    "date": _date,
    "time": _time,
    "datetime": _datetime,
    "duration": _duration,
    "phone": _phone,
    "link": _link,
    "email": _email,
    "list": _list,
}


@lru_cache(512)
def _digits(locale: Locale) -> dict[int, str]:
    zero = _ZEROS.get(locale.default_numbering_system)
    return {ord("0") + n: chr(ord(zero) + n) for n in range(10)} if zero else {}


def _native(shown: str, locale: Locale) -> str:
    """Babel uses a numbering system's signs but leaves its digits in ASCII."""
    return shown.translate(_digits(locale))


def _show_number(value: Value, style: str, locale: Locale, _: tzinfo) -> str:
    assert isinstance(value, Decimal)
    if style == "percent":
        shown = numbers.format_percent(value, locale=locale, numbering_system="default")
        signs = locale.number_symbols.get(locale.default_numbering_system, {})
        shown = shown.replace("%", signs.get("percentSign", "%"))
    else:
        pattern = "#,##0" if style == "integer" else None
        shown = numbers.format_decimal(value, pattern, locale=locale, numbering_system="default")
    return _native(shown, locale)


def _show_money(value: Value, _style: str, locale: Locale, _zone: tzinfo) -> str:
    assert isinstance(value, Money)
    shown = numbers.format_currency(
        value.amount, value.currency, locale=locale, numbering_system="default"
    )
    return _native(shown, locale)


def _show_date(value: Value, style: str, locale: Locale, zone: tzinfo) -> str:
    """Long by default: the month has a name, since 11/12 is two days on two sides of an ocean."""
    day = value.astimezone(zone) if isinstance(value, datetime) else value
    assert isinstance(day, date)
    return _native(dates.format_date(day, style or "long", locale=locale), locale)


def _show_time(value: Value, style: str, locale: Locale, zone: tzinfo) -> str:
    at = value.astimezone(zone) if isinstance(value, datetime) else value
    assert isinstance(at, (time, datetime))
    if isinstance(at, time):
        at = datetime.combine(date(2000, 1, 1), at)  # a wall clock's time has no zone
    pattern = locale.time_formats[style or "short"].pattern
    return _native(dates.format_time(at.time(), pattern, locale=locale), locale)


def _show_datetime(value: Value, style: str, locale: Locale, zone: tzinfo) -> str:
    """Day and minute in the reader's zone; the style 'full' adds which zone that is."""
    assert isinstance(value, datetime)
    at = value.astimezone(zone)
    day = _show_date(at, style, locale, zone)
    clock = _show_time(at, "", locale, zone)
    if style == "full":
        clock += f" ({_native(dates.get_timezone_gmt(at, 'long', locale=locale), locale)})"
    joined = str(locale.datetime_formats[style or "long"])
    return joined.replace("'", "").replace("{1}", day).replace("{0}", clock)


_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def _show_duration(value: Value, style: str, locale: Locale, _: tzinfo) -> str:
    assert isinstance(value, timedelta)
    rest, shown = int(value.total_seconds()), []
    for unit, seconds in _UNITS:
        count, rest = divmod(rest, seconds)
        if count:
            shown.append(_unit(count, f"duration-{unit}", style or "long", locale))
    if not shown:
        shown.append(_unit(0, "duration-minute", style or "long", locale))
    # Not the style 'unit': Babel lacks its aliases, repeats a part in ar and fails in ja.
    return _native(lists.format_list(shown, locale=locale), locale)


def _unit(count: int, unit: str, length: str, locale: Locale) -> str:
    shown = units.format_unit(count, unit, "short" if length == "short" else "long", locale=locale)
    # CLDR's long form is an alias of the short one in fa, ja, zh; Babel does not follow aliases.
    return units.format_unit(count, unit, "short", locale=locale) if unit in shown else shown


def _show_phone(value: Value, _style: str, _locale: Locale, _zone: tzinfo) -> str:
    number = phonenumbers.parse(str(value))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _show_list(value: Value, style: str, locale: Locale, _: tzinfo) -> str:
    """Items keep their own digits: they are lots, models and names."""
    assert isinstance(value, tuple)
    way: bidi.Direction = "rtl" if locale.text_direction == "rtl" else "ltr"
    items = [bidi.isolated(item, way) for item in value]
    return lists.format_list(items, style="or" if style == "or" else "standard", locale=locale)


def _show_text(value: Value, _style: str, _locale: Locale, _zone: tzinfo) -> str:
    assert isinstance(value, str)
    return value


_SHOW: dict[str, Callable[[Value, str, Locale, tzinfo], str]] = {
    "text": _show_text,
    "place": _show_text,
    "link": _show_text,
    "email": _show_text,
    "phone": _show_phone,
    "number": _show_number,
    "money": _show_money,
    "date": _show_date,
    "time": _show_time,
    "datetime": _show_datetime,
    "duration": _show_duration,
    "list": _show_list,
}
