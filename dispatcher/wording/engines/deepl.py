"""DeepL's own interface: JSON, key in a header, formal address, tags kept, a glossary by its id."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar

from dispatcher.kit.errors import Refused
from dispatcher.wording.engines.base import as_tags, from_tags, told_lines
from dispatcher.wording.engines.http import post

TARGETS = MappingProxyType(
    {"en": "EN-GB", "pt-BR": "PT-BR", "pt": "PT-PT", "zh-Hans": "ZH-HANS", "zh-Hant": "ZH-HANT"}
)
FORMAL = frozenset({"DE", "FR", "IT", "ES", "NL", "PL", "PT-BR", "PT-PT", "JA", "RU"})
"""Targets for which DeepL documents the parameter `formality`."""
SPOKEN = frozenset({"ar", "de", "en", "es", "fr", "ja", "pt", "ru", "tr", "zh"})
"""Of the shipped languages those that DeepL documents; Persian and Hindi are not."""


@dataclass(frozen=True, slots=True)
class DeepL:
    """An account of developers.deepl.com; keys of the free plan end in `:fx`."""

    key: str = field(repr=False)
    url: str = ""
    glossary_id: str = ""
    name: ClassVar[str] = "deepl"

    def translate(self, words: Sequence[str], *, source: str, target: str) -> list[str]:
        """See `base.Engine`; at most 50 lines in a request, as documented."""
        for tag in (source, target):
            if tag.split("-")[0] not in SPOKEN:
                raise Refused("wording.engine_language", engine=self.name, language=tag)
        return [
            line
            for start in range(0, len(words), 50)
            for line in self._ask(words[start : start + 50], source=source, target=target)
        ]

    def _ask(self, words: Sequence[str], *, source: str, target: str) -> list[str]:
        to = TARGETS.get(target, target.split("-", maxsplit=1)[0].upper())
        body = {
            "text": [as_tags(one) for one in words],
            "source_lang": source.split("-", maxsplit=1)[0].upper(),
            "target_lang": to,
            "tag_handling": "xml",
            "preserve_formatting": True,
            **({"formality": "prefer_more"} if to in FORMAL else {}),
            **({"glossary_id": self.glossary_id} if self.glossary_id else {}),
        }
        headers = {"Authorization": f"DeepL-Auth-Key {self.key}"}
        told = post(f"{self._base()}/v2/translate", body, engine=self.name, headers=headers)
        found = told.get("translations") if isinstance(told, dict) else None
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise Refused("wording.engine_garbage", engine=self.name)
        lines = [one.get("text") for one in found]
        return [from_tags(one) for one in told_lines(lines, engine=self.name, count=len(words))]

    def _base(self) -> str:
        if self.url:
            return self.url.rstrip("/")
        free = self.key.endswith(":fx")
        return "https://api-free.deepl.com" if free else "https://api.deepl.com"
