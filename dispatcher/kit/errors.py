"""What was asked cannot be done: a stable code, the facts of the case, a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_SENTENCES: dict[str, Any] = {}


class Refused(Exception):  # noqa: N818  # it says what happened to the request
    """A request that cannot be met.

    `code` is stable and reads `room.what`; `facts` are the plain values that the sentence names.
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        """Code and facts, for developers; people read `sentence`."""
        told = ", ".join(f"{name}={value!r}" for name, value in self.facts.items())
        return f"{self.code} ({told})" if told else self.code


def tell(sentences: Mapping[str, Any]) -> None:
    """Add a room's sentences: code -> lazily translated text, or plural, with `%(fact)s` slots."""
    _SENTENCES.update(sentences)


def told(code: str) -> bool:
    """Whether the code has a sentence (a house test asks this for every code)."""
    return code in _SENTENCES


def sentence(error: Refused) -> str:
    """The sentence for the person, in the active language; the bare code when none is known."""
    text = _SENTENCES.get(error.code)
    return str(error) if text is None else str(text % error.facts)
