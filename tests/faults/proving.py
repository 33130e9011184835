"""The proving ground: launch to everybody, do harm meanwhile, wait for the end, examine."""

import contextlib
import importlib.util
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import psycopg

from tests.faults import examiner
from tests.faults.carrier import Accepted, Oracle
from tests.faults.examiner import Findings
from tests.faults.tree import Tree, until

WHERE = {"real": ("sms", "email", "fcm"), "drill": ("sms", "email", "fcm", "browser")}
"""Mode -> the kinds of people that it can reach here: the oracle's browsers take drills only."""
SETTLING = 120.0
"""Seconds that the ledger's clock is moved on when only open questions are left: carriers are asked
after a settling time, and nobody waits for it here."""
AUDITED = 4
"""Launches whose books are proven at the end of each: its own, and some on which receipts still come."""
RECONCILES = importlib.util.find_spec("dispatcher.tracking.reconcile") is not None


class Ground:
    """A running installation with people in it, and what it has sent so far."""

    def __init__(self, tree: Tree, *, people: Mapping[str, int], seed: int) -> None:
        self.tree = tree
        self.people = dict(people)
        self.dice = random.Random(seed)
        self.dispatches: list[int] = []
        self.known: set[str] = set()
        """What carriers may call the messages of all launches that were examined."""
        at = tree.oracles["drill"]
        tree.desk("register", people=self.people, browsers_at=at.url, seed=at.seed)
        for oracle in tree.oracles.values():
            oracle.behave()

    def phones(self) -> list[str]:
        """Everybody's number, in an order of its own."""
        told = self.tree.rows.ask(
            "select key from contacts_address where channel = 'sms' order by id"
        )
        return [phone for (phone,) in told]

    def run(self, *, mode: str = "real", kinds: Sequence[str] = ()) -> "Run":
        """Launch to all people of these kinds, with eight hands on the button."""
        kinds = kinds or WHERE[mode]
        alert = self.tree.desk("prepare", mode=mode, segment=f"tag in ({', '.join(kinds)})")
        before = len(self.tree.oracles[mode].accepted())
        told = self.tree.desk("click", alert=alert)
        assert len(told) == 1, f"eight clicks made {len(told)} dispatches"
        self.dispatches += told
        self.tree.desk("watch", dispatch=told[0])
        n = sum(self.people[kind] for kind in kinds)
        return Run(self, self.tree.oracles[mode], told[0], n, before)


@dataclass(slots=True)
class Proof:
    """What was seen of one run."""

    found: Findings
    standstill: float = 0.0
    """Seconds; the longest after any kill. 0 when nobody was killed while work waited."""
    audits: int = 0
    open: int = 0
    """Questions that nobody had answered when we stopped waiting."""
    seconds: float = 0.0


@dataclass(slots=True)
class Run:
    """One launch under fault."""

    ground: Ground
    oracle: Oracle
    dispatch: int
    people: int
    before: int
    """Messages that the carriers had taken when it was launched."""
    began: float = field(default_factory=time.time)
    kills: list[float] = field(default_factory=list)

    def accepted(self) -> list[Accepted]:
        """All that the carriers took since the launch."""
        return self.oracle.accepted()[self.before :]

    def reach(self, share: float, *, within: float = 60.0) -> None:
        """Wait until the carriers have taken this share of the launch."""
        wanted = share * self.people
        until(
            lambda: len(self.accepted()) >= wanted,
            within=within,
            what=f"{share:.0%} sent",
            every=0.02,
        )

    def harm(self, do: Callable[[], object]) -> None:
        """Do it now, and note when: work that waits must move again within 15 s."""
        self.kills.append(time.time())
        do()

    def moments(self, many: int, *, most: float = 0.7) -> list[float]:
        """So many random shares of the launch, growing: when to do harm."""
        return sorted(self.ground.dice.uniform(0.05, most) for _ in range(many))

    def settle(self, *, within: float = 90.0) -> int:
        """Wait until nothing waits or is in flight; the questions that are left."""
        left = [(1, 1, 0)]

        def quiet() -> bool:
            with contextlib.suppress(psycopg.Error):  # the database may be the one that is ill
                left[0] = self.ground.tree.rows.unsettled([self.dispatch])
                return left[0][:2] == (0, 0)
            return False

        until(quiet, within=within, what=f"the launch is carried out: {left}", every=0.2)
        return left[0][2]

    def answered(self, *, within: float = 40.0) -> int:
        """Let the settling time pass until all unknowns are dealt with; those that stay open."""
        end = time.monotonic() + within
        questions = self.settle()
        while questions and RECONCILES and time.monotonic() < end:
            self.ground.tree.rows.shift_clock(SETTLING)
            pause = time.monotonic() + 4
            while questions and time.monotonic() < pause:
                time.sleep(0.3)
                questions = self.settle()
        return questions

    def proof(self, *, within: float = 90.0) -> Proof:
        """Wait for the end and examine; nothing is asserted."""
        tree = self.ground.tree
        self.settle(within=within)
        tree.whole()
        questions = self.answered()
        seconds = time.time() - self.began
        rows = tree.rows.targeted([self.dispatch])
        journal = self.accepted()
        found = examiner.examine(rows, journal, people=self.people)
        audits, off = tree.desk("watched_enough", dispatch=self.dispatch)
        found.breaches += off + tree.desk("audit", dispatches=self.ground.dispatches[-AUDITED:])
        found.breaches += [f"fell: {one}" for one in tree.rows.fallen()]
        self.ground.known |= examiner.names(rows).keys()
        if strays := [one for one in journal if one.delivery not in self.ground.known]:
            found.breaches.append(f"{len(strays)} messages belong to no row: {strays[:3]}")
        return Proof(found, self._standstill(rows), audits, questions, seconds)

    def _standstill(self, rows: Sequence[examiner.Row]) -> float:
        """Over first attempts: what goes again waits for its due time, not for us."""
        ours = examiner.names(rows)
        first = [one.at for one in self.accepted() if one.attempt < 2 and one.delivery in ours]
        return examiner.standstill(self.kills, first)

    def proven(self, *, within: float = 90.0) -> Proof:
        """Wait for the end, examine, and hold it against the law."""
        proof = self.proof(within=within)
        assert not proof.found.breaches, "\n".join(proof.found.breaches[:8])
        assert proof.audits, "nobody looked at the books meanwhile"
        assert self.ground.tree.living()
        return proof
