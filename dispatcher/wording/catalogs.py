"""Shipped wordings as they lie in locales/: PO files, read and checked. No database."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email import message_from_string
from email.message import Message
from io import BytesIO
from pathlib import Path

from babel.messages.pofile import PoFileError, denormalize, read_po

import locales
from dispatcher.kit.errors import Refused
from dispatcher.wording import tags
from dispatcher.wording.rendering import FIELDS

SOURCE = "en"
SHIPPED = (
    "en", "fa", "ar", "es", "fr", "de", "pt-BR", "zh-Hans", "zh-Hant", "ja", "hi", "ru", "tr",
)  # fmt: skip
"""The languages in which the program's own texts come, in the order in which tables tell them."""
LARGEST = 5_000_000
"""Bytes; the largest shipped catalogue has 100 kB."""

_CONTEXT = re.compile(
    r"(?P<key>[a-z_]+\.[a-z_]+\.[a-z_]+|alert:\d+\.[a-z_]+)\.(?P<channel>[a-z]+)(?:\.(?P<field>[a-z]+))?"
)
_WRITTEN_CONTEXT = re.compile(r'^msgctxt\s+"(.*)"\s*$', re.MULTILINE)
_HEADER = re.compile(r'^msgid ""\s*\nmsgstr (""(?:\s*\n".*")+)', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of one text: what it translates, and the translation."""

    source: str
    text: str
    fuzzy: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A file's entries by context; `checked` is how its texts were checked, as its header says."""

    locale: str
    checked: str
    entries: Mapping[str, Entry]


@dataclass(frozen=True, slots=True)
class Shipped:
    """A whole text of one catalogue: every field of its channel is there."""

    key: str
    channel: str
    locale: str
    source: Mapping[str, str]
    fields: Mapping[str, str]
    fuzzy: bool
    checked: str


def folder() -> Path:
    """Where the shipped catalogues lie, in a checkout and in the wheel alike."""
    return Path(next(iter(locales.__path__)))


def read_all(root: Path) -> dict[str, Catalogue]:
    """Every catalogue under the folder, by BCP 47 tag, the source among them.

    Raises Refused `wording.catalogue_missing` where the source has none, or what `read` refuses.
    """
    found = files(root)
    if SOURCE not in found:
        raise Refused("wording.catalogue_missing", locale=SOURCE)
    return {locale: read(path.read_bytes(), locale=locale) for locale, path in found.items()}


def files(root: Path) -> dict[str, Path]:
    """The catalogues under the folder, by BCP 47 tag, sorted."""
    found = root.glob("*/LC_MESSAGES/alerts.po")
    return dict(sorted((path.parts[-3].replace("_", "-"), path) for path in found))


def read(content: bytes, *, locale: str) -> Catalogue:
    """One PO file. Nothing of it is taken when the file as a whole cannot be trusted.

    Raises Refused `wording.catalogue_*` with `locale`: too_large, charset, language, unreadable
    (with `line`), repeated (with `context`), plural.
    """
    if len(content) > LARGEST:
        raise Refused("wording.catalogue_too_large", locale=locale, most=LARGEST)
    text = _decoded(content, locale)
    header = _header(text)
    _refuse_wrong_header(header, locale)
    repeated = [name for name, n in Counter(_WRITTEN_CONTEXT.findall(text)).items() if n > 1]
    if repeated:
        raise Refused("wording.catalogue_repeated", locale=locale, context=repeated[0])
    checked = header.get("X-Checked") or header.get("Last-Translator") or ""
    return Catalogue(locale, checked, dict(_entries(text, locale)))


def whole(catalogue: Catalogue) -> Iterator[Shipped]:
    """The texts that the catalogue has in full; a message with a field missing is no message."""
    grouped: dict[tuple[str, str], dict[str, Entry]] = {}
    for context, entry in catalogue.entries.items():
        key, channel, field = split(context)
        grouped.setdefault((key, channel), {})[field] = entry
    for (key, channel), entries in grouped.items():
        if entries.keys() == FIELDS[channel] and all(entry.text for entry in entries.values()):
            yield Shipped(
                key,
                channel,
                catalogue.locale,
                source={field: entry.source for field, entry in entries.items()},
                fields={field: entry.text for field, entry in entries.items()},
                fuzzy=any(entry.fuzzy for entry in entries.values()),
                checked=catalogue.checked,
            )


def split(context: str) -> tuple[str, str, str]:
    """Key, channel and field of `scenario.part.group.channel[.field]`; an SMS has the field text.

    Raises Refused `wording.context_unknown`.
    """
    found = _CONTEXT.fullmatch(context)
    channel, field = (found["channel"], found["field"] or "text") if found else ("", "")
    if found is None or field not in FIELDS.get(channel, ()):
        raise Refused("wording.context_unknown", context=context[:120])
    return found["key"], channel, field


def digest(fields: Mapping[str, str]) -> str:
    """The hash by which a text is known; the same for the same fields in any order."""
    written = json.dumps(dict(sorted(fields.items())), ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


def _decoded(content: bytes, locale: str) -> str:
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, wrong.start) + 1
        raise Refused("wording.catalogue_charset", locale=locale, line=line) from None


def _header(text: str) -> Message:
    found = _HEADER.search(text)
    return message_from_string(denormalize(found[1]) if found else "")


def _refuse_wrong_header(header: Message, locale: str) -> None:
    if header.get_content_charset("utf-8") != "utf-8":
        raise Refused("wording.catalogue_charset", locale=locale, line=1)
    declared = str(header.get("Language", "")).strip().replace("_", "-")
    if declared and tags.canonical(declared) != tags.canonical(locale):
        raise Refused("wording.catalogue_language", locale=locale, declared=declared)


def _entries(text: str, locale: str) -> Iterator[tuple[str, Entry]]:
    try:
        parsed = read_po(BytesIO(text.encode()), charset="utf-8", abort_invalid=True)
    except PoFileError as wrong:
        line = (wrong.lineno or 0) + 1
        raise Refused("wording.catalogue_unreadable", locale=locale, line=line) from None
    except ValueError:  # Babel's own words about a date, a plural form, an index
        raise Refused("wording.catalogue_unreadable", locale=locale, line=1) from None
    for message in parsed:
        if not message.id:
            continue
        if not isinstance(message.id, str) or not isinstance(message.string, str):
            raise Refused("wording.catalogue_plural", locale=locale, context=message.context)
        context = message.context or ""
        split(context)
        yield context, Entry(message.id, message.string, message.fuzzy)
