"""Checks of what turns a sentence into its opposite: not, never, stop; must, required. Pure.

Sentences are compared line by line. Where both lines have as many sentences, each is held against
its own; else a line may not have fewer such words than the source has such sentences. Words that
only resemble a negation (without, unknown) excuse a missing one and are never demanded.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from dispatcher.wording.gate.finding import Facts, Field, Side
from dispatcher.wording.gate.lexicon import Lexicon

SHOWN = 80
"""Letters of a sentence in a finding."""

Line = tuple[str, ...]


def negation_lost(field: Field) -> Iterator[Facts]:
    """The source forbids or denies and the translation does not."""
    lost, _ = _negations(field.ours, field.theirs)
    if lost:
        yield {"sentence": lost[0].strip()[:SHOWN]}


def negation_added(field: Field) -> Iterator[Facts]:
    """The translation denies what the source says."""
    _, added = _negations(field.ours, field.theirs)
    if added:
        yield {"sentence": added[0].strip()[:SHOWN]}


def obligation_lost(field: Field) -> Iterator[Facts]:
    """The source demands and the translation allows or advises."""
    if both := _lists(field.ours, field.theirs):
        ours, theirs = both
        lost, _ = _compared(
            field.ours,
            field.theirs,
            _Law(theirs.demands, ours.obliges, ours.obliges_firmly, theirs.demands),
        )
        if lost:
            yield {"sentence": lost[0].strip()[:SHOWN]}


def unchecked(field: Field) -> Iterator[Facts]:
    """Languages without word lists: nothing was compared, and that is said."""
    if not field.others:
        return
    unknown = sorted({side.locale for side in (field.ours, field.theirs) if side.lexicon is None})
    if unknown:
        yield {"languages": ", ".join(unknown)}


@dataclass(frozen=True, slots=True)
class _Words:
    """How one language's lists judge a sentence."""

    lexicon: Lexicon

    def _meant(self, sentence: str) -> str:
        return self.lexicon.without(sentence, "not_negation")

    def denies(self, sentence: str) -> str:
        """'' or how: 'not', 'stop', or 'not stop', which is neither."""
        meant = self._meant(sentence)
        found = [name for name in ("negation", "ban") if self.lexicon.has(meant, name)]
        return "+".join(found)

    def denies_firmly(self, sentence: str) -> bool:
        return self.lexicon.has(self._meant(sentence), "negation")

    def hints(self, sentence: str) -> bool:
        return self.lexicon.has(sentence, "negation", "ban", "soft", "spur")

    def carries(self, sentence: str, how: str) -> int:
        """How often the sentence carries that; 'do not stop' wants a negation, or 'continue'."""
        meant = self._meant(sentence)
        banned = self.lexicon.count(meant, "ban")
        if how == "negation+ban":
            return (
                sum(self.lexicon.count(meant, name) for name in ("negation", "go_on"))
                or banned // 2
            )
        return banned + sum(self.lexicon.count(meant, name) for name in ("negation", "soft"))

    def demands(self, sentence: str) -> str:
        return (
            "must" if self.lexicon.has(self.lexicon.without(sentence, "not_must"), "must") else ""
        )

    def obliges(self, sentence: str, _how: str) -> int:
        meant = self.lexicon.without(sentence, "not_must")
        return sum(self.lexicon.count(meant, name) for name in ("must", "must_also"))

    def obliges_firmly(self, sentence: str) -> bool:
        return bool(self.demands(sentence))


@dataclass(frozen=True, slots=True)
class _Law:
    """What the source demands of a sentence, and how the translation may keep it."""

    demanded: Callable[[str], str]
    kept: Callable[[str, str], int]
    firm: Callable[[str], bool]
    """In the translation: a word that must have its reason in the source."""
    hinted: Callable[[str], object]
    """In the source: a reason for such a word."""


@lru_cache(32)
def _negations(here: Side, there: Side) -> tuple[list[str], list[str]]:
    """Both checks of negations ask the same; of one text right after the other."""
    if both := _lists(here, there):
        ours, theirs = both
        law = _Law(theirs.denies, ours.carries, ours.denies_firmly, theirs.hints)
        return _compared(here, there, law)
    return [], []


def _lists(here: Side, there: Side) -> tuple[_Words, _Words] | None:
    ours, theirs = here.lexicon, there.lexicon
    if ours is None or theirs is None or _kin(here, there):
        return None
    return _Words(ours), _Words(theirs)


def _kin(ours: Side, theirs: Side) -> bool:
    """The same text in the same language needs no comparing."""
    return ours.text == theirs.text


def _compared(mine: Side, source: Side, law: _Law) -> tuple[list[str], list[str]]:
    """(sentences of the source that are not kept, those of the translation without a reason)."""
    ours, theirs = mine.lines, source.lines
    if len(ours) != len(theirs):
        ours, theirs = (sum(ours, ()),), (sum(theirs, ()),)
    lost: list[str] = []
    added: list[str] = []
    for here, there in zip(ours, theirs, strict=True):
        judge = _aligned if len(here) == len(there) else _counted
        line_lost, line_added = judge(here, there, law)
        lost, added = lost + line_lost, added + line_added
    return lost, added


def _aligned(here: Line, there: Line, law: _Law) -> tuple[list[str], list[str]]:
    """Sentence by sentence; what is missing in one and stands in another has only moved."""
    lost = [
        source
        for source, target in zip(there, here, strict=True)
        if (how := law.demanded(source)) and not _left(source, target) and not law.kept(target, how)
    ]
    added = [
        target
        for source, target in zip(there, here, strict=True)
        if law.firm(target) and not law.hinted(source)
    ]
    moved = min(len(lost), len(added))
    return lost[moved:], added[moved:]


def _left(source: str, target: str | Line) -> bool:
    """Not translated at all, of which another check speaks."""
    core = source.strip(" .!?。")
    return any(core in sentence for sentence in ((target,) if isinstance(target, str) else target))


def _counted(here: Line, there: Line, law: _Law) -> tuple[list[str], list[str]]:
    wanted = [
        (source, how)
        for source in there
        if not _left(source, here) and (how := law.demanded(source))
    ]
    if not wanted:
        firm = (
            [] if any(map(law.hinted, there)) else [target for target in here if law.firm(target)]
        )
        return [], firm
    carried = sum(law.kept(target, wanted[0][1]) for target in here)
    return [source for source, _ in wanted[carried:]], []
