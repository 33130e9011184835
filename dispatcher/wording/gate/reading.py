"""What of a text must not change in translation: figures, days, money, numbers to call. Pure.

Each is read into all that it may mean (`24 h` is an hour and a number), so that a comparison asks
whether two places can mean the same, never whether they are written alike.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import phonenumbers
from babel import Locale

from dispatcher.wording import tags
from dispatcher.wording.gate import lexicon, moments
from dispatcher.wording.gate.finding import SLOT, Side
from dispatcher.wording.gate.lexicon import LETTER, fold

Reading = tuple[str, Any]
"""Kind, and what it means: a number, (year, month, day), digits …"""


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that must not change, as it is written and all that it may mean."""

    kind: str
    """link, code, date, phone, time, money, number."""
    shown: str
    readings: frozenset[Reading]


LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"'«»،。，、；：（）「」\u2066-\u2069\ufffc]+", re.IGNORECASE
)
MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
PHONE = re.compile(
    r"\(?\+\s?\(?\d[\d\s().\-/]{5,}\d|(?<![\d.,:+-])0\d[\d\s()\-/]{6,}\d(?![.,:]?\d)"
)
_TOKEN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]+(?:[-/.][A-Za-z0-9]+)*(?![A-Za-z0-9])")
_NO_CODE = re.compile(
    r"\d{1,2}(?:[.:]\d\d)?(?:AM|PM|H|Uhr)|[A-Z]{3}\d+(?:\.\d+)?|\d+(?:[.,]\d+)?[A-Z]{0,2}|\d+(?:st|nd|rd|th|er|e|h|g|kg|mg|ml|l|km|cm|mm|m)",
    re.ASCII,
)
_AT_END = ".,;:!?)]}>*_"
_LISTED = re.compile(r"^[ \t]*\d{1,3}[.)](?=\s)", re.MULTILINE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_SLASHED = re.compile(r"(?<=\d)/(?=\d{1,2}(?!\d))")
_PLACE = re.compile(r"^[a-z]{2}(?:[-_][a-z]{2,4})?$", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,3}(?:[ '\u2009]\d{3})+(?:[.,]\d+)?(?![\d])|\d+(?:[.,]\d+)*")
_TENS = {"千": 10**3, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_LARGE = re.compile(r"(?<![\d.])(\d{1,15}(?:\.\d{1,15})?)\s?([千万萬亿億])(\d{1,15})?")


MOST = 300
"""Figures that are read of a text; the longest shipped letter has a tenth."""


def figures(side: Side) -> tuple[Figure, ...]:
    """All of a text, in the order of the kinds; what is in placeholders is not in it."""
    return tuple(islice(_Reader(side).all(), MOST))


class _Reader:
    """One walk over a text: what has been read is blotted out, so that it is not read again."""

    def __init__(self, side: Side) -> None:
        self.locale = side.locale
        self.text = _LISTED.sub("", _TAG.sub(" ", side.plain)).replace("\\", "")

    def all(self) -> Iterator[Figure]:
        yield from self._written(LINK, "link", _link)
        yield from self._written(MAIL, "link", str.lower)
        yield from self._codes()
        self.text = _digits(fold(self.text, self.locale))
        if not any(map(str.isdigit, self.text)):
            return
        for start, end, read in _apart(moments.days(self.text, self.locale)):
            yield from self._taken("date", start, end, read)
        yield from self._written(PHONE, "phone", phone)
        if self.locale[:2] == "fa":  # typists' decimal sign, once the dates are out
            self.text = _SLASHED.sub(".", self.text)
        yield from self._amounts()

    def _written(self, pattern: re.Pattern[str], kind: str, read: object) -> Iterator[Figure]:
        assert callable(read)
        for found in list(pattern.finditer(self.text)):
            shown = found[0].rstrip(_AT_END) if kind == "link" else found[0]
            yield from self._taken(
                kind, found.start(), found.start() + len(shown), frozenset({read(shown)})
            )

    def _codes(self) -> Iterator[Figure]:
        for found in list(_TOKEN.finditer(self.text)):
            if is_code(found[0]):
                yield from self._taken("code", *found.span(), frozenset({found[0]}))

    def _amounts(self) -> Iterator[Figure]:
        """Money, hours and numbers: the same digits may be any of them."""
        clocks = list(_apart(moments.hours(self.text, self.locale)))
        for start, end, read, sure in clocks:
            if sure:
                yield from self._taken("time", start, end, read)
        unsure = {start: (end, read) for start, end, read, sure in clocks if not sure}
        money = _money(self.locale)
        for found in list(_LARGE.finditer(self.text)):
            value = Decimal(found[1]) * _TENS[found[2]] + int(found[3] or 0)
            yield from self._taken("number", *found.span(), frozenset({value}))
        for found in list(_NUMBER.finditer(self.text)):
            yield self._amount(found, unsure, money)

    def _amount(
        self,
        found: re.Match[str],
        unsure: dict[int, tuple[int, frozenset[moments.Hour]]],
        money: "_Money",
    ) -> Figure:
        value = number(found[0], self.locale)
        readings: set[Reading] = {("number", value)}
        kind, (start, end) = "number", found.span()
        currencies, shown = money.beside(self.text, start, end)
        if currencies:
            kind = "money"
            readings = {("money", (value, currency)) for currency in currencies}
        if start in unsure:
            readings |= {("time", hour) for hour in unsure[start][1]}
            shown = self.text[start : max(end, unsure[start][0])]
        elif value == value.to_integral_value() and value <= 24:  # noqa: PLR2004  # '8 to 20'
            hour = moments.of_day(int(value), 0, self.text, (start, end), self.locale)
            readings |= {("time", at) for at in hour}
        return Figure(kind, shown.strip(), frozenset(readings))

    def _taken(self, kind: str, start: int, end: int, read: frozenset[object]) -> Iterator[Figure]:
        if not read:
            return
        yield Figure(kind, self.text[start:end].strip(), frozenset((kind, what) for what in read))
        self.text = f"{self.text[:start]}{SLOT * (end - start)}{self.text[end:]}"


def _apart(spans: Iterator[Any]) -> Iterator[Any]:
    """The first of those that overlap; each begins with its start and end."""
    taken: list[tuple[int, int]] = []
    for span in spans:
        start, end = span[:2]
        if all(end <= s or e <= start for s, e in taken):
            taken.append((start, end))
            yield span


def is_code(token: str) -> bool:
    """A lot, a model, a reference: capitals and digits in one, and no unit or hour."""
    return (
        any(map(str.isdigit, token))
        and any(letter.isupper() for letter in token)
        and _NO_CODE.fullmatch(token) is None
    )


def _digits(text: str) -> str:
    """Digits and signs of any script as those of ASCII; the length stays."""
    if text.isascii():
        return text
    return "".join(_digit(letter) for letter in text)


@lru_cache(4096)
def _digit(letter: str) -> str:
    value = unicodedata.decimal(letter, None)
    if value is not None:
        return str(value)
    return _SIGNS.get(letter, letter)


_SIGNS = {
    "٫": ".", "٬": ",", "．": ".", "，": ",", "：": ":", "／": "/", "－": "-", "％": "%", "＋": "+",
    "\u00a0": " ", "\u202f": " ", "\u2007": " ", "\u2009": " ", "’": "'", "–": "-", "−": "-",
    "‐": "-", "‑": "-", "＄": "$", "ｇ": "g", "ｈ": "h",
}  # fmt: skip


def _link(shown: str) -> str:
    """Host in small letters, the path as it is; a language in it may differ, a last slash too."""
    parts = urlsplit(shown if "//" in shown else f"https://{shown}")
    path = "/".join("*" if _PLACE.match(step) else step for step in parts.path.split("/"))
    return f"{parts.netloc.lower()}{path.rstrip('/')}?{parts.query}"


def phone(shown: str) -> str:
    """E.164 where it is given with a country, else its digits without the first zero."""
    digits = "".join(filter(str.isdigit, shown))
    if "+" not in shown:
        return digits.lstrip("0")
    try:
        return f"+{phonenumbers.parse('+' + digits).country_code}" + str(
            phonenumbers.parse("+" + digits).national_number
        )
    except phonenumbers.NumberParseException:
        return f"+{digits}"


def number(written: str, locale: str) -> Decimal:
    """The value as the locale writes it: '1.500' is 1500 in German and 1.5 in English."""
    plain = re.sub(r"[ ']", "", written)
    decimal = _decimal_sign(locale)
    signs = [sign for sign in plain if sign in ".,"]
    if len(set(signs)) == 2:  # noqa: PLR2004  # both: the last one is the decimal sign
        decimal = signs[-1]
    elif len(signs) == 1 and (signs[0] == decimal or len(plain.split(signs[0])[1]) != 3):  # noqa: PLR2004  # thousands
        decimal = signs[0]
    elif signs:
        decimal = ""
    plain = "".join(
        "." if sign == decimal else sign for sign in plain if sign.isdigit() or sign == decimal
    )
    try:
        return Decimal(plain).normalize()
    except InvalidOperation:
        return Decimal(0)


@lru_cache(512)
def _decimal_sign(locale: str) -> str:
    signs = tags.locale(locale).number_symbols.get("latn", {})
    return "," if signs.get("decimal") == "," else "."


COMMON = ("EUR", "USD", "GBP", "JPY", "CNY", "INR", "BRL", "RUB", "TRY", "IRR", "SAR", "AED", "EGP",
          "CHF", "CAD", "AUD", "NZD", "MXN", "ARS", "CLP", "COP", "KRW", "TWD", "HKD", "SGD", "SEK",
          "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "UAH", "ILS", "ZAR", "NGN", "KES", "THB", "IDR",
          "MYR", "PHP", "VND", "PKR", "BDT", "MAD", "QAR", "KWD")  # fmt: skip
"""Currencies that are looked for by name and sign."""
_SIGNED = {
    "$": frozenset({"USD", "CAD", "AUD", "MXN", "NZD", "HKD", "SGD", "TWD", "ARS", "CLP", "COP"}),
    "us$": frozenset({"USD"}), "r$": frozenset({"BRL"}), "€": frozenset({"EUR"}),
    "£": frozenset({"GBP"}), "¥": frozenset({"JPY", "CNY"}), "￥": frozenset({"JPY", "CNY"}),
    "₹": frozenset({"INR"}), "₽": frozenset({"RUB"}), "₺": frozenset({"TRY"}),
    "﷼": frozenset({"IRR"}),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Money:
    """How currencies are called in a language."""

    names: dict[str, frozenset[str]]
    before: re.Pattern[str]
    after: re.Pattern[str]

    def beside(self, text: str, start: int, end: int) -> tuple[frozenset[str], str]:
        """The currencies that a number may be in, and the number with the name."""
        if found := self.after.match(text, end):
            return self.names[found[1]], text[start : found.end()]
        if found := self.before.search(text[max(0, start - 16) : start]):
            return self.names[found[1]], found[0] + text[start:end]
        return frozenset(), text[start:end]


@lru_cache(64)
def _money(locale: str) -> _Money:
    names: dict[str, frozenset[str]] = dict(_SIGNED)
    for name, code in _named(tags.locale(locale)):
        names.setdefault(fold(name, locale), frozenset({code}))
    lists = lexicon.of(locale)
    for code, written in lists.currencies.items() if lists else ():
        for name in written:
            names[name.rstrip("*")] = frozenset({code})
    either = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    ahead = "|".join(_standing(name) for name in sorted(names, key=len, reverse=True))
    # A name may go on: cases and plurals are endings.
    return _Money(names, re.compile(rf"({ahead})\s?$"), re.compile(rf"\s?({either})(?!\d)"))


def _standing(name: str) -> str:
    """A name begins a word; a sign may touch the letter before it."""
    return f"(?<![{LETTER}]){re.escape(name)}" if name[0].isalpha() else re.escape(name)


def _named(locale: Locale) -> Iterator[tuple[str, str]]:
    for code in COMMON:
        yield code, code
        yield str(locale.currencies.get(code, code)), code
