"""What a scenario asks of its texts: read from its file, and looked for at every step."""

import pytest

from dispatcher.alerts import approve, asking, gate, launch, scenarios
from dispatcher.alerts.survey import own_key
from dispatcher.cli import shell
from dispatcher.kit.errors import Refused
from dispatcher.operators import roster
from dispatcher.operators.roles import Role
from dispatcher.wording import bench, catalogs, checks, glossary, library
from dispatcher.wording.checks import NOTHING, Asked
from dispatcher.wording.glossary import Term
from dispatcher.wording.models import WordingVersion
from tests.alerts.test_scenarios import GOOD

ASKS = """
[[asks]]
groups = ["consumer"]
channels = ["email"]
honorific = true
elements = ["source", "contact"]
[[asks]]
parts = ["first"]
keep = ["Global Foods"]
elements = ["hazard"]
"""
MANNER = {"wording.honorific_missing", "wording.empathy_missing", "wording.elements_missing"}


def test_all_entries_that_fit_hold_together():
    """By part, group and channel; where none is named, for all."""
    scenario = scenarios.parse(GOOD + ASKS, source="recall.toml")
    letter = scenario.asked("first", "consumer", "email")
    assert letter.elements == {"source", "contact", "hazard"}
    assert (letter.honorific, letter.keep) == (True, ("Global Foods",))
    assert scenario.asked("update", "consumer", "sms") == NOTHING
    assert scenario.asked("first", "employee", "sms") == Asked(
        keep=("Global Foods",), elements=frozenset({"hazard"})
    )


WRONG = [
    ('groups = ["consumer"]', 'groups = ["nobody"]', "asks.0.groups"),
    ('elements = ["hazard"]', 'elements = ["humour"]', "asks.1.elements.0"),
    ('keep = ["Global Foods"]', 'keep = [" Global Foods"]', "asks.1.keep"),
    ('keep = ["Global Foods"]', 'keep = [""]', "asks.1.keep.0"),
    ('channels = ["email"]\nhon', 'channels = ["fax"]\nhon', "asks.0.channels.0"),
    ("honorific = true", "honorifics = true", "asks.0.honorifics"),
]


@pytest.mark.parametrize(("old", "new", "where"), WRONG)
def test_what_is_wrong_is_told_with_its_place(old, new, where):
    """A group, an element, a channel that there is not; an empty term."""
    with pytest.raises(Refused) as refused:
        scenarios.parse((GOOD + ASKS).replace(old, new, 1), source="recall.toml")
    assert refused.value.facts["where"] == where


@pytest.mark.parametrize("locale", sorted(catalogs.read_all(catalogs.folder())))
def test_shipped_texts_have_what_their_scenarios_ask_for(locale):
    """Polite letters, a word of regret, who speaks, what to do, whom to ask, when more follows."""
    catalogue = catalogs.read_all(catalogs.folder())[locale]
    found = [
        (text.key, text.channel, one.code, one.facts)
        for text in catalogs.whole(catalogue)
        for one in checks.examine(
            text.fields,
            locale=text.locale,
            source=text.source,
            asked=asking.asked(text.key, text.channel),
        )
        if one.code in MANNER
    ]
    assert found == []


@pytest.mark.django_db
def test_words_of_an_alert_are_asked_what_its_scenario_asks(draft):
    """An alert's own words are held to the same; an unknown key to nothing."""
    own = asking.asked(own_key(draft, "consumer"), "email")
    assert own == scenarios.load("recall").asked("first", "consumer", "email")
    assert own.honorific
    for key in ("alert:999999.consumer", "alert:x.y", "nothing.first.consumer", "recall", ""):
        assert asking.asked(key, "sms") == NOTHING


@pytest.mark.django_db
def test_the_author_is_told_what_is_missing(mina, draft):
    """When the text is written, not when it is too late."""
    key = own_key(draft, "consumer")
    letter = {"subject": "{product}", "body": "Hello."}
    bench.write(key, channel="email", language="en", fields=letter, by=mina)
    found = {remark.finding.code for remark in library.check(key)}
    assert "wording.elements_missing" in found


@pytest.mark.django_db
@pytest.mark.usefixtures("people")
def test_a_forbidden_word_stops_it_before_the_offices(ready, sofie, mina):
    """The preflight names the text, its language and the word."""
    persian = WordingVersion.objects.get(
        wording__template__key="recall.first.consumer", wording__template__channel="sms",
        wording__locale="fa", state="accepted",
    ).fields["text"]  # fmt: skip
    word = next(one for one in persian.split() if one.isalpha())
    glossary.put(Term("recall", "fa", forbidden=(word,)), by=sofie)
    causes = gate.lacks(ready)
    assert {one.code for one in causes} == {"alerts.wording_refused"}
    assert "fa" in shell.sentence(causes[0])
    assert word in shell.sentence(causes[0])
    with pytest.raises(gate.NotReady):
        approve.submit(ready, by=mina)


@pytest.mark.django_db
@pytest.mark.usefixtures("people")
def test_a_word_that_is_forbidden_after_the_approval_stops_the_launch(approved, sofie, mina):
    """What was approved yesterday is held to what is asked today."""
    glossary.put(Term("recall", "en", forbidden=("recall",)), by=sofie)
    with pytest.raises(Refused) as refused:
        launch.launch(approved, by=mina, confirm=launch.words(approved))
    assert refused.value.code == "alerts.wording_refused"
    approved.refresh_from_db()
    assert approved.state == "approved"


@pytest.mark.django_db
@pytest.mark.usefixtures("people")
def test_a_translator_of_the_language_may_forbid_a_word(ready, tomas, sofie):
    """Who vouches for Persian keeps its words; the alert waits until the text is mended."""
    roster.grant(tomas, Role.TRANSLATOR, over=["001"], by=sofie, languages=["fa"])
    glossary.put(Term("consumer", "fa", forbidden=("واژه",)), by=tomas)
    assert gate.lacks(ready) == ()
