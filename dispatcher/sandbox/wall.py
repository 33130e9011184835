"""The wall of phones: what the carriers took, as its readers see it, because people would look."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from babel import Locale, UnknownLocaleError
from django.template import Context, Engine

from dispatcher.sandbox.contents import Content, content
from dispatcher.sandbox.forms import fields
from dispatcher.sandbox.memory import STATUSES, Memory, Taken
from dispatcher.sandbox.replies import Replies, Said
from dispatcher.sandbox.server import Reply, Request

HERE = Path(__file__).parent
PHONES = 48  # on a page: with two long messages each it stays below 200 kB
EACH = 2  # messages on a phone; the others are a search away
SEEN = 20_000  # the newest messages that filters and search look at
LONGEST = {"sms": 1200, "push": 800, "email": 600}  # bytes shown: Hindi takes three a letter
LABEL = 32  # characters under a device
ANSWERS = ("OK", "HELP", "STOP")  # what a phone can write back with one press
CHANNELS = {"sms": "SMS", "push": "Push", "email": "E-mail"}
WORDS = {
    "queued": "Queued",
    "sent": "Sent",
    "delivered": "Delivered",
    "failed": "Failed",
    "replaced": "Replaced",
}
STATIC = {"/wall.css": "text/css; charset=utf-8", "/wall.js": "text/javascript; charset=utf-8"}
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
LETTER_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src data:; base-uri 'none'"
)
"""A letter is a stranger's page: no script, nothing from the network, links in a new window."""

_LINK = re.compile(r"(https?://[^\s<>\"'«»،。]+)")
_HEAD = re.compile(
    r"\A((?:\s*<!doctype[^>]*>)?(?:\s*<html\b[^>]*>)?(?:\s*<head\b[^>]*>)?)", re.IGNORECASE
)
_LETTER = re.compile(r"/letters/(\d+)(/body)?")
_ENGINE = Engine(dirs=[str(HERE / "templates")], autoescape=True)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of the page asks for; empty means all."""

    channel: str = ""
    language: str = ""
    status: str = ""
    q: str = ""
    page: int = 1

    @classmethod
    def of(cls, query: bytes) -> "Asked":
        """From a query string; what makes no sense is left out."""
        told = fields(query)
        page = told.get("page", "1")
        return cls(
            told.get("channel", "") if told.get("channel") in CHANNELS else "",
            told.get("language", "")[:20],
            told.get("status", "") if told.get("status") in STATUSES else "",
            told.get("q", "").strip()[:100],
            max(1, int(page)) if page.isdecimal() and len(page) < 6 else 1,  # noqa: PLR2004  # digits
        )

    def address(self, **change: object) -> str:
        """The address of the same page with something changed, on its first page."""
        told = {
            "channel": self.channel,
            "language": self.language,
            "status": self.status,
            "q": self.q,
            **change,
        }
        return "?" + urlencode({name: value for name, value in told.items() if value})

    def chosen(self) -> list[dict[str, str]]:
        """What is asked for, in words."""
        told = (
            (CHANNELS.get(self.channel, ""), ""),
            (WORDS.get(self.status, ""), ""),
            (tongue(self.language) if self.language else "", self.language),
            (f"“{self.q}”" if self.q else "", ""),
        )
        return [{"text": text, "language": language} for text, language in told if text]

    def fits(self, taken: Taken, seen: Content) -> bool:
        """Whether the message is asked for."""
        return (
            self.channel in ("", taken.channel)
            and self.language in ("", seen.language)
            and self.status in ("", taken.status)
            and (not self.q or self._found(taken, seen))
        )

    def _found(self, taken: Taken, seen: Content) -> bool:
        word = self.q.casefold()
        return any(word in text.casefold() for text in (taken.to, seen.title, seen.text)) or (
            self.q == taken.delivery
        )


@dataclass(slots=True)
class Wall:
    """Answers every path that no carrier has."""

    memory: Memory
    url: str
    replies: Replies | None = None
    _files: dict[str, bytes] = field(default_factory=dict)

    def __call__(self, request: Request) -> Reply:
        """A page, a letter, or one of the page's two files."""
        if request.method not in ("GET", "HEAD"):
            return _page("gone.html", {"text": "There is nothing to be done here."}, 405)
        if request.path == "/":
            return _page("wall.html", self._wall(Asked.of(request.query)))
        if request.path in STATIC:
            return self._file(request.path)
        letter = _LETTER.fullmatch(request.path)
        if letter is not None:
            return self._letter(int(letter[1]), body=bool(letter[2]))
        return _page("gone.html", {"text": "There is no such page."}, 404)

    def _wall(self, asked: Asked) -> dict[str, Any]:
        seen = [(taken, content(taken)) for taken in islice(self.memory.newest(), SEEN)]
        phones: dict[str, list[tuple[Taken, Content]]] = {}
        for taken, each in seen:
            if asked.fits(taken, each):
                phones.setdefault(taken.to, []).append((taken, each))
        pages = max(1, -(-len(phones) // PHONES))
        page = min(asked.page, pages)
        shown = islice(phones.items(), (page - 1) * PHONES, page * PHONES)
        return {
            "phones": [
                _phone(to, messages) | self._answering(messages[0]) for to, messages in shown
            ],
            "answers": ANSWERS,
            "key": self.replies.key if self.replies else "",
            "back": asked.address(page=page),
            "totals": self._totals(seen),
            "filters": _filters(asked, seen),
            "asked": asked,
            "found": f"{len(phones):,}",
            "chosen": asked.chosen(),
            "all": asked.address(channel="", language="", status="", q=""),
            "pages": _pages(asked, page, pages),
            "url": self.url,
        }

    def _answering(self, newest: tuple[Taken, Content]) -> dict[str, str]:
        """What the form under a phone needs; only an SMS can be answered."""
        taken, seen = newest
        if self.replies is None or taken.channel != "sms" or not self.replies.hook_of(taken.to):
            return {}
        said = self.replies.said.get(taken.to)
        return {"number": taken.to, "ours": seen.sender, "said": _said(said) if said else ""}

    def _totals(self, seen: list[tuple[Taken, Content]]) -> list[tuple[str, str, str]]:
        """(what, how many, which look) for the head of the page."""
        status = Counter(taken.status for taken, _ in seen)
        messages = sum(
            counts["taken"] for name, counts in self.memory.counts.items() if name in _OURS
        )
        told = (
            ("Messages", messages, ""),
            ("Devices", len(self.memory.phones), ""),
            ("Queued", status["queued"], "queued"),
            ("Sent", status["sent"], "sent"),
            ("Delivered", status["delivered"], "delivered"),
            ("Failed", status["failed"], "failed"),
        )
        return [(what, f"{number:,}", look) for what, number, look in told if number or not look]

    def _file(self, path: str) -> Reply:
        if path not in self._files:
            self._files[path] = (HERE / "static" / path.removeprefix("/")).read_bytes()
        headers = (("Cache-Control", "no-cache"), ("X-Content-Type-Options", "nosniff"))
        return Reply(200, self._files[path], STATIC[path], headers)

    def _letter(self, number: int, *, body: bool) -> Reply:
        found = self.memory.after(number - 1, most=1)
        if not found or found[0].number != number or found[0].channel != "email":
            return _page("gone.html", {"text": "This letter is no longer kept."}, 404)
        seen = content(found[0])
        if body:
            html = seen.html or f"<pre>{_escaped(seen.text)}</pre>"
            headers = (
                ("Content-Security-Policy", LETTER_POLICY),
                ("X-Content-Type-Options", "nosniff"),
            )
            aimed = _HEAD.sub(r'\1<base target="_blank">', html, count=1)
            return Reply(200, aimed.encode(), "text/html; charset=utf-8", headers)
        return _page(
            "letter.html", {"letter": _message(found[0], seen), "seen": seen, "to": found[0].to}
        )


_OURS = frozenset({"twilio", "sendgrid", "fcm", "webpush"})


def _phone(to: str, messages: list[tuple[Taken, Content]]) -> dict[str, Any]:
    newest, seen = messages[0]
    return {
        "to": _name(newest),
        "channel": newest.channel,
        "kind": CHANNELS[newest.channel],
        "sender": seen.sender,
        "language": seen.language,
        "tongue": tongue(seen.language),
        "direction": seen.direction,
        "clock": _clock(newest.at)[:5],
        "messages": [_message(*each) for each in messages[:EACH]],
        "earlier": str(len(messages) - EACH) if len(messages) > EACH else "",
        "find": "?" + urlencode({"q": to}),
    }


def _message(taken: Taken, seen: Content) -> dict[str, Any]:
    return {
        "number": str(taken.number),
        "title": _cut(seen.title, 300),
        "sender": seen.sender,
        "pieces": list(_pieces(_cut(seen.text, LONGEST[taken.channel]))),
        "link": seen.link if seen.link.startswith(("http://", "https://")) else "",
        "answer": seen.answer if seen.answer.startswith(("http://", "https://")) else "",
        "button": seen.button,
        "language": seen.language,
        "direction": seen.direction,
        "readable": seen.readable,
        "status": taken.status,
        "word": WORDS[taken.status],
        "code": taken.code,
        "at": datetime.fromtimestamp(taken.at, UTC).isoformat(timespec="seconds"),
        "day": datetime.fromtimestamp(taken.at, UTC).strftime("%Y-%m-%d"),
        "clock": _clock(taken.at),
    }


def _said(said: Said) -> str:
    told = f"Answered “{_cut(said.text, 40)}” at {_clock(said.at)}"
    return told if 200 <= said.status < 300 else f"{told}: not taken ({said.status})"  # noqa: PLR2004


def _cut(text: str, longest: int) -> str:
    raw = text.encode("utf-8", "replace")
    return text if len(raw) <= longest else raw[:longest].decode("utf-8", "ignore").rstrip() + "…"


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """(text, whether it is a link)."""
    for place, piece in enumerate(_LINK.split(text)):
        is_link = place % 2 == 1
        end = piece.rstrip(".,;:!?)") if is_link else piece
        if end:
            yield end, is_link
        if len(end) < len(piece):
            yield piece[len(end) :], False


def _name(taken: Taken) -> str:
    """An address as a caption: a push address is too long for one."""
    if taken.carrier == "webpush":
        return f"Browser {int(taken.to.rpartition('/')[2].partition('.')[0], 16)}"
    return taken.to if len(taken.to) <= LABEL else f"{taken.to[:12]}…{taken.to[-8:]}"


def _filters(asked: Asked, seen: Iterable[tuple[Taken, Content]]) -> list[dict[str, Any]]:
    """Rows of chips; each says how many there are in all."""
    channels: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    for taken, each in seen:
        channels[taken.channel] += 1
        statuses[taken.status] += 1
        languages[each.language] += 1
    languages.pop("", 0)
    rows = (
        ("Channel", "channel", [(key, CHANNELS[key], channels[key]) for key in CHANNELS]),
        ("Status", "status", [(key, WORDS[key], statuses[key]) for key in STATUSES]),
        ("Language", "language", [(k, tongue(k), n) for k, n in languages.most_common(24)]),
    )
    return [
        {"title": title, "name": name, "chips": list(_chips(asked, name, chips))}
        for title, name, chips in rows
    ]


def _chips(asked: Asked, name: str, chips: list[tuple[str, str, int]]) -> Iterator[dict[str, Any]]:
    chosen = getattr(asked, name)
    yield {"text": "All", "count": "", "to": asked.address(**{name: ""}), "chosen": not chosen}
    for key, text, number in chips:
        if number or key == chosen:
            yield {
                "text": text,
                "key": key,
                "language": key if name == "language" else "",
                "count": f"{number:,}",
                "to": asked.address(**{name: "" if key == chosen else key}),
                "chosen": key == chosen,
            }


def _pages(asked: Asked, page: int, pages: int) -> dict[str, str]:
    return {
        "newer": asked.address(page=page - 1) if page > 1 else "",
        "older": asked.address(page=page + 1) if page < pages else "",
        "told": f"Page {page:,} of {pages:,}" if pages > 1 else "",
    }


@lru_cache(maxsize=256)
def tongue(code: str) -> str:
    """A language's name in itself; the code where CLDR knows none."""
    try:
        name = Locale.parse(code, sep="-").get_display_name()
    except (ValueError, UnknownLocaleError):
        return code
    return name[:1].upper() + name[1:] if name else code


def _clock(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%H:%M:%S")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _page(name: str, told: dict[str, Any], status: int = 200) -> Reply:
    template = _ENGINE.get_template(name)
    html = template.render(Context(told, use_l10n=False, use_tz=False))
    lines = (line.strip() for line in html.splitlines())
    body = "\n".join(line for line in lines if line).encode()
    headers = (
        ("Content-Security-Policy", POLICY),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cache-Control", "no-store"),
    )
    return Reply(status, body, "text/html; charset=utf-8", headers)
