"""What the plain way finds ready: catalogues for gettext, its table, the facts. Not measured."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from babel.messages import mofile, pofile
from django.conf import settings
from django.db import connection

from benchmarks.people import Person
from contacts import territories
from dispatcher.alerts.models import Alert
from dispatcher.fanout.ladder import group_of
from dispatcher.fanout.plan import Plan, thaw
from dispatcher.providers import routing
from dispatcher.wording import choosing
from dispatcher.wording.facts import Fact, Facts

_TYPED = re.compile(r"\{(\w+), \w+\}")
_SLOT = re.compile(r"\{(\w+)[,}]")


@dataclass(frozen=True, slots=True)
class Errand:
    """The arguments of one task."""

    row: int
    to: str
    locale: str
    context: str
    region: str


def prepare(people: Sequence[Person], alert: Alert, *, home: Path) -> tuple[Path, list[Errand]]:
    """The worker's setup file, and an errand with a row of the table for each person."""
    plan = thaw(alert.plan or {})
    wording = f"{alert.scenario}.{alert.part}"
    errands = list(_errands(people, plan, wording=wording))
    sources = _catalogues(home / "locales", {errand.context for errand in errands})
    account = settings.CARRIERS["drill"][routing.account_for("sms", mode="drill")]
    setup = {
        "broker": f"{settings.REDIS_URL.rsplit('/', 1)[0]}/1",
        "database": _database(),
        "locales": str(home / "locales"),
        "texts": {key: (text, _names(text)) for key, text in sources.items()},
        "facts": _facts(plan, errands),
        **account,
    }
    path = home / "plain.json"
    path.write_text(json.dumps(setup), encoding="utf-8")
    _table(errands)
    return path, errands


def _errands(people: Sequence[Person], plan: Plan, *, wording: str) -> Iterator[Errand]:
    """Each person with the language that the road would choose too."""
    policy = choosing.Policy(choosing.Fallback(plan.fallback), plan.default_language)
    for row, person in enumerate(people, start=1):
        group = group_of(person.roles, groups=plan.groups)
        assert group
        asker = choosing.Reader(person.languages, person.country, group.name, person.culture)
        found = choosing.choose(asker, available=group.wordings["sms"], policy=policy)
        assert not isinstance(found, choosing.Blocked)
        locale, context = found.language.replace("-", "_"), f"{wording}.{group.name}.sms"
        yield Errand(row, person.address, locale, context, person.region)


def _catalogues(target: Path, contexts: set[str]) -> dict[str, str]:
    """The shipped texts, compiled, with slots that str.format fills; context -> English text."""
    sources: dict[str, str] = {}
    for shipped in Path(settings.BASE_DIR, "locales").glob("*/LC_MESSAGES/alerts.po"):
        with shipped.open("rb") as file:
            catalogue = pofile.read_po(file, ignore_obsolete=True)
        for message in catalogue:
            if message.context in contexts:
                message.string = _TYPED.sub(r"{\1}", str(message.string))
                sources[message.context] = str(message.id)
        compiled = target / shipped.parent.parent.name / "LC_MESSAGES" / "alerts.mo"
        compiled.parent.mkdir(parents=True, exist_ok=True)
        with compiled.open("wb") as file:
            mofile.write_mo(file, catalogue)
    return sources


def _names(text: str) -> list[str]:
    return sorted(set(_SLOT.findall(text)))


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
            [(errand.row, errand.to, errand.locale, errand.region) for errand in errands],
        )
        cursor.execute("vacuum analyze plain_message")
