"""What the countries of an audience do to its text messages, while there is time to choose."""

from collections import Counter
from collections.abc import Iterator, Sequence

from babel import Locale
from django.conf import settings
from django.utils.translation import get_language

from dispatcher.alerts import scenarios
from dispatcher.alerts.models import Alert
from dispatcher.alerts.survey import Told
from dispatcher.channels import countries
from dispatcher.channels.countries import Line
from dispatcher.kit.errors import Refused
from dispatcher.providers import routing
from dispatcher.wording import library, tags
from dispatcher.wording.placeholders import parse

CODES = {
    ("links", "refused"): "alerts.sms_links_refused",
    ("links", "registered"): "alerts.sms_links_registered",
    ("phones", "refused"): "alerts.sms_phones_refused",
    ("receipts", "partial"): "alerts.sms_receipts_partial",
    ("sender", "registered"): "alerts.sms_sender_registered",
    ("sender", "numeric"): "alerts.sms_sender_numeric",
}
"""(rule, what it says) -> the finding; hours have one for whatever they say."""


def abroad(alert: Alert, told: Sequence[Told]) -> Iterator[Refused]:
    """A finding for each country and rule that touches a text message, with how many people.

    Only what was read somewhere is said; of all other countries nothing is known.
    """
    rows = [row for row in told if row.channel == "sms"]
    texts = library.fields(sorted({row.version_id for row in rows}))
    patterns = {id_: parse(text.fields["text"], locale=text.locale) for id_, text in texts.items()}
    kind, rules = scenarios.load(alert.scenario).kind, countries.rules(settings.COUNTRY_RULES)
    mode: routing.Mode = "drill" if alert.mode == Alert.DRILL else "real"
    senders = routing.senders("sms", mode=mode)
    people: Counter[Line] = Counter()
    for row in rows:
        country, pattern = row.region.partition("-")[0], patterns[row.version_id]
        found = {
            *countries.lint(country, pattern=pattern, kind=kind, rules=rules),
            *(line for one in senders for line in countries.senders(country, one, rules=rules)),
        }
        for line in found:
            people[line] += row.people
    for line, n in people.most_common():
        yield Refused(
            CODES.get((line.rule, line.says), "alerts.sms_hours"),
            country=_name(line.country),
            people=n,
            says=line.says,
            read=line.read.isoformat(),
            source=line.source,
        )


def _name(country: str) -> str:
    """The country in the language of whoever reads the page."""
    language: Locale = tags.locale(tags.canonical(get_language() or "en"))
    return str(language.territories.get(country, country))
