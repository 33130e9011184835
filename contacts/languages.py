"""What a person reads: BCP 47 tags in canonical form, from codes or from names; pure."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from babel import Locale
from babel.core import get_global
from langcodes import standardize_tag, tag_is_valid
from langcodes.tag_parser import LanguageTagError

from contacts.errors import Refused
from contacts.territories import countries

# People write the language's name in the language of their own spreadsheet.
_NAMED_IN = ("en", "fa", "ar", "es", "fr", "de", "pt_BR", "zh_Hans", "ja", "hi", "ru", "tr")
_NO_LANGUAGE = frozenset(("und", "mul", "zxx", "x"))
# RFC 5646, 4.4.1: no tag in use is longer.
_LONGEST = 35


@cache
def _names() -> dict[str, str]:
    """Names of languages in the console's languages, folded -> tag."""
    held: dict[str, str] = {}
    for language in _NAMED_IN:
        locale = Locale.parse(language)
        for code, name in locale.languages.items():
            held.setdefault(name.casefold(), code.replace("_", "-"))
    return held


@lru_cache(maxsize=4096)
def tag(text: str) -> str:
    """`pt_br` -> `pt-BR`, `iw` -> `he`, `Deutsch` -> `de`; raises `contacts.language_unknown`.

    Case, separators and CLDR's aliases are put right, `prs` becomes `fa-AF` among them.
    """
    asked = text.strip()
    asked = _names().get(asked.casefold(), asked)
    try:
        if asked and tag_is_valid(asked):
            found = standardize_tag(asked)
            if len(found) <= _LONGEST and found.split("-", 1)[0] not in _NO_LANGUAGE:
                return found
    except LanguageTagError:
        pass
    raise Refused("contacts.language_unknown", value=text)


def tags(text: str) -> tuple[str, ...]:
    """A cell of languages in order of preference, each once: 'de; en' or 'pt_BR, es'."""
    if not text.strip():
        return ()
    if text.strip().casefold() in _names():
        return (tag(text),)
    return tuple(
        dict.fromkeys(tag(part) for part in re.split(r"[;,|/]+|\s+", text) if part.strip())
    )


@lru_cache(maxsize=4096)
def spellings(wanted: str) -> tuple[str, ...]:
    """The tags that mean this one although they do not begin with it.

    `zh-Hant` is also written zh-TW, zh-HK, zh-MO: CLDR's likely subtags supply the script.
    """
    language, _, script = wanted.partition("-")
    if not script.isalpha() or len(script) != len("Hant"):
        return (wanted,)
    likely: Mapping[str, object] = get_global("likely_subtags")
    short = {language, *(f"{language}_{country}" for country in countries())}
    full = {tag: str(likely.get(tag, likely.get(language, ""))) for tag in short}
    same = {tag for tag, long in full.items() if long.startswith(f"{language}_{script}_")}
    return tuple(sorted({wanted, *(tag.replace("_", "-") for tag in same)}))


@cache
def common() -> tuple[str, ...]:
    """The codes and English names of languages, for suggestions."""
    held = Locale("en").languages
    return (*(str(code).replace("_", "-") for code in held), *held.values())
