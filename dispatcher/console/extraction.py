"""Texts of templates and scenarios for Babel: named in babel.cfg, used to renew catalogues."""

import tomllib
from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any

from babel.messages.extract import extract_python
from django.utils.translation.template import templatize

Found = tuple[Any, ...]
"""As Babel's own extractors give it: line, function or texts, comments, context."""


def scenario(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Found]:
    """What a scenario says of its facts: labels of the fields in which they are written down."""
    del keywords, comment_tags, options
    for fact in tomllib.load(file).get("facts", ()):
        if fact.get("about"):
            yield 1, "gettext", fact["about"], []


def extract(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Found]:
    """What `{% translate %}` and `{% blocktranslate %}` hold, as Python's gettext calls."""
    code = templatize(file.read().decode("utf-8"))
    code = "\n".join(line.strip() for line in code.splitlines())  # Python minds the indentation
    yield from extract_python(BytesIO(code.encode("utf-8")), keywords, comment_tags, options)
