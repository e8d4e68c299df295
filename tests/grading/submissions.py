"""Submissions for the tests, made from the course's own exercises."""

import copy
import json
import zlib
from functools import cache
from pathlib import Path
from typing import Any

from coursekit.course import find_lesson, shipped_course

LESSON = "14_optimizers"
RIGHT_ADAM = """def adam_step(
    weights, gradient, first, second, step,
    learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8,
):
    first = beta_1 * first + (1 - beta_1) * gradient
    second = beta_2 * second + (1 - beta_2) * gradient**2
    unbiased = first / (1 - beta_1**step), second / (1 - beta_2**step)
    return weights - learning_rate * unbiased[0] / (np.sqrt(unbiased[1]) + epsilon), first, second
"""


def notebook(lesson: str = LESSON, answers: dict[str, str] | None = None) -> dict[str, Any]:
    """Make a submission: the exercise, with code of yours in its answer cells.

    The answers go by exercise id (`"14_adam_step"`); the other answer cells keep their stub.
    """
    submission = copy.deepcopy(_read("exercises", lesson))
    for exercise, code in (answers or {}).items():
        cell_of(submission, f"{exercise}-answer")["source"] = code
    return submission


def solved(lesson: str = LESSON, answers: dict[str, str] | None = None) -> dict[str, Any]:
    """Make a submission with the solution in every answer cell, or with code of yours in some."""
    return notebook(lesson, solutions(lesson) | (answers or {}))


def solutions(lesson: str = LESSON) -> dict[str, str]:
    """Give the code of the solution by exercise id."""
    return {
        grade_id(cell).removesuffix("-answer"): "".join(cell["source"])
        for cell in _read("solutions", lesson)["cells"]
        if grade_id(cell).endswith("-answer")
    }


def grade_id(cell: dict[str, Any]) -> str:
    return cell["metadata"].get("nbgrader", {}).get("grade_id", "")


def cell_of(submission: dict[str, Any], wanted: str) -> dict[str, Any]:
    """Find the cell with a grade_id: `"14_adam_step"`, or `"14_adam_step-answer"`."""
    return next(cell for cell in submission["cells"] if grade_id(cell) == wanted)


def place_of(submission: dict[str, Any], wanted: str) -> int:
    """Give the index of the cell with a grade_id."""
    return submission["cells"].index(cell_of(submission, wanted))


def code(source: str, tags: list[str] | None = None, **metadata: Any) -> dict[str, Any]:
    """Make a code cell, for a submission's list of cells."""
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": f"cell-{zlib.crc32(source.encode()):08x}",
        "metadata": metadata | ({"tags": tags} if tags else {}),
        "outputs": [],
        "source": source,
    }


def write(submission: dict[str, Any], path: Path) -> Path:
    """Write a notebook, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(submission, ensure_ascii=False), encoding="utf-8")
    return path


@cache
def _read(folder: str, lesson: str) -> dict[str, Any]:
    lesson_file = find_lesson(shipped_course() / "notebooks" / f"{lesson}.ipynb").notebook
    source = lesson_file.parent.parent / folder / f"{lesson}.ipynb"
    return json.loads(source.read_text(encoding="utf-8"))
