"""The decision: four eyes, named offices, broken glass."""

import pytest

from dispatcher.alerts import approve, compose
from dispatcher.alerts.models import Approval
from dispatcher.alerts.turns import Rights, turn
from dispatcher.kit.errors import Refused
from dispatcher.operators import roster
from dispatcher.operators.access import NotAllowed
from dispatcher.operators.models import JournalEntry
from dispatcher.operators.roles import Role


def test_both_offices_make_it_approved(pending, kenji, leila):
    """One yes is not enough; the second, of another person, is."""
    assert approve.approve(pending, by=kenji).state == "pending"
    assert approve.open_offices(pending) == ("counsel",)
    assert approve.approve(pending, by=leila).state == "approved"


def test_who_wrote_it_does_not_approve_it(ready, mina, sofie):
    """Not even when she sits in the office."""
    roster.grant(mina, Role.APPROVER, over=["EU"], by=sofie)
    roster.appoint(mina, roster.Seat("ceo"), by=sofie)
    approve.submit(ready, by=mina)
    with pytest.raises(NotAllowed) as refused:
        approve.approve(ready, by=mina)
    assert refused.value.code == "alerts.four_eyes"


def test_who_submitted_it_does_not_approve_it(ready, kenji, sofie):
    """The author wrote, the chief executive submitted: now somebody else decides."""
    roster.grant(kenji, Role.AUTHOR, over=["EU"], by=sofie)
    approve.submit(ready, by=kenji)
    with pytest.raises(NotAllowed) as refused:
        approve.approve(ready, by=kenji)
    assert refused.value.code == "alerts.four_eyes"


def test_one_person_does_not_fill_two_offices(pending, leila):
    """Leila deputises for the chief executive, but not beside her own yes."""
    approve.approve(pending, by=leila, office="counsel")
    with pytest.raises(NotAllowed) as refused:
        approve.approve(pending, by=leila, office="ceo")
    assert refused.value.code == "alerts.one_person_one_office"
    pending.refresh_from_db()
    assert pending.state == "pending"


def test_who_holds_several_offices_names_one(pending, leila):
    """The program does not guess."""
    with pytest.raises(Refused) as refused:
        approve.approve(pending, by=leila)
    assert refused.value.code == "alerts.which_office"


def test_a_deputy_stands_in(pending, leila, sofie):
    """The chief executive is away; another lawyer is counsel."""
    aylin = roster.add("aylin.demir", by=sofie, name="Aylin Demir")
    roster.grant(aylin, Role.APPROVER, over=["EU"], by=sofie)
    roster.appoint(aylin, roster.Seat("counsel"), by=sofie)
    approve.approve(pending, by=leila, office="ceo")
    assert approve.approve(pending, by=aylin).state == "approved"


def test_saying_yes_twice_is_saying_it_once(pending, kenji):
    """A double click leaves one row."""
    approve.approve(pending, by=kenji)
    approve.approve(pending, by=kenji, office="ceo")
    assert Approval.objects.filter(decision="approved").count() == 1


def test_another_offices_yes_is_not_repeated_by_the_deputy(pending, kenji, leila):
    """The chief executive has spoken."""
    approve.approve(pending, by=kenji)
    with pytest.raises(Refused) as refused:
        approve.approve(pending, by=leila, office="ceo")
    assert refused.value.code == "alerts.office_has_approved"


def test_nobody_else_approves(pending, tomas, sofie, kenji):
    """Translator, admin, the wrong office, the wrong region: no."""
    aylin = roster.add("aylin.demir", by=sofie, name="Aylin Demir")
    roster.grant(aylin, Role.APPROVER, over=["BR"], by=sofie)
    roster.appoint(aylin, roster.Seat("counsel"), by=sofie)
    for user, office in ((tomas, "ceo"), (sofie, "ceo"), (kenji, "counsel"), (aylin, "counsel")):
        with pytest.raises(NotAllowed):
            approve.approve(pending, by=user, office=office)
    with pytest.raises(Refused) as refused:
        approve.approve(pending, by=kenji, office="head_pr")
    assert refused.value.code == "alerts.office_not_asked"
    assert not pending.approvals.exists()


def test_a_draft_is_not_approved(ready, kenji):
    """Only what was submitted is decided."""
    with pytest.raises(Refused) as refused:
        approve.approve(ready, by=kenji)
    assert refused.value.code == "alerts.not_pending"


def test_the_yes_is_to_what_was_looked_at(pending, kenji, mina):
    """When it changed between looking and saying yes, the yes does not count."""
    seen = pending.fingerprint
    compose.set_fact(pending, by=mina, name="stores", value="9", source="ERP")
    compose.verify_fact(pending, by=mina, name="stores")
    approve.submit(pending, by=mina)
    with pytest.raises(Refused) as refused:
        approve.approve(pending, by=kenji, seen=seen)
    assert refused.value.code == "alerts.changed_since_seen"
    pending.refresh_from_db()
    assert approve.approve(pending, by=kenji, seen=pending.fingerprint[:12])


def test_the_same_content_has_the_same_fingerprint(pending, kenji, mina):
    """Sent back and submitted unchanged, it is the same; and it is asked for again."""
    before = pending.fingerprint
    approve.approve(pending, by=kenji)
    approve.send_back(pending, by=kenji, reason="Wait for the laboratory")
    again = approve.submit(pending, by=mina)
    assert again.fingerprint == before
    assert approve.open_offices(again) == ("ceo", "counsel")


def test_sending_back_needs_a_reason_and_an_office(pending, kenji, tomas):
    """The author learns why."""
    with pytest.raises(Refused) as refused:
        approve.send_back(pending, by=kenji, reason="  ")
    assert refused.value.code == "alerts.reason_missing"
    with pytest.raises(NotAllowed):
        approve.send_back(pending, by=tomas, reason="Typo")
    alert = approve.send_back(pending, by=kenji, reason="Which lots?")
    assert alert.state == "returned"
    assert alert.approvals.get().reason == "Which lots?"


def test_an_office_may_think_again_until_the_launch(approved, leila):
    """Approved is not launched."""
    assert approve.send_back(approved, by=leila, office="counsel", reason="New facts").state == (
        "returned"
    )


def test_rejected_is_for_good(pending, kenji, mina):
    """A new alert would have to be written."""
    assert approve.reject(pending, by=kenji, reason="No recall").state == "rejected"
    with pytest.raises(Refused) as refused:
        compose.set_fact(pending, by=mina, name="stores", value="9")
    assert refused.value.code == "alerts.closed"


def test_broken_glass_needs_a_reason_and_is_reviewed_by_another(pending, mina, kenji, tomas):
    """It is approved at once, stands in the journal, and waits for a word of the offices."""
    with pytest.raises(Refused):
        approve.break_glass(pending, by=mina, reason="urgent")
    with pytest.raises(NotAllowed):
        approve.break_glass(pending, by=tomas, reason="Nobody answers the phone")
    alert = approve.break_glass(pending, by=mina, reason="Nobody answers the phone")
    assert alert.state == "approved"
    line = JournalEntry.objects.get(what="alerts.broke_glass")
    assert line.facts == {"reason": "Nobody answers the phone", "without": ["ceo", "counsel"]}
    (broken,) = approve.to_review()
    with pytest.raises(NotAllowed):
        approve.review(broken, by=mina, word="All right")
    approve.review(broken, by=kenji, word="Right in the circumstances")
    assert not approve.to_review().exists()
    with pytest.raises(Refused) as refused:
        approve.review(broken, by=kenji, word="Again")
    assert refused.value.code == "alerts.nothing_to_review"


def test_who_wrote_it_does_not_review_it_either(pending, mina, kenji, leila, sofie):
    """Mina sits in an office: a colleague broke the glass for her, and others judge that."""
    roster.grant(mina, Role.APPROVER, over=["EU"], by=sofie)
    roster.appoint(mina, roster.Seat("ceo"), by=sofie)
    alert = approve.break_glass(pending, by=leila, reason="Nobody answers the phone")
    (broken,) = approve.to_review()
    with pytest.raises(NotAllowed) as refused:
        approve.review(broken, by=mina, word="Well done")
    assert refused.value.code == "alerts.four_eyes"
    assert turn(alert, Rights.of(mina)).review == ()
    assert len(turn(alert, Rights.of(kenji)).review) == 1


def test_broken_glass_is_no_way_round_the_gate(ready, mina):
    """What was never submitted was never checked."""
    with pytest.raises(Refused) as refused:
        approve.break_glass(ready, by=mina, reason="Nobody answers the phone")
    assert refused.value.code == "alerts.not_pending"
