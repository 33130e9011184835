"""One alert from the first word to the launch, from the command line."""

import json

import pytest

from dispatcher.alerts.models import Alert
from dispatcher.fanout.spread import spread
from dispatcher.ledger import entries
from dispatcher.ledger.entries import Fact, Window
from dispatcher.ledger.facts import Outcome
from dispatcher.ledger.models import Dispatch
from tests.alerts.conftest import FACTS


def compose(terminal, *more: str) -> str:
    said = terminal(
        "alert", "compose", "recall", "--mode", "drill", "--segment", "everyone", "--json", *more
    )
    assert said.code == 0, said.err
    return str(said.json["number"])


@pytest.mark.usefixtures("words", "people")
def test_the_whole_way(mina, kenji, leila, at):
    """Compose, facts, preview, submit, approve twice, launch, launch again, stop."""
    author = at(mina)
    number = compose(author, "--title", "Oats")
    for name, value in FACTS.items():
        typed = "L2301, L2302" if name == "lots" else value
        said = author("alert", "fact", number, name, typed, "--source", "Report 7", "--verify")
        assert said.code == 0, said.err
    seen = author("alert", "preview", number)
    assert seen.code == 0, seen.err
    assert "Morning Oats 500 g" in seen.out
    assert "ucs2" in seen.out
    submitted = author("alert", "submit", number, "--json")
    assert (submitted.code, submitted.json["state"]) == (0, "pending")
    print_ = submitted.json["fingerprint"]
    assert at(kenji)("alert", "approve", number, "--seen", print_[:8]).code == 0
    last = at(leila)("alert", "approve", number, "--office", "counsel", "--json")
    assert (last.code, last.json["state"], last.json["open_offices"]) == (0, "approved", [])
    assert author("alert", "launch", number).code == 1
    first = author("alert", "launch", number, "--confirm", "DRILL", "--json")
    again = author("alert", "launch", number, "--confirm", "DRILL")
    assert (first.code, again.code) == (0, 0)
    assert "same dispatch" in again.out
    assert Dispatch.objects.get().pk == first.json["dispatch"]
    assert author("alert", "status", number, "--json").json["dispatch_state"] == "enlisting"
    assert author("alert", "pause", number).code == 0
    assert author("alert", "pause", number).code == 5
    assert author("alert", "resume", number).code == 0
    assert at(kenji)("alert", "stop", number, "--reason", "Wrong lot").code == 0
    assert at(kenji)("alert", "stop", number).code == 5
    assert author("alert", "report", number).code == 0


def test_a_report_is_written_as_csv_and_xlsx(approved, mina, at, tmp_path):
    """The same books as files; JSON is one document."""
    at(mina)("alert", "launch", approved.number, "--confirm", "DRILL")
    files = [tmp_path / "report.csv", tmp_path / "report.xlsx"]
    said = at(mina)(
        "alert", "report", approved.number, "--csv", str(files[0]), "--xlsx", str(files[1]), "--json"
    )  # fmt: skip
    assert said.code == 0, said.err
    assert said.json["number"] == approved.number
    assert all(file.stat().st_size for file in files)
    assert files[1].read_bytes().startswith(b"PK")


def test_what_was_not_launched_has_no_report(approved, mina, at):
    """Exit code 1 with a sentence."""
    said = at(mina)("alert", "report", approved.number, "--json")
    assert (said.code, said.refusal["code"]) == (1, "alerts.not_launched")


def test_a_dry_run_sends_nothing(approved, mina, at):
    """It says what would leave; nothing is launched."""
    said = at(mina)("alert", "launch", approved.number, "--dry-run", "--json")
    assert (said.code, said.json["told"], said.json["dry_run"]) == (0, 3, True)
    assert not Dispatch.objects.exists()


@pytest.mark.usefixtures("words", "people")
def test_a_lead_for_the_eu_sees_nothing_of_brazil(ana, mina, at):
    """Neither previews, nor launches, nor reads a report, nor finds it in a list: exit code 3."""
    number = compose(at(ana))
    for words_ in (
        ("alert", "show", number),
        ("alert", "preview", number),
        ("alert", "launch", number, "--confirm", "DRILL"),
        ("alert", "launch", number, "--dry-run"),
        ("alert", "report", number),
        ("alert", "status", number),
        ("alert", "stop", number),
        ("alert", "fact", number, "stores", "1"),
        ("alert", "submit", number),
    ):
        said = at(mina)(*words_)
        assert said.code == 3, (words_, said.out, said.err)
        assert "BR" in said.err
    assert at(mina)("alert", "list", "--json").json == []


def test_all_that_is_missing_is_said_at_once(draft, mina, at):
    """One refusal with a line for each reason, and the same as JSON."""
    said = at(mina)("alert", "submit", draft.number)
    assert said.code == 1
    assert said.err.count("  - ") == len(FACTS)
    refusal = at(mina)("alert", "submit", draft.number, "--json").refusal
    assert refusal["code"] == "alerts.not_ready"
    assert {cause["code"] for cause in refusal["facts"]["causes"]} == {"alerts.fact_missing"}


def test_returning_and_rejecting_need_a_reason(pending, kenji, at):
    """Without one the command is not understood; with one the author reads it."""
    assert at(kenji)("alert", "return", pending.number).code == 2
    said = at(kenji)("alert", "return", pending.number, "--reason", "Which lots?")
    assert said.code == 0
    assert "Which lots?" in said.out


def test_broken_glass_waits_for_review(pending, mina, kenji, at):
    """Broken with a reason, listed, reviewed by an office, gone from the list."""
    broken = at(mina)("alert", "break-glass", pending.number, "--reason", "Nobody answers at night")
    assert broken.code == 0
    assert "Nobody answers" in at(kenji)("alert", "review").out
    assert at(kenji)("alert", "review", pending.number, "--word", "Right").code == 0
    assert at(kenji)("alert", "review").code == 5


def test_drill_and_real_look_different(mina, at):
    """The mode stands first, and the real thing shouts."""
    drill = at(mina)("alert", "compose", "recall", "--mode", "drill")
    real = at(mina)("alert", "compose", "recall", "--mode", "real")
    assert drill.out.startswith("drill · ")
    assert real.out.startswith("*** REAL *** · ")


def test_a_title_cannot_steer_the_terminal(mina, at):
    """What one operator typed is shown to another as text."""
    said = at(mina)(
        "alert", "compose", "recall", "--mode", "drill", "--title", "\x1b]0;x\x07\u202e"
    )
    assert "\x1b" not in said.out
    assert "\u202e" not in said.out
    shown = at(mina)("alert", "list")
    assert "\\u001b" in shown.out


WRONG = [
    (("alert", "show", "4711"), 1, "alerts.unknown"),
    (("alert", "compose", "flood", "--mode", "drill"), 1, "alerts.unknown_scenario"),
    (("alert", "compose", "recall", "--mode", "test"), 1, "alerts.unknown_mode"),
    (("alert", "compose", "recall", "--mode", "drill", "--segment", "region ="), 1, "contacts.segment_end"),
    (("alert", "compose", "recall", "--mode", "drill", "--segment", "@none"), 1, "cli.no_segment"),
    (("alert", "compose", "recall", "--mode", "drill", "--region", "BR"), 3, "operators.not_allowed"),
    (("alert", "compose", "recall", "--mode", "drill", "--region", "XX"), 1, "contacts.region_unknown"),
    (("alert", "compose", "recall", "--mode", "drill", "--expires-after", "2 days"), 1, "wording.fact_unreadable"),
]  # fmt: skip


@pytest.mark.parametrize(("command", "code", "what"), WRONG)
def test_each_wrong_word_has_its_sentence_and_code(mina, at, command, code, what):
    """As a sentence for people and as JSON for scripts; nothing was made."""
    for_people = at(mina)(*command)
    assert for_people.code == code
    assert for_people.err.strip()
    assert "Traceback" not in for_people.err
    refusal = at(mina)(*command, "--json").refusal
    assert (refusal["code"], refusal["exit"]) == (what, code)
    assert what not in refusal["sentence"]  # a sentence, not the bare code
    assert not Alert.objects.exists()


def test_an_unknown_language_is_answered_in_english(mina, at):
    """A terminal that speaks something else still gets a sentence."""
    said = at(mina)("alert", "show", "4711", DISPATCHER_LANG="xx-unknown")
    assert "4711" in said.err


def test_a_preview_as_json_is_one_document(ready, mina, at):
    """Everything that the terminal shows is there for a script."""
    said = at(mina)("alert", "preview", ready.number, "--json")
    document = json.loads(said.out)
    assert {"reachable", "told", "untold", "examples", "causes", "findings"} <= set(document)
    assert document["reachable"]["outside_scope"] == 0  # two: fewer than ten are not told


def test_a_wrong_fact_is_traced_and_corrected(at, approved, mina):
    """Nothing left yet: nothing is wrong; what has left is named, and a correction drafted."""
    number = approved.number
    launched = at(mina)("alert", "launch", number, "--confirm", "DRILL")
    assert launched.code == 0, launched.err
    wrong = ("alert", "drift", number, "line", "+442079460111")
    assert at(mina)(*wrong).code == 5
    spread("routine")
    for batch in entries.claim("routine", people=100):
        entries.advance([(batch, batch.size)])
        taken = [Fact(i, Outcome.taken("X"), "twilio") for i in range(batch.size)]
        entries.record([Window(batch, taken)])
    told = at(mina)(*wrong, "--json").json
    assert (told["people"], len(told["wrong"])) == (3, 3)
    made = at(mina)(*wrong, "--correct", "--source", "Call centre", "--json").json["correction"]
    assert (made["part"], made["state"]) == ("correction", "draft")
