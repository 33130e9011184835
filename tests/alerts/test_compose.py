"""Writing an alert: what it is, whom it is for, what it tells."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from contacts.errors import Refused as ContactsRefused
from contacts.models import AdHocList
from dispatcher.alerts import approve, compose
from dispatcher.alerts.models import Alert
from dispatcher.kit.errors import Refused
from dispatcher.operators.access import NotAllowed
from dispatcher.operators.models import JournalEntry
from tests.alerts.conftest import tell_facts


def test_it_reaches_as_far_as_its_author(draft, mina):
    """Without a word about regions an alert has its author's."""
    assert draft.scope == ["EU"]
    assert (draft.state, draft.author_id) == ("draft", mina.pk)
    assert compose.compose("recall", by=mina, mode="drill", regions=["de"]).scope == ["DE"]


@pytest.mark.parametrize("regions", [["BR"], ["001"], ["DE", "BR"], ["150"]])
def test_nobody_writes_for_regions_that_are_not_theirs(mina, regions):
    """The lead for the EU writes neither to Brazil nor to the world."""
    with pytest.raises(NotAllowed):
        compose.compose("recall", by=mina, mode="drill", segment="everyone", regions=regions)


def test_who_is_no_author_writes_nothing(kenji, tomas):
    """Approving and translating are other rights."""
    for user in (kenji, tomas):
        with pytest.raises(NotAllowed):
            compose.compose("recall", by=user, mode="drill")


WRONG = [
    ({"scenario": "flood"}, "alerts.unknown_scenario"),
    ({"mode": "test"}, "alerts.unknown_mode"),
    ({"part": "second"}, "alerts.unknown_part"),
    ({"fallback": "none"}, "alerts.unknown_fallback"),
    ({"expires_after": timedelta(0)}, "alerts.bad_expiry"),
    ({"expires_after": timedelta(days=31)}, "alerts.bad_expiry"),
    ({"list_id": 4711}, "alerts.unknown_list"),
    ({"default_language": "klingonese"}, "wording.language_unknown"),
]


@pytest.mark.parametrize(("fields", "code"), WRONG)
def test_what_is_wrong_has_its_code(mina, fields, code):
    """Each wrong word is refused by name, and nothing is made."""
    asked = {"scenario": "recall", "mode": "drill", **fields}
    with pytest.raises(Refused) as refused:
        compose.compose(asked.pop("scenario"), by=mina, **asked)
    assert refused.value.code == code
    assert not Alert.objects.exists()


def test_a_segment_with_a_typo_points_at_it(mina):
    """The people's room says where."""
    with pytest.raises(ContactsRefused) as refused:
        compose.compose("recall", by=mina, mode="drill", segment="region in EU andd role = x")
    assert refused.value.facts["position"] == 13


@pytest.mark.parametrize("column", ["mode", "scenario", "author_id"])
def test_what_is_fixed_at_birth_stays(draft, ana, column):
    """The database itself refuses to turn a drill into the real thing."""
    other = {"mode": "real", "scenario": "breach", "author_id": ana.pk}[column]
    with pytest.raises(IntegrityError, match="fixed at its birth"), transaction.atomic():
        Alert.objects.filter(pk=draft.pk).update(**{column: other})


FACT_WRONG = [
    ("colour", "red", "", "alerts.unknown_fact"),
    ("stores", "two hundred", "", "wording.fact_unreadable"),
    ("line", "0800 123", "", "wording.fact_unreadable"),
    ("info", "http://globalfoods.example.com", "", "wording.fact_unreadable"),
    ("lots", "L1, L2", "", "wording.fact_unreadable"),
    ("next_update", "2026-11-24T18:00:00", "", "wording.fact_unreadable"),
    ("product", "Oats \u202e evil", "", "wording.bidi_override"),
    ("next_update", "2026-11-24T18:00:00+01:00", "DE", "alerts.fact_unscoped"),
]


@pytest.mark.parametrize(("name", "value", "region", "code"), FACT_WRONG)
def test_a_wrongly_typed_fact_is_refused_when_it_is_written(draft, mina, name, value, region, code):
    """Nothing unreadable ever lies in an alert."""
    with pytest.raises(Refused) as refused:
        compose.set_fact(draft, by=mina, name=name, value=value, region=region)
    assert refused.value.code == code
    assert not draft.facts.exists()


def test_a_changed_value_is_unverified_again(draft, mina):
    """Verification is of a value, not of a name."""
    compose.set_fact(draft, by=mina, name="stores", value="214", source="ERP")
    assert compose.verify_fact(draft, by=mina, name="stores").verified_by == mina
    assert compose.set_fact(draft, by=mina, name="stores", value="215").verified_at is None
    assert draft.facts.count() == 1


def test_a_fact_without_a_source_is_not_verified(draft, mina):
    """Somebody or something must say so."""
    compose.set_fact(draft, by=mina, name="stores", value="214")
    with pytest.raises(Refused) as refused:
        compose.verify_fact(draft, by=mina, name="stores")
    assert refused.value.code == "alerts.fact_without_source"


def test_a_fact_may_have_a_value_for_each_region_and_language(draft, mina):
    """Phone lines differ; codes are kept in one spelling."""
    compose.set_fact(draft, by=mina, name="line", value="+442079460123")
    fact = compose.set_fact(
        draft, by=mina, name="line", value="+442079460124", region="de", language="FA"
    )
    assert (fact.region, fact.language) == ("DE", "fa")
    assert compose.verify_fact(
        draft, by=mina, name="line", region="de", language="fa", source="Switchboard"
    ).verified_at
    compose.drop_fact(draft, by=mina, name="line", region="DE", language="fa")
    assert [str(fact) for fact in draft.facts.all()] == ["line"]


def test_a_fact_is_not_scoped_to_an_own_region(draft, mina):
    """The road looks up CLDR's regions; what would never be found is refused when it is written."""
    with pytest.raises(ContactsRefused) as refused:
        compose.set_fact(draft, by=mina, name="line", value="+442079460123", region="own:nordics")
    assert refused.value.code == "contacts.region_unknown"


def test_only_who_may_act_on_it_changes_it(draft, ana, kenji):
    """Another region's lead cannot write in it; the chief executive may verify, not write."""
    for user in (ana, kenji):
        with pytest.raises(NotAllowed):
            compose.set_fact(draft, by=user, name="stores", value="1")
    with pytest.raises(NotAllowed):
        compose.set_audience(draft, by=ana, segment="region = BR")


CHANGES = [
    lambda alert, mina: compose.set_fact(alert, by=mina, name="stores", value="9", source="ERP"),
    lambda alert, mina: compose.drop_fact(alert, by=mina, name="stores"),
    lambda alert, mina: compose.set_audience(alert, by=mina, segment="region = DE"),
]


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_after_approval_voids_it(approved, mina, change):
    """What was approved is exactly what leaves, or it is asked for again."""
    assert approved.state == "approved"
    change(approved, mina)
    approved.refresh_from_db()
    assert (approved.state, approved.fingerprint, approved.plan) == ("draft", "", None)
    assert not approved.approvals.filter(void_at=None).exists()
    assert approve.open_offices(approved) == ("ceo", "counsel")


def test_verifying_is_closed_once_it_is_submitted(pending, mina):
    """What the offices look at does not move under their eyes."""
    with pytest.raises(Refused) as refused:
        compose.verify_fact(pending, by=mina, name="stores")
    assert refused.value.code == "alerts.closed"


def test_a_cancelled_alert_is_closed(ready, mina):
    """Nothing is changed or submitted any more."""
    compose.cancel(ready, by=mina, reason="Wrong product")
    for change in (
        lambda: compose.set_fact(ready, by=mina, name="stores", value="9"),
        lambda: approve.submit(ready, by=mina),
    ):
        with pytest.raises(Refused) as refused:
            change()
        assert refused.value.code in {"alerts.closed", "alerts.move_not_allowed"}


def test_what_follows_takes_audience_and_facts_along(ready, mina):
    """An update begins with what is known and who was told."""
    update = compose.compose("recall", by=mina, mode="drill", part="update", follows=ready)
    assert (update.segment, update.scope) == ("everyone", ["EU"])
    names = set(update.facts.values_list("name", flat=True))
    assert "product" in names
    assert "stores" not in names  # only the first notice tells it
    assert not update.facts.filter(verified_at=None).exists()


def test_a_drill_does_not_follow_the_real_thing(ready, mina):
    """Neither mode nor scenario may differ."""
    for scenario, mode in (("recall", "real"), ("breach", "drill")):
        with pytest.raises(Refused) as refused:
            compose.compose(scenario, by=mina, mode=mode, follows=ready)
        assert refused.value.code == "alerts.follows_other"


def test_nobody_follows_what_they_may_not_see(ready, ana):
    """Brazil cannot take the EU's audience along."""
    with pytest.raises(NotAllowed):
        compose.compose("recall", by=ana, mode="drill", follows=ready)


def test_a_private_list_belongs_to_one_alert_and_what_follows_it(mina):
    """The people affected by one breach are not at hand for the next message."""
    affected = AdHocList.objects.create(name="Affected")
    first = compose.compose("breach", by=mina, mode="drill", list_id=affected.pk)
    assert compose.compose("breach", by=mina, mode="drill", follows=first).list_id == affected.pk
    with pytest.raises(Refused) as refused:
        compose.compose("breach", by=mina, mode="drill", list_id=affected.pk)
    assert refused.value.code == "alerts.list_of_another"


def test_the_journal_says_it_without_values(draft, mina):
    """Who set which fact is on record; a telephone number is not."""
    tell_facts(draft, by=mina)
    lines = JournalEntry.objects.filter(about=f"alert:{draft.pk}")
    assert {"alerts.composed", "alerts.fact_set", "alerts.fact_verified"} <= {
        line.what for line in lines
    }
    assert "4420" not in str([line.facts for line in lines])
