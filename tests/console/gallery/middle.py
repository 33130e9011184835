"""The steps in whose middle a line is lost, a session ends, or a second tab was first."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from itertools import count
from typing import Any

from contacts import uploads
from contacts.models import Upload
from dispatcher.alerts import approve, compose, launch
from dispatcher.alerts.models import Alert
from dispatcher.ledger.models import Dispatch
from dispatcher.operators.models import JournalEntry
from dispatcher.wording.models import WordingVersion
from tests.alerts.conftest import tell_facts
from tests.console.gallery.town import NEVER_QUIET, Town

NUMBERS = count(1)
TEXT = "recall.update.retailer"


@dataclass(frozen=True, slots=True)
class Step:
    """Something that a person does on one page: made anew for each test."""

    who: str
    path: str
    button: str
    done: Callable[[], int]
    """How often it has been done."""
    typed: tuple[tuple[str, str], ...] = ()
    """(control, text) as it is filled in."""
    other: tuple[tuple[str, str], ...] = ()
    """What a second tab says instead."""
    told: str = ""
    """What the page of the second tab shows of the first one's deed."""

    def fill(self, page: Any, *, other: bool = False) -> None:
        """Type it."""
        for control, text in self.other if other else self.typed:
            if text in {"check", "uncheck"}:
                getattr(page, text)(control)
            elif text.startswith("/"):
                page.set_input_files(control, {"name": "people.csv", "mimeType": "text/csv",
                                               "buffer": b"reference,name\nQ-1,Q\n"})  # fmt: skip
            else:
                page.fill(control, text)

    def kept(self, page: Any) -> list[str]:
        """What of it is no longer in the page."""
        wrong = []
        for control, text in self.typed:
            found = page.locator(control)
            if text in {"check", "uncheck"}:
                right = found.is_checked() == (text == "check")
            else:
                right = text.startswith("/") or found.input_value() == text
            if not right:
                wrong.append(control)
        return wrong


def _said(alert: Alert, what: str) -> Callable[[], int]:
    held = JournalEntry.objects.filter(about=f"alert:{alert.pk}", what=what)
    before = held.count()
    return lambda: held.count() - before


def _draft(town: Town, *, ready: bool = False) -> Alert:
    mina = town.users["mina"]
    alert = compose.compose(
        "recall", by=mina, mode="drill", title=f"Middle {next(NUMBERS)}", segment="everyone",
        override_quiet=NEVER_QUIET,
    )  # fmt: skip
    if ready:
        tell_facts(alert, by=mina)
    return alert


def _pending(town: Town) -> Alert:
    return approve.submit(_draft(town, ready=True), by=town.users["mina"])


def _approved(town: Town) -> Alert:
    alert = _pending(town)
    approve.approve(alert, by=town.users["kenji"])
    return approve.approve(alert, by=town.users["leila"], office="counsel")


def _launched(town: Town) -> tuple[Alert, Dispatch]:
    alert = _approved(town)
    return alert, launch.launch(alert, by=town.users["mina"], confirm="DRILL")


def begin(_: Town) -> Step:
    title = f"Begun {next(NUMBERS)}"
    made = Alert.objects.filter(title=title)
    typed = (("input[value=recall]", "check"), ("input[value=drill]", "check"))
    return Step("mina", "/alerts/new/", "button.primary", made.count,
                (*typed, ("input[name=title]", title)))  # fmt: skip


def facts(town: Town) -> Step:
    alert = _draft(town)
    where = "[name='value:product~~']"
    return Step("mina", f"/alerts/{alert.pk}/facts/", ".onward button[value=save], .onward .primary",
                _said(alert, "alerts.fact_set"), ((where, "Morning Oats 500 g"),),
                ((where, "Evening Oats"),), "Morning Oats 500 g")  # fmt: skip


def audience(town: Town) -> Step:
    alert = _draft(town)
    typed = (("#id_everybody", "uncheck"), ("input[name=role][value=employee]", "check"))
    other = (("#id_everybody", "uncheck"), ("input[name=role][value=retailer]", "check"))
    return Step("mina", f"/alerts/{alert.pk}/audience/", ".onward .primary",
                _said(alert, "alerts.audience_set"), typed, other, "role = employee")  # fmt: skip


def how(town: Town) -> Step:
    alert = _draft(town)
    return Step("mina", f"/alerts/{alert.pk}/how/", ".onward .primary",
                _said(alert, "alerts.choices_set"), (("input[name=expires]", "7"),),
                (("input[name=expires]", "9"),), "مینا رحیمی")  # fmt: skip


def submit(town: Town) -> Step:
    alert = _draft(town, ready=True)
    return Step("mina", f"/alerts/{alert.pk}/check/?whole=1", ".submit .primary",
                _said(alert, "alerts.submitted"))  # fmt: skip


def approval(town: Town) -> Step:
    alert = _pending(town)
    return Step("kenji", f"/alerts/{alert.pk}/", "#decide button.primary",
                _said(alert, "alerts.approved"))  # fmt: skip


def sending_back(town: Town) -> Step:
    alert = _pending(town)
    reason = "textarea[name=reason], input[name=reason]"
    return Step("kenji", f"/alerts/{alert.pk}/return", "main form .primary",
                _said(alert, "alerts.returned"), ((reason, "Name the hazard, please."),),
                ((reason, "Another reason altogether"),))  # fmt: skip


def launching(town: Town) -> Step:
    alert = _approved(town)
    made = Dispatch.objects.filter(alert_ref=f"alert:{alert.pk}")
    typed = (("input[name=confirm]", "DRILL"),)
    return Step(
        "mina", f"/alerts/{alert.pk}/launch", "main form .primary", made.count, typed, typed
    )


def pause(town: Town) -> Step:
    alert, made = _launched(town)
    return Step("mina", f"/dispatches/{made.pk}/", ".when-running button",
                _said(alert, "alerts.paused"))  # fmt: skip


def stop(town: Town) -> Step:
    alert, made = _launched(town)
    return Step("mina", f"/dispatches/{made.pk}/stop", "button.danger",
                _said(alert, "alerts.stopped"), (("input[name=reason]", "The wrong lots"),),
                (("input[name=reason]", "Another reason"),))  # fmt: skip


def file(_: Town) -> Step:
    held = Upload.objects.filter(by="ingrid.dahl", file_name="people.csv")
    before = held.count()
    return Step("ingrid", "/people/import/", "main form .primary", lambda: held.count() - before,
                (("input[type=file]", "/people.csv"),))  # fmt: skip


def columns(_: Town) -> Step:
    """From what the columns are to the check."""
    content = b"reference,name,thing\nC-1,C,x\n"
    pk = uploads.keep(BytesIO(content), by="ingrid.dahl", file_name=f"{next(NUMBERS)}.csv")
    moved = Upload.objects.filter(pk=pk).exclude(state="mapping")
    return Step("ingrid", f"/people/import/{pk}/", "main form .primary", moved.count,
                (("input[name=country]", "DE"),))  # fmt: skip


def desk(_: Town) -> Step:
    held = WordingVersion.objects.filter(
        wording__template__key=TEXT, wording__template__channel="sms", wording__locale="fa"
    )
    text = str(held.latest("pk").fields["text"])
    before = held.count()
    box, n = "textarea[name=f_text], textarea[name=text]", next(NUMBERS)
    return Step("omid", f"/words/text/{TEXT}/sms/fa/", "#save", lambda: held.count() - before,
                ((box, f"{text} الف{n}"),), ((box, f"{text} ب{n}"),), f"الف{n}")  # fmt: skip


STEPS = (begin, facts, audience, how, submit, approval, sending_back, launching, pause, stop, file,
         columns, desk)  # fmt: skip


@contextmanager
def answer_lost(page: Any) -> Iterator[None]:
    """The next form arrives at the server; its answer does not arrive here."""

    def lose(route: Any) -> None:
        if route.request.method == "POST" and "text/html" in route.request.headers.get(
            "accept", ""
        ):
            route.fetch(max_redirects=0)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/*", lose)
    yield
    page.unroute("**/*", lose)
