"""Forgetting: a person who asks for it, and a private list when its alerts are long over.

The people of a private list were lent for one matter (the customers whose data leaked, the patients
of one batch). A list goes by itself `settings.LIST_KEPT` after the last of its dispatches is
complete, so that an update or a correction can still reach exactly them; at once when nothing was
ever sent; and after the same time when no alert was ever made for it.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from contacts import rights
from contacts.models import AdHocList, Contact
from contacts.regions import Scope
from dispatcher.alerts.launch import dispatch_of
from dispatcher.alerts.models import Alert
from dispatcher.alerts.states import OPEN, State
from dispatcher.kit.errors import Refused
from dispatcher.ledger import replies
from dispatcher.ledger.statements import ledger_now
from dispatcher.operators import access, journal
from dispatcher.operators.models import User
from dispatcher.operators.roles import Role

KEEPER = Role.REGISTRY_KEEPER


@dataclass(frozen=True, slots=True)
class PrivateList:
    """A list that has not been erased; `erased_from` is None while an alert still needs it."""

    id: int
    name: str
    people: int
    alerts: tuple[str, ...]
    """The numbers of the alerts that are for it."""
    erased_from: datetime | None


@transaction.atomic
def forget(contact_id: int, *, by: User) -> None:
    """Erase one person and the words that they wrote to us; the bare id and the sums stay.

    Raises `contacts.contact_unknown`, also outside the operator's regions.
    """
    rights.forget(contact_id, scope=access.scope_of(by, KEEPER))
    replies.forget([contact_id])
    journal.note(by, "contacts.forgotten", f"contact:{contact_id}")


@transaction.atomic
def erase(list_id: int, *, by: User | None) -> int:
    """Erase a private list with its people and what they wrote; how many people.

    `by` None is the clock. Raises `contacts.list_unknown`, `contacts.list_outside`, and
    `alerts.list_in_use` while an alert for it may still leave or is on its way.
    """
    for alert in Alert.objects.filter(list_id=list_id).select_for_update().order_by("pk"):
        if _ended(alert) is None:
            raise Refused("alerts.list_in_use", list=list_id, number=alert.number)
    ids = rights.forget_list(
        list_id, scope=access.scope_of(by, KEEPER) if by else Scope.everything()
    )
    replies.forget(ids)
    journal.note(by, "contacts.list_erased", f"list:{list_id}", people=len(ids))
    return len(ids)


def lists() -> list[PrivateList]:
    """Every private list that is still there, oldest first."""
    return [
        PrivateList(
            one.pk,
            one.name,
            Contact.objects.filter(list=one, forgotten_at=None).count(),
            tuple(alert.number for alert in _alerts(one)),
            _erased_from(one),
        )
        for one in AdHocList.objects.filter(erased_at=None).order_by("pk")
    ]


def sweep() -> int:
    """Erase the lists whose time has come; how many."""
    now, erased = ledger_now(), 0
    for one in AdHocList.objects.filter(erased_at=None).order_by("pk"):
        due = _erased_from(one)
        if due is not None and due <= now:
            erase(one.pk, by=None)
            erased += 1
    return erased


def _alerts(one: AdHocList) -> list[Alert]:
    return list(Alert.objects.filter(list_id=one.pk).order_by("pk"))


def _erased_from(one: AdHocList) -> datetime | None:
    """From when on the list is erased by itself; None while it is needed."""
    alerts = _alerts(one)
    if not alerts:
        made: datetime = one.created_at
        return made + settings.LIST_KEPT
    ends = [_ended(alert) for alert in alerts]
    known = [end for end in ends if end is not None]
    return max(known) if len(known) == len(ends) else None


def _ended(alert: Alert) -> datetime | None:
    """When the list is no more needed for this alert; None while that cannot be said."""
    if alert.state in OPEN:
        return None
    if alert.state != State.LAUNCHED:  # rejected or cancelled: nothing was sent
        return alert.made_at
    dispatch = dispatch_of(alert)
    completed = dispatch.completed_at if dispatch else None
    return completed + settings.LIST_KEPT if completed else None
