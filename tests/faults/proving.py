"""The proving ground: launch to everybody, do harm meanwhile, wait for the end, examine."""

import contextlib
import random
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Self

import psycopg

from tests.faults import examiner
from tests.faults.carrier import Accepted, Oracle
from tests.faults.examiner import Findings
from tests.faults.processes import waited
from tests.faults.tree import Tree, until

WHERE = {"real": ("sms", "email", "fcm"), "drill": ("sms", "email", "fcm", "browser")}
"""Mode -> the kinds of people that it can reach here: the oracle's browsers take drills only."""
SETTLING = 120.0
"""Seconds by which the clocks are moved on when only open questions are left: carriers are asked
after a settling time, and nobody waits for it here."""
AUDITED = 4
"""Launches whose books are proven at the end of each: its own, and some on which receipts still come."""
PATIENCE = 300.0
"""Seconds after which we stop waiting. A limit for what hangs; what is timed is `standstill`."""


class Ground:
    """A running installation with people in it, and what it has sent so far."""

    def __init__(self, tree: Tree, *, people: Mapping[str, int], seed: int) -> None:
        self.tree = tree
        self.people = dict(people)
        self.dice = random.Random(seed)
        self.launched: dict[int, tuple[str, int]] = {}
        """Dispatch -> its mode, and how many people it meant."""
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

    def pass_time(self, seconds: float) -> None:
        """Hours pass: for the ledger, and for the carriers, whose lists bear times."""
        self.tree.rows.shift_clock(seconds)
        for oracle in self.tree.oracles.values():
            oracle.pass_time(seconds)

    def run(
        self,
        *,
        mode: str = "real",
        kinds: Sequence[str] = (),
        meanwhile: Callable[[], object] = lambda: None,
    ) -> "Run":
        """Launch to all people of these kinds, with eight hands on the button.

        `meanwhile` is done as they click; they click again until they are told.
        """
        kinds = kinds or WHERE[mode]
        alert = self.tree.desk("prepare", mode=mode, segment=f"tag in ({', '.join(kinds)})")
        before = len(self.tree.oracles[mode].accepted())
        with ThreadPoolExecutor(1) as other:
            clicks = other.submit(self.tree.desk, "click", alert=alert)
            meanwhile()
            told = clicks.result()
        assert len(told) == 1, f"eight clicks made {len(told)} dispatches"
        n = sum(self.people[kind] for kind in kinds)
        self.launched[told[0]] = (mode, n)
        self.tree.desk("watch", dispatch=told[0])
        return Run(self, self.tree.oracles[mode], told[0], n, before)

    def strays(self, run: "Run") -> list[Accepted]:
        """What the carriers took since the run's launch and no launch of ours has ever meant."""
        taken = run.accepted()
        known = examiner.names(self.tree.rows.targeted([run.dispatch])).keys()
        if all(one.delivery in known for one in taken):
            return []
        known = examiner.names(self.tree.rows.targeted(list(self.launched))).keys()
        return [one for one in taken if one.delivery not in known]

    def last_look(self) -> Findings:
        """Every launch once more, against all that the carriers ever took, and its books."""
        found = Findings()
        for dispatch, (mode, people) in self.launched.items():
            rows = self.tree.rows.targeted([dispatch])
            found += examiner.examine(rows, self.tree.oracles[mode].accepted(), people=people)
        found.breaches += self.tree.desk("audit", dispatches=list(self.launched))
        found.breaches += [f"fell: {one}" for one in self.tree.rows.fallen()]
        return found


@dataclass(slots=True)
class Proof:
    """What was seen of one run."""

    found: Findings
    standstill: float = 0.0
    """Seconds; the longest after any kill. 0 when nobody was killed while work waited."""
    busy: float = 0.0
    """The share of the run's time in which somebody on this machine waited for a processor."""
    audits: int = 0
    seconds: float = 0.0

    @property
    def allowed(self) -> float:
        """Seconds for which work may stand still: 15, and on a busy machine up to twice that.

        Where somebody always waits for a processor, all that we start takes twice its time, and
        more where several wait.
        """
        return examiner.STANDSTILL * (1 + self.busy)

    def __iadd__(self, other: "Proof") -> Self:
        self.found += other.found
        self.audits += other.audits
        return self


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
    waited: float = field(default_factory=waited)
    harms: int = 0
    """How often something was done to us, kills included."""
    kills: list[float] = field(default_factory=list)

    def accepted(self) -> list[Accepted]:
        """All that the carriers took since the launch."""
        return self.oracle.accepted()[self.before :]

    def reach(self, share: float) -> None:
        """Wait until the carriers have taken this share of the launch."""
        wanted = share * self.people
        until(
            lambda: len(self.accepted()) >= wanted,
            within=PATIENCE,
            what=lambda: f"{share:.0%} sent; {len(self.accepted())} of {self.people}",
            every=0.02,
        )

    def harm(self, do: Callable[[], object]) -> None:
        """Do it now, and note when: work that waits must move again within 15 s."""
        self.kills.append(time.time())
        self.harms += 1
        do()

    def moments(self, many: int, *, most: float = 0.7) -> list[float]:
        """So many random shares of the launch, growing: when to do harm."""
        return sorted(self.ground.dice.uniform(0.05, most) for _ in range(many))

    def settle(self) -> int:
        """Wait until nothing waits or is in flight; the questions that are left."""
        left = [(1, 1, 0)]

        def quiet() -> bool:
            with contextlib.suppress(psycopg.Error):  # the database may be the one that is ill
                left[0] = self.ground.tree.rows.unsettled([self.dispatch])
                return left[0][:2] == (0, 0)
            return False

        def what() -> str:
            return f"carried out; (enlisting, waiting, questions): {left[0]}"

        until(quiet, within=PATIENCE, what=what, every=0.2)
        return left[0][2]

    def answered(self) -> None:
        """Let the settling time pass until all questions are decided.

        First those receipts come that are on their way: they are free.
        """
        until(self._quiet, within=PATIENCE, what=lambda: "no receipt is on its way", every=0.3)
        end, questions = time.monotonic() + PATIENCE, self.settle()
        while questions and time.monotonic() < end:
            self.ground.pass_time(SETTLING)
            pause = time.monotonic() + 4
            while questions and time.monotonic() < pause:
                time.sleep(0.3)
                questions = self.settle()

    def _quiet(self) -> bool:
        return not self.oracle.receipts_waiting()

    def proof(self) -> Proof:
        """Wait for the end and examine; nothing is asserted."""
        tree = self.ground.tree
        self.settle()
        tree.whole()
        self.answered()
        seconds = time.time() - self.began
        busy = min(1.0, (waited() - self.waited) / seconds)
        rows = tree.rows.targeted([self.dispatch])
        found = examiner.examine(rows, self.accepted(), people=self.people)
        audits, off = tree.desk("watched_enough", dispatch=self.dispatch)
        found.breaches += off + tree.desk("audit", dispatches=list(self.ground.launched)[-AUDITED:])
        found.breaches += [f"fell: {one}" for one in tree.rows.fallen()]
        if n := found.seen["repeated by policy"]:  # what is urgent goes again when it was denied
            found.breaches.append(f"{n} were taken again, though the carrier's list was true")
        if n := found.seen["withdrawn"]:
            found.breaches.append(f"{n} were withdrawn, and nobody has stopped anything")
        if strays := self.ground.strays(self):
            found.breaches.append(f"{len(strays)} messages belong to no row: {strays[:3]}")
        return Proof(found, self._standstill(rows), busy, audits, seconds)

    def _standstill(self, rows: Sequence[examiner.Row]) -> float:
        """Over first attempts: what goes again waits for its due time, not for us."""
        ours = examiner.names(rows)
        first = [one.at for one in self.accepted() if one.attempt < 2 and one.delivery in ours]
        return examiner.standstill(self.kills, first)

    def hold(self, proof: Proof) -> Proof:
        """Hold what was seen against the law."""
        assert not proof.found.breaches, "\n".join(proof.found.breaches[:8])
        assert proof.audits, "nobody looked at the books meanwhile"
        assert self.ground.tree.living()
        if self.kills:
            assert proof.standstill, "all was sent before the harm was done: nothing is proven"
            told = f"{proof.standstill:.1f} s; busy for {proof.busy:.0%} of the time"
            assert proof.standstill <= proof.allowed, f"work stood still for {told}"
        return proof
