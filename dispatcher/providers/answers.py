"""What all carriers' adapters read alike: an answer's JSON, its pause, what a wire's facts mean."""

import json
from collections.abc import Mapping
from typing import Any

from dispatcher.kit.wire import Answer, Lost, NotSent
from dispatcher.ledger.facts import Outcome
from dispatcher.providers.base import Found

NOT_CONNECTED, ACCOUNT_REFUSED = "not_connected", "account"
"""Our codes for an account that took nothing at all: it is away, or it does not let us in."""
RECONNECT = 2.0
"""Seconds before a carrier that could not be reached is tried again."""
ACCOUNT = 60.0
"""Seconds before an account that the carrier refuses is tried again: a person must mend it."""
ASK_AGAIN = 5.0
"""Seconds before a question that brought no answer is asked again."""
LONGEST_PAUSE = 3600.0
"""Seconds; a longer wish is not believed, since nobody would notice a lane that sleeps."""


def unanswered(fact: NotSent | Lost) -> Outcome:
    """The outcome of a call that brought no answer: only what was never sent may be sent again."""
    if isinstance(fact, NotSent):
        return Outcome.later(NOT_CONNECTED, seconds=RECONNECT)
    return Outcome.unsure(str(fact.args[0]))


def account_refused() -> Outcome:
    """The carrier refused the account before it looked at the message: nothing was processed.

    Later and not refused, because the messages are not at fault and must leave once a person has
    mended the key, the balance or the sender; the code tells the operators which of these it is.
    """
    return Outcome.later(ACCOUNT_REFUSED, seconds=ACCOUNT)


def unsure(answer: Answer) -> Outcome:
    """An answer that documents neither success nor refusal; the code is `http_500`, `http_200`."""
    return Outcome.unsure(f"http_{answer.status}")


def unasked(came_to: Outcome) -> Found:
    """What a question without an answer comes to: asking, unlike sending, is free to repeat."""
    return Found.later(came_to.code, seconds=came_to.retry_after or ASK_AGAIN)


def json_object(answer: Answer) -> Mapping[str, Any]:
    """The answer's JSON object; empty when the body is anything else."""
    try:
        told = json.loads(answer.body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def pause(answer: Answer, *, default: float) -> float:
    """Seconds of Retry-After, at least 0.1; `default` when it is missing or a date."""
    asked = answer.headers.get("retry-after", "").strip()
    try:
        seconds = float(asked)
    except ValueError:
        return default
    return min(max(seconds, 0.1), LONGEST_PAUSE) if seconds == seconds else default  # noqa: PLR0124  # NaN
