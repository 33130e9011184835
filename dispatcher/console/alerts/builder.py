"""An audience as boxes to tick <-> as a sentence of the grammar; pure.

The boxes say less than the grammar: a sentence that is too rich for them stays a sentence.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from contacts import segments
from contacts.segments import All, Everyone, Expression, Is, Not


@dataclass(frozen=True, slots=True)
class Choice:
    """What is ticked. In each row: any of them; the rows together: all of them."""

    everybody: bool = False
    """Said on purpose: nothing ticked is nobody, not everybody."""
    roles: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    not_roles: tuple[str, ...] = ()
    not_regions: tuple[str, ...] = ()

    @property
    def narrowed(self) -> bool:
        """Whether something says who."""
        return bool(self.roles or self.regions or self.languages)


_ROWS = {"role": "roles", "region": "regions", "language": "languages"}
_NOT = {"role": "not_roles", "region": "not_regions"}


def write(choice: Choice) -> str:
    """The sentence; '' when nothing is ticked."""
    parts: list[Expression] = [
        _is(name, getattr(choice, row)) for name, row in _ROWS.items() if getattr(choice, row)
    ]
    if not parts and not choice.everybody:
        return ""
    parts += [
        Not(_is(name, getattr(choice, row))) for name, row in _NOT.items() if getattr(choice, row)
    ]
    if not parts:
        return segments.render(Everyone())
    return segments.render(parts[0] if len(parts) == 1 else All(tuple(parts)))


def read(tree: Expression) -> Choice | None:
    """What would be ticked for a sentence; None where boxes cannot say it."""
    if isinstance(tree, Everyone):
        return Choice(everybody=True)
    held: dict[str, tuple[str, ...]] = {}
    for row, values in _rows(tree.of if isinstance(tree, All) else (tree,)):
        if not row or row in held:
            return None
        held[row] = values
    choice = Choice(**held)  # type: ignore[arg-type]
    return choice if choice.narrowed else Choice(everybody=True, **held)


def of(text: str) -> Choice | None:
    """The same from a sentence; nothing is ticked for ''. Raises `contacts.segment_*`."""
    return read(segments.parse(text)) if text.strip() else Choice()


def _rows(parts: Iterable[Expression]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(row, values) of each part; '' for a part that has no row."""
    for part in parts:
        match part:
            case Is(name, "=" | "in", values):
                yield _ROWS.get(name, ""), values
            case Not(Is(name, "=" | "in", values)):
                yield _NOT.get(name, ""), values
            case _:
                yield "", ()


def _is(name: str, values: tuple[str, ...]) -> Is:
    values = tuple(dict.fromkeys(values))
    return Is(name, "=" if len(values) == 1 else "in", values)
