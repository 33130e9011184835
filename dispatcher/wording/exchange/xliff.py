"""XLIFF 1.2 and 2.1 (OASIS), written and read; placeholders are inline codes that tools protect.

A slot is one code. A plural stays text in ICU's form, since its words must be translated; the note
of its unit says so. States are mapped both ways, and nothing that comes back is accepted by that.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from xml.etree.ElementTree import Element, SubElement, tostring

from dispatcher.kit.errors import Refused
from dispatcher.wording.exchange.markup import tree
from dispatcher.wording.exchange.units import Bundle, Unit
from dispatcher.wording.patterns import Pattern, Plural, Slot, write
from dispatcher.wording.placeholders import parse
from dispatcher.wording.states import MISSING, State

V12 = "urn:oasis:names:tc:xliff:document:1.2"
V20 = "urn:oasis:names:tc:xliff:document:2.0"
"""2.1 keeps the namespace of 2.0."""

_TO_12: Mapping[str, str] = MappingProxyType({
    MISSING: "new",
    State.MACHINE_DRAFT: "needs-review-translation",
    State.NEEDS_EDITING: "needs-translation",
    State.IN_REVIEW: "translated",
    State.ACCEPTED: "final",
    State.STALE: "needs-adaptation",
})  # fmt: skip
_TO_20: Mapping[str, str] = MappingProxyType({
    MISSING: "initial",
    State.MACHINE_DRAFT: "initial",
    State.NEEDS_EDITING: "initial",
    State.IN_REVIEW: "translated",
    State.ACCEPTED: "final",
    State.STALE: "initial",
})  # fmt: skip
_Reader = Callable[[Element], Iterator[Unit]]
_DOUBTFUL = frozenset(
    {"new", "initial", "needs-translation", "needs-adaptation", "needs-l10n",
     "needs-review-translation", "needs-review-adaptation", "needs-review-l10n"}
)  # fmt: skip
"""States of either version that say that a person should still look."""


def write_12(bundle: Bundle) -> bytes:
    """A file of version 1.2."""
    root = Element("xliff", {"version": "1.2", "xmlns": V12})
    file = SubElement(root, "file", {
        "original": "wordings", "datatype": "plaintext",
        "source-language": bundle.source_language, "target-language": bundle.locale,
    })  # fmt: skip
    body = SubElement(file, "body")
    for unit in bundle.units:
        entry = SubElement(
            body,
            "trans-unit",
            {"id": unit.context, "resname": unit.context, "xml:space": "preserve"},
        )
        _inline(SubElement(entry, "source"), unit.source, bundle.source_language, code="x")
        if unit.target:
            state = {"state": _TO_12[unit.state]}
            _inline(SubElement(entry, "target", state), unit.target, bundle.locale, code="x")
        for note in _notes(unit, bundle.source_language):
            SubElement(entry, "note").text = note
    return _printed(root)


def write_21(bundle: Bundle) -> bytes:
    """A file of version 2.1."""
    root = Element("xliff", {
        "version": "2.1", "xmlns": V20,
        "srcLang": bundle.source_language, "trgLang": bundle.locale,
    })  # fmt: skip
    file = SubElement(root, "file", {"id": "wordings"})
    for number, unit in enumerate(bundle.units, 1):
        entry = SubElement(file, "unit", {"id": f"u{number}", "name": unit.context})
        notes = _notes(unit, bundle.source_language)
        if notes:
            held = SubElement(entry, "notes")
            for note in notes:
                SubElement(held, "note").text = note
        state = {"state": _TO_20[unit.state]} if unit.target else {"state": "initial"}
        segment = SubElement(entry, "segment", state)
        space = {"xml:space": "preserve"}
        _inline(
            SubElement(segment, "source", space), unit.source, bundle.source_language, code="ph"
        )
        if unit.target:
            target = SubElement(segment, "target", space)
            _inline(target, unit.target, bundle.locale, code="ph")
    return _printed(root)


def read(content: bytes, *, locale: str) -> Bundle:
    """A file of either version, for this language. Raises `wording.xml_*`, `wording.xliff_*`."""
    root = tree(content)
    if root.tag == f"{{{V12}}}xliff":
        return _read(root, V12, locale, _units_12, ("source-language", "target-language"))
    if root.tag == f"{{{V20}}}xliff":
        return _read(root, V20, locale, _units_20, ("srcLang", "trgLang"))
    raise Refused("wording.xliff_unknown", found=root.tag[:80])


def _read(root: Element, space: str, locale: str, units: _Reader, names: tuple[str, str]) -> Bundle:
    holder = root.find(f"{{{space}}}file") if space == V12 else root
    told = holder.attrib if holder is not None else {}
    target = told.get(names[1], locale)
    if target.lower() != locale.lower():
        raise Refused("wording.xliff_language", found=target, wanted=locale)
    found: dict[str, Unit] = {}
    for unit in units(root):
        if unit.context in found:
            raise Refused("wording.unit_repeated", context=unit.context[:120])
        found[unit.context] = unit
    return Bundle(told.get(names[0], ""), locale, tuple(found.values()))


def _units_12(root: Element) -> Iterator[Unit]:
    for entry in root.iter(f"{{{V12}}}trans-unit"):
        source, target = entry.find(f"{{{V12}}}source"), entry.find(f"{{{V12}}}target")
        state = target.get("state", "") if target is not None else ""
        yield _unit(entry.get("resname") or entry.get("id") or "", source, target, state)


def _units_20(root: Element) -> Iterator[Unit]:
    for entry in root.iter(f"{{{V20}}}unit"):
        segments = entry.findall(f"{{{V20}}}segment")
        if len(segments) != 1:  # a tool has cut the text; our texts are one segment each
            raise Refused("wording.xliff_segments", context=entry.get("name", "")[:120])
        (segment,) = segments
        source, target = segment.find(f"{{{V20}}}source"), segment.find(f"{{{V20}}}target")
        yield _unit(entry.get("name", ""), source, target, segment.get("state", ""))


def _unit(context: str, source: Element | None, target: Element | None, state: str) -> Unit:
    doubtful = state in _DOUBTFUL
    return Unit(
        context,
        "" if source is None else _flat(source),
        "" if target is None else _flat(target),
        State.NEEDS_EDITING.value if doubtful else State.IN_REVIEW.value,
    )


def _inline(holder: Element, text: str, language: str, *, code: str) -> None:
    """The text into an element: letters as letters, each slot as an inline code."""
    named = "equiv-text" if code == "x" else "equiv"
    last: Element | None = None
    number = 0
    for piece in parse(text, locale=language).pieces:
        written = write(Pattern((piece,)))
        if isinstance(piece, Slot):
            number += 1
            last = SubElement(holder, code, {"id": str(number), named: written})
        elif last is None:
            holder.text = (holder.text or "") + written
        else:
            last.tail = (last.tail or "") + written


def _flat(holder: Element) -> str:
    """Back again; a code that a tool has emptied is missed by the checks."""
    out = [holder.text or ""]
    for child in holder:
        local = child.tag.rpartition("}")[2]
        if local in {"x", "ph"}:
            out.append(child.get("equiv-text") or child.get("equiv") or "")
        else:  # <g>, <mrk>, <pc>: a tool's own marks around our text
            out.append(_flat(child))
        out.append(child.tail or "")
    return "".join(out)


def _notes(unit: Unit, language: str) -> list[str]:
    notes = [unit.note] if unit.note else []
    if any(isinstance(piece, Plural) for piece in parse(unit.source, locale=language).pieces):
        notes.append(
            "Plural: translate the words inside the inner braces only; use every plural form that "
            "the target language has (CLDR)."
        )
    return notes


def _printed(root: Element) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}'.encode()
