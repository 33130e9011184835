"""Bars and tables of figures as HTML: by the template engine they took most of a report's time."""

from collections.abc import Iterable

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from dispatcher.console.dispatches.page import Bar
from dispatcher.console.templatetags.told import channel, figure, language, number, region
from dispatcher.reports.after_action import Row

register = template.Library()


@register.filter
def lines(rows: Iterable[Row]) -> SafeString:
    """The lines of the full table; a nought is an empty cell."""
    return mark_safe("".join(map(_line, rows)))  # noqa: S308  # numbers, and names that are escaped


@register.filter
def stripe(bar: Bar) -> SafeString:
    """The figures of a bar as lengths."""
    pieces = "".join(
        f'<rect x="{piece.x}" width="{piece.width}" height="100%"'
        f' fill="url(#p-{piece.figure})"></rect>'
        for piece in bar.segments
    )
    told = f'<svg class="stripe" height="16" aria-hidden="true">{pieces}</svg>'
    return mark_safe(told)  # noqa: S308  # our own names and lengths


@register.filter
def line(bar: Bar) -> SafeString:
    """A bar with its name, how many were reached, and its figures in words."""
    name = f'<bdi class="name">{escape(bar.name)}</bdi>' if bar.name else ""
    reached = {"n": number(bar.reached), "all": number(bar.targeted)}
    told = escape(gettext("%(n)s of %(all)s reached") % reached)
    ends = f'<p class="ends">{name}<span class="reached">{told}</span></p>'
    figures = "".join(_figure(key, n) for key, n in bar.figures)
    return mark_safe(  # noqa: S308  # as above; the name is escaped
        f'<div class="line">{ends}{stripe(bar)}<ul class="figures">{figures}</ul></div>'
    )


def _figure(key: str, n: int) -> str:
    swatch = f'<rect width="100%" height="100%" fill="url(#p-{key})"></rect>'
    told = f"{escape(figure(key))} <b>{number(n)}</b>"
    return f'<li><svg class="swatch" aria-hidden="true">{swatch}</svg>{told}</li>'


def _line(row: Row) -> str:
    names = f"<td>{escape(language(row.language))}</td><td>{escape(channel(row.channel))}</td>"
    cells = "".join(f"<td>{number(n) if n else ''}</td>" for n in row.figures)
    head = f'<th scope="row">{escape(region(row.region))}</th>'
    return f"<tr>{head}{names}<td>{number(row.targeted)}</td>{cells}</tr>"
