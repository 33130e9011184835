"""A reader says "read and understood": by a signed link, for one delivery, without log-in."""

from dispatcher.kit import links
from dispatcher.ledger.climb import climb
from dispatcher.ledger.facts import BLOCK, Receipt
from dispatcher.ledger.models import Batch, Delivery

PURPOSE = "acknowledge"


def language_of(token: str) -> str | None:
    """The language (BCP 47) of the message that the link was in; None when the link is not ours."""
    delivery_id = links.read(token, purpose=PURPOSE)
    if delivery_id is None:
        return None
    batch = Batch.objects.filter(id=delivery_id // BLOCK).only("language").first()
    return batch.language if batch else None


def acknowledge(token: str) -> bool:
    """Put the acknowledgement on the books, once; False when the link is not ours.

    A reader may be faster than our own record of the sending: the receipt makes the row then.
    """
    delivery_id = links.read(token, purpose=PURPOSE)
    if delivery_id is None:
        return False
    receipt = Receipt(f"link:{delivery_id}", delivery_id, 1, "reader", None, acknowledged=True)
    climb([receipt])
    return Delivery.objects.filter(id=delivery_id, acknowledged_at__isnull=False).exists()
