"""What the ledger knows of one person: the messages to them, and what they wrote back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dispatcher.ledger import statements
from dispatcher.ledger.facts import Rank, rank_of


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one of the person's addresses; times are None while nothing was heard."""

    delivery_id: int
    dispatch_id: int
    number: str
    mode: str
    scenario: str
    part: str
    channel: str
    language: str
    address_id: int
    standing: int
    code: str
    carrier: str
    written_at: datetime
    settled_at: datetime | None
    opened_at: datetime | None
    acknowledged_at: datetime | None

    @property
    def rank(self) -> Rank:
        """How far it came."""
        return rank_of(self.standing)


@dataclass(frozen=True, slots=True)
class Written:
    """Something that the person wrote to us; `read_at` None means that nobody has looked yet."""

    id: int
    dispatch_id: int | None
    meaning: str
    text: str
    at: datetime
    read_at: datetime | None


def messages(contact_id: int, *, address_ids: Sequence[int], most: int = 100) -> list[Message]:
    """The newest messages to a person; `address_ids` are all that they have or had."""
    found = statements.rows("told_to", contact=contact_id, addresses=list(address_ids), most=most)
    return [Message(*row) for row in found]


def written(contact_id: int, *, most: int = 100) -> list[Written]:
    """The newest replies of a person."""
    return [Written(*row) for row in statements.rows("written_by", contact=contact_id, most=most)]
