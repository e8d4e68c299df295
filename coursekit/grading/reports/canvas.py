"""Writes grades as the gradebook of Canvas reads them: ``canvas.csv``.

In the course: Grades, Import, choose the file, and look at the changes that Canvas lists before
saving. For a sure match export the gradebook first (Grades, Export) and give that file as the
roster: its ids, and the column of the assignment if it is there, are taken over. A column that
Canvas does not know becomes a new assignment. Format as read by Canvas's ``GradebookImporter``.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from .gradebook import exercises_of
from .grades import Grade
from .output_folder import write_whole
from .pages import lesson_title
from .rosters import Roster, RosterError
from .spreadsheet_cells import Cell, table_text

FILE_NAME = "canvas.csv"
_HEADER = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_ASSIGNMENT_ID = re.compile(r"\s*\(\d+\)\s*$")


def write_canvas(
    output: Path, grades: Sequence[Grade], roster: Roster | None
) -> tuple[Path, list[str]]:
    """Write the file that Canvas imports.

    Parameters
    ----------
    output : Path
        Folder that results go into.
    grades : sequence of Grade
    roster : Roster or None
        The exported gradebook.

    Returns
    -------
    path : Path
    strangers : list of str
        Learners who are not on the roster; they have rows of their own at the end.

    Raises
    ------
    RosterError
        If the roster is no gradebook of Canvas.
    OutputError
        If the file cannot be written.
    """
    students = sorted({grade.result.student for grade in grades})
    listed = roster or Roster(_HEADER, ())
    places = roster.match(students) if roster else {}
    strangers = [student for student in students if student not in places]
    text = table_text(_rows(listed, grades, places, strangers))
    return write_whole(output / FILE_NAME, text), strangers


def _rows(
    listed: Roster, grades: Sequence[Grade], places: Mapping[str, int], strangers: Sequence[str]
) -> list[list[Cell]]:
    n_known = _n_people_columns(listed)
    lessons = exercises_of(grades)
    columns = {lesson: _column(listed, lesson, n_known) for lesson in lessons}
    # No number in brackets is ever added: Canvas would take it for an assignment's id.
    names = [name if (at := columns[name]) is None else listed.header[at] for name in lessons]
    possible: list[Cell] = [sum(points.values()) for points in lessons.values()]
    rows: list[list[Cell]] = [
        [*listed.header[:n_known], *names],
        ["    Points Possible", *[None] * (n_known - 1), *possible],
    ]
    finals = {(grade.result.student, grade.result.lesson): grade.final for grade in grades}
    student_of = {row: student for student, row in places.items()}
    for number, row in enumerate(listed.rows):
        student = student_of.get(number, "")
        cells = [_cell(finals.get((student, name)), row, columns[name]) for name in lessons]
        rows.append([*row[:n_known], *cells])
    for student in strangers:
        cells = [finals.get((student, name)) for name in lessons]
        rows.append([student, *[None] * (n_known - 1), *cells])
    return rows


def _n_people_columns(roster: Roster) -> int:
    """Count the columns up to the section: they say who it is, in the order that Canvas wants."""
    section = roster.column("Section")
    if roster.column("Student") != 0 or roster.column("ID") != 1 or section is None:
        raise RosterError(
            "the roster is no exported gradebook of Canvas: its first line must begin with "
            "'Student,ID' and have 'Section'"
        )
    return section + 1


def _column(roster: Roster, lesson: str, first: int) -> int | None:
    """Find the assignment of a lesson, by its name or its title."""
    wanted = {_letters(lesson), _letters(lesson_title(lesson))}
    for place in range(first, len(roster.header)):
        if _letters(_ASSIGNMENT_ID.sub("", roster.header[place])) in wanted:
            return place
    return None


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _cell(final: float | None, row: Sequence[str], column: int | None) -> Cell:
    """Give a grade; where there is none, what Canvas has: an empty cell would delete it."""
    if final is not None or column is None:
        return final
    return row[column] or None
