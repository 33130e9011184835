"""The gate's edges: what is asked of a text, what cannot be judged, and what tries to break in."""

from decimal import Decimal
from time import perf_counter

import pytest

from dispatcher.wording.checks import Asked, Price, examine, refused

PATIENCE = 10.0
"""Seconds; a loaded machine takes a hundredth of it."""


def codes(
    text, *, locale="de", source="Do not eat it. Call us.", source_locale="en", asked=None, **fields
):
    """The codes found on a text message, or on other fields."""
    ours, theirs = (
        ({"text": text}, {"text": source}) if not fields else (fields["ours"], fields["theirs"])
    )
    found = examine(
        ours, locale=locale, source=theirs, source_locale=source_locale, asked=asked or Asked()
    )
    return {finding.code.removeprefix("wording."): finding for finding in found}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{x.__class__}", "slot_syntax"),
        ("{0}", "slot_name"),
        ("{x!r:>999999999}", "slot_syntax"),
        ("e" + "\u0301" * 9, "too_many_marks"),
        ("\u0301" * 50_000, "text_too_long"),
        ("a" * 20_001, "text_too_long"),
    ],
)
def test_break_ins_are_refused_with_a_code(text, code):
    """A placeholder that wants more than a value, or a heap of marks, is one refusing finding."""
    found = codes(text)
    assert code in found
    assert refused(found.values())


@pytest.mark.parametrize(
    "text",
    ["1" * 19_000, "1." * 9_000, "nicht " * 3_000, "+1 " * 6_000, "https://" * 2_000, "**" * 9_000, "<a " * 6_000,
     "A1-" * 6_000, "می " * 6_000, "\u200c" * 19_000, "(0" * 9_000, "1 januar " * 2_000, "- 1. " * 3_000],
)  # fmt: skip
@pytest.mark.parametrize("locale", ["de", "fa"])
def test_the_longest_text_takes_bounded_time(text, locale):
    """Whatever stands in a text of the greatest length, the gate comes to an end."""
    began = perf_counter()
    body = {"subject": "x", "body": text[:19_999]}
    codes("", locale=locale, ours=body, theirs={"subject": "x", "body": "Do not eat 1 of 12,500."})
    assert perf_counter() - began < PATIENCE


def test_a_missing_field_of_the_source_is_a_difference():
    """A translation has what its source has not: no crash, a finding."""
    found = codes("", ours={"title": "{a}", "body": "{b}"}, theirs={"title": "{a}"})
    assert "slots_differ" in found


def test_a_language_without_lists_says_so():
    """Nothing is claimed about words of a language that is not known here."""
    found = codes("Syö se heti. Soita meille.", locale="fi")
    assert found["words_unchecked"].facts["languages"] == "fi"
    assert "negation_lost" not in found


def test_numbers_are_compared_in_any_language():
    """Figures need no word lists."""
    assert "numbers_differ" in codes(
        "Soita 500 asiakkaalle.", locale="fi", source="Call 600 customers."
    )
    assert "numbers_differ" not in codes(
        "Soita 12 500 asiakkaalle.", locale="fi", source="Call 12,500 customers."
    )


def test_price_of_a_message():
    """Parts times the price that was entered; where none was, that is said."""
    asked = Asked(countries=("DE", "IR"), prices={"DE": Price(Decimal("0.07"), "EUR")})
    found = codes("Nicht essen. Rufen Sie uns an.", asked=asked)
    assert found["sms_cost"].facts["prices"] == "DE 0.07 EUR"
    assert found["sms_price_unknown"].facts["countries"] == "IR"


def test_no_price_without_a_question():
    """Who asks for no countries gets no notes on prices."""
    assert not {"sms_cost", "sms_price_unknown"} & codes("Nicht essen. Rufen Sie uns an.").keys()


def test_a_push_that_is_cut_off():
    """A notification's title has few letters."""
    fields = {"title": "Rückruf " * 10, "body": "Nicht essen."}
    assert "push_long" in codes(
        "", ours=fields, theirs={"title": "Recall", "body": "Do not eat it."}
    )


def test_elements_that_the_scenario_asks_for():
    """Whom to ask and when more follows must be said, by a placeholder or in words."""
    asked = Asked(elements=frozenset({"contact", "next_update", "guidance"}))
    found = codes("Nicht essen.", source="Do not eat it.", asked=asked)
    assert found["elements_missing"].facts["elements"] == "contact, next_update"
    whole = "Nicht essen. {line, phone} Nächste Information: {next_update, datetime}"
    source = "Do not eat it. {line, phone} Next update: {next_update, datetime}"
    assert "elements_missing" not in codes(whole, source=source, asked=asked)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("نمی\u200cشود", False),
        ("نمی\u200c شود", True),
        ("SM\u200cS نیست", True),
        ("می\u200c", True),
    ],
)
def test_joiners_that_join_nothing(text, found):
    """A joiner stands between two letters that can be joined."""
    assert ("joiners_stray" in codes(text, locale="fa", source="no")) is found


def test_do_not_stop_is_no_ban():
    """'Stop' may not stand for 'do not stop'; 'continue' may."""
    source = "Do not stop your treatment."
    assert "negation_lost" in codes("Stoppen Sie Ihre Behandlung.", source=source)
    assert "negation_lost" not in codes("Setzen Sie Ihre Behandlung fort.", source=source)


def test_a_source_in_any_language():
    """The source need not be English."""
    found = codes(
        "Yiyin. 5 kişi.", locale="tr", source="No lo coma. 6 personas.", source_locale="es"
    )
    assert {"negation_lost", "numbers_differ"} <= found.keys()
