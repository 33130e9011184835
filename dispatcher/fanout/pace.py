"""How fast each carrier account may be asked: one token bucket in Valkey, shared by all workers."""

from dataclasses import dataclass

from redis.asyncio import Redis
from redis.exceptions import RedisError

# A bucket holds a fifth of a second's tokens and starts empty after a restart: the safe side. Who
# gets nothing waits a twentieth of a second's worth. Times are the server's, not the workers'.
_TAKE = """
local rate, wanted = tonumber(ARGV[1]), tonumber(ARGV[2])
local burst = math.max(1, rate / 5)
local now = redis.call('TIME')
local at = tonumber(now[1]) + tonumber(now[2]) / 1e6
local held = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(held[1]) or 0
if held[2] then tokens = math.min(burst, tokens + (at - tonumber(held[2])) * rate) end
local granted = math.min(wanted, math.floor(tokens))
redis.call('HSET', KEYS[1], 'tokens', tokens - granted, 'at', at)
redis.call('EXPIRE', KEYS[1], 60)
return {granted, tostring(math.max(1, rate / 20) / rate)}
"""
_AWAY = 1.0
"""Seconds to wait when Valkey does not answer: without the shared count nothing is sent."""
_UNKNOWN = 30.0
"""Seconds to wait where nobody has said how fast an account may be asked."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Messages that may go now, and the seconds after which the rest is worth asking for."""

    n: int
    wait: float


class Pace:
    """The pace of every account; `rates` in messages a second, by account."""

    def __init__(self, redis: "Redis", *, rates: dict[str, int]) -> None:
        self._take = redis.register_script(_TAKE)
        self._rates = rates

    async def take(self, account: str, *, wanted: int) -> Grant:
        """Reserve up to `wanted` messages at once; at most 1.2 times the rate in any second."""
        if account not in self._rates:
            return Grant(0, _UNKNOWN)
        try:
            granted, wait = await self._take(
                keys=[f"pace:{account}"], args=[self._rates[account], wanted]
            )
        except (RedisError, OSError):
            return Grant(0, _AWAY)
        return Grant(int(granted), max(0.01, float(wait)))
