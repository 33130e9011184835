"""A refusal or a finding of any room in a sentence for the person, with names in place of keys."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext, pgettext_lazy

from contacts import errors as contacts_errors
from dispatcher.alerts import scenarios
from dispatcher.console.alerts.draft import STATES
from dispatcher.console.templatetags import told
from dispatcher.console.words import names
from dispatcher.kit.errors import Refused, sentence
from dispatcher.operators.models import Office
from dispatcher.reports import words

AnyRefused = Refused | contacts_errors.Refused


def said(error: AnyRefused, *, scenario: str = "") -> str:
    """The sentence, translated: “Persian” where the service says `fa`, “Consumers” for a group.

    With a scenario its facts are called as its pages call them: “Lot numbers …” for `lots`.
    """
    facts = called(error, scenario=scenario)
    if isinstance(error, Refused):
        return sentence(Refused(error.code, **facts))
    return contacts_errors.sentence(contacts_errors.Refused(error.code, **facts))


def called(error: AnyRefused, *, scenario: str = "") -> dict[str, object]:
    """The facts of a finding as its sentence names them."""
    facts = {name: _named(name, value) for name, value in error.facts.items()}
    if scenario:
        facts |= {
            name: told.apart(_fact(str(error.facts[name]), scenario))
            for name in ("name", "fact") & facts.keys()
        }
    return facts


class Counted(int):
    """Counts as it is, for the plural, and stands in the sentence as its reader writes it."""

    def __str__(self) -> str:
        return told.number(int(self))


def _named(name: str, value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return Counted(value)
    if not isinstance(value, str):
        return value
    called = _NAMES.get(name)
    if called is None:
        return told.apart(value)
    return words.listing(called(key) for key in value.split(", ") if key) or value


def _fact(name: str, scenario: str) -> str:
    key, blank, readers = name.partition(" ")
    abouts = {one.name: one.about for one in scenarios.load(scenario).facts}
    return f"{gettext(abouts[key])}{blank}{readers}" if abouts.get(key) else name


def _kind(key: str) -> str:
    return str(_KINDS.get(key, key))


def _state(key: str) -> str:
    return str(_STATES.get(key, key))


def _field(key: str) -> str:
    return str(names.FIELDS.get(key, key))


def _encoding(key: str) -> str:
    return {"gsm7": "GSM-7", "ucs2": "UCS-2"}.get(key, key)


def _office(key: str) -> str:
    return str(Office.objects.filter(pk=key).first() or key)


_STATES: Mapping[str, object] = {
    **{state.value: name for state, name in STATES.items()},
    **names.STATES,
}
"""Of an alert and of a text: no state of the one has the key of one of the other."""
_KINDS: Mapping[str, object] = {
    "text": pgettext_lazy("kind of a fact", "text"),
    "number": pgettext_lazy("kind of a fact", "number"),
    "money": pgettext_lazy("kind of a fact", "amount of money"),
    "date": pgettext_lazy("kind of a fact", "date"),
    "time": pgettext_lazy("kind of a fact", "time"),
    "datetime": pgettext_lazy("kind of a fact", "date and time"),
    "duration": pgettext_lazy("kind of a fact", "duration"),
    "phone": pgettext_lazy("kind of a fact", "telephone number"),
    "link": pgettext_lazy("kind of a fact", "link"),
    "place": pgettext_lazy("kind of a fact", "place"),
    "list": pgettext_lazy("kind of a fact", "list"),
    "email": pgettext_lazy("kind of a fact", "e-mail address"),
}
_NAMES: Mapping[str, Callable[[str], str]] = {
    "language": words.language_name,
    "languages": words.language_name,
    "locale": words.language_name,
    "type": _kind,
    "group": names.group_name,
    "channel": words.channel_name,
    "country": words.region_name,
    "region": words.region_name,
    "state": _state,
    "old": _state,
    "new": _state,
    "before": _state,
    "after": _state,
    "office": _office,
    "offices": _office,
    "field": _field,
    "encoding": _encoding,
}
"""Facts that are keys, and what they are called; several are parted by a comma."""
