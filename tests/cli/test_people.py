"""Contacts, segments and wordings from the command line."""

import csv

import pytest

from contacts import kept
from contacts.models import Contact, Reach
from dispatcher.cli.shell import NOT_ALLOWED
from dispatcher.operators import roster
from dispatcher.operators.models import JournalEntry
from dispatcher.operators.roles import Role
from dispatcher.wording.models import WordingVersion

FILE = (
    "reference;name;country;language;roles;phone;email\n"
    "c-1;Greta Vogel;DE;de;customer;+49 171 39200 01;greta@example.com\n"
    "c-2;بابک کریمی;DE;fa;customer;+49 171 39200 02;\n"
    "c-3;João Lima;BR;pt-BR;retailer;;joao@example.com\n"
)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(FILE, encoding="utf-8")
    return str(path)


def test_a_file_comes_in_once(keeper, at, file):
    """Detected, counted, on record; the second time nothing changes."""
    said = at(keeper)("contacts", "import", file)
    assert said.code == 0, said.err
    assert "delimiter ';'" in said.err
    assert "3 new" in said.out
    assert JournalEntry.objects.filter(what="contacts.imported").exists()
    assert "3 unchanged" in at(keeper)("contacts", "import", file).out


def test_a_dry_run_keeps_nothing(keeper, at, file):
    """Everything is checked, nothing written."""
    said = at(keeper)("contacts", "import", file, "--dry-run")
    assert (said.code, Contact.objects.count()) == (0, 0)
    assert "Nothing was written" in said.out


def test_refused_rows_are_named(keeper, at, tmp_path):
    """Line, column, reason, value; the whole file is refused when too many are wrong."""
    path = tmp_path / "bad.csv"
    path.write_text(FILE.replace("+49 171 39200 01", "telephone"), encoding="utf-8")
    said = at(keeper)("contacts", "import", str(path))
    assert said.code == 1
    assert "telephone" in said.out
    assert not Contact.objects.exists()
    forgiving = at(keeper)("contacts", "import", str(path), "--tolerate", "0.5", "--json")
    assert (forgiving.code, forgiving.json["created"], forgiving.json["refused"]) == (0, 2, 1)


def test_what_is_no_table_is_told(keeper, at, tmp_path):
    """A picture with the name of a table."""
    path = tmp_path / "people.csv"
    path.write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    said = at(keeper)("contacts", "import", str(path), "--json")
    assert said.code == 1
    assert said.refusal["code"].startswith("contacts.file_")
    assert (
        at(keeper)("contacts", "import", "nothing.csv", "--json").refusal["code"] == "cli.no_file"
    )


def test_a_private_list_is_made_for_one_alert(keeper, mina, at, file):
    """Its number is told, and an alert takes it."""
    number = at(keeper)("contacts", "import", file, "--new-list", "Affected", "--json").json["list"]
    said = at(mina)(
        "alert", "compose", "breach", "--mode", "drill", "--list", str(number), "--json"
    )
    assert (said.code, said.json["list"]) == (0, number)


def test_keeping_the_registry_is_a_right_of_its_own(mina, at, file):
    """The lead writes alerts; she imports and exports nobody."""
    for command in (("import", file), ("export",)):
        assert at(mina)("contacts", *command).code == 3


def test_each_sees_the_own_regions_only(keeper, mina, ana, at, file):
    """Lists, counts and exports stop at the border."""
    at(keeper)("contacts", "import", file)
    assert [p["reference"] for p in at(mina)("contacts", "list", "--json").json] == ["c-1", "c-2"]
    assert at(ana)("segments", "count", "everyone", "--json").json == {"total": 1, "reachable": 1}
    roster.grant(ana, Role.REGISTRY_KEEPER, over=["BR"], by=keeper)
    rows = list(csv.DictReader(at(ana)("contacts", "export").out.splitlines()))
    assert [row["reference"] for row in rows] == ["c-3"]
    assert at(ana)("contacts", "export", "--segment", "region = DE").code == 5


def test_an_export_comes_in_again_unchanged(keeper, at, file, tmp_path):
    """What goes out can be brought back, and is on record."""
    at(keeper)("contacts", "import", file)
    out = tmp_path / "out.csv"
    assert at(keeper)("contacts", "export", "--output", str(out)).code == 0
    assert "3 unchanged" in at(keeper)("contacts", "import", str(out)).out
    assert JournalEntry.objects.filter(what="contacts.exported").get().facts["rows"] == 3


def test_a_formula_leaves_as_text(keeper, at, tmp_path):
    """A spreadsheet does not run what somebody wrote as their name."""
    path = tmp_path / "people.csv"
    path.write_text("reference,name,country,email\nc-1,=1+1,DE,x@example.com\n")
    at(keeper)("contacts", "import", str(path))
    assert "'=1+1" in at(keeper)("contacts", "export").out


def test_segments_are_saved_and_used_by_name(keeper, mina, at, file):
    """Saved in canonical form, listed, counted, composed with."""
    at(keeper)("contacts", "import", file)
    saved = at(mina)("segments", "save", "shops", "ROLE = retailer and (region=BR)", "--json")
    assert (saved.code, saved.json["text"]) == (0, "role = retailer and region = BR")
    assert "@shops" in at(mina)("segments", "list").out
    assert at(keeper)("segments", "count", "@shops", "--json").json["total"] == 1
    assert at(mina)("segments", "count", "@shops", "--json").json["total"] == 0
    number = at(mina)(
        "alert", "compose", "recall", "--mode", "drill", "--segment", "@shops", "--json"
    )
    assert number.json["segment"] == "role = retailer and region = BR"


def test_a_preview_says_what_stands_in_the_way(keeper, at, file):
    """Where, in which languages, by which channels, and who for example."""
    at(keeper)("contacts", "import", file)
    seen = at(keeper)("segments", "preview", "everyone", "--kind", "news")
    assert seen.code == 0
    assert "no_consent" in seen.out
    assert "\u2068بابک کریمی\u2069" in seen.out


SEGMENTS = [
    (("count", "role = queen"), "contacts.segment_role"),
    (("count", "everyone", "--kind", "gossip"), "cli.unknown_kind"),
    (("save", "Not A Name", "everyone"), "cli.bad_name"),
    (("count", "@nothing"), "cli.no_segment"),
]


@pytest.mark.parametrize(("command", "code"), SEGMENTS)
def test_a_wrong_sentence_has_its_own_refusal(mina, at, command, code):
    """What and where, in words."""
    said = at(mina)("segments", *command, "--json")
    assert (said.code, said.refusal["code"]) == (1, code)


def test_wordings_are_loaded_shown_and_checked(sofie, tomas, at):
    """By who translates or administers; anybody may look."""
    assert at(tomas)("wordings", "load").code == 0
    assert WordingVersion.objects.filter(state="accepted").exists()
    shown = at(sofie)("wordings", "show", "recall.first.consumer", "--in", "fa")
    assert shown.code == 0
    assert "{product}" in shown.out
    assert "recall.first.consumer" in at(sofie)("wordings", "show").out
    assert at(sofie)("wordings", "show", "nothing.at.all").code == 1
    assert at(tomas)("wordings", "check", "recall.first.consumer", "--json").code in {0, 1}


def test_loading_wordings_is_not_the_leads_business(mina, at):
    """Exit code 3."""
    assert at(mina)("wordings", "load").code == 3


def test_a_person_is_shown_corrected_and_forgotten(keeper, at, file):
    """The three rights, each on record; what cannot be undone wants a word."""
    at(keeper)("contacts", "import", file)
    shown = at(keeper)("contacts", "show", "c-2", "--json").json
    assert (shown["name"], shown["languages"]) == ("بابک کریمی", ["fa"])
    assert "+491713920002" in at(keeper)("contacts", "show", "c-2").out
    mended = at(keeper)("contacts", "correct", "c-1", "--set", "languages=tr; de", "--json")
    assert mended.json["languages"] == ["tr", "de"]
    wrong = at(keeper)("contacts", "correct", "c-1", "--set", "phone=letters", "--json")
    assert (wrong.code, wrong.refusal["code"]) == (1, "cli.not_corrected")
    unsaid = at(keeper)("contacts", "forget", "c-1", "--json")
    assert (unsaid.code, unsaid.refusal["code"]) == (1, "cli.say_yes")
    assert at(keeper)("contacts", "forget", "c-1", "--yes").code == 0
    assert at(keeper)("contacts", "show", "c-1").code == 1
    did = set(JournalEntry.objects.values_list("what", flat=True))
    assert {"contacts.shown", "contacts.corrected", "contacts.forgotten"} <= did


def test_private_lists_are_named_and_erased(keeper, at, file):
    """When each goes by itself, and by hand."""
    assert at(keeper)("contacts", "lists").code == 5
    made = at(keeper)("contacts", "import", file, "--new-list", "Affected", "--json").json["list"]
    (told,) = at(keeper)("contacts", "lists", "--json").json
    assert (told["id"], told["people"], told["alerts"]) == (made, 3, [])
    assert "Affected" in at(keeper)("contacts", "lists").out
    said = at(keeper)("contacts", "erase-list", str(made), "--yes")
    assert (said.code, Contact.objects.filter(forgotten_at=None).count()) == (0, 0)


def test_what_is_kept_of_reach_is_proven_and_made_anew_when_asked_for(keeper, mina, at, file):
    """All is well; then somebody wrote past the program: told, left alone, mended with --yes."""
    at(keeper)("contacts", "import", file)
    kept.settle()
    prove = ("contacts", "prove-reach")
    assert at(mina)(*prove).code == NOT_ALLOWED
    assert at(keeper)(*prove, "--json").json == {"people": 3, "differ": 0, "mended": 0}
    Reach.objects.filter(contact_id=Contact.objects.get(reference="c-1").pk).delete()
    said = at(keeper)(*prove, "--json")
    assert (said.code, said.json) == (1, {"people": 3, "differ": 1, "mended": 0})
    assert at(keeper)(*prove).code == 1
    assert not JournalEntry.objects.filter(what="contacts.reach_mended").exists()
    assert "on record" in at(keeper)(*prove, "--yes").out
    assert JournalEntry.objects.get(what="contacts.reach_mended").facts == {"people": 1}
    assert Reach.objects.count() == 3
    assert at(keeper)(*prove).code == 0
