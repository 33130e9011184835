"""A source, drafts, two translators, and a third whose acceptance a changed source takes back."""

import pytest

from dispatcher.kit.errors import Refused
from dispatcher.operators import roster
from dispatcher.operators.access import NotAllowed
from dispatcher.operators.models import JournalEntry
from dispatcher.wording import bench, library
from dispatcher.wording.bench import Unsound
from dispatcher.wording.comparing import Piece, compare
from dispatcher.wording.models import Template, WordingVersion
from dispatcher.wording.standing import changed, standings
from tests.wording.conftest import GERMAN, KEY, PERSIAN, SPANISH
from tests.wording.test_library import Shelf

pytestmark = pytest.mark.django_db

SHIPPED = {"recall.first.consumer.sms": "No coma {product}."}


def states(key: str = KEY) -> dict[str, str]:
    """Language -> state of its SMS."""
    found = standings([key], locales=["fa", "de", "es", "ja"])
    return {one.locale: one.state for one in found}


def test_a_text_begins_in_any_language(cast):
    """A Persian source; the others are missing; nobody has vouched for it yet."""
    version = bench.write(KEY, channel="sms", language="fa", fields=PERSIAN, by=cast.mina)
    assert states() == {"fa": "in_review", "de": "missing", "es": "missing", "ja": "missing"}
    assert library.versions_for(KEY, channels=["sms"]) == {"sms": {}}
    bench.accept(version.pk, by=cast.dieter)
    assert states()["fa"] == "accepted"
    assert library.versions_for(KEY, channels=["sms"])["sms"] == {"fa": version.pk}


def test_writing_the_same_again_changes_nothing(cast):
    """No second version, no second line in the journal, no acceptance lost."""
    first = bench.write(KEY, channel="sms", language="fa", fields=PERSIAN, by=cast.mina)
    bench.accept(first.pk, by=cast.dieter)
    again = bench.write(KEY, channel="sms", language="fa", fields=PERSIAN, by=cast.mina)
    assert (again.pk, states()["fa"]) == (first.pk, "accepted")
    assert JournalEntry.objects.filter(what="wordings.source_written").count() == 1


def test_only_who_vouches_for_the_language_accepts(cast):
    """Not the author, not the admin, not a translator of another language."""
    bench.write(KEY, channel="sms", language="fa", fields=PERSIAN, by=cast.mina)
    draft, _ = bench.edit(KEY, channel="sms", locale="es", fields=SPANISH, by=cast.mina)
    for user in (cast.mina, cast.sofie, cast.greta):
        with pytest.raises(NotAllowed, match="not_your_language"):
            bench.accept(draft.pk, by=user)
    accepted = bench.accept(draft.pk, by=cast.tomas)
    assert (accepted.accepted_by, accepted.voucher_id) == ("Tomás Reyes", cast.tomas.pk)


def test_four_eyes(cast):
    """Nobody accepts their own last edit, unless the scenario lets one pair of eyes do."""
    bench.write(KEY, channel="sms", language="fa", fields=PERSIAN, by=cast.mina)
    own, _ = bench.edit(KEY, channel="sms", locale="de", fields=GERMAN, by=cast.dieter)
    with pytest.raises(NotAllowed, match="own_edit"):
        bench.accept(own.pk, by=cast.dieter)
    assert bench.accept(own.pk, by=cast.greta).state == "accepted"
    other = {"text": "Bitte {product} nicht essen. Telefon: {line, phone}"}
    own, _ = bench.edit(KEY, channel="sms", locale="de", fields=other, by=cast.dieter)
    assert bench.accept(own.pk, by=cast.dieter, four_eyes=False).state == "accepted"


def test_a_machine_draft_waits_for_a_person(cast):
    """It is never sent; what a person makes of it says for ever what it began as."""
    bench.write(KEY, channel="sms", language="fa", fields=PERSIAN, by=cast.mina)
    raw = bench.put_draft(
        KEY, channel="sms", locale="de", fields={"text": "{product} essen nicht. {line, phone}"},
        engine="libretranslate", back={"text": "نخورید"},
    )  # fmt: skip
    assert states()["de"] == "machine_draft"
    edited, _ = bench.edit(KEY, channel="sms", locale="de", fields=GERMAN, by=cast.dieter)
    raw.refresh_from_db()
    assert (raw.state, edited.engine, states()["de"]) == ("stale", "libretranslate", "in_review")
    bench.accept(edited.pk, by=cast.greta)
    assert states()["de"] == "accepted"


def test_what_the_checks_refuse_needs_editing(cast):
    """It is kept, with its findings, and cannot be accepted."""
    bench.write(KEY, channel="sms", language="fa", fields=PERSIAN, by=cast.mina)
    broken, findings = bench.edit(
        KEY, channel="sms", locale="de", fields={"text": "Nicht essen."}, by=cast.greta
    )
    assert "wording.slots_differ" in {one.code for one in findings}
    assert states()["de"] == "needs_editing"
    with pytest.raises(Unsound) as wrong:
        bench.accept(broken.pk, by=cast.dieter)
    assert wrong.value.findings
    with pytest.raises(Unsound):
        bench.ask_review(broken.pk, by=cast.greta)


def test_a_changed_source_takes_every_acceptance_back(cast):
    """At once; what changed is shown word by word; one action accepts again, with a reason."""
    source = bench.write(KEY, channel="sms", language="fa", fields=PERSIAN, by=cast.mina)
    bench.accept(source.pk, by=cast.dieter)
    spanish, _ = bench.edit(KEY, channel="sms", locale="es", fields=SPANISH, by=cast.mina)
    bench.accept(spanish.pk, by=cast.tomas)
    changed_text = {"text": "لطفاً {product} را نخورید. تلفن: {line, phone}"}
    bench.write(KEY, channel="sms", language="fa", fields=changed_text, by=cast.mina)
    assert states() == {"fa": "in_review", "de": "missing", "es": "stale", "ja": "missing"}
    assert library.versions_for(KEY, channels=["sms"]) == {"sms": {}}
    pieces = changed(spanish.pk)["text"]
    assert [piece.text.strip() for piece in pieces if piece.kind == "new"] == ["لطفاً"]
    with pytest.raises(Refused, match="source_changed"):
        bench.accept(spanish.pk, by=cast.tomas)
    with pytest.raises(Refused, match="no_reason"):
        bench.accept_again(spanish.pk, by=cast.tomas, reason=" ")
    with pytest.raises(NotAllowed, match="not_your_language"):
        bench.accept_again(spanish.pk, by=cast.greta, reason="Only politer.")
    again = bench.accept_again(spanish.pk, by=cast.tomas, reason="Only politer.")
    assert (again.state, again.remark, states()["es"]) == ("accepted", "Only politer.", "accepted")
    with pytest.raises(Refused, match="not_stale"):
        bench.accept_again(again.pk, by=cast.tomas, reason="Twice.")


def test_a_source_that_goes_back_finds_its_text_again(cast):
    """The version that was accepted against it is there; a person accepts it again."""
    bench.write(KEY, channel="sms", language="fa", fields=PERSIAN, by=cast.mina)
    spanish, _ = bench.edit(KEY, channel="sms", locale="es", fields=SPANISH, by=cast.mina)
    bench.accept(spanish.pk, by=cast.tomas)
    other = {"text": "{product} را نخورید! تلفن: {line, phone}"}
    bench.write(KEY, channel="sms", language="fa", fields=other, by=cast.mina)
    bench.write(KEY, channel="sms", language="fa", fields=PERSIAN, by=cast.mina)
    assert states()["es"] == "stale"
    assert bench.accept(spanish.pk, by=cast.tomas).state == "accepted"


def test_a_text_is_returned_with_a_reason(cast):
    """Also an accepted one: it leaves the shelf at once."""
    bench.write(KEY, channel="sms", language="fa", fields=PERSIAN, by=cast.mina)
    spanish, _ = bench.edit(KEY, channel="sms", locale="es", fields=SPANISH, by=cast.mina)
    bench.accept(spanish.pk, by=cast.tomas)
    with pytest.raises(Refused, match="no_reason"):
        bench.send_back(spanish.pk, by=cast.tomas, reason="")
    bench.send_back(spanish.pk, by=cast.tomas, reason="“Coma” is too familiar.")
    (told,) = [one for one in standings([KEY], locales=["es"]) if one.locale == "es"]
    assert (told.state, told.remark, told.vouched) == (
        "needs_editing", "“Coma” is too familiar.", False,
    )  # fmt: skip
    assert "es" not in library.versions_for(KEY, channels=["sms"])["sms"]


@pytest.fixture
def shelf(tmp_path):
    """Catalogues of three languages, loaded."""
    shelf = Shelf(tmp_path)
    shelf.write("es", SHIPPED)
    shelf.load()
    return shelf


def test_what_an_operator_rewrote_stays(cast, shelf):
    """Loading the shipped catalogues again does not take the organisation's source back."""
    key = "recall.first.consumer"
    told = {"channel": "sms", "language": "fa", "fields": PERSIAN, "by": cast.mina}
    with pytest.raises(Refused, match="outdates"):  # one more than the person knows of
        bench.write(key, **told, outdates=1)
    bench.write(key, **told, outdates=2)
    shelf.load()
    template = Template.objects.get(key=key, channel="sms")
    assert (template.source_language, template.origin) == ("fa", "operator")
    assert library.versions_for(key, channels=["sms"]) == {"sms": {}}
    assert set(library.versions_for(key, channels=["email"])["email"]) == {"en", "fa"}


def test_a_person_vouches_for_a_shipped_text(cast, shelf):
    """Their name then stands for it, also after the next load."""
    key = "recall.first.consumer"
    version_id = library.versions_for(key, channels=["sms"])["sms"]["es"]
    bench.accept(version_id, by=cast.tomas)
    shelf.load()
    version = WordingVersion.objects.get(pk=version_id)
    assert (version.accepted_by, version.voucher_id) == ("Tomás Reyes", cast.tomas.pk)


def test_a_returned_shipped_text_stays_returned(cast, shelf):
    """Loading it once more is no answer to the reason for which a person sent it back."""
    key = "recall.first.consumer"
    version_id = library.versions_for(key, channels=["sms"])["sms"]["es"]
    bench.send_back(version_id, by=cast.tomas, reason="Too familiar.")
    shelf.load()
    assert "es" not in library.versions_for(key, channels=["sms"])["sms"]


def test_strangers_write_nothing(cast):
    """Without a role there is no pen."""
    nobody = roster.add("una.now", by=cast.sofie, name="Una", language="en")
    with pytest.raises(NotAllowed):
        bench.write(KEY, channel="sms", language="fa", fields=PERSIAN, by=nobody)
    with pytest.raises(NotAllowed):
        bench.edit(KEY, channel="sms", locale="de", fields=GERMAN, by=nobody)


def test_fields_belong_to_their_channel(cast):
    """A letter without a subject is no letter; an unknown key is said."""
    with pytest.raises(Refused, match="fields_unknown"):
        bench.write(KEY, channel="email", language="fa", fields=PERSIAN, by=cast.mina)
    with pytest.raises(Refused, match="key_unknown"):
        bench.edit("alert:8.consumer", channel="sms", locale="de", fields=GERMAN, by=cast.mina)


@pytest.mark.parametrize(
    ("old", "new", "pieces"),
    [
        ("Do eat it.", "Do not eat it.",
         [("same", "Do"), ("new", " not"), ("same", " eat it.")]),
        ("Lot {lots, list}.", "Lots {lots, list}.",
         [("gone", "Lot"), ("new", "Lots"), ("same", " {lots, list}.")]),
        ("", "نخورید", [("new", "نخورید")]),
        ("same", "same", [("same", "same")]),
    ],
)  # fmt: skip
def test_a_comparison_is_by_words(old, new, pieces):
    """Placeholders are one; joined, the pieces give both texts back."""
    found = compare(old, new)
    assert found == tuple(Piece(*piece) for piece in pieces)
    assert "".join(one.text for one in found if one.kind != "new") == old
    assert "".join(one.text for one in found if one.kind != "gone") == new
