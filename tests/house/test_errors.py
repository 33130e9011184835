"""Every error that a person can meet has a sentence, and the sentence finds its facts."""

import ast
import importlib
import re
from collections.abc import Iterator

import pytest
from django.utils import translation

from contacts import errors as contacts_errors
from dispatcher.kit import errors as kit_errors
from tests.house.tree import modules, parsed, told

CODE = re.compile(r"^[a-z_]+(\.[a-z0-9_]+)+$")

for module in modules():
    if module.stem.endswith("sentences"):
        importlib.import_module(told(module).removesuffix(".py").replace("/", "."))


def classes() -> set[str]:
    """Names of Refused and of the classes made from it."""
    found = {"Refused"}
    for _ in range(3):
        for path in modules():
            for node in ast.walk(parsed(path)):
                if isinstance(node, ast.ClassDef):
                    bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
                    found |= {node.name} if bases & found else set()
    return found


def raised() -> Iterator[tuple[str, str, frozenset[str] | None]]:
    """Where, which code, and the facts that go along (None when they cannot be read off)."""
    known = classes()
    for path in modules():
        for node in ast.walk(parsed(path)):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            code = node.args[0]
            if name in known and isinstance(code, ast.Constant) and CODE.match(str(code.value)):
                facts = [keyword.arg for keyword in node.keywords]
                given = None if None in facts else frozenset(str(fact) for fact in facts)
                yield f"{told(path)}:{node.lineno}", str(code.value), given


FOUND = sorted(raised(), key=str)


def text_of(code: str) -> str | None:
    """The sentence's text with its slots."""
    told_here = {**kit_errors._SENTENCES, **contacts_errors._SENTENCES}
    return str(told_here[code]) if code in told_here else None


def test_there_are_errors_to_look_at():
    """The search finds the codes that we know to be there."""
    assert {"local.running", "up.port_taken"} <= {code for _where, code, _facts in FOUND}


@pytest.mark.parametrize(("where", "code", "facts"), FOUND)
def test_an_error_has_a_sentence_and_its_facts(where, code, facts):
    """`%(fact)s` in the sentence is among the facts that are raised with it."""
    text = text_of(code)
    assert text is not None, f"{where}: {code} has no sentence"
    slots = set(re.findall(r"%\((\w+)\)", text))
    assert facts is None or slots <= facts, f"{where}: {code} lacks {slots - facts}"


COUNTED = [
    ("alerts.people_without_language", "people", "1 person has", "2 people have"),
    ("alerts.quiet_late", "people", "1 person would", "2 people would"),
    ("alerts.nobody_reachable", "people", "The only person", "None of the 2 people"),
    ("alerts.not_ready", "count", "(1 reason)", "(2 reasons)"),
    ("alerts.long_sms", "parts", "1 part.", "2 parts."),
    ("alerts.reason_missing", "least", "1 character)", "2 characters)"),
    ("alerts.sms_links_refused", "people", "1 person;", "2 people;"),
    ("alerts.sms_links_registered", "people", "1 person;", "2 people;"),
    ("alerts.sms_phones_refused", "people", "1 person;", "2 people;"),
    ("alerts.sms_sender_registered", "people", "1 person;", "2 people;"),
    ("alerts.sms_sender_numeric", "people", "1 person;", "2 people;"),
    ("alerts.sms_hours", "people", "1 person;", "2 people;"),
    ("alerts.sms_receipts_partial", "people", "1 person;", "2 people;"),
    ("wording.text_too_long", "length", "1 character;", "2 characters;"),
    ("wording.fact_too_long", "length", "1 character;", "2 characters;"),
    ("wording.outdates", "count", "1 language would", "2 languages would"),
    ("wording.sms_cost", "parts", "1 part;", "2 parts;"),
    ("wording.push_long", "length", "1 character;", "2 characters;"),
    ("wording.sms_parts", "parts", "1 part (", "2 parts ("),
    ("wording.sms_long", "parts", "1 part with", "2 parts with"),
]


class Facts(dict[str, object]):
    """Every other fact is a word."""

    def __missing__(self, name: str) -> str:
        """Its own name."""
        return name


@pytest.mark.parametrize(("code", "number", "one", "two"), COUNTED)
def test_a_sentence_has_the_plural_of_its_number(code, number, one, two):
    """Nobody reads of 1 people."""
    with translation.override("en"):
        text = kit_errors._SENTENCES[code]
        told = [str(text % Facts({number: n})) for n in (1, 2)]
    assert [one in told[0], two in told[1]] == [True, True]


def test_no_sentence_counts_without_plurals():
    """A number of people, parts, languages or reasons is told in the plural of its language."""
    counted = re.compile(r"%\((people|parts|count)\)s \w")
    plain = [
        code
        for code, text in kit_errors._SENTENCES.items()
        if counted.search(str(text))
        and not hasattr(text, "_get_number_value")
        and not code.startswith("cli.")
    ]
    assert not plain
