"""Form bodies and query strings -> text, faster than urllib for the percent-encoded scripts."""

import binascii
import re
from functools import lru_cache

_RUN = re.compile(rb"(?:%[0-9A-Fa-f]{2})+")


def fields(raw: bytes) -> dict[str, str]:
    """The fields of an `application/x-www-form-urlencoded` text; the last of a name stands."""
    return {
        _name(name): _text(value)
        for name, _, value in [pair.partition(b"=") for pair in raw.split(b"&") if pair]
    }


@lru_cache(maxsize=256)
def _name(raw: bytes) -> str:
    return _text(raw)


def _text(raw: bytes) -> str:
    if b"+" in raw:
        raw = raw.replace(b"+", b" ")
    if b"%" in raw:
        raw = _RUN.sub(_octets, raw)
    return raw.decode("utf-8", "replace")


def _octets(run: re.Match[bytes]) -> bytes:
    return binascii.unhexlify(run[0].replace(b"%", b""))
