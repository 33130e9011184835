"""What stands between an alert and its approval."""

import pytest

from dispatcher.alerts import approve, compose, frozen, gate, survey
from dispatcher.alerts.models import Alert
from dispatcher.alerts.preview import preview
from dispatcher.cli import shell
from dispatcher.kit.errors import Refused
from dispatcher.operators import roster
from dispatcher.operators.roles import Role
from dispatcher.wording import bench
from dispatcher.wording.models import WordingVersion
from tests.alerts.conftest import FACTS, tell_facts

pytestmark = pytest.mark.usefixtures("words", "people")


def codes(alert: Alert) -> set[str]:
    return {cause.code for cause in gate.lacks(alert)}


def test_a_ready_alert_lacks_nothing(ready):
    """With facts, audience and words there is no complaint."""
    assert gate.lacks(ready) == ()


def test_everything_that_is_missing_is_said_at_once(draft, mina):
    """All missing facts are named in one refusal."""
    with pytest.raises(gate.NotReady) as refused:
        approve.submit(draft, by=mina)
    missing = {c.facts["name"] for c in refused.value.causes if c.code == "alerts.fact_missing"}
    assert missing == set(FACTS)
    assert all(shell.sentence(cause) for cause in refused.value.causes)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_an_unverified_fact_stops_it(draft, mina):
    """Nothing is released before somebody put their name to the facts."""
    tell_facts(draft, by=mina, verified=False)
    assert codes(draft) == {"alerts.fact_unverified"}


AUDIENCES = [
    ({}, "alerts.no_audience"),
    ({"segment": "region = BR"}, "alerts.audience_empty"),  # nobody of them in the EU
    ({"segment": "region = NL"}, "alerts.nobody_reachable"),  # Henk has no address
]


@pytest.mark.parametrize(("audience", "code"), AUDIENCES)
def test_an_audience_of_nobody_stops_it(ready, mina, audience, code):
    """Empty, outside the regions, or out of reach: each has its own sentence."""
    assert code in codes(compose.set_audience(ready, by=mina, **audience))


def test_a_part_without_words_stops_it(mina):
    """Where every text was taken back there is no update that could be sent."""
    WordingVersion.objects.filter(wording__template__key__startswith="breach.update.").update(
        state="needs_editing"
    )
    alert = compose.compose("breach", by=mina, mode="drill", part="update", segment="everyone")
    assert "alerts.no_wording" in codes(alert)


def test_the_default_language_must_exist_where_it_stands_in(mina):
    """Falling back on a language without words is no fallback."""
    alert = compose.compose(
        "recall", by=mina, mode="drill", segment="everyone", default_language="tr"
    )
    assert "alerts.no_default_wording" in codes(alert)
    alone = compose.compose(
        "recall",
        by=mina,
        mode="drill",
        segment="everyone",
        default_language="tr",
        fallback="block",
    )
    assert "alerts.no_default_wording" not in codes(alone)


def test_a_fact_for_some_regions_only_stops_it_for_the_others(ready, mina):
    """A line for Germany alone leaves Saoirse in Ireland without one; a line for Europe helps."""
    compose.drop_fact(ready, by=mina, name="staff_line")
    compose.set_fact(
        ready, by=mina, name="staff_line", value=FACTS["staff_line"], source="x", region="DE"
    )
    compose.verify_fact(ready, by=mina, name="staff_line", region="DE")
    (cause,) = gate.lacks(ready)
    assert (cause.code, cause.facts["fact"], cause.facts["region"]) == (
        "wording.fact_missing",
        "staff_line",
        "IE",
    )
    compose.set_fact(
        ready, by=mina, name="staff_line", value=FACTS["staff_line"], source="x", region="150"
    )
    compose.verify_fact(ready, by=mina, name="staff_line", region="150")
    assert gate.lacks(ready) == ()


def test_without_any_carrier_nothing_can_be_submitted(mina, settings):
    """A real alert needs real accounts."""
    settings.CARRIERS = {"drill": settings.CARRIERS["drill"], "real": {}}
    alert = compose.compose("recall", by=mina, mode="real", segment="everyone")
    tell_facts(alert, by=mina)
    assert "alerts.no_carrier" in codes(alert)


def test_a_refusal_of_the_gate_is_a_refusal():
    """The doors need to know one kind of error."""
    assert issubclass(gate.NotReady, Refused)


def test_an_alert_may_have_its_own_words(ready, mina, sofie):
    """Written in any language for this alert alone; until somebody vouches there are none."""
    dieter = roster.add("dieter.vogel", by=sofie, name="Dieter Vogel", language="de")
    roster.grant(dieter, Role.TRANSLATOR, over=["001"], by=sofie, languages=["fa", "en"])
    key = survey.own_key(ready, "consumer")
    before = survey.groups(ready)
    text = {"text": "{product} را نخورید. {info, link}"}
    written = bench.write(key, channel="sms", language="fa", fields=text, by=mina)
    (own,) = [group for group in survey.groups(ready) if group.name == "consumer"]
    assert own.wordings["sms"] == {}
    assert own.wordings["email"] == before[-1].wordings["email"]
    assert "alerts.no_wording" in {cause.code for cause in gate.lacks(ready)}
    bench.accept(written.pk, by=dieter)
    (own,) = [group for group in survey.groups(ready) if group.name == "consumer"]
    assert own.wordings["sms"] == {"fa": written.pk}


def test_who_falls_back_with_a_link_finds_one(ready):
    """A default text that leads nowhere leaves its readers alone."""
    Alert.objects.filter(pk=ready.pk).update(fallback="default_with_link")
    ready.refresh_from_db()
    told = {
        (cause.facts["group"], cause.facts["channel"])
        for cause in gate.lacks(ready)
        if cause.code == "alerts.default_without_link"
    }
    assert ("consumer", "push") in told
    assert ("consumer", "sms") not in told


def test_variants_of_the_stance_are_pinned(ready, mina, sofie):
    """Words of another stance stay out of the plan; where none are written, the preview says so."""
    dieter = roster.add("dieter.vogel", by=sofie, name="Dieter Vogel", language="de")
    roster.grant(dieter, Role.TRANSLATOR, over=["001"], by=sofie, languages=["en"])
    roster.grant(mina, Role.AUTHOR, over=["001"], by=sofie)  # who writes what all alerts say
    text = {"text": "We are sorry. Do NOT consume {product}. {info, link}"}
    for name in ("stance=regrets", "stance=admits", "country=DE"):
        key = f"recall.first.consumer+{name}"
        version = bench.write(key, channel="sms", language="en", fields=text, by=mina)
        bench.accept(version.pk, by=dieter)
    neutral = survey.groups(ready)[-1].variants["sms"]
    assert set(neutral) == {"country=DE"}
    Alert.objects.filter(pk=ready.pk).update(stance="regrets")
    ready.refresh_from_db()
    assert set(survey.groups(ready)[-1].variants["sms"]) == {"country=DE", "stance=regrets"}
    pinned = frozen.versions(frozen.plan(ready))
    ids = {v for texts in survey.groups(ready)[-1].variants["sms"].values() for v in texts.values()}
    assert ids <= set(pinned)
    findings = {one.facts.get("group") for one in preview(ready, by=mina).findings
                if one.code == "alerts.stance_missing"}  # fmt: skip
    assert "retailer" in findings
