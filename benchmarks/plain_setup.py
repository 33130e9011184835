"""What the plain way finds ready: catalogues for gettext, its table, the facts. Not measured."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from babel import Locale
from babel.messages import mofile, pofile
from django.conf import settings
from django.db import connection

from benchmarks.people import MEDIA, Person
from benchmarks.stage import CARRIERS
from contacts import territories
from dispatcher.alerts.models import Alert
from dispatcher.fanout.ladder import group_of
from dispatcher.fanout.plan import Plan, thaw
from dispatcher.wording import choosing
from dispatcher.wording.facts import Fact, Facts
from dispatcher.wording.rendering import PERSONAL

_PLURAL = re.compile(r"\{(\w+), plural,((?: *=?\w+ \{[^{}]*\})+)\}")
_FORM = re.compile(r"(=?\w+) \{([^{}]*)\}")
_TYPED = re.compile(r"\{(\w+), \w+\}")
_SLOT = re.compile(r"\{(\w+)[,}]")


@dataclass(frozen=True, slots=True)
class Errand:
    """The arguments of one task, and how the carrier names the address."""

    row: int
    address: str
    to: str
    locale: str
    context: str
    region: str
    name: str


def prepare(
    people: Sequence[Person], alert: Alert, *, kind: str, home: Path
) -> tuple[Path, list[Errand]]:
    """The worker's setup file, and an errand with a row of the table for each person.

    `kind` of address as in `people.register`.
    """
    plan, channel = thaw(alert.plan or {}), MEDIA[kind]
    wording = f"{alert.scenario}.{alert.part}"
    errands = list(_errands(people, plan, wording=wording, channel=channel))
    contexts = {errand.context for errand in errands}
    sources = _catalogues(home / "locales", contexts, plan)
    drill = settings.CARRIERS["drill"].values()
    setup = {
        "broker": f"{settings.REDIS_URL.rsplit('/', 1)[0]}/1",
        "database": _database(),
        "locales": str(home / "locales"),
        "channel": channel,
        "kind": kind,
        "account": next(one for one in drill if one["carrier"] == CARRIERS[kind]),
        "links": f"{settings.PUBLIC_URL}/a",
        "texts": sources,
        "names": {context: _names(context, sources) for context in contexts},
        "facts": _facts(plan, errands),
    }
    path = home / "plain.json"
    path.write_text(json.dumps(setup), encoding="utf-8")
    _table(errands)
    return path, errands


def _errands(
    people: Sequence[Person], plan: Plan, *, wording: str, channel: str
) -> Iterator[Errand]:
    """Each person with the language that the road would choose too."""
    policy = choosing.Policy(choosing.Fallback(plan.fallback), plan.default_language)
    for row, person in enumerate(people, start=1):
        group = group_of(person.roles, groups=plan.groups)
        assert group
        asker = choosing.Reader(person.languages, person.country, group.name, person.culture)
        found = choosing.choose(asker, available=group.wordings[channel], policy=policy)
        assert not isinstance(found, choosing.Blocked)
        yield Errand(
            row,
            address=person.address,
            to=person.value,
            locale=found.language.replace("-", "_"),
            context=f"{wording}.{group.name}.{channel}",
            region=person.region,
            name=person.name,
        )


def _catalogues(target: Path, contexts: set[str], plan: Plan) -> dict[str, str]:
    """The shipped texts, compiled, with slots that str.format fills; context -> English text."""
    sources: dict[str, str] = {}
    for shipped in Path(settings.BASE_DIR, "locales").glob("*/LC_MESSAGES/alerts.po"):
        locale = shipped.parent.parent.name
        with shipped.open("rb") as file:
            catalogue = pofile.read_po(file, ignore_obsolete=True)
        for message in catalogue:
            if message.context and _whole(message.context) in contexts:
                message.string = _plain(str(message.string), locale, plan)
                sources[message.context] = str(message.id)
        compiled = target / locale / "LC_MESSAGES" / "alerts.mo"
        compiled.parent.mkdir(parents=True, exist_ok=True)
        with compiled.open("wb") as file:
            mofile.write_mo(file, catalogue)
    return sources


def _whole(context: str) -> str:
    """Without the field's name: `….email.subject` and `….email.body` are one message."""
    return ".".join(context.split(".")[:4])


def _plain(text: str, locale: str, plan: Plan) -> str:
    """Of a plural the form for the alert's number, as gettext's own plurals choose it."""
    numbers = {fact.name: fact.value for fact in plan.facts if fact.type == "number"}

    def chosen(found: re.Match[str]) -> str:
        name, forms = found[1], dict(_FORM.findall(found[2]))
        form = Locale.parse(locale).plural_form(Decimal(numbers[name]))
        return str(forms.get(form, forms["other"])).replace("#", f"{{{name}}}")

    return _TYPED.sub(r"{\1}", _PLURAL.sub(chosen, text))


def _names(context: str, sources: Mapping[str, str]) -> list[str]:
    """The facts that a message names in any of its fields."""
    texts = (text for field, text in sources.items() if _whole(field) == context)
    return sorted({name for text in texts for name in _SLOT.findall(text)} - PERSONAL.keys())


def _facts(plan: Plan, errands: Sequence[Errand]) -> Mapping[str, Mapping[str, tuple[str, str]]]:
    """'locale region' -> name -> (type, value)."""
    facts = Facts.of(Fact(f.name, f.type, f.value, f.region, f.language) for f in plan.facts)
    found = {}
    for locale, region in {(errand.locale, errand.region) for errand in errands}:
        regions = (region, *territories.parents(region)) if region else ()
        known = facts.resolve(regions=regions, language=locale.replace("_", "-"))
        found[f"{locale} {region}"] = {f.name: (f.type, f.value) for f in known.values()}
    return found


def _database() -> str:
    told = settings.DATABASES["default"]
    return (
        f"dbname={told['NAME']} user={told['USER']} password={told['PASSWORD']}"
        f" host={told['HOST']} port={told['PORT']}"
    )


def _table(errands: Sequence[Errand]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("drop table if exists plain_message")
        cursor.execute(
            "create table plain_message (id bigint primary key, address text, locale text,"
            " region text, status text default 'waiting', carrier_id text, sent_at timestamptz)"
        )
        cursor.executemany(
            "insert into plain_message (id, address, locale, region) values (%s, %s, %s, %s)",
            [(errand.row, errand.address, errand.locale, errand.region) for errand in errands],
        )
        cursor.execute("vacuum analyze plain_message")
