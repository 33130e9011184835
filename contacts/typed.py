"""What somebody types of a person: part of a name, a number, an address or a reference."""

import re
from collections.abc import Sequence
from typing import Final

from django.db import connection

from contacts import addresses, territories
from contacts.conditions import Condition
from contacts.errors import Refused
from contacts.regions import Scope

ANYBODY: Final = "true"
"""Nothing is known of who is looked for."""
_MAIL: Final = re.compile(r"[^\s@]{3,}(@\S*)?|[^\s@]+@\S*")
_DIGITS: Final = re.compile(r"[\d\s().+/-]+")
_ENOUGH: Final = 3
"""Letters of a word below which it must be the whole word: a third of all names have one in m."""
_CJK: Final = 0x2E80
_FEWEST: Final = 5
"""Digits of a phone number below which half a country begins with them."""


def ways(text: str, *, scope: Scope, condition: Condition) -> list[str]:
    """Each way in which a text may be meant, as a condition on a contact `n` or an address `a`."""
    text = addresses.visible(text)
    if not text:
        return [ANYBODY]
    held = []
    if words := _words(text):
        held.append(f"contacts_words(n.name) @@ {condition.slot(words, cast='::tsquery')}")
    spelt = {text, text.upper(), text.lower()}
    held.append(_begins("n.reference", sorted(spelt), condition))
    if _MAIL.fullmatch(text) and not text.startswith("+"):  # or all numbers are looked through
        held.append(_begins("a.key", [text.casefold()], condition) + " and a.channel = 'email'")
    keys, begins = _phones(text, scope)
    if keys:
        whole = condition.slot(keys, cast="::text[]")
        held.append(f"a.key = any({whole}) and a.channel = 'sms'")
    if begins:
        held.append(_begins("a.key", begins, condition) + " and a.channel = 'sms'")
    return held


def _words(text: str) -> str:
    """The words of a name as a question: each of them begins a word of it, or is one."""
    with connection.cursor() as cursor:
        cursor.execute("select tsvector_to_array(contacts_words(%s))", [_joined(text)])
        [words] = cursor.fetchone() or ([],)
    return " & ".join(f"'{word}'{':*' if _tells(word) else ''}" for word in words)


def _tells(word: str) -> bool:
    """Whether it is the beginning of few names: three letters are, and one of Chinese."""
    return len(word) >= _ENOUGH or ord(word[0]) >= _CJK


def _joined(text: str) -> str:
    """Without the joint of a Persian compound, and without the two signs that a query knows."""
    return text.replace("\u200c", "").replace("'", " ").replace("\\", " ")


def _begins(column: str, texts: Sequence[str], condition: Condition) -> str:
    """The column begins with one of them; what LIKE would read as a sign is a letter."""
    escaped = [re.sub(r"([\\%_])", r"\\\1", text) + "%" for text in texts]
    likes = " or ".join(f"{column} like {condition.slot(one)}" for one in escaped)
    return f"{column} <> '' and ({likes})"


def _phones(text: str, scope: Scope) -> tuple[list[str], list[str]]:
    """What digits may mean: whole numbers, and how a number may begin."""
    digits = addresses.plain(text)
    if not _DIGITS.fullmatch(digits):
        return [], []
    bare = re.sub(r"\D", "", digits)
    if len(bare) < _FEWEST:
        return [], []
    whole = {key for country in ("", *_countries(scope)) if (key := _phone(digits, country))}
    begins = [] if bare.startswith("0") and not bare.startswith("00") else ["+" + bare.lstrip("0")]
    return sorted(whole), begins


def _countries(scope: Scope) -> Sequence[str]:
    """The countries whose way of dialling may be meant."""
    territory = scope.territory()
    if territory.world:
        return sorted(territories.countries())
    return sorted(territory.countries | {code[:2] for code in territory.subdivisions})


def _phone(digits: str, country: str) -> str:
    try:
        return addresses.phone(digits, country=country).key
    except Refused:
        return ""
