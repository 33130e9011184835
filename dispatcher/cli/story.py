"""The demo's story: a registry of invented people, a mock recall, the wait for the receipts.

Run by `demo` as a process of its own, with the environment of the running installation.
"""

import csv
import io
import os
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_urlsafe
from typing import Annotated, Any

import django
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dispatcher.conf.settings")
django.setup()

from django.utils.translation import gettext as _  # noqa: E402  # Django must be set up first

from contacts import importing  # noqa: E402
from contacts.reach import Scope  # noqa: E402
from contacts.samples.people import HEADINGS, make  # noqa: E402
from dispatcher.alerts import approve, compose, launch  # noqa: E402
from dispatcher.alerts.models import Alert  # noqa: E402
from dispatcher.ledger import entries, tally  # noqa: E402
from dispatcher.ledger.models import Dispatch  # noqa: E402
from dispatcher.operators import keys, roster  # noqa: E402
from dispatcher.operators.models import User  # noqa: E402
from dispatcher.operators.roles import Role  # noqa: E402
from dispatcher.reports.after_action import report  # noqa: E402
from dispatcher.reports.terminal import lines  # noqa: E402
from dispatcher.reports.words import FIGURES  # noqa: E402
from dispatcher.sandbox.subscriptions import subscription  # noqa: E402
from dispatcher.wording import bidi  # noqa: E402

SCRIPT = Path(__file__).with_suffix(".toml")
PATIENCE = 75.0
"""Seconds to wait for receipts; what is out by then is shown as it stands."""
QUIET = 4.0
"""Seconds without any change after which nothing more is expected: push has no receipts."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts in the story, and who looks on; all invented."""

    admin: User
    author: User
    offices: tuple[User, ...]
    translator: User
    keeper: User
    viewer: User

    def parts(self) -> Iterator[tuple[User, str]]:
        """Each with the part that they play, in the order of the story."""
        ceo, counsel = self.offices
        yield self.author, _("leads communications")
        yield self.translator, _("translates into Persian and Arabic")
        yield ceo, _("chief executive")
        yield counsel, _("legal counsel")
        yield self.keeper, _("keeps the registry")
        yield self.viewer, _("looks on")
        yield self.admin, _("administrator")


def cast() -> Cast:
    """The operators, each with the role that the story needs."""
    sofie = roster.add_first("sofie.lind", name="Sofie Lind", language="en")

    def player(username: str, name: str, language: str, role: Role, *vouched: str) -> User:
        user = roster.add(username, by=sofie, name=name, language=language)
        roster.grant(user, role, over=["001"], by=sofie, languages=vouched)
        return user

    mina = player("mina.rahimi", "مینا رحیمی", "fa", Role.AUTHOR)
    offices = []
    for username, name, office, language in (
        ("kenji.watanabe", "渡辺 健二", "ceo", "ja"),
        ("leila.haddad", "ليلى حداد", "counsel", "ar"),
    ):
        user = player(username, name, language, Role.APPROVER)
        roster.appoint(user, roster.Seat(office), by=sofie)
        offices.append(user)
    return Cast(
        admin=sofie,
        author=mina,
        offices=tuple(offices),
        translator=player("dara.navidi", "دارا نویدی", "fa", Role.TRANSLATOR, "fa", "ar"),
        keeper=player("tomas.reyes", "Tomás Reyes", "es", Role.REGISTRY_KEEPER),
        viewer=player("ana.souza", "Ana Souza", "pt-BR", Role.VIEWER),
    )


def ways_in(players: Cast, *, web: str) -> Iterator[str]:
    """A line for each of the cast: a link that signs in once, as long as the demo is looked at.

    For what asks again who one is they share a password: nobody in the story is real.
    """
    password = token_urlsafe(6)
    for user, part in players.parts():
        roster.set_password(user, password)
        link = keys.link(user, by=players.admin, lasts=timedelta(hours=24))
        yield f"  {bidi.isolated(user.name, 'ltr')} ({part})"
        yield f"    {web}/enter/{link.text}/"
    yield _("Where a page asks again who you are, the password of all is %(password)s") % {
        "password": password
    }


def registry(count: int, *, keeper: User, sandbox: str, progress: Progress) -> None:
    """So many invented people, through the same import that a spreadsheet takes."""
    task = progress.add_task(_("Reading the registry"), total=count)
    sheet = io.StringIO(newline="")
    writer = csv.DictWriter(sheet, HEADINGS)
    writer.writeheader()
    writer.writerows(make(count, subscribe=lambda number: subscription(number, sandbox)))
    done = importing.import_file(
        io.BytesIO(sheet.getvalue().encode()),
        by=keeper.username,
        scope=Scope(("001",)),
        file_name="people.csv",
        progress=lambda n: progress.update(task, completed=n),
    )
    progress.update(task, completed=done.rows)
    if not done.applied:
        raise SystemExit(_("The registry was refused: %(code)s") % {"code": done.code})


def facts(now: datetime) -> Iterator[tuple[str, str, str, str]]:
    """(name, value, region, language) of the mock recall; dates count from `now`."""
    script: Mapping[str, Any] = tomllib.loads(SCRIPT.read_text(encoding="utf-8"))
    day = now.date()
    plain = {
        "organisation": "Global Foods",
        "lots": '["L2643A", "L2643B"]',
        "mail": "recall@example.com",
        "staff_mail": "staff@example.com",
        "press_mail": "press@example.com",
        "stores": "1214",
        "sold_from": str(day - timedelta(days=38)),
        "sold_until": str(day - timedelta(days=3)),
        "refund_until": str(day + timedelta(days=60)),
        "next_update": (now + timedelta(hours=24)).replace(minute=0, second=0).isoformat(),
    }
    for name, value in plain.items():
        yield name, value, "", ""
    for name in ("product", "hazard"):
        for language, value in script[name].items():
            yield name, value, "", language
    for language in script["product"]:
        yield "info", f"https://example.com/recall/{language}", "", language
        yield "identify", f"https://example.com/recall/{language}/pack", "", language
    for name in ("line", "staff_line", "press_line"):
        for region, value in script[name].items():
            yield name, value, region, ""


def decide(players: Cast) -> Dispatch:
    """Compose, verify, ask, approve by both offices, launch: as it is done when it is real."""
    script = tomllib.loads(SCRIPT.read_text(encoding="utf-8"))
    mina = players.author
    alert = compose.compose(
        "recall", by=mina, mode=Alert.DRILL, title=script["title"], segment=script["segment"]
    )
    now = datetime.now(UTC).replace(microsecond=0)
    for name, value, region, language in facts(now):
        where = {"name": name, "region": region, "language": language}
        compose.set_fact(alert, by=mina, value=value, **where)
        compose.verify_fact(alert, by=mina, source=_("Quality department, drill file"), **where)
    approve.submit(alert, by=mina)
    for officer in players.offices:
        approve.approve(alert, by=officer)
    alert.refresh_from_db()
    return launch.launch(alert, by=mina, confirm=launch.words(alert))


def watch(dispatch: Dispatch, progress: Progress) -> None:
    """Bars that fill until nothing more is to come, or patience ends."""
    task = progress.add_task(_("Sending"), total=None)
    end, quiet_since, before = time.monotonic() + PATIENCE, time.monotonic(), dict[str, int]()
    while time.monotonic() < end:
        sums: Counter[str] = Counter()
        for cell in tally.books(dispatch.id):
            sums[cell.figure] += cell.n
        if sums != before:
            before, quiet_since = dict(sums), time.monotonic()
        out = sum(sums[figure] for figure in ("handed_over", "delivered", "failed", "unknown"))
        told = "  ".join(f"{FIGURES[name]} {n:,}" for name, n in sums.items() if n)
        progress.update(task, completed=out, total=sums.total() - sums["excluded"] or None)
        progress.update(task, description=f"{_('Sending')}  {told}")
        entries.finish()
        dispatch.refresh_from_db()
        # Those who have not answered will be asked again in some minutes: not the demo's to see.
        busy = sums["waiting"] + sums["in_flight"] + sums["unknown"]
        listed = dispatch.state != Dispatch.State.ENLISTING and not busy
        if listed and time.monotonic() - quiet_since > QUIET:
            return
        time.sleep(0.25)


def main(
    *,
    people: Annotated[int, typer.Option(help="Invented people.")],
    web: Annotated[str, typer.Option(help="The web process's address.")],
    sandbox: Annotated[str, typer.Option(help="The sandbox's address.")],
) -> None:
    """Play the story and print what came of it."""
    screen = Console()
    bars = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*bars, console=screen) as progress:
        players = cast()
        registry(people, keeper=players.keeper, sandbox=sandbox, progress=progress)
        dispatch = decide(players)
        watch(dispatch, progress)
    for line in lines(report(dispatch, scope=Scope.everything())):
        screen.print(line)
    screen.print()
    screen.print(_("Sign in as one of the cast; each link works once:"))
    for line in ways_in(players, web=web):
        screen.print(line, soft_wrap=True, highlight=False, markup=False)
    where = {"url": f"{web}/dispatches/{dispatch.id}/"}
    screen.print()
    screen.print(_("The report as a page:   %(url)s") % where)
    screen.print(_("The wall of phones:     %(url)s/") % {"url": sandbox})


if __name__ == "__main__":
    typer.run(main)
