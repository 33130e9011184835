"""The loader of templates: pages go out without the margins that templates are indented with.

A fifth to a third of a large page was spaces that no browser shows. What people wrote is filled in
later and keeps its own, and whole lines still end where they ended.
"""

import re

from django.template.base import Origin
from django.template.loaders import app_directories

OURS = "console/"
_MARGIN = re.compile(r"^[ \t]+", re.MULTILINE)


class Loader(app_directories.Loader):
    """Templates of the applications; those of the console without their margins."""

    def get_contents(self, origin: Origin) -> str:
        """The text of a template as it is compiled."""
        text: str = super().get_contents(origin)
        ours = str(origin.template_name or "").startswith(OURS)
        return _MARGIN.sub("", text) if ours else text
