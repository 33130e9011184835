"""What is done about an unknown: ask, believe, send again, or give up. Pure.

Reasons and what was weighed: docs/decisions/0014-what-is-done-about-an-unknown.md.
"""

from dataclasses import dataclass
from datetime import timedelta

from dispatcher.ledger.facts import Rank, Verdict
from dispatcher.providers.base import Finding, Found, Match

LIFE_SAFETY = "life_safety"

PATIENCE = 5.0
"""Seconds between the first two questions; doubled with each further one, up to LONGEST."""
LONGEST = 60.0
"""Seconds between two questions, unless the carrier asks for more."""
SHORT_WAIT = 15.0
"""Seconds after which what lives hang on goes again though the carrier cannot be asked, or denies
it too early to be believed. The question begins when the request has timed out (6 s) or the lease
has run out (10 s), so that the first try is surely over; most receipts have come (within two
seconds, as a rule); and the carrier has been asked after 5, 10 and 15 s: a list that is 10 s behind
is not overtaken."""
RISKS = 2
"""Times that a message goes again though somebody may have it, so that there are three copies at
most. Where three in a row end in the same silence, a fourth would, too."""
REPEATS = 5
"""Times that a push goes again on purpose: with the growing pause they last for about a minute."""
DOUBLINGS = 8
"""A denial is believed after `settles`, and after twice as long with each time that the message has
gone again: a list that was behind for the first copy is so for the second. Even if it stands still
for six hours, a person gets nine copies and not three hundred and sixty."""
WORTH = 900.0
"""Seconds for which a carrier that does not answer is asked about a dispatch that is over."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """An attempt of which nobody knows whether the carrier has it."""

    severity: str
    """life_safety, urgent or routine."""
    age: float
    """Seconds since it is unknown."""
    settles: timedelta
    """How long the carrier takes until its "none" may be believed, or its receipts have come."""
    repeatable: bool
    """The device shows a second copy as the same."""
    over: bool
    """The dispatch was stopped or has expired."""
    spent: bool
    """It may not go again for another reason: somebody may have an earlier attempt, or there have
    been too many."""
    asks: int = 1
    """This question included."""
    repeats: int = 0
    """Times that the message has gone again."""

    def settled_at(self, found: Found) -> float:
        """The age from which an answer like this stands."""
        doubled = 0 if found.kind is Finding.CANNOT else min(self.repeats, DOUBLINGS)
        return self.settles.total_seconds() * 2.0**doubled


@dataclass(frozen=True, slots=True)
class Ask:
    """Nothing yet: ask again after so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Taken:
    """The carrier has it: once (TAKEN, with its id) or several times (MANY)."""

    verdict: Verdict
    rank: Rank
    carrier_id: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Again:
    """It goes again: RESENT, REPEATED or RISKED."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class GiveUp:
    """It stays unknown, on the record: GIVEN_UP or EXPIRED."""

    verdict: Verdict


Decision = Ask | Taken | Again | GiveUp


def decide(unknown: Unknown, found: Found) -> Decision:
    """What the carrier's answer, the severity and the time together come to."""
    if found.kind in (Finding.ONE, Finding.MANY):
        return _taken(found)
    settled = unknown.age >= unknown.settled_at(found)
    if unknown.over or unknown.spent:
        return _stays(unknown, found, settled=settled)
    why = _why_again(unknown, found, settled=settled)
    if why is not None:
        return Again(why)
    if settled and found.kind is Finding.CANNOT:
        return GiveUp(Verdict.GIVEN_UP)
    return _ask(unknown, found)


def _why_again(unknown: Unknown, found: Found, *, settled: bool) -> Verdict | None:
    """On purpose, because the carrier denies it, or twice rather than never; None: not (yet)."""
    if unknown.repeatable:
        return Verdict.REPEATED if unknown.repeats < REPEATS else None
    if settled and found.kind is Finding.NONE:
        return Verdict.RESENT
    waited = settled if found.kind is Finding.CANNOT else unknown.age >= SHORT_WAIT
    dares = unknown.severity == LIFE_SAFETY and unknown.repeats < RISKS
    return Verdict.RISKED if waited and dares else None


def _taken(found: Found) -> Taken:
    """Of many the one that came furthest: which is ours cannot be told."""
    best = max(found.matches, key=_nearness)
    if found.kind is Finding.ONE:
        return Taken(Verdict.TAKEN, best.rank, best.carrier_id, best.code)
    return Taken(Verdict.MANY, best.rank, code=best.code)


def _nearness(match: Match) -> int:
    """A message that failed is further from its reader than one that is on its way."""
    return 0 if match.rank is Rank.FAILED else int(match.rank)


def _stays(unknown: Unknown, found: Found, *, settled: bool) -> Decision:
    """It will not go again: asked for as long as an answer may come, for the books' sake."""
    worth = WORTH if found.kind is Finding.LATER else 0.0
    if settled and unknown.age >= worth:
        return GiveUp(Verdict.EXPIRED if unknown.over else Verdict.GIVEN_UP)
    return _ask(unknown, found)


def _ask(unknown: Unknown, found: Found) -> Ask:
    """Later and later, but not past the moment at which something would be decided."""
    wait = min(PATIENCE * 2.0 ** min(unknown.asks - 1, 10), LONGEST)
    turns = (SHORT_WAIT, unknown.settled_at(found), WORTH)
    ahead = [turn - unknown.age for turn in turns if turn > unknown.age]
    return Ask(max(min([max(wait, found.seconds), *ahead]), 1.0))
