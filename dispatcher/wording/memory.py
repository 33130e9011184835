"""The translation memory: lines of accepted wordings, which answer before any engine is asked."""

from collections import Counter
from collections.abc import Iterator, Mapping

from dispatcher.kit.errors import Refused
from dispatcher.wording.models import WordingVersion
from dispatcher.wording.segments import lines
from dispatcher.wording.states import State

NAME = "memory"


def recall(*, source: str, target: str) -> dict[str, str]:
    """{line in the source language: its accepted translation}, placeholders written out.

    From texts whose source was written in `source` and whose translation somebody accepted. A text
    counts when both sides have the same lines with the same marks; where two translators said it
    differently, the more frequent wins, then the newer.
    """
    told: dict[str, Counter[str]] = {}
    rows = WordingVersion.objects.filter(
        state=State.ACCEPTED.value,
        wording__locale=target,
        wording__template__source_language=source,
    ).select_related("wording__template")
    for row in rows.order_by("-pk"):
        for ours, theirs in _pairs(row.wording.template.source, row.fields, source, target):
            told.setdefault(ours, Counter())[theirs] += 1
    return {ours: seen.most_common(1)[0][0] for ours, seen in told.items()}


def _pairs(
    ours: Mapping[str, str], theirs: Mapping[str, str], source: str, target: str
) -> Iterator[tuple[str, str]]:
    for name in ours.keys() & theirs.keys():
        try:
            left, right = lines(ours[name], locale=source), lines(theirs[name], locale=target)
        except Refused:  # a text of an older grammar is no memory
            continue
        if [marks for marks, _ in left] == [marks for marks, _ in right]:
            yield from (
                (one, other)
                for (_, one), (_, other) in zip(left, right, strict=True)
                if one and other
            )
