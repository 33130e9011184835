"""Writing an alert: what it is, whom it is for, and the facts that it tells."""

from collections.abc import Sequence
from datetime import timedelta
from typing import get_args

from django.db import transaction
from django.db.models.functions import Now

from contacts import segments, territories
from contacts.models import AdHocList
from contacts.reach import vocabulary
from dispatcher.alerts import desk, night, scenarios, survey
from dispatcher.alerts.models import Alert, Fact
from dispatcher.alerts.scenarios import PARTS, STANCES, Fallback, Scenario
from dispatcher.alerts.states import State
from dispatcher.kit.errors import Refused
from dispatcher.operators import access, journal
from dispatcher.operators.models import User
from dispatcher.operators.roles import Role
from dispatcher.wording import tags, values

AUTHORS = (Role.AUTHOR,)
LONGEST_LIFE = timedelta(days=30)
"""An alert that may still leave a month later is a mistake, not a plan."""


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
    _one_of("part", part, PARTS)
    _one_of("mode", mode, (Alert.DRILL, Alert.REAL))
    _one_of("stance", stance, STANCES)
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
        **_audience(segment, list_id, follows=follows),
        **_quiet(plan, quiet_hours, override_quiet),
        **_choices(plan, expires_after, fallback, default_language),
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
    alert: Alert, *, by: User, segment: str = "", list_id: int | None = None, affected: bool = False
) -> Alert:
    """Whom it is for: a segment, a private list, or both. Sends the alert back to draft.

    Or, `affected`, those who may have received the alert that it follows.
    Raises `alerts.unknown_list|list_of_another|nothing_followed`, `contacts.segment_*`.
    """
    alert = desk.take(alert, by=by, roles=AUTHORS)
    desk.change(alert)
    if affected:
        if alert.follows is None or survey.launched(alert.follows) is None:
            raise Refused("alerts.nothing_followed", number=alert.number)
        segment, list_id = "", alert.follows.list_id
    columns = _audience(segment, list_id, follows=alert.follows, alert=alert)
    Alert.objects.filter(pk=alert.pk).update(affected=affected, **columns)
    journal.note(by, "alerts.audience_set", f"alert:{alert.pk}", segment=segment, list=list_id)
    alert.refresh_from_db()
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
) -> Fact:
    """Write down a fact in the canonical form of its type; it is unverified from now on.

    With `region` or `language` it holds for those readers only. Sends the alert back to draft.
    Raises `alerts.unknown_fact`, `alerts.fact_unscoped`, `wording.fact_*`.
    """
    alert = desk.take(alert, by=by, roles=AUTHORS)
    wanted = scenarios.load(alert.scenario).fact(name)
    if (region or language) and not wanted.scoped:
        raise Refused("alerts.fact_unscoped", name=name)
    region, language = _scope_of_fact(region, language)
    values.read(wanted.type, value, name=name)
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
def drop_fact(alert: Alert, *, by: User, name: str, region: str = "", language: str = "") -> None:
    """Strike a fact out. Sends the alert back to draft. Raises `alerts.no_such_fact`."""
    alert = desk.take(alert, by=by, roles=AUTHORS)
    desk.change(alert)
    fact = _fact(alert, name, region, language)
    journal.note(by, "alerts.fact_dropped", f"alert:{alert.pk}", fact=str(fact))
    fact.delete()


@transaction.atomic
def verify_fact(
    alert: Alert, *, by: User, name: str, region: str = "", language: str = "", source: str = ""
) -> Fact:
    """Mark a fact as confirmed by this person, now; it needs a source, given here or before.

    Approvers may verify too. Raises `alerts.no_such_fact`, `alerts.fact_without_source`.
    """
    alert = desk.take(alert, by=by, roles=(Role.AUTHOR, Role.APPROVER))
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


def _one_of(what: str, word: str, known: Sequence[str]) -> None:
    if word not in known:
        raise Refused(f"alerts.unknown_{what}", word=word, known=", ".join(known))


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


def _quiet(plan: Scenario, hours: str, reason: str) -> dict[str, str]:
    """What the author says about quiet hours; what is about life waits for nobody's sleep."""
    if hours:
        night.read(hours)
        if plan.severity == "life_safety":
            raise Refused("alerts.quiet_life_safety", scenario=plan.key)
    return {"quiet_hours": hours.strip(), "quiet_override": night.check_reason(reason)}


def _choices(
    plan: Scenario, expires_after: timedelta | None, fallback: str, default_language: str
) -> dict[str, object]:
    """What the sender may decide otherwise than the scenario."""
    _one_of("fallback", fallback or plan.fallback, get_args(Fallback))
    life = plan.expires_after if expires_after is None else expires_after
    if not timedelta(0) < life <= LONGEST_LIFE:
        raise Refused("alerts.bad_expiry", most=LONGEST_LIFE.days)
    return {
        "fallback": fallback or plan.fallback,
        "default_language": tags.canonical(default_language or plan.default_language),
        "expires_after": life,
    }


def _audience(
    segment: str, list_id: int | None, *, follows: Alert | None, alert: Alert | None = None
) -> dict[str, object]:
    """Checked columns of an audience; an empty one is a draft's right, not a submission's."""
    if segment.strip():
        segments.parse(segment, words=vocabulary())
    if list_id is not None:
        if not AdHocList.objects.filter(pk=list_id, erased_at=None).exists():
            raise Refused("alerts.unknown_list", list=list_id)
        others = Alert.objects.filter(list_id=list_id).exclude(pk=alert.pk if alert else 0)
        if others.exclude(pk__in=_chain(follows)).exists():
            raise Refused("alerts.list_of_another", list=list_id)
    return {"segment": segment.strip(), "list_id": list_id}


def _chain(alert: Alert | None) -> list[int]:
    """The alert and those that it follows: they may share a private list."""
    found: list[int] = []
    while alert is not None:
        found.append(alert.pk)
        alert = alert.follows
    return found


def _carry_over(earlier: Alert, alert: Alert, plan: Scenario) -> None:
    """Facts that this part wants too, as they were verified then."""
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
    )


def _scope_of_fact(region: str, language: str) -> tuple[str, str]:
    """Region and language as they are kept; '' stays, it is everybody.

    CLDR's regions only: the road does not look own regions up (`fanout.load`).
    """
    return (
        territories.canonical(region) if region else "",
        tags.canonical(language) if language else "",
    )


def _fact(alert: Alert, name: str, region: str, language: str) -> Fact:
    region, language = _scope_of_fact(region, language)
    try:
        return alert.facts.get(name=name, region=region, language=language)
    except Fact.DoesNotExist:
        raise Refused("alerts.no_such_fact", name=name, number=alert.number) from None
