"""Texts of our templates for Babel: named in babel.cfg, used only where catalogues are renewed."""

from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any

from babel.messages.extract import extract_python
from django.utils.translation.template import templatize

Found = tuple[int, Any, Any, list[str]]
"""Line, function, its texts, comments."""


def extract(
    file: IO[bytes], keywords: Any, comment_tags: Any, options: Any
) -> Iterator[Found]:
    """What `{% translate %}` and `{% blocktranslate %}` hold, as Python's gettext calls."""
    code = templatize(file.read().decode("utf-8"))
    yield from extract_python(BytesIO(code.encode("utf-8")), keywords, comment_tags, options)
