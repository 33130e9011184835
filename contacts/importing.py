"""A spreadsheet of people -> the registry: read, map, check, stage, apply.

The file is the truth for the columns that it has: a cell that is empty empties the field, a number
that is gone is retired, a column that is absent changes nothing. Consent is the exception: an empty
cell says nothing, and a file's word counts only when it differs from what the last file said.

Nothing at all is applied when the file as a whole cannot be trusted: when it is no table, has no
header that we know or one that says a thing twice, cannot be decoded to its end, has no usable row,
or when more than `tolerate` of its rows are refused (a shifted column makes all of them wrong).
Otherwise the good rows are applied and each refused cell is kept with its line.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

from django.db import transaction

from contacts import headings, staging
from contacts.errors import Refused
from contacts.headings import Header
from contacts.models import AdHocList, Channel, Import, RefusedCell, Role
from contacts.reach import KINDS
from contacts.regions import Scope
from contacts.rows import House, Person, Refusal, check
from contacts.sheets import Row, Sheet, opened
from contacts.territories import place

# One page of rows in memory at a time, and one call of `progress`.
_PAGE: Final = 5_000
# As many refusals as a person reads; all of them are in the table (`refusals`).
_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came of a file.

    `applied` says whether anything was written (never in a rehearsal); `code` is '' or why the
    file as a whole was not taken. `rows` = created + updated + unchanged + refused, where a
    refused file has only refused and, as unchanged, the rows that would have been good.
    `columns` is heading -> field; `refusals` are the first of `by_code`'s, 200 unless asked.
    """

    import_id: int
    file_name: str
    kind: str
    encoding: str
    delimiter: str
    header_line: int
    columns: Mapping[str, str]
    ignored: tuple[str, ...]
    rows: int
    created: int
    updated: int
    unchanged: int
    refused: int
    by_code: Mapping[str, int]
    refusals: tuple[Refusal, ...]
    applied: bool
    code: str


@dataclass(slots=True)
class _Tally:
    """What has been read so far."""

    rows: int = 0
    good: int = 0


def import_file(
    source: Path | BinaryIO,
    *,
    by: str,
    scope: Scope,
    file_name: str = "",
    list_id: int | None = None,
    mapping: Mapping[str, str] | None = None,
    encoding: str = "",
    delimiter: str = "",
    country: str = "",
    tolerate: float = 0.1,
    rehearse: bool = False,
    progress: Callable[[int], None] | None = None,
    shown: int = _SHOWN,
) -> ImportReport:
    """Read a CSV or XLSX file of people and apply it in one transaction.

    `by` names who does it and `scope` limits whom the file may be about. `list_id` imports into a
    private list instead of the registry; there a reference is not needed. `mapping` is heading ->
    field ('' leaves a column out), `encoding` and `delimiter` overrule what is detected, `country`
    is that of rows without one, `tolerate` the share of refused rows (0 to 1) up to which the
    others are applied. `rehearse` does everything and keeps nothing. `progress` is called with the
    number of rows read; of what is refused the first `shown` cells are in the report.

    Raises `contacts.file_*`, `contacts.header_*`, `contacts.heading_missing`,
    `contacts.field_unknown`, `contacts.list_unknown`.
    """
    mapping = mapping or {}
    known = house(scope, country=country, list_id=list_id)
    name = Path(file_name or getattr(source, "name", "") or "").name
    weigh = headings.weigher(mapping)
    with (
        opened(source, weigh=weigh, encoding=encoding, delimiter=delimiter) as sheet,
        _kept(rehearse=rehearse),
    ):
        header = headings.find(sheet, mapping=mapping)
        _refuse_useless(header, known)
        record = _begin(name, by, list_id, sheet, header)
        staging.prepare()
        tally = _read(sheet, header, known, source=record.pk, progress=progress)
        tally.good -= _doubtful(record, header, known)
        return _finish(
            record, sheet, header, tally, tolerate=tolerate, rehearse=rehearse, shown=shown
        )


def refusals(import_id: int) -> Iterator[Refusal]:
    """Every refused cell of an import in the order of its lines, streamed."""
    cells = RefusedCell.objects.filter(source_id=import_id).order_by("line", "id")
    for cell in cells.iterator(chunk_size=_PAGE):
        yield Refusal(cell.line, cell.column, cell.code, cell.value)


def make_list(name: str) -> int:
    """A private list, empty; its id."""
    return int(AdHocList.objects.create(name=name).pk)


@contextmanager
def _kept(*, rehearse: bool) -> Iterator[None]:
    """One transaction, undone when it was a rehearsal."""
    with transaction.atomic():
        yield
        if rehearse:
            transaction.set_rollback(True)


def house(scope: Scope, *, country: str, list_id: int | None) -> House:
    """What this organisation knows, for the check of rows. Raises `contacts.list_unknown`."""
    if list_id is not None and not AdHocList.objects.filter(pk=list_id, erased_at=None).exists():
        raise Refused("contacts.list_unknown", list=list_id)
    return House(
        roles=frozenset(Role.objects.values_list("key", flat=True)),
        kinds=tuple(KINDS),
        channels=tuple(Channel.values),
        territory=scope.territory(),
        country=place(country)[:2] if country else "",
        needs_reference=list_id is None,
    )


def _refuse_useless(header: Header, house: House) -> None:
    """A file that cannot say whom it is about."""
    needed = ("reference",) if house.needs_reference else ("reference", "phone", "email", "push")
    if not header.has(*needed):
        found = ", ".join(filter(None, header.headings))
        raise Refused("contacts.header_no_reference", needed=" / ".join(needed), found=found)


def _begin(name: str, by: str, list_id: int | None, sheet: Sheet, header: Header) -> Import:
    read_as = {
        "kind": sheet.kind,
        "encoding": sheet.encoding,
        "delimiter": sheet.delimiter,
        "header_line": header.line,
        "columns": header.used,
        "ignored": header.ignored,
    }
    return Import.objects.create(
        list_id=list_id,
        file_name=name[:300],
        by=by,
        state=Import.State.REFUSED,
        code="",
        read_as=read_as,
        **dict.fromkeys(("rows", "created", "updated", "unchanged", "refused"), 0),
    )


def _read(
    sheet: Sheet,
    header: Header,
    house: House,
    *,
    source: int,
    progress: Callable[[int], None] | None,
) -> _Tally:
    """Check and stage all rows, a page at a time."""
    tally = _Tally()
    for page in _pages(row for row in sheet.rows if any(cell.strip() for cell in row[1])):
        people: list[Person] = []
        wrong: list[Refusal] = []
        for line, row in page:
            checked = check(line, row, header=header, house=house)
            if isinstance(checked, Person):
                people.append(checked)
            else:
                wrong += checked
        staging.stage(people, wrong, source=source)
        tally.rows += len(page)
        tally.good += len(people)
        if progress:
            progress(tally.rows)
    return tally


def _pages(rows: Iterable[Row]) -> Iterator[list[Row]]:
    held = iter(rows)
    while page := list(islice(held, _PAGE)):
        yield page


def _doubtful(record: Import, header: Header, known: House) -> int:
    """Refuse what only the whole file and the registry can tell; counts the rows."""
    heading = next((h for h, f in header.used.items() if f == "reference"), "")
    return staging.refuse_twice(source=record.pk, heading=heading) + staging.refuse_outside(
        known.territory,
        header=header,
        list_id=record.list_id,
        source=record.pk,
        heading=heading,
    )


def _finish(
    record: Import,
    sheet: Sheet,
    header: Header,
    tally: _Tally,
    *,
    tolerate: float,
    rehearse: bool,
    shown: int,
) -> ImportReport:
    """Apply if the file can be trusted, and write down what came of it."""
    refused = tally.rows - tally.good
    code = _why_not(rows=tally.rows, refused=refused, tolerate=tolerate)
    done = staging.Applied(0, 0) if code else staging.apply(header, list_id=record.list_id)
    record.code = code
    record.state = Import.State.REFUSED if code else Import.State.APPLIED
    record.rows, record.refused = tally.rows, refused
    record.created, record.updated = done.created, done.updated
    record.unchanged = tally.good - done.created - done.updated
    record.save(
        update_fields=["code", "state", "rows", "refused", "created", "updated", "unchanged"]
    )
    return _report(record, sheet, header, applied=not code and not rehearse, shown=shown)


def _why_not(*, rows: int, refused: int, tolerate: float) -> str:
    """Why a file as a whole is not taken; '' when it is."""
    if not rows:
        return "contacts.file_no_rows"
    if refused == rows or refused > rows * tolerate:
        return "contacts.file_refused_rows"
    return ""


def _report(
    record: Import, sheet: Sheet, header: Header, *, applied: bool, shown: int
) -> ImportReport:
    codes = RefusedCell.objects.filter(source=record).values_list("code", flat=True)
    return ImportReport(
        import_id=record.pk,
        file_name=record.file_name,
        kind=sheet.kind,
        encoding=sheet.encoding,
        delimiter=sheet.delimiter,
        header_line=header.line,
        columns=header.used,
        ignored=header.ignored,
        rows=record.rows,
        created=record.created,
        updated=record.updated,
        unchanged=record.unchanged,
        refused=record.refused,
        by_code=Counter(codes.iterator(chunk_size=_PAGE)),
        refusals=tuple(islice(refusals(record.pk), shown)),
        applied=applied,
        code=record.code,
    )
