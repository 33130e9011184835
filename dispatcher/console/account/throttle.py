"""How often somebody may try to get in, counted in Valkey for all web processes together.

A slip is counted for a name from an address. After some the next one waits, longer each time; one
script counts and decides, so that many at once are still many. When a name is tried from many
addresses, each of them waits after its first slip; the right password from a new place still opens.
A device from which the person has come in before has a count of its own: no stranger's slips, from
the next desk or from all over the world, keep anybody out.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address, ip_network
from typing import Any, Final

import redis
import structlog
from allauth.account.adapter import get_adapter
from django.http import HttpRequest
from django.utils.translation import gettext

from dispatcher.console.templatetags.told import duration
from dispatcher.console.valkey import client

log = structlog.get_logger(__name__)
WINDOW: Final = 900
"""Seconds after the first attempt until the count starts anew."""
PER_PERSON: Final = 5
"""Attempts for one name from one address before the next one waits."""
PER_ADDRESS: Final = 100
"""Attempts from one address in a window, whatever the names: an office may share one."""
PER_NAME: Final = 30
"""Attempts for one name from everywhere in a window; beyond it a stranger has one, not five."""
FIRST: Final = 30
"""Seconds of the first wait; each later one is twice as long, up to WINDOW."""
LOOKS: Final = 300
"""Looks from one address in a window at a page that only shows something."""
_COUNT: Final = """
local free, few, network, name, window, first =
    tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]),
    tonumber(ARGV[5]), tonumber(ARGV[6])
local left = redis.call('TTL', KEYS[4])
if left > 0 then return left end
local function count(key)
    local n = redis.call('INCR', key)
    if n == 1 then redis.call('EXPIRE', key, window) end
    return n
end
if count(KEYS[2]) > network then return redis.call('TTL', KEYS[2]) end
local n, tried = count(KEYS[1]), count(KEYS[3])
if tried > name then
    if few == 0 then return redis.call('TTL', KEYS[3]) end
    free = few
end
if n >= free then
    local wait = math.floor(math.min(window, first * 2 ^ (n - free)))
    redis.call('SET', KEYS[4], 1, 'EX', wait)
    redis.call('EXPIRE', KEYS[1], window + wait)
end
return 0
"""
"""The seconds to wait, else 0. Keys: name and address, address, name, and the wait itself."""


@dataclass(frozen=True, slots=True)
class Door:
    """Something that one can get wrong."""

    key: str
    few: int = 1
    """What a stranger may try when PER_NAME is over; 0: nobody strange tries any more."""


PASSWORD: Final = Door("sign-in")
SECOND: Final = Door("second", few=0)
"""A code has a million values and stands behind a password: whoever is here knows that."""
PROOF: Final = Door("proof")


def address_of(request: HttpRequest) -> str:
    """Where the person sits: what our own proxies say (TRUSTED_PROXIES), else who is connected."""
    return str(get_adapter().get_client_ip(request))


def wait(name: str, *, address: str, door: Door = PASSWORD, device: str = "") -> int:
    """Count an attempt; the seconds to wait when it is one too many, else 0.

    It is counted before the secret is checked. `device` names one from which the person has come
    in before ('' for none): it is counted for itself.
    """
    limits = (PER_PERSON, door.few, PER_ADDRESS, PER_NAME, WINDOW, FIRST)
    try:
        return int(_script()(keys=_keys(name, address, door, device), args=limits, client=client()))
    except redis.RedisError as error:
        # Open, not shut: on the worst day the people must still get in, and scrypt stays slow.
        log.warning("sign_in_uncounted", error=type(error).__name__)
        return 0


def forget(name: str, *, address: str, door: Door = PASSWORD, device: str = "") -> None:
    """The right secret was given: earlier slips of this person no longer count here."""
    pair, _, _, waits = _keys(name, address, door, device)
    try:
        client().delete(pair, waits)
    except redis.RedisError as error:
        log.warning("sign_in_uncounted", error=type(error).__name__)


def looked(what: str, *, address: str, most: int = 0) -> int:
    """Count a look at a page that anybody may open; the seconds to wait when there were many.

    `most` of them are free, else LOOKS. Apart from the attempts above: who looks at links takes
    nobody's passwords from them.
    """
    key = _hashed(f"look:{what}", "", network_of(address))
    try:
        with client().pipeline() as pipe:
            pipe.incr(key)
            pipe.expire(key, WINDOW, nx=True)
            pipe.ttl(key)
            n, _, left = pipe.execute()
    except redis.RedisError as error:
        log.warning("sign_in_uncounted", error=type(error).__name__)
        return 0
    return int(left) if n > (most or LOOKS) else 0


def network_of(address: str) -> str:
    """What one customer of an access provider is given: an IPv4 address, 2^64 of IPv6."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((known, 64), strict=False)) if known.version == 6 else address  # noqa: PLR2004


def said(seconds: int) -> str:
    """The sentence after too many slips."""
    text = gettext("Too many attempts. Please try again in %(time)s.")
    return text % {"time": duration(max(60, seconds))}


@cache
def _script() -> Any:
    """The script by its digest; every call brings its own client."""
    return client().register_script(_COUNT)


def _keys(name: str, address: str, door: Door, device: str) -> tuple[str, str, str, str]:
    place = f"device {device}" if device else network_of(address)
    whole = place if device else "everywhere"
    pair = _hashed(door.key, name, place)
    return pair, _hashed(door.key, "", place), _hashed(door.key, name, f"{whole}*"), f"{pair}:wait"


def _hashed(what: str, name: str, place: str) -> str:
    """Hashed: people type their password into the wrong field."""
    text = f"{name.strip().casefold()}\n{place}"
    return f"console:{what}:{hashlib.sha256(text.encode(errors='replace')).hexdigest()[:32]}"
