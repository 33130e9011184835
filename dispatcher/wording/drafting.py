"""Drafts by machine: asked for, made one by one, each with its reason when it fails.

The memory of accepted texts answers first, line by line, and an engine is asked for the rest. An
engine gets nothing before an operator has allowed it for this kind of scenario, nothing beyond the
text's budget, and never takes the place of what a person wrote. A draft that fails is missing: the
source never stands in the target's place.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, Sum
from django.db.models.functions import Now

from dispatcher.kit.errors import Refused
from dispatcher.operators import access, journal
from dispatcher.operators.models import User
from dispatcher.operators.roles import Role
from dispatcher.wording import bench, checks, glossary, memory, owning, tags
from dispatcher.wording.engines.base import Engine
from dispatcher.wording.engines.catalogue import names, open_engine
from dispatcher.wording.engines.deepl import DeepL
from dispatcher.wording.models import DraftJob, EngineLeave, Template, WordingVersion
from dispatcher.wording.segments import lines, put_together, to_translate
from dispatcher.wording.states import State

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=1)
"""After which a draft that nobody finished may be taken by another worker."""
FATAL = (
    "wording.same_as_source",
    "wording.script_foreign",
    "wording.language_foreign",
    "wording.letters_foreign",
)
"""Findings that say that this is no draft in the language at all; the first says most."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the drafts of some texts came."""

    waiting: int
    done: int
    failed: tuple[tuple[str, str, Refused], ...]
    """(text, language, reason)"""


@transaction.atomic
def allow(engine: str, *, scenario: str, by: User, allowed: bool = True) -> None:
    """Give or take back an engine's leave to see texts of a kind of scenario, on record.

    An admin's word: the text of a crisis that nobody knows of yet would leave the house. Raises
    `wording.engine_unknown`.
    """
    access.require(by, Role.ADMIN, over=["001"])
    if allowed and engine not in names():
        raise Refused("wording.engine_unknown", engine=engine, known=", ".join(names()) or "-")
    leaves = EngineLeave.objects.filter(engine=engine, scenario=scenario)
    if allowed and leaves.exists():
        return
    if allowed:
        EngineLeave.objects.create(engine=engine, scenario=scenario, given_by=by.username)
    elif not allowed and not leaves.delete()[0]:
        return
    did = "wordings.engine_allowed" if allowed else "wordings.engine_stopped"
    journal.note(by, did, f"engine:{engine}", scenario=scenario)


def allowed(scenario: str) -> tuple[str, ...]:
    """The engines that may see texts of this kind of scenario, in order of preference."""
    leaves = set(EngineLeave.objects.filter(scenario=scenario).values_list("engine", flat=True))
    return tuple(name for name in names() if name in leaves)


@transaction.atomic
def ask(
    keys: Iterable[str],
    *,
    scenario: str,
    locales: Iterable[str],
    by: User,
    engine: str = "",
    back: bool = False,
) -> list[DraftJob]:
    """Ask for drafts of what is missing or stale in these languages; what was new of it.

    Without `engine` the first that is allowed; "memory" asks none. What a person works on, or has
    accepted, is left alone. Raises `wording.not_yours`, `wording.engine_not_allowed`.
    """
    asked_for = list(keys)
    for key in asked_for:
        owning.require(owning.translates(by, key), by, key)
    chosen = _engine(engine, scenario)
    wanted = [tags.canonical(tag) for tag in locales]
    made = []
    for template in Template.objects.filter(key__in=asked_for).order_by("key", "channel"):
        for locale in wanted:
            if locale == template.source_language or _in_hand(template, locale):
                continue
            try:
                with transaction.atomic():
                    made.append(
                        DraftJob.objects.create(
                            template=template, locale=locale, engine=chosen, back=back,
                            asked_by=by.username,
                        )
                    )  # fmt: skip
            except IntegrityError:  # it has been asked for already
                continue
    if made:
        journal.note(
            by, "wordings.drafts_asked", f"scenario:{scenario}", engine=chosen, drafts=len(made)
        )
    return made


def work() -> bool:
    """Make one draft that was asked for; False when none waits. No transaction holds the wire."""
    with transaction.atomic():
        free = Q(state=DraftJob.State.WAITING) | Q(
            state=DraftJob.State.WORKING, taken_at__lt=Now() - LEASE
        )
        job = (
            DraftJob.objects.filter(free)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("template")
            .order_by("pk")
            .first()
        )
        if job is None:
            return False
        DraftJob.objects.filter(pk=job.pk).update(state=DraftJob.State.WORKING, taken_at=Now())
    try:
        version, letters = _make(job)
        told = {"state": DraftJob.State.DONE, "version": version, "letters": letters}
    except Refused as error:
        log.warning("draft_failed", job=job.pk, code=error.code)
        told = {"state": DraftJob.State.FAILED, "reason": error.code, "facts": error.facts}
    DraftJob.objects.filter(pk=job.pk).update(done_at=Now(), **told)
    return True


def progress(keys: Iterable[str]) -> Progress:
    """How far the drafts of these texts came, by the newest word on each text and language."""
    rows = DraftJob.objects.filter(template__key__in=list(keys)).select_related("template")
    newest = {(row.template_id, row.locale): row for row in rows.order_by("pk")}.values()
    failed = [row for row in newest if row.state == DraftJob.State.FAILED]
    return Progress(
        waiting=sum(
            row.state in (DraftJob.State.WAITING, DraftJob.State.WORKING) for row in newest
        ),
        done=sum(row.state == DraftJob.State.DONE for row in newest),
        failed=tuple(
            (str(row.template), row.locale, Refused(row.reason, **row.facts)) for row in failed
        ),
    )


def translate(
    fields: Mapping[str, str],
    *,
    source: str,
    target: str,
    engine: Engine | None,
    terms: Mapping[str, str] | None = None,
) -> tuple[dict[str, str], int]:
    """The fields in the target language, and how many letters an engine saw.

    `terms` (term -> its translation, or itself) go past the engine: it sees a token for each.
    Raises what the engine raises, `wording.memory_only` where no engine may be asked for what the
    memory does not know, and `wording.tokens_lost`.
    """
    known = memory.recall(source=source, target=target)
    told, letters = {}, 0
    for name, text in fields.items():
        remembered = {ours: known[ours] for _, ours in lines(text, locale=source) if ours in known}
        told[name], seen = _field(
            text, remembered, source=source, target=target, engine=engine, terms=terms or {}
        )
        letters += seen
    return told, letters


def _field(
    text: str,
    remembered: Mapping[str, str],
    *,
    source: str,
    target: str,
    engine: Engine | None,
    terms: Mapping[str, str],
) -> tuple[str, int]:
    """Lines that the memory knows stand as they are; the others go to the engine together."""
    out: list[str | None] = []
    rest = []
    for line, (marks, ours) in zip(
        text.split("\n"), _whole_lines(text, locale=source), strict=True
    ):
        if ours in remembered:
            out.append(f"{marks}{remembered[ours]}{_tail(line)}")
        else:
            out.append(None)
            rest.append(line)
    asked = (to_translate(line, locale=source, glossary=terms) for line in rest)
    words = tuple(dict.fromkeys(chain.from_iterable(asked)))
    if words and engine is None:
        raise Refused("wording.memory_only", line=words[0][:80])
    answers = engine.translate(words, source=source, target=target) if engine and words else []
    translated = dict(zip(words, answers, strict=True))
    built = iter(
        [
            put_together(line, translated, locale=source, target=target, glossary=terms)
            for line in rest
        ]
    )
    done = [line if line is not None else next(built) for line in out]
    return "\n".join(done), sum(map(len, words))


def _whole_lines(text: str, *, locale: str) -> list[tuple[str, str]]:
    """Marks and words line by line; a plural that spans lines cannot be cut there."""
    found = lines(text, locale=locale)
    if len(found) != text.count("\n") + 1:
        raise Refused("wording.plural_over_lines")
    return found


def _tail(line: str) -> str:
    stripped = line.rstrip()
    return "**" if stripped.endswith("**") else ""


def _make(job: DraftJob) -> tuple[WordingVersion, int]:
    template, engine = job.template, None if job.engine == memory.NAME else open_engine(job.engine)
    source = template.source_language
    _within_budget(template)
    terms = _terms(engine, source=source, target=job.locale)
    fields, letters = translate(
        template.source, source=source, target=job.locale, engine=engine, terms=terms
    )
    findings = checks.examine(
        fields, locale=job.locale, source=template.source, source_locale=source
    )  # of what is asked beside that, who edits the draft is told
    fatal = {one.code: one for one in reversed(findings)}
    for code in FATAL:
        if code in fatal:
            raise Refused(code, **fatal[code].facts)
    back = None
    if job.back and engine is not None:
        back, more = _back(fields, source=source, target=job.locale, engine=engine)
        letters += more
    version = bench.put_draft(
        template.key,
        channel=template.channel,
        locale=job.locale,
        fields=fields,
        engine=job.engine,
        back=back,
    )
    return version, letters


def _terms(engine: Engine | None, *, source: str, target: str) -> dict[str, str]:
    """The glossary's terms that go past the engine: an engine with a glossary inflects its own."""
    held = glossary.for_drafts(source, target)
    if isinstance(engine, DeepL) and engine.glossary_id:
        return {term: name for term, name in held.items() if term == name}
    return held


def _back(
    fields: Mapping[str, str], *, source: str, target: str, engine: Engine
) -> tuple[dict[str, str] | None, int]:
    """The draft in the source's language again, by the engine alone; None where it fails."""
    told, letters = {}, 0
    try:
        for name, text in fields.items():
            words = to_translate(text, locale=target)
            answers = engine.translate(words, source=target, target=source) if words else []
            translated = dict(zip(words, answers, strict=True))
            told[name] = put_together(text, translated, locale=target, target=source)
            letters += sum(map(len, words))
    except Refused as error:
        log.warning("no_way_back", code=error.code)
        return None, letters
    return told, letters


def _within_budget(template: Template) -> None:
    spent = DraftJob.objects.filter(template__key=template.key).aggregate(n=Sum("letters"))["n"]
    if (spent or 0) >= settings.DRAFT_BUDGET:
        raise Refused("wording.budget_spent", most=settings.DRAFT_BUDGET)


def _engine(asked: str, scenario: str) -> str:
    able = allowed(scenario)
    if asked in ("", memory.NAME):
        return asked or (able[0] if able else memory.NAME)
    if asked not in able:
        raise Refused("wording.engine_not_allowed", engine=asked, scenario=scenario)
    return asked


def _in_hand(template: Template, locale: str) -> bool:
    """Whether a person has written or accepted something against the present source."""
    return WordingVersion.objects.filter(
        wording__template=template,
        wording__locale=locale,
        source_hash=template.source_hash,
        state__in=[
            State.NEEDS_EDITING.value,
            State.IN_REVIEW.value,
            State.ACCEPTED.value,
        ],
    ).exists()
