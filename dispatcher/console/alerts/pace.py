"""When the last message would leave, from what the accounts were told to bear; pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flow:
    """What one account would carry."""

    account: str
    messages: int
    rate: float
    """Messages a second; 0: nobody has said."""

    @property
    def seconds(self) -> float | None:
        """How long it takes; None when nobody can say."""
        if not self.messages:
            return 0.0
        return self.messages / self.rate if self.rate else None


def flows(
    people: Mapping[str, int], *, accounts: Mapping[str, str], rates: Mapping[str, float]
) -> tuple[Flow, ...]:
    """What each account carries, slowest first; `people` and `accounts` by channel."""
    load: Counter[str] = Counter()
    for channel, n in people.items():
        if channel in accounts:
            load[accounts[channel]] += n
    found = (Flow(name, n, rates.get(name, 0)) for name, n in load.items())
    return tuple(sorted(found, key=lambda flow: -(flow.seconds or 0)))


def last(found: tuple[Flow, ...]) -> float | None:
    """Seconds until the last message of the first step has left; None when nobody can say."""
    times = [flow.seconds for flow in found]
    known = [time for time in times if time is not None]
    return None if len(known) < len(times) else max(known, default=0.0)
