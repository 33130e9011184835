"""Nobody is greeted with "Dear ,"."""

import pytest
from django.conf import settings

from dispatcher.wording.nameless import NAMELESS, called


@pytest.mark.parametrize("locale", [code.lower() for code, _ in settings.LANGUAGES])
def test_every_shipped_language_has_a_word_for_who_has_no_name(locale):
    assert locale in {tag.lower() for tag in NAMELESS}


@pytest.mark.parametrize(
    ("name", "locale", "shown"),
    [
        ("Mina", "fa", "Mina"),
        ("", "tr", "ilgili"),
        ("  ", "en", "Sir or Madam"),
        ("", "sw", "Sir or Madam"),
    ],
)
def test_a_name_stands_and_none_is_replaced(name, locale, shown):
    assert called(name, locale=locale) == shown
