"""`python -m benchmarks.registry`: how long a keeper waits for people, in a registry of a million.

The questions are those that keepers ask: parts of names, numbers, addresses and references of
people who are there, filters of all kinds and two at a time, each in five scopes.
"""

import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from statistics import median, quantiles
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from benchmarks import figures, meter
from benchmarks.stage import Here, Stage

_ERR = Console(stderr=True)
_OF_SEARCH = (
    "contacts_by_word", "contacts_by_reference", "contacts_address_begins", "contacts_of_country",
    "contacts_of_region", "contacts_of_role", "contacts_of_language", "contacts_address_dead",
    "contacts_consent_refused",
)  # fmt: skip
_SCOPES = (("001",), ("EU",), ("DE",), ("IS",), ("FR", "BE"))
_SAMPLE = """
    select name, reference from contacts_contact
    where id %% 9973 = 7 and name <> '' and reference <> '' order by id limit 15
"""
_KEYS = """
    select key from contacts_address where channel = %s and contact_id %% 9973 = 7
    order by id limit 8
"""


def main(
    *,
    people: Annotated[int, typer.Option(min=1000, help="In the registry.")] = 1_000_000,
    calls: Annotated[int, typer.Option(min=1, help="Of each question.")] = 1,
    imports: Annotated[int, typer.Option(min=0, help="Rows to import, undone again.")] = 0,
    here: Annotated[bool, typer.Option(help="In DATABASE_URL; what is made there stays.")] = False,
) -> None:
    """Measure milliseconds of a page of people, and of its figure of how many there are."""
    with Here() if here else Stage(keep=1):
        from benchmarks import multitude
        from contacts import finding
        from contacts.models import Contact
        from contacts.regions import Scope

        if not Contact.objects.exists():
            _ERR.print(f"  {people:,} people are made …", highlight=False)
            multitude.register(people, keeper="benchmark")
        if imports:
            _import(imports)
            return
        table = Table(title=f"milliseconds; load {meter.load():.1f}", title_justify="left")
        for head in ("known", "questions", "page p50", "p95", "worst", "count p50", "p95", "worst"):
            table.add_column(head, justify="left" if head == "known" else "right")
        worst: list[tuple[float, str]] = []
        for name, asked in _questions().items():
            found: dict[str, list[float]] = {"find": [], "count": []}
            for regions in _SCOPES:
                for wanted in asked:
                    scope = Scope(regions)
                    for what, ask in (("find", finding.look), ("count", finding.count)):
                        ask(wanted, scope=scope)
                        took = figures.times(lambda: ask(wanted, scope=scope), calls)  # noqa: B023
                        found[what] += took
                        worst.append((max(took), f"{what} {'+'.join(regions)} {wanted}"))
            row = [cell for times in found.values() for cell in _cells(times)]
            table.add_row(name, str(len(asked) * len(_SCOPES)), *row)
    Console().print(table)
    for milliseconds, question in sorted(worst, reverse=True)[:8]:
        sys.stdout.write(f"{milliseconds:8.1f} {question}\n")


def _import(rows: int) -> None:
    """What the indexes and the census of search add to an import; nothing of it stays."""
    from django.db import connection, transaction

    from benchmarks import multitude

    found = "select indexname from pg_indexes where indexname = any(%s)"
    with connection.cursor() as cursor:
        cursor.execute(found, [list(_OF_SEARCH)])
        names = [name for (name,) in cursor.fetchall()]
    for what in ("all of it", "without the census", "without the indexes", "without either"):
        with transaction.atomic(), connection.cursor() as cursor:
            if what in {"without the census", "without either"}:
                cursor.execute("alter table contacts_contact disable trigger user")
            if what in {"without the indexes", "without either"}:
                cursor.execute(f"drop index {', '.join(names)}")
            [took] = figures.times(lambda: multitude.bring(rows, keeper="benchmark"), 1)
            transaction.set_rollback(True)
        sys.stdout.write(f"{took / 1000:8.1f} s  {rows:,} rows imported, {what}\n")


def _cells(times: list[float]) -> Iterator[str]:
    high = quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
    yield from (f"{one:,.1f}" for one in (median(times), high, max(times)))


def _questions() -> dict[str, list[Any]]:
    from contacts.finding import STATES, Wanted

    chance = random.Random(3)  # the same questions every time
    names, references, mails, phones = _known()
    filters: tuple[tuple[str, tuple[Any, ...]], ...] = (
        ("role", ("customer", "regulator", "point_of_sale")),
        ("region", ("DE", "IS", "JP", "150", "US-CA", "ZW")),
        ("language", ("de", "fa", "is", "zh-Hant", "pt-BR", "sw")),
        ("state", STATES),
    )
    alone = {name: [replace(Wanted(), **{name: one}) for one in values] for name, values in filters}
    return {
        "nothing": [Wanted()],
        "a page in the middle": [Wanted(after=chance.randrange(10**6)) for _ in range(5)],
        "name": [Wanted(text=name) for name in names],
        "beginning of a name": [Wanted(text=name[:n]) for name in names[:6] for n in (1, 2, 3)],
        "reference": [Wanted(text=one) for one in (*references[:5], "P0", references[0][:-1])],
        "e-mail": [Wanted(text=one[:n]) for one in mails[:5] for n in (4, one.find("@"), 99)],
        "phone": [Wanted(text=one[n:]) for one in phones[:5] for n in (0, 1, 3)]
        + [Wanted(text=one[:7]) for one in phones[:3]],
        **alone,
        "two filters": [
            Wanted(role="regulator", language="fa"),
            Wanted(role="regulator", region="DE"),
            Wanted(language="fa", region="DE"),
            Wanted(role="media", region="JP", language="en"),
            Wanted(role="regulator", language="fa", region="BR"),
        ],
        "state and region": [Wanted(state=one, region="DE") for one in STATES],
        "state and role": [Wanted(state=one, role="regulator") for one in STATES],
        "name and filter": [Wanted(text=one, role="regulator") for one in names[:8]]
        + [Wanted(text=one[:3], language="fa") for one in names[:8]],
    }


def _known() -> tuple[list[str], list[str], list[str], list[str]]:
    """Names, references, e-mail addresses and numbers of people who are there."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_SAMPLE, ())
        people = cursor.fetchall()
        keys = []
        for channel in ("email", "sms"):
            cursor.execute(_KEYS, (channel,))
            keys.append([key for (key,) in cursor.fetchall()])
    return [name for name, _ in people], [one for _, one in people], keys[0], keys[1]


if __name__ == "__main__":
    typer.run(main)
