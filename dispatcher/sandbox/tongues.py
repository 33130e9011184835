"""Which way a text runs and which language it is in, seen from the text alone.

The carriers' protocols do not say the language of a text message, and a handset does not need it;
the wall does, for its fonts and its filter. A guess among the shipped languages is enough.
"""

import re
import unicodedata
from functools import lru_cache

RIGHT = frozenset({"R", "AL"})
RTL = frozenset({"ar", "fa", "he", "ur", "ps", "ckb"})

SCRIPTS = (
    ("arabic", re.compile(r"[\u0600-\u06FF\u0750-\u077F]")),
    ("kana", re.compile(r"[\u3041-\u30FF]")),
    ("han", re.compile(r"[\u3400-\u9FFF]")),
    ("hi", re.compile(r"[\u0900-\u097F]")),
    ("ru", re.compile(r"[\u0400-\u04FF]")),
    ("he", re.compile(r"[\u0590-\u05FF]")),
    ("ko", re.compile(r"[\uAC00-\uD7AF]")),
    ("el", re.compile(r"[\u0370-\u03FF]")),
    ("th", re.compile(r"[\u0E00-\u0E7F]")),
)
ENOUGH = 0.2
"""Share of the letters: a brand name in Latin must not decide over an Arabic sentence."""

PERSIAN = re.compile("[پچژگکی]")
ARABIC = re.compile("[يكةىإأ]")
SIMPLIFIED = re.compile("[这个们为请说时过还没对开关问发现应会产货质电话购买联系询万与专业东严]")
TRADITIONAL = re.compile("[這個們為請說時過還沒對開關問發現應會產貨質電話購買聯繫詢萬與專業東嚴]")

WORDS = {
    "en": "the and not do of to you your is are this for please with from any has have",
    "es": "el la los las no de que y por favor su usted una con para del este producto consuma",
    "fr": "le la les ne pas de et vous votre une des avec pour ce produit veuillez du dans est",
    "de": "der die das nicht und sie ihr ihre ein eine mit für von bitte ist dieses zu den auf",
    "pt-BR": "o a os as não de e você seu sua uma com para este produto por favor em do da",
    "tr": "ve bu bir için lütfen ürün değil ile olan size ürünü veya olarak daha tüketmeyin",
}
_VOCABULARY = {code: frozenset(words.split()) for code, words in WORDS.items()}
_MARKS = {"es": "¿¡ñ", "fr": "çœêèù", "de": "äöüß", "pt-BR": "ãõçê", "tr": "ığşİ"}
ISOLATES = frozenset(("LRI", "RLI", "FSI"))
_LETTERS = re.compile(r"[^\W\d_]")
_LATIN_WORDS = re.compile(r"[^\W\d_]+")


def direction(text: str) -> str:
    """`rtl` when the first strong character outside of isolates is right-to-left (UAX #9, P2)."""
    depth = 0
    for char in text:
        kind = unicodedata.bidirectional(char)
        depth += (kind in ISOLATES) - (kind == "PDI" and depth > 0)
        if depth:
            continue
        if kind == "L":
            return "ltr"
        if kind in RIGHT:
            return "rtl"
    return "ltr"


@lru_cache(maxsize=8192)
def language(text: str) -> str:
    """A BCP 47 code, or an empty text where nothing speaks for one."""
    letters = len(_LETTERS.findall(text))
    if not letters:
        return ""
    counts = {name: len(script.findall(text)) for name, script in SCRIPTS}
    if counts["kana"] and counts["kana"] + counts["han"] >= letters * ENOUGH:
        return "ja"
    script = max(counts, key=lambda name: counts[name])
    if counts[script] < letters * ENOUGH:
        return _latin(text)
    if script == "arabic":
        return "fa" if len(PERSIAN.findall(text)) > len(ARABIC.findall(text)) else "ar"
    if script == "han":
        traditional = len(TRADITIONAL.findall(text)) > len(SIMPLIFIED.findall(text))
        return "zh-Hant" if traditional else "zh-Hans"
    return script


def _latin(text: str) -> str:
    words = _LATIN_WORDS.findall(text.lower())
    scores = {
        code: sum(word in vocabulary for word in words)
        + sum(text.count(mark) for mark in _MARKS.get(code, ""))
        for code, vocabulary in _VOCABULARY.items()
    }
    best = max(scores, key=lambda code: scores[code])
    return best if scores[best] else ""
