"""Who has not answered, and one more message to exactly those."""

import re
from dataclasses import dataclass

from django.db import transaction

from contacts.reach import Named, names
from contacts.regions import Scope
from dispatcher.alerts import desk, survey
from dispatcher.alerts.launch import dispatch_of
from dispatcher.alerts.models import Alert
from dispatcher.kit.errors import Refused
from dispatcher.ledger import stages
from dispatcher.ledger.models import Dispatch
from dispatcher.ledger.stages import NewStage, Silent, Stage
from dispatcher.ledger.statements import ledger_now
from dispatcher.operators import journal
from dispatcher.operators.models import User
from dispatcher.operators.roles import Role

NAME = "reminder"
_NAMES = re.compile(r"\w[\w -]{0,39}")


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Somebody who has not answered, with the name that the registry has for them."""

    silent: Silent
    named: Named
    """Empty when they are gone, or have moved to where the caller sees nobody."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """The reminder, and whether this call asked for it."""

    stage: Stage
    made: bool


def unanswered(alert: Alert, *, by: User) -> list[Unanswered]:
    """Everybody who has not answered, within the regions that the person may read; best first.

    Raises `alerts.not_launched`, NotAllowed.
    """
    scope = Scope(regions=desk.regions_seen(by, desk.read(alert.number, by=by)))
    found = stages.unanswered(_dispatch(alert).pk, regions=scope.codes())
    known = names([one.contact_id for one in found], scope=scope)
    nobody = Named("", "")
    return [Unanswered(one, known.get(one.contact_id, nobody)) for one in found]


@transaction.atomic
def remind(alert: Alert, *, by: User, name: str = NAME) -> Reminder:
    """Ask for one more message to exactly those who have not answered by then.

    Of one name there is one: whoever asks again, from whichever door, is told of the first. It goes
    by the first step of each one's ladder. Raises NotAllowed, and Refused
    `alerts.not_launched|over|bad_name`.
    """
    alert = desk.take(alert, by=by, roles=(Role.AUTHOR,))
    name = " ".join(name.split())
    if not _NAMES.fullmatch(name):
        raise Refused("alerts.bad_name", name=name[:40])
    dispatch = _dispatch(alert)
    earlier = _named(dispatch, name)
    if earlier and earlier.kind != "reminder":
        raise Refused("alerts.bad_name", name=name)
    if earlier:
        return Reminder(earlier, made=False)
    if dispatch.stopped_at or dispatch.expires_at <= ledger_now():
        raise Refused("alerts.over", number=alert.number)
    made = stages.add(dispatch.pk, NewStage(name, "reminder", requested_by=by.username))
    if made:
        journal.note(by, "alerts.reminded", survey.reference(alert), stage=name)
    stage = _named(dispatch, name)
    assert stage
    return Reminder(stage, made=made)


def reminders(alert: Alert) -> list[Stage]:
    """What has been asked for by hand, in its order."""
    dispatch = dispatch_of(alert)
    return [one for one in stages.of(dispatch.pk) if one.requested_by] if dispatch else []


def _named(dispatch: Dispatch, name: str) -> Stage | None:
    return next((one for one in stages.of(dispatch.pk) if one.name == name), None)


def _dispatch(alert: Alert) -> Dispatch:
    dispatch = dispatch_of(alert)
    if dispatch is None:
        raise Refused("alerts.not_launched", number=alert.number)
    return dispatch
