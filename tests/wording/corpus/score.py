"""Precision and recall of the gate on the corpus, by code and by locale.

A finding of refuse or warn on a sound case is a false alarm; so is one on a broken case, unless it
is the case's code or one that may rightly see the same fault. Notes are not counted.

    python tests/wording/corpus/score.py [--held-out | --all] [--show]
"""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from dispatcher.wording.checks import Asked, Finding, Severity, examine
from tests.wording.corpus.cases import ANY, LOCALES, Case, cases

MANNERS = {"empathy", "honorific"}


@dataclass
class Score:
    """Counts of one code, one locale, or all."""

    hit: int = 0
    missed: int = 0
    false: int = 0

    @property
    def precision(self) -> float:
        """Of what was found, the share that is a fault; 1 where nothing was found."""
        return self.hit / (self.hit + self.false) if self.hit + self.false else 1.0

    @property
    def recall(self) -> float:
        """Of the faults, the share that was found; 1 where there are none."""
        return self.hit / (self.hit + self.missed) if self.hit + self.missed else 1.0


@dataclass
class Tally:
    """The scores of many cases."""

    all: Score = field(default_factory=Score)
    by_code: dict[str, Score] = field(default_factory=dict)
    by_locale: dict[str, Score] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, case: Case, codes: set[str]) -> None:
        """Judge what was found on one case."""
        self.seen["broken" if case.code else "sound"] += 1
        self.seen["sound without alarm"] += not case.code and not codes
        if case.code in codes:
            self._count(case, case.code, "hit")
        elif case.code:
            self._count(case, case.code, "missed")
        if ANY in case.also:
            return
        for code in sorted(codes - {case.code} - case.also):
            self._count(case, code, "false")

    def _count(self, case: Case, code: str, what: str) -> None:
        for score in (
            self.all,
            self.by_code.setdefault(code, Score()),
            self.by_locale.setdefault(case.locale, Score()),
        ):
            setattr(score, what, getattr(score, what) + 1)
        if what != "hit":
            self.wrong.append(
                f"{what:7} {case.locale:8} {case.name:9} {code:20} {case.code or 'sound'}: {case.why}"
            )


def found(case: Case) -> tuple[Finding, ...]:
    """All findings on a case, notes too."""
    asked = Asked(
        keep=case.keep,
        glossary=case.glossary,
        honorific="honorific" in case.asks,
        empathy="empathy" in case.asks,
        elements=case.asks - MANNERS,
    )
    return examine(
        case.fields,
        locale=case.locale,
        source=case.source,
        source_locale=case.source_locale,
        asked=asked,
    )


def score(chosen: Iterable[Case]) -> Tally:
    """The scores of these cases."""
    tally = Tally()
    for case in chosen:
        alarms = (one for one in found(case) if one.severity is not Severity.NOTE)
        tally.add(case, {one.code.removeprefix("wording.") for one in alarms})
    return tally


def chosen(which: str) -> Iterator[Case]:
    """'seen', 'held-out' or 'all' cases of every locale."""
    for locale in LOCALES:
        for case in cases(locale):
            if which == "all" or case.held_out == (which == "held-out"):
                yield case


def table(tally: Tally) -> Iterator[str]:
    """As Markdown."""
    yield f"{dict(tally.seen)}"
    for title, rows in (("code", tally.by_code), ("locale", tally.by_locale)):
        yield f"\n| {title} | faults | found | false alarms | precision | recall |\n|---|---|---|---|---|---|"
        for name, one in [*sorted(rows.items()), ("all", tally.all)]:
            yield (
                f"| {name} | {one.hit + one.missed} | {one.hit} | {one.false} "
                f"| {one.precision:.3f} | {one.recall:.3f} |"
            )


def main() -> None:
    which = next((arg[2:] for arg in sys.argv[1:] if arg in {"--held-out", "--all"}), "seen")
    tally = score(chosen(which))
    sys.stdout.write("\n".join(table(tally)) + "\n")
    if "--show" in sys.argv:
        sys.stdout.write("\n" + "\n".join(tally.wrong) + "\n")


if __name__ == "__main__":
    main()
