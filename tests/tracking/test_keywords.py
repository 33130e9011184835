"""Key words: what people type is understood in every language, and nothing else is."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatcher.tracking.keywords import WORDS, Heard, Meaning, asked_for, hear, normalised, words

LANGUAGES = [
    "en", "fa", "ar", "es", "fr", "de", "pt-BR", "zh-Hans", "zh-Hant", "ja", "hi", "ru", "tr",
]  # fmt: skip
ALL = [
    pytest.param(word, meaning, id=f"{meaning.value}-{language or 'carriers'}-{word}")
    for meaning, languages in WORDS.items()
    for language in languages
    for word in words(meaning, language)
]


@pytest.mark.parametrize(("word", "meaning"), ALL)
def test_every_word_means_what_its_table_says(word, meaning):
    """No word belongs to two meanings: the last table would win, and this would fail."""
    assert hear(word).meaning == meaning
    for written in (word.lower(), word.title(), f"  {word}! ", f"«{word}».", word.replace(" ", "")):
        assert hear(written).meaning == meaning


@pytest.mark.parametrize("meaning", WORDS)
def test_every_shipped_language_has_every_meaning(meaning):
    """Beside the carriers' own words."""
    assert list(WORDS[meaning]) == ["", *LANGUAGES]
    assert all(hear(asked_for(meaning, language)).meaning == meaning for language in LANGUAGES)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("stop", Meaning.STOP),
        ("Stop.", Meaning.STOP),
        ("S T O P", Meaning.STOP),
        ("STOP ALL", Meaning.STOP),
        ("opt-out", Meaning.STOP),
        ("ＳＴＯＰ", Meaning.STOP),
        ("𝐒𝐓𝐎𝐏", Meaning.STOP),
        ("\u200estop\u200f", Meaning.STOP),
        ("Arret", Meaning.STOP),
        ("arrêt", Meaning.STOP),
        ("iptal", Meaning.STOP),
        ("IPTAL", Meaning.STOP),
        ("ıptal", Meaning.STOP),
        ("İptal", Meaning.STOP),
        ("الغاء", Meaning.STOP),
        ("إلغاءُ", Meaning.STOP),
        ("ايقاف", Meaning.STOP),
        ("إيـقـاف", Meaning.STOP),
        ("لغو11", Meaning.STOP),
        ("لغو١١", Meaning.STOP),
        ("बन्द", Meaning.STOP),
        ("रोकेँ", Meaning.STOP),
        ("ストップ", Meaning.STOP),
        ("ｽﾄｯﾌﾟ", Meaning.STOP),
        ("stop 🛑", Meaning.STOP),
        ("كمك", Meaning.HELP),
        ("کمک", Meaning.HELP),
        ("ﾍﾙﾌﾟ", Meaning.HELP),
        ("bilgi", Meaning.HELP),
        ("BILGI", Meaning.HELP),
        ("help?!", Meaning.HELP),
        ("تاييد", Meaning.ACKNOWLEDGED),
        ("متوجه‌شدم", Meaning.ACKNOWLEDGED),
        ("पढ़ लिया", Meaning.ACKNOWLEDGED),
        ("पढ लिया", Meaning.ACKNOWLEDGED),
        ("O.K.", Meaning.ACKNOWLEDGED),
        ("Ok 👍🏽", Meaning.ACKNOWLEDGED),
        ("👍🏿", Meaning.ACKNOWLEDGED),
        ("✔️", Meaning.ACKNOWLEDGED),
        ("d’accord", Meaning.ACKNOWLEDGED),
        ("了解しました。", Meaning.ACKNOWLEDGED),
        ("comecar", Meaning.START),
        ("BASLAT", Meaning.START),
    ],
)
def test_how_people_write_makes_no_difference(text, meaning):
    assert hear(text).meaning == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("ok stop", Meaning.STOP),
        ("START STOP", Meaning.STOP),
        ("help, stop!", Meaning.STOP),
        ("stop stop stop", Meaning.STOP),
        ("OK help", Meaning.HELP),
        ("ok لغو", Meaning.STOP),
    ],
)
def test_stop_wins_over_all(text, meaning):
    """Of several key words the most urgent stands."""
    assert hear(text).meaning == meaning


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "?", "🛑", "👍👎", "yes", "no", "sí", "да", "はい", "T", "1", "11", "k",
        "please stop", "Where do I stop?", "I cannot stop it", "not ok", "is it ok to eat the rest",
        "stop" + " " * 200, "ok " * 60, "OK\n-- \nsent from my phone",
    ],
)  # fmt: skip
def test_what_is_not_a_key_word_alone_is_for_a_person(text):
    assert hear(text).meaning == Meaning.OTHER


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("hilfe", "de"), ("帮助", "zh-Hans"), ("幫助", "zh-Hant"), ("लغو", ""), ("لغو", "fa"), ("求助", ""),
        ("STOP", ""), ("ok", ""), ("停止", ""), ("مساعدة", "ar"), ("cancelar", ""),
    ],
)  # fmt: skip
def test_a_word_of_one_language_alone_tells_the_language(text, language):
    assert hear(text).language == language


def test_the_order_of_urgency_is_that_of_the_words():
    """The enum's order is a law, not a habit."""
    assert list(Meaning)[:4] == list(WORDS)
    for urgent, lesser in pairwise(WORDS):
        both = f"{asked_for(lesser, 'en')} {asked_for(urgent, 'en')}"
        assert hear(both).meaning == urgent


@given(st.text(max_size=40))
def test_normalising_twice_is_normalising_once(text):
    assert normalised(normalised(text)) == normalised(text)


@given(st.text(max_size=120))
def test_any_text_is_heard(text):
    assert isinstance(hear(text), Heard)


@given(
    st.sampled_from([param.values for param in ALL]),
    st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]),
    st.text(st.characters(categories=["P", "Z", "Cf"]), max_size=8),
)
def test_a_key_word_survives_every_form_and_frame(pair, form, frame):
    """However the handset encodes it and whatever punctuation is around it."""
    word, meaning = pair
    assert hear(frame + unicodedata.normalize(form, word) + frame).meaning == meaning
