"""What the ledger does by itself: thin, rung by beat."""

from celery import shared_task

from dispatcher.ledger import audit as proof


@shared_task(ignore_result=True)
def audit() -> int:
    """Prove the books of the dispatches whose turn it is; how many do not balance."""
    return sum(not one.holds for one in proof.prove_due())
