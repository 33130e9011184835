"""`dispatcher wordings export` and `import`: texts to translators' tools and back."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext, gettext_noop

from dispatcher.cli import shell
from dispatcher.cli.screen import plain, table
from dispatcher.cli.shell import REFUSED, answer, note, operator, verb
from dispatcher.cli.wordings import app
from dispatcher.kit.errors import Refused
from dispatcher.wording import owning
from dispatcher.wording.exchange.formats import READERS, WRITERS
from dispatcher.wording.exchange.units import NotTaken, collect, take

LARGEST = 20_000_000
"""Bytes of a file that is read; every format has a smaller limit of its own."""


@verb(
    app,
    "export",
    text=gettext_noop(
        "Texts with their sources for a translator: PO (Weblate, Poedit), XLIFF 1.2 or 2.1, or a "
        "CSV of two columns.\n\n"
        "\b\n"
        "Examples:\n"
        "  dispatcher wordings export recall.first.consumer --in fa --format xliff "
        "--output fa.xlf\n"
        "  dispatcher wordings export alert:7.consumer alert:7.retailer --in de --format po"
    ),
)
def _export(
    *,
    keys: Annotated[
        list[str],
        typer.Argument(metavar="KEY…", help=gettext_noop("For example recall.first.consumer.")),
    ],
    language: Annotated[str, typer.Option("--in", help=gettext_noop("Language: fa, pt-BR …"))],
    kind: Annotated[
        str, typer.Option("--format", help=gettext_noop("po, xliff (1.2), xliff2 (2.1) or csv."))
    ] = "po",
    output: Annotated[
        Path | None, typer.Option("--output", help=gettext_noop("File; else the terminal."))
    ] = None,
) -> None:
    user = operator()
    for key in keys:
        owning.require(owning.reads(user, key), user, key)
    if kind not in WRITERS:
        raise Refused("wording.format_unknown", format=kind, known=", ".join(WRITERS))
    bundle = collect(keys, locale=language)
    content = WRITERS[kind](bundle)
    if output is None:
        sys.stdout.buffer.write(content)
        return
    output.write_bytes(content)
    facts = {"units": len(bundle.units), "path": str(output)}
    answer(facts, gettext("%(units)s units written to %(path)s.") % facts)


@verb(
    app,
    "import",
    text=gettext_noop(
        "Take a translator's file: every text as a new version that waits for review, or nothing "
        "at all. What was edited against an older source is named, unit by unit.\n\n"
        "Example: dispatcher wordings import fa.xlf --in fa"
    ),
)
def _import(
    *,
    file: Annotated[Path, typer.Argument(help=gettext_noop("PO, XLIFF, CSV or XLSX file."))],
    language: Annotated[str, typer.Option("--in", help=gettext_noop("Language: fa, pt-BR …"))],
) -> None:
    user = operator()
    if not file.is_file():
        raise Refused("cli.no_file", path=str(file))
    kind = file.suffix.lower()
    if kind not in READERS:
        raise Refused("wording.format_unknown", format=kind or "-", known=", ".join(READERS))
    with file.open("rb") as stream:
        content = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Refused("wording.xml_too_large", most=LARGEST)
    try:
        told = take(READERS[kind](content, locale=language), by=user)
    except NotTaken as refused:
        refuse_units(refused)
        raise typer.Exit(REFUSED) from None
    line = gettext(
        "%(new)s texts are new and wait for review, %(unchanged)s are unchanged, %(untranslated)s "
        "units have no translation."
    )
    poor = gettext("Need editing: %(texts)s") % {"texts": ", ".join(told.needs_editing)}
    answer(plain(told), line % plain(told), *([poor] if told.needs_editing else []))


def refuse_units(refused: NotTaken) -> None:
    """Every unit that stands in the way, and its sentence."""
    problems = [(one.context, shell.sentence(one.error)) for one in refused.problems]
    value = {
        "error": {
            "code": refused.code,
            "sentence": shell.sentence(refused),
            "problems": [{"context": c, "sentence": told} for c, told in problems],
        }
    }
    note(shell.sentence(refused))
    answer(value, table([gettext("Unit"), gettext("Why")], problems))
