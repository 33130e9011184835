"""A fact was wrong: the messages that told it are named, and exactly their readers corrected."""

import pytest

from dispatcher.alerts import compose, desk, survey
from dispatcher.alerts.drift import correct, drift
from dispatcher.alerts.launch import launch, words
from dispatcher.alerts.models import Alert
from dispatcher.fanout.spread import spread
from dispatcher.kit.errors import Refused
from dispatcher.ledger import entries
from dispatcher.ledger.entries import Fact, Window
from dispatcher.ledger.facts import Outcome
from dispatcher.operators.access import NotAllowed

pytestmark = pytest.mark.usefixtures("words", "people")
OTHER_LINE = "+442079460111"


@pytest.fixture
def sent(approved, mina) -> Alert:
    """Launched and sent: SMS to Greta (English) and Babak (Persian), a letter to Saoirse of staff."""
    launch(approved, by=mina, confirm=words(approved))
    spread("routine")
    for batch in entries.claim("routine", people=100):
        entries.advance([(batch, batch.size)])
        taken = [Fact(i, Outcome.taken("X"), "twilio") for i in range(batch.size)]
        entries.record([Window(batch, taken)])
    return desk.find(approved.number)


def told(found) -> set[tuple[str, str, int]]:
    return {(one.channel, one.language, one.messages) for one in found.wrong}


def test_each_message_that_told_it_is_named(sent, mina):
    """By channel and language, and how many people may have read it."""
    found = drift(sent, by=mina, name="line", value=OTHER_LINE)
    assert told(found) == {("sms", "en", 1), ("sms", "fa", 1), ("email", "en", 1)}
    assert found.people == 3


def test_who_was_told_something_else_is_left_alone(sent, mina):
    """A fact that only staff were told; and one by language."""
    staff = drift(sent, by=mina, name="staff_line", value=OTHER_LINE)
    assert (told(staff), staff.people) == ({("email", "en", 1)}, 1)
    persian = drift(sent, by=mina, name="line", value=OTHER_LINE, language="fa")
    assert (told(persian), persian.people) == ({("sms", "fa", 1)}, 1)
    bavaria = drift(sent, by=mina, name="line", value=OTHER_LINE, region="DE-BY")
    assert (told(bavaria), bavaria.people) == ({("sms", "fa", 1)}, 1)


def test_the_same_value_spoils_nothing(sent, mina):
    """And a correction of nothing is refused."""
    same = "+442079460123"
    assert drift(sent, by=mina, name="line", value=same).wrong == ()
    with pytest.raises(Refused, match="nothing_wrong"):
        correct(sent, by=mina, name="line", value=same)


def test_the_correction_is_for_exactly_those_people(sent, mina):
    """A draft with the new value, which somebody must verify."""
    made = correct(
        sent, by=mina, name="line", value=OTHER_LINE, source="Call centre", language="fa"
    )
    assert (made.part, made.state, made.follows_id) == ("correction", "draft", sent.pk)
    assert survey.audience(made).people is not None
    assert len(survey.audience(made).people or ()) == 1
    fact = made.facts.get(name="line", language="fa")
    assert (fact.value, fact.verified_at) == (OTHER_LINE, None)


def test_a_wrong_value_is_said(sent, mina):
    """A number in letters, a fact that nobody asked for, an alert that never left."""
    with pytest.raises(Refused, match="fact_unreadable"):
        drift(sent, by=mina, name="line", value="letters")
    with pytest.raises(Refused, match="unknown_fact"):
        drift(sent, by=mina, name="colour", value="red")
    fresh = compose.compose("recall", by=mina, mode="drill", segment="everyone")
    with pytest.raises(Refused, match="not_launched"):
        drift(fresh, by=mina, name="line", value=OTHER_LINE)


def test_who_may_not_read_it_learns_nothing(sent, ana):
    """A lead for Brazil asks about an alert of the EU."""
    with pytest.raises(NotAllowed):
        drift(sent, by=ana, name="line", value=OTHER_LINE)
