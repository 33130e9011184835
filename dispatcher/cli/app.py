"""The command line's nouns, put together; Django must be set up before this is imported."""

import os
from typing import Annotated

import typer
from django.utils import translation
from django.utils.translation import get_supported_language_variant, gettext_noop

from dispatcher.cli import (
    alert,
    answering,
    bench,
    books,
    decide,
    demo,
    doctor,
    drift,
    exchange,
    glossary,
    matrix,
    operators,
    people,
    prices,
    reach,
    rights,
    segments,
    sending,
    sentences,
    shell,
    up,
    wordings,
)

app = shell.noun(
    gettext_noop(
        "Crisis communications in many languages.\n\n"
        "Write an alert, see it in every language, get it approved, send it, watch it arrive:\n\n"
        "\b\n"
        "  dispatcher alert compose recall --mode drill --segment 'region in EU'\n"
        "  dispatcher alert fact 1 product 'Morning Oats' --source 'QA report 7' --verify\n"
        "  dispatcher alert preview 1\n"
        "  dispatcher alert submit 1\n"
        "  dispatcher alert approve 1\n"
        "  dispatcher alert launch 1\n"
        "  dispatcher alert report 1\n\n"
        "Each command acts with your personal key (see `dispatcher operators key --help`)."
    )
)
LEARNED = (
    answering, bench, decide, drift, exchange, matrix, reach, rights, sending, sentences,
)  # fmt: skip
"""Modules that add verbs to `alert`, `contacts` and `wordings`, or sentences, by being imported."""

app.add_typer(alert.app, name="alert")
app.add_typer(people.app, name="contacts")
app.add_typer(segments.app, name="segments")
app.add_typer(wordings.app, name="wordings")
app.add_typer(wordings.app, name="wording", hidden=True)  # what people type as well
app.add_typer(prices.app, name="prices")
app.add_typer(glossary.app, name="glossary")
app.add_typer(operators.app, name="operators")
app.add_typer(books.app, name="ledger")
doctor.register(app)
app.command("up")(up.up)
app.command("demo")(demo.demo)


@app.callback()
def _root(
    language: Annotated[
        str, typer.Option("--language", help=gettext_noop("Of these messages: en, fa, pt-BR …"))
    ] = "",
) -> None:
    speak(language)


def speak(language: str = "") -> None:
    """Activate the language asked for, else DISPATCHER_LANG, else the terminal's; else English."""
    asked = language or next(
        (os.environ[name] for name in _VARIABLES if os.environ.get(name)), "en"
    )
    tag = asked.partition(".")[0].partition("@")[0].replace("_", "-").lower()
    try:
        translation.activate(get_supported_language_variant(tag))
    except LookupError:
        translation.activate("en")


_VARIABLES = ("DISPATCHER_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
