"""LibreTranslate, on the organisation's own server or another's: POST /translate, several lines.

Our own adapter, because deep-translator 1.11 puts the text into the URL, where proxies log it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from dispatcher.kit.errors import Refused
from dispatcher.wording.engines.base import as_tags, from_tags, told_lines
from dispatcher.wording.engines.http import post

_CODES = {"zh-Hans": "zh-Hans", "zh-Hant": "zh-Hant", "pt-BR": "pt-BR"}
"""Tags that LibreTranslate takes whole; of all others the language alone."""


@dataclass(frozen=True, slots=True)
class LibreTranslate:
    """A server of https://github.com/LibreTranslate/LibreTranslate."""

    url: str
    key: str = field(default="", repr=False)
    name: ClassVar[str] = "libretranslate"

    def translate(self, words: Sequence[str], *, source: str, target: str) -> list[str]:
        """See `base.Engine`; tokens travel as empty elements, in the format html."""
        body = {
            "q": [as_tags(one) for one in words],
            "source": _code(source),
            "target": _code(target),
            "format": "html",
            **({"api_key": self.key} if self.key else {}),
        }
        told = post(f"{self.url.rstrip('/')}/translate", body, engine=self.name, headers={})
        if not isinstance(told, dict):
            raise Refused("wording.engine_garbage", engine=self.name)
        lines = told_lines(told.get("translatedText"), engine=self.name, count=len(words))
        return [from_tags(one) for one in lines]


def _code(tag: str) -> str:
    return _CODES.get(tag, tag.split("-", maxsplit=1)[0])
