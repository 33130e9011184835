"""Whose a text is: everybody's, or of one alert and so of its regions.

This room knows a scenario only by its key. Whoever knows more (the room of decisions) hangs a
function in here when the program starts; the bench asks for every act, whichever door it came by.
"""

from collections.abc import Callable
from dataclasses import dataclass

from dispatcher.operators import access
from dispatcher.operators.access import NotAllowed
from dispatcher.operators.models import User
from dispatcher.operators.roles import READERS, Role
from dispatcher.operators.roster import WORLD


@dataclass(frozen=True, slots=True)
class Owner:
    """The regions in which a text is at home."""

    regions: tuple[str, ...]
    shared: bool
    """Whether alerts of the whole installation say it."""


Finder = Callable[[str], Owner | None]
"""Key -> its owner; None for a key of which the finder knows nothing."""
EVERYBODY = Owner((WORLD,), shared=True)
_FINDERS: list[Finder] = []


def hang(finder: Finder) -> None:
    """Let this function be asked about every key; hanging it twice is hanging it once."""
    if finder not in _FINDERS:
        _FINDERS.append(finder)


def owner(key: str) -> Owner:
    """Whose the text is; the whole world's where nobody knows better."""
    return next(filter(None, (find(key) for find in _FINDERS)), EVERYBODY)


def reads(user: User, key: str) -> bool:
    """Whether the text may be shown: one alert's words only to who reads in a region of it.

    A translator sees them all: words come to translators before anybody else reads them.
    """
    found = owner(key)
    mine = access.regions_of(user, *READERS)
    return found.shared or bool(access.languages(user) or access.common(mine, found.regions))


def translates(user: User, key: str) -> bool:
    """Whether the person may write the text in another language: translators, and its authors."""
    found, writes = owner(key), access.regions_of(user, Role.AUTHOR)
    if found.shared:
        return bool(writes or access.regions_of(user, Role.TRANSLATOR))
    return bool(access.languages(user)) or access.covers(writes, found.regions)


def writes(user: User, key: str) -> bool:
    """Whether the person may say what is to be said: an author of every region that hears it."""
    return access.covers(access.regions_of(user, Role.AUTHOR), owner(key).regions)


def require(allowed: bool, user: User, key: str) -> None:  # noqa: FBT001  # an answer of the above
    """Raise NotAllowed `wording.not_yours`, which does not say whether there is such a text."""
    if not allowed:
        raise NotAllowed("wording.not_yours", who=user.username, key=key[:120])
