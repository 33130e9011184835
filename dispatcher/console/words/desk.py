"""The translator's desk: one text in one language, with all that helps to judge it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from dispatcher.alerts import scenarios
from dispatcher.console.saying import said
from dispatcher.console.words import names, shelf
from dispatcher.kit import sms
from dispatcher.kit.errors import Refused
from dispatcher.operators import access
from dispatcher.operators.models import User
from dispatcher.wording import asking, bidi, checks, memory, rendering, standing, tags
from dispatcher.wording.checks import Finding
from dispatcher.wording.comparing import Piece
from dispatcher.wording.facts import Fact, Facts
from dispatcher.wording.gate.length import SAMPLES
from dispatcher.wording.models import Template, WordingVersion
from dispatcher.wording.placeholders import Slot, parse
from dispatcher.wording.segments import lines
from dispatcher.wording.states import OPEN, State

_SLOT = re.compile(r"(\{(?:[^{}]|\{[^{}]*\})*\})")
_EXAMPLES = {"organisation": "Global Foods", "recipient": "Robin Meyer", "hazard": "…"}
"""Where the usual value of the type would read oddly: not everything is a muesli."""
HISTORY = 12
"""Versions that are listed; older ones are on the command line."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding as the page tells it (see parts/findings.html)."""

    level: str
    text: str
    href: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A line of the source, and how it was said in texts that somebody accepted."""

    source: str
    said: str


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier version."""

    number: int
    state: str
    who: str
    at: datetime
    remark: str


@dataclass(frozen=True, slots=True)
class Side:
    """One field of the source, or of the translation, in pieces: words and {slots}."""

    field: str
    text: str
    pieces: tuple[tuple[bool, str], ...]
    """(is a slot, text)"""


@dataclass(frozen=True, slots=True)
class Message:
    """The text with usual values, as parts/phone.html shows it."""

    channel: str
    language: str
    direction: str
    fields: Mapping[str, str]
    parts: sms.Parts | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything on the page of one text in one language."""

    template: Template
    locale: str
    version: WordingVersion | None
    state: str
    source: tuple[Side, ...]
    changed: Mapping[str, tuple[Piece, ...]]
    back: tuple[Side, ...]
    remembered: tuple[Remembered, ...]
    past: tuple[Past, ...]
    may_accept: bool
    may_accept_again: bool
    may_return: bool
    may_ask_review: bool
    in_use: bool
    """Whether an accepted text is sent until this one takes its place."""
    own_edit: bool
    """Whether the person wrote the last edit of a text that asks for four eyes."""

    @property
    def is_source(self) -> bool:
        """Whether this language is the one that all others are written against."""
        return self.locale == self.template.source_language


@dataclass(frozen=True, slots=True)
class Place:
    """Where a version belongs."""

    template: Template
    locale: str


def place(number: int) -> Place | None:
    """The place of a version; None when there is no such version."""
    found = WordingVersion.objects.filter(pk=number).select_related("wording__template").first()
    return Place(found.wording.template, found.wording.locale) if found else None


def find(key: str, channel: str) -> Template:
    """The text. Raises `wording.key_unknown`."""
    found = Template.objects.filter(key=key, channel=channel).first()
    if found is None:
        raise Refused("wording.key_unknown", key=f"{key}.{channel}"[:120])
    return found


def sheet(template: Template, locale: str, *, by: User) -> Sheet:
    """The desk for this person. Raises `wording.language_unknown`."""
    locale = tags.canonical(locale)
    used = next(
        one
        for one in standing.standings([template.key], locales=[locale])
        if (one.channel, one.locale) == (template.channel, locale)
    )
    place = (template.key, template.channel, locale)
    held = standing.in_hand([template.key], locales=[locale]).get(place, used)
    version = WordingVersion.objects.filter(pk=held.version_id or 0).first()
    speaks = access.speaks(by, locale)
    own = bool(version and version.writer_id == by.pk and _four_eyes(template.key))
    state = shelf.state_of(held)
    open_ = version is not None and version.state in OPEN
    return Sheet(
        template=template,
        locale=locale,
        version=version,
        state=state,
        source=_sides(template.source),
        changed=standing.changed(version.pk) if version and state == State.STALE else {},
        back=_sides(version.back) if version and version.back else (),
        remembered=tuple(_remembered(template, locale)),
        past=tuple(_past(template, locale)),
        may_accept=speaks and not own and (open_ or state == names.UNVOUCHED),
        may_accept_again=speaks and version is not None and state == State.STALE,
        may_return=speaks and version is not None and state != State.STALE,
        may_ask_review=version is not None and version.state == State.MACHINE_DRAFT,
        in_use=held is not used and used.state == State.ACCEPTED,
        own_edit=own and speaks and open_,
    )


def examine(template: Template, locale: str, fields: Mapping[str, str]) -> tuple[Shown, ...]:
    """What the gate says of the text as it stands in the form, worst first."""
    asked = asking.asked(
        template.key, channel=template.channel, locale=locale,
        source_locale=template.source_language,
    )  # fmt: skip
    found = checks.examine(
        fields, locale=locale, source=template.source, source_locale=template.source_language,
        asked=asked,
    )  # fmt: skip
    return told(found)


def told(findings: tuple[Finding, ...]) -> tuple[Shown, ...]:
    """Findings as sentences, those that refuse first."""
    order = list(checks.Severity)
    return tuple(
        Shown(one.severity.value, said(Refused(one.code, **one.facts)))
        for one in sorted(findings, key=lambda one: order.index(one.severity))
    )


def preview(fields: Mapping[str, str], *, channel: str, locale: str) -> Message | None:
    """The message with usual values; None while the text cannot be read."""
    try:
        slots = {slot.name: slot.type for text in fields.values() for slot in _slots(text, locale)}
        facts = Facts.of(
            Fact(name, kind, _EXAMPLES.get(name, SAMPLES[kind]))
            for name, kind in slots.items()
            if name not in rendering.PERSONAL
        )
        message = rendering.compile(fields, locale=locale, zone="UTC", facts=facts)
    except Refused:
        return None
    reader = {"recipient": _EXAMPLES["recipient"], "acknowledge": f"{settings.PUBLIC_URL}/a/…"}
    shown = {name: message.parts[name].fill(reader) for name in ordered(fields)}
    parts = sms.parts(shown["text"]) if channel == "sms" else None
    return Message(channel, locale, tags.direction(locale), shown, parts)


def _slots(text: str, locale: str) -> tuple[Slot, ...]:
    bidi.refuse_stray(text)
    return parse(text, locale=locale).slots


def ordered(fields: Mapping[str, str]) -> tuple[str, ...]:
    """Field names as they are read."""
    return tuple(name for name in names.ORDER if name in fields)


def _sides(fields: Mapping[str, str]) -> tuple[Side, ...]:
    return tuple(Side(name, fields[name], tuple(_pieces(fields[name]))) for name in ordered(fields))


def _pieces(text: str) -> Iterator[tuple[bool, str]]:
    for piece in _SLOT.split(text):
        if piece:
            yield piece.startswith("{"), piece


def _remembered(template: Template, locale: str) -> Iterator[Remembered]:
    """Lines of this source that accepted texts have said before."""
    if locale == template.source_language:
        return
    known = memory.recall(source=template.source_language, target=locale)
    for text in template.source.values():
        for _marks, line in lines(text, locale=template.source_language):
            if line in known:
                yield Remembered(line, known[line])


def _past(template: Template, locale: str) -> Iterator[Past]:
    rows = WordingVersion.objects.filter(wording__template=template, wording__locale=locale)
    for row in rows.defer("fields", "back").order_by("-pk")[:HISTORY]:
        who = row.accepted_by or row.engine or row.written_by
        yield Past(row.pk, row.state, who, row.accepted_at or row.created_at, row.remark)


def _four_eyes(key: str) -> bool:
    name = key.partition(".")[0]
    return scenarios.load(name).four_eyes if name in scenarios.names() else True
