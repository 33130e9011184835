"""Is an account ill? One breaker for each, in Valkey, shared by all workers.

Closed: all may go. Open: nobody, until a time. Then half-open: one request goes, and what comes of
it closes the breaker or opens it for twice as long.

pybreaker's Redis storage does not fit: its client is synchronous, it counts failures in a row (one
success among a thousand time-outs keeps it closed), and when the time is over every process of ours
would try at once. So it is a script, like the pace.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum

from redis import Redis as ValkeyNow
from redis.asyncio import Redis
from redis.exceptions import RedisError

from dispatcher.ledger.facts import Kind, Outcome
from dispatcher.providers.answers import ACCOUNT_REFUSED, NOT_CONNECTED
from dispatcher.providers.routing import Mode

ALL = 1_000_000_000
"""Requests that may go while the breaker is closed: more than anybody asks for."""


@dataclass(frozen=True, slots=True)
class Rules:
    """When the breaker opens, and for how long. Seconds where not said otherwise."""

    window: float = 30.0
    """What is looked back on, in slices of a sixth."""
    ill: int = 5
    """Requests that must have failed in the window. One of SendGrid's carries up to 1,000 letters,
    so five are many; five failures by chance cost one pause of `first`."""
    share: float = 0.5
    """Of all requests in the window that must have failed: a carrier whose every fifth answer is a
    500 is slow to reconcile, but still the one that reaches people."""
    repeatable: float = 0.9
    """The same share where a message may go twice and is shown once: no other account can carry a
    push, and what is unsure is merely sent again, so a service that takes every second notice still
    reaches people. At a half, 120 notices took 106 to 267 s and twice over 300, nearly all of it
    pauses; at nine tenths 6 to 16 (`tests/faults/test_push.py`, every second answer spoilt)."""
    first: float = 10.0
    """The first pause. Longer than the wire's longest wait (9 s): what was under way when the
    breaker opened has come to its end when the trial goes out, and is not taken for its answer."""
    longest: float = 60.0
    """Pauses double up to this."""
    trial: float = 12.0
    """A trial that nobody told the end of within these is given to the next who asks: also longer
    than the wire waits."""


@dataclass(frozen=True, slots=True)
class Leave:
    """How many requests may go now: ALL, 1 (the trial) or 0; then ask again after `wait`."""

    most: int
    wait: float = 0.0


# Times are the server's. A hash without `until` is closed; `g<slice>` and `i<slice>` count the good
# and the ill. It is forgotten ten windows after its last word: nobody sends by that account then.
_ALLOWS = """
local now = redis.call('TIME')
now = tonumber(now[1]) + tonumber(now[2]) / 1e6
local held = redis.call('HMGET', KEYS[1], 'until', 'trial')
if not held[1] then return {-1, '0'} end
local left = math.max(tonumber(held[1]), tonumber(held[2] or 0)) - now
if left > 0 then return {0, tostring(left)} end
redis.call('HSET', KEYS[1], 'trial', now + tonumber(ARGV[1]))
return {1, '0'}
"""
_HEARD = """
local good, ill, window, least, share, first, longest = unpack(ARGV)
good, ill, window = tonumber(good), tonumber(ill), tonumber(window)
local now = redis.call('TIME')
now = tonumber(now[1]) + tonumber(now[2]) / 1e6
local held = redis.call('HMGET', KEYS[1], 'until', 'trial', 'pause')

local function open(pause)
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'until', now + pause, 'pause', pause)
  redis.call('EXPIRE', KEYS[1], math.ceil(window * 10 + pause))
  return 1
end

if held[1] then
  if now < tonumber(held[1]) then return 1 end
  if good > 0 then redis.call('DEL', KEYS[1]) return 0 end
  if not held[2] then return 0 end
  return open(math.min(tonumber(held[3]) * 2, tonumber(longest)))
end

local slice = math.floor(now * 6 / window)
redis.call('HINCRBY', KEYS[1], 'g' .. slice, good)
redis.call('HINCRBY', KEYS[1], 'i' .. slice, ill)
redis.call('EXPIRE', KEYS[1], math.ceil(window * 10))
local goods, ills = 0, 0
local counts = redis.call('HGETALL', KEYS[1])
for n = 1, #counts, 2 do
  local kind, of = counts[n]:sub(1, 1), tonumber(counts[n]:sub(2))
  if of <= slice - 6 then redis.call('HDEL', KEYS[1], counts[n])
  elseif kind == 'g' then goods = goods + tonumber(counts[n + 1])
  else ills = ills + tonumber(counts[n + 1]) end
end
if ills >= tonumber(least) and ills >= tonumber(share) * (ills + goods) then
  return open(tonumber(first))
end
return 0
"""


def is_ill(outcome: Outcome) -> bool:
    """Whether a request's outcome speaks of an ill account.

    Ill: nobody can tell what became of it, the carrier was not reached, or it did not let the
    account in. Well: it took the message, refused the address, or asked for patience (429).
    """
    if outcome.kind is Kind.LATER:
        return outcome.code in (NOT_CONNECTED, ACCOUNT_REFUSED)
    return outcome.kind is Kind.UNSURE


class State(Enum):
    """How a breaker stands."""

    CLOSED = "closed"
    """All may go."""
    OPEN = "open"
    """Nobody may, until a time."""
    HALF_OPEN = "half_open"
    """One request may, or is on its way."""


class Breaker:
    """The breakers of all accounts; a drill's are apart from the real ones.

    While Valkey is away every breaker is closed and nothing is counted: the breaker saves time and
    questions, it guards no promise, so losing it must not stop a message. (The pace, which guards
    one, sends nothing meanwhile.)
    """

    def __init__(self, redis: "Redis", *, rules: Rules | None = None) -> None:
        self._rules = rules or Rules()
        self._redis = redis
        self._allows = redis.register_script(_ALLOWS)
        self._heard = redis.register_script(_HEARD)

    async def allows(self, account: str, *, mode: Mode) -> Leave:
        """How many requests may go to an account now, and when to ask again if none.

        Who gets 1 has the trial: send one request and tell what came of it; for `Rules.trial`
        seconds nobody else gets it.
        """
        try:
            most, wait = await self._allows(keys=[_key(account, mode)], args=[self._rules.trial])
        except (RedisError, OSError):
            return Leave(ALL)
        return Leave(ALL if most < 0 else int(most), float(wait))

    async def heard(
        self, account: str, outcomes: Iterable[Outcome], *, mode: Mode, repeatable: bool = False
    ) -> bool:
        """Count what came of requests to an account, one outcome for each; whether it is ill now.

        `repeatable` is the provider's: whether its messages may go twice and are shown once.

        Of a request with many parcels any one of its outcomes will do. What the carrier was never
        asked (a lease that was too short, a letter that could not be written) does not belong here.
        """
        told = [is_ill(outcome) for outcome in outcomes]
        if not told:
            return False
        rules = self._rules
        share = rules.repeatable if repeatable else rules.share
        args = (rules.window, rules.ill, share, rules.first, rules.longest)
        with suppress(RedisError, OSError):
            counts = len(told) - sum(told), sum(told)
            return bool(await self._heard(keys=[_key(account, mode)], args=[*counts, *args]))
        return False

    async def first_well(self, accounts: Sequence[str], *, mode: Mode) -> tuple[str, Leave]:
        """The first account to which requests may go, and how many.

        `accounts` are in order of preference and not empty. When all are ill, the one that may be
        asked soonest, with its wait. Where it gives only a trial, ask again for the others.
        """
        waits: dict[str, float] = {}
        for account in accounts:
            leave = await self.allows(account, mode=mode)
            if leave.most:
                return account, leave
            waits[account] = leave.wait
        soonest = min(waits, key=lambda account: waits[account])
        return soonest, Leave(0, waits[soonest])

    async def state(self, account: str, *, mode: Mode) -> State:
        """How the breaker stands, without taking the trial: for metrics and pages."""
        try:
            until = await self._redis.hget(_key(account, mode), "until")
            seconds, micros = await self._redis.time()
        except (RedisError, OSError):
            return State.CLOSED
        return _stand(until, seconds + micros / 1e6)


def stands(
    valkey: ValkeyNow, accounts: Sequence[tuple[Mode, str]]
) -> dict[tuple[Mode, str], State]:
    """How the breakers stand, all in one request, for who watches. Raises redis.RedisError."""
    with valkey.pipeline(transaction=False) as pipe:
        pipe.time()
        for mode, account in accounts:
            pipe.hget(_key(account, mode), "until")
        (seconds, micros), *untils = pipe.execute()
    now = float(seconds) + float(micros) / 1e6
    return {one: _stand(until, now) for one, until in zip(accounts, untils, strict=True)}


def _stand(until: bytes | str | None, now: float) -> State:
    if until is None:
        return State.CLOSED
    return State.OPEN if now < float(until) else State.HALF_OPEN


def _key(account: str, mode: Mode) -> str:
    return f"breaker:{mode}:{account}"
