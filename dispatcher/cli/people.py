"""`dispatcher contacts`: bring people in from a spreadsheet, look at them, take them out again."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from django.utils.translation import gettext, gettext_noop

from contacts import errors, importing
from contacts.errors import Refused as PeopleRefused
from contacts.exporting import export
from contacts.importing import ImportReport
from contacts.reach import Audience
from contacts.rows import Refusal
from dispatcher.cli import shell
from dispatcher.cli.registry import held, sentence_of, write_csv
from dispatcher.cli.screen import cell, plain, table
from dispatcher.cli.shell import NothingToDo, answer, asks_json, note, reader, verb
from dispatcher.kit.errors import Refused
from dispatcher.operators import access, journal
from dispatcher.operators.models import User
from dispatcher.operators.roles import Role

app = shell.noun(gettext_noop("Contacts: the people who may be told."))
KEEPER = (Role.REGISTRY_KEEPER,)


@verb(
    app,
    "import",
    text=gettext_noop(
        "Read a CSV or XLSX file into the registry, or into a private list.\n\n"
        "Encoding and delimiter are detected and shown; headings are matched loosely. Refused rows "
        "are named with line, column and reason. The same file twice changes nothing.\n\n"
        "\b\n"
        "Examples:\n"
        "  dispatcher contacts import people.csv --dry-run\n"
        "  dispatcher contacts import people.xlsx --map 'Handy=phone' --country DE\n"
        "  dispatcher contacts import affected.csv --new-list 'Affected customers'"
    ),
)
def _import(
    *,
    file: Annotated[Path, typer.Argument(help=gettext_noop("CSV or XLSX file."))],
    new_list: Annotated[
        str, typer.Option("--new-list", help=gettext_noop("Make a private list of this name."))
    ] = "",
    to_list: Annotated[
        int, typer.Option("--list", help=gettext_noop("Number of a private list."))
    ] = 0,
    mapping: Annotated[
        list[str],
        typer.Option("--map", help=gettext_noop("HEADING=field; an empty field leaves it out.")),
    ] = [],  # noqa: B006
    encoding: Annotated[
        str, typer.Option("--encoding", help=gettext_noop("Instead of what is detected."))
    ] = "",
    delimiter: Annotated[
        str, typer.Option("--delimiter", help=gettext_noop("Instead of what is detected."))
    ] = "",
    country: Annotated[
        str, typer.Option("--country", help=gettext_noop("Of rows that name none: DE, BR …"))
    ] = "",
    tolerate: Annotated[
        float,
        typer.Option(
            "--tolerate",
            min=0,
            max=1,
            help=gettext_noop("Share of refused rows up to which the others are taken."),
        ),
    ] = 0.1,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=gettext_noop("Check everything, keep nothing."))
    ] = False,
) -> None:
    user = reader(*KEEPER)
    if not file.is_file():
        raise Refused("cli.no_file", path=str(file))
    list_id = to_list or (importing.make_list(new_list) if new_list and not dry_run else None)
    report = importing.import_file(
        file,
        by=user.username,
        scope=access.scope_of(user, *KEEPER),
        list_id=list_id,
        mapping=_mapping(mapping),
        encoding=encoding,
        delimiter=delimiter,
        country=country,
        tolerate=tolerate,
        rehearse=dry_run,
        progress=_progress,
    )
    if report.applied:
        journal.note(user, "contacts.imported", f"import:{report.import_id}", rows=report.rows)
    _show_import(report, list_id)


@verb(
    app,
    "list",
    text=gettext_noop(
        "People of the registry whom you may see.\n\n"
        "Example: dispatcher contacts list --segment 'role = retailer and region in EU'"
    ),
)
def _list(
    *,
    segment: Annotated[
        str, typer.Option("--segment", help=gettext_noop("A sentence, or @name of a saved one."))
    ] = "everyone",
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000)] = 50,
) -> None:
    user = reader(*KEEPER, Role.AUTHOR)
    people = _people(user, segment, limit=limit)
    heads = [gettext("Reference"), gettext("Name"), gettext("Region"), gettext("Languages"),
             gettext("Roles"), gettext("Channels")]  # fmt: skip
    rows = [
        (p["reference"], p["name"], p["region"], _joined(p["languages"]), _joined(p["roles"]),
         _joined(p["channels"]))
        for p in people
    ]  # fmt: skip
    answer(people, table(heads, rows))


@verb(
    app,
    "export",
    text=gettext_noop(
        "Write people as CSV, in the columns that the import reads; it is on record.\n\n"
        "Example: dispatcher contacts export --segment 'region in EU' --output eu.csv"
    ),
)
def _export(
    *,
    segment: Annotated[
        str, typer.Option("--segment", help=gettext_noop("A sentence, or @name of a saved one."))
    ] = "everyone",
    output: Annotated[
        Path | None, typer.Option("--output", help=gettext_noop("File; else the terminal."))
    ] = None,
) -> None:
    user = reader(*KEEPER)
    scope = access.scope_of(user, *KEEPER)
    if not any(held(segment, scope=scope, limit=1)):
        raise NothingToDo(gettext("Nobody is in this segment whom you may see."))
    found = export(Audience(segment=sentence_of(segment)), scope=scope)
    if output is None:
        rows = write_csv(found, sys.stdout)
    else:
        output.touch(mode=0o600)
        with output.open("w", encoding="utf-8-sig", newline="") as file:
            rows = write_csv(found, file)  # with a BOM: Excel needs it
    journal.note(user, "contacts.exported", "contacts", rows=rows, segment=segment)
    if output is not None:
        line = gettext("%(rows)s people written to %(path)s.")
        answer({"rows": rows, "path": str(output)}, line % {"rows": rows, "path": output})


def _mapping(pairs: list[str]) -> dict[str, str]:
    held = {}
    for pair in pairs:
        heading, sign, field = pair.rpartition("=")
        if not sign:
            raise Refused("cli.bad_pair", pair=pair)
        held[heading.strip()] = field.strip()
    return held


def _progress(rows: int) -> None:
    if sys.stderr.isatty() and not asks_json():
        sys.stderr.write("\r" + gettext("%(rows)s rows read") % {"rows": rows})
        sys.stderr.flush()


def _show_import(report: ImportReport, list_id: int | None) -> None:
    """What was detected, what was done, what was refused; a refused file ends with code 1."""
    read_as = gettext(
        "%(file)s: %(kind)s, encoding %(encoding)s, delimiter %(delimiter)s, "
        "headings in line %(line)s"
    )
    note(
        read_as
        % {
            "file": cell(report.file_name),
            "kind": report.kind,
            "encoding": report.encoding or "-",
            "delimiter": repr(report.delimiter) if report.delimiter else "-",
            "line": report.header_line,
        }
    )
    done = gettext(
        "%(rows)s rows: %(created)s new, %(updated)s updated, %(unchanged)s unchanged, "
        "%(refused)s refused"
    )
    parts = [done % {name: getattr(report, name) for name in _COUNTS}]
    if list_id is not None:
        parts.append(gettext("Private list %(list)s") % {"list": list_id})
    if not report.applied:
        parts.append(gettext("Nothing was written."))
    heads = [gettext("Line"), gettext("Column"), gettext("Why"), gettext("Value")]
    refused = [(r.line, r.column, why(r), r.value) for r in report.refusals]
    tables = [table(heads, refused)] if refused else []
    answer({"list": list_id, **plain(report)}, *parts, *tables)
    if report.code:
        raise PeopleRefused(report.code, rows=report.rows, refused=report.refused)


def why(refusal: Refusal) -> str:
    """The sentence for one refused cell."""
    return errors.sentence(PeopleRefused(refusal.code, value=refusal.value, line=refusal.line))


_COUNTS = ("rows", "created", "updated", "unchanged", "refused")


def _people(user: User, segment: str, *, limit: int) -> list[dict[str, Any]]:
    scope = access.scope_of(user, *KEEPER, Role.AUTHOR)
    return [
        {
            "reference": person.reference,
            "name": person.name,
            "region": person.region,
            "languages": person.languages,
            "roles": person.roles,
            "channels": sorted({a.channel for a in person.addresses if not a.retired_at}),
        }
        for person in held(segment, scope=scope, limit=limit)
    ]


def _joined(words: Iterable[str]) -> str:
    return ", ".join(words)
