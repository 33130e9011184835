"""The operators' desk, a process of its own on the installation's database.

They register people, approve alerts, click on launch with eight hands, and prove the books.

Reads a command a line as JSON from its input and answers each with a line. What goes wrong is an
answer too: while the database is away an operator sees an error, and clicks again.
"""

import csv
import io
import itertools
import json
import os
import queue
import sys
import threading
import time
import unicodedata
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dispatcher.conf.settings")
django.setup()

from django.db import Error, close_old_connections, connections  # noqa: E402  # after the set-up

from contacts import importing  # noqa: E402
from contacts.reach import Scope  # noqa: E402
from contacts.samples.people import HEADINGS, Row, make  # noqa: E402
from dispatcher.alerts import approve, compose, launch  # noqa: E402
from dispatcher.alerts.models import Alert  # noqa: E402
from dispatcher.cli import story  # noqa: E402
from dispatcher.ledger import tally  # noqa: E402
from dispatcher.ledger.models import Dispatch  # noqa: E402
from dispatcher.operators.models import User  # noqa: E402
from dispatcher.sandbox.subscriptions import subscription  # noqa: E402
from dispatcher.wording.models import WordingVersion  # noqa: E402

HANDS = 8
"""Threads that click on the same launch at the same moment."""
LOOK = 0.4
"""Seconds between two proofs of the books."""
LETTERS_ONLY = {"point_of_sale", "media"}
"""Roles whom the scenario tells by e-mail alone; with a telephone only they would be left out."""
COLUMNS = {"sms": "phone", "email": "email", "fcm": "push", "browser": "push"}


class Desk:
    """Everybody who works here; made by the first command."""

    def __init__(self) -> None:
        self.players: story.Cast | None = None
        self.numbers = itertools.count(1)
        self.wanted: list[tuple[str, str]] = []
        self.stock: dict[tuple[str, str], queue.SimpleQueue[int]] = {}
        self.watched: dict[int, tuple[int, list[str]]] = {}

    @property
    def cast(self) -> story.Cast:
        if self.players is None:
            self.players = story.cast()
            _vouch(self.cast.keeper)
        return self.players

    def register(self, *, people: Mapping[str, int], browsers_at: str, seed: int) -> int:
        """So many people of each kind, each reachable in one way, tagged with it; the count."""
        sheet = io.StringIO(newline="")
        writer = csv.DictWriter(sheet, HEADINGS)
        writer.writeheader()
        writer.writerows(_rows(people, browsers_at=browsers_at, seed=seed))
        done = importing.import_file(
            io.BytesIO(sheet.getvalue().encode()),
            by=self.cast.keeper.username,
            scope=Scope(("001",)),
            file_name="people.csv",
        )
        assert done.applied, (done.code, done.by_code)
        assert done.created == sum(people.values())
        return done.created

    def prepare(self, *, mode: str, segment: str) -> int:
        """An approved update of a recall that awaits its launch; no two have the same words.

        From the second of a kind on it comes from the stock, which is filled meanwhile.
        """
        shelf = self.stock.setdefault((mode, segment), queue.SimpleQueue())
        if shelf.empty() and (mode, segment) not in self.wanted:
            self.wanted.append((mode, segment))
            return self._approved(mode=mode, segment=segment)
        return shelf.get(timeout=60)

    def fill(self) -> None:
        """Keep one alert of each kind that was ever asked for in stock."""
        while True:
            time.sleep(0.1)
            for mode, segment in list(self.wanted):
                if self.stock[mode, segment].empty():
                    try:
                        self.stock[mode, segment].put(self._approved(mode=mode, segment=segment))
                    except Error:
                        connections.close_all()

    def _approved(self, *, mode: str, segment: str) -> int:
        mina = self.cast.author
        number = next(self.numbers)
        alert = compose.compose(
            "recall", by=mina, mode=mode, part="update", title="A fault", segment=segment
        )
        for name, value in _facts(number).items():
            compose.set_fact(alert, by=mina, name=name, value=value)
            compose.verify_fact(alert, by=mina, name=name, source="invented")
        approve.submit(alert, by=mina)
        for officer in self.cast.offices:
            approve.approve(alert, by=officer)
        return int(alert.pk)

    def click(self, *, alert: int) -> list[int]:
        """Eight hands launch it at once; the dispatches that they were told (there must be one)."""
        begin = threading.Barrier(HANDS)
        author = self.cast.author

        def hand(_: int) -> int | Error:
            try:
                begin.wait(20)
                return _launch(alert, by=author)
            except Error as error:
                return error
            finally:
                connections.close_all()

        with ThreadPoolExecutor(HANDS) as hands:
            told = list(hands.map(hand, range(HANDS)))
        found = {one for one in told if isinstance(one, int)}
        if not found:
            raise next(one for one in told if isinstance(one, Error))
        return sorted(found)

    def watch(self, *, dispatch: int) -> None:
        """Prove its books again and again from now on."""
        self.watched[dispatch] = (0, [])

    def watched_enough(self, *, dispatch: int) -> tuple[int, list[str]]:
        """How often its books were proven, and on what they disagreed with the rows."""
        return self.watched.pop(dispatch)

    def audit(self, *, dispatches: list[int]) -> list[str]:
        """Cells on which books and rows disagree, as text."""
        return [told for one in dispatches for told in _off(one)]

    def look(self) -> None:
        """Prove, over and over; a database that is away is no breach."""
        while True:
            time.sleep(LOOK)
            for dispatch, (audits, breaches) in list(self.watched.items()):
                try:
                    off = _off(dispatch)
                except Error:
                    connections.close_all()
                    continue
                if dispatch in self.watched:
                    self.watched[dispatch] = (audits + 1, breaches + off)


def _vouch(user: User) -> None:
    """A real alert needs a named person's word for each text; here one person's for all."""
    WordingVersion.objects.filter(state="accepted").update(voucher_id=user.pk)


def _launch(alert: int, *, by: User) -> int:
    wanted = Alert.objects.get(pk=alert)
    dispatch: Dispatch = launch.launch(wanted, by=by, confirm=launch.words(wanted))
    return int(dispatch.id)


def _off(dispatch: int) -> list[str]:
    return [f"dispatch {dispatch}: books {a}, rows {b}" for a, b in tally.audit(dispatch)]


def _rows(people: Mapping[str, int], *, browsers_at: str, seed: int) -> Iterator[Row]:
    """The samples' mix of places, languages and roles; nobody shares an address or opted out."""
    kept = ("name", "roles", "region", "languages", "culture", "time_zone")
    browser = iter(range(10**6))
    seen = set[str]()
    for kind, many in people.items():
        column, left = COLUMNS[kind], many
        made = make(
            20 * many + 200, subscribe=lambda _: subscription(next(browser), browsers_at, seed)
        )
        for row in made:
            if not left:
                break
            if kind != "email" and LETTERS_ONLY & set(row["roles"].split("; ")):
                continue
            if not _fits(kind, row[column], seen):
                continue
            left -= 1
            own = {"reference": f"{kind}-{left}", "tags": kind, column: row[column]}
            yield dict.fromkeys(HEADINGS, "") | {name: row[name] for name in kept} | own
        assert not left, f"too few {kind}"


def _fits(kind: str, address: str, seen: set[str]) -> bool:
    """Whether the address is there, of this kind, and new; digits of all scripts are alike."""
    plain = "".join(str(unicodedata.digit(sign, sign)) for sign in address)
    subscribed = plain.startswith("{")
    if not plain or plain in seen or subscribed != (kind == "browser"):
        return False
    seen.add(plain)
    return True


def _facts(number: int) -> dict[str, str]:
    """What a recall's update says, the same for everybody; two of them no other launch has."""
    day = datetime.now(UTC).date()
    return {
        "organisation": "Global Foods",
        "product": "Almond Butter 350 g",
        "hazard": "Salmonella",
        "lots": '["L2643A", "L2643B"]',
        "line": "+12025550143",
        "staff_line": "+12025550144",
        "press_line": "+12025550145",
        "press_mail": "press@example.com",
        "mail": "recall@example.com",
        "staff_mail": "staff@example.com",
        "info": f"https://example.com/recall/{number}",
        "identify": f"https://example.com/recall/{number}/pack",
        "refund_until": str(day + timedelta(days=60)),
        "next_update": datetime.now(UTC).replace(microsecond=0).isoformat(),
        "reports": str(1000 + number),
        "returned": "48000",
    }


def main() -> None:
    """Answer commands until the input ends."""
    desk = Desk()
    for chore in (desk.look, desk.fill):
        threading.Thread(target=chore, daemon=True).start()
    for line in sys.stdin:
        told = json.loads(line)
        close_old_connections()
        try:
            answer = {"told": getattr(desk, told.pop("do"))(**told)}
        except Error as error:
            connections.close_all()
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
