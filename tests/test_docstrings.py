"""Whatever a room exports says what it takes, gives and raises, in the sections of NumPy."""

import ast
import inspect
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "coursekit"
SECTION = re.compile(r"^(\w+)\n-{3,}$", re.MULTILINE)
Definition = ast.FunctionDef | ast.ClassDef


def exported():
    """Give each function and class that the stub of a room names, with where it is defined."""
    for stub in sorted(PACKAGE.glob("*/__init__.pyi")):
        for line in ast.parse(stub.read_text(encoding="utf-8")).body:
            module = stub.parent.joinpath(*line.module.split(".")).with_suffix(".py")
            names = {alias.name for alias in line.names}
            for node in ast.parse(module.read_text(encoding="utf-8")).body:
                if isinstance(node, Definition) and node.name in names:
                    yield pytest.param(node, id=f"{stub.parent.name}.{node.name}")


def sections(node):
    """Give the sections of a docstring by their titles; the text before them has none."""
    parts = SECTION.split(inspect.cleandoc(ast.get_docstring(node) or ""))
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def parameters(node):
    """Name what a function or the constructor of a class takes."""
    if isinstance(node, ast.FunctionDef):
        given = node.args
        every = [*given.posonlyargs, *given.args, given.vararg, *given.kwonlyargs, given.kwarg]
        return [each.arg for each in every if each and each.arg not in ("self", "cls")]
    for inner in node.body:
        if isinstance(inner, ast.FunctionDef) and inner.name == "__init__":
            return parameters(inner)
    fields = [inner.target.id for inner in node.body if isinstance(inner, ast.AnnAssign)]
    return [name for name in fields if not name.startswith("_") and name != "model_config"]


def body(node):
    """Give the nodes of a function itself: not those of functions inside it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            yield child
            yield from body(child)


def missing(node):
    """Name the sections that a docstring lacks, and what it does not say of its parameters."""
    found, taken = sections(node), parameters(node)
    said = found.get("Parameters", "") + found.get("Attributes", "")
    lacking = [name for name in taken if not re.search(rf"\b{name}\b", said)]
    if isinstance(node, ast.FunctionDef):
        inside = list(body(node))
        if node.returns and ast.unparse(node.returns) not in ("None", "NoReturn"):
            lacking += [] if {"Returns", "Yields"} & found.keys() else ["Returns"]
        if any(isinstance(each, ast.Raise) and each.exc for each in inside):
            lacking += [] if "Raises" in found else ["Raises"]
    return lacking if found[""] else ["a docstring", *lacking]


@pytest.mark.parametrize("node", list(exported()))
def test_what_a_room_exports_is_documented(node):
    assert missing(node) == []


def test_a_docstring_without_its_sections_is_found():
    source = 'def f(x: int) -> int:\n    """Add one."""\n    raise ValueError\n'
    assert missing(ast.parse(source).body[0]) == ["x", "Returns", "Raises"]
