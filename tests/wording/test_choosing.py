"""Readers meet wordings: a cast of readers, and the laws that hold for any of them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatcher.kit.errors import Refused
from dispatcher.wording import tags
from dispatcher.wording.choosing import (
    Blocked,
    Choice,
    Fallback,
    NoLanguage,
    Policy,
    Reader,
    Reason,
    Silence,
    Variant,
    also,
    because,
    choose,
)

SHIPPED = [
    "en",
    "fa",
    "ar",
    "es",
    "fr",
    "de",
    "pt-BR",
    "zh-Hans",
    "zh-Hant",
    "ja",
    "hi",
    "ru",
    "tr",
]
THIRTEEN = {tag: number for number, tag in enumerate(SHIPPED, 100)}
BLOCK = Policy(Fallback.BLOCK, "en")
DEFAULT = Policy(Fallback.DEFAULT_LANGUAGE, "en")


@pytest.mark.parametrize(
    ("languages", "chosen", "reason"),
    [
        (["en"], "en", Reason.EXACT),
        (["en-US"], "en", Reason.EXACT),
        (["en-GB"], "en", Reason.PARENT),
        (["en-AU"], "en", Reason.PARENT),
        (["zh"], "zh-Hans", Reason.EXACT),
        (["zh-CN"], "zh-Hans", Reason.EXACT),
        (["zh-SG"], "zh-Hans", Reason.PARENT),
        (["zh-TW"], "zh-Hant", Reason.EXACT),
        (["zh-HK"], "zh-Hant", Reason.PARENT),
        (["zh-MO"], "zh-Hant", Reason.PARENT),
        (["zh-Hans-HK"], "zh-Hans", Reason.PARENT),
        (["cmn"], "zh-Hans", Reason.EXACT),
        (["yue"], "zh-Hant", Reason.CLOSE),
        (["prs"], "fa", Reason.PARENT),
        (["fa-AF"], "fa", Reason.PARENT),
        (["fa-IR"], "fa", Reason.EXACT),
        (["pt"], "pt-BR", Reason.EXACT),
        (["pt-PT"], "pt-BR", Reason.CLOSE),
        (["pt-AO"], "pt-BR", Reason.CLOSE),
        (["ar-EG"], "ar", Reason.EXACT),
        (["ary"], "ar", Reason.CLOSE),
        (["es-MX"], "es", Reason.PARENT),
        (["gsw"], "de", Reason.CLOSE),
        (["uk", "ru"], "ru", Reason.EXACT),
        (["ko", "zh-TW", "en"], "zh-Hant", Reason.EXACT),
        (["pt-PT", "en"], "pt-BR", Reason.CLOSE),
        (["typo!", "tr"], "tr", Reason.EXACT),
    ],
)
def test_own_language(languages, chosen, reason):
    """The first of a reader's languages that has a wording, and why."""
    found = choose(Reader(tuple(languages)), available=THIRTEEN, policy=BLOCK)
    assert isinstance(found, Choice)
    assert (found.language, found.reason, found.version_id) == (chosen, reason, THIRTEEN[chosen])
    assert found.matched


def test_distance_is_told():
    """Portuguese of Portugal is five away from Brazil's in CLDR's table."""
    found = choose(Reader(("pt-PT",)), available=THIRTEEN, policy=BLOCK)
    assert isinstance(found, Choice)
    assert found.distance == 5


@pytest.mark.parametrize(
    ("language", "available"),
    [
        ("zh-TW", ["zh-Hans", "en"]),
        ("zh-HK", ["zh-Hans", "en"]),
        ("yue", ["zh-Hans", "en"]),
        ("zh-CN", ["zh-Hant", "en"]),
        ("sr-Latn", ["sr-Cyrl", "en"]),
        ("sr", ["sr-Latn", "en"]),
        ("fa-Latn", ["fa", "en"]),
        ("az-Arab", ["az", "tr", "en"]),
        ("uk", ["ru", "en"]),
        ("ca", ["es", "fr", "en"]),
        ("ur", ["hi", "fa", "en"]),
        ("ps", ["fa", "en"]),
        ("ta", ["en", "hi"]),
    ],
)
def test_never_silently(language, available):
    """Another script, or another language that many know, is not the reader's own."""
    offered = {tag: number for number, tag in enumerate(available)}
    blocked = choose(Reader((language,)), available=offered, policy=BLOCK)
    assert blocked == Blocked(Silence.NO_WORDING)
    told = choose(Reader((language,)), available=offered, policy=DEFAULT)
    assert isinstance(told, Choice)
    assert (told.language, told.reason, told.matched) == ("en", Reason.DEFAULT_LANGUAGE, False)


@pytest.mark.parametrize(
    ("country", "chosen"),
    [("BR", "pt-BR"), ("PT", "pt-BR"), ("TW", "zh-Hant"), ("HK", "zh-Hant"), ("IR", "fa"),
     ("AF", "fa"), ("EG", "ar"), ("US", "en"), ("GB", "en"), ("CH", "de"), ("IN", "hi")],
)  # fmt: skip
def test_no_language_known(country, chosen):
    """The main language of the country, which does not count as a match."""
    found = choose(Reader((), country), available=THIRTEEN, policy=BLOCK)
    assert isinstance(found, Choice)
    assert (found.language, found.reason) == (chosen, Reason.REGION_LANGUAGE)
    assert not found.matched


@pytest.mark.parametrize("country", ["", "UA", "150", "EU", "ZZ", "AQ", "own:nordics", "Brazil"])
def test_no_language_and_no_country_to_go_by(country):
    """The sender's policy decides."""
    reader = Reader((), country)
    assert choose(reader, available=THIRTEEN, policy=BLOCK) == Blocked(Silence.NO_LANGUAGE)
    told = choose(reader, available=THIRTEEN, policy=DEFAULT)
    assert isinstance(told, Choice)
    assert told.reason is Reason.DEFAULT_LANGUAGE


@pytest.mark.parametrize("languages", [(), ("und",), ("x-whale",), ("!",)])
def test_unreadable_languages_are_none(languages):
    """A reader whose languages say nothing is one with no language."""
    found = choose(Reader(languages, "BR"), available=THIRTEEN, policy=BLOCK)
    assert isinstance(found, Choice)
    assert found.reason is Reason.REGION_LANGUAGE


def test_a_reader_with_a_language_is_not_guessed_by_country():
    """Ukrainian in Brazil: no wording, and not Portuguese because of the country."""
    found = choose(Reader(("uk",), "BR"), available=THIRTEEN, policy=BLOCK)
    assert found == Blocked(Silence.NO_WORDING)


def test_default_that_does_not_exist():
    """A default language without a wording tells nobody anything."""
    policy = Policy(Fallback.DEFAULT_LANGUAGE, "en")
    found = choose(Reader(("uk",)), available={"fr": 1}, policy=policy)
    assert found == Blocked(Silence.NO_WORDING)
    assert choose(Reader(), available={}, policy=policy) == Blocked(Silence.NO_LANGUAGE)


some_tags = st.sampled_from(
    [*SHIPPED, "zh", "zh-TW", "zh-HK", "yue", "sr-Latn", "sr-Cyrl", "sr", "uk", "az", "az-Arab", "fa-AF",
     "ur", "pa-Arab", "pa", "uz-Cyrl", "uz", "kk-Arab", "nb", "da", "hr", "bs", "pt-PT", "en-IN", "arz"]
)  # fmt: skip


@given(st.lists(some_tags, max_size=4), st.sets(some_tags), st.sampled_from(["", "BR", "TW", "RS"]))
def test_laws(languages, offered, country):
    """Same script, a reason, deterministic, own wording exactly when it exists."""
    available = {tag: number for number, tag in enumerate(sorted(offered))}
    reader = Reader(tuple(languages), country)
    found = choose(reader, available=available, policy=BLOCK)
    assert found == choose(reader, available=dict(reversed(available.items())), policy=BLOCK)
    if isinstance(found, Blocked):
        assert not set(languages) & offered
        return
    assert available[found.language] == found.version_id
    if languages:
        assert found.matched
        assert tags.script(found.language) in {tags.script(tag) for tag in languages}
        if languages[0] in offered:
            assert found.language == languages[0]


def test_a_few_thousand_readers():
    """5,000 distinct readers in under a second of one processor."""
    ways = [f"{tag}-{country}" for tag in ("en", "fr", "ar", "es", "pt", "zh", "de", "fa")
            for country in ("US", "TW", "BR", "AF", "GB", "HK", "MX", "CH", "EG", "SG", "CA")]  # fmt: skip
    readers = [
        Reader((ways[n % len(ways)], ways[n // 7 % len(ways)]), f"{ways[n % 11][-2:]}")
        for n in range(5_000)
    ]
    begun = time.process_time()
    for reader in readers:
        choose(reader, available=THIRTEEN, policy=DEFAULT)
    assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    ("written", "canonical"),
    [("prs", "fa-AF"), ("iw", "he"), ("ZH-hant-tw", "zh-Hant-TW"), ("en_GB", "en-GB"),
     ("de-DE-u-co-phonebk", "de-DE"), ("sh", "sr-Latn")],
)  # fmt: skip
def test_canonical(written, canonical):
    """Replaced codes are renewed, extensions left out."""
    assert tags.canonical(written) == canonical


def test_lineage_stays_in_its_script():
    """CLDR's parents; zh-Hant has none, since its parent would be another script."""
    assert tags.lineage("en-AU") == ("en-Latn-AU", "en-Latn-001", "en-Latn")
    assert tags.lineage("zh-MO") == ("zh-Hant-MO", "zh-Hant-HK", "zh-Hant")
    assert tags.lineage("pt-AO") == ("pt-Latn-AO", "pt-Latn-PT", "pt-Latn")


JAPAN, REGRETS, PHARMACY = "country=JP", "country=JP;stance=regrets", "role=pharmacist"
VARIANTS = {JAPAN: {"ja": 11}, REGRETS: {"ja": 12}, PHARMACY: {"ja": 13, "en": 14}}


@pytest.mark.parametrize(
    ("reader", "version", "variant"),
    [
        (Reader(("ja",), "JP"), 12, REGRETS),
        (Reader(("ja",), "US"), 2, ""),
        (Reader(("en",), "JP"), 1, ""),  # language is never given up for a variant
        (Reader(("ja",), "US", roles=("pharmacist",)), 13, PHARMACY),
        (Reader(("en",), "JP", roles=("pharmacist",)), 14, PHARMACY),
        (Reader((), "JP"), 12, REGRETS),
        (Reader(("sw",), "JP"), 1, ""),  # a fallback is the words for everybody
    ],
)
def test_variants(reader, version, variant):
    """The nearest variant that fits and speaks the reader's language; else the common words."""
    policy = Policy(Fallback.DEFAULT_LANGUAGE, "en")
    found = choose(reader, available={"en": 1, "ja": 2}, policy=policy, variants=VARIANTS)
    assert isinstance(found, Choice)
    assert (found.version_id, found.variant) == (version, variant)


def test_a_choice_explains_itself():
    """Group, country, language, stance and why."""
    reader = Reader(("ja",), "JP", group="patient")
    policy = Policy(Fallback.BLOCK, "en")
    found = choose(reader, available={"ja": 2}, policy=policy, variants=VARIANTS)
    assert isinstance(found, Choice)
    assert because(found, reader) == "patient, JP, ja, regrets: exact"


@pytest.mark.parametrize("name", ["", "country", "country=", "planet=Mars", "country=JP;x=1"])
def test_a_variant_has_known_marks(name):
    """A typing error in a key is said."""
    with pytest.raises(Refused, match="variant_unknown"):
        Variant.of(name)


@pytest.mark.parametrize(
    ("reader", "first", "second"),
    [
        (Reader(("sw",), "JP"), ("en", "default_language"), ("ja", "region_language")),
        (Reader((), "JP"), ("ja", "region_language"), ("en", "default_language")),
        (Reader(("sw",), "US"), ("en", "default_language"), None),
        (Reader(("ja",), "JP"), ("ja", "exact"), None),
        (Reader(("sw",), "DE"), ("en", "default_language"), None),  # no German wording exists
    ],
)
def test_two_whole_messages(reader, first, second):
    """Bilingual: the country's main language and the default, each whole; else one is enough."""
    policy, texts = Policy(Fallback.BILINGUAL, "en"), {"en": 1, "ja": 2}
    found = choose(reader, available=texts, policy=policy)
    assert isinstance(found, Choice)
    other = also(reader, found, available=texts, policy=policy)
    assert (found.language, found.reason.value) == first
    assert (other and (other.language, other.reason.value)) == second


def test_people_of_no_language():
    """By their country's main one, or like everybody whom nothing fits, as the sender wants."""
    reader, texts = Reader((), "JP"), {"en": 1, "ja": 2}
    for wanted, language in ((NoLanguage.REGION, "ja"), (NoLanguage.DEFAULT, "en")):
        found = choose(
            reader, available=texts, policy=Policy(Fallback.DEFAULT_LANGUAGE, "en", wanted)
        )
        assert isinstance(found, Choice)
        assert found.language == language
    blocked = choose(
        reader, available=texts, policy=Policy(Fallback.BLOCK, "en", NoLanguage.DEFAULT)
    )
    assert blocked == Blocked(Silence.NO_LANGUAGE)
