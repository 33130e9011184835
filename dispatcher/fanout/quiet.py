"""Quiet hours on the reader's own clock: until when a message waits. Pure.

By the wall clock, so that 08:00 is 08:00 on the days on which clocks are changed too; where a
change skips the hour at which quiet ends, it ends with the change.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dispatcher.fanout.plan import Quiet

_SECOND = timedelta(seconds=1)
_DAYS = 3
"""Days ahead in which an end of quiet is looked for: a clock change may skip a whole one."""


def is_quiet(moment: datetime, *, hours: Quiet, zone: str) -> bool:
    """Whether it is quiet at this moment (aware) in this IANA zone; an unknown zone is UTC."""
    clock = moment.astimezone(zone_info(zone)).time()
    if hours.start <= hours.end:
        return hours.start <= clock < hours.end
    return clock >= hours.start or clock < hours.end


def quiet_until(moment: datetime, *, hours: Quiet, zone: str) -> datetime:
    """The first moment from this one on at which it is not quiet, in UTC."""
    moment = moment.astimezone(UTC)
    if not is_quiet(moment, hours=hours, zone=zone):
        return moment
    here = zone_info(zone)
    today = moment.astimezone(here).date()
    walls = (
        datetime.combine(today + timedelta(days=ahead), hours.end, here)
        for ahead in range(-1, _DAYS)
    )
    ends = sorted(end for wall in walls for end in _ends(wall) if end > moment)
    return next(end for end in ends if not is_quiet(end, hours=hours, zone=zone))


def _ends(wall: datetime) -> list[datetime]:
    """The moments at which a clock on the wall shows this: one, two, or where it is skipped."""
    first, second = (wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if first <= second:
        return [first, second]
    return [_change(second, first, wall)]


def _change(before: datetime, after: datetime, wall: datetime) -> datetime:
    """The second at which the clock jumps over `wall`, between two moments around the jump."""
    while after - before > _SECOND:
        middle = before + ((after - before) // 2 // _SECOND) * _SECOND
        if middle.astimezone(wall.tzinfo).replace(tzinfo=None) < wall.replace(tzinfo=None):
            before = middle
        else:
            after = middle
    return after


@lru_cache(maxsize=1024)
def zone_info(name: str) -> ZoneInfo:
    """The zone of this IANA name; UTC for one that is unknown."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
