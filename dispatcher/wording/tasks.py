"""The tasks of the room of words: drafts, one after the other, as long as any waits."""

import time

from celery import shared_task

from dispatcher.wording import drafting

SHIFT = 25.0
"""Seconds after which the worker is given back to the housekeeping; beat rings every few."""


@shared_task(ignore_result=True)
def draft() -> int:
    """Make drafts that were asked for; how many."""
    end, made = time.monotonic() + SHIFT, 0
    while time.monotonic() < end and drafting.work():
        made += 1
    return made
