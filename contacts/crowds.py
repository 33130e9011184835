"""An audience read once and folded: people who are alike in all that decides what they get.

Some thousand rows stand for a million people; every count of an audience is a sum of them.
"""

import hashlib
import json
import zlib
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final, NamedTuple, Self

from django.db import connection

from contacts.folding import folding
from contacts.models import Channel
from contacts.reach import Audience, Query, Scope, people, recipients

FEW: Final = 10
"""People elsewhere are told in tens: a sentence that fits one of them would otherwise say of a
stranger far away whether it is true. Who is on a list was put there by name."""
# A person without any usable address is counted once, by the first of these that is true.
_BLOCKERS: Final = ("opted_out", "suppressed", "dead", "no_consent", "no_address")
_WHY: Final = " ".join(
    f"when '{reason}' in (sms_block, email_block, push_block) then '{reason}'"
    for reason in _BLOCKERS
)
_CHANNELS: Final = ", ".join(f"case when {name} then '{name}' end" for name in Channel.values)
# Folded by truth values and made arrays afterwards: a million of them would be hashed.
_ALIKE: Final = f"""
    select languages, roles, region, country, culture, time_zone,
        array_remove(array[{_CHANNELS}], null), blocker, people, first
    from (
        select languages, roles, region, country, culture, time_zone,
            sms_id is not null as sms, email_id is not null as email, push_id is not null as push,
            case when coalesce(sms_id, email_id, push_id) is not null then '' {_WHY} end as blocker,
            count(*) as people, min(contact_id) as first
        from ({{recipients}}) recipient
        group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
    ) alike
"""  # noqa: S608  (constants of this module)
_LATER: Final = datetime.max.replace(tzinfo=UTC)


class Alike(NamedTuple):
    """People who are alike."""

    languages: tuple[str, ...]
    roles: tuple[str, ...]
    region: str
    country: str
    culture: str
    time_zone: str
    channels: tuple[str, ...]
    """By which they can be reached."""
    blocker: str
    """Why by none; '' for who can be."""
    people: int
    first: int
    """The least contact id among them."""


@dataclass(frozen=True, slots=True)
class Reachable:
    """What a preview says of an audience.

    `total` people inside the scope, `reachable` by at least one channel; by region and by first
    language ('' is none) they add up to `total`, and so do `reachable` and `blockers` without
    `no_language`, which stands beside them: such a person can be reached, but in what words?
    """

    total: int
    reachable: int
    by_region: Mapping[str, int]
    by_language: Mapping[str, int]
    by_channel: Mapping[str, int]
    blockers: Mapping[str, int]
    outside_scope: int


@dataclass(frozen=True)
class Crowd:
    """Everybody in an audience and a scope, the most alike first."""

    alike: tuple[Alike, ...]
    outside: int = 0
    """People whom the audience names and the scope leaves out; of a sentence's the tens."""

    @cached_property
    def reachable(self) -> Reachable:
        """The figures: how many, where, in which language, and what stands in the way."""
        by_region, by_language, by_channel, by_blocker = (Counter[str]() for _ in range(4))
        for one in self.alike:
            by_region[one.region] += one.people
            by_language[one.languages[0] if one.languages else ""] += one.people
            by_blocker[one.blocker] += one.people
            for channel in one.channels:
                by_channel[channel] += one.people
        return Reachable(
            total=by_blocker.total(),
            reachable=by_blocker.pop("", 0),
            by_region=dict(by_region),
            by_language=dict(by_language),
            by_channel={channel: by_channel[channel] for channel in Channel.values},
            blockers={**by_blocker, "no_language": by_language[""]},
            outside_scope=self.outside,
        )

    def packed(self) -> str:
        """As text, for who keeps it: some twenty bytes a row."""
        told = json.dumps([self.outside, self.alike], ensure_ascii=False).encode()
        return b64encode(zlib.compress(told, level=1)).decode()

    @classmethod
    def unpacked(cls, text: str) -> Self:
        """What `packed` gave."""
        outside, rows = json.loads(zlib.decompress(b64decode(text)))
        return cls(tuple(map(_alike, rows)), outside)


def gather(audience: Audience, *, scope: Scope, kind: str) -> Crowd:
    """Read an audience as it is now: the whole of it, once. Raises what `recipients` raises."""
    query = _query(audience, scope=scope, kind=kind)
    with folding():
        rows = _rows(_ALIKE.replace("{recipients}", query.sql), query.params)
    alike = sorted(map(_alike, rows), key=lambda one: (-one.people, one.first))
    total = sum(one.people for one in alike)
    return Crowd(tuple(alike), _outside(audience, scope=scope, total=total))


def name(audience: Audience, *, scope: Scope, kind: str) -> str:
    """A name of just this question: of the statement and every value that would be asked.

    Those spell out the audience, the regions, and what own regions hold. Raises as `gather` does.
    """
    query = _query(audience, scope=scope, kind=kind)
    return hashlib.sha256(repr((query.sql, sorted(query.params.items()))).encode()).hexdigest()


def count(audience: Audience, *, scope: Scope, kind: str) -> Reachable:
    """The figures of an audience. Raises what `gather` raises."""
    return gather(audience, scope=scope, kind=kind).reachable


def _query(audience: Audience, *, scope: Scope, kind: str) -> Query:
    return recipients(audience, scope=scope, kind=kind, cutoff=_LATER)


def _alike(row: Sequence[Any]) -> Alike:
    """A row of the statement, or of what was kept of it."""
    languages, roles, region, country, culture, time_zone, channels, *rest = row
    place = (region, country, culture, time_zone)
    return Alike(tuple(languages), tuple(roles), *place, tuple(channels), *rest)


def _rows(sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _outside(audience: Audience, *, scope: Scope, total: int) -> int:
    """People whom the audience names and the caller may not see; of a sentence's the tens."""
    if scope.regions is None:
        return 0
    named = people(audience, scope=Scope.everything())
    sql = f"select count(*) from contacts_contact c where {named.sql}"  # noqa: S608
    found = int(_rows(sql, named.params)[0][0]) - total
    return found // FEW * FEW if audience.segment.strip() else found
