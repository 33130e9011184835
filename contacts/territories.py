"""What lies in what: CLDR containment from the world down to ISO 3166-2 subdivisions; pure.

A code is the world (`001`), a continent or subcontinent (`150`, `155`), a grouping (`EU`),
a country (`BR`) or a subdivision (`US-CA`).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from babel import Locale
from babel.core import get_global

from contacts.errors import Refused

WORLD: Final = "001"
_CLDR: Final = Path(__file__).parent / "cldr"
# The languages in which a spreadsheet may name a country: those of the console.
_NAMED_IN: Final = (
    *("en", "fa", "ar", "es", "fr", "de", "pt_BR", "zh_Hans", "zh_Hant", "ja", "hi", "ru", "tr"),
)


@dataclass(frozen=True, slots=True)
class Territory:
    """A part of the world, spelled out; `world` also holds people whose region is not known."""

    countries: frozenset[str] = frozenset()
    subdivisions: frozenset[str] = frozenset()
    world: bool = False

    def __or__(self, other: "Territory") -> "Territory":
        """Both together."""
        return Territory(
            self.countries | other.countries,
            self.subdivisions | other.subdivisions,
            self.world or other.world,
        )

    def holds(self, region: str) -> bool:
        """Whether a contact's region ('' when not known) lies inside."""
        return self.world or region[:2] in self.countries or region in self.subdivisions

    def covers(self, other: "Territory") -> bool:
        """Whether all of the other lies inside."""
        inside = all(self.holds(code) for code in other.countries | other.subdivisions)
        return self.world or (inside and not other.world)


def _read(name: str) -> dict[str, tuple[str, ...]]:
    """One containment table: code -> the codes that it contains."""
    held = json.loads((_CLDR / f"{name}.json").read_text("utf-8"))["supplemental"][name]
    return {code: tuple(entry["_contains"]) for code, entry in held.items()}


def _iso(code: str) -> str:
    """CLDR writes `usca`, ISO 3166-2 `US-CA`."""
    return f"{code[:2]}-{code[2:]}".upper() if len(code) > 2 else code.upper()  # noqa: PLR2004


@cache
def _groups() -> dict[str, tuple[str, ...]]:
    """World, continents, subcontinents and groupings -> what they contain directly."""
    table = _read("territoryContainment")
    return {code: parts for code, parts in table.items() if "-status-" not in code}


@cache
def _divisions() -> dict[str, tuple[str, ...]]:
    """Countries and subdivisions -> the ISO 3166-2 codes that they contain directly."""
    table = _read("subdivisionContainment")
    return {_iso(code): tuple(map(_iso, parts)) for code, parts in table.items()}


@cache
def countries() -> frozenset[str]:
    """All ISO 3166-1 codes that CLDR places in the world."""
    return frozenset(c for c in _leaves(WORLD) if len(c) == 2 and c.isalpha())  # noqa: PLR2004


@cache
def subdivisions() -> frozenset[str]:
    """All ISO 3166-2 codes that CLDR knows."""
    return frozenset(part for parts in _divisions().values() for part in parts)


@cache
def _leaves(code: str) -> frozenset[str]:
    """The countries below a grouping."""
    parts = _groups().get(code)
    return frozenset((code,)) if parts is None else frozenset().union(*map(_leaves, parts))


@cache
def _below(code: str) -> frozenset[str]:
    """A subdivision and the subdivisions inside it."""
    return frozenset((code,)).union(*map(_below, _divisions().get(code, ())))


def canonical(text: str) -> str:
    """`us-ca` -> `US-CA`, `UK` -> `GB`; raises `contacts.region_unknown`."""
    code = text.strip().upper().replace("_", "-")
    renamed = get_global("territory_aliases").get(code, [])
    code = renamed[0] if len(renamed) == 1 else code
    if code in countries() or code in _groups() or code in subdivisions():
        return code
    raise Refused("contacts.region_unknown", value=text)


def expand(code: str) -> Territory:
    """The territory that a code stands for; raises `contacts.region_unknown`."""
    code = canonical(code)
    if code == WORLD:
        return Territory(world=True)
    if code in subdivisions():
        return Territory(subdivisions=_below(code))
    return Territory(countries=_leaves(code))


def union(codes: Iterable[str]) -> Territory:
    """All of several codes; nothing for none."""
    held = Territory()
    for code in codes:
        held |= expand(code)
    return held


def lineage(code: str) -> tuple[str, ...]:
    """A contact's region and all that contains it, nearest first; nothing for ''."""
    return (code, *parents(code)) if code else ()


@lru_cache(maxsize=8192)
def parents(code: str) -> tuple[str, ...]:
    """The codes that contain this one, the smallest first: `US-CA` -> US, 021, …, 001."""
    if "-" in code:
        above = [c for c in subdivisions() if code != c and code in _below(c)]
        nearest = sorted(above, key=lambda c: len(_below(c)))
        return (*nearest, code[:2], *parents(code[:2]))
    if code == WORLD:
        return ()
    above = [c for c in _groups() if c not in (code, WORLD) and code in _reach(c)]
    return (*sorted(above, key=lambda c: (len(_leaves(c)), c)), WORLD)


@cache
def _reach(code: str) -> frozenset[str]:
    """Every code below a grouping, the groupings inside it too."""
    parts = _groups().get(code, ())
    return frozenset(parts).union(*map(_reach, parts))


@cache
def _names() -> dict[str, str]:
    """Names of countries in the console's languages, folded -> code."""
    held: dict[str, str] = {}
    for language in _NAMED_IN:
        for code, name in Locale.parse(language).territories.items():
            if code in countries():
                held.setdefault(name.casefold(), code)
    return held


def named(text: str) -> str:
    """The code of a country named in one of the console's languages; '' when no country is."""
    return _names().get(text.strip().casefold(), "")


@lru_cache(maxsize=8192)
def place(text: str) -> str:
    """Where a person lives, from a code or a country's name: 'us-ca', 'BR', 'Deutschland', 'ایران'.

    Gives a country or a subdivision; a continent is not a place to live
    (`contacts.region_not_a_place`), anything else raises `contacts.region_unknown`.
    """
    code = named(text) or canonical(text)
    if code not in countries() and code not in subdivisions():
        raise Refused("contacts.region_not_a_place", value=text)
    return code


@lru_cache(maxsize=512)
def zone(country: str) -> str:
    """The time zone of a country that has one, or one that CLDR calls its primary; else ''."""
    zones = get_global("territory_zones").get(country, [])
    if len(zones) == 1:
        return str(zones[0])
    primary = json.loads((_CLDR / "primaryZones.json").read_text("utf-8"))
    return str(primary["supplemental"]["primaryZones"].get(country, ""))


_MAIN_ZONES: Final = {
    "AR": "America/Argentina/Buenos_Aires", "AU": "Australia/Sydney", "BR": "America/Sao_Paulo",
    "CA": "America/Toronto", "CD": "Africa/Kinshasa", "CY": "Asia/Nicosia",
    "FM": "Pacific/Pohnpei", "GL": "America/Nuuk", "ID": "Asia/Jakarta", "KI": "Pacific/Tarawa",
    "KZ": "Asia/Almaty", "MN": "Asia/Ulaanbaatar", "MX": "America/Mexico_City",
    "PF": "Pacific/Tahiti", "PG": "Pacific/Port_Moresby", "PS": "Asia/Gaza",
    "RU": "Europe/Moscow", "US": "America/New_York",
}  # fmt: skip
"""Where CLDR names no primary zone: that of the most people (their own zone is always better)."""


def main_zone(country: str) -> str:
    """The time zone by which somebody of this country lives of whom nothing nearer is known."""
    return zone(country) or _MAIN_ZONES.get(country, "")


@cache
def known() -> frozenset[str]:
    """Every code and every English name of a country, for suggestions."""
    return countries() | frozenset(_groups()) | subdivisions() | frozenset(_english())


def _english() -> list[str]:
    """The countries as English spells them."""
    return [name for code, name in Locale("en").territories.items() if code in countries()]
