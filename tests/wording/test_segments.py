"""Taken apart and put together again: nothing is lost, and what an engine breaks is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatcher.kit.errors import Refused
from dispatcher.wording import catalogs
from dispatcher.wording.placeholders import parse
from dispatcher.wording.segments import TOKEN, lines, put_together, to_translate

SHIPPED = sorted(
    {entry.source for entry in catalogs.read_all(catalogs.folder())["en"].entries.values()}
)
LETTER = (
    "Dear {recipient},\n\n"
    "**Do NOT eat {product}.**\n\n"
    "1. Call {line, phone} or +44 20 7946 0123.\n"
    "- {n, plural, one {# pack} other {# packs}} of L2301, see https://example.com/a?b=1\n"
)


def same(words: tuple[str, ...]) -> dict[str, str]:
    return dict(zip(words, words, strict=True))


def test_an_engine_sees_words_and_tokens():
    """No Markdown, no placeholder, no number, no code, no link; each form of a plural apart."""
    assert to_translate(LETTER, locale="en") == (
        "Dear ⟦1⟧,",
        "Do NOT eat ⟦1⟧.",
        "Call ⟦1⟧ or ⟦2⟧.",
        "⟦1⟧ of ⟦2⟧, see ⟦3⟧",
        "⟦1⟧ pack",
        "⟦1⟧ packs",
    )


def test_put_together_it_is_the_text():
    """An engine that answers the same gives the source back, but for a plural's own forms."""
    words = to_translate(LETTER, locale="en")
    assert put_together(LETTER, same(words), locale="en", target="en") == LETTER


def test_order_may_change():
    """Another language, another order; the token brings its placeholder along."""
    told = {"Do NOT eat ⟦1⟧.": "⟦1⟧ را نخورید."}
    done = put_together("**Do NOT eat {product}.**", told, locale="en", target="fa")
    assert done == "**{product} را نخورید.**"


def test_a_plural_gets_the_forms_of_the_target():
    """Russian wants four where English has two; the others begin as `other`."""
    text = "{n, plural, one {# pack} other {# packs}}"
    told = {"⟦1⟧ pack": "⟦1⟧ упаковка", "⟦1⟧ packs": "⟦1⟧ упаковок"}
    done = put_together(text, told, locale="en", target="ru")
    assert done == (
        "{n, plural, one {# упаковка} few {# упаковок} many {# упаковок} other {# упаковок}}"
    )
    parse(done, locale="ru")


def test_terms_of_the_glossary():
    """A brand stays as it is, a term becomes the target's own; longest first, whole words only."""
    glossary = {"Global Foods": "Global Foods", "recall": "Rückruf", "Global": "nie"}
    text = "Global Foods recall, recalled"
    (words,) = to_translate(text, locale="en", glossary=glossary)
    assert words == "⟦1⟧ ⟦2⟧, recalled"
    done = put_together(
        text, {words: "⟦2⟧ von ⟦1⟧, x"}, locale="en", target="de", glossary=glossary
    )
    assert done == "Rückruf von Global Foods, x"


@pytest.mark.parametrize(
    "broken", ["Do NOT eat.", "Do NOT eat ⟦1⟧ ⟦1⟧.", "Do NOT eat ⟦2⟧.", "⟦1⟧ ⟦2⟧"]
)
def test_a_lost_or_doubled_token_is_told(broken):
    """What does not bring every token back exactly once is no translation."""
    with pytest.raises(Refused, match="tokens_lost"):
        put_together("Do NOT eat {product}.", {"Do NOT eat ⟦1⟧.": broken}, locale="en", target="de")


def test_a_brace_of_the_engine_is_no_placeholder():
    """It is quoted, so that it can never be filled in."""
    done = put_together("Eat.", {"Eat.": "Iss {__class__}."}, locale="en", target="de")
    assert not parse(done, locale="de").slots
    assert parse(done, locale="de").letters == "Iss {__class__}."


def test_lines_for_the_memory():
    """Marks apart, placeholders written out."""
    assert lines("# {product}\n- Lot: {lots, list}", locale="en") == [
        ("# ", "{product}"), ("- ", "Lot: {lots, list}"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", SHIPPED)
def test_every_shipped_text_survives(text):
    """An engine that answers the same gives back the same slots, for every shipped English text."""
    words = to_translate(text, locale="en")
    assert parse(put_together(text, same(words), locale="en", target="en"), locale="en") == parse(
        text, locale="en"
    )


@given(st.text(max_size=60))
def test_any_words_an_engine_may_answer(told):
    """Whatever comes back: either a text that parses with the same slots, or a refusal."""
    text = "Do NOT eat {product}."
    try:
        done = put_together(text, {"Do NOT eat ⟦1⟧.": told}, locale="en", target="de")
    except Refused:
        assert TOKEN.findall(told) != ["1"]
        return
    found = parse(done, locale="de")
    assert [slot.name for slot in found.slots] == ["product"]
    assert len(TOKEN.findall(told)) == 1
