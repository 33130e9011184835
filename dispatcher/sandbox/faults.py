"""How a carrier misbehaves: told in shares of its messages, and repeatable from the seed."""

import dataclasses
import hashlib
import struct
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import Any, Protocol, cast

from dispatcher.sandbox.server import Fate, Reply

CARRIERS = ("twilio", "sendgrid", "fcm", "webpush", "libretranslate")

Span = tuple[float, float]


class Unreadable(Exception):  # noqa: N818  # it states a fact
    """A description of faults that makes no sense; `args[0]` says where and what."""


class Face(Enum):
    """What the client meets; the members stand in the order in which the shares are dealt."""

    REFUSED = "refused"
    """A documented permanent error."""
    THROTTLED = "throttled"
    """429: not processed."""
    ERROR_500 = "error_500"
    """A server error; the message may have been taken."""
    ERROR_503 = "error_503"
    """Unavailable; the message may have been taken."""
    GARBAGE = "garbage"
    """The status of success over a body that nobody can read; the message was taken."""
    SILENT = "silent"
    """No answer at all; the message may have been taken."""
    CUT = "cut"
    """The message was taken, and the connection closed before the answer."""
    HALF = "half"
    """The message was taken; half of the answer is written, and the carrier closes its side."""
    PLAIN = "plain"
    """The documented answer."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One carrier's manners: shares are 0 to 1 of its messages, spans are [from, to] in ms."""

    latency_ms: Span = (0.0, 0.0)
    refused: float = 0.0
    refusal: str = ""
    """The carrier's own code for a refusal; empty: its usual one."""
    throttled: float = 0.0
    retry_after: int = 1
    """Seconds."""
    error_500: float = 0.0
    error_503: float = 0.0
    garbage: float = 0.0
    silent: float = 0.0
    cut: float = 0.0
    half: float = 0.0
    taken_anyway: float = 0.5
    """Of the messages behind a 500, a 503 or silence."""
    strikes: int = 0
    """The faults above meet only the first so many requests for each recipient; 0: all."""
    undelivered: float = 0.0
    undelivered_code: str = ""
    """Empty: one of the carrier's usual codes."""
    receipt_ms: Span = (40.0, 400.0)
    """From the answer to the last receipt."""
    receipts_first: float = 0.0
    """All receipts arrive before the answer leaves."""
    repeat: int = 1
    """Each receipt is sent so many times."""
    reordered: float = 0.0
    lost: float = 0.0
    """Of the receipts."""
    deferred: float = 0.0
    """E-mail: deferred once before the rest."""
    opened: float = 0.0
    """E-mail: an open event after delivered."""
    late_bounce: float = 0.0
    """E-mail: a bounce after delivered."""
    list_lag_ms: float = 0.0
    """Twilio's list and fetch show a message only after so long."""


CALM = Behaviour()
_KINDS = {each.name: type(getattr(CALM, each.name)) for each in fields(Behaviour)}
_COUNTS = {"retry_after", "repeat", "strikes"}


def behaviour(told: object, *, where: str) -> Behaviour:
    """A behaviour from its JSON form; what is not named is calm. Raises Unreadable."""
    if not isinstance(told, Mapping):
        raise Unreadable(f"{where}: an object is expected")
    for name in told:
        if name not in _KINDS:
            raise Unreadable(f"{where}.{name}: no such fault; known: {', '.join(_KINDS)}")
    return Behaviour(**{name: _value(name, told[name], where=where) for name in told})


def _value(name: str, value: object, *, where: str) -> Any:
    kind = _KINDS[name]
    if kind is tuple:
        return _span(value, where=f"{where}.{name}")
    if kind is str:
        return str(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise Unreadable(f"{where}.{name}: a number from 0 is expected")
    if name in _COUNTS:
        return int(value)
    if not name.endswith("_ms") and value > 1:
        raise Unreadable(f"{where}.{name}: a share from 0 to 1 is expected")
    return float(value)


def _span(value: object, *, where: str) -> Span:
    ends = [value, value] if isinstance(value, int | float) else value
    if not isinstance(ends, list | tuple) or len(ends) != 2:  # noqa: PLR2004  # from, to
        raise Unreadable(f"{where}: milliseconds, or [from, to], are expected")
    if not all(isinstance(end, int | float) for end in ends) or not 0 <= ends[0] <= ends[1]:
        raise Unreadable(f"{where}: 0 <= from <= to is expected")
    return float(ends[0]), float(ends[1])


@dataclass(slots=True)
class Verdict:
    """What was dealt to one request (or, in a batch, to one recipient)."""

    face: Face
    latency: float
    taken: bool
    undelivered: str | None
    """A code, "" for the carrier's usual one, None when it will be delivered."""
    delay: float
    """Seconds to the last receipt."""
    first: bool
    dice: int
    """Seeds what else must be drawn for this message."""
    behaviour: Behaviour


@dataclass(slots=True)
class Faults:
    """All carriers' manners, and how often each recipient was asked for."""

    seed: int
    carriers: dict[str, Behaviour] = field(default_factory=dict)
    addresses: dict[str, Behaviour] = field(default_factory=dict)
    _asked: Counter[tuple[str, str]] = field(default_factory=Counter)

    def tell(self, told: Mapping[str, Any]) -> None:
        """Replace the manners of the carriers and addresses that are named. Raises Unreadable."""
        unknown = set(told) - {*CARRIERS, "all", "seed", "addresses"}
        if unknown:
            raise Unreadable(f"{min(unknown)}: no such carrier; known: {', '.join(CARRIERS)}, all")
        carriers = dict.fromkeys(CARRIERS, told["all"]) if "all" in told else {}
        carriers |= {name: told[name] for name in CARRIERS if name in told}
        read = {name: behaviour(manners, where=name) for name, manners in carriers.items()}
        named = {
            address: behaviour(manners, where=f"addresses.{address}")
            for address, manners in told.get("addresses", {}).items()
        }
        self.seed = int(told.get("seed", self.seed))
        self.carriers |= read
        self.addresses |= named
        self._asked.clear()

    def told(self) -> dict[str, Any]:
        """The whole state in the form that `tell` takes."""
        return {
            "seed": self.seed,
            **{name: dataclasses.asdict(self.of(name)) for name in CARRIERS},
            "addresses": {to: dataclasses.asdict(each) for to, each in self.addresses.items()},
        }

    def forget(self) -> None:
        """Everybody is calm again."""
        self.carriers.clear()
        self.addresses.clear()
        self._asked.clear()

    def of(self, carrier: str) -> Behaviour:
        """The manners of a carrier."""
        return self.carriers.get(carrier, CALM)

    def deal(self, carrier: str, to: str) -> Verdict:
        """The verdict on this recipient's next message: the same for the same seed and number."""
        manners = self.addresses.get(to) or self.of(carrier)
        nth = 0
        if manners is not CALM:
            nth = self._asked[carrier, to]
            self._asked[carrier, to] += 1
        key = f"{self.seed}:{carrier}:{to}:{nth}".encode()
        draws = struct.unpack("<7IQ", hashlib.blake2b(key, digest_size=36).digest())
        face, latency, taken, undelivered, delay, first, _ = (draw / 2**32 for draw in draws[:7])
        met = Face.PLAIN if 0 < manners.strikes <= nth else _met(manners, face)
        return Verdict(
            face=met,
            latency=_within(manners.latency_ms, latency),
            taken=met in _TAKEN or (met in _PERHAPS and taken < manners.taken_anyway),
            undelivered=manners.undelivered_code if undelivered < manners.undelivered else None,
            delay=_within(manners.receipt_ms, delay),
            first=first < manners.receipts_first,
            dice=draws[7],
            behaviour=manners,
        )


_TAKEN = frozenset({Face.PLAIN, Face.GARBAGE, Face.CUT, Face.HALF})
_PERHAPS = frozenset({Face.ERROR_500, Face.ERROR_503, Face.SILENT})
_DEALT = tuple(face for face in Face if face is not Face.PLAIN)


def _met(manners: Behaviour, draw: float) -> Face:
    if manners is CALM:
        return Face.PLAIN
    for face in _DEALT:
        draw -= getattr(manners, face.value)
        if draw < 0:
            return face
    return Face.PLAIN


def _within(span: Span, draw: float) -> float:
    return (span[0] + (span[1] - span[0]) * draw) / 1000


class Voice(Protocol):
    """How a carrier words what goes wrong."""

    def refused(self, code: str) -> Reply:
        """A permanent refusal; an empty code is the usual one."""
        ...

    def throttled(self, seconds: int) -> Reply:
        """429."""
        ...

    def broken(self, status: int) -> Reply:
        """500 or 503."""
        ...

    def garbage(self) -> Reply:
        """A success that cannot be read."""
        ...


def meet(verdict: Verdict, voice: Voice, take: Callable[[], Reply]) -> Reply:
    """Take the message if the verdict says so, and give the client the answer it is to meet."""
    plain = take() if verdict.taken else None
    if verdict.face is Face.PLAIN and verdict.latency == 0:
        return cast("Reply", plain)
    reply = _worded(verdict, voice) or cast("Reply", plain)
    if verdict.face is Face.HALF:
        reply.fate = Fate.HALF
    reply.wait = verdict.latency
    reply.after = plain.after if plain is not None else None
    return reply


def _worded(verdict: Verdict, voice: Voice) -> Reply | None:
    manners = verdict.behaviour
    words: dict[Face, Callable[[], Reply]] = {
        Face.REFUSED: lambda: voice.refused(manners.refusal),
        Face.THROTTLED: lambda: voice.throttled(manners.retry_after),
        Face.ERROR_500: lambda: voice.broken(500),
        Face.ERROR_503: lambda: voice.broken(503),
        Face.GARBAGE: voice.garbage,
        Face.SILENT: lambda: Reply(200, fate=Fate.SILENT),
        Face.CUT: lambda: Reply(200, fate=Fate.CUT),
    }
    return words[verdict.face]() if verdict.face in words else None
