"""How fresh the registry is: who cannot be reached, or not in their language, counted by region.

Counting reads everybody (about ten seconds for a million people), so it is done now and then, and
the pages read what it left: figures, and the ids of those whom nothing would reach.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.db import connection, transaction

from contacts.finding import CONDITIONS, LACKS
from contacts.models import Freshness
from contacts.reach import Audience, recipients
from contacts.regions import Scope

_UNREACHABLE: Final = """
    insert into contacts_unreachable (contact_id)
    select contact_id from ({people}) r where coalesce(sms_id, email_id, push_id) is null
"""
_COUNT: Final = """
    insert into contacts_freshness (lack, region, people)
    select %(lack)s, c.region, count(*) from contacts_contact c
    where c.forgotten_at is null and c.list_id is null and {such}
    group by c.region
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """People by what they lack and where they live, in the scope; `counted_at` None: never yet."""

    counted_at: datetime | None
    by_lack: Mapping[str, Mapping[str, int]]


@transaction.atomic
def survey() -> None:
    """Count again; one at a time, who comes second waits and counts once more."""
    query = recipients(
        Audience(segment="everyone"),
        scope=Scope.everything(),
        kind="safety",
        cutoff=datetime.now(UTC),
    )
    params: dict[str, Any] = {**query.params}
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('contacts.freshness'))")
        cursor.execute("delete from contacts_unreachable; delete from contacts_freshness")
        cursor.execute(_UNREACHABLE.format(people=query.sql), params)
        for lack in LACKS:
            cursor.execute(_COUNT.format(such=CONDITIONS[lack]), {"lack": lack})
        # So that "never counted" differs from "nobody lacks anything".
        cursor.execute("insert into contacts_freshness (lack, region, people) values ('', '', 0)")


def figures(*, scope: Scope) -> Figures:
    """What was counted last, of the regions inside the scope."""
    inside = scope.territory()
    by_lack: dict[str, dict[str, int]] = {lack: {} for lack in LACKS}
    counted_at = None
    for one in Freshness.objects.order_by("-people"):
        counted_at = one.counted_at
        if one.lack in by_lack and inside.holds(one.region):
            by_lack[one.lack][one.region] = one.people
    return Figures(counted_at, by_lack)
