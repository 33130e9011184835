"""LibreTranslate's /translate and /languages: a draft that nobody can take for a translation."""

import json
import re
from dataclasses import dataclass
from functools import partial
from typing import Any

from dispatcher.sandbox.faults import Faults, meet
from dispatcher.sandbox.forms import fields
from dispatcher.sandbox.memory import Memory
from dispatcher.sandbox.server import Reply, Request

LANGUAGES = {
    "ar": "Arabic",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fr": "French",
    "hi": "Hindi",
    "ja": "Japanese",
    "pt": "Portuguese",
    "pt-BR": "Portuguese (Brazil)",
    "ru": "Russian",
    "tr": "Turkish",
    "zh-Hans": "Chinese",
    "zh-Hant": "Chinese (traditional)",
}
ALIASES = {"zh": "zh-Hans", "zt": "zh-Hant", "pb": "pt-BR"}
ACCENTS = str.maketrans(
    "AEIOUYCNSZaeiouycnsz",
    "ÅÉÎÖÛÝÇÑŠŽåéîöûýçñšž",
)
_KEPT = re.compile(r"<[^<>]*>|&#?\w+;|https?://[^\s<>]+|[\w.+-]+@[\w.-]+")
"""What a translation must carry over unchanged, beside everything in braces."""


@dataclass(slots=True)
class LibreTranslate:
    """A translation server without a model: it accents the letters and names itself."""

    memory: Memory
    faults: Faults

    def __call__(self, request: Request) -> Reply:
        """Answer /translate and /languages."""
        if request.path == "/languages":
            targets = list(LANGUAGES)
            names = LANGUAGES.items()
            return _json([{"code": code, "name": name, "targets": targets} for code, name in names])
        if request.path != "/translate" or request.method != "POST":
            return _json({"error": "Method Not Allowed"}, 405)
        return self._translate(request)

    def _translate(self, request: Request) -> Reply:
        try:
            is_json = request.header("content-type").startswith("application/json")
            asked: Any = json.loads(request.body) if is_json else fields(request.body)
        except ValueError:
            asked = None
        wrong = _check(asked)
        if wrong:
            self.memory.count("libretranslate", "refused 400")
            return _json({"error": wrong}, 400)
        verdict = self.faults.deal("libretranslate", asked["target"])
        self.memory.count("libretranslate", verdict.face.value)
        return meet(verdict, _Voice(), partial(self._answer, asked))

    def _answer(self, asked: dict[str, Any]) -> Reply:
        self.memory.count("libretranslate", "taken")
        target = ALIASES.get(asked["target"], asked["target"])
        texts = asked["q"] if isinstance(asked["q"], list) else [asked["q"]]
        drafts = [draft(str(text), target) for text in texts]
        told: dict[str, Any] = {
            "translatedText": drafts if isinstance(asked["q"], list) else drafts[0]
        }
        if asked["source"] == "auto":
            found = {"confidence": 90.0, "language": "en"}
            told["detectedLanguage"] = (
                [found] * len(drafts) if isinstance(asked["q"], list) else found
            )
        return _json(told)


def draft(text: str, target: str) -> str:
    """The text with accented letters and a mark; braces, tags, links and addresses are kept."""
    if not text.strip():
        return text
    pieces: list[str] = []
    outside = 0
    depth = 0
    for place, char in enumerate(text):
        if char == "{":
            if depth == 0:
                pieces.append(_accented(text[outside:place]))
                outside = place
            depth += 1
        elif char == "}" and depth:
            depth -= 1
            if depth == 0:
                pieces.append(text[outside : place + 1])
                outside = place + 1
    rest = text[outside:]
    pieces.append(rest if depth else _accented(rest))
    return f"[{target}] {''.join(pieces)}"


def _accented(text: str) -> str:
    kept = _KEPT.findall(text)
    changed = [piece.translate(ACCENTS) for piece in _KEPT.split(text)]
    pairs = zip(changed, [*kept, ""], strict=True)
    return "".join(piece + same for piece, same in pairs)


def _check(asked: object) -> str:
    """What is wrong with a request, in LibreTranslate's words; empty when nothing is."""
    if not isinstance(asked, dict):
        return "Invalid JSON format"
    for name in ("q", "source", "target"):
        if not asked.get(name):
            return f"Invalid request: missing {name} parameter"
    for name, also in (("source", {"auto"}), ("target", set[str]())):
        if asked[name] not in {*LANGUAGES, *ALIASES, *also}:
            return f"{asked[name]} is not supported"
    if asked.get("format", "text") not in ("text", "html"):
        return f"{asked['format']} format is not supported"
    return ""


@dataclass(frozen=True, slots=True)
class _Voice:
    def refused(self, code: str) -> Reply:
        return _json({"error": "Invalid API key"}, 403 if not code else int(code))

    def throttled(self, seconds: int) -> Reply:
        reply = _json({"error": "Slowdown: 1 per 1 minute"}, 429)
        reply.headers = (("Retry-After", str(seconds)),)
        return reply

    def broken(self, status: int) -> Reply:
        return _json({"error": "Cannot translate text: the model is away"}, status)

    def garbage(self) -> Reply:
        return Reply(200, b"<html>", "text/html")


def _json(body: object, status: int = 200) -> Reply:
    return Reply(status, json.dumps(body, ensure_ascii=False).encode())
