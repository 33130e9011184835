"""`dispatcher wordings`, the translators' bench: write, draft, review, accept, return, compare."""

from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext, gettext_noop
from rich.text import Text

from dispatcher.alerts import scenarios
from dispatcher.cli import shell
from dispatcher.cli.screen import plain, safe, table
from dispatcher.cli.shell import NothingToDo, answer, note, operator, verb
from dispatcher.cli.wordings import app
from dispatcher.kit.errors import Refused
from dispatcher.wording import bench, drafting, owning, standing
from dispatcher.wording.catalogs import SHIPPED
from dispatcher.wording.checks import Finding
from dispatcher.wording.comparing import Piece
from dispatcher.wording.engines.catalogue import names
from dispatcher.wording.models import Template, WordingVersion
from dispatcher.wording.rendering import FIELDS
from dispatcher.wording.states import State

KeyName = Annotated[
    str, typer.Argument(metavar="KEY", help=gettext_noop("For example recall.first.consumer."))
]
Channel = Annotated[str, typer.Option("--channel", help=gettext_noop("sms, email or push."))]
Language = Annotated[str, typer.Option("--in", help=gettext_noop("Language: fa, pt-BR …"))]
Languages = Annotated[
    list[str], typer.Option("--in", help=gettext_noop("Language; may be repeated. Else all 13."))
]
Version = Annotated[
    int, typer.Argument(metavar="VERSION", help=gettext_noop("Number of the version."))
]
Reason = Annotated[str, typer.Option("--reason", help=gettext_noop("Why; the others read it."))]
Texts = Annotated[
    list[str],
    typer.Option("--set", help=gettext_noop("field=text, or field=@file; an SMS has `text`.")),
]


@verb(
    app,
    "write",
    text=gettext_noop(
        "Write what is to be said, in any language: it becomes the source of all others, and every "
        "text written against another source is stale at once.\n\n"
        "\b\n"
        "Examples:\n"
        "  dispatcher wordings write alert:7.consumer --channel sms --in fa --set text=@sms.txt\n"
        "  dispatcher wordings write recall.first.consumer --channel email --in en "
        "--set subject='Recall of {product}' --set body=@letter.md"
    ),
)
def _write(
    *,
    key: KeyName,
    channel: Channel,
    language: Language,
    texts: Texts,
    outdates: Annotated[
        int,
        typer.Option(
            "--outdates",
            help=gettext_noop("Of what all alerts say: how many languages you know to go stale."),
        ),
    ] = 0,
) -> None:
    user = operator()
    version = bench.write(
        key, channel=channel, language=language, fields=_fields(texts, channel), by=user,
        outdates=outdates,
    )  # fmt: skip
    _show(version, ())


@verb(
    app,
    "edit",
    text=gettext_noop(
        "Write or mend a translation; what the checks find is shown at once.\n\n"
        "Example: dispatcher wordings edit recall.first.consumer --channel sms --in fa "
        "--set text=@sms-fa.txt"
    ),
)
def _edit(*, key: KeyName, channel: Channel, language: Language, texts: Texts) -> None:
    user = operator()
    version, findings = bench.edit(
        key, channel=channel, locale=language, fields=_fields(texts, channel), by=user
    )
    _show(version, findings)


@verb(
    app,
    "draft",
    text=gettext_noop(
        "Ask for machine drafts of what is missing or stale. Accepted texts answer first, line by "
        "line; an engine sees nothing before an admin has allowed it. A draft is not accepted.\n\n"
        "\b\n"
        "Examples:\n"
        "  dispatcher wordings draft alert:7.consumer --for recall --in de --in fr --back --wait\n"
        "  dispatcher wordings draft recall.first.consumer --for recall --engine memory"
    ),
)
def _draft(
    *,
    key: KeyName,
    scenario: Annotated[
        str, typer.Option("--for", help=gettext_noop("Scenario whose engines may be asked."))
    ] = "",
    languages: Languages = [],  # noqa: B006
    engine: Annotated[
        str, typer.Option("--engine", help=gettext_noop("Else the first that is allowed."))
    ] = "",
    back: Annotated[
        bool, typer.Option("--back", help=gettext_noop("Translate each draft back as well."))
    ] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help=gettext_noop("Make them here and now, one by one."))
    ] = False,
) -> None:
    user = operator()
    jobs = drafting.ask(
        [key],
        scenario=scenario or key.split(".", maxsplit=1)[0],
        locales=languages or SHIPPED,
        by=user,
        engine=engine,
        back=back,
    )
    while wait and drafting.work():
        left = drafting.progress([key]).waiting
        note(gettext("%(left)s drafts left") % {"left": left})
    told = drafting.progress([key])
    line = gettext("%(asked)s drafts asked for: %(done)s made, %(waiting)s wait, %(failed)s failed")
    facts = {
        "asked": len(jobs),
        "done": told.done,
        "waiting": told.waiting,
        "failed": len(told.failed),
    }
    rows = [(text, locale, shell.sentence(error)) for text, locale, error in told.failed]
    heads = [gettext("Text"), gettext("Language"), gettext("Why it is missing")]
    answer(
        {
            **facts,
            "failures": [
                {"text": text, "locale": locale, "code": error.code}
                for text, locale, error in told.failed
            ],
        },
        line % facts,
        *([table(heads, rows)] if rows else []),
    )


@verb(
    app,
    "state",
    text=gettext_noop(
        "How a text stands in every language: missing, machine draft, needs editing, in review, "
        "accepted, stale; who wrote it, who vouches.\n\n"
        "Example: dispatcher wordings state recall.first.consumer --channel sms"
    ),
)
def _state(
    *,
    key: KeyName,
    channel: Annotated[str, typer.Option("--channel", help=gettext_noop("Else all."))] = "",
    languages: Languages = [],  # noqa: B006
) -> None:
    user = operator()
    owning.require(owning.reads(user, key), user, key)
    found = [
        one
        for one in standing.standings([key], locales=languages or SHIPPED)
        if channel in ("", one.channel)
    ]
    if not found:
        raise Refused("wording.key_unknown", key=key)
    heads = [gettext("Channel"), gettext("Language"), gettext("State"), gettext("Version"),
             gettext("Written by"), gettext("Accepted by"), gettext("At")]  # fmt: skip
    rows = [
        (one.channel, one.locale, STATES.get(one.state, one.state), one.version_id or "-",
         one.engine or one.written_by or "-", _accepted(one), one.at or "-")
        for one in found
    ]  # fmt: skip
    answer([plain(one) for one in found], table(heads, rows))


@verb(
    app,
    "diff",
    text=gettext_noop(
        "What has changed in the source since a version was written, word by word.\n\n"
        "Example: dispatcher wordings diff 212"
    ),
)
def _diff(*, number: Version) -> None:
    user = operator()
    one = WordingVersion.objects.filter(pk=number).select_related("wording__template").first()
    if one is None or not owning.reads(user, one.wording.template.key):
        raise Refused("wording.version_unknown", version=number)
    found = standing.changed(number)
    if not found:
        raise NothingToDo(gettext("The source is what it was."))
    parts: list[str | Text] = []
    for name, pieces in found.items():
        parts += [f"{name}:", _compared(pieces)]
    answer({name: [plain(one) for one in pieces] for name, pieces in found.items()}, *parts)


@verb(
    app,
    "review",
    text=gettext_noop("Hand a draft on as it stands, for somebody who vouches for the language."),
)
def _review(*, number: Version) -> None:
    _show(bench.ask_review(number, by=operator()), ())


@verb(
    app,
    "accept",
    text=gettext_noop(
        "Vouch for texts: from now on they may be sent, under your name. Only for languages that "
        "you vouch for, and not for your own last edit.\n\n"
        "Shipped texts, too, need this before a real alert.\n\n"
        "\b\n"
        "Examples:\n"
        "  dispatcher wordings accept 212\n"
        "  dispatcher wordings accept 198 --again --reason 'Only a comma has changed.'\n"
        "  dispatcher wordings accept --text recall.first.consumer --in es"
    ),
)
def _accept(
    *,
    number: Annotated[int, typer.Argument(metavar="VERSION")] = 0,
    again: Annotated[
        bool,
        typer.Option("--again", help=gettext_noop("A stale text whose meaning did not change.")),
    ] = False,
    reason: Reason = "",
    key: Annotated[
        str, typer.Option("--text", help=gettext_noop("All channels of a text, with --in."))
    ] = "",
    language: Language = "",
) -> None:
    user = operator()
    if key:
        found = [
            one
            for one in standing.standings([key], locales=[language])
            if one.locale == language and one.version_id and not one.vouched
        ]
        if not found:
            raise NothingToDo(gettext("Nothing waits there for somebody to vouch for."))
        numbers = [one.version_id or 0 for one in found]
    else:
        numbers = [number]
    if again:
        versions = [bench.accept_again(one, by=user, reason=reason) for one in numbers]
    else:
        eyes = _four_eyes(numbers)
        versions = [bench.accept(one, by=user, four_eyes=eyes) for one in numbers]
    line = gettext("%(text)s: accepted by %(who)s.")
    answer(
        [_plain(one) for one in versions],
        *(line % {"text": str(one), "who": one.accepted_by} for one in versions),
    )


@verb(app, "return", text=gettext_noop("Send a text back to its writers, with a reason."))
def _return(*, number: Version, reason: Reason) -> None:
    _show(bench.send_back(number, by=operator(), reason=reason), ())


@verb(
    app,
    "engines",
    text=gettext_noop(
        "Translation engines: which are configured, and which may see texts of which scenario.\n\n"
        "\b\n"
        "Examples:\n"
        "  dispatcher wordings engines --allow libretranslate --for recall\n"
        "  dispatcher wordings engines --stop google --for breach"
    ),
)
def _engines(
    *,
    allow: Annotated[str, typer.Option("--allow", help=gettext_noop("Engine to allow."))] = "",
    stop: Annotated[str, typer.Option("--stop", help=gettext_noop("Engine to stop."))] = "",
    scenario: Annotated[str, typer.Option("--for", help=gettext_noop("Scenario."))] = "",
) -> None:
    user = operator()
    if allow or stop:
        scenarios.load(scenario)
        drafting.allow(allow or stop, scenario=scenario, by=user, allowed=bool(allow))
    able = {name: [s for s in scenarios.names() if name in drafting.allowed(s)] for name in names()}
    if not able:
        raise NothingToDo(gettext("No engine is configured; see docs/settings.md."))
    heads = [gettext("Engine"), gettext("May see texts of")]
    answer(able, table(heads, [(name, ", ".join(held) or "-") for name, held in able.items()]))


STATES = {
    "missing": gettext_noop("missing"),
    State.MACHINE_DRAFT.value: gettext_noop("machine draft"),
    State.NEEDS_EDITING.value: gettext_noop("needs editing"),
    State.IN_REVIEW.value: gettext_noop("in review"),
    State.ACCEPTED.value: gettext_noop("accepted"),
    State.STALE.value: gettext_noop("stale"),
}


def _four_eyes(numbers: list[int]) -> bool:
    """As the scenarios of these texts ask; where one asks, all need them."""
    keys = Template.objects.filter(wordings__versions__pk__in=numbers).values_list("key", flat=True)
    known = {key.split(".", maxsplit=1)[0] for key in keys} & set(scenarios.names())
    return any(scenarios.load(name).four_eyes for name in known) or not known


def _accepted(one: standing.Standing) -> str:
    if not one.accepted_by:
        return "-"
    return one.accepted_by if one.vouched else gettext("nobody yet (shipped)")


def _fields(pairs: list[str], channel: str) -> dict[str, str]:
    """`field=text` or `field=@file`; files may bring any line ends."""
    if channel not in FIELDS:
        raise Refused("wording.channel_unknown", channel=channel, known=", ".join(FIELDS))
    held = {}
    for pair in pairs:
        name, sign, text = pair.partition("=")
        if not sign:
            raise Refused("cli.bad_pair", pair=pair)
        held[name.strip()] = _read(text[1:]) if text.startswith("@") else text
    return held


def _read(name: str) -> str:
    path = Path(name)
    if not path.is_file():
        raise Refused("cli.no_file", path=name)
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("cli.not_utf8", path=name) from None


def _show(version: WordingVersion, findings: tuple[Finding, ...]) -> None:
    heads = [gettext("Severity"), gettext("Finding")]
    rows = [
        (one.severity.value, shell.sentence(Refused(one.code, **one.facts))) for one in findings
    ]
    told = {**_plain(version), "findings": [plain(one) for one in findings]}
    line = f"{version}: {gettext(STATES.get(version.state, version.state))}"
    texts = [f"  {name}: {safe(text, lines=True)}" for name, text in version.fields.items()]
    answer(told, line, *texts, *([table(heads, rows)] if rows else []))


def _plain(version: WordingVersion) -> dict[str, object]:
    template = version.wording.template
    return {
        "version": version.pk,
        "key": template.key,
        "channel": template.channel,
        "locale": version.wording.locale,
        "state": version.state,
        "accepted_by": version.accepted_by,
    }


def _compared(pieces: tuple[Piece, ...]) -> Text:
    """Gone words struck through in brackets, new ones in bold: never by colour alone."""
    shown = Text()
    for piece in pieces:
        text = safe(piece.text, lines=True)
        if piece.kind == "gone":
            shown.append(f"[-{text}-]", style="red strike")
        elif piece.kind == "new":
            shown.append(f"[+{text}+]", style="green bold")
        else:
            shown.append(text)
    return shown
