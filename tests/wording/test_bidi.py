"""Two directions in one text: what is isolated, what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatcher.kit.errors import Refused
from dispatcher.wording import bidi

LRI, RLI, FSI, PDI = bidi.LRI, bidi.RLI, bidi.FSI, bidi.PDI


@pytest.mark.parametrize(
    ("value", "ltr", "in_rtl", "in_ltr"),
    [
        ("Berry muesli", False, f"{FSI}Berry muesli{PDI}", "Berry muesli"),
        ("L-2231", False, f"{FSI}L-2231{PDI}", "L-2231"),
        ("سری L-2231", False, f"{FSI}سری L-2231{PDI}", f"{FSI}سری L-2231{PDI}"),
        ("موسلی", False, "موسلی", f"{FSI}موسلی{PDI}"),
        ("۱۲ بسته", False, "۱۲ بسته", f"{FSI}۱۲ بسته{PDI}"),
        ("+1 202-555-0123", True, f"{LRI}+1 202-555-0123{PDI}", "+1 202-555-0123"),
        ("早餐", False, f"{FSI}早餐{PDI}", "早餐"),
        ("...", False, "...", "..."),
    ],
)
def test_isolated(value, ltr, in_rtl, in_ltr):
    """Latin letters, digits and addresses in right-to-left text; right-to-left letters in ours."""
    assert bidi.isolated(value, "rtl", ltr=ltr) == in_rtl
    assert bidi.isolated(value, "ltr", ltr=ltr) == in_ltr


@pytest.mark.parametrize("sign", list("\u202a\u202b\u202c\u202d\u202e"))
def test_overrides_are_refused(sign):
    """Embeddings and overrides turn what follows around, unseen."""
    with pytest.raises(Refused) as wrong:
        bidi.refuse_stray(f"ab{sign}c", fact="product")
    assert wrong.value.code == "wording.bidi_override"
    assert wrong.value.facts == {"position": 3, "sign": f"U+{ord(sign):04X}", "fact": "product"}


@pytest.mark.parametrize(
    "text", [FSI, PDI, f"a{PDI}b{FSI}", f"{LRI}{RLI}a{PDI}", f"{LRI}a\nb{PDI}"]
)
def test_unbalanced(text):
    """An isolate opens and closes in its own paragraph."""
    with pytest.raises(Refused) as wrong:
        bidi.refuse_stray(text)
    assert wrong.value.code == "wording.bidi_unbalanced"


@pytest.mark.parametrize(
    "text",
    ["", "plain", "می\u200cخوریم", "क्\u200dष", "\u200e\u200f\u061c", f"{LRI}{FSI}a{PDI}{PDI}"],
)
def test_let_be(text):
    """Joiners, marks and balanced isolates are no strays."""
    bidi.refuse_stray(text)


@given(st.text(st.sampled_from(list("aب1 ." + LRI + FSI + PDI))), st.booleans())
def test_isolation_keeps_balance(value, ltr):
    """What was balanced stays so, and the value is inside, untouched."""
    try:
        bidi.refuse_stray(value)
    except Refused:
        return
    for direction in ("ltr", "rtl"):
        isolated = bidi.isolated(value, direction, ltr=ltr)
        bidi.refuse_stray(isolated)
        assert value in isolated
