"""Reads lessons as the structure tests need them."""

import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LESSONS = sorted(
    path for path in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb") if path.stem[:2] != "00"
)
SOLUTIONS = sorted((ROOT / "solutions").glob("*.ipynb"))
CLAIM_ID = re.compile(r"[A-Z]{2}-\d{1,2}\.[a-z0-9-]+")


def notebook(path: Path) -> dict:
    """Read a notebook as plain JSON."""
    return json.loads(path.read_text(encoding="utf-8"))


def source(cell: dict) -> str:
    """Give a cell's source as one text."""
    return "".join(cell["source"])


def code_cells(path: Path) -> list[dict]:
    """Give the code cells of a notebook, in order."""
    return [cell for cell in notebook(path)["cells"] if cell["cell_type"] == "code"]


def markdown(path: Path) -> str:
    """Give all the prose of a notebook."""
    cells = notebook(path)["cells"]
    return "\n\n".join(source(cell) for cell in cells if cell["cell_type"] == "markdown")


@dataclass(frozen=True)
class Call:
    """A call in a notebook's code: its first argument, its keywords, and the cell's number."""

    first: str
    keywords: dict[str, ast.expr]
    cell: int


def calls(path: Path, name: str) -> list[Call]:
    """Find the calls of a function whose first argument is a text."""
    found = []
    for number, cell in enumerate(code_cells(path)):
        for node in ast.walk(parse(source(cell))):
            if _is_call(node, name):
                keywords = {k.arg: k.value for k in node.keywords if k.arg}
                found.append(Call(node.args[0].value, keywords, number))
    return found


def _is_call(node: ast.AST, name: str) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == name
        and isinstance(node.args[0], ast.Constant)
    )


def parse(code: str) -> ast.Module:
    """Parse a cell, leaving out the lines that only IPython understands."""
    lines = ["" if line.lstrip().startswith(("%", "!")) else line for line in code.splitlines()]
    return ast.parse("\n".join(lines))
