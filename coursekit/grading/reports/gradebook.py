"""Writes ``gradebook.csv``: one row a learner.

Columns: ``student``; every exercise, with the points earned; where there are several lessons, for
each its ``earned``, ``possible``, ``undecided``, ``adjustment`` and ``final``; the same five in
all; and ``notes``. A cell is empty, never 0, where nothing was handed in, where the file could not
be read, and where a person has to decide: ``final`` is empty until that is done. ``earned`` holds
what is decided so far, ``undecided`` how many checks wait, ``adjustment`` the points that
``adjustments.csv`` adds to a lesson.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from .adjustments import Adjustment
from .grades import Grade, label, natural_order
from .output_folder import write_whole
from .spreadsheet_cells import Cell, bytes_for_spreadsheets, table_text

FILE_NAME = "gradebook.csv"
_SUMMARY = ("earned", "possible", "undecided", "adjustment", "final")


def write_gradebook(output: Path, grades: Sequence[Grade]) -> Path:
    """Write the gradebook of a class.

    Parameters
    ----------
    output : Path
        Folder that results go into.
    grades : sequence of Grade

    Returns
    -------
    Path

    Raises
    ------
    OutputError
        If it cannot be written; an earlier one is then as it was.
    """
    text = table_text(gradebook_rows(grades))
    return write_whole(output / FILE_NAME, bytes_for_spreadsheets(text))


def gradebook_rows(grades: Sequence[Grade]) -> list[list[Cell]]:
    """Lay out the gradebook: the header, then one row a learner.

    Parameters
    ----------
    grades : sequence of Grade

    Returns
    -------
    list of list
        Texts, numbers, and None for an empty cell.
    """
    exercises = exercises_of(grades)
    summary = _summary_header(list(exercises))
    names = [name for each in exercises.values() for name in each]
    students = sorted({grade.result.student for grade in grades}, key=natural_order)
    header: list[Cell] = ["student", *names, *summary, "notes"]
    return [header, *(_row(student, grades, exercises) for student in students)]


def exercises_of(grades: Iterable[Grade]) -> dict[str, dict[str, float]]:
    """Give the lessons that were handed in, and the points of their exercises.

    Returns
    -------
    dict of str to dict of str to float
        Lessons in order; exercises in the order of the notebook.
    """
    found: dict[str, dict[str, float]] = {}
    # The fullest first: its order is the order of the notebook.
    for grade in sorted(grades, key=lambda grade: -len(grade.result.checks)):
        if grade.result.lesson:
            exercises = found.setdefault(grade.result.lesson, {})
            for check in grade.result.checks:
                exercises.setdefault(label(check), check.points)
    return {lesson: found[lesson] for lesson in sorted(found, key=natural_order)}


def _summary_header(lessons: list[str]) -> list[str]:
    several = lessons if len(lessons) > 1 else []
    return [*(f"{lesson} {name}" for lesson in several for name in _SUMMARY), *_SUMMARY]


def _row(
    student: str, grades: Sequence[Grade], exercises: dict[str, dict[str, float]]
) -> list[Cell]:
    mine = [grade for grade in grades if grade.result.student == student]
    counted = {g.result.lesson: g for g in mine if g.counts and g.result.lesson}
    points: list[Cell] = []
    for lesson, names in exercises.items():
        earned = _earned(counted.get(lesson))
        points += [earned.get(name) for name in names]
    summary: list[Cell] = []
    if len(exercises) > 1:
        for lesson, names in exercises.items():
            grade = counted.get(lesson)
            summary += _summary([grade] if grade else [], sum(names.values()))
    possible = sum(sum(names.values()) for names in exercises.values())
    summary += _summary(list(counted.values()), possible)
    return [student, *points, *summary, notes(mine, exercises)]


def _earned(grade: Grade | None) -> dict[str, float | None]:
    return {label(c): grade.earned(c) for c in grade.result.checks} if grade else {}


def _summary(grades: Sequence[Grade], possible: float) -> list[Cell]:
    """Give what is earned, possible, undecided, adjusted, and final."""
    readable = [grade for grade in grades if grade.result.status == "graded" or grade.is_final]
    if not readable:
        return [None, possible, None, None, None]
    finals = [grade.final for grade in grades]
    return [
        sum(grade.total for grade in readable),
        possible,
        sum(len(grade.undecided) for grade in readable),
        sum(grade.adjustment for grade in readable) or None,
        None if None in finals else sum(final or 0.0 for final in finals),
    ]


def notes(grades: Sequence[Grade], lessons: Iterable[str] = ()) -> str:
    """Say what the numbers of one learner do not.

    Parameters
    ----------
    grades : sequence of Grade
        Of one learner.
    lessons : iterable of str
        Lessons that others handed in.

    Returns
    -------
    str
        Parts separated by semicolons; empty if there is nothing to say.
    """
    parts: list[str] = []
    for grade in grades:
        result = grade.result
        if result.status == "unreadable":
            parts.append(f"{result.shown}: {result.reason}")
        if grade.counts:
            parts += _waiting(grade)
            parts += [_by_hand(grade, each) for each in (*grade.decided.values(), *grade.added)]
        if grade.counts and grade.others:
            parts.append(
                f"{result.lesson}: {result.shown} counts, the last of {len(grade.others) + 1} "
                f"handed in; the others: {', '.join(grade.others)}"
            )
    there = {grade.result.lesson for grade in grades}
    parts += [f"{lesson}: not handed in" for lesson in lessons if lesson not in there]
    return "; ".join(" ".join(part.split()) for part in parts)


def _waiting(grade: Grade) -> list[str]:
    return [
        f"{label(check)}: {check.outcome}" + (f" ({check.reasons[0]})" if check.reasons else "")
        for check in grade.undecided
    ]


def _by_hand(grade: Grade, adjustment: Adjustment) -> str:
    points = "" if adjustment.points is None else f" {adjustment.points:g} points"
    if adjustment.points is not None and adjustment in grade.added:
        points = f" {adjustment.points:+g} points"
    comment = f": {adjustment.comment}" if adjustment.comment else ""
    return f"{adjustment.exercise}:{points} by hand{comment}"
