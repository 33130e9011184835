"""BCP 47 from what spreadsheets say."""

import pytest

from contacts.errors import Refused
from contacts.languages import spellings, tag, tags


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("de", ("de",)),
        ("pt_br", ("pt-BR",)),
        ("zh-hant-hk; EN", ("zh-Hant-HK", "en")),
        ("iw", ("he",)),
        ("prs", ("fa-AF",)),
        ("German", ("de",)),
        ("Deutsch/français", ("de", "fr")),
        ("فارسی", ("fa",)),
        ("Brazilian Portuguese", ("pt-BR",)),
        ("de en de", ("de", "en")),
        ("", ()),
        ("  ", ()),
    ],
)
def test_reads(cell, read):
    """Codes, names and lists become canonical tags, each once, in order."""
    assert tags(cell) == read


@pytest.mark.parametrize(
    "text", ["klingonese", "xx", "und", "mul", "zxx", "d", "en-US-x-" + "a" * 40, "12"]
)
def test_what_is_no_language_is_refused(text):
    """Neither an unknown code nor 'undetermined' is a language that somebody reads."""
    with pytest.raises(Refused, match=r"contacts\.language_unknown"):
        tag(text)


def test_scripts_are_kept_apart():
    """Taiwan's Chinese is traditional, China's is simplified, and neither is the other."""
    hant, hans = spellings("zh-Hant"), spellings("zh-Hans")
    assert {"zh-TW", "zh-HK"} <= set(hant)
    assert {"zh-CN", "zh-SG", "zh"} <= set(hans)
    assert not set(hant) & set(hans)
