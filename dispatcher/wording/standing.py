"""How every text stands in every language: what the translators' bench and the lead look at."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from dispatcher.wording.comparing import Piece, changes
from dispatcher.wording.models import Source, Template, WordingVersion
from dispatcher.wording.states import MISSING, OPEN, Origin, State

_WEIGHT = {
    State.STALE: 0,
    State.NEEDS_EDITING: 1,
    State.MACHINE_DRAFT: 1,
    State.IN_REVIEW: 1,
    State.ACCEPTED: 2,
}
"""Which of several versions counts; of two alike the organisation's own, then the newest."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one text stands in one language; without a version it is missing."""

    key: str
    channel: str
    locale: str
    state: str
    version_id: int | None = None
    origin: str = ""
    engine: str = ""
    written_by: str = ""
    accepted_by: str = ""
    vouched: bool = False
    """A named person of this installation accepted it; shipped texts begin without."""
    at: datetime | None = None
    remark: str = ""


def changed(version_id: int) -> dict[str, tuple[Piece, ...]]:
    """What has changed in the source since this version was written, field by field."""
    version = WordingVersion.objects.select_related("wording__template").get(pk=version_id)
    template = version.wording.template
    then = Source.objects.filter(template=template, hash=version.source_hash).first()
    return changes(then.fields if then else {}, template.source)


def standings(keys: Iterable[str], *, locales: Iterable[str]) -> list[Standing]:
    """How each text of the keys stands in each language, missing ones too, in a fixed order."""
    wanted, tongues = list(keys), list(locales)
    templates = Template.objects.filter(key__in=wanted).order_by("key", "channel")
    newest = _newest(wanted)
    return [
        newest.get((row.key, row.channel, locale))
        or Standing(row.key, row.channel, locale, MISSING)
        for row in templates
        for locale in dict.fromkeys([row.source_language, *tongues])
    ]


def in_hand(keys: Iterable[str], *, locales: Iterable[str]) -> dict[tuple[str, str, str], Standing]:
    """(key, channel, language) -> the version that somebody works on now.

    It may stand beside an accepted one, which is sent until this one takes its place.
    """
    rows = (
        WordingVersion.objects.filter(
            wording__template__key__in=list(keys),
            wording__locale__in=list(locales),
            source_hash=F("wording__template__source_hash"),
            origin=Origin.OPERATOR.value,
            state__in=[state.value for state in OPEN],
        )
        .select_related("wording__template")
        .order_by("pk")
    )
    told = (_standing(row, State(row.state)) for row in rows)
    return {(one.key, one.channel, one.locale): one for one in told}


def _newest(keys: list[str]) -> dict[tuple[str, str, str], Standing]:
    """The version that counts: what may be sent, else what somebody works on, else the newest."""
    rows = WordingVersion.objects.filter(wording__template__key__in=keys)
    found: dict[tuple[str, str, str], tuple[tuple[int, int], Standing]] = {}
    for row in rows.select_related("wording__template").order_by("pk"):
        template = row.wording.template
        fresh = row.source_hash == template.source_hash
        state = State(row.state) if fresh else State.STALE
        place = (template.key, template.channel, row.wording.locale)
        own = row.origin == Origin.OPERATOR
        weight = (2 * _WEIGHT[state] + own, row.pk)
        if place not in found or weight > found[place][0]:
            found[place] = weight, _standing(row, state)
    return {place: standing for place, (_, standing) in found.items()}


def _standing(row: WordingVersion, state: State) -> Standing:
    template = row.wording.template
    return Standing(
        template.key,
        template.channel,
        row.wording.locale,
        state.value,
        version_id=row.pk,
        origin=row.origin,
        engine=row.engine,
        written_by=row.written_by,
        accepted_by=row.accepted_by,
        vouched=row.voucher_id is not None,
        at=row.accepted_at or row.created_at,
        remark=row.remark,
    )
