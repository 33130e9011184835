"""The tasks of the people's room."""

from celery import shared_task

from contacts import census, freshness, uploads


@shared_task(ignore_result=True)
def erase_uploads() -> int:
    """Files that were handed in go after a day; how many."""
    return uploads.erase()


@shared_task(ignore_result=True)
def survey() -> None:
    """Count again how fresh the registry is."""
    freshness.survey()


@shared_task(ignore_result=True)
def fold() -> int:
    """Put together what was appended to the census."""
    return census.fold()
