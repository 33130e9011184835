"""Named SQL: statements live in files, each with a name and a sentence of what it promises."""

import re
from functools import cache
from importlib.resources import files

_COMMENT = re.compile(r"^ *--.*\n", re.MULTILINE)
_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


@cache
def statements(package: str) -> dict[str, str]:
    """All statements of `<package>/sql/*.sql`, by the name in their `-- name:` line.

    Raises ValueError when two statements have one name.
    """
    found: dict[str, str] = {}
    for path in sorted((files(package) / "sql").iterdir(), key=lambda entry: entry.name):
        pieces = _NAME.split(path.read_text(encoding="utf-8"))
        for name, text in zip(pieces[1::2], pieces[2::2], strict=True):
            if name in found:
                raise ValueError(f"two statements are named {name}")
            found[name] = _COMMENT.sub("", text).strip()  # a per cent sign there is no slot
    return found


def script(package: str, file: str) -> str:
    """A whole file, for a migration."""
    return (files(package) / "sql" / file).read_text(encoding="utf-8")
