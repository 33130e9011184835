"""The difference of two texts, word by word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatcher.console.alerts.difference import around, difference


def told(old, new):
    signs = {"same": "{}", "out": "[-{}-]", "in": "[+{}+]"}
    return "".join(signs[piece.kind].format(piece.text) for piece in difference(old, new))


@pytest.mark.parametrize(
    ("old", "new", "pieces"),
    [
        ("Do not eat it.", "Do not eat it.", ""),
        ("Do not eat it.", "Do eat it.", "Do[- not-] eat it."),
        ("Lot L2301", "Lot L2302", "Lot [-L2301-][+L2302+]"),
        ("", "New", "[+New+]"),
        ("آن را نخورید.", "آن را بخورید.", "آن را [-نخورید-][+بخورید+]."),
        ("請勿食用", "請食用", "請[-勿-]食用"),
        ("nicht  verzehren", "nicht verzehren", "nicht[-  -][+ +]verzehren"),
    ],
)
def test_words_that_went_and_came(old, new, pieces):
    """In the order in which they are read, in every script."""
    assert told(old, new) == pieces


@given(st.text(max_size=60), st.text(max_size=60))
def test_nothing_is_lost(old, new):
    """What stayed and went is the old text, what stayed and came is the new one."""
    pieces = difference(old, new)
    if old != new:
        assert "".join(p.text for p in pieces if p.kind != "in") == old
        assert "".join(p.text for p in pieces if p.kind != "out") == new


@given(st.text(max_size=200), st.text(max_size=20))
def test_changes_are_never_cut(old, new):
    """Only what stayed is shortened."""
    whole = difference(old, old + new)
    kept = [p.text for p in whole if p.kind != "same"]
    assert [p.text for p in around(whole, words=2) if p.kind != "same"] == kept
