"""The translators' bench: write a source, draft, edit, review, accept, return. All on record.

A text is never changed: every edit is a new version. What may be sent is what a named person has
accepted against the present source; a new source takes every acceptance back at once.
"""

import re
from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from dispatcher.kit.errors import Refused
from dispatcher.operators import access, journal
from dispatcher.operators.access import NotAllowed
from dispatcher.operators.models import User
from dispatcher.wording import asking, checks, owning, rendering, tags
from dispatcher.wording.catalogs import digest
from dispatcher.wording.checks import Finding
from dispatcher.wording.loading import remember
from dispatcher.wording.models import Source, Template, Wording, WordingVersion
from dispatcher.wording.placeholders import refuse_unbearable
from dispatcher.wording.states import OPEN, Origin, State, move

_KEY = re.compile(
    r"(?:alert:\d{1,18}|[A-Za-z0-9_-]+)(?:\.[A-Za-z0-9_-]+)+(?:\+[A-Za-z0-9_-]+=[A-Za-z0-9_=;-]+)?"
)
"""What a text may be called: it stands in addresses, in catalogues and in the names of files."""
_LONGEST_KEY = 120


class Unsound(Refused):
    """A text that the checks refuse; `findings` say why, each with its own sentence."""

    def __init__(self, wording: Wording, findings: tuple[Finding, ...]) -> None:
        super().__init__(
            "wording.unsound",
            wording=str(wording.template),
            locale=wording.locale,
            count=len(findings),
        )
        self.findings = findings


@transaction.atomic
def write(
    key: str,
    *,
    channel: str,
    language: str,
    fields: Mapping[str, str],
    by: User,
    outdates: int = 0,
) -> WordingVersion:
    """Write what is to be said, in any language; it becomes the source of all others.

    Every text that was written against another source is stale at once. The source, too, waits for
    somebody who vouches for its language. Writing the same again changes nothing.

    Only an author of all regions that hear the text may: of the whole world for what all alerts
    say. There `outdates` is how many languages the person knows to go stale; one more is refused.
    Raises `wording.not_yours`, `wording.bad_key`, `wording.outdates`, `wording.fields_unknown`,
    `wording.language_unknown`, `wording.text_too_long`, `wording.too_many_marks`.
    """
    owning.require(owning.writes(by, key), by, key)
    if len(key) > _LONGEST_KEY or not _KEY.fullmatch(key):
        raise Refused("wording.bad_key", key=key[:120])
    language, held = tags.canonical(language), _fields(fields, channel=channel)
    findings = checks.examine(
        held,
        locale=language,
        source=held,
        source_locale=language,
        asked=asking.asked(key, channel=channel, locale=language, source_locale=language),
    )
    template, new = Template.objects.select_for_update().get_or_create(
        key=key,
        channel=channel,
        defaults={
            "source_language": language,
            "source": held,
            "source_hash": _source_hash(held, language),
            "origin": Origin.OPERATOR.value,
        },
    )
    fresh = _source_hash(held, language)
    stale = () if new else outdated(key, channel=channel, language=language, fields=held)
    if owning.owner(key).shared and len(stale) > outdates:
        raise Refused("wording.outdates", count=len(stale), languages=", ".join(stale))
    if new or template.source_hash != fresh or template.origin != Origin.OPERATOR:
        Template.objects.filter(pk=template.pk).update(
            source_language=language, source=held, source_hash=fresh,
            origin=Origin.OPERATOR.value, changed_at=Now(),
        )  # fmt: skip
        template.refresh_from_db()
        _outdate(template)
        journal.note(by, "wordings.source_written", f"wording:{template}", language=language)
    remember([template])
    Source.objects.filter(template=template, hash=fresh, written_by="").update(
        written_by=by.username
    )
    return _add(template, locale=language, fields=held, state=_state(findings), by=by)


def outdated(
    key: str, *, channel: str, language: str, fields: Mapping[str, str]
) -> tuple[str, ...]:
    """The languages, sorted, whose accepted text would be stale if this became the source."""
    fresh = _source_hash(_fields(fields, channel=channel), tags.canonical(language))
    accepted = WordingVersion.objects.filter(
        wording__template__key=key, wording__template__channel=channel,
        state=State.ACCEPTED.value,
    )  # fmt: skip
    stale = accepted.exclude(source_hash=fresh).exclude(wording__locale=language)
    return tuple(sorted(set(stale.values_list("wording__locale", flat=True))))


@transaction.atomic
def edit(
    key: str, *, channel: str, locale: str, fields: Mapping[str, str], by: User
) -> tuple[WordingVersion, tuple[Finding, ...]]:
    """A new version of a text in a language, and what the checks say of it.

    It waits for review; where a check refuses it, it needs editing. Raises
    `wording.not_yours`, `wording.key_unknown`, `wording.fields_unknown`,
    `wording.text_too_long`, `wording.too_many_marks`.
    """
    owning.require(owning.translates(by, key), by, key)
    template = _template(key, channel)
    held, locale = _fields(fields, channel=channel), tags.canonical(locale)
    findings = _examine(template, locale, held)
    engine = _engine_before(template, locale)
    version = _add(
        template, locale=locale, fields=held, state=_state(findings), by=by, engine=engine
    )
    journal.note(by, "wordings.edited", f"wording:{template}", locale=locale, version=version.pk)
    return version, findings


@transaction.atomic
def put_draft(
    key: str,
    *,
    channel: str,
    locale: str,
    fields: Mapping[str, str],
    engine: str,
    back: Mapping[str, str] | None = None,
) -> WordingVersion:
    """What an engine made; `back` is its own translation back, for who does not read the language.

    A draft never takes the place of what a person wrote: see `drafting`, which asks first.
    """
    template = _template(key, channel)
    held = _fields(fields, channel=channel)
    return _add(
        template, locale=tags.canonical(locale), fields=held, state=State.MACHINE_DRAFT,
        engine=engine, back=dict(back) if back else None,
    )  # fmt: skip


@transaction.atomic
def ask_review(version_id: int, *, by: User) -> WordingVersion:
    """Hand a draft on as it stands. Raises `wording.unsound` when a check refuses it."""
    version = _take(version_id)
    key = version.wording.template.key
    owning.require(owning.translates(by, key), by, key)
    _refuse_unsound(version)
    _move(version, State.IN_REVIEW)
    journal.note(by, "wordings.review_asked", _about(version), locale=version.wording.locale)
    return version


def doubt(version: WordingVersion) -> WordingVersion:
    """What came in with a doubt of its own (fuzzy) needs editing, whatever the checks say."""
    _move(version, State.NEEDS_EDITING)
    return version


@transaction.atomic
def accept(
    version_id: int, *, by: User, four_eyes: bool = True, remark: str = ""
) -> WordingVersion:
    """Vouch for a text: from now on it may be sent, and replaces what was accepted before.

    Only a translator of this very language may, not the author of its last edit where four eyes
    are asked for, and only against the present source. A shipped text is accepted in the same way:
    that makes the person's name stand for it. Raises `wording.not_your_language`,
    `wording.own_edit`, `wording.source_changed`, `wording.unsound`, `wording.move_not_allowed`.
    """
    version = _take(version_id)
    locale = version.wording.locale
    if not access.speaks(by, locale):
        raise NotAllowed("wording.not_your_language", who=by.username, locale=locale)
    if four_eyes and version.writer_id == by.pk:
        raise NotAllowed("wording.own_edit", who=by.username, version=version.pk)
    if version.source_hash != version.wording.template.source_hash:
        raise Refused("wording.source_changed", version=version.pk)
    _refuse_unsound(version)
    if version.state != State.ACCEPTED:
        _retire(version)
        move(State(version.state), State.ACCEPTED)
    WordingVersion.objects.filter(pk=version.pk).update(
        state=State.ACCEPTED.value, accepted_by=by.get_full_name(), voucher_id=by.pk,
        accepted_at=Now(), remark=remark,
    )  # fmt: skip
    journal.note(by, "wordings.accepted", _about(version), locale=locale, version=version.pk)
    version.refresh_from_db()
    return version


@transaction.atomic
def send_back(version_id: int, *, by: User, reason: str) -> WordingVersion:
    """Return a text to its writers with a reason, also one that was accepted.

    Who vouches for the language may. Raises `wording.not_your_language`, `wording.no_reason`.
    """
    version = _take(version_id)
    if not access.speaks(by, version.wording.locale):
        raise NotAllowed(
            "wording.not_your_language", who=by.username, locale=version.wording.locale
        )
    if not reason.strip():
        raise Refused("wording.no_reason")
    _move(version, State.NEEDS_EDITING, remark=reason.strip(), voucher_id=None, accepted_by="")
    journal.note(by, "wordings.returned", _about(version), version=version.pk, reason=reason)
    return version


@transaction.atomic
def accept_again(version_id: int, *, by: User, reason: str) -> WordingVersion:
    """Vouch for a stale text against the source as it is now: the change did not touch its meaning.

    One action, on record with its reason; the checks must not refuse it against the new source.
    Raises what `accept` raises, `wording.no_reason`, and `wording.not_stale`.
    """
    old = _take(version_id)
    template = old.wording.template
    if not reason.strip():
        raise Refused("wording.no_reason")
    if old.state != State.STALE or old.source_hash == template.source_hash:
        raise Refused("wording.not_stale", version=old.pk, state=old.state)
    fresh = _add(
        template, locale=old.wording.locale, fields=old.fields, state=State.IN_REVIEW,
        engine=old.engine, writer=(old.writer_id, old.written_by),
    )  # fmt: skip
    return accept(fresh.pk, by=by, four_eyes=False, remark=reason.strip())


def _fields(fields: Mapping[str, str], *, channel: str) -> dict[str, str]:
    held = {name: text.strip() for name, text in fields.items()}
    if rendering.channel_of(held) != channel:
        raise Refused("wording.fields_unknown", fields=", ".join(sorted(fields)))
    for text in held.values():  # what cannot be a text is not even kept as one that needs editing
        refuse_unbearable(text)
    return held


def _source_hash(fields: Mapping[str, str], language: str) -> str:
    """As catalogues have it for English, so that a source that goes back finds its texts again."""
    return digest(fields if language == "en" else {**fields, "language": language})


def _template(key: str, channel: str) -> Template:
    found = Template.objects.filter(key=key, channel=channel).first()
    if found is None:
        raise Refused("wording.key_unknown", key=f"{key}.{channel}"[:120])
    return found


def _examine(template: Template, locale: str, fields: Mapping[str, str]) -> tuple[Finding, ...]:
    asked = asking.asked(
        template.key,
        channel=template.channel,
        locale=locale,
        source_locale=template.source_language,
    )
    return checks.examine(
        fields,
        locale=locale,
        source=template.source,
        source_locale=template.source_language,
        asked=asked,
    )


def _state(findings: tuple[Finding, ...]) -> State:
    return State.NEEDS_EDITING if checks.refused(findings) else State.IN_REVIEW


def _engine_before(template: Template, locale: str) -> str:
    """The engine whose draft a person is editing: a text that began as one says so for ever."""
    before = WordingVersion.objects.filter(
        wording__template=template, wording__locale=locale, source_hash=template.source_hash
    ).order_by("-pk")
    return next(iter(before.values_list("engine", flat=True)), "")


def _add(
    template: Template,
    *,
    locale: str,
    fields: Mapping[str, str],
    state: State,
    by: User | None = None,
    writer: tuple[int | None, str] | None = None,
    engine: str = "",
    back: dict[str, str] | None = None,
) -> WordingVersion:
    """A new version; the same text against the same source is the version that there is."""
    wording, _ = Wording.objects.get_or_create(template=template, locale=locale)
    writer_id, written_by = writer or ((by.pk, by.username) if by else (None, ""))
    same = {
        "wording": wording,
        "origin": Origin.OPERATOR.value,
        "source_hash": template.source_hash,
        "text_hash": digest(fields),
    }
    try:
        with transaction.atomic():
            version = WordingVersion.objects.create(
                **same, fields=dict(fields), state=state.value, written_by=written_by,
                writer_id=writer_id, engine=engine, back=back,
            )  # fmt: skip
    except IntegrityError:
        version = WordingVersion.objects.select_related("wording__template").get(**same)
        if version.state == State.STALE:
            _move(version, State.NEEDS_EDITING)
    _supersede(version)
    return version


def _supersede(version: WordingVersion) -> None:
    """Older open versions of the same text are done with: one at a time is being worked on."""
    WordingVersion.objects.filter(
        wording=version.wording,
        origin=Origin.OPERATOR.value,
        state__in=[state.value for state in OPEN],
        pk__lt=version.pk,
    ).update(state=State.STALE.value)


def _retire(version: WordingVersion) -> None:
    """What was accepted before makes room: a text in a language has one accepted version."""
    WordingVersion.objects.filter(
        wording=version.wording, origin=version.origin, state=State.ACCEPTED.value
    ).update(state=State.STALE.value)


def _outdate(template: Template) -> None:
    # By numbers, not by a join: on a table of which the planner knows nothing yet, the join that an
    # UPDATE makes of it walked all versions for each pair of rows, for minutes.
    mine = list(template.wordings.values_list("pk", flat=True))
    WordingVersion.objects.filter(wording_id__in=mine).exclude(
        source_hash=template.source_hash
    ).exclude(state=State.STALE.value).update(state=State.STALE.value)


def _take(version_id: int) -> WordingVersion:
    found = (
        WordingVersion.objects.select_for_update(of=("self",))
        .select_related("wording__template")
        .filter(pk=version_id)
        .first()
    )
    if found is None:
        raise Refused("wording.version_unknown", version=version_id)
    return found


def _refuse_unsound(version: WordingVersion) -> None:
    template = version.wording.template
    findings = _examine(template, version.wording.locale, version.fields)
    if checks.refused(findings):
        refused = tuple(one for one in findings if one.severity is checks.Severity.REFUSE)
        raise Unsound(version.wording, refused)


def _move(version: WordingVersion, to: State, **columns: object) -> None:
    after = move(State(version.state), to)
    WordingVersion.objects.filter(pk=version.pk).update(state=after.value, **columns)
    version.refresh_from_db()


def _about(version: WordingVersion) -> str:
    return f"wording:{version.wording.template}"
