"""The wheel's hook: compile the console's catalogues, as ./dispatch does in a checkout."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def compile_catalogues(root: Path) -> list[Path]:
    """Write each django.mo beside its .po, without fuzzy texts; what was written."""
    written = []
    for source in sorted(root.glob("locales/*/LC_MESSAGES/django.po")):
        with source.open("rb") as read, source.with_suffix(".mo").open("wb") as write:
            write_mo(write, read_po(read, locale=source.parents[1].name))
        written.append(source.with_suffix(".mo"))
    return written


class Catalogues(BuildHookInterface):  # type: ignore[type-arg]
    """Called by hatchling before it packs."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and pack the result although git ignores it."""
        del version
        made = compile_catalogues(Path(self.root))
        build_data["artifacts"] += [f"/{path.relative_to(self.root)}" for path in made]
