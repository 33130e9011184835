"""What people type as a phone number."""

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contacts.addresses import phone
from contacts.errors import Refused

CASES = json.loads(Path("tests/contacts/vectors/govuk_phones.json").read_text("utf-8"))["cases"]
NEW_RANGE = (
    "as long as a mobile number there, in a range that no library knows yet: the carrier decides"
)
# Where we take what the peer refuses.
DIFFERENT = {
    "07723 456789...": (
        "447723456789",
        "dots part numbers in France and Germany; three do no harm",
    ),
    "0400 123 4567": ("444001234567", NEW_RANGE),
    "0600 123 4567": ("446001234567", NEW_RANGE),
    "0900 123 4567": ("449001234567", NEW_RANGE),
    "0033877123456": ("33877123456", NEW_RANGE),
    "0041903123456": ("41903123456", NEW_RANGE),
    "0064 495123456": ("64495123456", NEW_RANGE),
    "0845 46 46": ("448454646", "libphonenumber has it: short numbers of 0845 46 were assigned"),
}


def read(text: str, country: str = "GB") -> str:
    """E.164 without its plus, or the code of the error."""
    try:
        return phone(text, country=country).key.removeprefix("+")
    except Refused as wrong:
        return wrong.code


@pytest.mark.parametrize("case", CASES, ids=[case["input"] for case in CASES])
def test_agrees_with_the_peer(case):
    """What is a number there is the same number here, what is none is none, with named exceptions."""
    ours = read(case["input"])
    if case["input"] in DIFFERENT:
        assert "parsed" not in case
        assert ours == DIFFERENT[case["input"]][0]
    elif "parsed" in case:
        assert ours == case["parsed"]
    else:
        assert ours.startswith("contacts.phone_")


@pytest.mark.parametrize(
    ("typed", "country", "number"),
    [
        ("07700 900123", "GB", "447700900123"),
        ("۰۹۱۲ ۳۴۵ ۶۷۸۹", "IR", "989123456789"),
        ("٠١٠٠١٢٣٤٥٦٧", "EG", "201001234567"),
        ("०९८१२३४५६७८", "IN", "919812345678"),
        ("＋８１－９０－１２３４－５６７８", "JP", "819012345678"),
        ("\u202a+44 7700 900123\u202c", "", "447700900123"),
        ("\u200e+44\u00a07700\u00a0900123\ufeff", "", "447700900123"),
        ("+1 (202) 555-0104", "", "12025550104"),
        ("447700900123", "GB", "447700900123"),
        ("4915112345678", "FR", "4915112345678"),
        ("06.39.98.00.01", "FR", "33639980001"),
        ("0171/3920012", "DE", "491713920012"),
        ("tel 07700", "GB", "contacts.phone_letters"),
        ("", "GB", "contacts.phone_empty"),
        ("\u200b", "GB", "contacts.phone_empty"),
        ("+", "GB", "contacts.phone_empty"),
        ("112", "GB", "contacts.phone_short"),
        ("07700 900", "GB", "contacts.phone_unknown"),
        ("07700 9", "GB", "contacts.phone_short"),
        ("077009001234", "GB", "contacts.phone_long"),
        ("0171 3920012", "", "contacts.phone_home"),
        ("077009001234", "", "contacts.phone_home"),
        ("+999 12345678", "", "contacts.phone_country"),
        ("+44 7700 90012", "", "contacts.phone_unknown"),
        ("1" * 400, "GB", "contacts.phone_long"),
        ("²³⁴", "GB", "contacts.phone_short"),
        ("+44 7700 9००१23", "", "447700900123"),
    ],
)
def test_reads(typed, country, number):
    """Digits of all scripts count, invisible marks do not, and each mistake has its code."""
    assert read(typed, country) == number


@given(
    st.from_regex(r"\+[1-9][0-9]{5,14}", fullmatch=True), st.sampled_from(["", "GB", "IR", "US"])
)
@example("+447700900123", "US")
def test_normalising_twice_is_normalising_once(typed, country):
    """A number in normal form is its own normal form, whoever reads it."""
    try:
        once = phone(typed, country=country)
    except Refused:
        return
    assert phone(once.value, country=country) == once
    assert phone(once.value) == once


@given(st.text(max_size=40), st.sampled_from(["", "GB", "BR"]))
def test_whatever_is_typed_is_a_number_or_a_coded_error(typed, country):
    """Nothing that a person can type breaks the reader."""
    assert read(typed, country).removeprefix("contacts.phone_")
