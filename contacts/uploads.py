"""A file of people that was handed in at a page: kept, looked at, checked, and then applied once.

It lies in the database, since the worker that reads it may be another host, and goes after a day.
Each state is left by one compare-and-set, and a worker holds the row's lock while it reads: of two
clicks one counts, of two workers one works, and a worker that dies leaves nothing behind, neither
people nor the state. Checking is an import that is undone; applying is the same import, kept.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any, BinaryIO, Final, cast

from django.db import transaction
from django.db.models.functions import Now

from contacts import headings, importing, workbooks
from contacts.errors import Refused, sentence
from contacts.headings import FIELDS, SEVERAL, field_of, weigher
from contacts.importing import ImportReport, import_file
from contacts.models import Upload, UploadPart
from contacts.regions import Scope
from contacts.sheets import opened

LARGEST: Final = 50 << 20
"""Bytes of a file that a page takes, some 300,000 people; the command line takes any."""
KEPT: Final = timedelta(days=1)
SHOWN: Final = 5_000
"""Refused cells that are kept for the page and its file; all are counted."""
_PART: Final = 1 << 20
_IN_MEMORY: Final = 8 << 20
_SAMPLES: Final = 3
_SHORT: Final = 80
_LOOKED: Final = 10
State = Upload.State


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: its heading, the field that it seems to be, and what stands in it."""

    heading: str
    field: str
    samples: tuple[str, ...]


def keep(file: BinaryIO, *, by: str, file_name: str, list_name: str = "") -> int:
    """Keep a file and look at its first rows; its id.

    `list_name` makes a private list of its people. Raises `contacts.file_*`, and
    `contacts.header_missing` when no row could be a header.
    """
    file.seek(0, 2)
    size = file.tell()
    if size > LARGEST:
        raise Refused("contacts.file_heavy", size=size, most=LARGEST >> 20)
    columns = look(file)
    with transaction.atomic():
        upload = Upload.objects.create(
            by=by,
            file_name=Path(file_name).name[:300],
            size=size,
            list_name=list_name.strip()[:200],
            state=State.MAPPING,
            look=[asdict(column) for column in columns],
        )
        file.seek(0)
        while content := file.read(_PART):
            UploadPart.objects.create(upload=upload, content=content)
    return int(upload.pk)


def look(file: BinaryIO) -> list[Column]:
    """The columns of a file with the likeliest field of each; no field that stands once is twice.

    The header is the first row that names two known fields, else the first with two cells.
    """
    weigh = weigher({})
    with opened(file, weigh=weigh, limits=workbooks.LOOK) as sheet:
        rows = [row for _, row in islice(sheet.rows, _LOOKED + _SAMPLES)]
    filled = [row for row in rows if sum(bool(cell.strip()) for cell in row) > 1] or rows
    header = next((row for row in filled[:_LOOKED] if weigh(row) > 1), filled[0] if filled else [])
    if not any(cell.strip() for cell in header):
        raise Refused("contacts.header_missing", found="", known=", ".join(FIELDS))
    below = rows[rows.index(header) + 1 :][:_SAMPLES]
    return list(_columns(header, below))


def _columns(header: Sequence[str], below: Sequence[Sequence[str]]) -> Iterator[Column]:
    taken: set[str] = set()
    for place, cell in enumerate(header):
        heading = " ".join(cell.split())
        if not heading:
            continue
        field = field_of(heading, {})
        field = "" if field in taken and field not in SEVERAL else field
        taken.add(field)
        cells = (row[place].strip() for row in below if place < len(row))
        yield Column(heading, field, tuple(cell[:_SHORT] for cell in cells if cell))


def find(upload_id: int, *, by: str) -> Upload:
    """Somebody's own upload. Raises `contacts.upload_unknown`."""
    found = Upload.objects.filter(pk=upload_id, by=by).first()
    if found is None:
        raise Refused("contacts.upload_unknown")
    return found


def mine(by: str) -> list[Upload]:
    """Somebody's uploads of the last day, newest first."""
    return list(Upload.objects.filter(by=by).defer("look", "mapping").order_by("-pk")[:20])


def check(upload_id: int, *, by: str, mapping: Mapping[str, str], country: str = "") -> bool:
    """Say what the columns are and have it checked; False when that was said already.

    From CHECKED and REFUSED one may go back and say it otherwise. Raises `contacts.header_twice`
    for two columns that claim one field, `contacts.field_unknown`.
    """
    _refuse_twice(mapping)
    headings.check(mapping)
    return _move(
        upload_id, by, (State.MAPPING, State.CHECKED, State.REFUSED), State.CHECKING,
        mapping=dict(mapping), country=country, report={},
    )  # fmt: skip


def _refuse_twice(mapping: Mapping[str, str]) -> None:
    seen: set[str] = set()
    for heading, field in mapping.items():
        if field and field in seen and field not in SEVERAL:
            raise Refused("contacts.header_twice", heading=heading, field=field)
        seen.add(field)


def apply(upload_id: int, *, by: str) -> bool:
    """Have what was checked applied; False when it was said already, or is not checked."""
    return _move(upload_id, by, (State.CHECKED,), State.APPLYING)


def again(upload_id: int, *, by: str) -> bool:
    """Back to the columns, as long as nothing is being applied."""
    return _move(upload_id, by, (State.CHECKED, State.REFUSED), State.MAPPING)


def _move(upload_id: int, by: str, froms: Iterable[State], to: State, **columns: object) -> bool:
    found = Upload.objects.filter(pk=upload_id, by=by, state__in=list(froms))
    return bool(found.update(state=to, **columns))


def drop(upload_id: int, *, by: str) -> bool:
    """Throw the file away with all that is known of it, unless it is being applied."""
    found = Upload.objects.filter(pk=upload_id, by=by).exclude(state=State.APPLYING)
    return bool(found.delete()[0])


def erase() -> int:
    """Throw away what is older than a day; how many files."""
    old = Upload.objects.filter(created_at__lt=Now() - KEPT)
    return int(old.delete()[1].get("contacts.Upload", 0))


@contextmanager
def content(upload: Upload) -> Iterator[BinaryIO]:
    """The file itself."""
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        parts = UploadPart.objects.filter(upload=upload).order_by("pk")
        for part in parts.values_list("content", flat=True).iterator(chunk_size=4):
            file.write(part)
        file.seek(0)
        yield cast("BinaryIO", cast("IO[bytes]", file))


@transaction.atomic
def run(
    upload_id: int,
    *,
    scope: Scope,
    progress: Callable[[int], None],
    applied: Callable[[ImportReport], None],
) -> str:
    """Check or apply the file, as its state asks; the state that it has then, '' when none asked.

    For a worker; who comes while another works finds nothing to do. `applied` is called inside the
    transaction that writes the people.
    """
    asked = (State.CHECKING, State.APPLYING)
    found = Upload.objects.select_for_update(skip_locked=True).filter(pk=upload_id)
    upload = found.filter(state__in=asked).first()
    if upload is None:
        return ""
    rehearse = upload.state == State.CHECKING
    try:
        with transaction.atomic():
            report = _import(upload, scope, rehearse=rehearse, progress=progress)
            if rehearse or not report.applied:
                transaction.set_rollback(True)
            else:
                applied(report)
    except Refused as error:
        upload.report = {"code": error.code, "said": sentence(error)}
        upload.state = State.REFUSED
    else:
        upload.report = _told(report)
        done = State.CHECKED if rehearse else State.APPLIED
        upload.state = State.REFUSED if report.code else done
    upload.save(update_fields=["report", "state"])
    return str(upload.state)


def _import(
    upload: Upload, scope: Scope, *, rehearse: bool, progress: Callable[[int], None]
) -> ImportReport:
    list_id = importing.make_list(upload.list_name) if upload.list_name else None
    with content(upload) as file:
        return import_file(
            file,
            by=upload.by,
            scope=scope,
            file_name=upload.file_name,
            list_id=list_id,
            mapping=upload.mapping,
            country=upload.country,
            rehearse=rehearse,
            progress=progress,
            shown=SHOWN,
        )


def _told(report: ImportReport) -> dict[str, Any]:
    """The report as the row keeps it."""
    return {
        "code": report.code,
        "import_id": report.import_id,
        "header_line": report.header_line,
        "rows": report.rows,
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "refused": report.refused,
        "by_code": dict(report.by_code),
        "refusals": [[one.line, one.column, one.code, one.value] for one in report.refusals],
    }


def rejected(upload: Upload) -> Iterator[tuple[list[str], list[list[Any]]]]:
    """Each refused row as it stood, with its refusals (line, column, code, value); header first."""
    wrong: dict[int, list[list[Any]]] = {}
    for refusal in upload.report.get("refusals", []):
        wrong.setdefault(refusal[0], []).append(refusal)
    header = upload.report.get("header_line", 1)
    weigh = weigher(upload.mapping)
    with content(upload) as file, opened(file, weigh=weigh, limits=workbooks.LOOK) as sheet:
        for line, row in sheet.rows:
            if line == header:
                yield row, []
            elif line in wrong:
                yield row, wrong[line]
