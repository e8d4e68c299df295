"""Writes the page that a learner gets back: self-contained, readable on a phone and on paper."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from ..records import CellResult, CheckResult, SubmissionResult
from .grades import Grade, label
from .misunderstandings import split_reference
from .output_folder import write_whole
from .pages import SIGNS, feedback_paths, lesson_title, page
from .pictures import checked_png

_MOST_CELLS = 200
_MOST_PICTURE_TEXT = 12_000_000
_MOST_OUTPUTS = 50


def write_feedback(
    output: Path, grades: Sequence[Grade], results: Iterable[SubmissionResult]
) -> list[Path]:
    """Write a page for every submission.

    Parameters
    ----------
    output : Path
        Folder that results go into; the pages are in ``feedback/<learner>/<lesson>.html``.
    grades : sequence of Grade
    results : iterable of SubmissionResult
        The same submissions with their cells; read one at a time.

    Returns
    -------
    list of Path

    Raises
    ------
    OutputError
        If a page cannot be written.
    """
    places = dict(zip(map(_identity, grades), feedback_paths(grades), strict=True))
    by_identity = {_identity(grade): grade for grade in grades}
    return [
        write_whole(output / places[key], feedback_html(by_identity[key], result.cells))
        for result in results
        if (key := (result.student, result.shown)) in places
    ]


def _identity(grade: Grade) -> tuple[str, str]:
    return grade.result.student, grade.result.shown


def feedback_html(grade: Grade, cells: Sequence[CellResult] = ()) -> str:
    """Write the page of one submission.

    Parameters
    ----------
    grade : Grade
    cells : sequence of CellResult
        The learner's own cells; those of the grade's result may be left out.

    Returns
    -------
    str
        HTML that needs nothing else and runs nothing.
    """
    result = grade.result
    return page(
        "feedback.html",
        student=result.student,
        shown=result.shown,
        lesson=lesson_title(result.lesson) if result.lesson else "",
        is_read=result.status == "graded",
        reason=result.reason if result.status == "unreadable" else "",
        total=grade.total,
        possible=result.points,
        n_undecided=len(grade.undecided),
        added=grade.added,
        final=grade.final,
        others=grade.others,
        counts=grade.counts,
        checks=[_check_facts(grade, check) for check in result.checks],
        notes=result.notes,
        cells=list(_cell_facts(cells[:_MOST_CELLS])),
        n_cells_left_out=max(len(cells) - _MOST_CELLS, 0),
    )


def _check_facts(grade: Grade, check: CheckResult) -> dict[str, Any]:
    decision = grade.decided.get(label(check))
    misunderstanding, question, lesson = split_reference(check.misunderstanding)
    reread = f"lesson {lesson_title(lesson)}, question {question}" if question else ""
    exercise = _exercise(check.exercise)
    if not reread and check.outcome in ("wrong", "crashed", "not attempted"):
        reread = exercise["reread"]
    return {
        "name": label(check),
        "outcome": check.outcome,
        "style": check.outcome.replace(" ", "-"),
        "sign": SIGNS[check.outcome],
        "points": check.points,
        "earned": grade.earned(check),
        "task": exercise["task"],
        "message": check.message,
        "mistake": check.mistake,
        "misunderstanding": misunderstanding,
        "reread": reread,
        "reasons": check.reasons,
        "is_decided": decision is not None and decision.points is not None,
        "comment": decision.comment if decision else "",
        "hints": check.hints if check.outcome in ("wrong", "crashed", "not attempted") else (),
    }


@cache
def _exercise(exercise_id: str) -> Mapping[str, str]:
    """Say what an exercise asks for, and where the course treats it."""
    from coursekit.checks import find_exercise

    try:
        exercise = find_exercise(exercise_id)
    except LookupError:
        return {"task": "", "reread": ""}
    questions = ", ".join(exercise.questions)
    noun = "question" if len(exercise.questions) == 1 else "questions"
    lesson = lesson_title(exercise.id[:2])
    return {"task": exercise.task, "reread": f"lesson {lesson}, {noun} {questions}"}


def _cell_facts(cells: Iterable[CellResult]) -> Iterator[dict[str, Any]]:
    room = _MOST_PICTURE_TEXT
    for cell in cells:
        outputs = []
        for output in cell.outputs[:_MOST_OUTPUTS]:
            shown = _output(output, room)
            room -= len(shown.get("png", ""))
            outputs.append(shown)
        yield {
            "number": cell.cell,
            "source": cell.source,
            "outputs": outputs,
            "error": cell.error,
        }


def _output(output: Mapping[str, str], room: int) -> dict[str, str]:
    """Give what is shown of an output: text, or a picture that is one."""
    if "png" not in output:
        return {"png": "", "text": output.get("text", "")}
    png = checked_png(output["png"])
    if png and len(png) <= room:
        return {"png": png, "text": ""}
    return {"png": "", "text": "(a picture that is too large, or damaged, is left out)"}
