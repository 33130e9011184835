"""The launch: once, by the right person, with the right words, exactly as approved."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from dispatcher.alerts import approve, compose, desk, frozen, gate, launch
from dispatcher.alerts.models import Alert
from dispatcher.fanout.plan import thaw
from dispatcher.kit.errors import Refused
from dispatcher.ledger.models import Batch, Dispatch
from dispatcher.operators import roster
from dispatcher.operators.access import NotAllowed
from dispatcher.operators.models import JournalEntry, User
from dispatcher.operators.roles import Role
from dispatcher.wording.models import Template, Wording, WordingVersion
from tests.alerts.conftest import FACTS


def test_it_freezes_everything_into_one_dispatch(approved, mina):
    """Facts, wordings, policy, ladder, regions, severity, mode, expiry."""
    dispatch = launch.launch(approved, by=mina, confirm="DRILL")
    plan = thaw(dispatch.plan)
    assert (dispatch.mode, dispatch.severity, dispatch.lane) == ("drill", "urgent", "routine")
    assert (dispatch.number, dispatch.launched_by) == (approved.number, "mina.rahimi")
    assert abs((dispatch.expires_at - dispatch.launched_at).total_seconds() - 48 * 3600) < 5
    assert plan.scope == ("EU",)
    assert {fact.name: fact.value for fact in plan.facts} == FACTS
    assert set(plan.groups[-1].wordings["sms"]) == {"en", "fa"}
    approved.refresh_from_db()
    assert approved.state == "launched"


def test_a_second_launch_is_the_same_dispatch(approved, mina):
    """From another terminal, an hour later."""
    first = launch.launch(approved, by=mina, confirm="DRILL")
    assert launch.launch(desk.find(approved.number), by=mina, confirm="DRILL") == first
    assert Dispatch.objects.count() == 1
    assert JournalEntry.objects.filter(what="alerts.launched").count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_are_one(approved, mina):
    """Eight threads with connections of their own: one dispatch, one line in the journal."""
    before = JournalEntry.objects.filter(what="alerts.launched").count()
    gate = Barrier(8)

    def click(_: int) -> int:
        try:
            gate.wait(timeout=20)
            return launch.launch(approved, by=mina, confirm="DRILL").pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(click, range(8)))
    assert len(made) == Dispatch.objects.count() == 1
    assert JournalEntry.objects.filter(what="alerts.launched").count() == before + 1


WORDS = ["", "drill", "DRILL 1", "yes", "SEND REAL", "DRILL!"]


@pytest.mark.parametrize("typed", WORDS)
def test_other_words_send_nothing(approved, mina, typed):
    """The words are typed letter for letter."""
    with pytest.raises(Refused) as refused:
        launch.launch(approved, by=mina, confirm=typed)
    assert refused.value.code == "alerts.wrong_words"
    assert not Dispatch.objects.exists()


@pytest.mark.usefixtures("words", "people")
def test_a_real_alert_needs_named_translators(mina, settings):
    """Shipped texts, which nobody has signed, are good for drills and for nothing else."""
    settings.CARRIERS = {**settings.CARRIERS, "real": settings.CARRIERS["drill"]}
    alert = compose.compose("recall", by=mina, mode="real", segment="everyone")
    for name, value in FACTS.items():
        compose.set_fact(alert, by=mina, name=name, value=value, source="Report")
        compose.verify_fact(alert, by=mina, name=name)
    found = {cause.code: cause for cause in gate.lacks(alert)}
    assert found["alerts.nobody_vouches"].facts["languages"] == "en, fa"
    with pytest.raises(Refused):
        approve.submit(alert, by=mina)


@pytest.mark.usefixtures("vouched", "people")
def test_the_real_thing_is_confirmed_with_other_words(mina, kenji, leila, settings):
    """The words name the alert, so that the hand cannot send another; DRILL sends nothing."""
    settings.CARRIERS = {**settings.CARRIERS, "real": settings.CARRIERS["drill"]}
    alert = compose.compose("recall", by=mina, mode="real", segment="everyone")
    for name, value in FACTS.items():
        compose.set_fact(alert, by=mina, name=name, value=value, source="Report")
        compose.verify_fact(alert, by=mina, name=name)
    approve.submit(alert, by=mina)
    approve.approve(alert, by=kenji)
    approve.approve(alert, by=leila, office="counsel")
    for typed in ("DRILL", "SEND REAL", f"SEND REAL {alert.pk + 1}"):
        with pytest.raises(Refused):
            launch.launch(alert, by=mina, confirm=typed)
    version = WordingVersion.objects.filter(
        wording__locale="fa", wording__template__key="recall.first.consumer"
    ).first()
    assert version is not None
    WordingVersion.objects.filter(pk=version.pk).update(voucher_id=None)
    with pytest.raises(Refused, match="wording_withdrawn"):
        launch.launch(alert, by=mina, confirm=f"SEND REAL {alert.number}")
    WordingVersion.objects.filter(pk=version.pk).update(voucher_id=mina.pk)
    dispatch = launch.launch(alert, by=mina, confirm=f"SEND REAL {alert.number}")
    assert (dispatch.mode, dispatch.lane) == ("real", "critical")


NOT_APPROVED = ["ready", "pending"]


@pytest.mark.parametrize("stage", NOT_APPROVED)
def test_only_what_is_approved_leaves(request, mina, stage):
    """Neither a draft nor what is still being decided."""
    with pytest.raises(Refused) as refused:
        launch.launch(request.getfixturevalue(stage), by=mina, confirm="DRILL")
    assert refused.value.code == "alerts.not_approved"


def test_nobody_launches_what_is_not_theirs(approved, ana, kenji, sofie, tomas):
    """Another region's lead, the chief executive, the admin, the translator: no."""
    for user in (ana, kenji, sofie, tomas):
        with pytest.raises(NotAllowed):
            launch.launch(approved, by=user, confirm="DRILL")
    assert not Dispatch.objects.exists()


def test_who_lost_the_role_cannot_launch(approved, mina, sofie):
    """Rights are asked at the moment of launch."""
    roster.withdraw(mina, Role.AUTHOR, over=["EU"], by=sofie)
    with pytest.raises(NotAllowed):
        launch.launch(approved, by=mina, confirm="DRILL")


def test_what_was_tampered_with_does_not_leave(approved, mina):
    """A row changed behind the services' back is not what was approved."""
    Alert.objects.filter(pk=approved.pk).update(expires_after="PT1H")
    with pytest.raises(Refused) as refused:
        launch.launch(approved, by=mina, confirm="DRILL")
    assert refused.value.code == "alerts.changed_since_approval"


def test_a_wording_that_was_withdrawn_does_not_leave(approved, mina):
    """A translator found a mistake after the approval."""
    WordingVersion.objects.filter(wording__locale="fa").update(state="needs_editing")
    with pytest.raises(Refused) as refused:
        launch.launch(approved, by=mina, confirm="DRILL")
    assert refused.value.code == "alerts.wording_withdrawn"


def test_a_language_that_came_later_does_not_leave_unseen(approved, mina):
    """The approved plan pins its wordings; a new language waits for the next alert."""
    pinned = approved.plan
    german = Wording.objects.create(
        template=Template.objects.get(key="recall.first.consumer", channel="sms"),
        locale="de",
    )
    WordingVersion.objects.create(
        wording=german, fields={"text": "x"}, text_hash="x", origin="operator", state="accepted",
        source_hash=german.template.source_hash,
    )  # fmt: skip
    assert frozen.pinned(approved)[0] != pinned
    dispatch = launch.launch(approved, by=mina, confirm="DRILL")
    assert dispatch.plan == pinned


def launched(approved: Alert, by: User) -> Dispatch:
    return launch.launch(approved, by=by, confirm="DRILL")


def test_a_second_person_pauses_resumes_and_stops(approved, mina, kenji):
    """Not only who launched it; each switch is set once and stands in the journal."""
    launched(approved, mina)
    paused = launch.pause(approved, by=kenji)
    assert paused.paused_at
    assert launch.pause(approved, by=mina).paused_at == paused.paused_at
    assert launch.resume(approved, by=kenji).paused_at is None
    stopped = launch.stop(approved, by=kenji, reason="Wrong lot")
    assert stopped.stopped_at
    assert launch.stop(approved, by=mina).stopped_at == stopped.stopped_at
    said = [line.what for line in JournalEntry.objects.filter(about=f"alert:{approved.pk}")]
    assert said[-3:] == ["alerts.paused", "alerts.resumed", "alerts.stopped"]


def test_what_is_stopped_stays_stopped(approved, mina):
    """Neither pause nor resume brings it back."""
    launched(approved, mina)
    launch.stop(approved, by=mina)
    for switch in (launch.pause, launch.resume):
        with pytest.raises(Refused) as refused:
            switch(approved, by=mina)
        assert refused.value.code == "alerts.over"


def test_stopping_withdraws_what_waits(approved, mina):
    """Batches that have not left are withdrawn in the same moment."""
    dispatch = launched(approved, mina)
    Batch.objects.create(
        dispatch=dispatch, channel="sms", account="x", wording_id=1, language="en",
        match="exact", region="DE", time_zone="UTC", due_at=dispatch.launched_at, size=2,
        contact_ids=[1, 2], address_ids=[1, 2],
    )  # fmt: skip
    launch.stop(approved, by=mina)
    assert set(Batch.objects.values_list("state", flat=True)) == {"withdrawn"}


def test_nobody_stops_what_is_not_theirs(approved, mina, ana, tomas):
    """Brazil does not stop the EU."""
    launched(approved, mina)
    for user in (ana, tomas):
        for switch in (launch.pause, launch.resume, launch.stop):
            with pytest.raises(NotAllowed):
                switch(approved, by=user)


def test_what_was_not_launched_cannot_be_stopped(approved, mina):
    """There is nothing to stop."""
    with pytest.raises(Refused) as refused:
        launch.stop(approved, by=mina)
    assert refused.value.code == "alerts.not_launched"


def test_the_bell_rings_after_the_commit(approved, mina, django_capture_on_commit_callbacks):
    """The lane's workers are woken once the dispatch is on disk, and once only."""
    with django_capture_on_commit_callbacks() as rings:
        launched(approved, mina)
        launched(approved, mina)
    assert len(rings) == 1


def test_each_reads_only_what_their_regions_allow(approved, mina, ana, kenji, sofie):
    """The lists of alerts, and the part of the figures that a reader may see."""
    assert list(desk.listed(by=mina)) == list(desk.listed(by=kenji)) == [approved]
    assert not desk.listed(by=ana).exists()
    assert not desk.listed(by=sofie).exists()
    with pytest.raises(NotAllowed):
        desk.read(approved.number, by=ana)
    roster.grant(ana, Role.VIEWER, over=["DE"], by=sofie)
    assert desk.regions_seen(ana, desk.read(approved.number, by=ana)) == ("DE",)


@pytest.mark.parametrize("number", ["", "x", "-1", "1.5", "9" * 30, "٣", "1; drop table"])
@pytest.mark.django_db
def test_a_number_that_is_none_is_told(number):
    """Whatever is typed, the answer is a sentence."""
    with pytest.raises(Refused) as refused:
        desk.find(number)
    assert refused.value.code == "alerts.unknown"
