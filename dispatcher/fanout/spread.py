"""The audience becomes batches, slice by slice: the first leave while the rest is enlisted."""

from collections.abc import Iterator, Mapping, Sequence

from contacts.reach import Audience, Query, Scope, recipients
from dispatcher.fanout.ladder import group_of, ways
from dispatcher.fanout.plan import Plan, thaw
from dispatcher.ledger.enlisting import Open, Reader, Slice, Way, enlist
from dispatcher.providers import routing
from dispatcher.wording import choosing

FIRST_SLICE, LARGEST_SLICE = 1_000, 40_000
"""People: the first slice is small so that the first message leaves soon, later ones are large so
that batches are full."""


def spread(lane: str, *, passing: Sequence[int] = ()) -> Slice | None:
    """Enlist the next slice of the lane's oldest open dispatch; None when there is none.

    The dispatches in `passing` are left out: they could not be enlisted a moment ago.
    """
    return enlist(lane, recipients=_recipients, ways=_ways, most=slice_size, passing=passing)


def slice_size(slices: int) -> int:
    """People in the slice that follows so many: doubling from small to large."""
    return min(FIRST_SLICE << min(slices, 16), LARGEST_SLICE)


def _recipients(opened: Open) -> Query:
    plan = thaw(opened.plan)
    scope = Scope.everything() if plan.scope is None else Scope(plan.scope)
    audience = Audience(plan.segment, plan.list_id)
    return recipients(audience, scope=scope, kind=plan.kind, cutoff=opened.cutoff_at)


def _ways(opened: Open, readers: Sequence[Reader]) -> list[Way]:
    plan = thaw(opened.plan)
    channels = {channel for group in plan.groups for channel in group.ladder[0].channels}
    accounts = {channel: routing.accounts_by_key(channel, mode=opened.mode) for channel in channels}
    return [way for reader in readers for way in _ways_of(reader, plan=plan, accounts=accounts)]


def _ways_of(
    reader: Reader, *, plan: Plan, accounts: Mapping[str, Mapping[str, str]]
) -> Iterator[Way]:
    """The first step of the reader's ladder: each channel with its wording, or why none."""
    group = group_of(reader.roles, groups=plan.groups)
    if group is None:
        yield Way(reader.key, 0, 0, "none", "", 0, "", "", "no_group")
        return
    asker = choosing.Reader(reader.languages, reader.country, group.name, reader.culture)
    policy = choosing.Policy(choosing.Fallback(plan.fallback), plan.default_language)
    for slot, place, channel in ways(group.ladder[0]):
        found = choosing.choose(asker, available=group.wordings.get(channel, {}), policy=policy)
        if isinstance(found, choosing.Blocked):
            yield Way(reader.key, slot, place, channel, "", 0, "", "", found.reason.value)
            continue
        for begins, account in accounts[channel].items():
            yield Way(
                reader.key, slot, place, channel, account, found.version_id, found.language,
                found.reason.value, "" if account else "no_carrier", begins,
            )  # fmt: skip
