"""Parts of a text message: the arithmetic of the standard, a peer's recorded answers, and the laws."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatcher.kit import sms
from dispatcher.kit.sms import Encoding

VECTORS = json.loads(
    (Path(__file__).parent / "vectors" / "govuk_sms_encoding.json").read_text(encoding="utf-8")
)["cases"]
GSM = "".join(sorted(sms._BASIC | sms._EXTENSION))


@pytest.mark.parametrize("case", VECTORS, ids=range(len(VECTORS)))
def test_recorded(case):
    """A peer's plain GSM 03.38 and UCS-2 arithmetic is ours."""
    letters, times = case["repeat"] or (case["text"], 1)
    text = letters * times
    counted = sms.parts(text)
    assert sms.fits_gsm7(text) is case["raw_fits_gsm7"]
    assert {
        "encoding": counted.encoding,
        "units": counted.units,
        "parts": counted.parts,
    } == case["raw_standard"]


@pytest.mark.parametrize(
    ("text", "encoding", "units", "count", "left"),
    [
        ("", Encoding.GSM7, 0, 0, 160),
        ("a" * 160, Encoding.GSM7, 160, 1, 0),
        ("a" * 161, Encoding.GSM7, 161, 2, 145),
        ("a" * 306, Encoding.GSM7, 306, 2, 0),
        ("a" * 307, Encoding.GSM7, 307, 3, 152),
        ("€" * 80, Encoding.GSM7, 160, 1, 0),
        ("€" * 153, Encoding.GSM7, 306, 3, 151),  # 76 + 76 + 1: a pair is never cut
        ("a" * 152 + "€" + "a" * 152, Encoding.GSM7, 306, 3, 152),
        ("ي" * 70, Encoding.UCS2, 70, 1, 0),
        ("ي" * 71, Encoding.UCS2, 71, 2, 63),
        ("a" * 159 + "ş", Encoding.UCS2, 160, 3, 41),  # one Turkish letter: 3 parts, not 1
        ("😀" * 35, Encoding.UCS2, 70, 1, 0),
        ("😀" * 36, Encoding.UCS2, 72, 2, 61),  # 33 + 3: a surrogate pair is never cut
        ("می\u200cخواهیم", Encoding.UCS2, 9, 1, 61),  # the zero-width non-joiner is a unit
        ("\x1b", Encoding.UCS2, 1, 1, 69),  # the shift itself is not a letter
        ("ç", Encoding.UCS2, 1, 1, 69),  # GSM-7 has only the capital
    ],
)
def test_counted(text, encoding, units, count, left):
    """Encoding, units, parts and what is left."""
    assert sms.parts(text) == sms.Parts(encoding, units, count, left)


@pytest.mark.parametrize(
    ("text", "smoothed"),
    [
        ("“Don’t” – eat…\u00a0it", '"Don\'t" - eat... it'),
        ("2:05\u202fPM", "2:05 PM"),  # how CLDR writes English times since 2022
        ("cafe\u0301", "café"),
        ("plain", "plain"),
        ("“Ş”", "“Ş”"),  # UCS-2 all the same, so it keeps its quotes
        ("می\u200cخواهیم…", "می\u200cخواهیم…"),
        ("naïve’s", "naïve’s"),
    ],
)
def test_smoothed(text, smoothed):
    """Typographic signs go only when that saves the whole text."""
    assert sms.smooth(text) == smoothed


@given(st.one_of(st.text(), st.text(GSM, max_size=700), st.text("a€😀ي", max_size=400)))
def test_split_laws(text):
    """Parts join to the text, none is over-full, and none but the last has room for the next."""
    counted, pieces = sms.parts(text), sms.split(text)
    assert "".join(pieces) == text
    assert len(pieces) == counted.parts
    sizes = [sms._units(piece, counted.encoding) for piece in pieces]
    assert sum(sizes) == counted.units
    if len(pieces) > 1:
        room = sms.JOINED[counted.encoding]
        assert all(size <= room for size in sizes)
        for size, following in zip(sizes, pieces[1:], strict=False):
            assert size + sms._units(following[0], counted.encoding) > room
        assert counted.left == room - sizes[-1]


@given(st.text(GSM, max_size=400))
def test_septets_agree_with_the_codec(text):
    """A septet for each letter, two for each of the extension table: as the codec encodes it."""
    assert sms.parts(text).units == len(text.encode("gsm03.38"))


@given(st.text())
def test_smoothing_is_settled(text):
    """Smoothing twice changes nothing more, and never costs parts."""
    once = sms.smooth(text)
    assert sms.smooth(once) == once
    assert once == text or sms.fits_gsm7(once)
