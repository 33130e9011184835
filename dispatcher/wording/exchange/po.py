"""PO, as Weblate, Poedit and msgfmt know it: what is not accepted is fuzzy, both ways."""

from datetime import UTC, datetime
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from dispatcher.wording import catalogs
from dispatcher.wording.exchange.units import Bundle, Unit
from dispatcher.wording.states import State

SOURCE = "X-Source-Language"


def write(bundle: Bundle) -> bytes:
    """A file that `msgfmt -c` passes."""
    catalog = Catalog(
        locale=bundle.locale.replace("-", "_"),
        project="crisis-dispatcher",
        version="1",
        charset="utf-8",
        fuzzy=False,
        last_translator="crisis-dispatcher",
        language_team=bundle.locale,
        revision_date=datetime.now(UTC),
    )
    for unit in bundle.units:
        accepted = unit.state == State.ACCEPTED
        catalog.add(
            unit.source,
            unit.target,
            context=unit.context,
            flags=() if accepted or not unit.target else ("fuzzy",),
            user_comments=[unit.note] if unit.note else (),
        )
    # Babel would mark braces as python-brace-format, and msgfmt would then check them as such.
    for message in catalog:
        message.flags -= {"python-format", "python-brace-format"}
    out = BytesIO()
    write_po(out, catalog, width=0, include_previous=False)
    return _with_source(out.getvalue(), bundle.source_language)


def read(content: bytes, *, locale: str, source_language: str = "") -> Bundle:
    """The file's units; raises what `catalogs.read` refuses. Fuzzy needs editing."""
    told = catalogs.read(content, locale=locale)
    return Bundle(
        source_language or _source(content),
        locale,
        tuple(
            Unit(
                context,
                entry.source,
                entry.text,
                State.NEEDS_EDITING.value if entry.fuzzy else State.IN_REVIEW.value,
            )
            for context, entry in told.entries.items()
        ),
    )


def _with_source(content: bytes, language: str) -> bytes:
    line = f'"{SOURCE}: {language}\\n"\n'.encode()
    mark = b'"Content-Transfer-Encoding:'
    return content.replace(mark, line + mark, 1)


def _source(content: bytes) -> str:
    """The header's own word; without it English, which shipped catalogues translate."""
    head = content[:4000].decode("utf-8", "replace")
    for line in head.splitlines():
        if line.startswith(f'"{SOURCE}: '):
            return line.removeprefix(f'"{SOURCE}: ').removesuffix('\\n"').strip()
    return catalogs.SOURCE
