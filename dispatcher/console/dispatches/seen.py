"""Which dispatches a person may see, and how much of each: asked anew for every request."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from django.db.models import QuerySet

from contacts.regions import Scope
from contacts.territories import WORLD
from dispatcher.alerts.models import Alert
from dispatcher.ledger.models import Dispatch
from dispatcher.operators import access
from dispatcher.operators.models import User
from dispatcher.operators.roles import READERS

_ALERT = "alert:"


@dataclass(frozen=True, slots=True)
class Seen:
    """A dispatch through the eyes of one person."""

    dispatch: Dispatch
    regions: tuple[str, ...]
    """The part of the dispatch's regions that the person may read."""
    whole: bool
    title: str
    """What its author called the alert; people's own text."""

    @property
    def scope(self) -> Scope:
        """For every question about this dispatch."""
        return Scope(regions=self.regions)


def find(user: User, dispatch_id: int, *, titled: bool = True) -> Seen | None:
    """The dispatch, or None where it does not exist or reaches no region that the user reads.

    Not `titled`: its title is not asked for.
    """
    dispatch = Dispatch.objects.filter(pk=dispatch_id).first()
    found = _seen(dispatch, access.regions_of(user, *READERS)) if dispatch else None
    return _titled([found])[0] if found and titled else found


def titled(found: Seen) -> Seen:
    """The same with its title."""
    return _titled([found])[0]


def listed(user: User, *, before: int | None, most: int) -> list[Seen]:
    """The newest dispatches that the user may see, at most so many, older than `before`."""
    rows = Dispatch.objects.order_by("-pk")
    return _some(user, rows.filter(pk__lt=before) if before else rows, most)


def under_way(user: User, *, most: int) -> list[Seen]:
    """The newest that are neither complete nor stopped."""
    rows = Dispatch.objects.filter(stopped_at=None).exclude(state=Dispatch.State.COMPLETE)
    return _some(user, rows.order_by("-pk"), most)


def _some(user: User, rows: QuerySet[Dispatch], most: int) -> list[Seen]:
    mine = access.regions_of(user, *READERS)
    if not mine:
        return []
    walk = (_seen(dispatch, mine) for dispatch in rows.iterator(chunk_size=50))
    return _titled(list(islice(filter(None, walk), most)))


def _seen(dispatch: Dispatch, mine: tuple[str, ...]) -> Seen | None:
    reach = tuple(dispatch.plan.get("scope") or (WORLD,))
    regions = access.common(mine, reach)
    return Seen(dispatch, regions, access.covers(mine, reach), "") if regions else None


def _titled(found: Sequence[Seen]) -> list[Seen]:
    """With the titles of their alerts, all asked for at once."""
    numbers = {one.dispatch.pk: one.dispatch.alert_ref.removeprefix(_ALERT) for one in found}
    alerts = [int(number) for number in numbers.values() if number.isdecimal()]
    titles = dict(Alert.objects.filter(pk__in=alerts).values_list("pk", "title"))
    return [
        replace(one, title=titles.get(int(number), "") if number.isdecimal() else "")
        for one, number in zip(found, numbers.values(), strict=True)
    ]
