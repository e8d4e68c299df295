"""Says in plain lines how a submission came out, for places that show no page."""

from ..legible import legible
from ..records import CheckResult
from .grades import Grade, label
from .pages import change_text, points_text


def summary_lines(grade: Grade) -> list[str]:
    """Say how a submission and each of its checks came out.

    Parameters
    ----------
    grade : Grade

    Returns
    -------
    list of str
        Texts of the learner may be in them: escape them before they are shown as HTML.
    """
    lines = head_lines(grade)
    for check in grade.result.checks:
        points = f"{points_text(grade.earned(check))} of {points_text(check.points)} points"
        details = [line for line in check_lines(grade, check) if line != check.message]
        lines.append(" ".join([f"{label(check)}: {check.outcome}, {points}.", *details]))
    return [legible(line) for line in lines]


def head_lines(grade: Grade) -> list[str]:
    """Say what concerns a submission as a whole."""
    lines = []
    if grade.result.status == "unreadable":
        lines.append(f"Could not be graded: {grade.result.reason}")
    if grade.undecided:
        lines.append(f"Waiting for a person: {', '.join(map(label, grade.undecided))}.")
    for each in grade.added:
        parts = [change_text(each.points)] if each.points is not None else []
        lines.append(": ".join([*parts, each.comment] if each.comment else parts))
    return lines


def check_lines(grade: Grade, check: CheckResult) -> list[str]:
    """Say what one check found, and what a person has to say about it."""
    decision = grade.decided.get(label(check))
    lines = [check.message, check.misunderstanding]
    if check.reasons and grade.earned(check) is None:
        lines.append(f"A person looks at this first: {'; '.join(check.reasons)}")
    if decision and decision.comment:
        lines.append(decision.comment)
    return [line for line in lines if line]
