"""All texts by language and state, as one person may see them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dispatcher.alerts import desk
from dispatcher.alerts.models import Alert
from dispatcher.console.words import names
from dispatcher.operators import access
from dispatcher.operators.models import User
from dispatcher.wording import library
from dispatcher.wording.standing import Standing, in_hand, standings

_WORST = {state: place for place, state in enumerate(names.STATES)}
OWN = "own"
"""The drawer of what alerts say in words of their own."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A text in one language, all channels together: the worst state counts."""

    locale: str
    state: str
    channel: str
    """The first channel in that state: where to go on."""
    done: int
    of: int
    """Channels for which a named person vouches, of all."""


@dataclass(frozen=True, slots=True)
class Row:
    """One text in all languages."""

    key: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class ToDo:
    """What waits in a language that a person vouches for."""

    locale: str
    counts: tuple[tuple[str, int], ...]
    """(state, texts), the worst first; nothing that is accepted."""

    @property
    def n(self) -> int:
        """All of it."""
        return sum(n for _, n in self.counts)


def state_of(one: Standing) -> str:
    """The state as the pages tell it: accepted splits by whether anybody stands for it."""
    if one.state == names.VOUCHED and not one.vouched:
        return names.UNVOUCHED
    return one.state


def drawer_of(key: str) -> str:
    """The scenario of a text, or `own` for what one alert says in words of its own."""
    return OWN if key.startswith("alert:") else key.partition(".")[0]


def drawers(keys: Iterable[str]) -> tuple[str, ...]:
    """The drawers that are not empty, the scenarios first."""
    found = dict.fromkeys(map(drawer_of, keys))
    return tuple(sorted(found, key=lambda name: (name == OWN, name)))


def keys_for(user: User) -> tuple[str, ...]:
    """The keys that the person may see: of an alert's own words only who may see the alert.

    A translator sees them all: words come to translators before anybody else reads them. The same
    rule as `wording.owning.reads`, for all keys with one question.
    """
    every = library.keys()
    if access.languages(user):
        return every
    own = {key.split(".")[0] for key in every if key.startswith("alert:")}
    numbers = [int(name.removeprefix("alert:")) for name in own]
    seen = {
        f"alert:{alert.pk}"
        for alert in Alert.objects.filter(pk__in=numbers).only("scope")
        if desk.seen_by(user, alert)
    }
    return tuple(key for key in every if key.split(".")[0] not in own - seen)


def rows(keys: Sequence[str], *, locales: Sequence[str]) -> tuple[Row, ...]:
    """A row for each key, a cell for each of the locales."""
    held: dict[str, dict[str, list[Standing]]] = {key: {} for key in keys}
    for one in standings(keys, locales=locales):
        held[one.key].setdefault(one.locale, []).append(one)
    return tuple(
        Row(key, tuple(_cell(locale, found[locale]) for locale in locales if locale in found))
        for key, found in held.items()
        if found
    )


def to_do(keys: Sequence[str], *, locales: Sequence[str]) -> tuple[ToDo, ...]:
    """What waits in each of the locales."""
    counted: dict[str, Counter[str]] = {locale: Counter() for locale in locales}
    for one in _worked_on(keys, locales):
        counted[one.locale][state_of(one)] += 1
    worst_first = [state for state in reversed(tuple(names.STATES)) if state != names.VOUCHED]
    return tuple(
        ToDo(locale, tuple((state, told[state]) for state in worst_first if told[state]))
        for locale, told in counted.items()
    )


def next_one(
    keys: Sequence[str], *, locale: str, after: tuple[str, str] = ("", "")
) -> Standing | None:
    """The next text in the language for which nobody vouches, in the order of the shelf, round."""
    waiting = [one for one in _worked_on(keys, [locale]) if state_of(one) != names.VOUCHED]
    later = [one for one in waiting if (one.key, one.channel) > after]
    return next(iter([*later, *waiting]), None)


def _worked_on(keys: Sequence[str], locales: Sequence[str]) -> Iterator[Standing]:
    """Each text as its translator meets it: an edit in hand comes before what is sent."""
    hand = in_hand(keys, locales=locales)
    for one in standings(keys, locales=locales):
        if one.locale in locales:
            yield hand.get((one.key, one.channel, one.locale), one)


def _cell(locale: str, found: Sequence[Standing]) -> Cell:
    worst = max(found, key=lambda one: _WORST[state_of(one)])
    done = sum(state_of(one) == names.VOUCHED for one in found)
    return Cell(locale, state_of(worst), worst.channel, done, len(found))
