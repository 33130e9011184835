"""A tree of the grammar -> a condition in SQL, with every value as a parameter."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from contacts import languages, territories
from contacts.segments import NEVER, NONE, OWN, All, Any, Everyone, Expression, Is, Not


@dataclass(slots=True)
class Condition:
    """SQL over a contact `c`, with its parameters; nothing that a person typed is in the text."""

    params: dict[str, object] = field(default_factory=dict)

    def slot(self, value: object, *, cast: str = "") -> str:
        """A parameter's place."""
        name = f"reach_{len(self.params)}"
        self.params[name] = value
        return f"%({name})s{cast}"

    def inside(self, territory: territories.Territory) -> str:
        """The contact lives inside a territory."""
        if territory.world:
            return "true"
        parts = []
        if territory.countries:
            parts.append(
                f"c.country = any({self.slot(sorted(territory.countries), cast='::text[]')})"
            )
        if territory.subdivisions:
            held = self.slot(sorted(territory.subdivisions), cast="::text[]")
            parts.append(f"c.region = any({held})")
        return f"({' or '.join(parts)})" if parts else "false"

    def reads(self, tags: list[str]) -> str:
        """One of these languages comes first for the contact."""
        return self._reads(tags, at_all=False)

    def of(self, tree: Expression, own: Mapping[str, territories.Territory]) -> str:
        """The condition of a tree; `own` spells out the own regions that it names."""
        match tree:
            case Everyone():
                return "true"
            case Not(of):
                return f"not {self.of(of, own)}"
            case All(of):
                return f"({' and '.join(self.of(part, own) for part in of)})"
            case Any(of):
                return f"({' or '.join(self.of(part, own) for part in of)})"
            case Is():
                return self._compare(tree, own)

    def _compare(self, is_: Is, own: Mapping[str, territories.Territory]) -> str:
        values = list(is_.values)
        match is_.name:
            case "role" | "tag":
                column = "roles" if is_.name == "role" else "tags"
                return f"c.{column} && {self.slot(values, cast='::varchar[]')}"
            case "culture":
                return f"c.culture = any({self.slot(values, cast='::text[]')})"
            case "region":
                return self._region(values, own)
            case "language" | "reads":
                return self._reads(values, at_all=is_.name == "reads")
            case "confirmed":
                return self._confirmed(is_)
            case attribute:
                key = self.slot(attribute.removeprefix("attr."), cast="::text")
                held = self.slot(values, cast="::text[]")
                return f"coalesce(c.attributes ->> {key}, '') = any({held})"

    def _region(self, values: list[str], own: Mapping[str, territories.Territory]) -> str:
        held = territories.union(v for v in values if v != NONE and not v.startswith(OWN))
        for value in values:
            held |= own.get(value.removeprefix(OWN), territories.Territory())
        inside = self.inside(held)
        return f"({inside} or c.region = '')" if NONE in values else inside

    def _language(self, what: str, values: list[str]) -> str:
        exact = [s for v in values for s in ([""] if v == NONE else languages.spellings(v))]
        begins = [f"{v}-" for v in values if v != NONE]
        return (
            f"({what} = any({self.slot(exact, cast='::text[]')}) or exists (select from "
            f"unnest({self.slot(begins, cast='::text[]')}) b where starts_with({what}, b)))"
        )

    def _reads(self, values: list[str], *, at_all: bool) -> str:
        if not at_all:
            return self._language("coalesce(c.languages[1], '')", values)
        some = self._language("l", [v for v in values if v != NONE])
        reads = f"exists (select from unnest(c.languages) l where {some})"
        return f"({reads} or c.languages = '{{}}')" if NONE in values else reads

    def _confirmed(self, is_: Is) -> str:
        if NEVER in is_.values:
            return "c.confirmed_at is null"
        day = self.slot(is_.values[0], cast="::date")
        match is_.sign:
            case "<":
                test = f"c.confirmed_at < ({day})::timestamp at time zone 'UTC'"
            case "<=":
                test = f"c.confirmed_at < ({day} + 1)::timestamp at time zone 'UTC'"
            case ">":
                test = f"c.confirmed_at >= ({day} + 1)::timestamp at time zone 'UTC'"
            case _:
                test = f"c.confirmed_at >= ({day})::timestamp at time zone 'UTC'"
        return f"coalesce({test}, false)"
