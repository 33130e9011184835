"""Which dispatches a person may see, and how much of each: asked anew for every request."""

from collections.abc import Iterator
from dataclasses import dataclass

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


def find(user: User, dispatch_id: int) -> Seen | None:
    """The dispatch, or None where it does not exist or reaches no region that the user reads."""
    dispatch = Dispatch.objects.filter(pk=dispatch_id).first()
    return _seen(dispatch, access.regions_of(user, *READERS)) if dispatch else None


def listed(user: User, *, before: int | None, most: int) -> list[Seen]:
    """The newest dispatches that the user may see, at most so many, older than `before`."""
    found: list[Seen] = []
    for seen in _walk(access.regions_of(user, *READERS), before):
        if len(found) == most:
            break
        found.append(seen)
    return found


def _walk(mine: tuple[str, ...], before: int | None) -> Iterator[Seen]:
    if not mine:
        return
    rows = Dispatch.objects.order_by("-pk")
    for dispatch in (rows.filter(pk__lt=before) if before else rows).iterator(chunk_size=50):
        seen = _seen(dispatch, mine)
        if seen:
            yield seen


def _seen(dispatch: Dispatch, mine: tuple[str, ...]) -> Seen | None:
    reach = tuple(dispatch.plan.get("scope") or (WORLD,))
    regions = access.common(mine, reach)
    if not regions:
        return None
    return Seen(dispatch, regions, access.covers(mine, reach), _title(dispatch))


def _title(dispatch: Dispatch) -> str:
    number = dispatch.alert_ref.removeprefix(_ALERT)
    if not number.isdecimal():
        return ""
    return Alert.objects.filter(pk=int(number)).values_list("title", flat=True).first() or ""
