"""A segment's sentence in plain words: the tree of the grammar as lines of what holds; pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from babel import Locale
from babel.lists import format_list
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contacts.segments import NEVER, NONE, OWN, All, Any, Everyone, Expression, Is, Not
from dispatcher.reports import words

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """One line, and the lines below it that it is about."""

    text: str
    parts: "tuple[Told, ...]" = ()


_SAYS: Final[Mapping[str, tuple[Promise, Promise]]] = {
    "role": (_("Their role is %(values)s"), _("Their role is not %(values)s")),
    "tag": (_("They are tagged %(values)s"), _("They are not tagged %(values)s")),
    "region": (_("They live in %(values)s"), _("They do not live in %(values)s")),
    "language": (
        _("The language they read best is %(values)s"),
        _("The language they read best is not %(values)s"),
    ),
    "reads": (_("They read %(values)s"), _("They do not read %(values)s")),
    "culture": (_("Their culture is %(values)s"), _("Their culture is not %(values)s")),
}
_DAYS: Final[Mapping[str, Promise]] = {
    "<": _("They were confirmed before %(values)s"),
    "<=": _("They were confirmed on %(values)s or before"),
    ">": _("They were confirmed after %(values)s"),
    ">=": _("They were confirmed on %(values)s or later"),
}


def told(tree: Expression, *, roles: Names, regions: Names) -> Told:
    """The tree as lines; `roles` and own `regions` by key, as people call them."""
    match tree:
        case Everyone():
            return Told(gettext("Everybody in the registry"))
        case Is():
            return Told(_says(tree, roles, regions, negated=False))
        case Not(Is() as inner) if inner.name in _SAYS:
            return Told(_says(inner, roles, regions, negated=True))
        case Not(of):
            return Told(gettext("This does not hold:"), (told(of, roles=roles, regions=regions),))
        case All(of):
            return Told(gettext("All of this holds:"), _parts(of, roles, regions))
        case Any(of):
            return Told(gettext("At least one of these holds:"), _parts(of, roles, regions))


def _parts(of: Sequence[Expression], roles: Names, regions: Names) -> tuple[Told, ...]:
    return tuple(told(part, roles=roles, regions=regions) for part in of)


def _says(is_: Is, roles: Names, regions: Names, *, negated: bool) -> str:
    """One comparison as a sentence."""
    if is_.name == "confirmed":
        if NEVER in is_.values:
            return gettext("They were never confirmed")
        return str(_DAYS[is_.sign]) % {"values": is_.values[0]}
    values = _either([_called(is_.name, value, roles, regions) for value in is_.values])
    if is_.name in _SAYS:
        return str(_SAYS[is_.name][negated]) % {"values": values}
    facts = {"name": is_.name.removeprefix("attr."), "values": values}
    return gettext("Their “%(name)s” is %(values)s") % facts


def _called(name: str, value: str, roles: Names, regions: Names) -> str:
    called: dict[str, Callable[[], str]] = {
        "role": lambda: roles.get(value, value),
        "region": lambda: _region(value, regions),
        "language": lambda: _language(value),
        "reads": lambda: _language(value),
    }
    return called[name]() if name in called else f"“{value}”"


def _region(value: str, regions: Names) -> str:
    if value == NONE:
        return gettext("an unknown place")
    if value.startswith(OWN):
        return regions.get(value.removeprefix(OWN), value)
    return words.region_name(value)


def _language(value: str) -> str:
    return gettext("not known") if value == NONE else words.language_name(value)


def _either(values: Sequence[str]) -> str:
    """A, B or C as the reader's language writes it."""
    locale = Locale.parse(translation.to_locale(translation.get_language() or "en"))
    return format_list(values, style="or", locale=locale)
