"""The tasks of the people's room."""

from celery import shared_task

from contacts import census, changes, freshness, kept, uploads


@shared_task(ignore_result=True)
def erase_uploads() -> int:
    """Files that were handed in go after a day; how many."""
    return uploads.erase()


@shared_task(ignore_result=True)
def survey() -> None:
    """Count again how fresh the registry is, and prove what is kept of everybody's reach."""
    kept.prove()
    freshness.survey()


@shared_task(ignore_result=True)
def fold() -> int:
    """Put together what was appended to the census and to the registry's version."""
    changes.fold()
    return census.fold()


@shared_task(ignore_result=True)
def settle() -> int:
    """Make anew what is kept of those of whom something was written; how many people."""
    return kept.settle()
