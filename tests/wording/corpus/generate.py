"""Write `generated.toml`: faults and oddities that a machine makes better than a hand.

Run it after a change of the sound texts: python tests/wording/corpus/generate.py
"""

import json
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator

sys.path.insert(0, str(__import__("pathlib").Path(__file__).parents[3]))

from tests.wording.corpus.cases import HERE, LOCALES, texts

DIGITS = {"fa": "۰۱۲۳۴۵۶۷۸۹", "ar": "٠١٢٣٤٥٦٧٨٩", "hi": "०१२३४५६७८९"}
FULL_WIDTH = "０１２３４５６７８９"
KEPT = re.compile(
    r"\{[^{}]*\}|https?://\S+|\+\d[\d ]+\d|[A-Z]+[-0-9][-0-9A-Z]*|^\d\.", re.MULTILINE
)


def broken(locale: str) -> Iterator[tuple[str, str, str, str]]:
    """(source name, code, old, new)."""
    said = texts(locale)
    other = texts("es" if locale in {"ru", "ja", "zh-Hans", "zh-Hant", "ar", "fa", "hi"} else "ru")
    source = texts("de" if locale == "en" else "en")
    yield "nuts", "slots_differ+elements_missing", "{line, phone}", ""
    yield "tablets", "slots_differ", "{product}", "{produkt}"
    yield "water", "slots_differ", "{info, link}", "{info}"
    yield "charger", "signs_stray", "VX-40", "\u202eVX-40"
    yield "charger", "address_glued", "{info, link}", "{info, link}."
    yield "nuts", "script_mixed+term_lost", "Nordlicht", "N\u043erdlicht"
    yield "formula", "same_as_source+*", said["formula"]["text"], source["formula"]["text"]
    yield "seat", "script_foreign+*", said["seat"]["text"], other["seat"]["text"]
    yield (
        "password",
        "link_confusable+links_differ",
        "https://example.com",
        "https://ex\u0430mple.com",
    )
    yield "seat", "slots_recounted", "{line, phone}", "{line, phone} {line, phone}"
    body = said["clear"]["body"]
    words = re.findall(r"[^\W\d_]{2,}", KEPT.sub(" ", body[: body.index("{tests")]))
    word = next(word for word in words if body.count(word) == 1)
    yield "clear", "letters_broken", word, "\ufffd" + word[1:]


def sound(locale: str) -> Iterator[tuple[str, str, str, str]]:
    """(source name, why, old, new)."""
    for name in ("tablets", "seat"):
        yield name, "isolates around placeholders", *_both(locale, name, _isolated)
    for name in ("water", "formula"):
        yield name, "no-break spaces after figures", *_both(locale, name, _joined)
    yield (
        "packs",
        "another style of the moment",
        "{next_update, datetime}",
        "{next_update, datetime, full}",
    )
    yield "packs", "a space at the end", "{next_update, datetime}", "{next_update, datetime} "
    if locale in DIGITS or locale in {"ja", "zh-Hans", "zh-Hant"}:
        yield "inhaler", "digits of the script", *_both(locale, "inhaler", _digits)
    else:
        yield "inhaler", "decomposed letters", *_both(locale, "inhaler", _decomposed)


def _both(locale: str, name: str, change: Callable[[str, str], str]) -> tuple[str, str]:
    fields = texts(locale)[name]
    text = fields.get("text") or fields["body"]
    return text, change(text, locale)


def _isolated(text: str, _: str) -> str:
    return re.sub(r"\{[^{}]*\}", "\u2068\\g<0>\u2069", text)


def _joined(text: str, _: str) -> str:
    return re.sub(r"(?<=\d) (?=[^\W\d])", "\u00a0", text) + " "


def _decomposed(text: str, _: str) -> str:
    return unicodedata.normalize("NFD", text) + " "


def _digits(text: str, locale: str) -> str:
    table = {ord(str(n)): digit for n, digit in enumerate(DIGITS.get(locale, FULL_WIDTH))}
    out, end = [], 0
    for kept in KEPT.finditer(text):
        out += [text[end : kept.start()].translate(table), kept[0]]
        end = kept.end()
    # Persian texts have their digits already; there the ASCII ones are the other way.
    changed = "".join([*out, text[end:].translate(table)])
    back = {ord(digit): str(n) for n, digit in enumerate(DIGITS["fa"])}
    return changed if changed != text else text.translate(back)


def _table(name: str, rows: Iterator[tuple[str, str, str, str]]) -> Iterator[str]:
    grouped: dict[str, list[str]] = {}
    for source, *row in rows:
        grouped.setdefault(source, []).append("  [" + ", ".join(map(json.dumps, row)) + "],")
    yield f"[{name}]"
    for source, lines in grouped.items():
        yield from (f"{source} = [", *lines, "]")
    yield ""


def main() -> None:
    lines = ["# Written by generate.py; at most 30 % of a locale's cases are of this kind.", ""]
    for locale in LOCALES:
        lines += [
            *_table(f'"{locale}".sound', sound(locale)),
            *_table(f'"{locale}".broken', broken(locale)),
        ]
    (HERE / "generated.toml").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
