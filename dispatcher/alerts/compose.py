"""Writing an alert: what it is, whom it is for, and the facts that it tells."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from contacts import territories
from dispatcher.alerts import choices, desk, marks, scenarios, survey
from dispatcher.alerts.choices import one_of
from dispatcher.alerts.models import Alert, Fact
from dispatcher.alerts.scenarios import PARTS, STANCES, Scenario
from dispatcher.alerts.states import State
from dispatcher.kit.errors import Refused
from dispatcher.operators import access, journal
from dispatcher.operators.models import User
from dispatcher.operators.roles import Role
from dispatcher.wording import tags, values

AUTHORS = (Role.AUTHOR,)
LONGEST_LIFE = choices.LONGEST_LIFE


@transaction.atomic
def compose(
    scenario: str,
    *,
    by: User,
    mode: str,
    part: str = "first",
    title: str = "",
    segment: str = "",
    list_id: int | None = None,
    regions: Sequence[str] = (),
    expires_after: timedelta | None = None,
    fallback: str = "",
    default_language: str = "",
    follows: Alert | None = None,
    quiet_hours: str = "",
    override_quiet: str = "",
    stance: str = "",
) -> Alert:
    """A new draft. `mode` is "drill" or "real" and stays so for the alert's whole life.

    Without `regions` it reaches as far as its author's roles. What `follows` an earlier alert
    takes over its facts, each with its own verification, and is for those who may have received it
    (unless an audience is given, or nothing has left yet: then for the same audience).
    `quiet_hours` (21:00-08:00) stand for the scenario's; `override_quiet` is the reason for which
    none hold. `stance` ("admits", "regrets") prefers wordings that were written for it.
    Raises `alerts.unknown_scenario|unknown_part|unknown_mode|unknown_fallback|bad_expiry`,
    `alerts.unknown_stance`,
    `alerts.follows_other`, `alerts.bad_quiet_hours|quiet_life_safety|reason_missing`,
    `wording.language_unknown`, `contacts.segment_*`, NotAllowed.
    """
    plan = scenarios.load(scenario)
    one_of("part", part, PARTS)
    one_of("mode", mode, (Alert.DRILL, Alert.REAL))
    one_of("stance", stance, STANCES)
    if follows:
        _check_follows(follows, by=by, scenario=scenario, mode=mode)
    asked = regions or (follows.scope if follows else access.regions_of(by, Role.AUTHOR))
    reach = tuple(map(access.canonical_region, asked))
    access.require(by, Role.AUTHOR, over=reach)
    same = bool(follows) and not (segment.strip() or list_id)
    affected = same and part != "first" and bool(follows and survey.launched(follows))
    if follows and same:  # the list stays, so that it is not erased before this has left
        segment, list_id = "" if affected else follows.segment, follows.list_id
    alert = Alert.objects.create(
        scenario=plan.key,
        part=part,
        mode=mode,
        title=title.strip()[:200],
        scope=sorted(set(reach)),
        author=by,
        follows=follows,
        affected=affected,
        stance=stance,
        **choices.audience(segment, list_id, scope=reach, follows=follows),
        **choices.quiet(plan, quiet_hours, override_quiet),
        **choices.choices(plan, expires_after, fallback, default_language),
    )
    if follows:
        _carry_over(follows, alert, plan)
    journal.note(by, "alerts.composed", f"alert:{alert.pk}", mode=mode, scenario=scenario)
    if alert.quiet_override:
        about = f"alert:{alert.pk}"
        journal.note(by, "alerts.quiet_overridden", about, reason=alert.quiet_override)
    return alert


@transaction.atomic
def set_audience(
    alert: Alert,
    *,
    by: User,
    segment: str = "",
    list_id: int | None = None,
    affected: bool = False,
    seen: str | None = None,
) -> Alert:
    """Whom it is for: a segment, a private list, or both. Sends the alert back to draft.

    Or, `affected`, those who may have received the alert that it follows. `seen` is the mark
    (`marks.of_audience`) of what the person looked at.
    Raises `alerts.unknown_list|list_of_another|nothing_followed`, `contacts.segment_*`,
    `alerts.changed_by_other`.
    """
    alert = desk.take(alert, by=by, roles=AUTHORS)
    marks.check(alert, seen=seen, now=marks.of_audience(alert), what=marks.AUDIENCE)
    desk.change(alert)
    if affected:
        if alert.follows is None or survey.launched(alert.follows) is None:
            raise Refused("alerts.nothing_followed", number=alert.number)
        segment, list_id = "", alert.follows.list_id
    columns = choices.audience(
        segment, list_id, scope=alert.scope, follows=alert.follows, alert=alert
    )
    Alert.objects.filter(pk=alert.pk).update(affected=affected, **columns)
    journal.note(by, "alerts.audience_set", f"alert:{alert.pk}", segment=segment, list=list_id)
    alert.refresh_from_db()
    return alert


@transaction.atomic
def set_choices(
    alert: Alert,
    *,
    by: User,
    expires_after: timedelta | None = None,
    fallback: str = "",
    default_language: str = "",
    quiet_hours: str = "",
    override_quiet: str = "",
    stance: str = "",
    seen: str | None = None,
) -> Alert:
    """How it leaves; what is not given is the scenario's again. Sends the alert back to draft.

    `seen` is the mark (`marks.of_choices`) of what the person looked at.
    Raises `alerts.unknown_fallback|unknown_stance|bad_expiry`, `alerts.bad_quiet_hours`,
    `alerts.quiet_life_safety|reason_missing`, `wording.language_unknown`,
    `alerts.changed_by_other`.
    """
    alert = desk.take(alert, by=by, roles=AUTHORS)
    marks.check(alert, seen=seen, now=marks.of_choices(alert), what=marks.CHOICES)
    plan = scenarios.load(alert.scenario)
    one_of("stance", stance, STANCES)
    columns: dict[str, Any] = {
        "stance": stance,
        **choices.quiet(plan, quiet_hours, override_quiet),
        **choices.choices(plan, expires_after, fallback, default_language),
    }
    desk.change(alert)
    Alert.objects.filter(pk=alert.pk).update(**columns)
    about, before = f"alert:{alert.pk}", alert.quiet_override
    journal.note(by, "alerts.choices_set", about, **columns)
    alert.refresh_from_db()
    if alert.quiet_override and alert.quiet_override != before:
        journal.note(by, "alerts.quiet_overridden", about, reason=alert.quiet_override)
    return alert


@transaction.atomic
def reopen(alert: Alert, *, by: User) -> Alert:
    """Take a submitted alert back to change it: approvals given so far are void.

    Raises `alerts.closed`.
    """
    alert = desk.take(alert, by=by, roles=AUTHORS)
    desk.change(alert)
    journal.note(by, "alerts.reopened", f"alert:{alert.pk}")
    return alert


@transaction.atomic
def set_fact(
    alert: Alert,
    *,
    by: User,
    name: str,
    value: str,
    source: str = "",
    region: str = "",
    language: str = "",
    seen: str | None = None,
) -> Fact:
    """Write down a fact in the canonical form of its type; it is unverified from now on.

    With `region` or `language` it holds for those readers only. Sends the alert back to draft.
    `seen` is the mark (`marks.of_fact`) of what the person looked at, '' of nothing.
    Raises `alerts.unknown_fact`, `alerts.fact_unscoped`, `wording.fact_*`,
    `alerts.changed_by_other`.
    """
    alert = desk.take(alert, by=by, roles=AUTHORS)
    wanted = scenarios.load(alert.scenario).fact(name)
    if (region or language) and not wanted.scoped:
        raise Refused("alerts.fact_unscoped", name=name)
    region, language = _scope_of_fact(region, language)
    values.read(wanted.type, value, name=name)
    _check_seen(alert, seen, name, region, language)
    desk.change(alert)
    fact, _ = Fact.objects.update_or_create(
        alert=alert,
        name=name,
        region=region,
        language=language,
        defaults={
            "type": wanted.type,
            "value": value,
            "source": source.strip()[:300],
            "set_by": by,
            "set_at": Now(),
            "verified_by": None,
            "verified_at": None,
        },
    )
    journal.note(by, "alerts.fact_set", f"alert:{alert.pk}", fact=str(fact), source=source)
    fact.refresh_from_db()
    return fact


@transaction.atomic
def drop_fact(
    alert: Alert,
    *,
    by: User,
    name: str,
    region: str = "",
    language: str = "",
    seen: str | None = None,
) -> None:
    """Strike a fact out. Sends the alert back to draft.

    Raises `alerts.no_such_fact`, `alerts.changed_by_other`.
    """
    alert = desk.take(alert, by=by, roles=AUTHORS)
    _check_seen(alert, seen, name, *_scope_of_fact(region, language))
    desk.change(alert)
    fact = _fact(alert, name, region, language)
    journal.note(by, "alerts.fact_dropped", f"alert:{alert.pk}", fact=str(fact))
    fact.delete()


@transaction.atomic
def verify_fact(
    alert: Alert,
    *,
    by: User,
    name: str,
    region: str = "",
    language: str = "",
    source: str = "",
    seen: str | None = None,
) -> Fact:
    """Mark a fact as confirmed by this person, now; it needs a source, given here or before.

    Approvers may verify too. Raises `alerts.no_such_fact`, `alerts.fact_without_source`,
    `alerts.changed_by_other`.
    """
    alert = desk.take(alert, by=by, roles=(Role.AUTHOR, Role.APPROVER))
    _check_seen(alert, seen, name, *_scope_of_fact(region, language))
    fact = _fact(alert, name, region, language)
    source = source.strip()[:300] or fact.source
    if not source:
        raise Refused("alerts.fact_without_source", name=str(fact))
    if State(alert.state) not in {State.DRAFT, State.RETURNED}:
        raise Refused("alerts.closed", number=alert.number, state=alert.state)
    Fact.objects.filter(pk=fact.pk).update(verified_by=by, verified_at=Now(), source=source)
    journal.note(by, "alerts.fact_verified", f"alert:{alert.pk}", fact=str(fact), source=source)
    fact.refresh_from_db()
    return fact


@transaction.atomic
def cancel(alert: Alert, *, by: User, reason: str = "") -> Alert:
    """Give an alert up before its launch."""
    alert = desk.take(alert, by=by, roles=AUTHORS)
    desk.move(alert, State.CANCELLED)
    journal.note(by, "alerts.cancelled", f"alert:{alert.pk}", reason=reason)
    return alert


def _check_follows(earlier: Alert, *, by: User, scenario: str, mode: str) -> None:
    """A drill never follows the real thing, nor the other way round."""
    if not desk.seen_by(by, earlier):
        raise access.NotAllowed(
            "alerts.outside_scope",
            who=by.username,
            number=earlier.number,
            regions=", ".join(earlier.scope),
        )
    if (earlier.scenario, earlier.mode) != (scenario, mode):
        raise Refused("alerts.follows_other", number=earlier.number)


def _carry_over(earlier: Alert, alert: Alert, plan: Scenario) -> None:
    """Facts that this part wants too, as they were verified then; none of regions elsewhere."""
    names = [wanted.name for wanted in plan.facts if alert.part in wanted.parts]
    Fact.objects.bulk_create(
        Fact(
            alert=alert,
            **{
                column: getattr(fact, column)
                for column in (
                    *("name", "type", "value", "region", "language", "source"),
                    *("set_by", "set_at", "verified_by", "verified_at"),
                )
            },
        )
        for fact in earlier.facts.filter(name__in=names)
        if not fact.region or access.common(alert.scope, (fact.region,))
    )


def _scope_of_fact(region: str, language: str) -> tuple[str, str]:
    """Region and language as they are kept; '' stays, it is everybody.

    CLDR's regions only: the road does not look own regions up (`fanout.load`).
    """
    return (
        territories.canonical(region) if region else "",
        tags.canonical(language) if language else "",
    )


def _check_seen(alert: Alert, seen: str | None, name: str, region: str, language: str) -> None:
    """Nobody has changed this fact since the person looked at it."""
    if seen is not None:
        there = alert.facts.filter(name=name, region=region, language=language).first()
        marks.check(alert, seen=seen, now=marks.of_fact(there), what=marks.FACTS)


def _fact(alert: Alert, name: str, region: str, language: str) -> Fact:
    region, language = _scope_of_fact(region, language)
    try:
        return alert.facts.get(name=name, region=region, language=language)
    except Fact.DoesNotExist:
        raise Refused("alerts.no_such_fact", name=name, number=alert.number) from None
