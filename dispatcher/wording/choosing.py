"""Which wording a reader gets, and why: their languages, what exists, the sender's policy. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
    """They get the alert's default language."""
    DEFAULT_WITH_LINK = "default_with_link"
    """The same, and the text must lead to a page where other languages are."""
    BILINGUAL = "bilingual"
    """Two whole messages: in the main language of their country, and in the default language."""


class NoLanguage(StrEnum):
    """What the sender wants for people of whom no language is known."""

    REGION = "region"
    """The main language of their country by CLDR, where a wording in it exists."""
    DEFAULT = "default"
    """They are treated like all whom no wording fits."""


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
class Variant:
    """Words for some readers of a group only: of a role, a country, a culture. Empty fits all."""

    name: str
    """As its wordings' key bears it after the plus sign: 'country=JP;stance=regrets'."""
    role: str = ""
    country: str = ""
    culture: str = ""
    stance: str = ""
    """admits, regrets, or '' for neutral: the sender's decision for the whole alert."""

    @classmethod
    def of(cls, name: str) -> "Variant":
        """From the end of a key. Raises Refused `wording.variant_unknown`."""
        held = dict(part.partition("=")[::2] for part in name.split(";"))
        if not held.keys() <= {"role", "country", "culture", "stance"} or not all(held.values()):
            raise Refused("wording.variant_unknown", variant=name[:80])
        return cls(name, **held)

    def fits(self, reader: "Reader") -> bool:
        """Whether these words are for this reader."""
        return (
            self.role in ("", *reader.roles)
            and self.country in ("", reader.country)
            and self.culture in ("", reader.culture)
        )

    @property
    def weight(self) -> tuple[int, str]:
        """The more it is bound to, the nearer: stance, culture, role, country."""
        bound = (self.stance, self.culture, self.role, self.country)
        return sum(2**place for place, word in enumerate(reversed(bound)) if word), self.name


@dataclass(frozen=True, slots=True)
class Reader:
    """What choosing may know of a person; thousands of people share one."""

    languages: tuple[str, ...] = ()
    """BCP 47, in order of preference."""
    country: str = ""
    """ISO 3166-1 alpha-2."""
    group: str = ""
    culture: str = ""
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """The sender's decision for readers whom no wording fits."""

    fallback: Fallback
    default_language: str
    no_language: NoLanguage = NoLanguage.REGION


@dataclass(frozen=True, slots=True)
class Choice:
    """One wording, whole, for one reader."""

    version_id: int
    language: str
    reason: Reason
    distance: int = 0
    """CLDR's, from the language that was read to the wording's; 0 where none was read."""
    variant: str = ""
    """Name of the variant whose words these are; '' for those that are for everybody."""

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


def choose(
    reader: Reader,
    *,
    available: Mapping[str, int],
    policy: Policy,
    variants: Mapping[str, Mapping[str, int]] | None = None,
) -> Choice | Blocked:
    """The first of the reader's languages that has a wording; else what the policy says.

    `available` maps the wordings' languages (of one text in one channel) to version ids, `variants`
    a variant's name to the same. The nearest variant that fits the reader and has one of the
    reader's languages wins; language is never given up for a variant. Script is kept apart: a
    reader of 'zh-TW' never gets 'zh-Hans' by likeness.
    """
    for name in sorted(variants or {}, key=lambda one: Variant.of(one).weight, reverse=True):
        if Variant.of(name).fits(reader):
            found = _found(reader, variants[name] if variants else {}, policy)
            if found is not None:
                return replace(found, variant=name)
    found = _found(reader, available, policy)
    if found is not None:
        return found
    if policy.fallback is not Fallback.BLOCK and policy.default_language in available:
        language = policy.default_language
        return Choice(available[language], language, Reason.DEFAULT_LANGUAGE)
    return Blocked(Silence.NO_WORDING if _known(reader.languages) else Silence.NO_LANGUAGE)


def also(
    reader: Reader, chosen: Choice, *, available: Mapping[str, int], policy: Policy
) -> Choice | None:
    """The second message of a bilingual fallback, whole and in one language; else None.

    Who fell back to the default language, or whose language was guessed from the country, gets the
    other of the two as well. Only accepted wordings are in `available`, so no draft can stand here.
    """
    if policy.fallback is not Fallback.BILINGUAL:
        return None
    if chosen.reason is Reason.DEFAULT_LANGUAGE:
        guess = _by_country(reader.country, tuple(sorted(available)))
        if guess and guess.language != chosen.language:
            return Choice(available[guess.language], guess.language, Reason.REGION_LANGUAGE)
    language = policy.default_language
    guessed = chosen.reason is Reason.REGION_LANGUAGE and language != chosen.language
    if guessed and language in available:
        return Choice(available[language], language, Reason.DEFAULT_LANGUAGE)
    return None


def because(choice: Choice, reader: Reader) -> str:
    """The choice in one line, for a page's small print: 'patient, JP, ja, regrets: exact'."""
    stance = Variant.of(choice.variant).stance if choice.variant else ""
    parts = (reader.group, reader.country, choice.language, stance or "neutral")
    return f"{', '.join(filter(None, parts))}: {choice.reason.value}"


def _found(reader: Reader, available: Mapping[str, int], policy: Policy) -> Choice | None:
    """In one of the reader's languages, or by country where none is known and that is wanted."""
    offered = tuple(sorted(available))
    found = _first(reader.languages, offered) if reader.languages else None
    guesses = policy.no_language is NoLanguage.REGION
    if found is None and guesses and not _known(reader.languages):
        found = _by_country(reader.country, offered)
    if found is None:
        return None
    return Choice(available[found.language], found.language, found.reason, found.distance)


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


def first(languages: Sequence[str]) -> str:
    """The first language of a reader that is one, canonical; "" where none is known."""
    return next(filter(None, map(_readable, languages)), "")


def _known(languages: tuple[str, ...]) -> bool:
    return any(map(_readable, languages))
