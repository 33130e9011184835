"""The facts of an alert as values, and which of several scoped ones fits a reader. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dispatcher.wording import tags


@dataclass(frozen=True, slots=True)
class Fact:
    """A named value in canonical form; an empty region or language stands for all."""

    name: str
    type: str
    value: str
    region: str = ""
    """CLDR territory ('BR', '150'), subdivision ('US-CA') or own region ('own:nordics')."""
    language: str = ""
    """BCP 47."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All facts of one alert, scoped and unscoped."""

    entries: tuple[Fact, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[Fact]) -> "Facts":
        """From rows in any order."""
        return cls(tuple(entries))

    def resolve(self, *, regions: tuple[str, ...] = (), language: str) -> Mapping[str, Fact]:
        """Name -> the most specific fact that fits.

        `regions` is the reader's place with all that contains it, nearest first ('US-CA', 'US',
        '021', '019', '001'); `language` is the wording's. A nearer region beats a farther one and
        any language; at the same region a nearer language wins.
        """
        nearness = {region: len(regions) - at for at, region in enumerate(regions)} | {"": 0}
        kinship = _kinship(language)
        best: dict[str, tuple[tuple[int, int], Fact]] = {}
        for fact in self.entries:
            kin = _kin(fact.language, kinship)
            if fact.region not in nearness or kin is None:
                continue
            weight = (nearness[fact.region], kin)
            if fact.name not in best or weight > best[fact.name][0]:
                best[fact.name] = (weight, fact)
        return {name: fact for name, (_, fact) in best.items()}


def _kinship(language: str) -> dict[str, int]:
    """Written form -> weight: the wording's own language weighs most, then its CLDR parents."""
    chain = tags.lineage(tags.canonical(language))
    return {form: len(chain) - at for at, form in enumerate(chain)}


def _kin(language: str, kinship: Mapping[str, int]) -> int | None:
    """0 for a fact in no particular language, None for one in another."""
    return kinship.get(tags.lineage(tags.canonical(language))[0]) if language else 0
