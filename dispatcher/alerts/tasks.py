"""The tasks of the room of decisions: what is done by the clock."""

from celery import shared_task

from dispatcher.alerts import erasure


@shared_task(ignore_result=True)
def erase_lists() -> int:
    """Erase the private lists whose alerts are long over; how many."""
    return erasure.sweep()
