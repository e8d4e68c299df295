"""Knows what the exercises of a lesson ask: its checks, and its questions answered in words."""

import ast
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from coursekit import checks
from coursekit.course import CourseError, Lesson, find_lesson, lessons

_CHECKING = ("definitions", "grading", "running", "values")
_STUB = re.compile(r"\s*(#\s*)?YOUR (ANSWER|CODE) HERE\s*", re.IGNORECASE)


class BrokenExerciseError(CourseError):
    """Raised when an exercise of the course cannot be graded; the message names the cell."""


@dataclass(frozen=True)
class ReferenceCheck:
    """One check cell of an exercise.

    Attributes
    ----------
    grade_id : str
    exercise : str
        The exercise's id, such as ``"14_adam_step"``.
    answer : str
        The expression that is checked, such as ``"adam_step"``.
    points : float
    source : str
        Its code.
    answer_cell : str
        ``grade_id`` of the nearest answer cell before it; empty if there is none.
    """

    grade_id: str
    exercise: str
    answer: str
    points: float
    source: str
    answer_cell: str = ""


@dataclass(frozen=True)
class ReferenceText:
    """One cell of an exercise that asks for an answer in words.

    Attributes
    ----------
    grade_id : str
    points : float
    source : str
        What stands in it before it is answered.
    question : str
        Id of the question that it asks; empty if it names none.
    is_task : bool
        Whether the answer stands in cells of the learner's after it, not in it.
    """

    grade_id: str
    points: float
    source: str
    question: str = ""
    is_task: bool = False


@dataclass(frozen=True)
class Reference:
    """What is graded in a lesson's exercise notebook.

    Attributes
    ----------
    lesson : str
        The lesson's name.
    checks : tuple of ReferenceCheck
        In order.
    texts : tuple of ReferenceText
    answer_cells : tuple of str
        ``grade_id`` of every cell that is to hold the learner's code.
    given : frozenset of str
        The texts of all cells, as the learner gets them.
    digest : str
        Changes when anything of the above, or the code that checks, changes.
    """

    lesson: str
    checks: tuple[ReferenceCheck, ...]
    texts: tuple[ReferenceText, ...]
    answer_cells: tuple[str, ...]
    given: frozenset[str]
    digest: str

    @property
    def grade_ids(self) -> frozenset[str]:
        """Give every ``grade_id`` that means something in this lesson."""
        by_code = {check.grade_id for check in self.checks}
        in_words = {text.grade_id for text in self.texts}
        return frozenset(by_code | in_words | set(self.answer_cells))


def references(root: Path | None = None) -> dict[str, Reference]:
    """Read the references of all lessons that have exercises, by the lesson's name.

    Parameters
    ----------
    root : Path, optional
        The course's folder; the current course by default.

    Raises
    ------
    BrokenExerciseError
        If a check cell is not of the form ``check("14_adam_step", adam_step)``.
    """
    return {
        lesson.name: find_reference(lesson)
        for lesson in lessons(root)
        if lesson.exercise or lesson.solution
    }


def find_reference(lesson: Lesson | int | str | Path) -> Reference:
    """Read the reference of one lesson from its exercise, else from its solution.

    Raises
    ------
    BrokenExerciseError
        If the lesson has neither, the notebook is damaged, or a check cell is not of the form
        ``check("14_adam_step", adam_step)``.
    LessonNotFoundError
        If there is no such lesson.
    """
    found = lesson if isinstance(lesson, Lesson) else find_lesson(lesson)
    path = found.exercise or found.solution
    if path is None:
        raise BrokenExerciseError(f"lesson {found.name} has no exercises that could be graded")
    return _read(found.name, path, path.stat().st_mtime_ns)


@cache
def _read(lesson: str, path: Path, _changed: int) -> Reference:
    cells = _marked_cells(path)
    found_checks = tuple(_checks(path, cells))
    texts = tuple(_texts(path, cells))
    answers = tuple(mark["grade_id"] for _, mark, _ in cells if _is_answer(mark))
    return Reference(
        lesson=lesson,
        checks=found_checks,
        texts=texts,
        answer_cells=answers,
        given=frozenset(source.strip() for _, _, source in cells),
        digest=_digest(lesson, repr((found_checks, texts, answers))),
    )


def _marked_cells(path: Path) -> list[tuple[dict[str, Any], dict[str, Any], str]]:
    """Give the cells of a notebook, each with nbgrader's mark and its text."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        marks = [cell["metadata"].get("nbgrader", {}) for cell in cells]
        sources = ["".join(cell["source"]) for cell in cells]
        for mark in marks:
            if mark and not isinstance(mark["grade_id"], str):
                raise TypeError("a grade_id is no text")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BrokenExerciseError(f"{path} is damaged: {error!r}. Restore it") from error
    return list(zip(cells, marks, sources, strict=True))


def _checks(
    path: Path, cells: list[tuple[dict[str, Any], dict[str, Any], str]]
) -> Iterator[ReferenceCheck]:
    answer_cell = ""
    for _, mark, source in cells:
        if _is_answer(mark):
            answer_cell = mark["grade_id"]
        elif mark.get("grade") and not mark.get("solution"):
            call = parse_check(source)
            if call is None:
                raise BrokenExerciseError(
                    f"{path}: the check cell {mark['grade_id']} must be one call such as "
                    f'check("14_adam_step", adam_step), not {source[:60]!r}'
                )
            yield ReferenceCheck(mark["grade_id"], *call, _points(path, mark), source, answer_cell)


def _texts(
    path: Path, cells: list[tuple[dict[str, Any], dict[str, Any], str]]
) -> Iterator[ReferenceText]:
    for cell, mark, source in cells:
        is_task = bool(mark.get("task"))
        if is_task or (mark.get("grade") and mark.get("solution")):
            facts = cell["metadata"].get("coursekit")
            question = facts.get("question") if isinstance(facts, dict) else None
            question = question if isinstance(question, str) else ""
            points = _points(path, mark)
            yield ReferenceText(mark["grade_id"], points, source, question, is_task)


def parse_check(source: str) -> tuple[str, str] | None:
    """Take a check cell apart.

    Parameters
    ----------
    source : str
        Such as ``'check("14_adam_step", adam_step)'``.

    Returns
    -------
    exercise, answer : str
        The exercise's id, and the expression that is checked; or None if the code is anything
        else than one such call.
    """
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    match body:
        case [
            ast.Expr(
                ast.Call(
                    func=ast.Name("check") | ast.Attribute(attr="check"),
                    args=[ast.Constant(str(exercise)), answer],
                    keywords=[],
                )
            )
        ]:
            return exercise, ast.unparse(answer)
    return None


def is_unanswered(text: str, given: str) -> bool:
    """Tell whether a cell for words is still as the learner got it, or empty."""
    return not text.strip() or text.strip() == given.strip() or bool(_STUB.fullmatch(text))


def _is_answer(mark: dict[str, Any]) -> bool:
    return bool(mark.get("solution")) and not mark.get("grade") and not mark.get("task")


def _points(path: Path, mark: dict[str, Any]) -> float:
    points = mark.get("points")
    if isinstance(points, bool) or not isinstance(points, int | float) or points < 0:
        raise BrokenExerciseError(f"{path}: the cell {mark['grade_id']} states no points")
    return float(points)


def _digest(lesson: str, facts: str) -> str:
    """Stand for the reference and the code that checks it; prose may change without regrading."""
    digest = hashlib.sha256(facts.encode("utf-8", "surrogatepass"))
    folder = Path(str(checks.__file__)).parent
    for name in (*_CHECKING, f"lesson_{lesson}"):
        path = folder / f"{name}.py"
        # A course with lessons of its own may check them from another place.
        digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()
