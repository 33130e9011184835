"""The words of a report: figures, reasons, channels, regions and languages as people say them."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

FIGURES: Mapping[str, Promise] = {
    "excluded": pgettext_lazy("report figure", "Excluded"),
    "withdrawn": pgettext_lazy("report figure", "Withdrawn"),
    "waiting": pgettext_lazy("report figure", "Waiting"),
    "in_flight": pgettext_lazy("report figure", "In flight"),
    "handed_over": pgettext_lazy("report figure", "Handed over"),
    "delivered": pgettext_lazy("report figure", "Delivered"),
    "failed": pgettext_lazy("report figure", "Failed"),
    "unknown": pgettext_lazy("report figure", "Unknown"),
    "targeted": pgettext_lazy("report figure", "Targeted"),
}
UNKNOWNS: Mapping[str, Promise] = {
    "open": _("Unknown, and asked about"),
    "given_up": _("Unknown for good: nobody can tell, and it was not sent twice"),
    "expired": _("Unknown for good: the alert was over before anybody could tell"),
    "resent": _("Sent again: the carrier said that it did not have it"),
    "not_processed": _("Sent again: it had never left"),
    "risked": _("Sent again though somebody may have it: twice rather than never"),
    "repeated": _("Repeated on purpose: the device shows it once"),
    "many": _("Taken more than once by the carrier"),
}
"""What became of messages of which nobody could tell whether the carrier had them."""
CHANNELS: Mapping[str, Promise] = {
    "sms": _("SMS"),
    "email": _("E-mail"),
    "push": _("Push"),
    "none": _("No channel"),
}
SCENARIOS: Mapping[str, Promise] = {
    "recall": _("Product recall"),
    "breach": _("Personal-data breach"),
    "side_effect": _("Side effect of a medicine"),
}
PARTS: Mapping[str, Promise] = {
    "first": _("First notice"),
    "update": _("Update"),
    "correction": _("Correction"),
    "all_clear": _("All-clear"),
}
GROUPS: Mapping[str, Promise] = {
    "employee": _("Employees"),
    "retailer": _("Retailers"),
    "point_of_sale": _("Points of sale"),
    "media": _("Media"),
    "consumer": _("Consumers"),
    "customer": _("Customers"),
    "patient": _("Patients"),
    "clinician": _("Clinicians"),
}
"""The stakeholder groups of the shipped scenarios."""
MATCHES: Mapping[str, Promise] = {
    "exact": _("In the reader's own language"),
    "parent": _("In the reader's language, as it is written elsewhere"),
    "close": _("In a language close to the reader's own"),
    "region_language": _("No language known: the main one of their country"),
    "default_language": _("No words in their language: the default stands in"),
}
"""Why a reader gets this language."""
MODES: Mapping[str, Promise] = {"drill": _("Drill"), "real": _("Real")}
STATES: Mapping[str, Promise] = {
    "enlisting": _("Enlisting the audience"),
    "running": _("Running"),
    "paused": _("Paused"),
    "stopped": _("Stopped"),
    "complete": _("Complete"),
}
STAGES: Mapping[str, Promise] = {
    "waiting": _("Waits for its time"),
    "enlisting": pgettext_lazy("state of a stage", "Being written"),
    "done": _("Done"),
    "moot": _("Not needed"),
}
REASONS: Mapping[str, Promise] = {
    "no_address": _("No usable address"),
    "opted_out": _("Opted out of such messages"),
    "suppressed": _("The address is blocked"),
    "dead": _("The address is dead: a carrier said so earlier"),
    "no_consent": _("Has not agreed to such messages"),
    "replaced": _("The address was replaced since the launch"),
    "erased": _("The person was erased since the launch"),
    "served_by": _("Served by the same message at a shared address"),
    "no_wording": _("No wording in a language they read"),
    "no_language": _("No language known, and none may be assumed"),
    "no_group": _("In none of the scenario's stakeholder groups"),
    "no_carrier": _("No carrier is set up for the channel"),
    "quiet_hours": _("Would have expired before the reader's quiet hours end"),
    "answered": _("Had answered before this one left"),
    "lease_lost": _("A worker fell silent while sending"),
    "timeout": _("The carrier did not answer in time"),
    "cut": _("The connection broke before the answer"),
    "garbage": _("The carrier's answer could not be read"),
}
"""Our own codes."""
CARRIERS: Mapping[tuple[str, str], Promise] = {
    ("twilio", "21211"): _("Not a valid phone number"),
    ("twilio", "21408"): _("The account may not send to this country"),
    ("twilio", "21610"): _("The person answered STOP to this sender"),
    ("twilio", "21614"): _("The number cannot receive SMS"),
    ("twilio", "30003"): _("The handset is switched off or out of reach"),
    ("twilio", "30004"): _("The message was blocked"),
    ("twilio", "30005"): _("The number does not exist"),
    ("twilio", "30006"): _("A landline, or a network that takes no SMS"),
    ("twilio", "30007"): _("The network filtered the message"),
    ("twilio", "30008"): _("The network gave no reason"),
    ("twilio", "30036"): _("It expired before it could be delivered"),
    ("sendgrid", "bounce"): _("The mailbox refused it"),
    ("sendgrid", "blocked"): _("The mail server refused it for now"),
    ("sendgrid", "dropped"): _("SendGrid did not send it"),
    ("fcm", "UNREGISTERED"): _("The app is no longer on the device"),
    ("webpush", "404"): _("The browser's subscription has ended"),
    ("webpush", "410"): _("The browser's subscription has ended"),
}
"""Carriers' codes that people meet often; all others are shown as they came."""

REMEDIES: Mapping[str, Promise] = {
    "no_address": _("Add a number or an e-mail address in the registry, or ring them up."),
    "opted_out": _("They asked not to be written to: reach them another way, or not at all."),
    "suppressed": _("The block can be lifted in the registry, by who knows why it is there."),
    "dead": _("Ask them for a new address and correct the registry."),
    "no_consent": _("Ask for their consent, or reach them another way."),
    "replaced": _("They have a new address: a reminder goes there."),
    "erased": _("Nothing to do: they asked to be forgotten."),
    "served_by": _("Nothing to do: one message serves all at this address."),
    "no_wording": _("Have the text translated, or let the default language stand in."),
    "no_language": _("Find out which language they read, and correct the registry."),
    "no_group": _("Give them a role in the registry, or the scenario a group for them."),
    "no_carrier": _("An administrator sets a carrier up for this channel."),
    "quiet_hours": _("Let the next alert live longer, or override quiet hours with a reason."),
    "answered": _("Nothing to do: they had answered."),
    "lease_lost": _("Nothing to do: the carrier is asked, and what it denies is sent again."),
    "timeout": _("Nothing to do yet: the carrier is asked. If it lasts, look at its status page."),
    "cut": _("Nothing to do yet: the carrier is asked."),
    "garbage": _("Nothing to do yet: the carrier is asked. If it lasts, tell an administrator."),
    "twilio 21211": _("Correct the number in the registry."),
    "twilio 21408": _("An administrator allows this country in the carrier's account."),
    "twilio 21610": _("They answered STOP: only they can undo it, by START."),
    "twilio 21614": _("Use another number, or e-mail."),
    "twilio 30003": _("Send a reminder later, or ring them up."),
    "twilio 30004": _("The network or the person blocks the sender: try another channel."),
    "twilio 30005": _("Correct the number in the registry."),
    "twilio 30006": _("Ask for a mobile number, or ring them up."),
    "twilio 30007": _("Change the wording or the sender: links and capitals look like spam."),
    "twilio 30008": _("Send a reminder; if it fails again, use another channel."),
    "twilio 30036": _("Send a reminder when they can be reached again."),
    "sendgrid bounce": _("Ask them for a new address and correct the registry."),
    "sendgrid blocked": _("Send a reminder later; their mail server may let it in then."),
    "sendgrid dropped": _("An administrator looks at the carrier's list of blocked addresses."),
    "fcm UNREGISTERED": _("Write to them by SMS or e-mail until they open the app again."),
    "webpush 404": _("Write to them by SMS or e-mail until they subscribe again."),
    "webpush 410": _("Write to them by SMS or e-mail until they subscribe again."),
}
"""What can be done about a reason; a carrier's code stands behind the carrier's name."""


def remedy(code: str, *, carrier: str = "") -> str:
    """What can be done about a reason, in a sentence; '' where we know nothing better than it."""
    told = REMEDIES.get(f"{carrier} {code}") or REMEDIES.get(code)
    if told is None and code.startswith("http_"):
        told = _("Nothing to do yet: if it lasts, an administrator looks at the carrier's account.")
    return str(told or "")


def subject(scenario: str, part: str) -> str:
    """What a dispatch is about: "Product recall · First notice"; unknown keys as they are."""
    return f"{SCENARIOS.get(scenario, scenario)} · {PARTS.get(part, part)}"


def reason(code: str, *, carrier: str = "") -> str:
    """A reason in words, with the code where it is the carrier's."""
    told = CARRIERS.get((carrier, code))
    if told is not None:
        return f"{told} ({carrier} {code})"
    if code in REASONS:
        return str(REASONS[code])
    if code.startswith("http_"):
        return gettext("The carrier answered with error %(number)s") % {"number": code[5:]}
    if not code:
        return gettext("The carrier gave no reason")
    return f"{carrier} {code}".strip()


def channel_name(key: str) -> str:
    """A channel in the active language."""
    return str(CHANNELS.get(key, key))


def group_name(key: str) -> str:
    """A stakeholder group in the active language; an organisation's own as it is written."""
    return str(GROUPS.get(key, key.replace("_", " ")))


def listing(names: Iterable[object]) -> str:
    """Several names in a row, parted as the active language parts them."""
    return pgettext("between the items of a list", ", ").join(map(str, names))


def language_name(tag: str) -> str:
    """A language in the active language; the tag itself when CLDR has no name."""
    return (
        _language_name(tag, translation.get_language() or "en") if tag else gettext("No language")
    )


def region_name(code: str) -> str:
    """A region in the active language, with its subdivision code where it has one."""
    return _region_name(code, translation.get_language() or "en") if code else gettext("No region")


@lru_cache(8192)
def _language_name(tag: str, active: str) -> str:
    try:
        name = Locale.parse(tag, sep="-").get_display_name(_locale(active)) or tag
    except (UnknownLocaleError, ValueError):
        return tag
    return name[:1].upper() + name[1:]  # CLDR writes names as they stand inside a sentence


@lru_cache(32_768)
def _region_name(code: str, active: str) -> str:
    country, _dash, part = code.partition("-")
    name = _locale(active).territories.get(country, country)
    return f"{name} ({part})" if part else str(name)


def _locale(active: str) -> Locale:
    return Locale.parse(translation.to_locale(active))
