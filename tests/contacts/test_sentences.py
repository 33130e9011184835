"""What is said to people."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from contacts import errors, sentences, territories
from contacts.addresses import phone
from contacts.errors import Refused, sentence, told
from contacts.models import Role
from contacts.segments import parse

SOURCE = "\n".join(
    path.read_text("utf-8")
    for path in Path("contacts").rglob("*.py")
    if path.name != "sentences.py"
)
CODES = {
    f"contacts.{name}"
    for name in re.findall(
        r"contacts\.((?:region|phone|email|push|file|header|heading|field|row|text|day|list|role|consent|reference|contact|kind|audience|language|time)_[a-z_]+)\"",
        SOURCE,
    )
}


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_has_a_sentence(code):
    """Nobody is shown a bare code."""
    assert told(code)


def test_codes_that_are_put_together_have_sentences_too():
    """Of phones and of segments."""
    for name in ("letters", "empty", "short", "long", "unknown", "country", "home"):
        assert told(f"contacts.phone_{name}")
    for name in (
        "field",
        "role",
        "region",
        "language",
        "expected",
        "end",
        "open",
        "quote",
        "letter",
        "deep",
        "day",
    ):
        assert told(f"contacts.segment_{name}")


def test_a_sentence_names_the_facts():
    """Places are told as people count them, from 1."""
    with pytest.raises(Refused) as refused:
        parse("rol = customer")
    with translation.override("en"):
        assert sentence(refused.value) == "“rol” at character 1 is not a field. Did you mean: role?"
    with pytest.raises(Refused) as refused:
        phone("letters")
    assert "letters" in sentence(refused.value)


def test_a_code_without_a_sentence_tells_itself():
    """Developers see code and facts."""
    assert sentence(Refused("contacts.new", what=1)) == "contacts.new (what=1)"


def test_the_first_roles_are_translated(db):
    """The table's titles are known to the catalogues."""
    assert db is None
    assert set(Role.objects.values_list("title", flat=True)) <= set(sentences.ROLE_TITLES)


def test_the_room_imports_nothing_of_the_dispatcher():
    """The people may not know what is sent."""
    assert not re.search(r"^\s*(from|import) dispatcher", SOURCE, re.MULTILINE)
    assert errors.__name__ == "contacts.errors"
    assert settings.configured
    assert territories.WORLD == "001"
