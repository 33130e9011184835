"""The words are whole: every locale has every text, and none is a guess."""

import ast
import re
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from babel.util import pathmatch
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.utils import translation

from dispatcher.operators import deeds
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


def forms(one: Message) -> tuple[str, ...]:
    """What a text is translated with: one, or one for each number."""
    if isinstance(one.string, str):
        return (one.string,)
    return tuple(one.string or ("",))


def gaps(found: Catalog) -> list[str]:
    """Texts that are empty or only guessed."""
    return [str(one.id) for one in found if one.id and (one.fuzzy or not all(forms(one)))]


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


PASSWORDS = ("short", "password1", "3141592653589793")
"""One for each of the rules: too short, known to everybody, digits only."""


def said_of(password: str) -> list[str]:
    """All that the rules say of it, in the language of the moment, and what they ask for."""
    try:
        validate_password(password)
    except ValidationError as refused:
        return [*refused.messages, *password_validators_help_texts()]
    return []


@pytest.mark.parametrize("locale", [one for one in LOCALES if one != "en"])
def test_a_password_is_refused_in_the_readers_language(locale):
    """Django has these sentences in some of our languages only; ours go before them."""
    with translation.override("en"):
        english = {line for one in PASSWORDS for line in said_of(one)}
    with translation.override(locale.replace("_", "-").lower()):
        told = {line for one in PASSWORDS for line in said_of(one)}
    assert len(told) == len(english)
    assert not told & english


def noted() -> set[str]:
    """The codes that the program writes into the journal, as far as they stand there as texts."""
    found = set()
    for path in (ROOT / "dispatcher").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("note"):
                texts = [one.value for one in node.args if isinstance(one, ast.Constant)]
                found |= {str(one) for one in texts if re.fullmatch(r"[a-z]+\.[a-z_]+", str(one))}
    return found


def test_the_journal_has_words_for_what_it_notes():
    """Who reads the journal reads a sentence, not a code."""
    assert len(noted()) > 40
    assert not noted() - set(deeds.DEEDS)


SAID_ELSEWHERE = ("dispatcher/cli/", "dispatcher/conf/", "dispatcher/operators/models.py")
"""The command line speaks English, Django knows the names of languages, offices name themselves."""


def test_what_is_marked_for_translation_is_found_when_the_catalogues_are_renewed():
    """A module that babel.cfg does not name would be shown in English for ever."""
    asked = (ROOT / "babel.cfg").read_text(encoding="utf-8")
    kept = [line[1:-1].split(": ")[1] for line in asked.splitlines() if line.startswith("[python:")]
    marked = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "dispatcher").rglob("*.py")
        if "django.utils.translation import" in (text := path.read_text(encoding="utf-8"))
        and re.search(r"import .*(gettext|\b_\b)", text)
    ]
    lost = [
        one
        for one in marked
        if not one.startswith(SAID_ELSEWHERE) and not any(pathmatch(held, one) for held in kept)
    ]
    assert not lost


def test_a_plural_has_all_forms_of_its_language():
    """An Arabic or Russian number without its form would be read in English."""
    for path in sorted(ROOT.glob("locales/*/LC_MESSAGES/django.po")):
        found = catalogue(path.parents[1].name, "django")
        many = [one for one in found if isinstance(one.id, tuple)]
        assert len(many) > 60
        assert not [one.id[0] for one in many if len(forms(one)) != found.num_plurals], path


def test_the_sign_after_a_name_is_the_languages_own():
    """French has a space before a colon, Chinese a wide one: both come from the catalogue."""
    glued = re.compile(r"%?[%}]\}(</\w+>)*[:;!?](?=[\s<])")
    within = re.compile(r"\{% blocktranslate.*?endblocktranslate %\}", re.DOTALL)
    pages = sorted((ROOT / "dispatcher").rglob("templates/**/*.html"))
    assert len(pages) > 100
    found = {
        str(page.relative_to(ROOT)): hit[0]
        for page in pages
        if (hit := glued.search(within.sub("", page.read_text(encoding="utf-8"))))
    }
    assert not found
    space = catalogue("fr", "django").get(": ", "between a name and what is said of it")
    assert space
    assert space.string == "\N{NARROW NO-BREAK SPACE}: "
