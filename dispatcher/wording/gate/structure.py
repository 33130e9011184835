"""Checks of structure: headings, lists and bold are those of the source; no tags come in. Pure."""

import re
from collections import Counter
from collections.abc import Iterator

from dispatcher.wording.gate.finding import Facts, Field, Side

_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)(?:\s[^<>]*)?/?>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,10});")
_BOLD = re.compile(r"(?<!\\)\*\*")
_LINK = re.compile(r"\[[^\]\n]*\]\([^)\n]*\)")
_LINES = {
    "heading": re.compile(r"^(#{1,6})\s", re.MULTILINE),
    "bullet": re.compile(r"^[ \t]*[-*+]\s+(?![-*_ ]*$)", re.MULTILINE),
    "number": re.compile(r"^[ \t]*\d{1,9}[.)]\s", re.MULTILINE),
    "rule": re.compile(r"^[ \t]*(?:[-*_][ \t]*){3,}$", re.MULTILINE),
}


def broken(field: Field) -> Iterator[Facts]:
    """Tags or entities that the source has not, bold that is not closed, a link cut in two."""
    found = [*_foreign(field), *(_unclosed(field) if field.markdown else ())]
    if found:
        yield {"found": ", ".join(found[:5])}


def differs(field: Field) -> Iterator[Facts]:
    """Other headings, list items or bold passages than the source has."""
    if not field.markdown or any(broken(field)):
        return
    ours, theirs = _structure(field.ours), _structure(field.theirs)
    if ours != theirs:
        changed = sorted(set(ours) | set(theirs))
        yield {
            "changes": ", ".join(
                f"{name} {theirs[name]} → {ours[name]}"
                for name in changed
                if ours[name] != theirs[name]
            )
        }


def _foreign(field: Field) -> Iterator[str]:
    known = {*_names(field.theirs.text), *_ENTITY.findall(field.theirs.text)}
    for found in _TAG.finditer(field.ours.text):
        if found[1].lower() not in known:
            yield found[0][:30]
    for entity in _ENTITY.findall(field.ours.text):
        if entity not in known:
            yield entity


def _names(text: str) -> Iterator[str]:
    return (found[1].lower() for found in _TAG.finditer(text))


def _unclosed(field: Field) -> Iterator[str]:
    ours, theirs = field.ours.plain, field.theirs.plain
    if len(_BOLD.findall(ours)) % 2 and not len(_BOLD.findall(theirs)) % 2:
        yield "**"
    if "](" in ours and ours.count("](") != len(_LINK.findall(ours)):
        yield "]("


def _structure(side: Side) -> Counter[str]:
    counts: Counter[str] = Counter()
    for name, pattern in _LINES.items():
        for found in pattern.finditer(side.plain):
            counts[found[1] if name == "heading" else _SHOWN[name]] += 1
    counts["**"] = len(_BOLD.findall(side.plain)) // 2
    counts["[]()"] = len(_LINK.findall(side.plain))
    return counts


_SHOWN = {"bullet": "-", "number": "1.", "rule": "---"}
"""How a translator writes it: that needs no translating."""
