"""Which wording a reader gets, and why: their languages, what exists, the sender's policy. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from dispatcher.kit.errors import Refused
from dispatcher.wording import tags

CLOSE = 14
"""The greatest CLDR distance that still reads as one's own language.

Dialects and their written standard lie within it (Moroccan Arabic to Arabic 14, Cantonese to
traditional Chinese 14, Swiss German to German 8); second languages that many happen to know
do not (Ukrainian to Russian 24, Catalan to Spanish 20): those a reader has to name.
"""


class Fallback(StrEnum):
    """What the sender wants for readers in whose languages nothing exists."""

    BLOCK = "block"
    """They get nothing, and the books say why."""
    DEFAULT_LANGUAGE = "default_language"
    """They get the scenario's default language."""


class Reason(StrEnum):
    """Why this wording."""

    EXACT = "exact"
    """It is the reader's language, by likely subtags: 'zh-CN' reads 'zh-Hans'."""
    PARENT = "parent"
    """It is a CLDR parent: 'en-GB' reads 'en', 'zh-HK' reads 'zh-Hant'."""
    CLOSE = "close"
    """It is the same language elsewhere or a near dialect: 'pt-PT' reads 'pt-BR'."""
    REGION_LANGUAGE = "region_language"
    """No language is known; this is the main one of their country."""
    DEFAULT_LANGUAGE = "default_language"
    """Nothing else fits; the sender chose this for such readers."""


MATCHES = frozenset({Reason.EXACT, Reason.PARENT, Reason.CLOSE})
"""Reasons that count as *in their own language*; a guess by country does not."""


class Silence(StrEnum):
    """Why nobody may be told anything."""

    NO_LANGUAGE = "no_language"
    """No language is known, their country's has no wording, and the sender said block."""
    NO_WORDING = "no_wording"
    """Nothing exists in their languages, nor in a default that the policy allows."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What choosing may know of a person; thousands of people share one."""

    languages: tuple[str, ...] = ()
    """BCP 47, in order of preference."""
    country: str = ""
    """ISO 3166-1 alpha-2."""
    group: str = ""
    culture: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """The sender's decision for readers whom no wording fits."""

    fallback: Fallback
    default_language: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One wording, whole, for one reader."""

    version_id: int
    language: str
    reason: Reason
    distance: int = 0
    """CLDR's, from the language that was read to the wording's; 0 where none was read."""

    @property
    def matched(self) -> bool:
        """Whether this counts for the language-match rate."""
        return self.reason in MATCHES


@dataclass(frozen=True, slots=True)
class Blocked:
    """No wording for this reader."""

    reason: Silence


@dataclass(frozen=True, slots=True)
class _Match:
    language: str
    reason: Reason
    distance: int


def choose(reader: Reader, *, available: Mapping[str, int], policy: Policy) -> Choice | Blocked:
    """The first of the reader's languages that has a wording; else what the policy says.

    `available` maps the wordings' languages (of one text in one channel) to version ids.
    Script is kept apart: a reader of 'zh-TW' never gets 'zh-Hans' by likeness.
    """
    offered = tuple(sorted(available))
    found = _first(reader.languages, offered) if reader.languages else None
    if found is None and not _known(reader.languages):
        found = _by_country(reader.country, offered)
    if found is not None:
        return Choice(available[found.language], found.language, found.reason, found.distance)
    if policy.fallback is Fallback.DEFAULT_LANGUAGE and policy.default_language in available:
        language = policy.default_language
        return Choice(available[language], language, Reason.DEFAULT_LANGUAGE)
    return Blocked(Silence.NO_WORDING if _known(reader.languages) else Silence.NO_LANGUAGE)


@lru_cache(16_384)
def _first(languages: tuple[str, ...], offered: tuple[str, ...]) -> _Match | None:
    for language in languages:
        if (wanted := _readable(language)) and (match := _nearest(wanted, offered)):
            return match
    return None


def _by_country(country: str, offered: tuple[str, ...]) -> _Match | None:
    spoken = tags.of_country(country)
    match = _nearest(spoken, offered) if spoken else None
    return match and _Match(match.language, Reason.REGION_LANGUAGE, 0)


@lru_cache(16_384)
def _nearest(wanted: str, offered: tuple[str, ...]) -> _Match | None:
    """The offered language that a reader of `wanted` reads, if any; ties go to the first tag."""
    written = tags.script(wanted)
    kin = [tag for tag in offered if tags.script(tag) == written]
    same = [tag for tag in kin if tags.maximal(tag) == tags.maximal(wanted)]
    if same:
        return _Match(wanted if wanted in same else same[0], Reason.EXACT, 0)
    by_form = {tags.lineage(tag)[0]: tag for tag in kin}
    for form in tags.lineage(wanted)[1:]:
        if form in by_form:
            return _Match(by_form[form], Reason.PARENT, tags.distance(wanted, by_form[form]))
    far, near = min(((tags.distance(wanted, tag), tag) for tag in kin), default=(CLOSE + 1, ""))
    reason = Reason.CLOSE if far else Reason.EXACT  # 'cmn' and 'zh' are one
    return _Match(near, reason, far) if far <= CLOSE else None


@lru_cache(4096)
def _readable(language: str) -> str:
    """The canonical tag; '' for what is none, so that one typing error silences nobody."""
    try:
        return tags.canonical(language)
    except Refused:
        return ""


def _known(languages: tuple[str, ...]) -> bool:
    return any(map(_readable, languages))
