"""Two columns for people without tools: a CSV that spreadsheets open and give back."""

import csv
from io import BytesIO, StringIO

from contacts import sheets, workbooks
from contacts.errors import Refused as SheetRefused
from dispatcher.kit.errors import Refused
from dispatcher.wording.exchange.units import Bundle, Unit
from dispatcher.wording.states import State

HEADINGS = ("context", "source", "translation", "state", "note")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write(bundle: Bundle) -> bytes:
    """UTF-8 with a mark, which Excel needs; what it would run as a formula is defused."""
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*HEADINGS, f"{bundle.source_language} > {bundle.locale}"])
    for unit in bundle.units:
        row = (unit.context, unit.source, unit.target, unit.state, unit.note)
        writer.writerow([defused(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def read(content: bytes, *, locale: str, source_language: str = "") -> Bundle:
    """Any delimiter, encoding and line ends; XLSX, too. Headings may stand in any order.

    Raises Refused `wording.sheet_headings`, `wording.sheet_unreadable` (with `why`) and
    `wording.unit_repeated`.
    """
    try:
        with sheets.opened(BytesIO(content), weigh=_weigh, limits=workbooks.WORDS) as sheet:
            rows = [[cell.replace("\r\n", "\n") for cell in row] for _, row in sheet.rows]
    except SheetRefused as error:
        raise Refused("wording.sheet_unreadable", why=error.code) from None
    named = [cell.strip().lower() for cell in rows[0]] if rows else []
    if not {"context", "source", "translation"} <= set(named):
        raise Refused("wording.sheet_headings", wanted=", ".join(HEADINGS[:3]))
    pair = next((cell for cell in named if " > " in cell), "")
    units: dict[str, Unit] = {}
    for row in rows[1:]:
        held = dict(zip(named, (plain(cell) for cell in row), strict=False))
        context = held.get("context", "").strip()
        if not context:
            continue
        if context in units:
            raise Refused("wording.unit_repeated", context=context[:120])
        units[context] = Unit(
            context, held.get("source", ""), held.get("translation", ""), State.IN_REVIEW.value
        )
    said = source_language or (pair.split(" > ")[0] if pair else "")
    return Bundle(said, locale, tuple(units.values()))


def _weigh(row: list[str]) -> int:
    return len({cell.strip().lower() for cell in row} & set(HEADINGS))


def defused(cell: str) -> str:
    """The cell as no spreadsheet runs it."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def plain(cell: str) -> str:
    """Back from `defused`."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
