"""Language tags by CLDR: canonical forms, scripts, parents, distance, direction. Pure."""

from functools import lru_cache
from typing import Literal

import langcodes
import langcodes.tag_parser
from babel import Locale, UnknownLocaleError
from babel.core import get_global

from dispatcher.kit.errors import Refused

_KNOWN = 4096  # every distinct tag of a large registry; older ones are worked out again
_PARENTS: dict[str, str] = dict(get_global("parent_exceptions"))


@lru_cache(_KNOWN)
def canonical(tag: str) -> str:
    """The BCP 47 tag as we store it: replaced codes renewed, extensions and variants left out.

    'prs' is 'fa-AF', 'iw' is 'he'. Raises Refused `wording.language_unknown`.
    """
    try:
        found = langcodes.Language.get(langcodes.standardize_tag(tag[:64]))
    except (langcodes.tag_parser.LanguageTagError, ValueError):
        raise Refused("wording.language_unknown", tag=tag[:64]) from None
    if not found.language or found.language == "und" or found.language.startswith("x-"):
        raise Refused("wording.language_unknown", tag=tag[:64])
    return "-".join(filter(None, (found.language, found.script, found.territory)))


@lru_cache(_KNOWN)
def maximal(tag: str) -> str:
    """Language-Script-REGION with CLDR's likely subtags added: 'zh-TW' is 'zh-Hant-TW'."""
    return langcodes.Language.get(tag).maximize().to_tag()


def script(tag: str) -> str:
    """The ISO 15924 script that readers of the tag expect: 'zh-HK' is 'Hant'."""
    return langcodes.Language.get(maximal(tag)).script or ""


@lru_cache(_KNOWN)
def lineage(tag: str) -> tuple[str, ...]:
    """The tag and its CLDR parents within one script, each with the script written out.

    'en-AU' gives en-Latn-AU, en-Latn-001, en-Latn. The chain never leaves the script: for a
    reader, another script is another language.
    """
    chain = [_scripted(tag)]
    while (above := _parent(chain[-1])) and above not in chain:
        chain.append(above)
    return tuple(chain)


def _scripted(tag: str) -> str:
    parts = langcodes.Language.get(tag)
    return "-".join(filter(None, (parts.language, script(tag), parts.territory)))


def _parent(scripted: str) -> str:
    language, written, *region = scripted.split("-")
    if not region:
        return ""
    for child in (f"{language}_{written}_{region[0]}", f"{language}_{region[0]}"):
        if child in _PARENTS:
            return _scripted(_PARENTS[child].replace("_", "-"))
    return f"{language}-{written}"


@lru_cache(_KNOWN * 4)
def distance(wanted: str, offered: str) -> int:
    """CLDR's language distance: 0 the same, to 14 dialects, from 20 other languages."""
    return langcodes.tag_distance(wanted, offered)


@lru_cache(512)
def of_country(country: str) -> str:
    """The main language of an ISO 3166-1 country by CLDR's likely subtags: 'BR' is 'pt-Latn-BR'.

    '' for what is no country: groupings have no language ('150', Europe), nor has an unknown code.
    """
    if country not in _countries():
        return ""
    spoken = maximal(f"und-{country}")
    return "" if spoken.startswith("und") else spoken  # nobody lives in 'AQ'


@lru_cache(1)
def _countries() -> frozenset[str]:
    groupings = {"EU", "EZ", "UN", "ZZ", "XA", "XB"}
    return frozenset(filter(str.isalpha, Locale("en").territories)) - groupings


@lru_cache(512)
def locale(tag: str) -> Locale:
    """Babel's locale for a tag, or its nearest parent that Babel has.

    Raises Refused `wording.language_unknown` when it has none.
    """
    for candidate in (canonical(tag), *lineage(canonical(tag))):
        try:
            return Locale.parse(candidate, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    raise Refused("wording.language_unknown", tag=tag[:64])


def direction(tag: str) -> Literal["ltr", "rtl"]:
    """'rtl' or 'ltr', of the script in which the tag is written."""
    return "rtl" if locale(tag).text_direction == "rtl" else "ltr"


@lru_cache(512)
def plural_categories(tag: str) -> frozenset[str]:
    """The CLDR plural categories of the language, 'other' among them."""
    return locale(tag).plural_form.tags | {"other"}
