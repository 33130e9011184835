"""Tables and bars of figures as HTML: by the template engine they took most of a report's time."""

from collections.abc import Iterable

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from dispatcher.console.templatetags.told import channel, language, number, region
from dispatcher.reports.after_action import Row

register = template.Library()


@register.filter
def lines(rows: Iterable[Row]) -> SafeString:
    """The lines of the full table; a nought is an empty cell."""
    return mark_safe("".join(map(_line, rows)))  # noqa: S308  # numbers, and names that are escaped


def _line(row: Row) -> str:
    names = f"<td>{escape(language(row.language))}</td><td>{escape(channel(row.channel))}</td>"
    cells = "".join(f"<td>{number(n) if n else ''}</td>" for n in row.figures)
    head = f'<th scope="row">{escape(region(row.region))}</th>'
    return f"<tr>{head}{names}<td>{number(row.targeted)}</td>{cells}</tr>"
