"""How one alert is told: its headline, its facts, what the offices said, what it lacks."""

from django.utils.translation import gettext
from rich.table import Table

from dispatcher.alerts import gate
from dispatcher.alerts.models import Alert, Approval, Fact
from dispatcher.alerts.scenarios import load
from dispatcher.alerts.states import MEANING, State
from dispatcher.cli import shell
from dispatcher.cli.screen import cell, table
from dispatcher.cli.shell import answer


def show_alert(alert: Alert) -> None:
    """The answer of every verb that changes or shows an alert."""
    facts = list(alert.facts.select_related("verified_by"))
    lacks = gate.lacks(alert) if alert.state in {State.DRAFT, State.RETURNED} else ()
    value = {
        **alert_json(alert),
        "facts": [fact_json(fact) for fact in facts],
        "lacks": [{"code": c.code, "sentence": shell.sentence(c)} for c in lacks],
    }
    missing = [gettext("Still missing:"), *(f"  - {shell.sentence(cause)}" for cause in lacks)]
    answer(
        value,
        headline(alert),
        gettext(MEANING[State(alert.state)]),
        *([facts_table(facts)] if facts else []),
        *([approvals_table(alert)] if alert.approvals.exists() else []),
        *(missing if lacks else []),
    )


def headline(alert: Alert) -> str:
    """One line that nobody can mistake: the mode stands first, in capitals."""
    line = gettext("%(mode)s · alert %(number)s · %(scenario)s, %(part)s · %(state)s · %(regions)s")
    told = line % {
        "mode": mode_word(alert),
        "number": alert.number,
        "scenario": gettext(load(alert.scenario).title),
        "part": alert.part,
        "state": alert.state,
        "regions": ", ".join(alert.scope),
    }
    return f"{told} · {cell(alert.title)}" if alert.title else told


def mode_word(alert: Alert) -> str:
    """DRILL and REAL look different and stand first in every list."""
    return gettext("drill") if alert.mode == Alert.DRILL else f"*** {gettext('REAL')} ***"


def alert_json(alert: Alert) -> dict[str, object]:
    """An alert for a script."""
    return {
        "number": alert.number,
        "mode": alert.mode,
        "scenario": alert.scenario,
        "part": alert.part,
        "state": alert.state,
        "title": alert.title,
        "segment": alert.segment,
        "list": alert.list_id,
        "follows": alert.follows.number if alert.follows else None,
        "affected": alert.affected,
        "quiet_hours": alert.quiet_hours,
        "quiet_override": alert.quiet_override,
        "regions": alert.scope,
        "author": alert.author.username,
        "fallback": alert.fallback,
        "default_language": alert.default_language,
        "expires_after": alert.expires_after,
        "fingerprint": alert.fingerprint,
    }


def fact_json(fact: Fact) -> dict[str, object]:
    """A fact for a script."""
    return {
        "name": fact.name,
        "type": fact.type,
        "value": fact.value,
        "region": fact.region,
        "language": fact.language,
        "source": fact.source,
        "verified_by": fact.verified_by.username if fact.verified_by else "",
        "verified_at": fact.verified_at,
    }


def facts_table(facts: list[Fact]) -> Table:
    """Facts with their sources and who verified them."""
    heads = [gettext("Fact"), gettext("Value"), gettext("Source"), gettext("Verified by")]
    return table(heads, [
        (str(f), f.value, f.source, f.verified_by.get_full_name() if f.verified_by else "-")
        for f in facts
    ])  # fmt: skip


def approvals_table(alert: Alert) -> Table:
    """What the offices have said so far."""
    heads = [gettext("Office"), gettext("Said"), gettext("By"), gettext("Reason"), gettext("Void")]
    rows = [
        (
            _office(said),
            gettext(str(said.get_decision_display())),
            said.user.get_full_name(),
            said.reason,
            gettext("void") if said.void_at else "",
        )
        for said in alert.approvals.select_related("office", "user")
    ]
    return table(heads, rows)


def _office(said: Approval) -> str:
    return str(said.office) if said.office else "-"
