"""Where people are: the organisation's own regions, and what a caller may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from contacts import territories
from contacts.errors import Refused
from contacts.models import OwnRegion
from contacts.territories import Territory

OWN: Final = "own:"


@dataclass(frozen=True, slots=True)
class Scope:
    """The regions that a caller may see; `None` is everything, and only tasks may say so.

    Codes are CLDR territories (`EU`, `US-CA`) or own regions (`own:nordics`).
    """

    regions: tuple[str, ...] | None

    @classmethod
    def everything(cls) -> "Scope":
        """No limit, people without a region included: for tasks, never for a person's request."""
        return cls(None)

    def territory(self) -> Territory:
        """The scope spelled out; raises `contacts.region_unknown`."""
        return Territory(world=True) if self.regions is None else expand(self.regions)

    def covers(self, codes: Iterable[str]) -> bool:
        """Whether all of these regions lie inside the scope."""
        return self.territory().covers(expand(codes))

    def codes(self) -> list[str] | None:
        """The countries and subdivisions inside, sorted; None: everywhere."""
        territory = self.territory()
        return None if territory.world else sorted(territory.countries | territory.subdivisions)


def expand(codes: Iterable[str]) -> Territory:
    """CLDR codes and own regions spelled out; raises `contacts.region_unknown`."""
    asked = tuple(codes)
    held = territories.union(code for code in asked if not code.startswith(OWN))
    own = {code.removeprefix(OWN) for code in asked if code.startswith(OWN)}
    if not own:
        return held
    found = dict(OwnRegion.objects.filter(key__in=own).values_list("key", "territories"))
    missing = sorted(own - found.keys())
    if missing:
        raise Refused("contacts.region_unknown", value=f"{OWN}{missing[0]}")
    return held | territories.union(code for parts in found.values() for code in parts)


def define(key: str, *, title: str, parts: Iterable[str]) -> OwnRegion:
    """Make or change an own region of CLDR codes; raises `contacts.region_unknown`."""
    codes = [territories.canonical(code) for code in parts]
    region, _ = OwnRegion.objects.update_or_create(
        key=key, defaults={"title": title, "territories": codes}
    )
    return region
