"""The work behind the pages of the registry: files that are read, on the lane of housekeeping."""

import redis
import structlog
from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from contacts import uploads
from contacts.importing import ImportReport
from contacts.models import Upload
from dispatcher.console.valkey import client
from dispatcher.operators import access, journal
from dispatcher.operators.models import User
from dispatcher.operators.roles import Role

log = structlog.get_logger(__name__)
_REMEMBERED = 600
_RINGS = 10
"""Seconds between two rings for one file: a page that is polled rings for a lost one."""


@shared_task(ignore_result=True)
def read(upload_id: int) -> str:
    """Check or apply a file, as its state asks, within what its owner may see now."""
    upload = Upload.objects.filter(pk=upload_id).only("by").first()
    user = User.objects.filter(username=upload.by).first() if upload else None
    if user is None:
        return ""

    def applied(report: ImportReport) -> None:
        about = f"import:{report.import_id}"
        journal.note(user, "contacts.imported", about, rows=report.rows)

    return uploads.run(
        upload_id,
        scope=access.scope_of(user, Role.REGISTRY_KEEPER),
        progress=lambda rows: _say(upload_id, rows),
        applied=applied,
    )


def ring(upload_id: int, *, first: bool = False) -> None:
    """Ask a worker to read the file, once the transaction is over; a lost ring is rung again."""
    try:
        key = f"people:ring:{upload_id}"
        if first:
            client().delete(f"people:rows:{upload_id}")
        if not client().set(key, 1, ex=_RINGS, nx=not first):
            return
    except redis.RedisError as error:
        log.warning("upload_unrung", error=type(error).__name__)
    transaction.on_commit(lambda: _ring(upload_id))


def _ring(upload_id: int) -> None:
    try:
        read.delay(upload_id)
    except OperationalError as error:  # the page that waits rings again
        log.warning("upload_unrung", error=type(error).__name__)


def rows_read(upload_id: int) -> int:
    """How many rows a worker has read so far; 0 when none has, or nobody knows."""
    try:
        told = client().get(f"people:rows:{upload_id}")
    except redis.RedisError:
        return 0
    return int(str(told)) if told else 0


def _say(upload_id: int, rows: int) -> None:
    try:
        client().set(f"people:rows:{upload_id}", rows, ex=_REMEMBERED)
    except redis.RedisError as error:
        log.warning("upload_untold", error=type(error).__name__)
