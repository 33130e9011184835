"""What a person looked at before deciding, kept so that the next look can show what has changed."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from dispatcher.alerts.models import Alert, Look
from dispatcher.alerts.preview import READ, SAMPLE_DELIVERY, Preview
from dispatcher.alerts.sheet import Sheet
from dispatcher.alerts.survey import Told
from dispatcher.channels.base import personal
from dispatcher.fanout.load import acknowledgement
from dispatcher.kit.errors import Refused
from dispatcher.operators.models import User

NOBODY = "…"
"""Stands for the reader's name: what is kept of a look names none of those who are told."""


@dataclass(frozen=True, slots=True)
class Sight:
    """An alert as it can be seen at one moment."""

    texts: Mapping[str, str]
    """group/channel/language/field -> the text with its facts, as most of its readers get it."""
    facts: Mapping[str, str]
    """Name with its scope -> value in the canonical form."""
    choices: Mapping[str, str]
    """What the author decided: column -> value."""
    people: Mapping[str, int]
    """channel:sms, language:fa, region:DE, all -> people."""
    at: datetime | None = None
    """When it was seen first; None: now."""

    @property
    def digest(self) -> str:
        """Equal while the content is; people move without anybody's doing and are not in it."""
        content = [dict(self.texts), dict(self.facts), dict(self.choices)]
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def sight(alert: Alert, seen: Preview) -> Sight:
    """What stands before somebody who looks at the alert and its preview now."""
    return Sight(
        texts=dict(_texts(alert, seen)),
        facts={str(fact): fact.value for fact in alert.facts.all()},
        choices={
            "segment": alert.segment,
            "list_id": str(alert.list_id or ""),
            "scope": ", ".join(alert.scope),
            "fallback": alert.fallback,
            "default_language": alert.default_language,
            "stance": alert.stance,
            "expires_after": str(int(alert.expires_after.total_seconds())),
            "quiet_hours": alert.quiet_hours,
            "quiet_override": alert.quiet_override,
        },
        people=_people(seen),
    )


@transaction.atomic
def look(alert: Alert, now: Sight, *, by: User) -> Sight | None:
    """Keep what the person sees; what they saw last that was not this, or None.

    While the content stays the same it is kept once, and the answer stays the same, so that a page
    that is loaded anew still shows the changes.
    """
    Look.objects.get_or_create(
        alert=alert,
        user=by,
        digest=now.digest,
        defaults={
            "texts": now.texts,
            "facts": now.facts,
            "choices": now.choices,
            "people": now.people,
        },
    )
    kept = Look.objects.filter(alert=alert, user=by).exclude(digest=now.digest)
    last = kept.order_by("-pk").first()
    if last is None:
        return None
    return Sight(last.texts, last.facts, last.choices, last.people, last.at)


def _texts(alert: Alert, seen: Preview) -> Iterator[tuple[str, str]]:
    """Each text once, as the most numerous region's readers get it."""
    largest: dict[tuple[str, str, str], Told] = {}
    for row in seen.told:
        key = (row.group, row.channel, row.language)
        if key not in largest or row.people > largest[key].people:
            largest[key] = row
    sheet = Sheet.of(alert, {row.version_id for row in largest.values()})
    slots = personal({"recipient": NOBODY, "acknowledge": acknowledgement(SAMPLE_DELIVERY)})
    for key, row in sorted(largest.items()):
        try:
            shown = sheet.render(row)
        except Refused:  # a fact is missing: the gate says which
            continue
        for part in READ:
            if part in shown.parts:
                yield "/".join((*key, part)), shown.parts[part].fill(slots)


def _people(seen: Preview) -> dict[str, int]:
    found: Counter[str] = Counter({"all": seen.reachable.total})
    for row in seen.told:
        found[f"channel:{row.channel}"] += row.people
        found[f"language:{row.language}"] += row.people
        found[f"region:{row.region.partition('-')[0]}"] += row.people
    return dict(found)
