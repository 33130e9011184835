"""Checks of manner and completeness: polite, with a word of regret, with all that is due. Pure."""

import re
from collections.abc import Iterator

from dispatcher.wording.gate.finding import Facts, Field, Side
from dispatcher.wording.gate.lexicon import LETTER, Lexicon
from dispatcher.wording.gate.reading import LINK, MAIL, PHONE, Figure, figures
from dispatcher.wording.placeholders import Slot

ELEMENTS = (
    "source",
    "hazard",
    "place",
    "time",
    "guidance",
    "impact",
    "contact",
    "next_update",
)
"""What a complete warning says (Mileti and Sorensen), with whom to ask and when more follows."""

_NAMED = {
    "source": {"organisation", "sender", "authority"},
    "hazard": {"hazard", "reason", "cause", "risk", "symptoms"},
    "place": {"stores", "district", "region", "site"},
    "impact": {"affected", "reports", "cases", "people", "customers"},
    "next_update": {"next_update"},
}
"""Placeholders that carry an element by their names."""
_TYPED = {
    "place": {"place"},
    "time": {"date", "time", "datetime"},
    "contact": {"phone", "link", "email"},
}
_LISTED = {"hazard": ("hazard",), "impact": ("impact",), "next_update": ("next_update",),
           "guidance": ("negation", "ban", "must")}  # fmt: skip
_STEPS = re.compile(r"^[ \t]*1[.)]\s", re.MULTILINE)


def honorific(field: Field) -> Iterator[Facts]:
    """No polite form at all, or a familiar one."""
    lists = field.ours.lexicon
    if not (field.asked.honorific and field.others and lists and lists.lists.get("polite")):
        return
    familiar = _written(field.ours, lists, "familiar")
    if familiar or not _written(field.ours, lists, "polite"):
        yield {"words": ", ".join(familiar) or "-"}


def empathy(field: Field) -> Iterator[Facts]:
    """No word of regret where the scenario asks for one, or the source has one."""
    if not field.others or field.ours.lexicon is None:
        return
    source = field.theirs.lexicon
    wanted = field.asked.empathy or bool(source and source.has(field.theirs.folded, "empathy"))
    if wanted and not any(_regrets(one.ours) for one in field.others):
        yield {}


def _regrets(side: Side) -> bool:
    return side.lexicon is not None and side.lexicon.has(side.folded, "empathy")


def incomplete(field: Field) -> Iterator[Facts]:
    """What the scenario asks for in this channel, or the source tells, and the text does not."""
    if not field.others:
        return
    ours = _told([one.ours for one in field.others])
    if field.ours.lexicon is None:
        ours |= set(_LISTED)
    missing = (_promised(field) | field.asked.elements) - ours
    if missing:
        yield {"elements": ", ".join(name for name in ELEMENTS if name in missing)}


def _promised(field: Field) -> set[str]:
    """What the source tells in words alone: of what it tells by a figure, other checks speak."""
    sides = (one.theirs for one in field.others)
    found = any(side.lexicon and side.lexicon.has(side.folded, "next_update") for side in sides)
    return {"next_update"} if found else set()


def _told(sides: list[Side]) -> set[str]:
    found: set[str] = set()
    for side in sides:
        found |= _by_slots(side) | _by_words(side)
        if PHONE.search(side.plain) or LINK.search(side.plain) or MAIL.search(side.plain):
            found.add("contact")
        if "time" not in found and any(_timed(one) for one in figures(side)):
            found.add("time")
        if _STEPS.search(side.plain):
            found.add("guidance")
    return found


def _timed(figure: Figure) -> bool:
    return any(kind in {"date", "time"} for kind, _ in figure.readings)


def _by_slots(side: Side) -> set[str]:
    slots: tuple[Slot, ...] = side.pattern.slots
    names = {slot.name for slot in slots}
    types = {slot.type for slot in slots}
    return {element for element, known in _NAMED.items() if known & names} | {
        element for element, known in _TYPED.items() if known & types
    }


def _by_words(side: Side) -> set[str]:
    lists = side.lexicon
    if lists is None:
        return set()
    return {element for element, keys in _LISTED.items() if lists.has(side.folded, *keys)}


def _written(side: Side, lists: Lexicon, name: str) -> list[str]:
    """Entries as the text has them, in the case that they are written in."""
    entries = lists.lists.get(name, ())
    if not lists.spaced:
        return [entry for entry in entries if entry in side.plain]
    text = side.plain if lists.locale.startswith("de") else side.folded
    found = []
    for entry in entries:
        inside = re.escape(entry).replace(r"\*", f"[{LETTER}]*")
        if hit := re.search(rf"(?<![{LETTER}]){inside}(?![{LETTER}])", text):
            found.append(hit[0])
    return found
