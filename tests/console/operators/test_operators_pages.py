"""Who may act, on pages: lists, acts that ask first, invitations, keys, journal, carriers, keeping."""

import csv
import io
import re

import pytest
from django.test import Client
from django.utils import translation

from dispatcher.console.account import proof
from dispatcher.console.operators import carriers, journal
from dispatcher.operators import journal as book
from dispatcher.operators import keys, roster
from dispatcher.operators.models import JournalEntry, Key, Membership, Office, User
from dispatcher.operators.roles import Role
from tests.console.account.finding import caught
from tests.console.conftest import NASTY, PASSWORD


@pytest.fixture
def admin(signed_in, sofie):
    """Sofie has signed in."""
    return signed_in(sofie)


ACTS = [
    ("grant", "/operators/{}/grant/", {"grant-role": "admin", "grant-region": "001"}),
    ("appoint", "/operators/{}/appoint/", {"appoint-office": "ceo"}),
    ("withdraw", "/operators/{}/withdraw/approver/001/", {}),
    ("leave", "/operators/{}/leave/", {}),
    ("anew", "/operators/{}/anew/", {}),
    ("link", "/operators/{}/link/", {}),
    ("invite", "/operators/invite/", {"name": "X", "username": "x.y", "language": "en", "time_zone": "UTC", "region": "001", "roles": ["admin"]}),
    ("office", "/operators/offices/", {"title": "Lair", "key": "lair"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("address", "told"), [one[1:] for one in ACTS], ids=[one[0] for one in ACTS]
)
def test_nobody_but_an_admin_changes_who_may_act(signed_in, kenji, mina, address, told):
    """Not for oneself either: each form sent by an author does nothing and says why."""
    client = signed_in(mina)
    client.cookies["django_language"] = "en"
    for user in (kenji, mina):
        before = (list(Membership.objects.values_list()), Key.objects.count(), User.objects.count())
        answer = client.post(address.format(user.pk), told)
        assert (answer.status_code, b"You may not do this" in answer.content) == (403, True)
        after = (list(Membership.objects.values_list()), Key.objects.count(), User.objects.count())
        assert after == before


def test_an_admin_of_a_part_of_the_world_is_no_admin_here(signed_in, operator, kenji):
    """Who may act is decided for the whole installation."""
    client = signed_in(operator("part.admin", "EU", role=Role.ADMIN))
    assert client.get("/operators/").status_code == 403
    assert client.post(f"/operators/{kenji.pk}/leave/").status_code == 403


def test_the_list_shows_roles_by_region_and_finds_names(admin, kenji, mina):  # noqa: ARG001
    """By user name or by name, in any script."""
    page = admin.get("/operators/").content.decode()
    assert all(name in page for name in ("渡辺 健二", "مینا رحیمی", "European Union", "Approver"))
    found = admin.get("/operators/?q=رحیمی").content.decode()
    assert ("مینا رحیمی" in found, "渡辺 健二" in found) == (True, False)


def test_a_long_list_is_paged_by_name(admin, sofie, settings):
    """The next page begins after the last name; nobody is missing and nobody is twice."""
    del settings
    for n in range(55):
        roster.add(f"person.{n:03}", by=sofie, name=f"Person {n}")
    seen, at = [], "/operators/"
    while at:
        page = admin.get(at).content.decode()
        seen += re.findall(r'<bdi dir="ltr">(person\.\d+)</bdi>', page)
        older = re.search(r'href="(\?[^"]*after[^"]*)"', page)
        at = f"/operators/{older[1].replace('&amp;', '&')}" if older else ""
    assert seen == [f"person.{n:03}" for n in range(55)]


def test_a_role_is_given_and_taken_back_after_a_question(admin, mina):
    """Looking at the question changes nothing."""
    told = {"grant-role": "translator", "grant-region": "de", "grant-languages": ["fa", "ar"]}
    assert admin.post(f"/operators/{mina.pk}/grant/", told).status_code == 302
    held = mina.memberships.get(role=Role.TRANSLATOR)
    assert (held.region, held.languages) == ("DE", ["ar", "fa"])
    at = f"/operators/{mina.pk}/withdraw/translator/DE/"
    assert admin.get(at).status_code == 200
    assert mina.memberships.filter(role=Role.TRANSLATOR).exists()
    assert admin.post(at).status_code == 302
    assert not mina.memberships.filter(role=Role.TRANSLATOR).exists()
    assert admin.post(at).status_code == 404


def test_a_region_that_is_none_is_told_beside_the_field(admin, mina):
    """And nothing is given."""
    told = {"grant-role": "viewer", "grant-region": "Narnia"}
    answer = admin.post(f"/operators/{mina.pk}/grant/", told)
    assert (answer.status_code, b"Narnia" in answer.content) == (200, True)
    assert not mina.memberships.filter(role=Role.VIEWER).exists()


def test_the_last_admin_stays(admin, sofie):
    """Neither the role nor the person can go; the page says why."""
    for at in (f"/operators/{sofie.pk}/withdraw/admin/001/", f"/operators/{sofie.pk}/leave/"):
        answer = admin.post(at)
        assert (answer.status_code, b"Somebody must remain" in answer.content) == (409, True)
    sofie.refresh_from_db()
    assert sofie.is_active
    assert sofie.memberships.filter(role=Role.ADMIN).exists()


def test_who_leaves_is_out_everywhere(admin, kenji):
    """The open session, the key, the office."""
    theirs = Client()
    theirs.post("/sign-in/", {"name": kenji.username, "password": PASSWORD})
    key = keys.make(kenji).key
    admin.post(f"/operators/{kenji.pk}/leave/")
    key.refresh_from_db()
    assert theirs.get("/").status_code == 302
    assert key.revoked_at
    assert "Has left" in admin.get("/operators/?left=1").content.decode()


def test_who_has_lost_every_way_in_begins_anew(admin, kenji):
    """Everything before is void; the invitation opens; nobody does it to themselves."""
    page = admin.post(f"/operators/{kenji.pk}/anew/").content.decode()
    kenji.refresh_from_db()
    assert not kenji.has_usable_password()
    at = caught(r"(/enter/dk_[\w-]+/)", page)
    told = {"password": "new-and-strange-9", "again": "new-and-strange-9"}
    assert Client().post(at, told).status_code == 302
    me = User.objects.get(username="sofie.lind")
    assert admin.post(f"/operators/{me.pk}/anew/").status_code == 409


def test_a_stale_proof_gives_no_power(admin, mina):
    """Granting, inviting and links ask again who one is."""
    session = admin.session
    for one in session["account_authentication_methods"]:
        one["at"] -= proof.PROOF_LASTS + 60
    session.save()
    for at in ("grant/", "appoint/", "anew/", "link/"):
        answer = admin.post(f"/operators/{mina.pk}/{at}", {"grant-role": "admin"})
        assert answer.url.startswith("/account/prove/")
    assert admin.get("/operators/journal.csv").url.startswith("/account/prove/")
    assert not mina.memberships.filter(role=Role.ADMIN).exists()
    assert not mina.keys.exists()


def test_a_colleague_is_invited_whole_or_not_at_all(admin):
    """Roles and offices with the invitation; a name that is taken leaves nothing behind."""
    told = {"name": "لینا فراهانی", "username": "lina.farahani", "language": "fa", "time_zone": "Asia/Tehran",
            "roles": ["author", "translator"], "region": "IR", "languages": ["fa"], "offices": ["counsel"], "deputy": "on"}  # fmt: skip
    page = admin.post("/operators/invite/", told).content.decode()
    lina = User.objects.get(username="lina.farahani")
    assert set(lina.memberships.values_list("role", "region")) == {
        ("author", "IR"), ("translator", "IR"), ("approver", "IR"),
    }  # fmt: skip
    assert lina.offices.get().deputy
    assert re.search(r"/enter/dk_[\w-]+/", page)
    assert "لینا فراهانی" in admin.get("/operators/invitations/").content.decode()
    again = admin.post("/operators/invite/", told | {"region": "FR"})
    assert (again.status_code, b"already" in again.content) == (200, True)
    assert not lina.memberships.filter(region="FR").exists()


def test_an_invitation_is_taken_back(admin, sofie, mina):
    """It opens nothing any more."""
    shown = keys.invite(mina, by=sofie)
    admin.post(f"/operators/keys/{shown.key.prefix}/revoke/")
    assert Client().get(f"/enter/{shown.text}/").status_code == 410


def test_an_office_in_which_nobody_sits_is_seen(admin, sofie, kenji):
    """Before an alert waits for it."""
    roster.appoint(kenji, roster.Seat("ceo"), by=sofie)
    page = admin.get("/operators/offices/").content.decode()
    assert page.count("Nobody sits here") == 4
    told = {"title": "Food safety", "key": "food_safety"}
    assert admin.post("/operators/offices/", told).status_code == 302
    assert "Food safety" in admin.get("/operators/offices/").content.decode()
    assert admin.post("/operators/offices/", told).status_code == 200


def test_all_keys_are_seen_and_revoked(admin, kenji):
    """By their beginning; the secret is nowhere."""
    shown = keys.make(kenji, note=NASTY)
    page = admin.get("/operators/keys/").content.decode()
    assert (shown.key.prefix in page, shown.text in page, NASTY in page) == (True, False, False)
    admin.post(f"/operators/keys/{shown.key.prefix}/revoke/")
    shown.key.refresh_from_db()
    assert shown.key.revoked_at


# --- The journal ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "lines"),
    [
        ("?who=mina.rahimi", {"alerts.launched"}),
        ("?what=alerts", {"alerts.launched", "alerts.paused"}),
        ("?about=alert:7", {"alerts.launched"}),
        ("?about=alert", {"alerts.launched", "alerts.paused"}),
        ("?who=-", {"operators.first_added", "alerts.paused"}),
        ("?until=2001-01-01", set()),
        ("?who=nobody&what=alerts", set()),
    ],
)
def test_the_journal_is_sifted(admin, mina, asked, lines):
    """By who, what, about and time."""
    book.note(mina, "alerts.launched", "alert:7", mode="drill")
    book.note(None, "alerts.paused", "alert:71")
    found = list(csv.reader(io.StringIO(read(admin.get(f"/operators/journal.csv{asked}")))))
    got = {row[3] for row in found[1:]} - {"operators.journal_exported"}
    assert got & {"alerts.launched", "alerts.paused"} == lines - {"operators.first_added"}
    assert admin.get(f"/operators/journal/{asked}").status_code == 200


def read(answer) -> str:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def test_pages_of_the_journal_follow_each_other(admin, mina):
    """No line is missing or twice, also while new ones are written."""
    for n in range(2 * journal.MOST):
        book.note(mina, "alerts.fact_set", f"alert:{n}")
    seen, at = [], "?what=alerts"
    while at:
        page = admin.get(f"/operators/journal/{at}").content.decode()
        seen += re.findall(r"alert:(\d+)", page.split("</form>")[-1])
        book.note(mina, "alerts.fact_set", "alert:x")
        older = re.search(r'href="(\?[^"]*before[^"]*)"\s+rel="next"', page)
        at = older[1].replace("&amp;", "&") if older else ""
    assert seen == [str(n) for n in reversed(range(2 * journal.MOST))]


@pytest.mark.parametrize("live", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "|calc", " =cmd"])
def test_nothing_in_the_file_runs_in_a_spreadsheet(admin, live):
    """Names, objects and details come from people."""
    JournalEntry.objects.create(who=live, what=live, about=live, facts={})
    [row] = [
        one
        for one in csv.reader(io.StringIO(read(admin.get("/operators/journal.csv"))))
        if live in one[2]
    ]
    assert all(cell.startswith("'") for cell in row[2:6])


def test_what_others_wrote_is_letters_on_the_page(admin, mina):
    """A reason with a script in it does not run."""
    book.note(mina, "alerts.returned", "alert:1", reason=NASTY)
    assert NASTY not in admin.get("/operators/journal/").content.decode()


@pytest.mark.parametrize(
    ("details", "told", "code"),
    [
        ({"office": "ceo"}, "Geschäftsleitung|Geschäftsführung|Vorstand", "ceo"),
        ({"office": "night"}, "Nachtdienst", "night"),
        ({"without": ["ceo", "night"]}, "Nachtdienst", "night"),
        ({"scenario": "recall"}, "Produktrückruf", "recall"),
        ({"scenario": "own_plan"}, "own_plan", None),
        ({"stance": "admits", "quiet_hours": None}, "Fehler|Verschulden", "admits"),
        ({"locale": "pt-BR"}, "Portugiesisch", "pt-BR"),
        ({"region": "BR"}, "Brasilien", "<bdi>BR</bdi>"),
        ({"room": "wordings"}, "Texte", "wordings"),
        ({"deputy": True}, "Ja|ja", "True"),
    ],
)
def test_details_of_the_journal_are_called_by_their_names(admin, mina, details, told, code):
    """Offices, scenarios, languages and regions are no codes; what is unknown stays as it is."""
    Office.objects.create(key="night", title="Nachtdienst")
    book.note(mina, "alerts.approved", "alert:1", **details)
    admin.cookies["django_language"] = "de"
    with translation.override("de"):
        page = admin.get("/operators/journal/?about=alert:1").content.decode()
    line = page[page.index('class="rows journal"') :].partition("</ol>")[0]
    assert re.search(told, line), line
    assert code is None or code not in line
    assert "None" not in line


def test_an_export_is_on_record(admin):
    """Who took the journal away stands in it."""
    read(admin.get("/operators/journal.csv?who=mina.rahimi"))
    assert JournalEntry.objects.get(what="operators.journal_exported").facts["of"] == "mina.rahimi"


# --- Carriers and keeping ------------------------------------------------------------------------


def test_accounts_are_shown_without_their_secrets(admin, settings):
    """Names and states only."""
    page = admin.get("/operators/carriers/").content.decode()
    told = settings.CARRIERS["drill"]["sandbox-twilio"]
    assert "sandbox-twilio" in page
    assert told["auth_token"] not in page
    assert "No account is set" in page


def test_a_test_message_to_a_dead_carrier_says_so(admin, settings):
    """What was not taken is told in words; the journal keeps no address."""
    settings.CARRIERS["drill"]["sandbox-twilio"]["base_url"] = "http://127.0.0.1:1"
    page = admin.get("/operators/carriers/drill/sandbox-twilio/").content.decode()
    ticket = caught('name="ticket" value="([^"]+)"', page)
    told = {"to": "+1 202 555 0143", "ticket": ticket}
    answer = admin.post("/operators/carriers/drill/sandbox-twilio/", told, follow=True)
    assert "It was not taken" in answer.content.decode()
    line = JournalEntry.objects.get(what="operators.test_sent")
    assert "0143" not in str(line.facts)
    admin.post("/operators/carriers/drill/sandbox-twilio/", told)
    assert JournalEntry.objects.filter(what="operators.test_sent").count() == 1


def test_a_real_test_takes_words_typed_by_hand(admin, settings):
    """The drill's form sent to a real account sends nothing."""
    settings.CARRIERS["real"] = {
        "smtp": {"carrier": "smtp", "host": "127.0.0.1", "port": 1, "user": "", "password": "",
                 "security": "none", "sender": "alerts@example.com", "sender_name": "X"},
    }  # fmt: skip
    for words in ({}, {"words": "send real test"}):
        answer = admin.post("/operators/carriers/real/smtp/", {"to": "me@example.org"} | words)
        assert answer.status_code == 200
    assert not JournalEntry.objects.filter(what="operators.test_sent").exists()
    words = {"words": carriers.WORDS["real"]}
    assert (
        admin.post("/operators/carriers/real/smtp/", {"to": "me@example.org"} | words).status_code
        == 302
    )
    assert JournalEntry.objects.filter(what="operators.test_sent").exists()


@pytest.mark.parametrize("to", ["", "nonsense", "12", "=1+1"])
def test_a_test_goes_to_an_address_or_nowhere(admin, to):
    """The form says what is wrong with it."""
    answer = admin.post("/operators/carriers/drill/sandbox-twilio/", {"to": to})
    assert (answer.status_code, b'role="alert"' in answer.content) == (200, True)


def test_what_goes_next_is_named(admin, story, settings):
    """A dispatch that ended is named with the day on which its rows go."""
    one = story().dispatch
    del settings
    type(one).objects.filter(pk=one.pk).update(state="complete", completed_at=one.launched_at)
    assert one.number in admin.get("/operators/kept/").content.decode()
