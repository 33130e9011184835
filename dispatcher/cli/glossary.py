"""`dispatcher glossary`: what a term is called in each language, and what it never is."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext, gettext_noop

from dispatcher.cli import shell
from dispatcher.cli.exchange import LARGEST, refuse_units
from dispatcher.cli.screen import plain, table
from dispatcher.cli.shell import REFUSED, NothingToDo, answer, operator, verb
from dispatcher.kit.errors import Refused
from dispatcher.wording import glossary
from dispatcher.wording.exchange import terms
from dispatcher.wording.exchange.units import NotTaken
from dispatcher.wording.glossary import Term

app = shell.noun(
    gettext_noop("The glossary: what a term is called in each language, and what it never is.")
)
Language = Annotated[
    str, typer.Option("--in", help=gettext_noop("Language: fa, pt-BR … Else every language."))
]
SourceLanguage = Annotated[
    str, typer.Option("--from", help=gettext_noop("Language in which the term is written."))
]
TermName = Annotated[str, typer.Argument(metavar="TERM", help=gettext_noop("As sources have it."))]
SHEETS = frozenset({".csv", ".xlsx"})


@verb(
    app,
    "list",
    text=gettext_noop(
        "The terms of a language with those of every language; without one, all.\n\n"
        "Example: dispatcher glossary list --in de"
    ),
)
def _list(*, language: Language = "") -> None:
    operator()
    found = glossary.terms(locale=language)
    if not found:
        raise NothingToDo(gettext("There is no term yet."))
    _show(found)


@verb(
    app,
    "add",
    text=gettext_noop(
        "Enter a term, or change it. Who vouches for a language enters its words; an admin all. A "
        "star at the end of a word stands for any ending; drafts use the first word.\n\n"
        "\b\n"
        "Examples:\n"
        "  dispatcher glossary add recall --in de --as 'Rückruf*' --never Rückholaktion\n"
        "  dispatcher glossary add 'Global Foods' --keep\n"
        "  dispatcher glossary add patient --in ja --as 患者様 --never 患者さん --note 'In letters'"
    ),
)
def _add(
    *,
    term: TermName,
    language: Language = "",
    source_language: SourceLanguage = "en",
    names: Annotated[
        list[str], typer.Option("--as", help=gettext_noop("What it is called; may be repeated."))
    ] = [],  # noqa: B006
    forbidden: Annotated[
        list[str], typer.Option("--never", help=gettext_noop("What it is never called."))
    ] = [],  # noqa: B006
    keep: Annotated[
        bool, typer.Option("--keep", help=gettext_noop("It is never translated."))
    ] = False,
    note: Annotated[str, typer.Option("--note", help=gettext_noop("For translators."))] = "",
) -> None:
    user = operator()
    wanted = Term(
        term, language, tuple(names), tuple(forbidden), keep, note, source_language=source_language
    )
    _show((glossary.put(wanted, by=user),))


@verb(app, "remove", text=gettext_noop("Strike a term out."))
def _remove(
    *, term: TermName, language: Language = "", source_language: SourceLanguage = "en"
) -> None:
    glossary.remove(term, locale=language, by=operator(), source_language=source_language)
    answer({"removed": term, "locale": language}, gettext("Struck out."))


@verb(
    app,
    "export",
    text=gettext_noop(
        "The terms of a language as a sheet for spreadsheets.\n\n"
        "Example: dispatcher glossary export --in de --output de.csv"
    ),
)
def _export(
    *,
    language: Language = "",
    source_language: SourceLanguage = "en",
    output: Annotated[
        Path | None, typer.Option("--output", help=gettext_noop("File; else the terminal."))
    ] = None,
) -> None:
    operator()
    found = [
        term
        for term in glossary.terms(locale=language, source_language=source_language)
        if term.locale == glossary.canonical(language)
    ]
    content = terms.write(
        found, locale=glossary.canonical(language), source_language=source_language
    )
    if output is None:
        sys.stdout.buffer.write(content)
        return
    output.write_bytes(content)
    facts = {"terms": len(found), "path": str(output)}
    answer(facts, gettext("%(terms)s terms written to %(path)s.") % facts)


@verb(
    app,
    "import",
    text=gettext_noop(
        "Take a sheet of terms, all or nothing: the headings term, translation, forbidden, keep, "
        "note; several words in a cell are parted by |.\n\n"
        "Example: dispatcher glossary import de.csv --in de"
    ),
)
def _import(
    *,
    file: Annotated[Path, typer.Argument(help=gettext_noop("CSV or XLSX file."))],
    language: Language = "",
    source_language: SourceLanguage = "en",
) -> None:
    user = operator()
    if not file.is_file():
        raise Refused("cli.no_file", path=str(file))
    if file.suffix.lower() not in SHEETS:
        kinds = ", ".join(sorted(SHEETS))
        raise Refused("wording.format_unknown", format=file.suffix or "-", known=kinds)
    with file.open("rb") as stream:
        content = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Refused("wording.xml_too_large", most=LARGEST)
    try:
        wanted = terms.read(content, locale=language, source_language=source_language)
    except NotTaken as refused:
        refuse_units(refused)
        raise typer.Exit(REFUSED) from None
    told = glossary.put_all(wanted, by=user)
    line = gettext("%(new)s terms are new, %(changed)s changed, %(unchanged)s unchanged.")
    answer(plain(told), line % plain(told))


def _show(found: tuple[Term, ...]) -> None:
    heads = [gettext("Term"), gettext("From"), gettext("Language"), gettext("Is called"),
             gettext("Never"), gettext("Stays"), gettext("Note"), gettext("Set by")]  # fmt: skip
    rows = [
        (one.term, one.source_language, one.locale or "*", ", ".join(one.names) or "-",
         ", ".join(one.forbidden) or "-", gettext("yes") if one.keep else "-", one.note or "-",
         one.set_by)
        for one in found
    ]  # fmt: skip
    answer(found, table(heads, rows))
