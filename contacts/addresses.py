"""What people type -> an address that a carrier understands, or a coded error; pure.

| channel | `value` (what a carrier is given) | `key` (the same key is the same address) |
|---|---|---|
| sms | E.164, `+447700900123` | the same |
| email | with its domain in ASCII, `Ana@xn--…` | the same, folded |
| push | a token, or a Web Push subscription as JSON | `fcm:` or `web:` and a digest |
"""

import base64
import binascii
import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType, ValidationResult

from contacts.errors import Refused


@dataclass(frozen=True, slots=True)
class Point:
    """One address in normal form."""

    channel: str
    value: str
    key: str


# Marks that copying from chats and web pages leaves behind: direction marks and isolates,
# zero-width letters, soft hyphens, byte order marks (category Cf), and variation selectors.
_INVISIBLE: Final = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]"
)
_DASHES: Final = re.compile("[\u2010-\u2015\u2212\u301c\u30fc]")
_PUNCTUATION: Final = re.compile(r"[\s().\-/]")
# "+44 (0)7700 900123": the zero that is dialled only at home.
_AT_HOME: Final = re.compile(r"(?<=\d)\s*\(0\)")
_PLUS: Final = re.compile(r"^0*\+")


def phone(text: str, *, country: str = "") -> Point:
    """A phone number in E.164; `country` is that of the person, for numbers without a prefix.

    Digits of any script count. Taken is what libphonenumber calls valid, and also what is as long
    as a mobile number of its country but begins with digits that it does not know: numbering
    plans open ranges faster than libraries are updated, and ranges reserved for fiction are such.
    A number that is not valid at home but would be with a plus before it lost its plus to a
    spreadsheet. Raises `contacts.phone_letters`, `_empty`, `_short`, `_long`, `_unknown` (no such
    number), `_country` (no such country code) or `_home` (no prefix and no country to add it).
    """
    written = plain(text)
    digits = _PUNCTUATION.sub("", _AT_HOME.sub("", written))
    abroad = bool(_PLUS.match(digits)) or digits.startswith("00")
    digits = _PLUS.sub("", digits)
    if not digits:
        raise Refused("contacts.phone_empty", value=text)
    if not digits.isascii() or not digits.isdigit():
        raise Refused("contacts.phone_letters", value=text)
    number = _best(digits, abroad=abroad, country=country)
    if number is None:
        raise Refused(f"contacts.phone_{_why(digits, abroad, country)}", value=text)
    key = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Point("sms", key, key)


def _best(digits: str, *, abroad: bool, country: str) -> PhoneNumber | None:
    """The first reading that gives a number."""
    bare = digits.lstrip("0")
    world, home = ("+" + bare, ""), (digits, country)
    # A zero in front is a home zero: 077009001234 is a British number with a digit too many and
    # not a Kazakh one. Only the person's own prefix may follow it (0 44 7700 ...).
    own = phonenumbers.country_code_for_region(country) if country else 0
    unprefixed = _valid_of(own) if digits.startswith("0") else _valid
    # A plus that is well written is believed, also before an unknown range; else any valid
    # reading comes before a merely possible one.
    readings: list[tuple[str, str, Callable[[PhoneNumber], bool]]]
    if abroad:
        readings = [(*world, _known_or_new), (*home, _valid), (bare, country, _valid)]
    else:
        readings = [(*home, _valid), (*world, unprefixed)]
        readings += [(bare, country, _valid), (*home, _as_mobile)]
    for written, region, fits in readings:
        number = _parsed(written, region)
        if number is not None and fits(number):
            return number
    return None


def _parsed(written: str, region: str) -> PhoneNumber | None:
    """A reading of digits, or nothing."""
    if not written.startswith("+") and not region:
        return None
    try:
        return phonenumbers.parse(written, region or None)
    except NumberParseException:
        return None


def _valid(number: PhoneNumber) -> bool:
    return phonenumbers.is_valid_number(number)


def _known_or_new(number: PhoneNumber) -> bool:
    # The length alone decides most: 1 µs, where asking for every range takes 8.
    return _as_mobile(number) or _valid(number)


def _valid_of(code: int) -> Callable[[PhoneNumber], bool]:
    return lambda number: number.country_code == code and _valid(number)


def _as_mobile(number: PhoneNumber) -> bool:
    """As long as a mobile number of its country."""
    kind = PhoneNumberType.MOBILE
    reason = phonenumbers.is_possible_number_for_type_with_reason(number, kind)
    return reason == ValidationResult.IS_POSSIBLE


_REASONS: Final = {
    ValidationResult.TOO_SHORT: "short",
    ValidationResult.TOO_LONG: "long",
    ValidationResult.INVALID_COUNTRY_CODE: "country",
}
# Shorter than any subscriber's number: 112, 999, a short code.
_SHORTEST: Final = 6
_LONGEST: Final = 15  # E.164


def _why(digits: str, abroad: bool, country: str) -> str:  # noqa: FBT001
    """What is wrong with digits of which no reading is a number."""
    bare = digits.lstrip("0")
    if len(bare) < _SHORTEST:
        return "short"
    if len(bare) > _LONGEST:
        return "long"
    if not abroad and not country:
        return "home"
    number = _parsed("+" + bare if abroad else digits, country)
    if number is None:
        return "country" if abroad else "unknown"
    return _REASONS.get(phonenumbers.is_possible_number_with_reason(number), "unknown")


# RFC 5321 allows 64 + 1 + 255.
_LONGEST_EMAIL: Final = 320


def email(text: str) -> Point:
    """An e-mail address; its name is asked of nobody (no DNS). Raises `contacts.email_wrong`.

    Letters outside ASCII are taken in the domain only: no carrier here delivers to others.
    """
    written = visible(text).removeprefix("mailto:")
    try:
        found = validate_email(
            written, check_deliverability=False, allow_smtputf8=False, test_environment=True
        )
    except EmailNotValidError as reason:
        raise Refused("contacts.email_wrong", value=text, why=str(reason)) from None
    value = found.ascii_email or ""
    return Point("email", value, value.casefold()[:_LONGEST_EMAIL])


_TOKEN: Final = re.compile(r"[A-Za-z0-9_\-:.]{20,4096}\Z")


def push(text: str) -> Point:
    """An FCM registration, or a Web Push subscription as its browser gives it (JSON).

    Raises `contacts.push_token` or `contacts.push_subscription` with `what` is wrong in it.
    """
    written = visible(text)
    if written.startswith("{"):
        return _subscription(written, text)
    if not _TOKEN.match(written):
        raise Refused("contacts.push_token", value=text)
    return Point("push", written, f"fcm:{_digest(written)}")


def transport(key: str) -> str:
    """Which road a push key belongs to: `fcm` or `web`."""
    return key.partition(":")[0]


def _subscription(written: str, text: str) -> Point:
    """A subscription with an endpoint, a public key on P-256 and 16 bytes of secret."""
    try:
        given = json.loads(written)
        endpoint, keys = given["endpoint"], given["keys"]
        public, secret = _bytes(keys["p256dh"]), _bytes(keys["auth"])
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise Refused("contacts.push_subscription", value=text, what="keys") from None
    if not isinstance(endpoint, str) or not _is_endpoint(endpoint):
        raise Refused("contacts.push_subscription", value=text, what="endpoint")
    if not _on_p256(public):
        raise Refused("contacts.push_subscription", value=text, what="p256dh")
    if len(secret) != 16:  # noqa: PLR2004  (RFC 8291, 3.2)
        raise Refused("contacts.push_subscription", value=text, what="auth")
    held = {"endpoint": endpoint, "keys": {"auth": _text(secret), "p256dh": _text(public)}}
    value = json.dumps(held, separators=(",", ":"), sort_keys=True)
    return Point("push", value, f"web:{_digest(value)}")


def _is_endpoint(endpoint: str) -> bool:
    """HTTPS, or plain HTTP to this machine (rehearsals)."""
    try:
        parts = urlsplit(endpoint)
        host = parts.hostname
    except ValueError:
        return False
    local = host in {"127.0.0.1", "::1", "localhost"}
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and local))


# NIST P-256: y² = x³ - 3x + b (mod p); FIPS 186-4, D.1.2.3.
_P: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
_B: Final = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B


def _on_p256(point: bytes) -> bool:
    """An uncompressed point of the curve: browsers send nothing else, carriers refuse all else."""
    if len(point) != 65 or point[0] != 4:  # noqa: PLR2004
        return False
    x, y = int.from_bytes(point[1:33]), int.from_bytes(point[33:])
    return x < _P and y < _P and (y * y - (x * x * x - 3 * x + _B)) % _P == 0


def _bytes(text: str) -> bytes:
    """base64url, with or without its padding, or base64."""
    folded = text.rstrip("=").translate(str.maketrans("+/", "-_"))
    return base64.b64decode(folded + "=" * (-len(folded) % 4), altchars=b"-_", validate=True)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:40]


def visible(text: str) -> str:
    """Without invisible marks and outer space."""
    if text.isascii():
        return text.strip()
    return _INVISIBLE.sub("", text).strip()


def plain(text: str) -> str:
    """Visible, with the digits of all scripts, full-width signs and dashes made plain ASCII."""
    if text.isascii():
        return text.strip()
    folded = unicodedata.normalize("NFKC", visible(text))
    return "".join(_plain_letters(_DASHES.sub("-", folded))).strip()


def _plain_letters(text: str) -> Iterator[str]:
    for letter in text:
        digit = unicodedata.decimal(letter, None)
        yield letter if digit is None else str(digit)
