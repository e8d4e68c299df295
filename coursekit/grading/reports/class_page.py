"""Writes ``class.html`` for the teacher: what the class misunderstood, and what needs a person."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from ..records import CheckResult
from .charts import draw_mistakes, draw_outcomes, draw_scores
from .gradebook import exercises_of, notes
from .grades import Grade, label
from .misunderstandings import SharedMistake, shared_mistakes
from .output_folder import write_whole
from .pages import COLOURS, SIGNS, feedback_paths, lesson_title, link, page, points_text

FILE_NAME = "class.html"
_N_DRAWN = 12
_N_SLOWEST = 5
Row = dict[str, Any]


def write_class_page(
    output: Path,
    grades: Sequence[Grade],
    *,
    isolation: str = "",
    made_at: str = "",
    problems: Sequence[str] = (),
) -> Path:
    """Write the page of the class.

    Parameters
    ----------
    output : Path
        Folder that results go into.
    grades : sequence of Grade
    isolation : str
        What kept the learners' code apart, in one sentence.
    made_at : str
        When it was graded.
    problems : sequence of str
        What the teacher should know first, such as adjustments that fit nobody.

    Returns
    -------
    Path

    Raises
    ------
    OutputError
        If it cannot be written; an earlier one is then as it was.
    """
    html = class_html(grades, isolation=isolation, made_at=made_at, problems=problems)
    return write_whole(output / FILE_NAME, html)


def class_html(
    grades: Sequence[Grade],
    *,
    isolation: str = "",
    made_at: str = "",
    problems: Sequence[str] = (),
) -> str:
    """Write the page of the class as HTML that needs nothing else and runs nothing.

    The parameters are those of :func:`write_class_page`.
    """
    links = [link(path) for path in feedback_paths(grades)]
    rows = [_row(grade, links[number]) for number, grade in enumerate(grades)]
    waiting = [row for number, grade in enumerate(grades) for row in _waiting(grade, links[number])]
    lessons = [_lesson_facts(name, grades) for name in exercises_of(grades)]
    return page(
        "class.html",
        title=lessons[0]["title"] if len(lessons) == 1 else "All lessons",
        n_students=len({grade.result.student for grade in grades}),
        n_graded=sum(grade.result.status == "graded" for grade in grades),
        n_unreadable=sum(grade.result.status == "unreadable" for grade in grades),
        n_waiting=len({row["link"] for row in waiting}),
        submissions=rows,
        waiting=waiting,
        lessons=lessons,
        **_middle(grades, lessons),
        **_mistakes(grades, rows),
        slowest=_slowest(grades, rows),
        isolation=isolation,
        made_at=made_at,
        problems=problems,
    )


def _row(grade: Grade, address: str) -> Row:
    result = grade.result
    points = "–"
    if result.status == "graded":
        points = f"{points_text(grade.total + grade.adjustment)} of {points_text(result.points)}"
        points += " so far" if grade.undecided else ""
    # A file that does not count is named by the one that does.
    remarks = notes([grade]) if grade.counts else f"{result.shown}: a later file counts"
    return {
        "student": result.student,
        "link": address,
        "lesson": result.lesson,
        "points": points,
        "seconds": f"{result.seconds:.1f}" if result.seconds else "–",
        "megabytes": f"{result.peak_megabytes:.0f}" if result.peak_megabytes else "",
        "remarks": remarks,
    }


def _waiting(grade: Grade, address: str) -> Iterator[Row]:
    """List what a person has to decide about one submission, and what a person should look at."""
    row = {"student": grade.result.student, "link": address, "more": "", "is_text": False}
    if grade.result.status == "unreadable" and not grade.is_final:
        yield _kind(row, "crashed", "could not be graded", "", grade.result.reason)
    if not grade.counts:
        return
    for check in grade.undecided:
        yield {**row, **_decision(check)}
    for check in grade.result.checks:
        if _was_stopped(check) and label(check) not in grade.decided:
            yield _kind(row, "crashed", "stopped", label(check), check.message)


def _kind(row: Row, style: str, kind: str, exercise: str, why: str) -> Row:
    sign = SIGNS[style]
    return {**row, "style": style, "sign": sign, "kind": kind, "exercise": exercise, "why": why}


def _decision(check: CheckResult) -> Row:
    if check.outcome == "manual":
        mentioned = "; ".join(check.key_points)
        why = f"It mentions: {mentioned}" if mentioned else "An answer in words."
        facts = {"more": check.message, "more_title": "The answer", "is_text": True}
    else:
        why = " ".join(check.reasons) or "Its points are not decided."
        found = f"The check itself found: {check.found}." if check.found else ""
        facts = {"more": found, "more_title": "What the check found", "is_text": False}
    return _kind(facts, check.outcome, check.outcome, label(check), why)


def _was_stopped(check: CheckResult) -> bool:
    """Tell whether a check was cut short by a limit, which may have been too tight."""
    text = check.message.lower()
    limits = ("time limit", "longer than", "memory limit", "out of memory")
    return check.outcome == "crashed" and any(limit in text for limit in limits)


def _lesson_facts(name: str, grades: Sequence[Grade]) -> Row:
    mine = [grade for grade in grades if grade.counts and grade.result.lesson == name]
    scores = [grade.final for grade in mine if grade.final is not None]
    exercises = exercises_of(mine)[name]
    counts = {exercise: Counter[str]() for exercise in exercises}
    for grade in mine:
        for check in grade.result.checks:
            counts[label(check)][check.outcome] += 1
    possible = sum(exercises.values())
    return {
        "title": lesson_title(name),
        "possible": possible,
        "scores": scores,
        "n_scores": len(scores),
        "n_open": len(mine) - len(scores),
        "median": points_text(median(scores)) if scores else "–",
        "scores_picture": draw_scores(scores, possible) if scores else "",
        "exercises": counts,
        "outcomes": [kind for kind in COLOURS if any(count[kind] for count in counts.values())],
        "outcomes_picture": draw_outcomes(counts) if counts else "",
    }


def _middle(grades: Sequence[Grade], lessons: Sequence[Row]) -> Row:
    """Give the median: in points for one lesson, in percent for several."""
    if len(lessons) == 1:
        return {"median": lessons[0]["median"], "possible": lessons[0]["possible"]}
    shares = [
        grade.final / grade.result.points
        for grade in grades
        if grade.counts and grade.final is not None and grade.result.points
    ]
    return {"median": f"{median(shares):.0%}" if shares else "–", "possible": None}


def _mistakes(grades: Sequence[Grade], rows: Sequence[Row]) -> Row:
    shared = shared_mistakes(grades)
    n_read = len({g.result.student for g in grades if g.counts and g.result.status == "graded"})
    drawn = [(each.exercise, each.mistake, len(each.submissions)) for each in shared[:_N_DRAWN]]
    wrong = [c for g in grades if g.counts for c in g.result.checks if c.outcome == "wrong"]
    return {
        "mistakes": [_mistake_facts(each, rows) for each in shared],
        "mistakes_picture": draw_mistakes(drawn, n_read) if drawn else "",
        "n_drawn": _N_DRAWN,
        "n_read": n_read,
        "n_unknown": sum(not check.mistake for check in wrong),
    }


def _mistake_facts(shared: SharedMistake, rows: Sequence[Row]) -> Row:
    repeat = ""
    if shared.question:
        repeat = f"{shared.question} in lesson {lesson_title(shared.lesson)}"
    return {
        "exercise": shared.exercise,
        "mistake": shared.mistake,
        "text": shared.misunderstanding,
        "repeat": repeat,
        "who": [rows[number] for number in shared.submissions],
    }


def _slowest(grades: Sequence[Grade], rows: Sequence[Row]) -> list[Row]:
    timed = [number for number, grade in enumerate(grades) if grade.result.seconds > 0]
    timed.sort(key=lambda number: -grades[number].result.seconds)
    return [rows[number] for number in timed[:_N_SLOWEST]]
