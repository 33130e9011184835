"""Engines of the web through deep-translator: Google and MyMemory. For drafts, with our time-outs.

deep-translator 1.9 to 1.11 asks through `requests` without any time-out, one line a request.
"""

import importlib
from collections.abc import Callable, Sequence
from types import MappingProxyType, ModuleType
from typing import Any, Final

import requests

from dispatcher.kit.errors import Refused
from dispatcher.wording.engines.base import TIMEOUT, as_brackets, from_brackets, told_lines

_GOOGLE = MappingProxyType({"zh-Hans": "zh-CN", "zh-Hant": "zh-TW", "pt-BR": "pt"})
_MYMEMORY = MappingProxyType({
    "en": "en-GB", "fa": "fa-IR", "ar": "ar-SA", "es": "es-ES", "fr": "fr-FR", "de": "de-DE",
    "pt-BR": "pt-BR", "zh-Hans": "zh-CN", "zh-Hant": "zh-TW", "ja": "ja-JP", "hi": "hi-IN",
    "ru": "ru-RU", "tr": "tr-TR",
})  # fmt: skip
_LONGEST: Final = 450
"""Letters in one request to MyMemory, which refuses 500."""


class _Patient:
    """`requests` as the library's modules use it, with a time-out on each call."""

    def __init__(self, session: Callable[[], requests.Session] = requests.Session) -> None:
        self._session = session

    def get(self, url: str, **asked: Any) -> requests.Response:
        return self._ask("GET", url, **asked)

    def post(self, url: str, **asked: Any) -> requests.Response:
        return self._ask("POST", url, **asked)

    def _ask(self, method: str, url: str, **asked: Any) -> requests.Response:
        with self._session() as session:
            return session.request(method, url, timeout=TIMEOUT, **asked)


class Web:
    """One of deep-translator's engines; the text goes to somebody else's servers."""

    def __init__(self, name: str) -> None:
        package = importlib.import_module("deep_translator")
        shelf = {
            "google": ("GoogleTranslator", _GOOGLE),
            "mymemory": ("MyMemoryTranslator", _MYMEMORY),
        }
        if name not in shelf:
            raise Refused("wording.engine_unknown", engine=name, known=", ".join(shelf))
        kind, self._codes = shelf[name]
        self.name = name
        self._make: Any = getattr(package, kind)
        module: ModuleType = importlib.import_module(self._make.__module__)
        module.requests = _Patient()  # type: ignore[attr-defined]  # the library offers no other door

    def translate(self, words: Sequence[str], *, source: str, target: str) -> list[str]:
        """See `base.Engine`; a request for each line, tokens as [[1]]."""
        codes = [self._codes.get(tag, tag.split("-")[0]) for tag in (source, target)]
        errors = importlib.import_module("deep_translator.exceptions")
        try:
            asker = self._make(source=codes[0], target=codes[1])
        except (errors.LanguageNotSupportedException, errors.InvalidSourceOrTargetLanguage):
            raise Refused("wording.engine_language", engine=self.name, language=target) from None
        return [from_brackets(self._line(asker, one, errors)) for one in words]

    def _line(self, asker: Any, words: str, errors: Any) -> str:
        if self.name == "mymemory" and len(words) > _LONGEST:
            raise Refused("wording.engine_refused", engine=self.name, status=414)
        try:
            told = asker.translate(as_brackets(words))
        except requests.Timeout:
            raise Refused("wording.engine_timeout", engine=self.name) from None
        except (errors.TooManyRequests, errors.RequestError, errors.TranslationNotFound):
            raise Refused("wording.engine_refused", engine=self.name, status=429) from None
        except requests.RequestException:
            raise Refused("wording.engine_away", engine=self.name) from None
        except (ValueError, TypeError, KeyError, AttributeError, errors.BaseError):
            raise Refused("wording.engine_garbage", engine=self.name) from None
        return told_lines(told, engine=self.name, count=1)[0]
