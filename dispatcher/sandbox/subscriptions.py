"""Web Push subscriptions of invented browsers: number and seed make the same one every time."""

import base64
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from dispatcher.sandbox.config import secret
from dispatcher.sandbox.keys import curve_key


@dataclass(frozen=True, slots=True)
class Browser:
    """The private half of one subscription."""

    key: ec.EllipticCurvePrivateKey
    auth: bytes


def subscription(number: int, base_url: str, seed: int = 1) -> dict[str, Any]:
    """What a browser gives after subscribing: `{"endpoint", "expirationTime", "keys"}`.

    Args:
        number: which browser, from 0.
        base_url: `http://host:port` of the sandbox.
        seed: the sandbox's seed.
    """
    browser = browser_of(number, seed=seed)
    point = browser.key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return {
        "endpoint": f"{base_url}/push/{number:x}.{_tag(number, seed=seed)}",
        "expirationTime": None,
        "keys": {"p256dh": plain64(point), "auth": plain64(browser.auth)},
    }


def browser_of(number: int, *, seed: int) -> Browser:
    """The keys that open what was sent to a subscription."""
    name = f"push-{number}"
    auth = bytes.fromhex(secret(f"{name}-auth", seed=seed))[:16]
    return Browser(curve_key(name, seed=seed), auth)


def number_of(path: str, *, seed: int) -> int | None:
    """Which browser a push path belongs to; None when this seed never made it."""
    digits, _, tag = path.rpartition("/")[2].partition(".")
    try:
        number = int(digits, 16)
    except ValueError:
        return None
    return number if tag == _tag(number, seed=seed) else None


def plain64(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _tag(number: int, *, seed: int) -> str:
    return secret(f"push-{number}-endpoint", seed=seed)[:32]
