"""`dispatcher alert`: writing one: what it is, whom it is for, what it tells."""

import json
import re
from datetime import timedelta
from typing import Annotated

import typer
from django.utils.translation import gettext, gettext_noop

from dispatcher.alerts import compose, desk
from dispatcher.alerts.models import Fact
from dispatcher.alerts.scenarios import load
from dispatcher.cli import shell
from dispatcher.cli.registry import sentence_of
from dispatcher.cli.screen import table
from dispatcher.cli.shell import answer, operator, verb
from dispatcher.cli.telling import alert_json, fact_json, facts_table, mode_word, show_alert
from dispatcher.kit.errors import Refused
from dispatcher.wording import values

app = shell.noun(gettext_noop("Alerts: write, preview, get approved, launch, pause, stop, report."))

Number = Annotated[str, typer.Argument(metavar="NUMBER", help=gettext_noop("Number of the alert."))]
FactName = Annotated[str, typer.Argument(metavar="FACT", help=gettext_noop("Name of the fact."))]
Segment = Annotated[
    str,
    typer.Option(
        "--segment", help=gettext_noop("Audience as a sentence, or @name of a saved one.")
    ),
]
PrivateList = Annotated[
    int, typer.Option("--list", help=gettext_noop("Number of a private list of people."))
]
ForRegion = Annotated[
    str, typer.Option("--region", help=gettext_noop("For readers of this region only."))
]
ForLanguage = Annotated[
    str, typer.Option("--language", help=gettext_noop("For readers of this language only."))
]
OverrideQuiet = Annotated[
    str,
    typer.Option("--override-quiet", help=gettext_noop("Why it wakes people; for the journal.")),
]
Source = Annotated[
    str, typer.Option("--source", help=gettext_noop("Who or what says so: a report, a person."))
]


@verb(
    app,
    "compose",
    text=gettext_noop(
        "Begin an alert. Drill or real is fixed now and can never be switched.\n\n"
        "\b\n"
        "Examples:\n"
        "  dispatcher alert compose recall --mode drill --segment 'region in EU'\n"
        "  dispatcher alert compose breach --mode real --list 3 --region DE\n"
        "  dispatcher alert compose recall --mode drill --part update --follows 12\n\n"
        "What follows an alert that has left is for exactly those who may have received it."
    ),
)
def _compose(
    *,
    scenario: Annotated[str, typer.Argument(help=gettext_noop("recall, breach, side_effect"))],
    mode: Annotated[str, typer.Option("--mode", help=gettext_noop("drill or real."))],
    part: Annotated[
        str, typer.Option("--part", help=gettext_noop("first, update, correction or all_clear."))
    ] = "first",
    title: Annotated[
        str, typer.Option("--title", help=gettext_noop("For operators; never sent."))
    ] = "",
    segment: Segment = "",
    to_list: PrivateList = 0,
    regions: Annotated[
        list[str],
        typer.Option("--region", help=gettext_noop("Reach no farther than this; may be repeated.")),
    ] = [],  # noqa: B006
    expires_after: Annotated[
        str, typer.Option("--expires-after", help=gettext_noop("After the launch: PT48H, P2D."))
    ] = "",
    fallback: Annotated[
        str,
        typer.Option(
            "--fallback",
            help=gettext_noop(
                "For readers without a wording: block, default_language, default_with_link, or "
                "bilingual (two whole messages)."
            ),
        ),
    ] = "",
    default_language: Annotated[
        str, typer.Option("--default-language", help=gettext_noop("The one that stands in."))
    ] = "",
    stance: Annotated[
        str,
        typer.Option(
            "--stance", help=gettext_noop("admits or regrets; words written for it come first.")
        ),
    ] = "",
    follows: Annotated[
        str, typer.Option("--follows", help=gettext_noop("Number of the alert that it updates."))
    ] = "",
    quiet_hours: Annotated[
        str,
        typer.Option(
            "--quiet-hours",
            help=gettext_noop("Wait while it is so on the reader's clock: 21:00-08:00"),
        ),
    ] = "",
    override_quiet: OverrideQuiet = "",
) -> None:
    user = operator()
    alert = compose.compose(
        scenario,
        by=user,
        mode=mode,
        part=part,
        title=title,
        segment=sentence_of(segment),
        list_id=to_list or None,
        regions=regions,
        expires_after=_duration(expires_after),
        fallback=fallback,
        default_language=default_language,
        follows=desk.read(follows, by=user) if follows else None,
        quiet_hours=quiet_hours,
        override_quiet=override_quiet,
        stance=stance,
    )
    show_alert(alert)


@verb(
    app,
    "audience",
    text=gettext_noop(
        "Set whom it is for: a segment, a private list, or both; or those who may have received "
        "the alert that it follows."
    ),
)
def _audience(
    *,
    number: Number,
    segment: Segment = "",
    to_list: PrivateList = 0,
    affected: Annotated[
        bool, typer.Option("--affected", help=gettext_noop("Who may have received that alert."))
    ] = False,
) -> None:
    alert = compose.set_audience(
        desk.find(number),
        by=operator(),
        segment=sentence_of(segment),
        list_id=to_list or None,
        affected=affected,
    )
    show_alert(alert)


@verb(
    app,
    "fact",
    text=gettext_noop(
        "Write a fact down; with --verify you also put your name to it.\n\n"
        "Forms: date 2026-11-23, time 14:30, datetime 2026-11-23T14:30+01:00, number 12.5, money "
        "'12.50 EUR', duration PT2H, phone +442079460123, link https://…, list 'A, B'.\n\n"
        "\b\n"
        "Examples:\n"
        "  dispatcher alert fact 1 product 'Morning Oats 500 g' --source 'QA report 7' --verify\n"
        "  dispatcher alert fact 1 line +442079460124 --region GB --source Switchboard\n"
        "  dispatcher alert fact 1 stores --drop"
    ),
)
def _fact(
    *,
    number: Number,
    name: FactName,
    value: Annotated[str, typer.Argument(metavar="VALUE", help=gettext_noop("Its value."))] = "",
    source: Source = "",
    region: ForRegion = "",
    language: ForLanguage = "",
    verify: Annotated[
        bool, typer.Option("--verify", help=gettext_noop("You confirm that it is so."))
    ] = False,
    drop: Annotated[bool, typer.Option("--drop", help=gettext_noop("Strike it out."))] = False,
) -> None:
    user, alert = operator(), desk.find(number)
    if drop:
        compose.drop_fact(alert, by=user, name=name, region=region, language=language)
        answer({"dropped": name}, gettext("Struck out."))
        return
    kind = load(alert.scenario).fact(name).type
    fact = compose.set_fact(
        alert, by=user, name=name, value=_typed(value, kind), source=source,
        region=region, language=language,
    )  # fmt: skip
    if verify:
        fact = compose.verify_fact(alert, by=user, name=name, region=region, language=language)
    _show_fact(fact)


@verb(
    app,
    "verify",
    text=gettext_noop(
        "Put your name to facts: they are so, and this is the source.\n\n"
        "Example: dispatcher alert verify 1 product stores --source 'QA report 7'"
    ),
)
def _verify(
    *,
    number: Number,
    names: Annotated[list[str], typer.Argument(metavar="FACT…", help=gettext_noop("Names."))],
    source: Source = "",
    region: ForRegion = "",
    language: ForLanguage = "",
) -> None:
    user, alert = operator(), desk.find(number)
    facts = [
        compose.verify_fact(
            alert, by=user, name=name, region=region, language=language, source=source
        )
        for name in names
    ]
    answer([fact_json(fact) for fact in facts], facts_table(facts))


@verb(app, "list", text=gettext_noop("The alerts that you may read, newest first."))
def _list() -> None:
    alerts = list(desk.listed(by=operator()).select_related("author"))
    heads = [gettext("Number"), gettext("Mode"), gettext("Scenario"), gettext("Part"),
             gettext("State"), gettext("Title"), gettext("Regions"), gettext("Author")]  # fmt: skip
    rows = [
        (a.number, mode_word(a), a.scenario, a.part, a.state, a.title, ", ".join(a.scope),
         a.author.get_full_name())
        for a in alerts
    ]  # fmt: skip
    answer([alert_json(alert) for alert in alerts], table(heads, rows))


@verb(app, "show", text=gettext_noop("One alert with its facts, and what it still lacks."))
def _show(*, number: Number) -> None:
    show_alert(desk.read(number, by=operator()))


@verb(app, "cancel", text=gettext_noop("Cancel an alert before its launch."))
def _cancel(
    *,
    number: Number,
    reason: Annotated[str, typer.Option("--reason", help=gettext_noop("For the journal."))] = "",
) -> None:
    show_alert(compose.cancel(desk.find(number), by=operator(), reason=reason))


def _show_fact(fact: Fact) -> None:
    answer(fact_json(fact), facts_table([fact]))


def _typed(value: str, kind: str) -> str:
    """What people type for a list: items parted by commas are taken as well as a JSON array."""
    if kind != "list" or value.lstrip().startswith("["):
        return value
    return json.dumps([item.strip() for item in re.split("[,،、，]", value)], ensure_ascii=False)


def _duration(text: str) -> timedelta | None:
    if not text:
        return None
    found = values.read("duration", text, name="expires-after")
    if not isinstance(found, timedelta):
        raise Refused("alerts.bad_expiry", most=compose.LONGEST_LIFE.days)
    return found
