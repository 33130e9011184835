"""The shelf of texts: what alerts, the command line and the road ask of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Case, F, QuerySet, Value, When

from dispatcher.kit.errors import Refused
from dispatcher.wording import asking, checks
from dispatcher.wording.checks import Asked, Finding
from dispatcher.wording.loading import Loaded, load
from dispatcher.wording.models import Template, Wording, WordingVersion
from dispatcher.wording.states import SENDABLE, Origin

__all__ = [
    "Loaded",
    "Remark",
    "Version",
    "available",
    "check",
    "examine",
    "fields",
    "keys",
    "languages",
    "load",
    "show",
    "variants",
    "versions_for",
    "written",
]


@dataclass(frozen=True, slots=True)
class Version:
    """One text of one language, with its source."""

    id: int
    key: str
    channel: str
    locale: str
    fields: Mapping[str, str]
    source_locale: str
    source: Mapping[str, str]
    source_hash: str
    """Of the source against which it was written."""
    origin: str
    state: str
    accepted_by: str
    vouched: bool
    """Whether a named person of this installation accepted it."""
    engine: str = ""
    """That made the draft it began as."""
    back: Mapping[str, str] | None = None
    """That engine's own translation back into the source's language, by field; nobody's word."""

    @property
    def name(self) -> str:
        """How errors call it."""
        return f"{self.key}.{self.channel}"


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding, and on which text."""

    key: str
    channel: str
    locale: str
    version_id: int
    state: str
    finding: checks.Finding


def keys() -> tuple[str, ...]:
    """All wording keys, sorted."""
    return tuple(Template.objects.order_by("key").values_list("key", flat=True).distinct())


def versions_for(key: str, *, channels: Iterable[str]) -> dict[str, dict[str, int]]:
    """{channel: {language: version id}} of what may be sent now; one query.

    A channel without a text is there and empty. Raises Refused `wording.key_unknown`.
    """
    found = _sendable([key]).filter(wording__template__channel__in=list(channels))
    shelf: dict[str, dict[str, int]] = {channel: {} for channel in channels}
    for channel, locale, version in found.values_list(
        "wording__template__channel", "wording__locale", "pk"
    ):
        shelf[channel][locale] = version
    if not any(shelf.values()):
        _refuse_unknown(key)
    return shelf


def available(
    keys: Iterable[str], *, channel: str, vouched: bool = False
) -> dict[str, dict[str, int]]:
    """{key: {language: version id}} of what may be sent now in one channel; one query.

    With `vouched` only what a person of this installation has accepted: shipped texts begin
    without anybody's name.
    """
    wanted = list(keys)
    shelf: dict[str, dict[str, int]] = {key: {} for key in wanted}
    found = _sendable(wanted).filter(wording__template__channel=channel)
    if vouched:
        found = found.filter(voucher_id__isnull=False)
    for key, locale, version in found.values_list(
        "wording__template__key", "wording__locale", "pk"
    ):
        shelf[key][locale] = version
    return shelf


def variants(
    keys: Iterable[str], *, vouched: bool = False
) -> dict[str, dict[str, dict[str, dict[str, int]]]]:
    """{key: {channel: {variant: {language: version id}}}} of what may be sent now; two queries.

    A variant's key is the text's own with `+role=…;country=…;culture=…;stance=…` behind it.
    """
    wanted = list(keys)
    named = Template.objects.filter(key__contains="+").values_list("key", flat=True).distinct()
    mine = [key for key in named if key.partition("+")[0] in set(wanted)]
    found = _sendable(mine)
    if vouched:
        found = found.filter(voucher_id__isnull=False)
    shelf: dict[str, dict[str, dict[str, dict[str, int]]]] = {key: {} for key in wanted}
    for whole, channel, locale, version in found.values_list(
        "wording__template__key", "wording__template__channel", "wording__locale", "pk"
    ):
        key, _, name = whole.partition("+")
        shelf[key].setdefault(channel, {}).setdefault(name, {})[locale] = version
    return shelf


def written(keys: Iterable[str]) -> frozenset[tuple[str, str]]:
    """(key, channel) of those of the keys for which there is a source at all."""
    found = Template.objects.filter(key__in=list(keys))
    return frozenset(found.values_list("key", "channel"))


def fields(version_ids: Sequence[int]) -> dict[int, Version]:
    """{version id: its text}; one query. Raises Refused `wording.version_unknown`."""
    found = {row.pk: _version(row) for row in _whole().filter(pk__in=list(version_ids))}
    for version_id in version_ids:
        if version_id not in found:
            raise Refused("wording.version_unknown", version=version_id)
    return found


def show(key: str, *, locale: str = "") -> tuple[Version, ...]:
    """All versions of a key, newest first, in one language or in all.

    Raises Refused `wording.key_unknown`.
    """
    rows = _whole().filter(wording__template__key=key)
    if locale:
        rows = rows.filter(wording__locale=locale)
    rows = rows.order_by("wording__template__channel", "wording__locale", "-pk")
    found = tuple(map(_version, rows))
    if not found:
        _refuse_unknown(key)
    return found


def check(key: str = "", *, locale: str = "") -> tuple[Remark, ...]:
    """Findings on every version that is not stale, of one key or of all.

    Raises Refused `wording.key_unknown`.
    """
    rows = _whole().exclude(state="stale").order_by("pk")
    if key:
        rows = rows.filter(wording__template__key=key)
    if locale:
        rows = rows.filter(wording__locale=locale)
    versions = tuple(map(_version, rows))
    if key and not versions:
        _refuse_unknown(key)
    asked = asking.reader()
    return tuple(
        Remark(text.key, text.channel, text.locale, text.id, text.state, finding)
        for text in versions
        for finding in checks.examine(
            text.fields,
            locale=text.locale,
            source=text.source,
            source_locale=text.source_locale,
            asked=asked(text.key, text.channel, text.locale, text.source_locale),
        )
    )


def examine(
    version_ids: Sequence[int], *, more: Mapping[int, Asked] | None = None
) -> dict[int, tuple[Finding, ...]]:
    """{version id: what the gate finds on it today}, with what its scenario and glossary ask for.

    `more` adds to that what is asked of single versions. Raises Refused `wording.version_unknown`.
    """
    asked, also = asking.reader(), more or {}
    return {
        version_id: _findings(
            tuple(text.fields.items()),
            text.locale,
            tuple(text.source.items()),
            text.source_locale,
            _Alike(
                asked(text.key, text.channel, text.locale, text.source_locale).joined(
                    also.get(version_id, checks.NOTHING)
                )
            ),
        )
        for version_id, text in fields(version_ids).items()
    }


class _Alike:
    """What is asked of a text, equal to whatever asks for the same."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self._told = repr(asked)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Alike) and self._told == other._told

    def __hash__(self) -> int:
        return hash(self._told)


@lru_cache(2048)
def _findings(
    ours: tuple[tuple[str, str], ...],
    locale: str,
    source: tuple[tuple[str, str], ...],
    source_locale: str,
    alike: _Alike,
) -> tuple[Finding, ...]:
    """Remembered: a launch looks at what was looked at when it was submitted (170 -> 10 ms)."""
    return checks.examine(
        dict(ours),
        locale=locale,
        source=dict(source),
        source_locale=source_locale,
        asked=alike.asked,
    )


def languages(keys: Iterable[str]) -> tuple[str, ...]:
    """Every language in which a text of the keys was ever written, sorted; one query."""
    found = Wording.objects.filter(template__key__in=list(keys))
    return tuple(sorted(set(found.values_list("locale", flat=True))))


def _sendable(wanted: list[str]) -> QuerySet[WordingVersion]:
    """Accepted against today's source; an operator's text comes last, so that it replaces ours."""
    preferred = Case(When(origin=Origin.OPERATOR.value, then=Value(1)), default=Value(0))
    return WordingVersion.objects.filter(
        wording__template__key__in=wanted,
        state__in=[state.value for state in SENDABLE],
        source_hash=F("wording__template__source_hash"),
    ).order_by(preferred, "pk")


def _whole() -> QuerySet[WordingVersion]:
    return WordingVersion.objects.select_related("wording__template")


def _version(row: WordingVersion) -> Version:
    template = row.wording.template
    return Version(
        id=row.pk,
        key=template.key,
        channel=template.channel,
        locale=row.wording.locale,
        fields=row.fields,
        source_locale=template.source_language,
        source=template.source,
        source_hash=row.source_hash,
        origin=row.origin,
        state=row.state,
        accepted_by=row.accepted_by,
        vouched=row.voucher_id is not None,
        engine=row.engine,
        back=row.back,
    )


def _refuse_unknown(key: str) -> None:
    if not Template.objects.filter(key=key).exists():
        raise Refused("wording.key_unknown", key=key[:120])
