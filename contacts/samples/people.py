"""Invented people as rows of a spreadsheet; the same seed makes the same people."""

import base64
import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from contacts.samples.names import NAMES
from contacts.samples.places import PLACES, Place

HEADINGS: Final = (
    *("reference", "name", "roles", "region", "languages", "culture", "time_zone"),
    *("phone", "phone 2", "email", "email 2", "push", "opted_out", "consent", "tags"),
    *("attr.store", "confirmed"),
)
# Role -> of 100 people; the last ones are few, as in life.
_ROLES: Final = {
    "customer": 46,
    "community": 10,
    "employee": 14,
    "retailer": 9,
    "patient": 7,
    "distributor": 4,
    "clinician": 3,
    "investor": 3,
    "media": 3,
    "regulator": 1,
}
_DOMAINS: Final = ("example.com", "example.org", "example.net", "mail.test")
_P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_DIGITS: Final = {"fa": "۰۱۲۳۴۵۶۷۸۹", "prs": "۰۱۲۳۴۵۶۷۸۹", "ar": "٠١٢٣٤٥٦٧٨٩", "hi": "०१२३४५६७८९"}
_WRONG: Final = (
    ("phone", "call me"),
    ("email", "nobody at example.com"),
    ("region", "Atlantis"),
    ("languages", "klingonese"),
    ("roles", "custmer"),
    ("reference", ""),
)

Row = dict[str, str]
Subscribe = Callable[[int], Mapping[str, Any]]


def make(
    count: int,
    seed: int = 1,
    *,
    push_base: str = "https://push.example.net",
    subscribe: Subscribe | None = None,
    wrong: float = 0.0,
) -> Iterator[Row]:
    """So many people, one row each: heading -> text.

    Of 100 about 4 set no language, 3 have no address, 4 opted out of something, 2 share a phone
    with the one before, 10 have a second number. `subscribe` gives the Web Push subscription of a
    number from 0 (a sandbox has its own); otherwise they have real keys and endpoints below
    `push_base`. `wrong` is the share of rows with an error in them.
    """
    cast = _Cast(random.Random(seed), subscribe or _browser(seed, push_base))  # noqa: S311  (chance that repeats)
    for number in range(1, count + 1):
        row = cast.person(number)
        if wrong and cast.chance.random() < wrong:
            column, text = cast.chance.choice(_WRONG)
            row[column] = text
        yield row


@dataclass(slots=True)
class _Cast:
    """Makes one person after the other."""

    chance: random.Random
    subscribe: Subscribe
    given_out: dict[str, int] = field(default_factory=dict)
    browsers: int = 0
    last: tuple[str, str] = ("", "")

    def person(self, number: int) -> Row:
        place = self.chance.choices(PLACES, [place.share for place in PLACES])[0]
        region, zone = self.chance.choice(list(place.regions.items()))
        reads = self.chance.choice(place.languages)
        role = self.chance.choices(list(_ROLES), list(_ROLES.values()))[0]
        row = dict.fromkeys(HEADINGS, "")
        row |= {
            "reference": f"P{number:06}",
            "name": self.name(reads[0]),
            "roles": "employee; customer" if role == "employee" and self.one_in(8) else role,
            "region": region,
            "languages": "" if self.one_in(25) else "; ".join(reads),
            "time_zone": zone,
            "confirmed": f"202{self.chance.randint(4, 6)}-0{self.chance.randint(1, 9)}-15",
        }
        if role in {"retailer", "distributor"}:
            row["attr.store"] = str(self.chance.randint(1, 60))
        if role == "employee" and self.one_in(6):
            row["tags"] = "contractor"
        if place.country in {"JP", "IR", "SA"}:
            row["culture"] = "indirect"
        if not self.one_in(33):
            row |= self.addresses(number, place, reads[0], role)
            row |= self.words()
        return row

    def one_in(self, many: int) -> bool:
        return self.chance.randrange(many) == 0

    def name(self, language: str) -> str:
        known = (
            tag for tag in (language, _SCRIPTS.get(language, ""), language[:2]) if tag in NAMES
        )
        names = NAMES[next(known)]
        given, family = self.chance.choice(names.given), self.chance.choice(names.family)
        return names.order.format(given=given, family=family)

    def addresses(self, number: int, place: Place, language: str, role: str) -> Row:
        """Some of phone, e-mail and push; at least one of them."""
        row: Row = {}
        if not self.one_in(7):
            row["phone"] = self.written(self.phone(place), language)
            if self.one_in(10):
                row["phone 2"] = self.number(place)
        if not self.one_in(4) or not row:
            row["email"] = f"{role}.{number}@{self.chance.choice(_DOMAINS)}"
            if self.one_in(20):
                row["email 2"] = f"home.{number}@{self.chance.choice(_DOMAINS)}"
        if role == "employee" or self.one_in(3):
            row["push"] = self.push()
        return row

    def words(self) -> Row:
        """What few people say about what they want."""
        if self.one_in(25):
            return {"opted_out": self.chance.choice(("sms", "email", "email:news", "all"))}
        return {"consent": "email:news"} if self.one_in(5) else {}

    def phone(self, place: Place) -> str:
        """A new number, or that of the one before: families share."""
        country, shared = self.last
        self.last = ("", "")
        if country == place.country and self.one_in(2):
            return shared
        number = self.number(place)
        self.last = (place.country, number)
        return number

    def number(self, place: Place) -> str:
        """The next number of a country: the range for fiction first, then what nobody has."""
        nth = self.given_out.get(place.code + place.country, 0)
        self.given_out[place.code + place.country] = nth + 1
        for prefix, free in place.fiction:
            if nth < 10**free:
                return f"{prefix}{nth:0{free}}" if free else prefix
            nth -= 10**free
        free = place.length - len(place.unassigned)
        return f"{place.code}{place.unassigned}{nth:0{free}}"

    def written(self, number: str, language: str) -> str:
        """As people type it: at times in the digits of their own script."""
        digits = _DIGITS.get(language, "")
        if not digits or not self.one_in(8):
            return number
        return number.translate({ord(str(value)): digit for value, digit in enumerate(digits)})

    def push(self) -> str:
        """A registration at FCM, or a browser's subscription."""
        if self.one_in(2):
            self.browsers += 1
            return json.dumps(self.subscribe(self.browsers - 1), separators=(",", ":"))
        return f"{_plain64(self.chance.randbytes(16))}:APA91b{_plain64(self.chance.randbytes(100))}"


# Whose names are written in which script.
_SCRIPTS: Final = {
    "zh-CN": "zh-Hans",
    "zh-TW": "zh-Hant",
    "zh-HK": "zh-Hant",
    "zh-Hant-HK": "zh-Hant",
}


def _browser(seed: int, base: str) -> Subscribe:
    """Subscriptions with keys that nobody else holds, the same for the same seed."""

    def subscription(number: int) -> Mapping[str, Any]:
        chance = random.Random(f"{seed}/{number}")  # noqa: S311  (keys of nobody, which must repeat)
        key = ec.derive_private_key(chance.randrange(1, _P256_ORDER), ec.SECP256R1())
        point = key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        keys = {"p256dh": _plain64(point), "auth": _plain64(chance.randbytes(16))}
        return {"endpoint": f"{base}/{number:x}-{chance.getrandbits(64):x}", "keys": keys}

    return subscription


def _plain64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
