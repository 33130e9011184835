"""The words of the pages on which an alert is decided."""

from collections.abc import Mapping
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from dispatcher.alerts import scenarios
from dispatcher.console.templatetags import told
from dispatcher.reports import words

SAID: Mapping[str, Promise] = {
    "approved": _("Approved"),
    "returned": _("Sent back"),
    "rejected": _("Rejected for good"),
    "break_glass": _("Approved without the offices"),
}
FIELDS: Mapping[str, Promise] = {
    "title": pgettext_lazy("part of a text", "Title"),
    "subject": _("Subject"),
    "text": _("Text"),
    "body": _("Text"),
}
CHOICES: Mapping[str, Promise] = {
    "segment": _("Audience"),
    "list_id": _("Private list"),
    "scope": _("Regions"),
    "fallback": _("For readers without words in their language"),
    "default_language": _("Default language"),
    "stance": _("Stance"),
    "expires_after": _("Lasts for"),
    "quiet_hours": _("Quiet hours"),
    "quiet_override": _("Why quiet hours hold nobody"),
}
FALLBACKS: Mapping[str, Promise] = {
    "block": _("They get nothing"),
    "default_language": _("They get the default language"),
    "default_with_link": _("They get the default language, with a link to the others"),
    "bilingual": _("They get two messages: their country's language and the default"),
}
STANCES: Mapping[str, Promise] = {
    "": _("Neutral"),
    "admits": _("Admits the fault"),
    "regrets": _("Regrets, without admitting"),
}


def text_name(key: str) -> str:
    """group/channel/language/field in words: "Consumers · SMS · Persian · Text"."""
    group, channel, language, part = key.split("/")
    names = (
        words.group_name(group),
        words.channel_name(channel),
        words.language_name(language),
        str(FIELDS.get(part, part)),
    )
    return " · ".join(names)


def choice(name: str, value: str) -> str:
    """A choice of the author's in words."""
    if not value:
        return str(STANCES[""]) if name == "stance" else gettext("none")
    if name == "expires_after":
        return told.duration(timedelta(seconds=int(value)).total_seconds())
    if name == "default_language":
        return words.language_name(value)
    if name == "scope":
        return words.listing(told.region(code) for code in value.split(", "))
    known = {"fallback": FALLBACKS, "stance": STANCES}.get(name, {})
    return str(known.get(value, value))


def fact_name(scenario: str, name: str) -> str:
    """What a fact is about, in the active language; its name where nobody wrote that down."""
    plain = name.partition(" [")[0]
    for wanted in scenarios.load(scenario).facts:
        if wanted.name == plain:
            return gettext(wanted.about) if wanted.about else plain
    return plain
