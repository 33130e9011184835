"""The report's page: who sees what of it, what is on it, what cannot run in it, what a poll costs."""

import csv
import gzip
import io
import itertools
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts import territories
from dispatcher.console import shelf, valkey
from dispatcher.console.dispatches import live
from dispatcher.ledger.entries import finish
from dispatcher.ledger.facts import Outcome
from dispatcher.ledger.models import Dispatch
from tests.console.conftest import NASTY

KINDS = ("csv", "xlsx", "json")
LANGUAGES = ("de", "fr", "en", "es", "pt-BR", "tr", "ar", "fa", "ru", "ja", "zh-Hans", "hi")


@pytest.fixture(autouse=True)
def still(monkeypatch):
    """The hand of the clock is not news in these tests."""
    monkeypatch.setattr(live, "PULSE", 1e9)


def read(client, story, part=""):
    return client.get(f"/dispatches/{story.dispatch.pk}/{part}")


# --- who sees what ----------------------------------------------------------------------------

SEES = [
    # reader's regions, the dispatch's, what of its 16 people is seen; None: not even that it exists
    (("001",), ("001",), 16),
    (("EU",), ("001",), 12),
    (("DE",), ("001",), 8),
    (("DE-BY",), ("001",), 1),
    (("BR",), ("001",), 3),
    (("JP",), ("001",), 0),
    (("EU",), ("BR",), None),
    (("BR",), ("EU", "NO"), None),
    ((), ("001",), None),
]


@pytest.mark.parametrize(("mine", "reach", "people"), SEES)
@pytest.mark.parametrize("part", ["", "live", *(f"report.{kind}" for kind in KINDS)])
def test_people_see_their_own_regions_and_no_others(
    story, operator, signed_in, mine, reach, people, part
):
    """The server decides, for the page, the poll and each file alike; 404 does not tell why."""
    one = story(scope=reach)
    client = signed_in(operator("reader", *mine))
    answer = read(client, one, part)
    assert answer.status_code == (404 if people is None else 200)
    if people is not None and part in {"", "live"}:
        said = f"of {people} {'person' if people == 1 else 'people'} reached"
        assert said in re.sub(r"</?b>", "", answer.content.decode())
    if people is not None and part == "report.json":
        assert sum(json.loads(answer.content)["people"].values()) == people


def test_an_eu_lead_reads_nothing_of_brazil(story, mina, signed_in):
    """Neither the name nor the language of Brazil is in any form of the report."""
    one = story()
    one.send()
    client = signed_in(mina)
    client.post("/language/", {"language": "en"})
    for part in ("", "live", "report.csv", "report.json"):
        told = read(client, one, part).content.decode()
        assert "France" in told or '"FR"' in told
        assert "Brazil" not in told.replace("Português Brasileiro", "")
        assert '"BR"' not in told


def test_the_page_says_when_it_shows_only_a_part(story, mina, kenji, signed_in):
    """Figures of a part must not look like those of the whole."""
    one = story()
    assert "اتحادیهٔ اروپا" in read(signed_in(mina), one).content.decode()
    assert "further than your regions" not in read(signed_in(kenji), one).content.decode()


@pytest.mark.parametrize("number", [0, 999_999, 10**17, 10**40])
def test_a_dispatch_that_is_not_there_is_not_found(kenji, signed_in, number):
    """Also where the number is longer than a database's."""
    client = signed_in(kenji)
    assert client.get(f"/dispatches/{number}/").status_code == 404
    assert client.get("/dispatches/", {"before": number}).status_code == 200


def test_the_list_holds_what_the_person_may_see(story, ana, signed_in):
    """Newest first; a role that reads nothing sees nothing."""
    for scope, title in (
        (("EU",), "of Europe"),
        (("BR",), "of Brazil"),
        (("001",), "of the world"),
    ):
        story(scope=scope, title=title)
    told = signed_in(ana).get("/dispatches/").content.decode()
    assert "of Europe" not in told
    assert told.index("of the world") < told.index("of Brazil")


def test_an_admin_who_reads_no_reports_sees_none(story, sofie, signed_in):
    """To manage people is not to read about them."""
    one = story(title="Something")
    client = signed_in(sofie)
    assert "Something" not in client.get("/dispatches/").content.decode()
    assert read(client, one).status_code == 404


def test_the_list_goes_on_page_by_page(story, kenji, signed_in, monkeypatch):
    """Older ones stand behind a link."""
    monkeypatch.setattr("dispatcher.console.dispatches.views.MOST", 2)
    titles = [f"Title {n}" for n in range(3)]
    for title in titles:
        story(title=title, people=[])
    client = signed_in(kenji)
    first = client.get("/dispatches/").content.decode()
    assert [title in first for title in titles] == [False, True, True]
    [older] = re.findall(r'href="(\?before=\d+)"', first)
    assert "Title 0" in client.get(f"/dispatches/{older}").content.decode()


# --- what is on it ----------------------------------------------------------------------------


def test_drill_and_real_cannot_be_confused(story, kenji, signed_in):
    """Another word, another sign, another colour, on the page and in its title."""
    client = signed_in(kenji)
    drill, real = (
        re.sub(r"\s+", " ", read(client, story(mode=mode)).content.decode()).replace("> ", ">")
        for mode in ("drill", "real")
    )
    for told, other, word in ((drill, real, "Drill"), (real, drill, "Real")):
        for sign in (f'class="band {word.lower()}"', f"<strong>{word.upper()}<", f"<title>{word} "):
            assert sign in told
            assert sign not in other
    assert "nothing leaves for real people" not in real


def test_the_figures_are_those_of_the_books(story, kenji, signed_in):
    """15 written to, one excluded: delivered SMS and handed over pushes are reached."""
    one = story()
    taken = one.send(
        itertools.chain([Outcome.refused("http_451")], itertools.repeat(Outcome.taken("C")))
    )
    one.deliver(taken["sms"])
    told = re.sub(r"<[^>]+>", "", read(signed_in(kenji), one).content.decode())
    assert f"{len(taken['sms']) + len(taken['push'])} of 16 people reached" in told
    assert re.search(r"Opted out of such messages\s+SMS\s*1", told)
    assert "The carrier answered with error 451" in told


def test_status_is_never_told_by_colour_alone(story, kenji, signed_in):
    """Each piece of a bar has a pattern, and its line says name and number."""
    one = story()
    one.send([Outcome.taken("A"), Outcome.unsure("timeout"), Outcome.refused("21211")] * 9)
    told = read(signed_in(kenji), one).content.decode()
    drawn = set(re.findall(r'fill="url\(#p-(\w+)\)"', told))
    assert drawn >= {"handed_over", "unknown", "failed", "excluded"}
    assert all(f'id="p-{figure}"' in told for figure in drawn)


@pytest.mark.parametrize("kind", KINDS)
def test_files_are_attachments_that_no_browser_opens_as_a_page(story, kenji, signed_in, kind):
    """With the mode in the name: a drill's figures must not be taken for real ones."""
    one = story()
    answer = read(signed_in(kenji), one, f"report.{kind}")
    name = f'attachment; filename="drill-{one.dispatch.pk}.{kind}"'
    assert answer["Content-Disposition"] == name
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]


def test_a_file_of_another_kind_is_not_found(story, kenji, signed_in):
    """Only the three."""
    assert read(signed_in(kenji), story(), "report.html").status_code == 404


def test_the_csv_is_in_the_readers_language(story, mina, signed_in):
    """Heads in Persian, with the mark that spreadsheets need."""
    one = story()
    told = read(signed_in(mina), one, "report.csv").content.decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(told)))[0] == "کانال"


# --- what cannot run --------------------------------------------------------------------------


def test_nothing_that_others_wrote_runs(story, operator, signed_in):
    """Titles, carriers' codes and names are shown as text, wherever they stand."""
    one = story(title=NASTY)
    one.send(itertools.repeat(Outcome.refused(NASTY)))
    client = signed_in(operator("reader", "001", name=NASTY))
    for address in ("/", f"/dispatches/{one.dispatch.pk}/", f"/dispatches/{one.dispatch.pk}/live"):
        told = client.get(address).content.decode()
        assert NASTY not in told
        assert "&lt;script&gt;alert(1)" in told


def test_a_page_has_no_inline_code_and_no_other_host(story, kenji, signed_in):
    """So that the strict policy needs no exception."""
    one = story()
    one.send()
    client = signed_in(kenji)
    for address in ("/", f"/dispatches/{one.dispatch.pk}/", "/nothing-here"):
        answer = client.get(address)
        told = answer.content.decode()
        policy = answer["Content-Security-Policy"]
        assert "default-src 'self';" in f"{policy};"
        assert "unsafe" not in policy
        assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=|https?://", told)


# --- what a poll costs ------------------------------------------------------------------------


def poll(client, story, tag=None):
    headers = {"If-None-Match": tag} if tag else {}
    return client.get(f"/dispatches/{story.dispatch.pk}/live", headers=headers)


def test_a_poll_says_304_until_something_changes(story, kenji, signed_in, monkeypatch):
    """The tag moves with the figures, the state, a pause."""
    monkeypatch.setattr(shelf, "REST", 0)
    one = story()
    client = signed_in(kenji)
    tag = poll(client, one)["ETag"]
    assert poll(client, one, tag).status_code == 304
    one.send()
    after = poll(client, one, tag)
    assert after.status_code == 200
    Dispatch.objects.update(paused_at=one.dispatch.launched_at)
    paused = poll(client, one, after["ETag"])
    assert paused.status_code == 200
    assert "Paused" in paused.content.decode()


def test_a_poll_without_news_reads_no_big_table(story, kenji, signed_in):
    """Whatever the dispatch's size: the session, the person, the dispatch, one mark."""
    one = story()
    client = signed_in(kenji)
    tag = poll(client, one)["ETag"]
    with CaptureQueriesContext(connection) as asked:
        assert poll(client, one, tag).status_code == 304
    read_tables = " ".join(query["sql"] for query in asked)
    assert len(asked) <= 6
    assert "ledger_delivery" not in read_tables
    assert "ledger_batch" not in read_tables


def test_many_who_look_make_the_page_once(story, kenji, signed_in, monkeypatch):
    """A page that took long rests; who asks meanwhile gets the last one, with its own tag."""
    monkeypatch.setattr(shelf, "REST", 1_000_000)
    one = story()
    client = signed_in(kenji)
    first = poll(client, one)
    one.send()
    again = poll(client, one)
    assert (again["ETag"], again.content) == (first["ETag"], first.content)


def test_who_sees_other_regions_gets_another_page(story, kenji, mina, client, signed_in):
    """What is kept for one scope is never shown to another."""
    one = story()
    whole = poll(signed_in(kenji), one).content
    client.post("/sign-out/")
    assert poll(signed_in(mina), one).content != whole


def test_without_valkey_the_page_is_made_anew(story, kenji, signed_in, settings):
    """A memory that is away costs time, not figures."""
    one = story()
    client = signed_in(kenji)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    valkey.client.cache_clear()
    one.send()
    assert "Handed over" in poll(client, one).content.decode()
    valkey.client.cache_clear()


BEATS = [(None, live.BEAT), (60, live.SLOW_BEAT), (7200, None)]


@pytest.mark.parametrize(("ago", "beat"), BEATS)
def test_polls_slow_down_and_end(story, kenji, signed_in, ago, beat):
    """Every two seconds while it runs, every 15 for an hour, then no more."""
    one = story()
    if ago is not None:
        with connection.cursor() as cursor:
            cursor.execute(
                "update ledger_dispatch set state = 'complete',"
                " completed_at = now() - make_interval(secs => %s)", [ago],
            )  # fmt: skip
    told = read(signed_in(kenji), one).content.decode()
    assert re.findall(r'hx-trigger="every (\d+)s"', told) == ([str(beat)] if beat else [])
    assert ('http-equiv="refresh"' in told) is (beat is not None)


def test_a_page_can_be_held_still(story, kenji, signed_in):
    """Moving content can be stopped, with and without JavaScript."""
    told = read(signed_in(kenji), story(), "?updates=off").content.decode()
    assert "hx-trigger" not in told
    assert "refresh" not in told
    assert "Resume updates" in told


def test_a_large_report_stays_light(story, kenji, signed_in):
    """Twelve languages in forty countries by three channels: below 200 kB, zipped on the wire."""
    regions = sorted(territories.countries())[:40]
    people = list(itertools.product(regions, LANGUAGES, ("sms", "email", "push")))
    one = story(people=people)
    outcomes = itertools.cycle(
        [Outcome.taken("C"), Outcome.unsure("timeout"), Outcome.refused("30006")]
    )
    while one.send(outcomes):
        pass
    client = signed_in(kenji)
    page = read(client, one)
    assert len(page.content) < 200_000
    assert (
        f"Smaller lines that only the files hold: {len(people) + 1 - 250:,}"
        in page.content.decode()
    )
    zipped = client.get(f"/dispatches/{one.dispatch.pk}/live", headers={"Accept-Encoding": "gzip"})
    assert len(zipped.content) < 20_000
    assert len(gzip.decompress(zipped.content)) > 50_000


def test_a_complete_dispatch_says_so(story, kenji, signed_in):
    """In a word beside its sign, with the time."""
    one = story()
    one.send()
    finish()
    told = read(signed_in(kenji), one).content.decode()
    assert 'data-state="complete"' in told
    assert "Completed" in told
