"""From what a service refuses to what a form says: a sentence beside the field that it is about."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from secrets import token_urlsafe

import redis
import structlog
from django.forms import Form

from contacts import errors as people
from dispatcher.console.saying import said
from dispatcher.console.valkey import client
from dispatcher.kit.errors import Refused
from dispatcher.operators.access import NotAllowed
from dispatcher.operators.models import User

log = structlog.get_logger(__name__)
REMEMBERED = 24 * 3600
"""Seconds for which a form that was sent is known again."""
_NOT_THERE = frozenset({"contacts.contact_unknown", "contacts.upload_unknown"})
"""Codes about what the whole page is about: no field of it can be mended."""


@contextmanager
def into(form: Form, *, fields: Mapping[str, str] | None = None) -> Iterator[None]:
    """Put what is refused inside into the form; `fields` says to which field a code belongs.

    What a person may not do is no mistake in a form, nor is what is not there: NotAllowed goes on
    to its page, and so does an unknown person or file. Look at `form.errors` afterwards. The
    caller's transaction, if any, must be inside.
    """
    try:
        yield
    except NotAllowed:
        raise
    except (Refused, people.Refused) as error:
        if error.code in _NOT_THERE:
            raise
        place = (fields or {}).get(error.code)
        form.add_error(place if place in form.fields else None, said(error))


def ticket() -> str:
    """A mark for one showing of a form, to be sent back with it as `ticket`."""
    return token_urlsafe(9)


def once(user: User, mark: str, *, to: str = "") -> str | None:
    """Whether this showing of a form was sent before: None the first time, else where it led.

    Call it first without `to`, and again with the address of what was made. While Valkey is away
    everything is a first time: the services have their own locks for what must never happen twice.
    """
    key = f"console:once:{user.pk}:{mark[:40]}"
    try:
        if to:
            client().set(key, to, ex=REMEMBERED)
            return None
        if client().set(key, "-", ex=REMEMBERED, nx=True):
            return None
        return str(client().get(key) or "-")
    except redis.RedisError as error:
        log.warning("form_uncounted", error=type(error).__name__)
        return None
