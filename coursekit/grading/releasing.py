"""Derives the exercises that learners get from the solutions, by nbgrader's own preprocessors."""

import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coursekit.course import Lesson
from coursekit.files import replacing

if TYPE_CHECKING:
    from nbformat import NotebookNode


class ReleaseError(RuntimeError):
    """Raised when an exercise cannot be derived; the message names the file and the cure."""


def release(solution: Path) -> "NotebookNode":
    """Derive the exercise notebook from a solution notebook.

    Solutions between ``### BEGIN SOLUTION`` and ``### END SOLUTION`` become stubs, outputs go,
    check cells and tasks are locked, and every cell that nbgrader knows gets its checksum.

    Parameters
    ----------
    solution : Path
        A notebook with nbgrader metadata of schema 3.

    Returns
    -------
    NotebookNode
        The exercise; the same solution always gives the same notebook.

    Raises
    ------
    ReleaseError
        If nbgrader is not installed, or refuses the notebook.
    """
    try:
        from nbgrader import preprocessors as steps
    except ImportError as error:
        raise ReleaseError("Releasing needs nbgrader: pip install 'coursekit[teach]'") from error
    notebook, resources = _read(solution), {"nbgrader": {"notebook": solution.stem}}
    for step in (
        steps.LockCells,
        steps.ClearSolutions,
        steps.ClearOutput,
        steps.ClearHiddenTests,
        steps.ComputeChecksums,
        steps.CheckCellMetadata,
    ):
        try:
            notebook, resources = step().preprocess(notebook, resources)
        except Exception as error:
            raise ReleaseError(f"{solution}: {step.__name__} refuses it: {error}") from error
    return notebook


def write_release(lesson: Lesson, folder: Path | None = None) -> Path:
    """Derive a lesson's exercise and write it where exercises are.

    Parameters
    ----------
    lesson : Lesson
        A lesson that has a solution.
    folder : Path, optional
        Where to write; the course's ``exercises`` folder by default.

    Returns
    -------
    Path
        The file that was written.

    Raises
    ------
    ReleaseError
        If the lesson has no solution, or nbgrader refuses it.
    """
    if lesson.solution is None:
        raise ReleaseError(f"Lesson {lesson.name} has no notebook in solutions/.")
    folder = folder or lesson.solution.parent.parent / "exercises"
    target = folder / lesson.solution.name
    target.parent.mkdir(parents=True, exist_ok=True)
    text = released_text(lesson.solution)
    with replacing(target) as file:
        file.write(text.encode())
    return target


def released_text(solution: Path) -> str:
    """Give the text of the exercise file that belongs to a solution.

    Parameters
    ----------
    solution : Path
        The notebook with the solution.

    Returns
    -------
    str
        The exercise as JSON, with one line break at its end.
    """
    import nbformat

    return nbformat.writes(release(solution)).rstrip("\n") + "\n"


def _read(solution: Path) -> Any:
    import nbformat

    try:
        notebook = nbformat.read(solution, as_version=4)
    except (OSError, ValueError, TypeError, AttributeError, nbformat.ValidationError) as error:
        raise ReleaseError(f"{solution}: cannot be read: {error}") from error
    return copy.deepcopy(notebook)
