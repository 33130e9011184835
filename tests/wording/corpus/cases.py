"""The labelled corpus as cases: texts that are sound, and texts with one fault whose code is known."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LOCALES = (
    "ar",
    "de",
    "en",
    "es",
    "fa",
    "fr",
    "hi",
    "ja",
    "pt-BR",
    "ru",
    "tr",
    "zh-Hans",
    "zh-Hant",
)
SOURCE_OF_ENGLISH = "de"
ANY = "*"
"""Stands among a case's other codes where a fault touches everything."""


@dataclass(frozen=True, slots=True)
class Case:
    """One text beside its source; `code` is the fault that was put in, '' for none."""

    name: str
    locale: str
    fields: Mapping[str, str]
    source: Mapping[str, str]
    source_locale: str
    held_out: bool
    keep: tuple[str, ...]
    glossary: Mapping[str, tuple[str, ...]]
    asks: frozenset[str]
    why: str = ""
    code: str = ""
    also: frozenset[str] = frozenset()
    """Codes that may rightly see the same fault."""
    by_script: bool = False

    def changed(self, edit: list[str], **labels: Any) -> "Case":
        """With each passage, that stands exactly once, replaced; an empty one is the whole text."""
        fields = dict(self.fields)
        for old, new in zip(edit[::2], edit[1::2], strict=True):
            home = [name for name, text in fields.items() if old in text]
            assert len(home) == 1, (self.name, self.locale, old, home)
            assert not old or fields[home[0]].count(old) == 1, (self.name, self.locale, old)
            fields[home[0]] = fields[home[0]].replace(old, new) if old else new
        assert fields != self.fields, (self.name, self.locale, edit)
        return replace(self, fields=fields, **labels)


@cache
def read(name: str) -> dict[str, Any]:
    """One file of the corpus."""
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))


def texts(locale: str) -> dict[str, dict[str, str]]:
    """Source name -> the sound fields in a locale."""
    found = _sources() if locale == "en" else read(locale.replace("-", "_"))["texts"]
    return {name: _fields(text) for name, text in found.items()}


def _sources() -> dict[str, Any]:
    return read("sources")


def _fields(entry: str | Mapping[str, Any]) -> dict[str, str]:
    if isinstance(entry, str):
        return {"text": entry}
    return {name: entry[name] for name in ("text", "subject", "title", "body") if name in entry}


def sound_texts(locale: str) -> dict[str, Case]:
    """Source name -> the translation as it stands."""
    source_locale = SOURCE_OF_ENGLISH if locale == "en" else "en"
    sources = texts(source_locale)
    glossary = read(locale.replace("-", "_")).get("glossary", {})
    found = texts(locale)
    return {
        name: Case(
            name=name,
            locale=locale,
            fields=found[name],
            source=sources[name],
            source_locale=source_locale,
            held_out=bool(about.get("held_out")),
            keep=tuple(about.get("keep", ())),
            glossary={term: tuple(names) for term, names in glossary.get(name, {}).items()},
            asks=frozenset(about.get("asks", ())),
        )
        for name, about in _sources().items()
    }


def cases(locale: str) -> Iterator[Case]:
    """Every case of a locale, by hand and by script."""
    base = sound_texts(locale)
    yield from base.values()
    for by_script, written in ((False, read(locale.replace("-", "_"))), (True, _generated(locale))):
        for name, edits in written["sound"].items():
            for why, *edit in edits:
                yield base[name].changed(edit, why=why, by_script=by_script)
        for name, edits in written["broken"].items():
            for codes, *edit in edits:
                code, *also = codes.split("+")
                labels = {"code": code, "also": frozenset(also), "by_script": by_script}
                yield base[name].changed(edit, why=" -> ".join(edit)[:60], **labels)


def _generated(locale: str) -> dict[str, Any]:
    return dict(read("generated")[locale])
