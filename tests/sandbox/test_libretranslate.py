"""The sandbox's translation server."""

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from dispatcher.sandbox.libretranslate import draft


def ask(sandbox, **told):
    return requests.post(f"{sandbox.url}/translate", json=told, timeout=2)


def test_a_draft_names_itself_and_keeps_what_must_be_kept(sandbox):
    """Braces, plural forms, tags, links and addresses come through; the words do not."""
    text = "Do not eat {product}: <b>call</b> https://example.com/r {n, plural, one {# lot} other {# lots}}"
    told = ask(sandbox, q=text, source="en", target="fa", format="html").json()["translatedText"]
    assert told.startswith("[fa] ")
    assert "Do not eat" not in told
    for kept in (
        "{product}",
        "<b>",
        "</b>",
        "https://example.com/r",
        "{n, plural, one {# lot} other {# lots}}",
    ):
        assert kept in told


def test_several_texts_come_back_in_order(sandbox):
    """Q may be a list, and the source may be found out."""
    told = ask(sandbox, q=["one", "two"], source="auto", target="de").json()
    assert told["translatedText"] == ["[de] öñé", "[de] twö"]
    assert [each["language"] for each in told["detectedLanguage"]] == ["en", "en"]


def test_a_form_is_understood_too(sandbox):
    """As LibreTranslate does."""
    form = {"q": "one", "source": "en", "target": "de"}
    answer = requests.post(f"{sandbox.url}/translate", data=form, timeout=2)
    assert answer.json()["translatedText"] == "[de] öñé"


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ({"source": "en", "target": "de"}, "missing q parameter"),
        ({"q": "x", "target": "de"}, "missing source parameter"),
        ({"q": "x", "source": "en", "target": "tlh"}, "tlh is not supported"),
        ({"q": "x", "source": "en", "target": "de", "format": "pdf"}, "pdf format"),
    ],
)
def test_a_wrong_request_says_what_is_wrong(sandbox, told, text):
    """400 with an error text."""
    answer = ask(sandbox, **told)
    assert answer.status_code == 400
    assert text in answer.json()["error"]


def test_its_languages_are_listed(sandbox):
    """All thirteen shipped ones are among them."""
    codes = {each["code"] for each in requests.get(f"{sandbox.url}/languages", timeout=2).json()}
    wanted = {
        "en",
        "fa",
        "ar",
        "es",
        "fr",
        "de",
        "pt-BR",
        "zh-Hans",
        "zh-Hant",
        "ja",
        "hi",
        "ru",
        "tr",
    }
    assert wanted <= codes


@given(st.text(alphabet="ab {}<>é\n", max_size=60))
def test_braces_are_never_lost(text):
    """A draft has the same braces in the same order."""

    def braces(each):
        return [char for char in each if char in "{}"]

    assert braces(draft(text, "fa")) == braces(text)
