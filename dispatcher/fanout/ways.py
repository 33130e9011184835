"""By which channel, in which words and when a reader is told, or why not."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contacts import territories
from dispatcher.fanout import ladder
from dispatcher.fanout.plan import Group, Plan, Step
from dispatcher.fanout.quiet import quiet_until
from dispatcher.ledger.enlisting import Reader, Way
from dispatcher.providers import routing
from dispatcher.wording import choosing

QUIET = "quiet_hours"
"""Why nobody is told: the message would have expired before the reader's quiet hours end."""

SECOND = 100
"""Slots from here on bear the second message of a bilingual fallback: whole, in one language."""

_Chosen = tuple[choosing.Choice | choosing.Blocked, choosing.Choice | None]


@dataclass(frozen=True, slots=True)
class Setting:
    """What is the same for all readers of a slice."""

    plan: Plan
    accounts: Mapping[str, Mapping[str, str]]
    """Channel -> how an address begins -> the account for it, "" where none is."""
    step_of: Callable[[Group], Step]
    now: datetime
    launched_at: datetime | None
    """Of the dispatch, for a later stage; None: this is the launch."""
    expires_at: datetime
    _chosen: dict[tuple[choosing.Reader, str], _Chosen] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        plan: Plan,
        *,
        mode: routing.Mode,
        step_of: Callable[[Group], Step],
        now: datetime,
        launched_at: datetime | None,
        expires_at: datetime,
    ) -> "Setting":
        """With the accounts that are configured now."""
        channels = {channel for group in plan.groups for channel in group.wordings}
        accounts = {channel: routing.accounts_by_key(channel, mode=mode) for channel in channels}
        return cls(plan, accounts, step_of, now, launched_at, expires_at)

    def ways(self, reader: Reader) -> Iterator[Way]:
        """Each channel of the reader's step with its wording and time, or why none.

        Channels by which a later stage's reader has been told before are left out.
        """
        group = ladder.group_of(reader.roles, groups=self.plan.groups)
        if group is None:
            yield Way(reader.key, 0, 0, "none", "", 0, "", "", "no_group")
            return
        step = self.step_of(group)
        for slot, place, channel in ladder.ways(step):
            if channel in reader.told:
                continue
            found, other = self._choice(group, channel, reader)
            if isinstance(found, choosing.Blocked):
                yield Way(reader.key, slot, place, channel, "", 0, "", "", found.reason.value)
                continue
            yield from self._ways(step, reader, found, (slot, place, channel))
            if other is not None:
                yield from self._ways(step, reader, other, (slot + SECOND, place, channel))

    def _choice(self, group: Group, channel: str, reader: Reader) -> _Chosen:
        """The words for a reader, and the second message's, if any.

        Readers who differ by region and time zone alone, three of four, are alike in this.
        """
        asker = choosing.Reader(
            reader.languages, reader.country, group.name, reader.culture, reader.roles
        )
        known = self._chosen.get((asker, channel))
        if known is None:
            policy, texts = self._policy(), group.wordings.get(channel, {})
            found = choosing.choose(
                asker, available=texts, policy=policy, variants=group.variants.get(channel)
            )
            other = None
            if not isinstance(found, choosing.Blocked):
                other = choosing.also(asker, found, available=texts, policy=policy)
            known = self._chosen[asker, channel] = (found, other)
        return known

    def _policy(self) -> choosing.Policy:
        return choosing.Policy(
            choosing.Fallback(self.plan.fallback),
            self.plan.default_language,
            choosing.NoLanguage(self.plan.no_language),
        )

    def _ways(
        self, step: Step, reader: Reader, found: choosing.Choice, at: tuple[int, int, str]
    ) -> Iterator[Way]:
        """One text by one channel, for each account that some kind of address there needs."""
        slot, place, channel = at
        due_at, late = self._due(step, channel, reader)
        for begins, account in self.accounts[channel].items():
            block = "no_carrier" if not account else QUIET if late else ""
            yield Way(
                reader.key, slot, place, channel, account, found.version_id, found.language,
                found.reason.value, block, begins, due_at,
            )  # fmt: skip

    def _due(self, step: Step, channel: str, reader: Reader) -> tuple[datetime | None, bool]:
        """When it may leave (None: at once), and whether it will have expired by then."""
        zone = zone_of(reader.time_zone, reader.country)
        due_at = self.hold(self._ready(step, channel, zone), channel=channel, zone=zone)
        return (None, False) if due_at <= self.now else (due_at, due_at >= self.expires_at)

    def _ready(self, step: Step, channel: str, zone: str) -> datetime:
        """A later step's pause begins when quiet hours have let the first message go."""
        if self.launched_at is None or step.after is None:
            return self.now
        first = self.hold(self.launched_at, channel=channel, zone=zone)
        pause = timedelta(seconds=step.after)
        return max(self.now, first + pause) if first > self.launched_at else self.now

    def hold(self, moment: datetime, *, channel: str, zone: str) -> datetime:
        """The first moment from this one on at which the channel may disturb there."""
        quiet = self.plan.quiet
        if quiet is None or (quiet.channels and channel not in quiet.channels):
            return moment
        return quiet_until(moment, hours=quiet, zone=zone)


def zone_of(time_zone: str, country: str) -> str:
    """The reader's own time zone, else the main one of the country, else UTC."""
    return time_zone or territories.main_zone(country) or "UTC"
