"""Silence becomes the next step: to exactly those who need it, once, whatever dies in between."""

from datetime import time, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection, transaction

from contacts.models import Address, Contact, Role
from contacts.reach import doors
from dispatcher.fanout import plan as plans
from dispatcher.fanout import spread as slices
from dispatcher.fanout.load import Load, Loader
from dispatcher.fanout.plan import Escalation, Group, Step
from dispatcher.fanout.spread import spread, spread_stage
from dispatcher.ledger import enlisting, entries, stages, tally
from dispatcher.ledger.climb import climb
from dispatcher.ledger.entries import Fact, Window
from dispatcher.ledger.facts import Outcome, Rank, Receipt
from dispatcher.ledger.models import Batch, Dispatch, Exclusion
from dispatcher.ledger.models import Stage as StageRow
from dispatcher.ledger.stages import NewStage
from dispatcher.ledger.statements import ledger_now
from dispatcher.operators.models import JournalEntry
from dispatcher.tracking import escalate as room
from dispatcher.tracking.escalate import escalate
from tests.ledger.test_books import figures, shift

pytestmark = pytest.mark.django_db
TAKEN = Outcome.taken("X1")
LADDER = (
    Step(("push", "sms", "email")),
    Step(("sms",), after=120),
    Step(("email",), after=600),
)
NUMBERS = count(1)


def person(
    name: str, *channels: str, roles: tuple[str, ...] = ("employee",), **facts: Any
) -> Contact:
    """Somebody with an address on each of these channels; `sms=` and its like name it."""
    number = next(NUMBERS)
    contact = Contact.objects.create(
        reference=name, name=name, region=facts.get("region", "DE"),
        country=facts.get("region", "DE")[:2], languages=facts.get("languages", ["en"]),
        roles=list(roles), tags=[], culture="", time_zone=facts.get("time_zone", "Europe/Berlin"),
        attributes={},
    )  # fmt: skip
    told = {
        "sms": f"+49171392{number:05}",
        "email": f"{name}{number}@example.com",
        "push": f"fcm:{number:09}",
    }
    for channel in channels:
        key = facts.get(channel, told[channel])
        Address.objects.create(contact=contact, channel=channel, key=key, value=key, position=0)
    return contact


def shelf(group: int) -> dict[str, dict[str, int]]:
    return {channel: {"en": 100 * group + n} for n, channel in enumerate(("sms", "email", "push"))}


def plan(ladder=LADDER, *, segment="everyone", groups=None, **facts) -> plans.Plan:
    staff = Group("employee", ("employee",), ladder, shelf(1))
    rest = Group("consumer", (), (Step(("sms", "email")),), shelf(2))
    return plans.Plan(
        segment, None, facts.pop("scope", None), "safety", groups or (staff, rest), (),
        "default_language", "en", plans.Target(900, 95, 1800), **facts,
    )  # fmt: skip


def launch(made: plans.Plan, *, hours=5, ref="alert:1", **facts) -> Dispatch:
    """Opened with its stages and enlisted."""
    told: dict[str, Any] = {
        "number": "1", "mode": "drill", "scenario": "recall", "part": "first",
        "severity": "urgent", "lane": "critical", "launched_by": "mina",
        "expires_at": ledger_now() + timedelta(hours=hours), "plan": plans.freeze(made),
    } | facts  # fmt: skip
    dispatch, _ = enlisting.open_dispatch(ref, **told)
    while not spread("critical").last:
        pass
    return dispatch


def send(outcome=TAKEN) -> dict[int, list[tuple[str, int]]]:
    """All that is due leaves; contact id -> (channel, delivery id)."""
    sent: dict[int, list[tuple[str, int]]] = {}
    for batch in entries.claim("critical", people=1000):
        entries.advance([(batch, batch.size - batch.cursor)])
        told = [Fact(i, outcome, "twilio") for i in range(batch.cursor, batch.size)]
        entries.record([Window(batch, told)])
        for index in range(batch.cursor, batch.size):
            place = (batch.channel, batch.delivery_id(index))
            sent.setdefault(batch.contact_ids[index], []).append(place)
    return sent


def channels(sent) -> dict[int, list[str]]:
    return {contact: sorted(channel for channel, _ in told) for contact, told in sent.items()}


def acknowledge(*delivery_ids: int) -> None:
    climb(
        [Receipt(f"link:{one}", one, 1, "reader", None, acknowledged=True) for one in delivery_ids]
    )


def deliver(*delivery_ids: int) -> None:
    climb([Receipt(f"D{one}", one, 1, "twilio", Rank.DELIVERED) for one in delivery_ids])


def balanced(dispatch: Dispatch) -> bool:
    told = figures(dispatch)
    return (
        tally.audit(dispatch.id) == []
        and sum(told.values()) == Dispatch.objects.get(pk=dispatch.pk).targeted
    )


def states(dispatch: Dispatch) -> dict[str, str]:
    return {stage.name: stage.state for stage in stages.of(dispatch.id)}


@pytest.fixture(autouse=True)
def carriers(settings):
    """Roles that segments may name, and an account for each channel; nothing is sent by them."""
    for key in ("employee", "deputy", "customer"):
        Role.objects.get_or_create(key=key, defaults={"title": key})
    settings.CARRIERS = {"real": {}, "drill": {
        "twilio": {"carrier": "twilio"}, "sendgrid": {"carrier": "sendgrid"},
        "fcm": {"carrier": "fcm"}, "webpush": {"carrier": "webpush"},
    }}  # fmt: skip


def test_push_then_sms_then_email_while_nobody_answers():
    """Each step by the channel that has not told them yet; the books and people's book balance."""
    ana = person("ana", "push", "sms", "email")
    dispatch = launch(plan())
    assert channels(send()) == {ana.pk: ["push"]}
    assert escalate() == 0
    shift(seconds=121)
    assert escalate() == 1
    assert balanced(dispatch)
    assert channels(send()) == {ana.pk: ["sms"]}
    shift(seconds=601)
    assert escalate() == 1
    assert channels(send()) == {ana.pk: ["email"]}
    assert balanced(dispatch)
    assert tally.people(dispatch.id) == {"handed_over": 1}
    assert entries.finish() == [dispatch.id]


def test_a_call_ends_when_its_time_is_over_and_the_next_goes_on(monkeypatch):
    """One slice at least, so that it always comes forward; then others of the lane have a turn."""
    monkeypatch.setattr(slices, "LARGEST_SLICE", 1)
    people = [person(f"p{n}", "push", "sms") for n in range(3)]
    dispatch = launch(plan())
    send()
    shift(seconds=121)
    made = [escalate(seconds=0) for _ in range(4)]
    assert made[0] == 1
    assert sum(made) == len(people)
    assert balanced(dispatch)
    assert channels(send()) == {one.pk: ["sms"] for one in people}


def test_one_call_in_time_does_it_all(monkeypatch):
    monkeypatch.setattr(slices, "LARGEST_SLICE", 1)
    people = [person(f"p{n}", "push", "sms") for n in range(3)]
    launch(plan())
    send()
    shift(seconds=121)
    assert escalate(seconds=60) == len(people)


def test_who_has_answered_is_not_asked_again():
    ana, ben = person("ana", "push", "sms"), person("ben", "push", "sms")
    dispatch = launch(plan())
    sent = send()
    acknowledge(sent[ana.pk][0][1])
    shift(seconds=121)
    escalate()
    assert channels(send()) == {ben.pk: ["sms"]}
    assert Dispatch.objects.get(pk=dispatch.pk).targeted == 3


def test_who_was_told_by_that_channel_already_is_not_told_twice():
    """Without push, the first step was the text message; the second step is for the others."""
    ana, ben = person("ana", "sms", "email"), person("ben", "push", "sms")
    launch(plan())
    send()
    shift(seconds=121)
    escalate()
    assert channels(send()) == {ben.pk: ["sms"]}
    shift(seconds=601)
    escalate()
    assert channels(send()) == {ana.pk: ["email"]}
    assert [row.contact_id for row in Exclusion.objects.all()] == [ben.pk], "no letter-box"


def test_no_address_on_the_step_is_an_exclusion_with_its_reason():
    ben = person("ben", "push")
    dispatch = launch(plan())
    send()
    shift(seconds=121)
    escalate()
    [row] = Exclusion.objects.all()
    assert (row.contact_id, row.channel, row.reason) == (ben.pk, "sms", "no_address")
    assert tally.people(dispatch.id) == {"handed_over": 1}, "everybody once, by their best"
    assert balanced(dispatch)


def test_a_step_is_for_its_own_group():
    """Consumers have one step; the staff's second is not theirs."""
    person("ana", "push", "sms")
    zoe = person("zoe", "sms", "email", roles=("customer",))
    launch(plan())
    send()
    shift(seconds=601)
    escalate()
    escalate()
    assert zoe.pk not in send()


def test_a_group_in_which_there_is_nobody_keeps_no_dispatch_open():
    person("zoe", "sms", roles=("customer",))
    dispatch = launch(plan(escalation=Escalation(80, 60, "role = deputy", of="employee")))
    send()
    assert stages.of(dispatch.id) == []
    assert entries.finish() == [dispatch.id]


def test_unless_delivered_goes_on_only_where_nothing_arrived():
    ana, ben = person("ana", "sms", "email"), person("ben", "sms", "email")
    ladder = (Step(("sms",)), Step(("email",), after=60, unless="delivered"))
    dispatch = launch(plan(ladder))
    sent = send()
    deliver(sent[ana.pk][0][1])
    shift(seconds=61)
    escalate()
    assert channels(send()) == {ben.pk: ["email"]}
    assert balanced(dispatch)


@pytest.mark.parametrize("unless", ["acknowledged", "delivered"])
def test_an_answer_from_a_shared_phone_is_everybodys(unless):
    """Two who share a phone got one copy; when it is answered, neither is asked again."""
    ana = person("ana", "sms", "email", sms="+4917139299999")
    for n in range(3):
        person(f"between{n}", "email")
    person("ben", "sms", "email", sms="+4917139299999")
    ladder = (Step(("sms",)), Step(("email",), after=60, unless=unless))
    dispatch = launch(plan(ladder))
    sent = send()
    (acknowledge if unless == "acknowledged" else deliver)(sent[ana.pk][0][1])
    shift(seconds=61)
    escalate()
    assert not {"ana", "ben"} & set(
        Contact.objects.filter(pk__in=send()).values_list("name", flat=True)
    )
    assert balanced(dispatch)


def test_one_address_one_copy_holds_for_each_stage():
    """Told apart by push, two who share a phone get one text message between them."""
    for name in ("ana", "ben"):
        person(name, "push", "sms", sms="+4917139288888")
    dispatch = launch(plan())
    assert len(send()) == 2
    shift(seconds=121)
    escalate()
    assert len(send()) == 1
    assert [row.reason for row in Exclusion.objects.all()] == ["served_by"]
    assert balanced(dispatch)


def test_a_dispatch_is_not_complete_while_a_stage_may_be_needed_and_moot_when_all_have_answered():
    ana = person("ana", "push", "sms")
    dispatch = launch(plan())
    sent = send()
    assert entries.finish() == []
    acknowledge(sent[ana.pk][0][1])
    escalate()
    assert states(dispatch) == {"employee.2": "moot", "employee.3": "moot"}
    assert entries.finish() == [dispatch.id]


@pytest.mark.parametrize("why", ["stopped", "expired"])
def test_stop_and_expiry_call_the_stages_off(why):
    person("ana", "push", "sms")
    dispatch = launch(plan(), hours=0.5)
    send()
    if why == "stopped":
        Dispatch.objects.update(stopped_at=dispatch.launched_at)
        shift(seconds=601)
    else:
        shift(hours=1)
    assert escalate() == 0
    assert {(s.state, s.reason) for s in stages.of(dispatch.id)} == {("moot", why)}
    assert entries.finish() == [dispatch.id]


def test_a_paused_dispatch_escalates_when_it_goes_on():
    person("ana", "push", "sms")
    dispatch = launch(plan())
    send()
    shift(seconds=121)
    Dispatch.objects.update(paused_at=dispatch.launched_at)
    assert escalate() == 0
    Dispatch.objects.update(paused_at=None)
    assert escalate() == 1


def one_slice(*, dies: bool = False) -> None:
    """A worker's transaction, to its end or not."""
    with transaction.atomic():
        held = stages.hold(stages.due()[0])
        assert held
        held = room._begin(held) if held.stage.state == "waiting" else held
        assert held
        spread_stage(held)
        if dies:
            raise ZeroDivisionError


def test_slices_are_written_once_whoever_dies_between_them(monkeypatch):
    """Killed after each second slice: the next begins where the cursor stands."""
    people = [person(f"p{n}", "push", "sms") for n in range(40)]
    monkeypatch.setattr("dispatcher.fanout.spread.FIRST_SLICE", 4)
    monkeypatch.setattr("dispatcher.fanout.spread.LARGEST_SLICE", 4)
    dispatch = launch(plan())
    send()
    shift(seconds=121)
    for _ in range(60):
        if states(dispatch)["employee.2"] == "done":
            break
        with pytest.raises(ZeroDivisionError):
            one_slice(dies=True)
        one_slice()
        assert balanced(dispatch)
    told = send()
    assert channels(told) == {one.pk: ["sms"] for one in people}
    assert StageRow.objects.get(name="employee.2").slices > 3


def test_a_second_stage_waits_until_the_first_is_written():
    """Shared addresses are settled stage by stage."""
    person("ana", "push", "sms", "email")
    dispatch = launch(plan())
    send()
    shift(seconds=601)
    first, second = stages.due()
    held = stages.hold(first)
    assert held
    stages.begin(held)
    assert stages.hold(second) is None
    escalate()
    escalate()
    assert set(states(dispatch).values()) == {"done"}


def test_who_has_no_answer_to_give_is_told_at_last():
    """A batch that failed for good does not silence the ladder."""
    ana = person("ana", "sms", "email")
    launch(plan((Step(("sms",)), Step(("email",), after=60))))
    send(Outcome.refused("21211"))
    shift(seconds=61)
    escalate()
    assert channels(send()) == {ana.pk: ["email"]}


def test_who_answers_while_the_next_step_waits_is_not_written_to():
    """The last look before it leaves."""
    ana, ben = person("ana", "push", "sms"), person("ben", "push", "sms")
    dispatch = launch(plan())
    sent = send()
    shift(seconds=121)
    escalate()
    acknowledge(sent[ana.pk][0][1])
    [batch] = entries.claim("critical", people=10)
    loader = Loader()
    loader.thaw([batch])
    answered = loader._answered([(batch, batch.size)])
    load = Load({}, doors(batch.address_ids, kind="safety"), {}, ledger_now(), answered)
    assert load.fallen(batch, batch.size) == [(list(batch.contact_ids).index(ana.pk), "answered")]
    entries.advance([(batch, batch.size)])
    told = [Fact(list(batch.contact_ids).index(ben.pk), TAKEN, "twilio")]
    entries.record([Window(batch, told, load.fallen(batch, batch.size))])
    assert balanced(dispatch)
    assert tally.people(dispatch.id) == {"handed_over": 2}


# Too few have answered

TOO_FEW = Escalation(share=80, within=1800, to="role = deputy")


def people_and_a_deputy(answers: int) -> tuple[Dispatch, Contact]:
    for n in range(5):
        person(f"p{n}", "sms")
    deputy = person("deputy", "sms", roles=("deputy",))
    dispatch = launch(plan((Step(("sms",)),), segment="role = employee", escalation=TOO_FEW))
    sent = send()
    acknowledge(*[told[0][1] for told in list(sent.values())[:answers]])
    shift(seconds=1801)
    escalate()
    return dispatch, deputy


def test_when_too_few_answer_the_named_group_is_told_on_the_record():
    dispatch, deputy = people_and_a_deputy(3)
    assert channels(send()) == {deputy.pk: ["sms"]}
    [stage] = stages.of(dispatch.id)
    assert (stage.state, stage.reason) == ("done", "3/5")
    line = JournalEntry.objects.get(what="alerts.escalated")
    assert line.facts == {"stage": "too_few", "answered": 3, "people": 5}
    assert balanced(dispatch)


def test_when_enough_have_answered_nobody_else_is_told():
    dispatch, deputy = people_and_a_deputy(4)
    assert deputy.pk not in send()
    [stage] = stages.of(dispatch.id)
    assert (stage.state, stage.reason) == ("moot", "4/5")
    assert JournalEntry.objects.filter(what="alerts.not_escalated").exists()


def test_a_deputy_who_has_answered_is_left_alone():
    """They were among the first to be told, and said so."""
    deputy = person("deputy", "sms", roles=("employee", "deputy"))
    person("ana", "sms")
    launch(plan((Step(("sms",)),), segment="role = employee", escalation=TOO_FEW))
    sent = send()
    acknowledge(sent[deputy.pk][0][1])
    shift(seconds=1801)
    escalate()
    assert send() == {}


def test_when_nobody_was_reached_it_is_never_enough():
    deputy = person("deputy", "sms", roles=("deputy",))
    person("ana", "sms")
    launch(plan((Step(("sms",)),), segment="role = employee", escalation=TOO_FEW))
    send(Outcome.refused("21211"))
    shift(seconds=1801)
    escalate()
    assert channels(send()) == {deputy.pk: ["sms"]}


def test_only_the_answers_of_the_group_that_is_asked_count():
    """Customers hardly ever answer; four of five employees did."""
    for n in range(20):
        person(f"c{n}", "sms", roles=("customer",))
    staff = [person(f"e{n}", "sms") for n in range(5)]
    asked = Escalation(80, 1800, "role = deputy", of="employee")
    dispatch = launch(plan((Step(("sms",)),), escalation=asked))
    sent = send()
    acknowledge(*[sent[one.pk][0][1] for one in staff[:4]])
    shift(seconds=1801)
    escalate()
    assert [(stage.state, stage.reason) for stage in stages.of(dispatch.id)] == [("moot", "4/5")]


# By hand


def test_a_reminder_goes_to_exactly_those_who_have_not_answered():
    """By the first step's channel again, since that is what a reminder is."""
    ana, ben = person("ana", "sms"), person("ben", "sms")
    dispatch = launch(plan((Step(("sms",)),)))
    sent = send()
    acknowledge(sent[ana.pk][0][1])
    assert entries.finish() == [dispatch.id]
    assert stages.add(dispatch.id, NewStage("reminder", "reminder", requested_by="mina"))
    assert not stages.add(dispatch.id, NewStage("reminder", "reminder", requested_by="kenji"))
    escalate()
    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.completed_at) == ("running", None)
    assert channels(send()) == {ben.pk: ["sms"]}
    assert entries.finish() == [dispatch.id]
    assert balanced(dispatch)
    escalate()
    assert send() == {}


# Whom a correction is for


def among(dispatch: Dispatch) -> set[str]:
    ids = enlisting.affected(enlisting.Affected(dispatch.id))
    return set(Contact.objects.filter(pk__in=ids).values_list("name", flat=True))


def test_affected_are_those_who_may_have_received_it():
    """Taken, delivered, unknown, in flight and sharing; not failed, excluded, or left behind."""
    names = ["taken", "delivered", "unknown", "failed", "flying", "waiting"]
    who = {name: person(name, "sms", region=f"D{chr(65 + n)}") for n, name in enumerate(names)}
    person("none")
    person("owner", "sms", sms="+4917139277777", region="DZ")
    person("sharer", "sms", sms="+4917139277777", region="DZ")
    dispatch = launch(plan((Step(("sms",)),)))
    left = {"flying", "waiting"}
    outcomes = {"unknown": Outcome.unsure("timeout"), "failed": Outcome.refused("21211")}
    by_id = {one.pk: name for name, one in who.items()}
    for batch in entries.claim("critical", people=1000):
        name = by_id.get(batch.contact_ids[0], "owner")
        if name != "waiting":
            entries.advance([(batch, batch.size)])
        if name not in left:
            entries.record([Window(batch, [Fact(0, outcomes.get(name, TAKEN), "twilio")])])
        if name == "delivered":
            deliver(batch.delivery_id(0))
    sure = {"taken", "delivered", "unknown", "flying", "owner", "sharer"}
    assert among(dispatch) == sure | {"waiting"}, "what still may leave is counted"
    Dispatch.objects.update(stopped_at=dispatch.launched_at)
    entries.withdraw()
    assert among(dispatch) == sure


def test_whatever_the_carrier_said_who_answered_has_received_it():
    ana = person("ana", "sms")
    dispatch = launch(plan((Step(("sms",)),)))
    sent = send(Outcome.refused("21610"))
    acknowledge(sent[ana.pk][0][1])
    assert among(dispatch) == {"ana"}


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_a_correction_is_enlisted_among_the_affected_whatever_has_become_of_them(monkeypatch, size):
    """Moved, of another role, in slices of any size: exactly those, once."""
    monkeypatch.setattr("dispatcher.fanout.spread.FIRST_SLICE", size)
    monkeypatch.setattr("dispatcher.fanout.spread.LARGEST_SLICE", size)
    told = [person(f"p{n}", "sms") for n in range(5)]
    person("later", "sms", roles=("customer",))
    first = launch(plan((Step(("sms",)),), segment="role = employee"))
    send()
    Contact.objects.filter(pk=told[0].pk).update(roles=["customer"], region="FR", country="FR")
    person("new", "sms")
    correction = launch(
        plan((Step(("sms",)),), segment="", affected=first.id, scope=("DE",)), ref="alert:2"
    )
    assert set(send()) == {one.pk for one in told}
    assert balanced(correction)


def test_a_correction_within_regions_goes_by_where_people_were_then():
    here, there = person("here", "sms"), person("there", "sms", region="FR")
    first = launch(plan((Step(("sms",)),)))
    send()
    Contact.objects.filter(pk=here.pk).update(region="BR", country="BR")
    launch(plan((Step(("sms",)),), segment="", affected=first.id, scope=("DE",)), ref="alert:2")
    assert set(send()) == {here.pk}
    assert there.pk


# Quiet hours


NIGHT = plans.Quiet(time(21), time(8))


def at_hour(hour: int) -> timedelta:
    """Move the ledger's clock to the next time that it is so late in UTC; how far."""
    with connection.cursor() as cursor:
        cursor.execute("delete from ledger_clock")
    now = ledger_now()
    goal = now.replace(hour=hour, minute=0, second=0, microsecond=0) + timedelta(days=1)
    shift(seconds=(goal - now).total_seconds())
    return goal - now


def test_quiet_hours_hold_each_in_their_own_zone():
    """At 22:00 UTC it is quiet in London, not in America."""
    at_hour(22)
    for name, zone in (
        ("lon", "Etc/UTC"),
        ("los", "America/Los_Angeles"),
        ("nyc", "America/New_York"),
    ):
        person(name, "sms", time_zone=zone)
    dispatch = launch(plan((Step(("sms",)),), quiet=NIGHT), hours=48)
    assert len(send()) == 2
    [held] = Batch.objects.filter(state="waiting")
    assert held.time_zone == "Etc/UTC"
    assert held.due_at.hour == 8
    assert figures(dispatch) == {"handed_over": 2, "waiting": 1}
    assert balanced(dispatch)


def test_who_would_hear_only_after_the_expiry_is_excluded_with_that_reason():
    at_hour(22)
    person("ana", "sms", time_zone="Etc/UTC")
    dispatch = launch(plan((Step(("sms",)),), quiet=NIGHT), hours=5)
    assert [reason.code for reason in tally.reasons(dispatch.id)] == ["quiet_hours"]
    assert balanced(dispatch)


def test_a_ladder_held_by_the_night_keeps_its_pauses():
    """Push at 08:00 and, after two minutes without an answer, the text message."""
    moved = at_hour(22)
    ana = person("ana", "push", "sms", time_zone="Etc/UTC")
    launch(plan(LADDER[:2], quiet=NIGHT), hours=48)
    assert send() == {}
    shift(seconds=moved.total_seconds() + 121)
    escalate()
    assert send() == {}
    push, text = Batch.objects.order_by("due_at")
    assert text.due_at - push.due_at == timedelta(seconds=120)
    shift(seconds=moved.total_seconds() + 10 * 3600 + 121)
    assert channels(send()) == {ana.pk: ["push", "sms"]}
