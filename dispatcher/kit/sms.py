"""How many parts a text message takes: GSM-7 septets or UTF-16 units, as they are packed."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from gsm0338.charset import BASIC_CHARACTER_SET, BASIC_CHARACTER_SET_EXTENSION


class Encoding(StrEnum):
    """The two alphabets that every handset reads."""

    GSM7 = "gsm7"
    UCS2 = "ucs2"


SINGLE = {Encoding.GSM7: 160, Encoding.UCS2: 70}
"""Units in a message of one part: 140 octets (3GPP TS 23.040)."""
JOINED = {Encoding.GSM7: 153, Encoding.UCS2: 67}
"""Units in each part of several: six octets go to the header that joins them."""

# ESCAPE is the shift to the extension table and no letter of its own.
_BASIC = frozenset(
    unicodedata.lookup(name) for name in BASIC_CHARACTER_SET.values() if name != "ESCAPE"
)
_EXTENSION = frozenset(map(unicodedata.lookup, BASIC_CHARACTER_SET_EXTENSION.values()))
_FITS = re.compile("[" + re.escape("".join(sorted(_BASIC | _EXTENSION))) + "]*")
_PAIRS = re.compile("[" + re.escape("".join(sorted(_EXTENSION))) + "]")

_SMOOTHER = {
    ord(letter): plain
    for letters, plain in (
        ("\u2018\u2019\u201a\u201b\u2032\u00b4", "'"),
        ("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
        ("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2022", "-"),
        ("\u2026", "..."),
        ("\t\u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u202f", " "),
        ("\u00ad\u200b\u2060\ufeff", ""),
    )
    for letter in letters
}


@dataclass(frozen=True, slots=True)
class Parts:
    """What a text costs."""

    encoding: Encoding
    units: int
    """Septets (an extension character is two) or UTF-16 code units."""
    parts: int
    """Messages that the carrier charges; 0 for an empty text."""
    left: int
    """Units that still fit before another part begins."""


def fits_gsm7(text: str) -> bool:
    """Whether every character is in the GSM 03.38 alphabet or its extension table."""
    return _FITS.fullmatch(text) is not None


def parts(text: str) -> Parts:
    """Encoding, units, parts and what is left, for the text exactly as written."""
    encoding = Encoding.GSM7 if fits_gsm7(text) else Encoding.UCS2
    total = _units(text, encoding)
    if total <= SINGLE[encoding]:
        return Parts(encoding, total, int(total > 0), SINGLE[encoding] - total)
    room = JOINED[encoding]
    if total == len(text):  # nothing takes two units, so nothing leaves a gap
        count = -(-total // room)
        return Parts(encoding, total, count, count * room - total)
    filled = [_units(part, encoding) for part in _packed(text, encoding)]
    return Parts(encoding, total, len(filled), room - filled[-1])


def split(text: str) -> tuple[str, ...]:
    """The text of each part, in order; joined they are the text again."""
    encoding = Encoding.GSM7 if fits_gsm7(text) else Encoding.UCS2
    if _units(text, encoding) <= SINGLE[encoding]:
        return (text,) if text else ()
    return tuple(_packed(text, encoding))


def smooth(text: str) -> str:
    """The same text with typographic signs that GSM-7 lacks written plainly.

    Only when the whole text then fits GSM-7: otherwise it comes back untouched, since one letter
    outside the alphabet makes it UCS-2 whatever becomes of the quotes.
    """
    if fits_gsm7(text):
        return text
    plain = unicodedata.normalize("NFC", text).translate(_SMOOTHER)
    return plain if fits_gsm7(plain) else text


def _units(text: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM7:
        return len(text) + len(_PAIRS.findall(text))
    return len(text) + sum(letter > "\uffff" for letter in text)


def _packed(text: str, encoding: Encoding) -> Iterator[str]:
    """Fill part after part; a character of two units that no longer fits leaves one unit empty."""
    room, used, start = JOINED[encoding], 0, 0
    for at, letter in enumerate(text):
        size = _units(letter, encoding)
        if used + size > room:
            yield text[start:at]
            used, start = 0, at
        used += size
    yield text[start:]
