"""A refusal or a finding of any room in a sentence for the person, with names in place of keys."""

from collections.abc import Callable, Mapping

from contacts import errors as contacts_errors
from dispatcher.console.alerts.draft import STATES
from dispatcher.console.words import names
from dispatcher.kit.errors import Refused, sentence
from dispatcher.operators.models import Office
from dispatcher.reports import words

AnyRefused = Refused | contacts_errors.Refused


def said(error: AnyRefused) -> str:
    """The sentence, translated: “Persian” where the service says `fa`, “Consumers” for a group."""
    facts = {name: _named(name, value) for name, value in error.facts.items()}
    if isinstance(error, Refused):
        return sentence(Refused(error.code, **facts))
    return contacts_errors.sentence(contacts_errors.Refused(error.code, **facts))


def _named(name: str, value: object) -> object:
    told = _NAMES.get(name)
    if told is None or not isinstance(value, str):
        return value
    return ", ".join(told(key) for key in value.split(", ") if key) or value


def _state(key: str) -> str:
    return str(_STATES.get(key, key))


def _office(key: str) -> str:
    return str(Office.objects.filter(pk=key).first() or key)


_STATES: Mapping[str, object] = {
    **{state.value: name for state, name in STATES.items()},
    **names.STATES,
}
"""Of an alert and of a text: no state of the one has the key of one of the other."""
_NAMES: Mapping[str, Callable[[str], str]] = {
    "language": words.language_name,
    "languages": words.language_name,
    "locale": words.language_name,
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
}
"""Facts that are keys, and what they are called; several are parted by a comma."""
