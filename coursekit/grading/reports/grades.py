"""Joins what was found with what a person decided: one grade a submission."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ..records import CheckResult, SubmissionResult
from .adjustments import Adjustment, same_name


def natural_order(*texts: str) -> tuple[object, ...]:
    """Give a key that sorts ``try_10`` behind ``try_9``, and ``a-2.ipynb`` behind ``a.ipynb``."""
    stems = [re.sub(r"\.ipynb(\.txt|\.json)?$", "", text.casefold()) for text in texts]
    parts = [re.split(r"(\d+)", stem) for stem in stems]
    # Pieces of digits stand at odd places, so that numbers are only compared with numbers.
    numbered = [tuple(int(p) if i % 2 else p for i, p in enumerate(each)) for each in parts]
    return (*numbered, texts)


def label(check: CheckResult) -> str:
    """Give the name that a check has in tables: its exercise, else its id in the notebook."""
    return check.exercise or check.grade_id or "unnamed"


@dataclass(frozen=True)
class Grade:
    """One submission with the decisions of a person.

    Attributes
    ----------
    result : SubmissionResult
        What was found; its cells may be left out.
    decided : dict of str to Adjustment
        Decisions by exercise.
    added : tuple of Adjustment
        Points for the lesson as a whole, and comments on it.
    others : tuple of str
        Other files that the same learner handed in for the same lesson.
    counts : bool
        Whether this is the last of them, which the gradebook takes.
    """

    result: SubmissionResult
    decided: dict[str, Adjustment] = field(default_factory=dict)
    added: tuple[Adjustment, ...] = ()
    others: tuple[str, ...] = ()
    counts: bool = True

    def earned(self, check: CheckResult) -> float | None:
        """Give the points for a check: a person's decision, else what was found, else None."""
        decision = self.decided.get(label(check))
        if decision is not None and decision.points is not None:
            return decision.points
        return check.earned

    @property
    def undecided(self) -> tuple[CheckResult, ...]:
        """Give the checks that still wait for a person."""
        return tuple(check for check in self.result.checks if self.earned(check) is None)

    @property
    def is_final(self) -> bool:
        """Tell whether nothing is left to a person."""
        if self.result.status == "unreadable":
            return any(each.points is not None for each in self.added)
        return not self.undecided

    @property
    def total(self) -> float:
        """Give the points of all checks that are decided."""
        return sum(self.earned(check) or 0.0 for check in self.result.checks)

    @property
    def adjustment(self) -> float:
        """Give the points that a person added to the lesson as a whole."""
        return sum(each.points or 0.0 for each in self.added)

    @property
    def final(self) -> float | None:
        """Give the final points; None as long as a person has to decide something."""
        return self.total + self.adjustment if self.is_final else None


def grades(
    results: Iterable[SubmissionResult], adjustments: Sequence[Adjustment] = ()
) -> tuple[Grade, ...]:
    """Join results with the decisions of a person.

    Where a learner handed in several files for one lesson, the last one in the order of their
    names counts, and decisions are for it.

    Parameters
    ----------
    results : iterable of SubmissionResult
        Read one at a time; their cells are not kept.
    adjustments : sequence of Adjustment

    Returns
    -------
    tuple of Grade
        By learner, then by lesson and file.
    """
    slim = sorted(
        (replace(result, cells=()) for result in results),
        key=lambda each: natural_order(each.student, each.lesson, each.shown),
    )
    handed_in: dict[tuple[str, str], list[SubmissionResult]] = defaultdict(list)
    for result in slim:
        handed_in[result.student, result.lesson].append(result)
    return tuple(
        grade for group in handed_in.values() for grade in _grades_of_one(group, adjustments)
    )


def _grades_of_one(
    group: Sequence[SubmissionResult], adjustments: Sequence[Adjustment]
) -> Iterator[Grade]:
    """Give the grades of the files that one learner handed in for one lesson."""
    if not group[0].lesson:  # files that could not be read replace each other in nothing
        yield from (Grade(result) for result in group)
        return
    for result in group:
        others = tuple(other.shown for other in group if other is not result)
        grade = Grade(result, others=others, counts=result is group[-1])
        yield _with_decisions(grade, adjustments) if grade.counts else grade


def _with_decisions(grade: Grade, adjustments: Sequence[Adjustment]) -> Grade:
    result = grade.result
    mine = [each for each in adjustments if same_name(each.student, result.student)]
    labels = {label(check) for check in result.checks}
    return replace(
        grade,
        decided={each.exercise: each for each in mine if each.exercise in labels},
        added=tuple(each for each in mine if each.exercise == result.lesson),
    )


def unused(adjustments: Sequence[Adjustment], joined: Sequence[Grade]) -> tuple[str, ...]:
    """Name the adjustments that changed nothing, or that look like a slip, and why.

    Parameters
    ----------
    adjustments : sequence of Adjustment
    joined : sequence of Grade
        What :func:`grades` made of them.

    Returns
    -------
    tuple of str
        A sentence each, with the line of the file.
    """
    return tuple(filter(None, (_remark(each, joined) for each in adjustments)))


def _remark(adjustment: Adjustment, joined: Sequence[Grade]) -> str:
    where = f"adjustments.csv, line {adjustment.line}"
    mine = [grade for grade in joined if same_name(adjustment.student, grade.result.student)]
    if not mine:
        return f"{where}: no submission is by {adjustment.student!r}; nothing was changed"
    known = [grade for grade in mine if adjustment in (*grade.decided.values(), *grade.added)]
    if not known:
        there = sorted({label(c) for grade in mine for c in grade.result.checks})
        lessons = sorted({grade.result.lesson for grade in mine} - {""})
        return (
            f"{where}: {adjustment.student!r} handed in nothing named {adjustment.exercise!r}; "
            f"nothing was changed. There is {', '.join([*there, *lessons]) or 'nothing readable'}"
        )
    checks = [c for g in known for c in g.result.checks if label(c) == adjustment.exercise]
    for check in checks:
        if adjustment.points is not None and not 0 <= adjustment.points <= check.points:
            return (
                f"{where}: {adjustment.points:g} points for {adjustment.exercise}, which is worth "
                f"{check.points:g}; taken as written"
            )
    return ""
