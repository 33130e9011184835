"""Findings of one kind as one finding: said once, with a list of what it is about."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import ngettext, ngettext_lazy

from dispatcher.console.saying import AnyRefused, Counted, called, said
from dispatcher.console.templatetags.told import number

_PLAIN = 2
"""Findings without a sentence for many that stand one below the other before they are folded."""
SHORT = 6
"""Entries of a list that are shown at once; a longer one opens on a click."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One of several findings of a kind: what it is about, and where that is mended."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A finding as a page lists it; of several alike, what they are about."""

    level: str
    text: str
    href: str = ""
    remedy: str = ""
    each: tuple[Entry, ...] = ()
    more: str = ""
    """What opens the list of `each` where the text says another one of its kind."""

    @property
    def short(self) -> bool:
        """Whether what it is about is shown at once."""
        return not self.more and len(self.each) <= SHORT


Remedy = Callable[[AnyRefused], tuple[str, str]]
"""Where a finding is mended: the address and its name, both '' where nowhere."""
MANY: Mapping[str, Promise] = {
    "alerts.fact_missing": ngettext_lazy("%(n)s fact is missing:", "%(n)s facts are missing:", "n"),
    "alerts.fact_unverified": ngettext_lazy(
        "%(n)s fact has been verified by nobody:",
        "%(n)s facts have been verified by nobody:",
        "n",
    ),
    "alerts.languages_unvouched": ngettext_lazy(
        "Nobody has vouched for %(n)s text in these languages; its readers fall back:",
        "Nobody has vouched for %(n)s texts in these languages; their readers fall back:",
        "n",
    ),
    "alerts.nobody_vouches": ngettext_lazy(
        "Nobody has vouched for %(n)s text in any language; a real alert needs a named "
        "translator's word. It is there in:",
        "Nobody has vouched for %(n)s texts in any language; a real alert needs a named "
        "translator's word. They are there in:",
        "n",
    ),
    "alerts.no_wording": ngettext_lazy(
        "There is no accepted wording for %(n)s text:",
        "There are no accepted wordings for %(n)s texts:",
        "n",
    ),
}
"""What is said once of several findings of a kind."""
_ABOUT: Mapping[str, tuple[str, ...]] = {
    "alerts.fact_missing": ("name",),
    "alerts.fact_unverified": ("name",),
    "alerts.languages_unvouched": ("group", "channel", "languages"),
    "alerts.nobody_vouches": ("group", "channel", "languages"),
    "alerts.no_wording": ("group", "channel"),
}
"""By which of its facts each of them is told from the others."""


def grouped(
    errors: Iterable[AnyRefused], *, level: str, scenario: str, remedy: Remedy | None = None
) -> tuple[Note, ...]:
    """Each kind where its first one stood; what is alone, or one of two long ones, as it is."""
    kinds: dict[str, list[AnyRefused]] = {}
    for error in errors:
        kinds.setdefault(error.code, []).append(error)
    look = remedy or _nowhere
    return tuple(
        note
        for code, alike in kinds.items()
        for note in _kind(code, alike, level=level, scenario=scenario, remedy=look)
    )


def _kind(
    code: str, alike: Sequence[AnyRefused], *, level: str, scenario: str, remedy: Remedy
) -> list[Note]:
    if len(alike) == 1 or (code not in MANY and len(alike) <= _PLAIN):
        return [Note(level, said(one, scenario=scenario), *remedy(one)) for one in alike]
    found = [remedy(one) for one in alike]
    href, name = found[0] if len(set(found)) == 1 else ("", "")
    each = [
        Entry(_about(code, one, scenario), "" if href else place)
        for one, (place, _name) in zip(alike, found, strict=True)
    ]
    if code in MANY:
        text = str(MANY[code] % {"n": Counted(len(alike))})
        if not href and len(each) > SHORT:
            href, name = _page(found)
        return [Note(level, text, href, name, tuple(each))]
    rest = len(alike) - 1
    more = ngettext("%(n)s more like it", "%(n)s more like it", rest) % {"n": number(rest)}
    return [Note(level, each[0].text, *found[0], tuple(each[1:]), more)]


def _page(found: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """The page on which all of them are mended, for a list that is folded; '' for several."""
    pages = {(href.partition("#")[0], name) for href, name in found}
    return pages.pop() if len(pages) == 1 else ("", "")


def _about(code: str, error: AnyRefused, scenario: str) -> str:
    """What tells a finding from others of its kind; its sentence where that is not known."""
    if code not in _ABOUT:
        return said(error, scenario=scenario)
    facts = called(error, scenario=scenario)
    return " · ".join(str(facts[name]) for name in _ABOUT[code])


def _nowhere(_error: AnyRefused) -> tuple[str, str]:
    return "", ""
