"""What a message goes through after it was taken: one step after another, each with its receipt."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dispatcher.sandbox.faults import Verdict


@dataclass(slots=True)
class Step:
    """One change of state, `at` seconds after acceptance; a lost one happens but is not told."""

    at: float
    word: str
    code: str = ""
    lost: bool = False
    nth: int = 0
    """The step's number in the undisturbed order: repeats share it."""


Told = Callable[[], None]
Act = Callable[[Step, Told], None]
"""Does one step and calls back when its receipt was answered, or when there was none."""


def plan(words: Sequence[tuple[float, str, str]], verdict: Verdict) -> list[Step]:
    """The steps of one message.

    Args:
        words: (share of the whole delay, the carrier's word, the carrier's code), in order.
        verdict: says how long the delay is and what happens to the receipts.
    """
    delay = 0.0 if verdict.first else verdict.delay
    steps = [
        Step(delay * share, word, code, nth=nth) for nth, (share, word, code) in enumerate(words)
    ]
    manners = verdict.behaviour
    if manners.lost or manners.reordered or manners.repeat > 1:
        return _disturbed(steps, verdict)
    return steps


def _disturbed(steps: list[Step], verdict: Verdict) -> list[Step]:
    manners = verdict.behaviour
    dice = random.Random(verdict.dice)
    for step in steps:
        step.lost = dice.random() < manners.lost
    repeated = [step for step in steps for _ in range(1 if step.lost else max(1, manners.repeat))]
    if dice.random() >= manners.reordered:
        return repeated
    times = [step.at for step in repeated]
    dice.shuffle(repeated)
    return [
        Step(at, step.word, step.code, step.lost, step.nth)
        for at, step in zip(times, repeated, strict=True)
    ]


class Clock:
    """Calls many functions later with few timers: all that is due in one tick shares one."""

    __slots__ = ("_due", "_loop", "walking")
    tick = 0.005  # seconds; a timer of its own for each step cost as much as the request

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._due: dict[int, list[Callable[[], None]]] = {}
        self.walking = 0  # journeys that have not come to their end

    def now(self) -> float:
        """The loop's time."""
        return self._loop.time()

    def at(self, when: float, call: Callable[[], None]) -> None:
        """Call at that time of the loop, or up to a tick later; never before this returns."""
        place = int(max(when, self._loop.time()) / self.tick) + 1
        due = self._due.get(place)
        if due is None:
            self._due[place] = [call]
            self._loop.call_at(place * self.tick, self._ring, place)
        else:
            due.append(call)

    def _ring(self, place: int) -> None:
        for call in self._due.pop(place):
            call()


class Journey:
    """Walks one message's steps; a receipt waits for the answer to the one before it."""

    __slots__ = ("_act", "_began", "_clock", "_step", "_steps", "arrived")

    def __init__(self, steps: list[Step], act: Act, clock: Clock) -> None:
        self._clock = clock
        self._steps = iter(steps)
        self._act = act
        self._began = clock.now()
        self.arrived: asyncio.Future[None] | None = None
        clock.walking += 1
        self._next()

    def arrival(self, *, within: float = 5.0) -> "asyncio.Future[None]":
        """Done when all receipts were answered, or after `within` seconds."""
        if self.arrived is None:
            self.arrived = asyncio.get_running_loop().create_future()
            self._clock.at(self._clock.now() + within, self._arrive)
        return self.arrived

    def _next(self) -> None:
        step = next(self._steps, None)
        if step is None:
            self._clock.walking -= 1
            self._arrive()
        else:
            self._step = step
            self._clock.at(self._began + step.at, self._go)

    def _go(self) -> None:
        self._act(self._step, self._next)

    def _arrive(self) -> None:
        if self.arrived is not None and not self.arrived.done():
            self.arrived.set_result(None)
