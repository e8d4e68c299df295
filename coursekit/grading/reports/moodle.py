"""Writes grades as an assignment of Moodle reads them: ``moodle.csv``.

In the assignment, with "Offline grading worksheet" and "Feedback comments" switched on: download
the grading worksheet, give it as the roster, and upload what is written here by "Upload grading
worksheet". Moodle finds learners by the worksheet's Identifier only, which holds for that one
assignment. Format as read by Moodle's ``assignfeedback_offline``; it passes over an empty grade.
"""

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from .gradebook import exercises_of
from .grades import Grade
from .output_folder import write_whole
from .pages import points_text
from .rosters import Roster, RosterError
from .spreadsheet_cells import Cell, table_text
from .summaries import summary_lines

_HEADER = (
    "Identifier",
    "Full name",
    "Email address",
    "Status",
    "Grade",
    "Maximum Grade",
    "Grade can be changed",
    "Last modified (submission)",
    "Last modified (grade)",
    "Feedback comments",
)


def write_moodle(
    output: Path, grades: Sequence[Grade], roster: Roster | None
) -> tuple[list[Path], list[str], list[str]]:
    """Write a grading worksheet for each lesson.

    Parameters
    ----------
    output : Path
        Folder that results go into.
    grades : sequence of Grade
    roster : Roster or None
        The worksheet that Moodle gave.

    Returns
    -------
    paths : list of Path
    strangers : list of str
        Learners who are not on the roster; they have rows of their own at the end.
    remarks : list of str
        What else the teacher should know.

    Raises
    ------
    RosterError
        If the roster is no grading worksheet, or there are several lessons for it.
    OutputError
        If a file cannot be written.
    """
    lessons = exercises_of(grades)
    _check_roster(roster, list(lessons))
    paths, strangers = [], set()
    for lesson in lessons or [""]:
        mine = _of_lesson(lesson, grades)
        name = f"moodle_{lesson}.csv" if len(lessons) > 1 else "moodle.csv"
        places = roster.match(mine) if roster else {}
        rows = _rows(roster or Roster(_HEADER, ()), mine, places)
        delimiter = roster.delimiter if roster else ","
        paths.append(write_whole(output / name, table_text(rows, delimiter=delimiter)))
        strangers |= mine.keys() - places
    possible = sum(points for exercises in lessons.values() for points in exercises.values())
    return paths, sorted(strangers), list(_remarks(roster, possible))


def _check_roster(roster: Roster | None, lessons: Sequence[str]) -> None:
    if roster is None:
        return
    if len(lessons) > 1:
        raise RosterError(
            f"a grading worksheet of Moodle is for one assignment, and there are the lessons "
            f"{', '.join(lessons)}: grade each into a folder of its own"
        )
    if roster.column("Identifier") is None or roster.column("Grade") is None:
        raise RosterError(
            "the roster is no grading worksheet of Moodle: it lacks 'Identifier' or 'Grade'. "
            "Download it with Moodle set to English"
        )


def _of_lesson(lesson: str, grades: Sequence[Grade]) -> dict[str, Grade]:
    # A file that could not be read may be of this lesson: its learner is not left out.
    unread = {g.result.student: g for g in grades if not g.result.lesson}
    return unread | {g.result.student: g for g in grades if g.result.lesson == lesson}


def _rows(listed: Roster, mine: dict[str, Grade], places: dict[str, int]) -> list[list[Cell]]:
    rows: list[list[Cell]] = [[*row] for row in (listed.header, *listed.rows)]
    for student, place in places.items():
        _fill(rows[place + 1], listed, mine[student])
    for student in sorted(mine.keys() - places):
        row: list[Cell] = [None] * len(listed.header)
        name = listed.column("Full name")
        row[name if name is not None else 0] = student
        _fill(row, listed, mine[student])
        rows.append(row)
    return rows


def _fill(row: list[Cell], listed: Roster, grade: Grade) -> None:
    place, comments = listed.column("Grade"), listed.column("Feedback comments")
    if place is not None and grade.final is not None:
        row[place] = grade.final
    if comments is not None:
        # Moodle shows the comment as HTML.
        row[comments] = "".join(f"<p>{escape(line)}</p>" for line in summary_lines(grade))


def _remarks(roster: Roster | None, possible: float) -> Iterator[str]:
    if roster is None:
        yield (
            "Moodle finds learners by the Identifier of its grading worksheet: download that and "
            "give it as the roster"
        )
        return
    if roster.column("Feedback comments") is None:
        yield (
            "the worksheet has no column 'Feedback comments', so only grades are in it: switch "
            "the comments on in the assignment's settings"
        )
    for text in sorted({roster.cell(row, "Maximum Grade") for row in roster.rows} - {""}):
        if not _is_number(text, possible):
            yield (
                f"Moodle's maximum grade is {text}, and the lesson has {points_text(possible)} "
                "points: set it to that in the assignment, for Moodle does not convert them"
            )


def _is_number(text: str, number: float) -> bool:
    try:
        return abs(float(text.replace(",", ".")) - number) < 1e-6
    except ValueError:
        return False
