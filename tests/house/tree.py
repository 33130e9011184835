"""The code as the tests of the house see it: files, syntax trees, strings."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("contacts", "dispatcher")


@cache
def modules() -> tuple[Path, ...]:
    """Every module of the program, migrations apart."""
    found = (path for name in PACKAGES for path in sorted((ROOT / name).rglob("*.py")))
    return tuple(path for path in found if "migrations" not in path.parts)


@cache
def parsed(path: Path) -> ast.Module:
    """A module's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def told(path: Path) -> str:
    """The path as people write it."""
    return path.relative_to(ROOT).as_posix()


def docstrings(tree: ast.Module) -> set[ast.AST]:
    """The constants that are documentation, not text of the program."""
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of every string of a module that is not documentation."""
    tree = parsed(path)
    skipped = docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in skipped:
            yield node.lineno, node.value
