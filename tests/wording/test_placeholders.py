"""The language of texts: what is read, what is refused and where, and the laws of printing."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatcher.kit.errors import Refused
from dispatcher.wording.patterns import Piece
from dispatcher.wording.placeholders import (
    TYPES,
    Count,
    Pattern,
    Plural,
    Slot,
    difference,
    parse,
    same,
    signature,
    write,
)


def read_or_refused(text: str) -> Pattern | Refused:
    try:
        return parse(text, locale="en")
    except Refused as wrong:
        return wrong


def lots(**forms: str) -> Plural:
    pieces = {"#": Count()}
    return Plural(
        "n",
        tuple(
            (key, Pattern(tuple(pieces.get(part, part) for part in form.partition("#") if part)))
            for key, form in forms.items()
        ),
    )


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", ()),
        ("Do NOT eat it.", ("Do NOT eat it.",)),
        ("{product}", (Slot("product"),)),
        ("{ product }", (Slot("product"),)),
        ("{deadline, date}", (Slot("deadline", "date"),)),
        ("{deadline,date,long}", (Slot("deadline", "date", "long"),)),
        ("a{x}b{y}", ("a", Slot("x"), "b", Slot("y"))),
        (
            "{n, plural, one {# lot} other {# lots}}",
            (lots(one="# lot", other="# lots"),),
        ),
        ("{n, plural, other {it}}", (lots(other="it"),)),
        ("It's l'heure", ("It's l'heure",)),
        ("''{x}''", ("'", Slot("x"), "'")),
        ("'{'a'}'", ("{a}",)),
        ("'{}'", ("{}",)),
        ("#", ("#",)),
        ("{n, plural, other {'#'}}", (Plural("n", (("other", Pattern(("#",))),)),)),
        ("می\u200cخوریم", ("می\u200cخوریم",)),
    ],
)
def test_read(text, pieces):
    """What the parser makes of a text."""
    assert parse(text, locale="en").pieces == pieces


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("{0}", "slot_name", 2),
        ("{}", "slot_name", 2),
        ("{X}", "slot_name", 2),
        ("{x.__class__}", "slot_syntax", 3),
        ("{x[0]}", "slot_syntax", 3),
        ("{x!r:>999999999}", "slot_syntax", 3),
        ("{x:>9}", "slot_syntax", 3),
        ("{x y}", "slot_syntax", 4),
        ("{x, colour}", "slot_type", 5),
        ("{x, date, huge}", "slot_style", 11),
        ("{x, text, long}", "slot_style", 11),
        ("{x, date, long, more}", "slot_syntax", 15),
        ("one {x", "brace_open", 5),
        ("one { x , date ", "brace_open", 5),
        ("a } b", "brace_stray", 3),
        ("{a}}", "brace_stray", 4),
        ("d'{product} n'est", "quote_unclear", 2),
        ("'{", "quote_unclear", 1),
        ("{n, plural, one {x}}", "plural_other_missing", 1),
        ("{n, plural,}", "plural_other_missing", 1),
        ("{n, plural, few {x} other {y}}", "plural_form", 13),
        ("{n, plural, one {x} one {y} other {z}}", "plural_repeated", 21),
        ("{n, plural, =1 {x} =01 {y} other {z}}", "plural_repeated", 20),
        ("{n, plural, other {x}", "brace_open", 1),
        ("{n, plural, other x}", "slot_syntax", 19),
        ("{n,plural,other{" * 4 + "}}" * 4, "too_deep", 58),
        ("{x}" * 101, "too_many_slots", 301),
        ("e" + "\u0301" * 9, "too_many_marks", 10),
    ],
)
def test_refused(text, code, position):
    """Anything else has a code and the place of the letter that is wrong."""
    with pytest.raises(Refused) as wrong:
        parse(text, locale="en")
    assert (wrong.value.code, wrong.value.facts["position"]) == (f"wording.{code}", position)


@pytest.mark.parametrize(
    "text",
    [
        "a" + "\u0301" * 50_000,
        "{" * 20_000,
        "{n,plural,other" * 1_300,
        "{n, plural, other {" * 1_000,
        "'" * 20_000,
        "'{" * 10_000,
        "{x" + " " * 19_000,
        "}" * 20_000,
        "{n,plural," + "=1{x}" * 3_000,
    ],
    ids=lambda text: text[:12],
)
def test_attack(text):
    """Hostile texts are answered at once."""
    begun = time.process_time()
    answer = read_or_refused(text)
    assert time.process_time() - begun < 0.5
    assert isinstance(answer, Pattern) or len(str(answer)) < 500


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("ja", "{n, plural, other {#個}}"),
        ("ru", "{n, plural, one {#} few {#} many {#} other {#}}"),
        ("ar", "{n, plural, zero {a} one {b} two {c} few {d} many {e} other {f}}"),
        ("fr", "{n, plural, =0 {aucun} one {#} many {#} other {#}}"),
        ("zh-Hant-HK", "{n, plural, other {#}}"),
    ],
)
def test_categories_are_the_languages(locale, text):
    """The plural categories are those that CLDR gives the language."""
    assert write(parse(text, locale=locale)) == text


def test_category_of_another_language():
    """Japanese has no 'one'."""
    with pytest.raises(Refused, match="plural_form") as wrong:
        parse("{n, plural, one {x} other {y}}", locale="ja")
    assert wrong.value.facts["forms"] == "other"


@pytest.mark.parametrize(
    ("source", "translation", "missing", "extra", "retyped", "recounted"),
    [
        ("{a} {b, date}", "{b, date, long} {a}", (), (), (), ()),
        ("{a} {b}", "{a} {c}", ("b",), ("c",), (), ()),
        ("{a, date}", "{a}", (), (), ("a",), ()),
        ("{a} {a}", "{a}", (), (), (), ("a",)),
        ("{n, plural, one {# {a}} other {# {a}}}", "{n, number} {a}", (), (), (), ()),
        ("{n, plural, one {x} other {{a}}}", "{n, plural, other {}}", ("a",), (), (), ()),
    ],
)
def test_difference(source, translation, missing, extra, retyped, recounted):
    """What a translator is told; the order and the style are free, a plural is a number."""
    ours, theirs = parse(source, locale="en"), parse(translation, locale="en")
    found = difference(ours, theirs)
    assert (found.missing, found.extra) == (missing, extra)
    assert (found.retyped, found.recounted) == (retyped, recounted)
    assert same(ours, theirs) is not bool(found)


names = st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True)
slots = st.one_of(
    st.builds(Slot, names),
    *(
        st.builds(Slot, names, st.just(kind), st.sampled_from(sorted({"", *styles})))
        for kind, styles in TYPES.items()
    ),
)
letters = st.text(st.sampled_from(list("ab {}'#,\n٣می\u200c")), min_size=1, max_size=12)


def _joined(pieces: list[Piece]) -> Pattern:
    """Neighbouring letters become one piece, as the parser reads them."""
    out: list[Piece] = []
    for piece in pieces:
        last = out[-1] if out else None
        if isinstance(piece, str) and isinstance(last, str):
            out[-1] = last + piece
        else:
            out.append(piece)
    return Pattern(tuple(out))


def _patterns(depth: int) -> st.SearchStrategy[Pattern]:
    pieces = [letters, slots]
    if depth:
        pieces.append(st.just(Count()))
    if depth < 2:
        forms = st.dictionaries(st.sampled_from(["one", "=0", "=7"]), _patterns(depth + 1))
        pieces.append(
            st.builds(
                lambda name, some, other: Plural(name, (*some.items(), ("other", other))),
                names,
                forms,
                _patterns(depth + 1),
            )
        )
    return st.lists(st.one_of(pieces), max_size=4).map(_joined)


@given(_patterns(0))
def test_printed_and_read_again(pattern):
    """parse(write(p)) == p, whatever braces, apostrophes and number signs its letters have."""
    again = parse(write(pattern), locale="en")
    assert again == pattern
    assert signature(again) == signature(pattern)


@given(st.text(st.sampled_from(list("{}'#, naplurothe=01"))))
def test_either_read_or_refused(text):
    """Any text is a pattern that prints to the same pattern, or a coded error within the text."""
    answer = read_or_refused(text)
    if isinstance(answer, Refused):
        assert answer.code.startswith("wording.")
        assert answer.facts["position"] in range(1, len(text) + 2)
    else:
        assert parse(write(answer), locale="en") == answer
