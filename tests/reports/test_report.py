"""The report: one value whose figures add up, said in words, and as files that nothing can run in."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from django.db import connection
from django.utils import translation
from rich.console import Console

from contacts.regions import Scope
from dispatcher.fanout import plan as plans
from dispatcher.ledger import entries, questions
from dispatcher.ledger.climb import climb
from dispatcher.ledger.entries import Fact, Window
from dispatcher.ledger.facts import Outcome, Rank, Receipt, Verdict
from dispatcher.ledger.models import Delivery, Question
from dispatcher.ledger.tally import FIGURES, VERDICTS
from dispatcher.reports import words
from dispatcher.reports.after_action import report
from dispatcher.reports.exports import as_csv, as_json, as_xlsx, defused, tables
from dispatcher.reports.terminal import lines, seconds
from tests.ledger.conftest import enlist, open_dispatch, person  # noqa: F401  # fixtures

PLAN = plans.freeze(
    plans.Plan(
        "everyone", None, None, "safety", (), (), "default_language", "en",
        plans.Target(first_message=60, share=50, within=120),
    )
)  # fmt: skip
TAKEN = Outcome.taken("SM1")


@pytest.fixture
def told(enlist):  # noqa: F811
    """A dispatch to DE, DE, BR, BR of which so much came back."""

    def make(*outcomes, delivered=()):
        people = [person(n, region="DE" if n < 3 else "BR", country="") for n in range(1, 5)]
        dispatch = enlist(people, plan=PLAN)
        rest = iter(outcomes)
        for batch in sorted(entries.claim("critical", people=9), key=lambda b: b.contact_ids[0]):
            entries.advance([(batch, batch.size)])
            facts = [Fact(i, next(rest, TAKEN), "twilio") for i in range(batch.size)]
            entries.record([Window(batch, facts)])
            ids = {batch.contact_ids[i]: batch.delivery_id(i) for i in range(batch.size)}
            climb([
                Receipt(f"{n}", ids[n], 1, "twilio", Rank.DELIVERED) for n in ids if n in delivered
            ])  # fmt: skip
        dispatch.refresh_from_db()
        return dispatch

    return make


def hours_later(**time):
    with connection.cursor() as cursor:
        cursor.execute("delete from ledger_clock")
        shift = str(timedelta(**time))
        cursor.execute("insert into ledger_clock (shift) values (%s::interval)", [shift])


def test_the_books_add_up_by_channel_region_and_language(told):
    found = report(told(TAKEN, Outcome.refused("30005"), delivered=(3,)), scope=Scope.everything())
    assert found.whole.targeted == 4
    for by in (lambda row: row.channel, lambda row: row.region, lambda row: row.language):
        assert sum(row.targeted for _, row in found.totals(by)) == 4
    assert sum(found.people.values()) == 4


def test_a_scope_sees_its_own_regions_only(told):
    found = report(told(delivered=(1, 3)), scope=Scope(("BR",)))
    assert {row.region for row in found.books} == {"BR"}
    assert found.people == {"delivered": 1, "handed_over": 1}


@pytest.mark.parametrize(
    ("delivered", "after", "met"),
    [
        ((1, 3), {}, True),
        ((1,), {}, None),
        ((1,), {"minutes": 3}, False),
        ((), {"seconds": 30}, None),
    ],
)
def test_an_objective_is_open_until_it_is_met_or_its_time_is_over(told, delivered, after, met):
    dispatch = told(delivered=delivered)
    hours_later(**after)
    assert report(dispatch, scope=Scope.everything()).objective.met is met


def test_before_anything_has_left_a_report_says_so(open_dispatch):  # noqa: F811
    found = report(open_dispatch(plan=PLAN), scope=Scope.everything())
    assert (found.whole.targeted, found.match_rate, found.time_to()) == (0, None, (None,) * 3)
    assert list(lines(found))


@pytest.mark.parametrize("cell", ["=1+1", "+49", "-2", "@SUM(A1)", "\t=1", " =1", "|cmd", "%0A"])
def test_a_cell_that_would_run_is_defused(cell):
    assert str(defused(cell)).startswith("'")


@pytest.mark.parametrize("cell", ["Tehran", "", "a=b", 7, None, 1.5])
def test_all_other_cells_stay_as_they_are(cell):
    assert defused(cell) == cell


def test_csv_xlsx_and_json_tell_the_same(told):
    found = report(told(Outcome.refused("=cmd()"), delivered=(3,)), scope=Scope.everything())
    rows = list(csv.reader(io.StringIO(as_csv(found).decode("utf-8-sig"))))
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(found)))
    plain = json.loads(as_json(found))
    targeted = [int(row[4]) for row in rows[1:]]
    assert sum(targeted) == 4 == sum(row["targeted"] for row in plain["books"])
    assert [cell.value for cell in book.worksheets[0]["E"]][1:] == targeted
    reasons = [cell.value for cell in book.worksheets[2]["E"]]
    assert "'=cmd()" in reasons
    assert all(cell.data_type != "f" for sheet in book for row in sheet for cell in row)


@pytest.mark.parametrize(
    ("code", "carrier", "shown"),
    [
        ("opted_out", "", "Opted out of such messages"),
        ("30005", "twilio", "The number does not exist (twilio 30005)"),
        ("http_503", "twilio", "The carrier answered with error 503"),
        ("77777", "twilio", "twilio 77777"),
        ("", "", "The carrier gave no reason"),
    ],
)
def test_a_reason_is_said_in_words(code, carrier, shown):
    with translation.override("en"):
        assert words.reason(code, carrier=carrier) == shown


def test_languages_and_regions_are_named_in_the_readers_language():
    with translation.override("fa"):
        assert words.language_name("zh-Hant") == "چینی (سنتی)"
        assert words.region_name("DE") == "آلمان"
    with translation.override("en"):
        assert words.region_name("US-CA") == "United States (CA)"
        assert words.language_name("not a language") == "not a language"


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "–"), (0.04, "0.0 s"), (59.9, "59.9 s"), (61, "1 min 01 s")]
)
def test_times_are_said_as_people_say_them(value, shown):
    with translation.override("en"):
        assert seconds(value) == shown


def test_json_times_carry_their_zone(told):
    plain = json.loads(as_json(report(told(), scope=Scope.everything())))
    launched = datetime.fromisoformat(plain["launched_at"])
    assert launched.tzinfo is not None
    assert launched <= datetime.now(UTC)
    assert set(FIGURES) <= set(plain["books"][0])


def test_what_was_not_certain_is_counted_by_what_was_done_about_it(told):
    """Within the scope; who is heard of after all is not unknown for good any more."""
    dispatch = told(Outcome.unsure("timeout"), Outcome.unsure("cut"), Outcome.unsure("cut"))
    unknown = Delivery.objects.filter(id__in=Question.objects.values("delivery_id"))
    ids = list(unknown.order_by("contact_id").values_list("id", flat=True))
    assert report(dispatch, scope=Scope.everything()).unknowns == {"open": 3}
    questions.again([questions.Again(ids[0], 1, Verdict.RISKED, 0.0)])
    questions.close({(one, 1): Verdict.GIVEN_UP for one in ids[1:]})
    found = report(dispatch, scope=Scope.everything())
    assert found.unknowns == {"given_up": 2, "risked": 1}
    assert report(dispatch, scope=Scope(("BR",))).unknowns == {"given_up": 1}
    assert json.loads(as_json(found))["unknowns"] == found.unknowns
    assert b"twice rather than never" in b"".join(
        str(row).encode() for _name, _head, rows in tables(found) for row in rows
    )
    shown = Console(width=100, record=True, file=io.StringIO())
    shown.print(*lines(found))
    assert "Sent again though somebody may have it" in shown.export_text()
    climb([Receipt("late", ids[1], 1, "twilio", Rank.DELIVERED)])
    assert report(dispatch, scope=Scope.everything()).unknowns["given_up"] == 1


def test_each_thing_told_of_unknowns_has_its_words():
    assert set(words.UNKNOWNS) == set(VERDICTS)
    assert set(VERDICTS) - {"open"} <= set(Verdict)
