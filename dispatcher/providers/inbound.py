"""What a carrier's account hears: messages that people write to us. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from dispatcher.providers.base import Knock


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message to one of our numbers, verified."""

    id: str
    """The carrier's own: the same message twice has the same id."""
    sender: str
    """E.164."""
    to: str
    """Our number or short code."""
    text: str
    told: str = ""
    """The carrier's own reading, when it keeps a list of key words for us: stop, start or help."""
    answered: bool = False
    """The carrier has answered it by itself: a second answer would be one too many."""


@dataclass(frozen=True, slots=True)
class Ear:
    """How one carrier tells of a message to us, and how it wants our answer."""

    read: Callable[[Knock], Inbound | None]
    """The message in a verified request; None when the request tells of something else."""
    answer: Callable[[str], bytes]
    """The body of our reply: a text to send back, or "" for none."""
    kind: str
    """That body's media type."""
