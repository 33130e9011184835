"""What was asked of this room cannot be done: a stable code, the facts, a translated sentence.

The twin of `dispatcher/kit/errors.py`: this room imports nothing of the dispatcher.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_SENTENCES: dict[str, object] = {}


class Refused(Exception):  # noqa: N818  (it is an answer, not a fault)
    """A request that cannot be met: `code` reads `contacts.what`, its sentence names `facts`."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        """Code and facts, for developers; people read `sentence`."""
        told = ", ".join(f"{name}={value!r}" for name, value in self.facts.items())
        return f"{self.code} ({told})" if told else self.code


def tell(sentences: Mapping[str, object]) -> None:
    """Add sentences: code -> lazily translated text with `%(fact)s` slots."""
    _SENTENCES.update(sentences)


def told(code: str) -> bool:
    """Whether the code has a sentence."""
    return code in _SENTENCES


def sentence(error: Refused) -> str:
    """The sentence for the person, in the active language; code and facts when none is known."""
    text = _SENTENCES.get(error.code)
    return str(error) if text is None else str(text) % error.facts
