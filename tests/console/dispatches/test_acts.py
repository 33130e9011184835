"""What can be done about a dispatch, by whom, and that doing it twice is doing it once."""

import re

import pytest

from contacts.models import Contact
from contacts.regions import Scope
from dispatcher.alerts.models import Alert
from dispatcher.console.dispatches.page import motion, page
from dispatcher.ledger import moving, stages, tally
from dispatcher.ledger.facts import Outcome
from dispatcher.ledger.models import Delivery, Dispatch, Stage
from dispatcher.ledger.moving import Speed
from dispatcher.operators.models import JournalEntry
from dispatcher.operators.roles import Role
from dispatcher.reports import words
from dispatcher.reports.after_action import report


@pytest.fixture
def one(story):
    """A dispatch to the EU."""
    return story(scope=("EU",))


def post(client, one, act, **given):
    return client.post(f"/dispatches/{one.dispatch.pk}/{act}", given)


def read(client, one, act=""):
    answer = client.get(f"/dispatches/{one.dispatch.pk}/{act}")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.content.decode()))


def now(one):
    return Dispatch.objects.get(pk=one.dispatch.pk)


def test_pause_resume_and_stop_from_the_page(one, kenji, signed_in):
    """Each pressed twice changes nothing the second time, and each is in the journal once."""
    client = signed_in(kenji)
    for act in ("pause", "pause", "resume", "resume", "stop", "stop"):
        assert post(client, one, act, reason="").status_code == 302
    assert now(one).paused_at is None
    assert now(one).stopped_at
    told = JournalEntry.objects.filter(
        what__in=["alerts.paused", "alerts.resumed", "alerts.stopped"]
    )
    assert told.count() == 3


def test_a_stop_says_what_cannot_be_taken_back(one, kenji, signed_in):
    """Nothing happens on the way to the button; the figures are those of the books."""
    one.send(most=6)
    told = read(signed_in(kenji), one, "stop")
    assert re.search(r"never leaves: \d+", told)
    assert "cannot be taken back" in told
    assert now(one).stopped_at is None


@pytest.mark.parametrize("act", ["pause", "resume", "stop", "follow", "remind"])
@pytest.mark.parametrize(
    ("role", "regions"),
    [(Role.VIEWER, ["001"]), (Role.APPROVER, ["DE"]), (Role.AUTHOR, ["BR"]), (Role.ADMIN, ["001"])],
)
def test_who_may_not(one, operator, signed_in, act, role, regions):
    """Viewers, approvers of a part, authors of elsewhere, admins: nothing changes."""
    client = signed_in(operator("other", *regions, role=role))
    assert post(client, one, act, part="correction").status_code in {403, 404}
    assert (now(one).paused_at, now(one).stopped_at) == (None, None)
    assert not Stage.objects.exists()
    assert Alert.objects.count() == 1


def test_what_follows_is_prepared_once(one, mina, signed_in):
    """Two presses of one button are one draft; a new showing of the page makes another."""
    client = signed_in(mina)
    made = [
        post(client, one, "follow", part="correction", ticket=ticket)["Location"]
        for ticket in ("abc", "abc", "def")
    ]
    assert made[0] == made[1] != made[2]
    drafts = Alert.objects.filter(follows_id=int(one.dispatch.number))
    assert {(draft.part, draft.mode, draft.state) for draft in drafts} == {
        ("correction", "drill", "draft")
    }


def test_a_part_that_is_none_is_not_found(one, mina, signed_in):
    """Only what may follow."""
    assert post(signed_in(mina), one, "follow", part="first").status_code == 404


def test_a_reminder_goes_once(one, mina, signed_in):
    """Two presses of one form are one stage."""
    client = signed_in(mina)
    for _ in range(2):
        assert post(client, one, "remind", name="reminder").status_code == 302
    assert [stage.name for stage in stages.of(one.dispatch.pk)] == ["reminder"]


def known(name="Greta Vogel"):
    return Contact.objects.create(
        id=1, reference="c1", name=name, region="DE", country="DE", languages=["de"], roles=[],
        tags=[], culture="", time_zone="UTC", attributes={},
    )  # fmt: skip


def test_names_are_for_those_who_act_on_them(one, mina, kenji, signed_in, client):
    """The author reads who is silent; an approver sees that somebody is."""
    known()
    assert "Greta Vogel" in read(signed_in(mina), one, "unanswered")
    client.post("/sign-out/")
    client.cookies["django_language"] = "en"
    told = read(signed_in(kenji), one, "unanswered")
    assert "Greta Vogel" not in told
    assert "Contact 1" in told


def test_who_is_silent_page_by_page(one, kenji, signed_in, monkeypatch):
    """All pages together are everybody of the reader's regions, each once, in order."""
    monkeypatch.setattr("dispatcher.console.dispatches.acts.PAGE", 5)
    taken = one.send()
    Delivery.objects.filter(id__in=taken["sms"][:2]).update(
        acknowledged_at=one.dispatch.launched_at
    )
    silent = {s.contact_id: s for s in stages.unanswered(one.dispatch.pk)}
    found, part = [], moving.unanswered(one.dispatch.pk, after=0, most=5)
    found += part.people
    while part.after is not None:
        part = moving.unanswered(one.dispatch.pk, after=part.after, most=5)
        found += part.people
    assert [one.contact_id for one in found] == sorted(silent)
    assert {one.contact_id: one for one in found} == silent
    assert "More" in read(signed_in(kenji), one, "unanswered")


def test_nobody_of_another_region_is_listed(story, mina, signed_in):
    """Mina leads the EU; of the world's dispatch she sees no one in Brazil, nor their story."""
    whole = story()
    client = signed_in(mina)
    client.post("/language/", {"language": "en"})
    told = read(client, whole, "unanswered")
    assert "Germany" in told
    assert "Brazil" not in told
    brazilian = 11
    assert client.get(f"/dispatches/{whole.dispatch.pk}/people/{brazilian}").status_code == 404


def test_one_persons_story(one, kenji, signed_in):
    """What was chosen and why, what came of it, what helps; 404 for who is not in it."""
    one.send([Outcome.refused("30003")] * 50)
    told = read(signed_in(kenji), one, "people/1")
    for sign in ("SMS", "Failed", "switched off", "Send a reminder later", "not yet"):
        assert sign in told
    assert "Opted out" in read(signed_in(kenji), one, "people/90000")
    for stranger in (999_999, 2**63 - 1, 2**70):
        assert (
            signed_in(kenji).get(f"/dispatches/{one.dispatch.pk}/people/{stranger}").status_code
            == 404
        )


def test_a_story_tells_the_figure_of_the_books(one):
    """Waiting, handed over, delivered: message by message the same as the ledger's own figures."""

    def figures():
        held = {}
        for contact in range(1, 16):
            for message in moving.story(one.dispatch.pk, contact)[0]:
                held[message.figure] = held.get(message.figure, 0) + 1
        return held

    def books():
        held = {}
        for cell in tally.books(one.dispatch.pk):
            held[cell.figure] = held.get(cell.figure, 0) + cell.n
        held.pop("excluded")
        return held

    assert figures() == books()
    taken = one.send(most=9)
    one.deliver(taken["sms"][:2])
    assert figures() == books()


def test_speed_is_what_has_left_lately(one):
    """A second or more after the launch: all that has left, over that time."""
    assert moving.speed(one.dispatch.pk).messages == 0
    taken = one.send()
    one.deliver(taken["sms"][:3])
    assert moving.speed(one.dispatch.pk).messages == 15
    assert moving.speed(one.dispatch.pk, regions=["FR"]).messages == 4
    assert moving.oldest_waiting(one.dispatch.pk) is None


def test_the_remaining_time_follows_the_speed(one, kenji, signed_in):
    """15 wait; at one a second it is a quarter of a minute; of a standstill nothing is said."""
    found = report(one.dispatch, scope=Scope.everything())
    at = one.dispatch.launched_at
    told = motion(found, speed=Speed(60, 60.0), oldest=at, now=at)
    state = (told.per_minute, told.oldest)
    assert state == (60, 0.0)
    assert motion(found, speed=Speed(0, 60.0), oldest=None, now=at).remaining is None
    assert page(found, now=at).motion is None
    assert "messages a minute" in read(signed_in(kenji), one)


@pytest.mark.parametrize(
    ("code", "carrier", "word"),
    [("30003", "twilio", "reminder"), ("no_address", "", "registry"), ("http_503", "twilio", "lasts"),
     ("4711", "twilio", "")],
)  # fmt: skip
def test_a_reason_comes_with_what_helps(code, carrier, word):
    """In a sentence; nothing is said where we know nothing better."""
    assert word in words.remedy(code, carrier=carrier)
    assert bool(words.remedy(code, carrier=carrier)) is bool(word)


def test_every_reason_of_ours_has_a_remedy():
    """Of the ledger's own codes none is left without."""
    assert words.REASONS.keys() <= words.REMEDIES.keys()
