"""Which channel first: the stakeholder group a person belongs to, and its ladder. Pure."""

from collections.abc import Iterator, Sequence

from dispatcher.fanout.plan import Group, Step


def group_of(roles: Sequence[str], *, groups: Sequence[Group]) -> Group | None:
    """The first group that one of the roles belongs to; a group without roles takes all."""
    mine = set(roles)
    return next((group for group in groups if not group.roles or mine & set(group.roles)), None)


def before(name: str, *, groups: Sequence[Group]) -> tuple[Group, tuple[str, ...]]:
    """The group of this name, and the roles of the groups that come before it.

    Its people have one of its roles (where it names any) and none of those. Raises LookupError.
    """
    roles: list[str] = []
    for group in groups:
        if group.name == name:
            return group, tuple(roles)
        roles += group.roles
    raise LookupError(name)


def ways(step: Step) -> Iterator[tuple[int, int, str]]:
    """(slot, place, channel): of each slot the lowest usable place is taken.

    `first` has one slot with a place for each channel, `all` a slot for each channel.
    """
    for number, channel in enumerate(step.channels):
        yield (0, number, channel) if step.take == "first" else (number, 0, channel)
