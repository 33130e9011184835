"""The console's texts are in all thirteen catalogues, and nothing else is."""

from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
LOCALES = sorted(path.parents[1].name for path in ROOT.glob("locales/*/LC_MESSAGES/django.po"))


def written() -> set[tuple[str | None, str]]:
    """(context, text) of everything in the code and the templates that babel.cfg names."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    keywords = DEFAULT_KEYWORDS | {
        "gettext_lazy": None, "gettext_noop": None, "ngettext_lazy": (1, 2),
        "pgettext_lazy": ((1, "c"), 2),
    }  # fmt: skip
    found = extract_from_dir(ROOT, methods, options, keywords)
    return {(context, str(text)) for _, _, text, _, context in found}


@pytest.fixture(scope="module")
def texts():
    return written()


def test_something_is_found(texts):
    """In templates of both rooms and in the report's words."""
    assert {(None, "Dispatches"), (None, "Thank you"), ("report figure", "Delivered")} <= texts


@pytest.mark.parametrize("locale", LOCALES)
def test_a_catalogue_holds_what_the_pages_say(texts, locale):
    """No text is missing, none is left over, and slots are the same."""
    with (ROOT / "locales" / locale / "LC_MESSAGES" / "django.po").open("rb") as file:
        catalogue = read_po(file, locale=locale)
    held = {(one.context, str(one.id)) for one in catalogue if one.id}
    assert held >= texts
    assert [(one.id, str(error)) for one, errors in catalogue.check() for error in errors] == []


def test_all_thirteen_are_there():
    """The languages of the messages are those of the console."""
    assert len(LOCALES) == 13
