"""Typed values: canonical strings in, what readers of thirteen locales see out."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatcher.kit.errors import Refused
from dispatcher.wording import values
from dispatcher.wording.placeholders import TYPES

TEHRAN = ZoneInfo("Asia/Tehran")
NNBSP, NBSP = "\u202f", "\u00a0"


def shown(kind, written, *, style="", locale, zone=TEHRAN):
    return values.show(
        values.read(kind, written, name="fact"), kind, style=style, locale=locale, zone=zone
    )


@pytest.mark.parametrize(
    ("locale", "number", "date", "time", "moment", "money"),
    [
        ("en", "12,345.5", "November 23, 2026", f"2:05{NNBSP}PM", f"November 23, 2026, 5:35{NNBSP}PM", "€4.50"),
        ("fa", "۱۲٬۳۴۵٫۵", "۲۳ نوامبر ۲۰۲۶", "۱۴:۰۵", "۲۳ نوامبر ۲۰۲۶، ساعت ۱۷:۳۵", f"\u200e€{NBSP}۴٫۵۰"),
        ("ar", "12,345.5", "23 نوفمبر 2026", "2:05 م", "23 نوفمبر 2026، 5:35 م", f"\u200f4.50{NBSP}€"),
        ("ar-EG", "١٢٬٣٤٥٫٥", "٢٣ نوفمبر ٢٠٢٦", "٢:٠٥ م", "٢٣ نوفمبر ٢٠٢٦، ٥:٣٥ م", f"\u200f٤٫٥٠{NBSP}€"),
        ("es", "12.345,5", "23 de noviembre de 2026", "14:05", "23 de noviembre de 2026, 17:35", f"4,50{NBSP}€"),
        ("fr", f"12{NNBSP}345,5", "23 novembre 2026", "14:05", "23 novembre 2026, 17:35", f"4,50{NBSP}€"),
        ("de", "12.345,5", "23. November 2026", "14:05", "23. November 2026, 17:35", f"4,50{NBSP}€"),
        ("pt-BR", "12.345,5", "23 de novembro de 2026", "14:05", "23 de novembro de 2026 17:35", f"€{NBSP}4,50"),
        ("zh-Hans", "12,345.5", "2026年11月23日", "14:05", "2026年11月23日 17:35", "€4.50"),
        ("zh-Hant", "12,345.5", "2026年11月23日", "下午2:05", "2026年11月23日 下午5:35", "€4.50"),
        ("ja", "12,345.5", "2026年11月23日", "14:05", "2026年11月23日 17:35", "€4.50"),
        ("hi", "12,345.5", "23 नवंबर 2026", "2:05 pm", "23 नवंबर 2026, 5:35 pm", "€4.50"),
        ("ru", f"12{NBSP}345,5", f"23 ноября 2026{NNBSP}г.", "14:05", f"23 ноября 2026{NNBSP}г., 17:35", f"4,50{NBSP}€"),
        ("tr", "12.345,5", "23 Kasım 2026", "14:05", "23 Kasım 2026 17:35", "€4,50"),
    ],
)  # fmt: skip
def test_shown(locale, number, date, time, moment, money):
    """Numbers, dates and money as CLDR writes them, in the locale's own digits; zone Tehran."""
    assert shown("number", "12345.5", locale=locale) == number
    assert shown("date", "2026-11-23", locale=locale) == date
    assert shown("time", "14:05", locale=locale) == time
    assert shown("datetime", "2026-11-23T14:05:00+00:00", locale=locale) == moment
    assert shown("money", "4.50 EUR", locale=locale) == money


@pytest.mark.parametrize(
    ("kind", "written", "style", "locale", "expected"),
    [
        ("duration", "PT2H", "", "en", "2 hours"),
        ("duration", "PT90M", "", "fa", "۱ ساعت و ۳۰ دقیقه"),
        ("duration", "PT90M", "", "ar", "ساعة و30 دقيقة"),
        ("duration", "P3D", "", "ja", "3 日"),  # CLDR's long form is an alias there
        ("duration", "P1W", "", "de", "7 Tage"),
        ("duration", "PT0S", "", "en", "0 minutes"),
        ("duration", "PT2H", "short", "en", "2 hr"),
        ("list", '["A-1","B-2","C-3"]', "", "en", "A-1, B-2, and C-3"),
        ("list", '["A-1","B-2"]', "or", "de", "A-1 oder B-2"),
        ("list", '["A-1","B-2"]', "", "fa", "\u2068A-1\u2069 و \u2068B-2\u2069"),
        ("phone", "+12025550123", "", "fa", "+1 202-555-0123"),
        ("number", "0.25", "percent", "fa", "۲۵٪"),
        ("number", "1234.5", "integer", "en", "1,234"),
        ("datetime", "2026-11-23T14:05:00Z", "full", "en", f"Monday, November 23, 2026, 5:35{NNBSP}PM (GMT+03:30)"),
    ],
)  # fmt: skip
def test_shown_by_style(kind, written, style, locale, expected):
    """The other types and styles."""
    assert shown(kind, written, style=style, locale=locale) == expected


def test_a_moment_can_be_shown_as_its_day():
    """In the reader's zone, where it may be tomorrow already."""
    moment = values.read("datetime", "2026-11-23T23:30:00+00:00", name="at")
    assert values.show(moment, "date", locale="en", zone=TEHRAN) == "November 24, 2026"
    assert values.show(moment, "time", locale="de", zone=TEHRAN) == "03:00"


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("number", "1e999999999"), ("number", "١٢"), ("number", "1,000"), ("number", "NaN"), ("number", ""),
        ("number", "1" * 16), ("number", "12\n"),
        ("money", "1 ABC"), ("money", "1EUR"), ("money", "EUR 1"),
        ("date", "2026-13-01"), ("date", "23.11.2026"), ("date", "20261123"),
        ("time", "25:00"), ("time", "2pm"),
        ("datetime", "2026-11-23T14:05:00"), ("datetime", "tomorrow"),
        ("duration", "P"), ("duration", "PT"), ("duration", "P1Y"), ("duration", "2 hours"),
        ("phone", "12025550123"), ("phone", "+1"), ("phone", "+1 202 555 0123"), ("phone", "call us"),
        ("link", "http://example.com"), ("link", "https://"), ("link", "https://user@example.com/"),
        ("link", "https://exämple.com/"), ("link", "https://example.com/a b"), ("link", "javascript:alert(1)"),
        ("link", "https://example.com/\u2069"), ("link", 'https://example.com/">'), ("link", "https://[::1"),
        ("email", "help@"), ("email", "hélp@example.com"), ("email", "a@b@example.com"),
        ("list", "[]"), ("list", '["a", 1]'), ("list", "a, b"), ("list", "[" * 1900), ("list", '{"a": 1}'),
        ("text", ""), ("text", "  "), ("text", "a\nb"), ("text", "a\x00b"), ("text", "\ud800"),
        ("place", "\t"),
    ],
)  # fmt: skip
def test_unreadable(kind, written):
    """What is not canonical is refused with the fact's name, type and value."""
    with pytest.raises(Refused) as wrong:
        values.read(kind, written, name="lots")
    assert wrong.value.code in {"wording.fact_unreadable", "wording.bidi_unbalanced"}
    assert wrong.value.facts["fact"] == "lots"


@pytest.mark.parametrize(
    ("kind", "written", "code"),
    [
        ("colour", "red", "wording.fact_type"),
        ("text", "a" * 2_001, "wording.fact_too_long"),
        ("text", "pay \u202etxt.exe", "wording.bidi_override"),
        ("text", "\u2067open", "wording.bidi_unbalanced"),
    ],
)
def test_refused(kind, written, code):
    """An unknown type, a heap of text, a sign that turns text around."""
    with pytest.raises(Refused) as wrong:
        values.read(kind, written, name="fact")
    assert wrong.value.code == code


def test_joiners_survive():
    """ZWNJ and ZWJ are letters of Persian and Hindi."""
    assert values.read("text", "می\u200cوه و क्\u200dष", name="product") == "می\u200cوه و क्\u200dष"


def test_every_type_can_be_read_and_shown():
    """The parser's types and ours are the same."""
    assert set(TYPES) == set(values._READ) == set(values._SHOW)


@given(st.sampled_from(sorted(TYPES)), st.text(max_size=40))
def test_either_read_or_refused(kind, written):
    """No string makes the reader stumble, and what is read can be shown."""
    try:
        value = values.read(kind, written, name="fact")
    except Refused:
        return
    assert values.show(value, kind, locale="ar", zone=TEHRAN)
