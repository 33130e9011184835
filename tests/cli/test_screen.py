"""Nothing stored steers a terminal or turns a line around."""

import json
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatcher.cli import screen

SHOWN = [
    ("plain", "plain"),
    ("\x1b[2Jgone", "\\u001b[2Jgone"),
    ("bell\x07", "bell\\u0007"),
    ("csi\x9b31m", "csi\\u009b31m"),
    ("two\nlines", "two\\u000alines"),
    ("turned \u202e around", "turned \\u202e around"),
    ("بابک", "\u2068بابک\u2069"),
    ("Kim \u2067x", "Kim \\u2067x"),
    ("می\u200cخواهم", "\u2068می\u200cخواهم\u2069"),  # ZWNJ is spelling, it stays
    (7, "7"),
]


@pytest.mark.parametrize(("stored", "shown"), SHOWN)
def test_a_cell_is_safe_and_isolated(stored, shown):
    """Controls are written out; right-to-left names stand in isolates."""
    assert screen.cell(stored) == shown


@given(st.text())
def test_no_control_survives(text):
    """Law: whatever is stored, a cell has neither C0, C1 nor a turning sign of its own."""
    shown = screen.safe(text)
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in shown)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_json_shows_can_be_read_back(text):
    """Law: escaping for the terminal does not change the document."""
    with redirect_stdout(StringIO()) as out:
        screen.show_json({"text": text})
    assert json.loads(out.getvalue()) == {"text": text}
    assert not set(out.getvalue()) & set("\x1b\x9b\u202e\u2067")


def test_times_and_durations_have_one_form():
    """ISO 8601 and seconds."""
    at = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    assert screen.plain({"at": at, "for": timedelta(hours=1), ("a", "b"): {1}}) == {
        "at": "2026-11-23T06:00:00+00:00",
        "for": 3600.0,
        "a.b": [1],
    }


def test_markup_in_stored_text_is_text(capsys):
    """Rich's own tags are not obeyed."""
    screen.show(screen.table(["Name"], [["[bold]x[/bold]"]]), "[red]y[/red]")
    out = capsys.readouterr().out
    assert "[bold]x[/bold]" in out
    assert "[red]y[/red]" in out
