"""What exactly is approved: the whole plan with its wordings pinned, and its fingerprint."""

import hashlib
import json
from typing import Any

from dispatcher.alerts import night, scenarios, survey
from dispatcher.alerts.deputies import escalation
from dispatcher.alerts.models import Alert
from dispatcher.fanout.plan import Escalation, FrozenFact, Plan, Target, freeze
from dispatcher.wording import choosing


def plan(alert: Alert) -> Plan:
    """Everything that the launch will freeze, as it stands now."""
    scenario = scenarios.load(alert.scenario)
    target, asked = scenario.target, escalation(alert)
    quiet, overridden = night.quiet(alert)
    return Plan(
        segment="" if alert.affected else alert.segment,
        list_id=None if alert.affected else alert.list_id,
        scope=tuple(alert.scope),
        kind=scenario.kind,
        groups=survey.groups(alert),
        facts=tuple(
            FrozenFact(row.name, row.type, row.value, row.region, row.language)
            for row in alert.facts.all()
        ),
        fallback=choosing.Fallback(alert.fallback).value,
        no_language=scenario.no_language,
        default_language=alert.default_language,
        target=Target(
            first_message=int(target.first_message.total_seconds()),
            share=target.share,
            within=int(target.within.total_seconds()),
        ),
        quiet=quiet,
        quiet_overridden=overridden,
        escalation=asked if isinstance(asked, Escalation) else None,
        affected=survey.affected_dispatch(alert),
        affected_wordings=tuple(alert.affected_wordings),
    )


def pinned(alert: Alert) -> tuple[dict[str, Any], str]:
    """The plan as JSON and the fingerprint of all that an office approves."""
    held = freeze(plan(alert))
    return held, fingerprint(alert, held)


def fingerprint(alert: Alert, held: dict[str, Any]) -> str:
    """SHA-256 of the alert's own columns and the plan: equal when nothing differs."""
    whole = {
        "alert": alert.pk,
        "scenario": alert.scenario,
        "part": alert.part,
        "mode": alert.mode,
        "expires_after": alert.expires_after.total_seconds(),
        "follows": alert.follows_id,
        "stance": alert.stance,
        "plan": held,
    }
    text = json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def versions(held: Plan) -> list[int]:
    """The wording versions that a plan pins, sorted."""
    shelves = [shelf for group in held.groups for shelf in group.wordings.values()]
    shelves += [
        shelf
        for group in held.groups
        for variants in group.variants.values()
        for shelf in variants.values()
    ]
    return sorted({version for shelf in shelves for version in shelf.values()})
