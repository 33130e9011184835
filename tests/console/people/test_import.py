"""A file is handed in, its columns are named, it is checked, and applied once or not at all."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from contacts import uploads
from contacts.errors import Refused
from contacts.models import AdHocList, Contact, Import, Upload, UploadPart
from dispatcher.console.people import tasks
from dispatcher.operators.models import JournalEntry
from tests.console.conftest import NASTY

pytestmark = pytest.mark.django_db

GOOD = """Kundennummer,reference,name,region,Handy
x,n-1,Greta Weiß,DE,0171 3920001
x,n-2,Renée Roux,FR,+33 6 39 98 00 07
"""
# One in eleven rows is wrong: that is tolerated.
MOSTLY = GOOD.replace("Kundennummer", "note") + "".join(
    f"x,m-{n},Somebody {n},DE,+49 171 39200{n:02}\n" for n in range(10, 30)
)


@pytest.fixture
def hand_in(signed_in, keeper):
    """Hand a file in as a keeper: the upload's id, or what is wrong with the form."""
    return Desk(signed_in(keeper))


class Desk:
    """A keeper's browser, and the way to hand a file in with it."""

    def __init__(self, client):
        self.client = client

    def __call__(self, content, *, name="people.csv", **told):
        raw = content if isinstance(content, bytes) else content.encode()
        form = {"file": SimpleUploadedFile(name, raw), "where": "registry", **told}
        answer = self.client.post("/people/import/", form)
        if answer.status_code != 302:
            return answer.context["form"].errors
        return int(answer.url.rstrip("/").rsplit("/", 1)[1])


def mapped(client, upload_id, **said):
    """Name the columns as they were guessed, but for some of them, by heading."""
    form = client.get(f"/people/import/{upload_id}/").context["form"]
    told = {f"c{n}": said.get(c["heading"], c["field"]) for n, c in enumerate(form.upload.look)}
    answer = client.post(f"/people/import/{upload_id}/", {**told, "country": "Germany"})
    tasks.read(upload_id)
    return answer


def applied(client, upload_id):
    client.post(f"/people/import/{upload_id}/apply")
    return tasks.read(upload_id)


def page(client, upload_id):
    return client.get(f"/people/import/{upload_id}/").content.decode()


@pytest.mark.usefixtures("cast")
def test_the_whole_way(hand_in):
    """Guessed columns with samples, a preview that writes nothing, then all of it, once."""
    upload_id = hand_in(GOOD)
    told = page(hand_in.client, upload_id)
    assert "0171 3920001" in told
    mapped(hand_in.client, upload_id, Handy="phone")
    told = page(hand_in.client, upload_id)
    assert "Write 2 people" in told
    assert not Contact.objects.filter(reference__startswith="n-").exists()
    assert applied(hand_in.client, upload_id) == "applied"
    assert Contact.objects.filter(reference__startswith="n-").count() == 2
    assert "It is done" in page(hand_in.client, upload_id)
    entry = JournalEntry.objects.get(what="contacts.imported")
    assert (entry.who, entry.facts) == ("ingrid.dahl", {"rows": 2})


@pytest.mark.usefixtures("cast")
def test_two_clicks_apply_once(hand_in):
    """Two clicks, two tabs, two workers: one import."""
    upload_id = hand_in(GOOD)
    mapped(hand_in.client, upload_id, Handy="phone")
    for _ in range(2):
        hand_in.client.post(f"/people/import/{upload_id}/apply")
    assert [tasks.read(upload_id), tasks.read(upload_id)] == ["applied", ""]
    applied(hand_in.client, upload_id)
    assert Import.objects.filter(file_name="people.csv").count() == 1


@pytest.mark.usefixtures("cast")
def test_the_columns_are_named_again(hand_in):
    """A way back, until it is applied; a column in its wrong place is said."""
    upload_id = hand_in(GOOD)
    mapped(hand_in.client, upload_id, Handy="languages")
    assert "is not a language that we know" in page(hand_in.client, upload_id)
    hand_in.client.post(f"/people/import/{upload_id}/again")
    mapped(hand_in.client, upload_id, Handy="phone")
    assert Upload.objects.get().state == "checked"


@pytest.mark.usefixtures("cast")
def test_two_columns_cannot_be_one_field(hand_in):
    """It is said on the page of the columns."""
    upload_id = hand_in(GOOD)
    answer = mapped(hand_in.client, upload_id, Handy="name")
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert Upload.objects.get().state == "mapping"


@pytest.mark.usefixtures("cast")
def test_wrong_rows_are_left_out_and_can_be_taken_home(hand_in):
    """Line, column, value and reason; the file of them holds no formula."""
    wrong = f'"=cmd|calc",w-1,{NASTY},DE,call me\n'
    upload_id = hand_in(MOSTLY + wrong)
    mapped(hand_in.client, upload_id, Handy="phone")
    told = page(hand_in.client, upload_id)
    assert "has signs that no phone number has" in told
    assert NASTY not in told
    assert applied(hand_in.client, upload_id) == "applied"
    assert not Contact.objects.filter(reference="w-1").exists()
    assert Contact.objects.filter(reference="m-29").exists()
    answer = hand_in.client.get(f"/people/import/{upload_id}/rejected.csv")
    header, row = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert header[-2:] == ["Line", "Why"]
    assert row[:2] == ["'=cmd|calc", "w-1"]
    assert row[-2] == "24"
    assert "phone number" in row[-1]


@pytest.mark.usefixtures("cast")
def test_nothing_is_half_imported(hand_in):
    """Too much is wrong: the file as a whole is not taken, a private list of it is not made."""
    upload_id = hand_in(
        "reference,phone\na,call me\nb,+49 171 3920005\n", where="list", list_name="Affected"
    )
    mapped(hand_in.client, upload_id)
    assert Upload.objects.get().state == "refused"
    assert "Nothing was written" in page(hand_in.client, upload_id)
    assert applied(hand_in.client, upload_id) == ""
    assert AdHocList.objects.count() == 0
    assert not Contact.objects.filter(reference="b").exists()


@pytest.mark.usefixtures("cast")
def test_a_private_list(hand_in):
    """It is made with its people, in the same moment."""
    upload_id = hand_in("phone\n+49 171 3920005\n", where="list", list_name="Affected")
    mapped(hand_in.client, upload_id)
    assert AdHocList.objects.count() == 0
    assert applied(hand_in.client, upload_id) == "applied"
    assert Contact.objects.get(list__name="Affected").reference == "sms:+491713920005"


@pytest.mark.usefixtures("cast")
def test_workbooks(hand_in):
    """XLSX as well, with a title above the header."""
    book, file = Workbook(), io.BytesIO()
    for row in (
        ["Customers"],
        [],
        ["Reference", "Full name", "E-mail"],
        ["x-1", "Ann", "a@b.test"],
    ):
        book.active.append(row)
    book.save(file)
    upload_id = hand_in(file.getvalue(), name="people.xlsx")
    mapped(hand_in.client, upload_id)
    assert applied(hand_in.client, upload_id) == "applied"
    assert Contact.objects.get(reference="x-1").name == "Ann"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 not a table", "PDF"),
        (b"PK\x03\x04 half a workbook", "damaged"),
        (b"\n\n\n", "empty"),
    ],
)
def test_files_that_are_no_tables_are_refused_at_once(hand_in, content, said):
    """With a sentence beside the field; nothing is kept."""
    assert said in str(hand_in(content)["file"])
    assert Upload.objects.count() == 0


@pytest.mark.usefixtures("cast")
def test_half_a_file_is_not_taken(hand_in):
    """A quote that never closes: nothing of it is written."""
    upload_id = hand_in(MOSTLY + 'x,n-3,"half')
    mapped(hand_in.client, upload_id, Handy="phone")
    assert Upload.objects.get().state == "refused"
    assert not Contact.objects.filter(reference__startswith="n-").exists()


@pytest.mark.usefixtures("cast")
def test_a_sign_that_no_database_keeps(hand_in):
    """A NUL deep in a file is a refused cell, not a fault of ours."""
    upload_id = hand_in(MOSTLY * 400 + "x,w-1,No\x00body,DE,+49 171 3920099\n")
    mapped(hand_in.client, upload_id, Handy="phone")
    assert Upload.objects.get().state == "refused"


def test_large_files_are_refused(monkeypatch, hand_in):
    """With the limit in the sentence."""
    monkeypatch.setattr(uploads, "LARGEST", 1 << 20)
    assert "1 MB" in str(hand_in(b"reference,name\n" + b"x," * (1 << 20))["file"])


def test_a_keeper_imports_into_her_regions_only(signed_in, keeper_of, cast):
    """A person of France is refused, whatever the file says of where she lives."""
    client = signed_in(keeper_of("DE"))
    rows = "".join(f"g-{n},DE,Somebody\n" for n in range(20))
    file = SimpleUploadedFile("p.csv", f"reference,region,name\n{rows}camille,DE,Moved\n".encode())
    answer = client.post("/people/import/", {"file": file, "where": "registry"})
    upload_id = int(answer.url.rstrip("/").rsplit("/", 1)[1])
    mapped(client, upload_id)
    applied(client, upload_id)
    assert Contact.objects.get(pk=cast["camille"]).name == "Camille Lefèvre"
    assert Contact.objects.filter(reference="g-19").exists()


@pytest.mark.parametrize("way", ["", "state", "rejected.csv", "apply", "again", "drop"])
def test_uploads_are_private(signed_in, hand_in, keeper_of, way):
    """Another keeper of the same regions does not learn of them."""
    upload_id = hand_in(GOOD)
    hand_in.client.logout()
    client = signed_in(keeper_of("001"))
    there = f"/people/import/{upload_id}/{way}"
    assert {client.get(there).status_code, client.post(there).status_code} <= {404, 405}
    assert Upload.objects.get().state == "mapping"


def test_files_go_after_a_day(hand_in):
    """With their pieces; and at once when the keeper says so."""
    one, other = hand_in(GOOD), hand_in(GOOD)
    hand_in.client.post(f"/people/import/{one}/drop")
    with pytest.raises(Refused):
        uploads.find(one, by="ingrid.dahl")
    assert uploads.erase() == 0
    Upload.objects.filter(pk=other).update(created_at="2026-01-01T00:00Z")
    assert uploads.erase() == 1
    assert UploadPart.objects.count() == 0


@pytest.mark.usefixtures("cast")
def test_the_page_follows_the_worker(hand_in):
    """It asks while the file is read, and is loaded anew when it has been."""
    upload_id = hand_in(GOOD)
    Upload.objects.update(state="checking", mapping={"reference": "reference"})
    answer = hand_in.client.get(f"/people/import/{upload_id}/state")
    assert "being checked" in answer.content.decode()
    tasks.read(upload_id)
    answer = hand_in.client.get(f"/people/import/{upload_id}/state")
    assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")
