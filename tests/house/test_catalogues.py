"""The words are whole: every locale has every text, and none is a guess."""

import re
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from tests.house.tree import ROOT

LOCALES = [
    "en",
    "fa",
    "ar",
    "es",
    "fr",
    "de",
    "pt_BR",
    "zh_Hans",
    "zh_Hant",
    "ja",
    "hi",
    "ru",
    "tr",
]


def catalogue(locale: str, domain: str) -> Catalog:
    """One .po file."""
    path = ROOT / "locales" / locale / "LC_MESSAGES" / f"{domain}.po"
    if not path.exists():
        pytest.fail(f"{path.relative_to(ROOT)} is missing")
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def contexts(found: Catalog) -> set[tuple[str, str]]:
    """(context, English text) of each message."""
    return {(str(one.context or ""), str(one.id)) for one in found if one.id}


def test_there_is_no_other_locale():
    """A folder with a typo would be read by nobody."""
    assert {path.parent.name for path in (ROOT / "locales").glob("*/LC_MESSAGES")} == set(LOCALES)


def gaps(found: Catalog) -> list[str]:
    """Texts that are empty or only guessed."""
    return [str(one.id) for one in found if one.id and (one.fuzzy or not one.string)]


@pytest.mark.parametrize("locale", LOCALES)
def test_the_crisis_wordings_are_whole(locale):
    """The same texts in the same contexts as English; none empty, none fuzzy."""
    found = catalogue(locale, "alerts")
    assert contexts(found) == contexts(catalogue("en", "alerts"))
    assert not gaps(found)


@pytest.mark.parametrize("path", sorted(ROOT.glob("locales/*/LC_MESSAGES/django.po")), ids=str)
def test_the_console_is_whole_where_it_is_translated(path):
    """A console in two languages at once confuses whoever is in a hurry."""
    assert not gaps(catalogue(path.parents[1].name, "django"))


@pytest.mark.parametrize("locale", LOCALES)
def test_a_catalogue_says_how_it_was_checked(locale):
    """Its header tells a translator what to trust."""
    path = ROOT / "locales" / locale / "LC_MESSAGES" / "alerts.po"
    assert re.search(r'^"X-Checked: \w.+"$', path.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_locale_is_one_that_babel_knows(locale):
    """Plural forms and formats come from CLDR."""
    assert Locale.parse(locale)


def test_no_compiled_catalogue_is_committed():
    """.mo files are made by the build and by ./dispatch."""
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert "*.mo" in ignored
    assert Path(ROOT / "locales" / "__init__.py").exists()
