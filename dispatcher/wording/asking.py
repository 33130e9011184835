"""What is asked of a text beyond what every text must be: by its scenario, and by the glossary.

This room knows a scenario only by its key. Whoever knows more (the room of decisions) hangs a
function in here when the program starts, so that no door can forget to ask.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from dispatcher.wording import glossary
from dispatcher.wording.gate.finding import NOTHING, Asked

Asker = Callable[[str, str], Asked]
"""(key, channel) -> what is asked of the texts under this key in this channel."""
Reader = Callable[[str, str, str, str], Asked]
"""(key, channel, locale, source's locale) -> the same for a text in a language."""

_ASKERS: list[Asker] = []


def hang(asker: Asker) -> None:
    """Let this function be asked about every text, too; hanging it twice is hanging it once."""
    if asker not in _ASKERS:
        _ASKERS.append(asker)


@contextmanager
def hung(asker: Asker) -> Iterator[None]:
    """The same for a while."""
    hang(asker)
    try:
        yield
    finally:
        _ASKERS.remove(asker)


def asked(key: str, *, channel: str, locale: str, source_locale: str) -> Asked:
    """All that is asked of a text. A variant is asked what its text is asked.

    `key` as `scenario.part.group` or `alert:12.group`, with or without a variant behind a plus.
    """
    return reader()(key, channel, locale, source_locale)


def reader() -> Reader:
    """The same for many texts: each asker is asked once for a key and a channel."""
    words = cache(glossary.asked)

    @cache
    def of_key(key: str, channel: str) -> Asked:
        told = NOTHING
        for asker in _ASKERS:
            told = told.joined(asker(key, channel))
        return told

    @cache
    def read(key: str, channel: str, locale: str, source_locale: str) -> Asked:
        return of_key(key.partition("+")[0], channel).joined(words(locale, source_locale))

    return read
