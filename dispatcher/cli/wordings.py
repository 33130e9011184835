"""`dispatcher wordings`: the texts that may be sent, in every language."""

from typing import Annotated

import typer
from django.utils.translation import gettext, gettext_noop

from dispatcher.cli import shell
from dispatcher.cli.screen import safe, table
from dispatcher.cli.shell import REFUSED, answer, operator, reader, verb
from dispatcher.kit.errors import Refused
from dispatcher.operators import journal
from dispatcher.operators.roles import Role
from dispatcher.wording import library
from dispatcher.wording.checks import Severity

app = shell.noun(gettext_noop("Wordings: what is said, in every language."))


@verb(
    app,
    "load",
    text=gettext_noop(
        "Read the shipped texts into the database. Doing it again changes nothing; "
        "what the organisation wrote itself stays and is preferred."
    ),
)
def _load() -> None:
    user = reader(Role.TRANSLATOR, Role.ADMIN)
    done = library.load()
    if done.created or done.moved:
        journal.note(user, "wordings.loaded", "wordings", created=done.created, moved=done.moved)
    line = gettext(
        "%(languages)s languages: %(created)s new texts, %(moved)s changed state, "
        "%(accepted)s may be sent"
    )
    facts = {
        "languages": len(done.locales),
        "created": done.created,
        "moved": done.moved,
        "accepted": done.accepted,
    }
    heads = [gettext("Text"), gettext("Channel"), gettext("Language"), gettext("State")]
    rows = [
        (*place, state)
        for state, places in (
            (gettext("needs editing"), done.drafts),
            (gettext("stale"), done.stale),
            (gettext("missing"), done.missing),
        )
        for place in places
    ]
    problems = [shell.sentence(problem) for problem in done.problems]
    answer(
        {**facts, "locales": done.locales, "drafts": done.drafts, "stale": done.stale,
         "missing": done.missing, "problems": problems},
        line % facts,
        *([table(heads, rows)] if rows else []),
        *(safe(problem) for problem in problems),
    )  # fmt: skip


@verb(
    app,
    "show",
    text=gettext_noop(
        "A text in its versions; without a key, all keys.\n\n"
        "Example: dispatcher wordings show recall.first.consumer --in fa"
    ),
)
def _show(
    *,
    key: Annotated[
        str, typer.Argument(help=gettext_noop("For example recall.first.consumer."))
    ] = "",
    language: Annotated[str, typer.Option("--in", help=gettext_noop("Language: fa, pt-BR …"))] = "",
) -> None:
    operator()
    if not key:
        answer(library.keys(), *library.keys())
        return
    found = library.show(key, locale=language)
    parts = [part for version in found for part in _told(version)]
    answer(found, *parts)


@verb(
    app,
    "check",
    text=gettext_noop(
        "What the translation gate finds: placeholders, numbers, links, direction, negation. "
        "Ends with code 1 when something is found that keeps a text from being sent."
    ),
)
def _check(
    *,
    key: Annotated[str, typer.Argument(help=gettext_noop("Else all."))] = "",
    language: Annotated[str, typer.Option("--in", help=gettext_noop("Language: fa, pt-BR …"))] = "",
) -> None:
    operator()
    found = library.check(key, locale=language)
    heads = [gettext("Text"), gettext("Language"), gettext("Severity"), gettext("Finding")]
    rows = [
        (f"{r.key}.{r.channel}", r.locale, str(r.finding.severity.value), _finding(r))
        for r in found
    ]
    answer(found, *([table(heads, rows)] if rows else [gettext("Nothing found.")]))
    if any(r.finding.severity is Severity.REFUSE for r in found):
        raise typer.Exit(REFUSED)


def _told(version: library.Version) -> list[str]:
    head = f"{version.name} [{version.locale}] #{version.id} {version.state} ({version.origin})"
    texts = [f"  {name}: {safe(text, lines=True)}" for name, text in version.fields.items()]
    mark = gettext("back into %(language)s by the machine %(engine)s, for who cannot read it")
    facts = {"language": version.source_locale, "engine": version.engine or "-"}
    backs = [
        f"  {name}, {mark % facts}: {safe(text, lines=True)}"
        for name, text in (version.back or {}).items()
    ]
    return [head, *texts, *backs, ""]


def _finding(remark: library.Remark) -> str:
    """The finding's sentence, from the same shelf as refusals."""
    return shell.sentence(Refused(remark.finding.code, **remark.finding.facts))
