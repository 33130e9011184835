"""The questions of somebody who watches: few numbers, cheap at any size of the tables."""

from dataclasses import dataclass

from dispatcher.ledger import statements


@dataclass(frozen=True, slots=True)
class Stand:
    """So many dispatches of a mode stand so: enlisting, running, paused, stopped, complete."""

    mode: str
    state: str
    n: int


@dataclass(frozen=True, slots=True)
class Sum:
    """One figure of the deliveries' book, over all dispatches that are open or were an hour ago."""

    mode: str
    channel: str
    figure: str
    n: int


@dataclass(frozen=True, slots=True)
class Open:
    """Unknowns of a mode that are still asked about; `age` of the oldest, in seconds."""

    mode: str
    n: int
    age: float


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger as it is watched."""

    dispatches: tuple[Stand, ...]
    figures: tuple[Sum, ...]
    backlog: dict[str, float]
    """Lane -> seconds for which the message waits that has been due the longest."""
    unknowns: tuple[Open, ...]
    broken: int
    """Dispatches whose books did not add up when they were proven last."""
    proven: float | None
    """Age in seconds of the oldest last proof of an open dispatch."""


def broken() -> tuple[int, ...]:
    """The dispatches whose books did not add up when they were proven last."""
    return tuple(row[0] for row in statements.rows("watched_broken"))


def ledger() -> Ledger:
    """Five statements; 3 ms at 1,000,000 deliveries."""
    [(broken, proven)] = statements.rows("watched_books")
    return Ledger(
        dispatches=tuple(Stand(*row) for row in statements.rows("watched_dispatches")),
        figures=tuple(Sum(*row) for row in statements.rows("watched_figures")),
        backlog=dict(statements.rows("watched_backlog")),
        unknowns=tuple(Open(*row) for row in statements.rows("watched_questions")),
        broken=broken,
        proven=proven,
    )
