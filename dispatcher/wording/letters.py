"""Which alphabets a script is written in, and letters that betray a neighbouring language. Pure."""

from collections.abc import Mapping

SCRIPTS: Mapping[str, frozenset[str]] = {
    script: frozenset(names.split())
    for script, names in {
        "Arab": "ARABIC",
        "Armn": "ARMENIAN",
        "Beng": "BENGALI",
        "Cyrl": "CYRILLIC",
        "Deva": "DEVANAGARI",
        "Ethi": "ETHIOPIC",
        "Geor": "GEORGIAN",
        "Grek": "GREEK",
        "Gujr": "GUJARATI",
        "Guru": "GURMUKHI",
        "Hans": "CJK",
        "Hant": "CJK",
        "Hebr": "HEBREW",
        "Jpan": "CJK HIRAGANA KATAKANA",
        "Khmr": "KHMER",
        "Knda": "KANNADA",
        "Kore": "HANGUL CJK",
        "Laoo": "LAO",
        "Latn": "LATIN",
        "Mlym": "MALAYALAM",
        "Mymr": "MYANMAR",
        "Sinh": "SINHALA",
        "Taml": "TAMIL",
        "Telu": "TELUGU",
        "Thai": "THAI",
    }.items()
}
"""ISO 15924 script -> first words of the Unicode names of its letters."""

# Simplified letter and its traditional twin, where each is written in one of the two alone:
# 后, 里, 面, 台, 于, 只, 准, 户 and their like stand in both and are left out.
_HAN = (
    "产產请請务務误誤们們这這个個来來时時对對现現发發过過还還进進连連电電话話联聯络絡购購买買卖賣货貨"
    "质質费費为為从從将將应應该該须須药藥医醫师師与與关關网網页頁链鏈数數码碼员員门門间間见見说說详詳"
    "询詢问問题題类類处處认認识識账賬单單听聽岁歲实實达達运運总總订訂记記议議设設证證评評读讀变變获獲"
    "给給细細结結经經续續维維绝絕约約级級线線组組终終报報转轉让讓选選动動劳勞严嚴丢丟两兩乱亂亲親亿億"
    "营營异異"
)
_SIMPLIFIED, _TRADITIONAL = frozenset(_HAN[::2]), frozenset(_HAN[1::2])

FOREIGN: Mapping[str, frozenset[str]] = {
    "fa": frozenset("\u064a\u0643\u0629\u0649"),  # ي ك ة ى: Persian has ی ک and no ta marbuta
    "ar": frozenset("\u06cc\u06a9\u067e\u0686\u0698\u06af"),  # ی ک پ چ ژ گ are Persian
    "zh-Hans": _TRADITIONAL,
    "zh-Hant": _SIMPLIFIED,
    "ru": frozenset("іїєґўІЇЄҐЎ"),  # Ukrainian and Belarusian
    "tr": frozenset("əƏ"),  # Azerbaijani
}
"""Locale -> letters that its own orthography does not have and a neighbour's has."""
