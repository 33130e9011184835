"""XML from outside, read without entities, DTDs, or more depth and size than texts need."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from dispatcher.kit.errors import Refused

LARGEST = 10_000_000
"""Bytes; the whole library in one language has 300 kB."""
DEEPEST = 30


def tree(content: bytes) -> Element:
    """The root; names are `{namespace}local`. Raises Refused `wording.xml_*`."""
    if len(content) > LARGEST:
        raise Refused("wording.xml_too_large", most=LARGEST)
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.EntityDeclHandler = reader.doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.build.data
    try:
        parser.Parse(content, True)
    except expat.ExpatError as wrong:
        raise Refused("wording.xml_unreadable", line=wrong.lineno) from None
    except (LookupError, ValueError):  # an encoding that nobody knows, or that expat does not read
        raise Refused("wording.xml_unreadable", line=1) from None
    return reader.build.close()


class _Reader:
    def __init__(self) -> None:
        self.build = TreeBuilder()
        self.depth = 0

    def doctype(self, *_: object) -> None:
        raise Refused("wording.xml_doctype")

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Refused("wording.xml_too_deep", most=DEEPEST)
        self.build.start(_named(name), {_named(key): text for key, text in attributes.items()})

    def end(self, name: str) -> None:
        self.depth -= 1
        self.build.end(_named(name))


def _named(name: str) -> str:
    return "{" + name if "}" in name else name
