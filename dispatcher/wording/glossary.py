"""The organisation's words: what a term is called in each language, and what it is never called.

Names that are never translated, and every source's terms with their settled translations. Drafts
are made with them, checks look for them. Who vouches for a language keeps its words; words for
every language are an admin's.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from dispatcher.kit.errors import Refused
from dispatcher.operators import access, journal
from dispatcher.operators.access import NotAllowed
from dispatcher.operators.models import User
from dispatcher.operators.roles import Role
from dispatcher.wording import tags
from dispatcher.wording.gate.finding import Asked
from dispatcher.wording.models import Term as Row

LONGEST = 120
"""Characters of a term or a name; what is longer is a sentence, and belongs into the memory."""
MOST_NAMES = 20
"""Inflected forms of one name; a star at the end stands for any ending."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term of sources in one language, and what it is called in another.

    `names` may end in a star for any ending (`Rückruf*`); drafts use the first. In the source's own
    language they say which word is preferred. `keep`: it stays as it is written.
    """

    term: str
    locale: str = ""
    """BCP 47; "": every language, for names that stay."""
    names: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    keep: bool = False
    note: str = ""
    source_language: str = "en"
    set_by: str = ""
    set_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What an import of terms did."""

    new: int
    changed: int
    unchanged: int


def terms(*, locale: str = "", source_language: str = "") -> tuple[Term, ...]:
    """The terms for a language and those for every language; without one, all."""
    rows = Row.objects.all()
    if locale:
        rows = rows.filter(locale__in=["", tags.canonical(locale)])
    if source_language:
        rows = rows.filter(source_language=tags.canonical(source_language))
    return tuple(map(_term, rows))


@transaction.atomic
def put(term: Term, *, by: User) -> Term:
    """Enter or change a term, on record; the same term in another case is the same.

    Raises NotAllowed, `wording.term_empty`, `wording.term_long`, `wording.term_says_nothing`,
    `wording.term_contradicts`, `wording.language_unknown`.
    """
    return _put(checked(term), by=by)[0]


@transaction.atomic
def put_all(wanted: Iterable[Term], *, by: User) -> Kept:
    """Enter many, or none where one is refused. Raises what `put` raises."""
    did = [_put(checked(term), by=by)[1] for term in wanted]
    return Kept(did.count("new"), did.count("changed"), did.count("unchanged"))


@transaction.atomic
def remove(term: str, *, locale: str, by: User, source_language: str = "en") -> None:
    """Strike a term out. Raises NotAllowed, `wording.term_unknown`."""
    held = Term(term.strip(), canonical(locale), source_language=tags.canonical(source_language))
    _may(by, held.locale)
    if not _rows(held).delete()[0]:
        raise Refused("wording.term_unknown", term=term[:LONGEST], locale=held.locale or "*")
    journal.note(by, "glossary.removed", f"glossary:{held.locale or '*'}", term=held.term)


def checked(term: Term) -> Term:
    """The term as it is kept, blanks and repetitions gone. Raises what `put` raises."""
    held = replace(
        term,
        term=_clean(term.term),
        locale=canonical(term.locale),
        source_language=tags.canonical(term.source_language),
        names=_each(term.names),
        forbidden=_each(term.forbidden),
        note=term.note.strip()[:500],
    )
    if not held.term:
        raise Refused("wording.term_empty")
    if not (held.names or held.forbidden or held.keep):
        raise Refused("wording.term_says_nothing", term=held.term)
    if held.keep and (held.names or held.term in held.forbidden):
        raise Refused("wording.term_contradicts", term=held.term)
    if not held.locale and not held.keep:
        raise Refused("wording.term_without_language", term=held.term)
    if {name.casefold() for name in held.names} & {name.casefold() for name in held.forbidden}:
        raise Refused("wording.term_contradicts", term=held.term)
    return held


def asked(locale: str, source_locale: str) -> Asked:
    """What the glossary asks of a text in a language, of a source in another; one query."""
    rows = Row.objects.filter(Q(locale=locale) | Q(locale=""), source_language=source_locale)
    held = tuple(map(_term, rows))
    return Asked(
        keep=tuple(term.term for term in held if term.keep),
        glossary={term.term: term.names for term in held if term.names},
        forbidden={term.term: term.forbidden for term in held if term.forbidden},
    )


def for_drafts(source: str, target: str) -> dict[str, str]:
    """Term -> what stands for it in a draft, at the beginning of a sentence as well."""
    found = asked(target, source)
    named = {term: names[0].strip("*") for term, names in found.glossary.items()}
    begun = {_begun(term): _begun(name) for term, name in named.items()}
    return begun | named | {term: term for term in found.keep}


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def may(user: User, locale: str) -> bool:
    """Whether the user keeps the words of a language; "" are those for every language."""
    if access.covers(access.regions_of(user, Role.ADMIN), ("001",)):
        return True
    return bool(locale) and access.speaks(user, locale)


def _may(user: User, locale: str) -> None:
    if not may(user, locale):
        raise NotAllowed("wording.not_your_language", who=user.username, locale=locale or "*")


def _put(term: Term, *, by: User) -> tuple[Term, str]:
    _may(by, term.locale)
    columns = {
        "term": term.term, "names": list(term.names), "forbidden": list(term.forbidden),
        "keep": term.keep, "note": term.note,
    }  # fmt: skip
    row = _rows(term).select_for_update().first()
    if row is None:
        row = Row.objects.create(
            source_language=term.source_language, locale=term.locale, set_by=by.username, **columns
        )
        did = "new"
    elif all(getattr(row, name) == value for name, value in columns.items()):
        return _term(row), "unchanged"
    else:
        Row.objects.filter(pk=row.pk).update(set_by=by.username, set_at=Now(), **columns)
        did = "changed"
    row.refresh_from_db()
    about = f"glossary:{term.locale or '*'}"
    journal.note(by, "glossary.set", about, **{**columns, "note": term.note[:80]})
    return _term(row), did


def _rows(term: Term) -> QuerySet[Row]:
    return Row.objects.filter(
        term__iexact=term.term, locale=term.locale, source_language=term.source_language
    )


def _term(row: Row) -> Term:
    return Term(
        row.term, row.locale, tuple(row.names), tuple(row.forbidden), row.keep, row.note,
        row.source_language, row.set_by, row.set_at,
    )  # fmt: skip


def canonical(locale: str) -> str:
    """The tag as it is kept; "" or a star: every language. Raises `wording.language_unknown`."""
    return tags.canonical(locale) if locale.strip(" *") else ""


def _each(names: Iterable[str]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(filter(None, map(_clean, names))))
    if len(found) > MOST_NAMES:
        raise Refused("wording.term_long", term=found[0], most=MOST_NAMES)
    return found


def _clean(text: str) -> str:
    held = " ".join(text.split())
    if len(held) > LONGEST:
        raise Refused("wording.term_long", term=held[:40], most=LONGEST)
    return held
