"""Days and hours as a language writes them, read back into numbers. Pure.

A day is (year or 0, month, day). Calendars besides the Gregorian: the Persian one, the years of
the Japanese era and those of the Republic of China, since official notices use them.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from babel import Locale

from dispatcher.wording import tags
from dispatcher.wording.gate import lexicon
from dispatcher.wording.gate.lexicon import LETTER, fold

Day = tuple[int, int, int]

_ORDINAL = r"(?:\s?(?:\.|er|st|nd|rd|th|\.?º|\.?o\b|ª))?"
_HAN = re.compile(
    r"(?:(?:(?P<era>令和|民國|民国)\s?(?P<nth>\d{1,3})|(?P<y>\d{4}))\s?年)?\s?"
    r"(?P<m>\d{1,2})\s?月\s?(?P<d>\d{1,2})\s?日?"
)
_ERAS = {"令和": 2018, "民國": 1911, "民国": 1911}
"""Year before the first of the era (Reiwa 1 is 2019, the republic's first year 1912)."""
_YEAR_FIRST = re.compile(r"(?<![\d./-])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?![\d])")
_YEAR_LAST = re.compile(r"(?<![\d./-])(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?![\d])")

_PERSIAN = ("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور",
            "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند")  # fmt: skip


def days(folded: str, locale: str) -> Iterator[tuple[int, int, frozenset[Day]]]:
    """(start, end, what it may mean) of every date in a folded text; '1/2/2027' is two days."""
    for found in _HAN.finditer(folded):
        year = int(found["nth"]) + _ERAS[found["era"]] if found["era"] else int(found["y"] or 0)
        yield *found.span(), _only(year, int(found["m"]), int(found["d"]))
    for found in _YEAR_FIRST.finditer(folded):
        yield *found.span(), _only(int(found[1]), int(found[3]), int(found[4]))
    for found in _YEAR_LAST.finditer(folded):
        day, month, year = int(found[1]), int(found[3]), int(found[4])
        turned = _only(year, day, month) if locale.startswith("en") else frozenset()
        yield *found.span(), _only(year, month, day) | turned
    names, pattern = _named(locale)
    for found in pattern.finditer(folded):
        day = int(found["d1"] or found["d2"])
        year = int(found["y1"] or found["y2"] or 0)
        month = names[found["m1"] or found["m2"]]
        if month > 12:  # noqa: PLR2004  # the Persian months follow the twelve
            yield *found.span(), frozenset(filter(None, (_from_persian(year, month - 12, day),)))
        else:
            yield *found.span(), _only(year, month, day)


def _only(year: int, month: int, day: int) -> frozenset[Day]:
    return frozenset({(year, month, day)}) if 1 <= month <= 12 and 1 <= day <= 31 else frozenset()  # noqa: PLR2004  # a calendar's


@lru_cache(64)
def _named(locale: str) -> tuple[dict[str, int], re.Pattern[str]]:
    """Folded month name -> number, and a day beside such a name in either order."""
    names: dict[str, int] = {}
    months = _cldr(tags.locale(locale))
    for name, number in months:
        name = fold(name, locale).rstrip(".")  # noqa: PLW2901  # as it is looked for
        if len(name) > 1 and not name[0].isdigit():
            names.setdefault(name, number)
    lists = lexicon.of(locale)
    for number, written in lists.months.items() if lists else ():
        names |= dict.fromkeys(written, number)
    if locale.startswith("fa"):
        names |= {fold(name, locale): 13 + at for at, name in enumerate(_PERSIAN)}
    either = "|".join(map(re.escape, sorted(names, key=len, reverse=True))) or "(?!)"
    joint = r"[\s,]*(?:de\s|del\s|of\s|г\.?\s)?\s*"
    day = rf"(?<![\d:.,])(?P<d1>\d{{1,2}}){_ORDINAL}{joint}(?P<m1>{either})(?![{LETTER}])"
    head = rf"(?<![{LETTER}])(?P<m2>{either})\.?\s+(?P<d2>\d{{1,2}})(?!\d){_ORDINAL}"
    return names, re.compile(
        rf"{day}\.?(?:{joint}(?P<y1>\d{{4}}))?|{head}(?:{joint}(?P<y2>\d{{4}}))?"
    )


def _cldr(locale: Locale) -> Iterator[tuple[str, int]]:
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in locale.months[context][width].items():
                yield str(name), int(number)


def _from_persian(year: int, month: int, day: int) -> Day | None:
    """The Gregorian day; leap years by the 33-year cycle, right from 1799 to 2256."""
    if not (1300 <= year <= 1500 and 1 <= day <= 31):  # noqa: PLR2004  # what a notice may bear
        return None
    before = 365 * (year - 1300) + sum(_persian_leap(past) for past in range(1300, year))
    within = 31 * (month - 1) if month <= 6 else 186 + 30 * (month - 7)  # noqa: PLR2004  # six of 31
    at = date(1921, 3, 21) + timedelta(days=before + within + day - 1)
    return at.year, at.month, at.day


def _persian_leap(year: int) -> bool:
    return year % 33 in {1, 5, 9, 13, 17, 22, 26, 30}


_CLOCK = re.compile(r"(?<![\d:.,])(\d{1,2})[:](\d{2})(?::\d{2})?(?![\d:])")
_CLOCK_H = re.compile(rf"(?<![\d:.,])(\d{{1,2}})\s?h(?:\s?(\d{{2}}))?(?![{LETTER}])")
_CLOCK_DOT = re.compile(r"(?<![\d:.,])(\d{1,2})\.(\d{2})(?![\d.,])")
_CLOCK_HAN = re.compile(r"(?<!\d)(\d{1,2})\s?(?:时|時|点|點)(?!间|間)(?:\s?(\d{1,2})\s?分|(半))?")
_NO_DIGITS, _NO_DIGITS_LAST = re.compile(r"\D*"), re.compile(r"\D*$")
NEAR = 14
"""Letters around an hour in which 'in the afternoon' may stand."""

Hour = tuple[int, int]


def hours(folded: str, locale: str) -> Iterator[tuple[int, int, frozenset[Hour], bool]]:
    """(start, end, what it may mean, whether it is certainly a time of day)."""
    for pattern, sure in (
        (_CLOCK_HAN, True),
        (_CLOCK, True),
        (_CLOCK_H, False),
        (_CLOCK_DOT, False),
    ):
        for found in pattern.finditer(folded):
            half = pattern is _CLOCK_HAN and found[3]
            minutes = 30 if half else int(found[2] or 0)
            known = sure or (pattern is _CLOCK_H and found[2] is not None)
            read = of_day(int(found[1]), minutes, folded, found.span(), locale)
            if read:
                yield *found.span(), read, known


def of_day(
    hour: int, minutes: int, folded: str, span: tuple[int, int], locale: str
) -> frozenset[Hour]:
    """The time of day; twelve hours later where the words around say afternoon."""
    if hour > 24 or minutes > 59:  # noqa: PLR2004  # a clock's
        return frozenset()
    before = _NO_DIGITS_LAST.search(folded[max(0, span[0] - NEAR) : span[0]])
    after = _NO_DIGITS.match(folded[span[1] : span[1] + NEAR])
    around = f"{before[0] if before else ''}\n{after[0] if after else ''}"
    lists = lexicon.of(locale)
    if hour < 12 and lists and any(word in around for word in lists.lists.get("afternoon", ())):  # noqa: PLR2004  # noon
        return frozenset({(hour + 12, minutes)})
    return frozenset({(hour, minutes)})
