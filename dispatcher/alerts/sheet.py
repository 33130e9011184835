"""The fact sheet: an alert's facts as wordings take them, for readers of a place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from contacts import territories
from dispatcher.alerts.models import Alert
from dispatcher.alerts.survey import Told
from dispatcher.wording import library, rendering
from dispatcher.wording.facts import Fact, Facts
from dispatcher.wording.rendering import Rendered


@dataclass(frozen=True, slots=True)
class Sheet:
    """Read once for many renderings."""

    facts: Facts
    scoped: frozenset[str]
    """Regions for which some fact has a value of its own."""
    texts: Mapping[int, library.Version]

    @classmethod
    def of(cls, alert: Alert, versions: Iterable[int]) -> "Sheet":
        """The facts of an alert and the texts of these versions."""
        rows = alert.facts.all()
        entries = [Fact(row.name, row.type, row.value, row.region, row.language) for row in rows]
        scoped = frozenset(entry.region for entry in entries if entry.region)
        return cls(Facts.of(entries), scoped, library.fields(sorted(set(versions))))

    def alike(self, told: Told) -> tuple[int, frozenset[str]]:
        """The same for all readers whose message has the same facts in it."""
        return told.version_id, self.scoped & set(territories.lineage(told.region))

    def render(self, told: Told, *, zone: str = "UTC") -> Rendered:
        """The wording with the facts for its readers' region and zone. Raises Refused."""
        return rendering.compile(
            self.texts[told.version_id].fields,
            locale=told.language,
            zone=zone,
            facts=self.facts,
            regions=territories.lineage(told.region),
            wording=self.texts[told.version_id].name,
        )
