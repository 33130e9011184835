"""The story of a dispatch: what was decided and what happened, in the order of time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import (
    get_language,
    get_language_bidi,
    gettext,
    ngettext,
    pgettext_lazy,
)
from django.utils.translation import gettext_lazy as _

from dispatcher.ledger import stages
from dispatcher.ledger.models import Dispatch
from dispatcher.operators.models import JournalEntry, Office, User
from dispatcher.reports.after_action import Report
from dispatcher.wording import bidi, values

TOLD: Mapping[str, Promise] = {
    "alerts.composed": _("The alert was begun"),
    "alerts.submitted": _("Submitted for approval"),
    "alerts.approved": pgettext_lazy("event", "Approved"),
    "alerts.returned": pgettext_lazy("event", "Sent back"),
    "alerts.rejected": _("Rejected for good"),
    "alerts.broke_glass": _("Approved without the offices"),
    "alerts.glass_reviewed": _("The approval without the offices was reviewed"),
    "alerts.launched": pgettext_lazy("event", "Launched"),
    "alerts.paused": pgettext_lazy("event", "Paused"),
    "alerts.resumed": pgettext_lazy("event", "Resumed"),
    "alerts.stopped": _("Stopped for good"),
    "alerts.reminded": _("A reminder was asked for"),
    "alerts.quiet_overridden": _("Quiet hours were overridden"),
}
"""What the journal knows of an alert and the story tells; the single facts stand on its page."""
STAGES: Mapping[str, Promise] = {
    "ladder": _("The next step of the ladder went to who had not answered"),
    "share": _("Too few had answered: others were told"),
    "reminder": _("The reminder went to who had not answered"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was done, or that happened."""

    at: datetime
    name: str
    who: str = ""
    note: str = ""
    """A reason, an office, a number of people."""


def events(dispatch: Dispatch, report: Report, *, whole: bool) -> list[Event]:
    """All of it, the oldest first; who sees a part is not told figures of the whole."""
    held = [*_decided(dispatch), *_happened(dispatch, report), *_staged(dispatch, whole=whole)]
    return sorted(held, key=lambda event: event.at)


def _decided(dispatch: Dispatch) -> Iterator[Event]:
    """What the journal says of the alert."""
    lines = list(JournalEntry.objects.filter(about=dispatch.alert_ref, what__in=list(TOLD)))
    users = {line.who for line in lines}
    names = {one.username: one.get_full_name() for one in User.objects.filter(username__in=users)}
    offices = {office.pk: str(office) for office in Office.objects.all()}
    for line in lines:
        told = line.facts
        office = offices.get(str(told.get("office", "")), "")
        note = str(told.get("reason") or told.get("word") or "")
        who = _apart(names.get(line.who, line.who))
        who = f"{who} · {office}" if office else who
        yield Event(line.at, str(TOLD[line.what]), who, note)


def _happened(dispatch: Dispatch, report: Report) -> Iterator[Event]:
    """What the ledger knows."""
    took = report.objective.first_message_took
    if took is not None:
        at = dispatch.launched_at + timedelta(seconds=took)
        yield Event(at, gettext("A carrier took the first message"))
    for share, seconds in zip((50, 90, 99), report.time_to(), strict=True):
        if seconds is not None:
            line = gettext("%(share)s of those written to had been reached")
            yield Event(
                dispatch.launched_at + timedelta(seconds=seconds), line % {"share": _percent(share)}
            )
    if report.completed_at:
        yield Event(report.completed_at, gettext("Complete: nothing waits, and nothing is open"))


def _apart(name: str) -> str:
    return bidi.isolated(name, "rtl" if get_language_bidi() else "ltr")


def _percent(share: int) -> str:
    tag = get_language() or "en"
    return values.show(Decimal(share) / 100, "number", style="percent", locale=tag, zone=UTC)


def _staged(dispatch: Dispatch, *, whole: bool) -> Iterator[Event]:
    for one in stages.of(dispatch.pk):
        if one.begun_at and one.targeted:
            line = ngettext("%(n)s message", "%(n)s messages", one.targeted) if whole else ""
            yield Event(one.begun_at, str(STAGES[one.kind]), note=line % {"n": one.targeted})
