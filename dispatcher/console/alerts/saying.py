"""A refusal of either room in a sentence for the person."""

from contacts import errors as contacts_errors
from dispatcher.kit.errors import Refused, sentence


def told_error(error: Refused | contacts_errors.Refused) -> str:
    """The sentence, translated."""
    return sentence(error) if isinstance(error, Refused) else contacts_errors.sentence(error)
