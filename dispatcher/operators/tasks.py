"""The tasks of the operators' room."""

from celery import shared_task

from dispatcher.operators import ways


@shared_task(ignore_result=True)
def erase_sessions() -> int:
    """Sessions that have ended go, with what was known of their devices; how many."""
    return ways.sweep()
