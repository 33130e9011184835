"""A letter's Markdown becomes a page that mail programs show alike, and its plain twin. Pure."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Template
from typing import NamedTuple

import nh3
from babel import Locale
from css_inline import CSSInliner
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

_SHELL = Template(Path(__file__).with_name("letter.html").read_text(encoding="utf-8"))
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable("image")
_INLINER = CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
_TAGS = {"a", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "hr", "li", "ol", "p"}
_TAGS |= {"pre", "strong", "ul"}

_TITLE, _FROM, _BODY = "qzTITLEqz", "qzFROMqz", "qzBODYqz"
"""What stands in a page's open places while the inliner writes it: signs that it leaves alone."""
_ACT = ' class="act"'
_BEGINS = re.compile(r'<([a-z][a-z0-9]*)((?: [a-z]+="[^"]*")*)>')

_DIGITS = {"arab": ("arabic-indic", "٠١٢٣٤٥٦٧٨٩"), "arabext": ("persian", "۰۱۲۳۴۵۶۷۸۹")}
"""CLDR's numbering system -> CSS's name for it, and its digits; decimal for all others."""
_HEADING = re.compile(r"<h\d>(.*?)</h\d>", re.DOTALL)
_DECIMAL = ("decimal", "0123456789")
_LINK_ISOLATED = re.compile("(https?://[^\\s\u2066-\u2069]+)(\u2069)")
"""Mail programs take the closing isolate for a part of the address; a space keeps it out."""


def page(body: str, *, title: str, sender: str, locale: str, direction: str, act: str = "") -> str:
    """The whole HTML page for a body in Markdown; `title` and `sender` are plain text.

    Raw HTML in the Markdown is shown as text and nothing but plain marks survives. `act` is the
    one link that asks the reader to do something; it gets a box of its own.
    """
    clean = nh3.clean(
        _MARKDOWN.renderer.render(_parsed(body), _MARKDOWN.options, {}),
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"https", "http", "mailto", "tel"},
        url_relative="deny",
        link_rel=None,
    )
    if act:
        clean = clean.replace(f'<a href="{act}"', f'<a class="act" href="{act}"')
    frame = _frame(locale, direction, signed=bool(sender))
    told = {_TITLE: _told(title), _FROM: _told(sender), _BODY: frame.dressed(clean)}
    return "".join([told.get(piece, piece) for piece in frame.pieces])


class _Frame(NamedTuple):
    """A page without its words as the inliner writes it, cut at its open places."""

    pieces: list[str]
    styles: Mapping[str, str]
    """Element's name, or _ACT -> its style, as an attribute."""

    def dressed(self, body: str) -> str:
        """A clean body with the style in each of its elements."""
        return _BEGINS.sub(self._begin, body)

    def _begin(self, found: re.Match[str]) -> str:
        name, told = found.groups()
        return f"<{name}{told}{self.styles[_ACT if told.startswith(_ACT) else name]}>"


@lru_cache(128)
def _frame(locale: str, direction: str, *, signed: bool) -> _Frame:
    """Inlined once for all letters of a language: a style depends on an element's name alone.

    tests/channels/test_letter.py holds what comes out to the inliner's own.
    """
    samples = {name: f"<{name}>" for name in _TAGS} | {_ACT: f"<a{_ACT}>"}
    page = _INLINER.inline(
        _SHELL.substitute(
            lang=html.escape(locale),
            dir=direction,
            start="right" if direction == "rtl" else "left",
            digits=_digits(locale)[0],
            title=_TITLE,
            **{"from": f'<p class="from">{_FROM}</p>' if signed else ""},
            body=_BODY + "".join(f"{begin}{_end(begin)}" for begin in samples.values()) + _BODY,
        )
    )
    before, sampled, after = page.split(_BODY)
    begun = _BEGINS.findall(sampled)
    styles = {kind: told.removeprefix(_ACT) for kind, (_, told) in zip(samples, begun, strict=True)}
    return _Frame(re.split(f"({_TITLE}|{_FROM}|{_BODY})", before + _BODY + after), styles)


def _end(begin: str) -> str:
    """Of an element that has one."""
    return "" if begin in {"<br>", "<hr>"} else f"</{begin.strip('<>').partition(' ')[0]}>"


def _told(text: str) -> str:
    """Plain text as the inliner writes it between elements."""
    return html.escape(text, quote=False).replace("\xa0", "&nbsp;")


@lru_cache(4)
def _parsed(body: str) -> list[Token]:
    """Once for a letter's page and its plain twin; both only read it."""
    return _MARKDOWN.parse(body)


def shown(body: str) -> str:
    """The body as HTML for a preview inside another page: no link leads away, no heading counts."""
    clean = nh3.clean(_MARKDOWN.render(body), tags=_TAGS - {"a"}, attributes={"ol": {"start"}})
    return _HEADING.sub(r"<p><strong>\1</strong></p>", clean)


def plain(body: str, *, locale: str) -> str:
    """The same Markdown as plain text: marks gone, items kept, a link's address beside it.

    Items are numbered in the locale's digits, as the page numbers them.
    """
    figures = str.maketrans("0123456789", _digits(locale)[1])
    text = _Plain(figures).blocks(SyntaxTreeNode(_parsed(body)))
    return _LINK_ISOLATED.sub("\\1 \\2", text).strip() + "\n"


def _digits(locale: str) -> tuple[str, str]:
    return _DIGITS.get(Locale.parse(locale, sep="-").default_numbering_system, _DECIMAL)


@dataclass(frozen=True, slots=True)
class _Plain:
    """Markdown's tree, written out as a person would type it."""

    figures: Mapping[int, str | int]

    def blocks(self, node: SyntaxTreeNode, *, gap: str = "\n\n") -> str:
        return gap.join(filter(None, map(self.block, node.children)))

    def block(self, node: SyntaxTreeNode) -> str:
        match node.type:
            case "bullet_list" | "ordered_list":
                return "\n".join(self.items(node))
            case "inline":
                return "".join(map(self.inline, node.children))
            case "fence" | "code_block":
                return node.content.rstrip()
            case "hr":
                return "-" * 20
            case _:
                return self.blocks(node)

    def items(self, node: SyntaxTreeNode) -> list[str]:
        """Each item behind its mark; what follows in it is set in as far."""
        first = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
        written = []
        for number, item in enumerate(node.children, first or 0):
            mark = "- " if first is None else f"{number}. ".translate(self.figures)
            inner = self.blocks(item, gap="\n").replace("\n", "\n" + " " * len(mark))
            written.append(mark + inner)
        return written

    def inline(self, node: SyntaxTreeNode) -> str:
        match node.type:
            case "text" | "code_inline":
                return node.content
            case "softbreak" | "hardbreak":
                return "\n"
        words = "".join(map(self.inline, node.children))
        if node.type != "link":
            return words
        address = str(node.attrs["href"]).removeprefix("mailto:")
        return words if words == address else f"{words} <{address}>"
