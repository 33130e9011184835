"""From a file to the registry."""

import csv
import time
from io import BytesIO, StringIO
from pathlib import Path

import openpyxl
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts import consent, importing
from contacts.errors import Refused
from contacts.importing import import_file, make_list
from contacts.models import Address, Consent, Contact, Import, RefusedCell
from contacts.reach import doors
from contacts.regions import Scope
from contacts.samples.people import HEADINGS, make

ONE = "reference,name,country,phone,email,language,tags\np1,Ann,GB,07700 900001,ann@example.com,en,vip\n"


def written(rows):
    held = StringIO()
    writer = csv.DictWriter(held, HEADINGS)
    writer.writeheader()
    writer.writerows(rows)
    return held.getvalue()


def everything():
    """All that an import can change."""
    tables = ("contact", "address", "consent", "suppression")
    with connection.cursor() as cursor:
        held = {}
        for table in tables:
            cursor.execute(f"select * from contacts_{table} order by id")  # noqa: S608
            held[table] = cursor.fetchall()
    return held


def person(reference="p1"):
    return Contact.objects.get(reference=reference, forgotten_at=None)


def numbers(reference="p1", channel="sms"):
    held = Address.objects.filter(contact=person(reference), channel=channel, retired_at=None)
    return list(held.order_by("position").values_list("key", flat=True))


def test_two_thousand_people_come_in_as_they_are(load):
    """The samples have no error, and the books of the import balance."""
    report = load(written(make(2000)))
    assert (report.rows, report.created, report.refused) == (2000, 2000, 0)
    assert report.applied
    assert Contact.objects.count() == 2000


def test_the_same_file_twice_changes_nothing(load):
    """Not a row, not a mark, not a time."""
    text = written(make(150, 5))
    load(text)
    before = everything()
    report = load(text)
    assert (report.created, report.updated, report.unchanged) == (0, 0, 150)
    assert everything() == before


cell = st.sampled_from(["", "+447700900001", "+447700900002", "+12025550104; +447700900001"])
table = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(["", "X", "Y"]),
        cell,
        st.sampled_from(["", "sms"]),
    ),
    min_size=1,
    max_size=4,
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)
@given(st.lists(table, min_size=1, max_size=3))
def test_whatever_came_before_the_last_file_again_changes_nothing(load, tables):
    """Importing is idempotent after any history."""
    for rows in tables:
        text = "reference,name,phone,opt out\n" + "".join(",".join(row) + "\n" for row in rows)
        load(text, tolerate=1.0)
        before = everything()
        report = load(text, tolerate=1.0)
        assert report.created == report.updated == 0
        assert everything() == before


def test_a_later_file_updates_by_reference(load):
    """Columns that it has are its truth, an empty cell empties, absent columns stay."""
    load(ONE)
    first = person()
    report = load("reference,name,tags\np1,Anna,\n")
    assert (report.updated, report.unchanged) == (1, 0)
    found = person()
    assert (found.pk, found.name, found.tags) == (first.pk, "Anna", [])
    assert (found.languages, found.country) == (["en"], "GB")
    assert numbers() == ["+447700900001"]


def test_a_new_number_is_a_new_row(load):
    """The old one is retired and keeps its id; when it comes back it is the same row again."""
    load(ONE)
    old = Address.objects.get(channel="sms")
    load("reference,phone\np1,+447700900009\n")
    assert numbers() == ["+447700900009"]
    assert doors([old.pk], kind="safety")[old.pk].refusal == "replaced"
    load("reference,phone\np1,+447700900001\n")
    assert Address.objects.get(channel="sms", retired_at=None).pk == old.pk
    assert numbers(channel="email") == ["ann@example.com"]


def test_the_order_of_numbers_can_change(load):
    """Preference is a mark; the rows stay."""
    load("reference,phone,phone 2\np1,+447700900001,+447700900002\n")
    load("reference,phone,phone 2\np1,+447700900002,+447700900001\n")
    assert numbers() == ["+447700900002", "+447700900001"]
    assert Address.objects.count() == 2


def test_attributes_are_merged(load):
    """A file's attribute columns replace themselves and nothing else."""
    load("reference,attr.store,attr.lot\np1,12,A\n")
    load("reference,attr.store,attr.size\np1,,XL\n")
    assert person().attributes == {"lot": "A", "size": "XL"}


def test_a_confirmation_never_grows_older(load):
    """An old file cannot take a newer one back."""
    load("reference,confirmed\np1,2026-05-05\n")
    load("reference,confirmed\np1,2025-01-01\n")
    assert person().confirmed_at.year == 2026
    load("reference,confirmed\np1,\n")
    assert person().confirmed_at.year == 2026


def test_moving_to_another_country_moves_the_clock(load):
    """A zone that came from the country follows it; one that was given stays at home."""
    load("reference,country\np1,DE\n")
    load("reference,country\np1,JP\n")
    assert person().time_zone == "Asia/Tokyo"
    load("reference,time zone,country\np1,Europe/Rome,JP\n")
    load("reference,country,name\np1,JP,Ann\n")
    assert person().time_zone == "Europe/Rome"


def test_an_old_file_does_not_overrule_what_the_person_said_since(load):
    """A spreadsheet's word counts only when it differs from its own last one."""
    text = "reference,phone,opted out,consent\np1,+447700900001,sms,email:news\n"
    load(text)
    id_ = Address.objects.get().pk
    consent.opt_in(id_, source="sms:START")
    load(text)
    assert doors([id_], kind="safety")[id_].refusal == ""
    load("reference,opted out\np1,\n")
    assert Consent.objects.filter(source="import").count() == 2


def test_every_refused_cell_is_told_with_its_line(load):
    """Line, column, code, value; good rows are applied when the file can be trusted."""
    text = (
        "A title\n"
        "reference;name;phone;e-mail;roles\n"
        "p1;Ann;+447700900001;ann@example.com;customer\n"
        "\n"
        'p2;"Bo\nb";call me;nobody;boss\n'
        "p1;Again;;;\n"
        ";Nobody;;;\n"
        "p3;Cid\n"
        "p4;Dan;+447700900004;;\n"
    )
    report = load(text, tolerate=0.7)
    assert [
        (r.line, r.column, r.code.removeprefix("contacts."), r.value) for r in report.refusals
    ] == [
        (5, "phone", "phone_letters", "call me"),
        (5, "e-mail", "email_wrong", "nobody"),
        (5, "roles", "role_unknown", "boss"),
        (7, "reference", "reference_twice", "p1"),
        (8, "reference", "reference_empty", ""),
        (9, "", "row_ragged", "2 / 5"),
    ]
    assert (report.rows, report.created, report.refused) == (6, 2, 4)
    assert report.by_code["contacts.role_unknown"] == 1
    assert list(importing.refusals(report.import_id)) == list(report.refusals)
    assert set(Contact.objects.values_list("name", flat=True)) == {"Ann", "Dan"}


def test_nothing_is_applied_when_too_many_rows_are_wrong(load):
    """A shifted column makes all of them wrong; the report says what stands in the way."""
    text = written(make(40, wrong=0.5))
    report = load(text)
    assert (report.applied, report.code) == (False, "contacts.file_refused_rows")
    assert report.created == report.updated == 0
    assert report.refused + report.unchanged == report.rows == 40
    assert not Contact.objects.exists()
    assert Import.objects.get().state == Import.State.REFUSED
    assert RefusedCell.objects.count() == sum(report.by_code.values())
    assert load(text, tolerate=0.9).applied


@pytest.mark.parametrize("text", ["reference,name\n", "reference,name\n\n,\n"])
def test_a_header_without_people_is_said(load, text):
    """Nothing was done, and nobody thinks otherwise."""
    report = load(text)
    assert (report.applied, report.code) == (False, "contacts.file_no_rows")


@pytest.mark.parametrize(
    ("text", "asked", "code"),
    [
        ("name,phone\nAnn,+447700900001\n", {}, "header_no_reference"),
        ("name,language\nAnn,en\n", {"list_id": "new"}, "header_no_reference"),
        ("reference,name\np1,Ann\n", {"list_id": 0}, "list_unknown"),
        ("reference,name\np1,Ann\n", {"country": "Atlantis"}, "region_unknown"),
    ],
)
def test_a_file_that_cannot_say_whom_it_is_about_is_refused(load, text, asked, code):
    """Before anything is read."""
    if asked.get("list_id") == "new":
        asked = {"list_id": make_list("Affected")}
    with pytest.raises(Refused, match=f"contacts.{code}"):
        load(text, **asked)
    assert not Contact.objects.exists()


def test_bytes_that_stop_making_sense_undo_the_import(load):
    """Half a file is no file."""
    good = "".join(f"p{n},Ann\n" for n in range(6000))
    with pytest.raises(Refused, match="file_undecodable"):
        import_file(
            BytesIO(b"reference,name\n" + good.encode() + b"q,\xff\n"),
            by="tests",
            scope=Scope.everything(),
            encoding="utf-8",
        )
    assert not Contact.objects.exists()
    assert not Import.objects.exists()
    assert load is not None


def test_a_rehearsal_says_what_would_happen_and_keeps_nothing(load):
    """The same figures, and no row."""
    report = load(ONE, rehearse=True)
    assert (report.created, report.applied) == (1, False)
    assert not Contact.objects.exists()
    assert not Import.objects.exists()


def test_what_a_file_was_taken_for_is_kept(load):
    """Encoding, delimiter, header, columns, what was left out, who did it."""
    report = load(
        "Nr;Name;Motto\n1;Müller;x\n", encoded="cp1252", mapping={"nr": "reference"}, by="greta"
    )
    assert (report.kind, report.encoding, report.delimiter, report.header_line) == (
        "csv",
        "cp1252",
        ";",
        1,
    )
    assert report.columns == {"Nr": "reference", "Name": "name"}
    assert report.ignored == ("Motto",)
    kept = Import.objects.get(pk=report.import_id)
    assert (kept.by, kept.file_name, kept.read_as["encoding"]) == ("greta", "people.csv", "cp1252")


def test_a_workbook_goes_the_same_path(db, tmp_path):
    """XLSX and CSV are one import."""
    assert db is None
    book, path = openpyxl.Workbook(), tmp_path / "people.xlsx"
    page = book.create_sheet("People", 0)
    page.append(["Ref", "Name", "Country", "Phone"])
    page.append([1, "Ann", "GB", 7700900001])
    page.append([2, "Bob", "GB", "letters"])
    book.save(path)
    report = import_file(path, by="tests", scope=Scope.everything(), tolerate=0.5)
    assert (report.kind, report.file_name, report.created) == ("xlsx", "people.xlsx", 1)
    assert [(r.line, r.column) for r in report.refusals] == [(3, "Phone")]
    assert numbers("1") == ["+447700900001"]


def test_a_pdf_named_csv_is_refused(load):
    """By its first bytes."""
    with pytest.raises(Refused) as refused:
        load("%PDF-1.7\nreference,name\n")
    assert refused.value.facts["kind"] == "PDF"


def test_a_private_list_lives_beside_the_registry(load):
    """The same reference may stand in both; lists do not touch each other."""
    load(ONE)
    first, second = make_list("First"), make_list("Second")
    for list_id in (first, second, first):
        load("reference,name,phone\np1,Anna,+447700900002\n", list_id=list_id)
    assert Contact.objects.filter(reference="p1").count() == 3
    assert Contact.objects.get(reference="p1", list=None).name == "Ann"


def test_who_opted_out_in_the_registry_has_opted_out_in_a_private_list(load):
    """A wish about a number goes where the number goes."""
    load("reference,phone,opted out\np1,+447700900001,sms\n")
    load("phone\n+447700900001\n", list_id=make_list("Affected"))
    id_ = Address.objects.get(contact__list__isnull=False).pk
    assert doors([id_], kind="safety")[id_].refusal == "opted_out"


def test_an_import_stays_inside_the_scope(load):
    """Neither new people elsewhere, nor changes to those who live elsewhere, nor people of nowhere."""
    load("reference,name,country\nbr,Bruno,BR\nde,Greta,DE\n")
    scope = Scope(("EU",))
    report = load("reference,name\nbr,Stolen\nde,Grete\nnew,Nowhere\n", scope=scope, tolerate=0.7)
    assert report.by_code == {"contacts.region_outside": 2}
    assert person("br").name == "Bruno"
    assert person("de").name == "Grete"
    report = load("reference,country\nbr,DE\nxx,BR\nyy,FR\n", scope=scope, tolerate=0.7)
    assert report.refused == 2
    assert person("br").country == "BR"


def test_silence_while_a_file_is_read_does_not_end_its_transaction(load):
    """Ctrl-S in a terminal stops an import for as long as a person likes; others get a minute."""
    with connection.cursor() as cursor:
        cursor.execute("set local idle_in_transaction_session_timeout = '200ms'")
    report = load(ONE, progress=lambda _rows: time.sleep(0.6))
    assert (report.applied, person().name) == (True, "Ann")


def test_after_a_rehearsal_nothing_is_held_while_a_person_thinks(load):
    """Its transaction has ended when the preview is shown; here only the test's own is open."""
    before = list(connection.savepoint_ids)
    assert load(ONE, rehearse=True).created == 1
    assert connection.savepoint_ids == before
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('pg_temp.stage_person')")
        assert cursor.fetchone() == (None,)


def test_progress_is_told(load):
    """A page at a time."""
    told: list[int] = []
    load("reference,name\n" + "".join(f"p{n},Ann\n" for n in range(5001)), progress=told.append)
    assert told == [5000, 5001]


def test_no_address_reaches_the_log(load, caplog):
    """Not even when it is wrong."""
    with caplog.at_level("DEBUG", logger="contacts"):
        load("reference,phone\np1,letters 07700900001\n", tolerate=1)
    assert "07700900001" not in caplog.text


def test_the_cast_is_whole(cast):
    """The hand-made people import without an error."""
    assert len(cast) == 19
    assert Path("contacts/samples/cast.csv").exists()
