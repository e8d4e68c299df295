"""Where lessons, exercises and solutions are: one ``Lesson`` record each.

A lesson is a file ``notebooks/NN_topic.ipynb``, and everything that belongs to it is found by that
name. There is no list to keep: a new lesson is a new file.
"""

import difflib
import itertools
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FIRST_LESSON = "notebooks/00_start_here.ipynb"
_PACKAGE = Path(__file__).resolve().parent
_LESSON_NAME = re.compile(r"(\d{2})_[a-z0-9]+(_[a-z0-9]+)*")


class CourseError(Exception):
    """Raised when the course on disk cannot be used; the message says what to do."""


class LessonNotFoundError(CourseError, LookupError):
    """Raised when no lesson has the name that was asked for."""


@dataclass(frozen=True)
class Lesson:
    """One lesson of the course and where its notebooks are.

    Attributes
    ----------
    number : int
        Its place in the course, 14 for ``14_optimizers``.
    name : str
        The name that all its files share, ``"14_optimizers"``.
    title, part : str
        Its heading, and the part of the course that it stands in.
    questions : tuple of str
        Ids of the interview questions that it answers.
    minutes : int
        Minutes to read it.
    seconds : int
        Stated run time of all its cells on a laptop, in seconds.
    notebook : Path
        The lesson itself.
    exercise, solution : Path or None
        Its exercise and solution notebooks, where they exist.
    """

    number: int
    name: str
    title: str
    part: str
    questions: tuple[str, ...]
    minutes: int
    seconds: int
    notebook: Path
    exercise: Path | None
    solution: Path | None


def course_root() -> Path:
    """Find the folder that holds ``notebooks/`` and ``exercises/``.

    Tried in this order: ``COURSEKIT_COURSE``; the current folder or one above it; the checkout that
    this package stands in; the copy inside the installed package.

    Returns
    -------
    Path
        An existing folder, absolute.

    Raises
    ------
    CourseError
        If ``COURSEKIT_COURSE`` names no course, or no course is found at all.
    """
    named = os.environ.get("COURSEKIT_COURSE")
    if named:
        root = Path(named).expanduser().resolve()
        if (root / "notebooks").is_dir():
            return root
        raise CourseError(
            f"COURSEKIT_COURSE is {named!r}, but there is no folder {root / 'notebooks'}: "
            "set it to the folder that holds notebooks/, or unset it"
        )
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / FIRST_LESSON).is_file():
            return folder
    return shipped_course()


def shipped_course() -> Path:
    """Find the course as its authors ship it: the checkout, else the copy in the package.

    Returns
    -------
    Path
        An existing folder, absolute.

    Raises
    ------
    CourseError
        If the package came without its lessons.
    """
    for folder in (_PACKAGE.parent, _PACKAGE / "_course"):
        if (folder / FIRST_LESSON).is_file():
            return folder
    raise CourseError(
        "no lessons found: go to the folder that holds notebooks/, set COURSEKIT_COURSE to it, "
        "or install coursekit again"
    )


def lessons(root: Path | None = None) -> tuple[Lesson, ...]:
    """List all lessons.

    Parameters
    ----------
    root : Path, optional
        The course's folder; :func:`course_root` by default.

    Returns
    -------
    tuple of Lesson
        In the order of their numbers.

    Raises
    ------
    CourseError
        If a lesson's file is damaged, or two lessons have one number.
    """
    return tuple(_read_lesson(path) for path in _lesson_files(root or course_root()))


def find_lesson(key: int | str | Path) -> Lesson:
    """Find one lesson.

    Parameters
    ----------
    key : int, str or Path
        Its number (``14`` or ``"14"``), its name (``"14_optimizers"`` or ``"optimizers"``), or the
        path of one of its notebooks; a path that exists is taken from its own course.

    Returns
    -------
    Lesson

    Raises
    ------
    LessonNotFoundError
        If there is none; the message lists what there is and the nearest match.
    CourseError
        If the lesson's file is damaged.
    """
    text = os.fspath(key) if isinstance(key, Path) else str(key).strip()
    files = _lesson_files(_course_of(text) or course_root())
    wanted = int(text) if text.isdecimal() else Path(text).name.removesuffix(".ipynb")
    for path in files:
        if wanted in (_number(path), path.stem, path.stem[3:]):
            return _read_lesson(path)
    raise LessonNotFoundError(_not_found(text, str(wanted), [path.stem for path in files]))


def neighbours(lesson: Lesson) -> tuple[Lesson | None, Lesson | None]:
    """Find the lessons before and after one.

    Parameters
    ----------
    lesson : Lesson

    Returns
    -------
    previous, next : Lesson or None
        None at the ends of the course.
    """
    files = _lesson_files(lesson.notebook.parent.parent)
    place = files.index(lesson.notebook)
    previous = files[place - 1] if place > 0 else None
    following = files[place + 1] if place + 1 < len(files) else None
    return (
        _read_lesson(previous) if previous else None,
        _read_lesson(following) if following else None,
    )


def _lesson_files(root: Path) -> list[Path]:
    paths = sorted(
        path for path in (root / "notebooks").glob("*.ipynb") if _LESSON_NAME.fullmatch(path.stem)
    )
    for before, after in itertools.pairwise(paths):
        if _number(before) == _number(after):
            raise CourseError(
                f"{before.name} and {after.name} have the same number: "
                f"rename one of them (in {before.parent})"
            )
    return paths


def _course_of(text: str) -> Path | None:
    """Give the course that an existing notebook's path stands in."""
    path = Path(text).expanduser().resolve()
    if path.suffix != ".ipynb" or not path.is_file():
        return None
    root = path.parent.parent
    return root if (root / "notebooks" / path.name).is_file() else None


def _not_found(text: str, wanted: str, names: list[str]) -> str:
    if not names:
        return f"there is no lesson {text!r}: {course_root() / 'notebooks'} holds no lessons"
    topics = {name.split("_", 1)[1]: name for name in names}
    near = difflib.get_close_matches(wanted, [*names, *topics], n=1, cutoff=0.5)
    hint = f" Did you mean {topics.get(near[0], near[0])}?" if near else ""
    return f"there is no lesson {text!r}.{hint} There are: {', '.join(names)}"


def _number(path: Path) -> int:
    return int(path.stem[:2])


def _read_lesson(path: Path) -> Lesson:
    notebook = _read_notebook(path)
    facts = notebook["metadata"].get("coursekit", {})
    root = path.parent.parent
    return Lesson(
        number=_number(path),
        name=path.stem,
        title=_fact(path, facts, "title", str, _first_heading(notebook) or path.stem),
        part=_fact(path, facts, "part", str, ""),
        questions=tuple(_fact(path, facts, "questions", list, [])),
        minutes=_fact(path, facts, "minutes", int, 0),
        seconds=_fact(path, facts, "seconds", int, 0),
        notebook=path,
        exercise=_existing(root / "exercises" / path.name),
        solution=_existing(root / "solutions" / path.name),
    )


def _read_notebook(path: Path) -> dict[str, Any]:
    """Read a notebook with plain json: nbformat would cost more than all the rest."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise CourseError(
            f"{path} is damaged: not valid JSON ({error}). Put a fresh copy in its place: "
            "move the file away and run `coursekit init` on the folder"
        ) from error
    if not (
        isinstance(notebook, dict)
        and isinstance(notebook.get("cells"), list)
        and isinstance(notebook.get("metadata"), dict)
        and isinstance(notebook["metadata"].get("coursekit", {}), dict)
    ):
        raise CourseError(f"{path} is damaged: it has no list of cells or no metadata")
    return notebook


def _fact(path: Path, facts: dict[str, Any], name: str, kind: type, default: Any) -> Any:
    value = facts.get(name, default)
    if not isinstance(value, kind):
        raise CourseError(
            f"{path}: metadata coursekit.{name} is {value!r}; it must be of type {kind.__name__}"
        )
    return value


def _first_heading(notebook: dict[str, Any]) -> str | None:
    """Give the first heading: what a lesson is called when a tool dropped its metadata."""
    for cell in notebook["cells"]:
        source = cell.get("source", "") if isinstance(cell, dict) else ""
        text = source if isinstance(source, str) else "".join(map(str, source))
        for line in text.splitlines():
            if line.startswith("# ") and cell.get("cell_type") == "markdown":
                return line[2:].strip()
    return None


def _existing(path: Path) -> Path | None:
    return path if path.is_file() else None
