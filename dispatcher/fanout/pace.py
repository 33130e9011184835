"""How fast each account may be asked: one bucket of tokens in Valkey, shared by all workers.

Tokens are taken as a request goes out and not before, so the law holds on the wire: in no second
more messages than the rate, whatever the number of workers. A bucket holds BURST of a second and
fills at FILL of the rate, a purse keeps what it was given for LAPSE: BURST + FILL * (1 + LAPSE) is
less than 1, and the rest is what an event loop may lag between the grant and the socket. Who finds
too little is given its next request in advance, with the time at which it may go: whoever asked
first goes first, and nobody starves. A bucket that is new, or that was lost with Valkey's memory,
starts with a debt: the safe side.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from redis.asyncio import Redis
from redis.exceptions import RedisError

BURST, FILL, LAPSE = 0.07, 0.9, 0.02
"""Of a second's messages, of the rate, and seconds. A worker may look 70 ms late and lose nothing;
the price of the strict law is a tenth of the rate."""

# Times are the server's, not the workers'. An urgent caller that did not get all it wanted makes
# the bucket `hungry` for a while: nobody else gets anything, so that an alert passes the routine.
_TAKE = """
local rate, burst, least, wanted = unpack(ARGV)
rate, burst, least, wanted = tonumber(rate), tonumber(burst), tonumber(least), tonumber(wanted)
local now = redis.call('TIME')
local at = tonumber(now[1]) + tonumber(now[2]) / 1e6
local held = redis.call('HMGET', KEYS[1], 'tokens', 'at', 'hungry')
local tokens, hungry = tonumber(held[1]) or -burst, tonumber(held[3]) or 0
local passed = math.max(0, at - (tonumber(held[2]) or at))
tokens = math.min(burst, tokens + passed * rate)
if ARGV[5] == '0' and at < hungry then return {0, tostring(hungry - at)} end
local granted, wait = math.min(wanted, math.floor(tokens)), 0
if tokens < least then granted, wait = least, (least - tokens) / rate end
if ARGV[5] == '1' and granted < wanted then hungry = math.max(hungry, at + wait + 0.25) end
redis.call('HSET', KEYS[1], 'tokens', tokens - granted, 'at', at, 'hungry', hungry)
redis.call('EXPIRE', KEYS[1], 3600)
return {granted, tostring(wait)}
"""
_AWAY = 1.0
"""Seconds to wait when Valkey does not answer: without the shared count nothing is sent."""


@dataclass(frozen=True, slots=True)
class Grant:
    """So many messages may go after `wait` seconds; none: ask again then."""

    n: int
    wait: float
    away: bool = False
    """Nobody could say: Valkey did not answer."""


class Pace:
    """The pace of every account; `rates` in messages a second, by account.

    With `urgent` it comes before everybody who is not.
    """

    def __init__(self, redis: "Redis", *, rates: Mapping[str, int], urgent: bool = False) -> None:
        self._take = redis.register_script(_TAKE)
        self._rates = rates
        self._urgent = int(urgent)

    def rate(self, account: str) -> int:
        """Messages a second; 0 where nobody has said how fast an account may be asked."""
        return self._rates.get(account, 0)

    def burst(self, account: str) -> int:
        """The most messages that can go at once: no request may carry more."""
        return max(1, int(self.rate(account) * BURST))

    async def take(self, account: str, *, least: int, wanted: int) -> Grant:
        """Reserve up to `wanted` messages, and `least` at any rate, if only for later."""
        args = (self.rate(account) * FILL, self.burst(account), least, wanted, self._urgent)
        try:
            granted, wait = await self._take(keys=[f"pace:{account}"], args=args)
        except (RedisError, OSError):
            return Grant(0, _AWAY, away=True)
        return Grant(int(granted), float(wait))


class Purse:
    """Tokens that one worker holds for one account, for a moment.

    It asks for as many as it has spent since it asked last, and for twice as many when they did not
    suffice: it neither asks for each message nor lets tokens lapse that others could use.
    """

    def __init__(self, pace: Pace, account: str) -> None:
        self._pace = pace
        self._account = account
        self._left = self._given = 0
        self._until = 0.0

    def covers(self, n: int) -> bool:
        """Whether n messages could go out this very moment."""
        return self._left >= n and time.monotonic() <= self._until

    def spend(self, n: int) -> bool:
        """Whether n messages may go out this very moment; then they are paid for."""
        if not self.covers(n):
            return False
        self._left -= n
        return True

    async def ask(self, *, least: int, most: int) -> Grant:
        """Ask for the next request's `least`, or for more of the `most` messages that wait."""
        spent = self._given - self._left
        wanted = 2 * spent if self._left < least else spent
        self._left = self._given = 0
        return await self._pace.take(
            self._account, least=least, wanted=max(least, min(wanted, most))
        )

    def fill(self, n: int) -> None:
        """What was granted may be spent from now on."""
        self._left = self._given = n
        self._until = time.monotonic() + LAPSE
