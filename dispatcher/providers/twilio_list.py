"""Twilio's list of messages: which of them, if any, is the text that we are unsure of. Pure."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from dispatcher.kit.sms import smooth
from dispatcher.kit.wire import Answer
from dispatcher.ledger.facts import Rank
from dispatcher.providers.answers import json_object
from dispatcher.providers.base import Found, Match


@dataclass(frozen=True, slots=True)
class Listed:
    """One message of the list; `senders` are its number and its messaging service."""

    match: Match
    to: str
    senders: tuple[str | None, str | None]
    body: str

    @property
    def created(self) -> datetime:
        """When the carrier made it, in whole seconds."""
        return self.match.created


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list, and the path of the next one, "" after the last."""

    listed: list[Listed]
    follows: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a listed message must be like to be ours."""

    to: str
    sender: str
    text: str
    after: datetime

    def among(self, listed: Sequence[Listed], *, whole: bool = True) -> Found:
        """None, one or many; cannot where none surely is ours but one more may be.

        `whole` says whether all that could be ours was read.
        """
        near = [one for one in listed if self._could_be(one)]
        # Pages shift while they are read: the same message may stand on two.
        ours = {one.match.carrier_id: one.match for one in near if self._says(one.body)}
        if ours:
            return Found.among(tuple(ours.values()))
        if any(not one.body for one in near):
            return Found.cannot("body_hidden")
        if any(_letters(one.body).endswith(_letters(self.text)) for one in near):
            return Found.cannot("body_changed")
        return Found.among(()) if whole else Found.cannot("list_too_long")

    def _could_be(self, one: Listed) -> bool:
        """By all but its words; the filters are checked again, since a list may ignore them."""
        return one.to == self.to and self.sender in one.senders and one.created >= self.after

    def _says(self, body: str) -> bool:
        return bool(body) and _plain(body) == _plain(self.text)


def read_page(answer: Answer, *, at: str, ranks: Mapping[str, Rank]) -> Page | None:
    """A page of the list at the path `at`; None when it cannot be read or leads elsewhere.

    The next page is asked for with our key: its address must be the list's own.
    """
    told = json_object(answer)
    follows = told.get("next_page_uri") or ""
    if not isinstance(follows, str) or (follows and not follows.startswith(f"{at}?")):
        return None
    try:
        return Page([_listed(one, ranks) for one in told["messages"]], follows)
    except (LookupError, TypeError, ValueError, AttributeError):
        return None


def _listed(told: Mapping[str, Any], ranks: Mapping[str, Rank]) -> Listed:
    made = parsedate_to_datetime(told["date_created"])
    match = Match(
        carrier_id=str(told["sid"]),
        rank=ranks.get(told["status"], Rank.HANDED_OVER),
        created=made if made.tzinfo else made.replace(tzinfo=UTC),
        code=str(told.get("error_code") or ""),
    )
    senders = told.get("from"), told.get("messaging_service_sid")
    return Listed(match, told["to"], senders, str(told.get("body") or ""))


def _plain(text: str) -> str:
    """As the carrier may have written it: smart encoding on or off, spaces at the end cut."""
    return smooth(unicodedata.normalize("NFC", text)).rstrip()


def _letters(text: str) -> str:
    """Letters, marks and digits alone: no list of typographic signs is ever whole."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(one for one in folded if unicodedata.category(one)[0] in "LMN")
