"""The house stands as it is drawn: no room imports one above it."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "coursekit"

MAY_IMPORT = {
    "course": set(),
    "device": set(),
    "files": set(),
    "questions": {"course"},
    "data": set(),
    "models": {"device"},
    "training": {"models", "device"},
    "plotting": set(),
    "evidence": {"questions"},
    "explore": {"plotting", "data"},
    "checks": {"data", "models"},
    "kernels": set(),
    "practice": {"questions", "checks", "course", "files"},
    "grading": {"checks", "kernels", "course", "files"},
}
ROOMS = sorted(path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or path.is_dir())


def rooms_imported(room: str) -> set[str]:
    """Give the rooms that the files of one room import, at any depth of the code."""
    path = PACKAGE / room
    files = path.rglob("*.py") if path.is_dir() else [path.with_suffix(".py")]
    found = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            found |= set(_targets(node, file))
    return found - {room}


def _targets(node: ast.AST, file: Path) -> list[str]:
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        above = file.relative_to(PACKAGE.parent).parts[: -node.level] if node.level else ()
        module = ".".join([*above, *filter(None, [node.module])])
        names = [f"{module}.{alias.name}" for alias in node.names]
    else:
        return []
    parts = [name.split(".") for name in names]
    return [part[1] for part in parts if part[0] == "coursekit" and len(part) > 1]


@pytest.mark.parametrize("room", [room for room in ROOMS if room in MAY_IMPORT])
def test_a_room_imports_only_the_rooms_below_it(room):
    assert rooms_imported(room) & set(ROOMS) <= MAY_IMPORT[room]


def test_every_room_is_drawn():
    drawn = {*MAY_IMPORT, "cli", "_course"}
    rooms = {room for room in ROOMS if not room.startswith(("__", "py"))}
    assert rooms <= drawn


def test_the_table_would_catch_an_upward_import(tmp_path, monkeypatch):
    room = tmp_path / "coursekit" / "data"
    room.mkdir(parents=True)
    (room / "tabular.py").write_text(
        "def wine():\n    from ..training import fit\n    return fit\n"
    )
    monkeypatch.setattr("tests.test_rooms.PACKAGE", tmp_path / "coursekit")

    assert rooms_imported("data") == {"training"}
