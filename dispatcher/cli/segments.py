"""`dispatcher segments`: audiences as sentences, counted before anybody is told anything."""

from typing import Annotated

import typer
from django.utils.translation import gettext, gettext_noop
from rich.table import Table

from contacts import saved
from contacts.crowds import Reachable, count
from contacts.models import Segment
from contacts.reach import KINDS, Audience
from dispatcher.cli import shell
from dispatcher.cli.registry import held, sentence_of
from dispatcher.cli.screen import table
from dispatcher.cli.shell import answer, operator, reader, verb
from dispatcher.kit.errors import Refused
from dispatcher.operators import access, journal
from dispatcher.operators.models import User
from dispatcher.operators.roles import READERS, Role

app = shell.noun(
    gettext_noop(
        "Segments: audiences as sentences.\n\n"
        "Example: role in (customer, retailer) and region in EU and language = de and not "
        "tag = contractor"
    )
)
WHO = (*READERS, Role.REGISTRY_KEEPER)
SHOWN = 5

Sentence = Annotated[
    str,
    typer.Argument(metavar="SENTENCE", help=gettext_noop("A sentence, or @name of a saved one.")),
]
Kind = Annotated[str, typer.Option("--kind", help=gettext_noop("safety, service or news."))]


@verb(app, "list", text=gettext_noop("The saved segments."))
def _list() -> None:
    operator()
    kept = list(Segment.objects.order_by("key"))
    rows = [(f"@{one.key}", one.title, one.text) for one in kept]
    heads = [gettext("Name"), gettext("Title"), gettext("Sentence")]
    answer([{"key": s.key, "title": s.title, "text": s.text} for s in kept], table(heads, rows))


@verb(
    app,
    "count",
    text=gettext_noop(
        "How many people, of those whom you may see.\n\n"
        "Example: dispatcher segments count 'role = retailer and region in 150'"
    ),
)
def _count(*, segment: Sentence, kind: Kind = "safety") -> None:
    found = _reachable(reader(*WHO), segment, kind)
    line = gettext("%(total)s people, %(reachable)s of them by at least one channel")
    value = {"total": found.total, "reachable": found.reachable}
    answer(value, line % value)


@verb(
    app,
    "preview",
    text=gettext_noop(
        "Who is in it, where, in which languages, and what stands in the way.\n\n"
        "Example: dispatcher segments preview 'region = BR' --kind news"
    ),
)
def _preview(*, segment: Sentence, kind: Kind = "safety") -> None:
    user = reader(*WHO)
    found = _reachable(user, segment, kind)
    people = list(held(segment, scope=access.scope_of(user, *WHO), limit=SHOWN))
    who = [(p.reference, p.name, p.region, ", ".join(p.languages)) for p in people]
    heads = [gettext("Reference"), gettext("Name"), gettext("Region"), gettext("Languages")]
    answer(found, *reachable_parts(found), table(heads, who, title=gettext("For example")))


@verb(
    app,
    "save",
    text=gettext_noop(
        "Keep a sentence under a name, to be used as @name.\n\n"
        "Example: dispatcher segments save eu-shops 'role = retailer and region in EU'"
    ),
)
def _save(
    *,
    name: Annotated[str, typer.Argument(help=gettext_noop("Small letters, digits, hyphens."))],
    segment: Sentence,
    title: Annotated[str, typer.Option("--title", help=gettext_noop("For people."))] = "",
) -> None:
    user = reader(Role.AUTHOR, Role.REGISTRY_KEEPER)
    key = name.removeprefix("@")
    if not key or key != key.lower() or not all(c.isalnum() or c == "-" for c in key):
        raise Refused("cli.bad_name", name=name)
    text = saved.canonical(sentence_of(segment))
    scope = access.scope_of(user, Role.AUTHOR, Role.REGISTRY_KEEPER)
    saved.keep(key, title=title or key, text=text, scope=scope)
    journal.note(user, "segments.saved", f"segment:{key}", text=text)
    answer({"key": key, "text": text}, f"@{key}: {text}")


def reachable_parts(found: Reachable) -> list[Table | str]:
    """The figures of an audience as lines and tables."""
    line = gettext(
        "%(total)s people, %(reachable)s of them by at least one channel; "
        "%(outside)s more live outside the regions"
    )
    facts = {"total": found.total, "reachable": found.reachable, "outside": found.outside_scope}
    number = gettext("People")
    return [
        line % facts,
        *(
            table(
                [head, number], [(name or "-", n) for name, n in sorted(rows.items(), key=_largest)]
            )
            for head, rows in (
                (gettext("Region"), found.by_region),
                (gettext("Language"), found.by_language),
                (gettext("Channel"), found.by_channel),
                (gettext("What stands in the way"), found.blockers),
            )
            if rows
        ),
    ]


def _largest(row: tuple[str, int]) -> tuple[int, str]:
    return -row[1], row[0]


def _reachable(user: User, segment: str, kind: str) -> Reachable:
    """Counted within what the user may see."""
    if kind not in KINDS:
        raise Refused("cli.unknown_kind", kind=kind, known=", ".join(KINDS))
    scope = access.scope_of(user, *WHO)
    return count(Audience(segment=sentence_of(segment)), scope=scope, kind=kind)
