"""How the code reads: every module says which room it is, and no name says nothing."""

import ast

import pytest

from tests.house.tree import modules, parsed, told

EMPTY = {"utils", "helpers", "manager", "handler", "data", "info", "misc"}
GIVEN = {"process_exception", "process_view"}  # Django's names for what a middleware does
EMPTY_MODULES = {*EMPTY, "common"}
MODULES = [pytest.param(path, id=told(path)) for path in modules()]
LONGEST = 400  # lines; around 90 is good, 300 is much


@pytest.mark.parametrize("path", MODULES)
def test_a_module_opens_with_one_sentence(path):
    """A docstring; an `__init__` may be empty."""
    tree = parsed(path)
    if path.name == "__init__.py" and not tree.body:
        return
    assert ast.get_docstring(tree), "say in one sentence which room this is"


@pytest.mark.parametrize("path", MODULES)
def test_names_say_something(path):
    """No module, class or function is called utils, helpers, manager, process_..."""
    holders = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    inside = {node.name for node in ast.walk(parsed(path)) if isinstance(node, holders)} - GIVEN
    assert not {path.stem, path.parent.name} & EMPTY_MODULES
    assert not [name for name in inside if name.lower() in EMPTY or name.startswith("process_")]


@pytest.mark.parametrize("path", MODULES)
def test_an_init_holds_no_code(path):
    """A package's front door is a docstring at most."""
    if path.name == "__init__.py":
        assert all(isinstance(node, ast.Expr) for node in parsed(path).body)


@pytest.mark.parametrize("path", MODULES)
def test_no_error_is_caught_blindly(path):
    """`except Exception` hides what nobody thought of; BaseException may pass on what it saw."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None
            assert not (isinstance(node.type, ast.Name) and node.type.id == "Exception")


@pytest.mark.parametrize("path", MODULES)
def test_save_names_its_columns(path):
    """A bare `save()` writes back columns that somebody else has changed meanwhile."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            given = {keyword.arg for keyword in node.keywords}
            assert node.func.attr != "save" or given & {"update_fields", "force_insert", None}


@pytest.mark.parametrize("path", MODULES)
def test_no_module_is_endless(path):
    """What needs so many lines is two rooms."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST
