"""The glossary as a sheet that spreadsheets open and give back: a line a term."""

import csv
from collections.abc import Iterable
from io import BytesIO, StringIO

from contacts import sheets, workbooks
from contacts.errors import Refused as SheetRefused
from dispatcher.kit.errors import Refused
from dispatcher.wording import glossary, tags
from dispatcher.wording.exchange.sheet import defused, plain
from dispatcher.wording.exchange.units import NotTaken, Problem
from dispatcher.wording.glossary import Term

HEADINGS = ("term", "translation", "forbidden", "keep", "note")
BETWEEN = "|"
"""Between several translations or forbidden words in one cell; commas stand inside words."""
KEEP = frozenset({"yes", "true", "1", "x", "keep"})
"""What people and spreadsheets write for yes (`TRUE`, a cross)."""


def write(terms: Iterable[Term], *, locale: str, source_language: str = "en") -> bytes:
    """The terms as CSV: UTF-8 with a mark, which Excel needs; formulas defused."""
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*HEADINGS, f"{source_language} > {locale or '*'}"])
    for term in terms:
        row = (
            term.term,
            f" {BETWEEN} ".join(term.names),
            f" {BETWEEN} ".join(term.forbidden),
            "yes" if term.keep else "",
            term.note,
        )
        writer.writerow([defused(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def read(content: bytes, *, locale: str, source_language: str = "en") -> tuple[Term, ...]:
    """The terms of a CSV or XLSX in any delimiter and encoding; headings in any order.

    Raises Refused `wording.sheet_headings`, `wording.sheet_unreadable`, `wording.xliff_language`
    when the sheet says that it is for others, and NotTaken with every line that cannot be.
    """
    try:
        with sheets.opened(BytesIO(content), weigh=_weigh, limits=workbooks.WORDS) as sheet:
            rows = [(line, [" ".join(cell.split()) for cell in row]) for line, row in sheet.rows]
    except SheetRefused as error:
        raise Refused("wording.sheet_unreadable", why=error.code) from None
    named = [cell.lower() for cell in rows[0][1]] if rows else []
    if not {"term", "translation"} <= set(named):
        raise Refused("wording.sheet_headings", wanted=", ".join(HEADINGS[:2]))
    source_language = tags.canonical(source_language)
    _check_pair(named, locale=locale, source_language=source_language)
    found: dict[str, Term] = {}
    problems = []
    for line, row in rows[1:]:
        held = dict(zip(named, map(plain, row), strict=False))
        if not any(held.values()):
            continue
        try:
            term = glossary.checked(_term(held, locale, source_language))
        except Refused as error:
            problems.append(Problem(str(line), error))
            continue
        if term.term.casefold() in found:
            twice = Refused("wording.term_repeated", term=term.term)
            problems.append(Problem(str(line), twice))
        found[term.term.casefold()] = term
    if problems:
        raise NotTaken(locale or "*", tuple(problems))
    return tuple(found.values())


def _check_pair(named: list[str], *, locale: str, source_language: str) -> None:
    """A sheet that says for which languages it is, is for these."""
    pair = next((cell for cell in named if " > " in cell), "")
    wanted = f"{source_language} > {tags.canonical(locale) if locale else '*'}".lower()
    if pair and pair != wanted:
        raise Refused("wording.xliff_language", found=pair, wanted=wanted)


def _term(held: dict[str, str], locale: str, source_language: str) -> Term:
    return Term(
        held.get("term", ""),
        locale,
        tuple(held.get("translation", "").split(BETWEEN)),
        tuple(held.get("forbidden", "").split(BETWEEN)),
        held.get("keep", "").lower() in KEEP,
        held.get("note", ""),
        source_language,
    )


def _weigh(row: list[str]) -> int:
    return len({cell.strip().lower() for cell in row} & set(HEADINGS))
