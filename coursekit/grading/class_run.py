"""Grades a whole class: reads, examines, and writes every result as it comes."""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from .records import CheckResult, Plan, Submission, SubmissionResult

if TYPE_CHECKING:
    from .reports.journal import Journal
    from .submissions.references import Reference

Spread = Callable[[Sequence[Plan]], Iterator[SubmissionResult]]
#: Names the key points that an answer in words mentions: question id and text to key points.
Mentioned = Callable[[str, str], tuple[str, ...]]


class Watcher(Protocol):
    """Whoever shows how far the work is."""

    def begin(self, n_done: int, n_waiting: int) -> None:
        """Take note of how many submissions need no work, and how many do."""

    def show(self, result: SubmissionResult) -> None:
        """Take note of a result."""


@dataclass(frozen=True)
class Reading:
    """What was found.

    Attributes
    ----------
    plans : tuple of Plan
        What is to be run.
    unreadable : tuple of SubmissionResult
        Those of the submissions that cannot be read.
    """

    plans: tuple[Plan, ...]
    unreadable: tuple[SubmissionResult, ...]


def read_class(source: Path, output: Path) -> Reading:
    """Find and read all submissions.

    Parameters
    ----------
    source : Path
        A notebook, a folder or an archive.
    output : Path
        Where the grades go; what lies there is no submission.

    Returns
    -------
    Reading

    Raises
    ------
    SourceError
        If there is no such file or folder, or the grades are to go where it lies.
    """
    from .submissions.finding import SourceError, find_submissions
    from .submissions.references import references
    from .submissions.restoring import note_duplicates

    if source.resolve().is_relative_to(output.resolve()):
        raise SourceError(
            f"{source} lies in {output}, where the grades are to go: choose another folder for "
            "them with --output"
        )
    known = references()
    plans, unreadable = [], []
    for submission in _outside(find_submissions(source), output):
        read = _read(submission, known)
        if isinstance(read, Plan):
            plans.append(read)
        else:
            unreadable.append(read)
    return Reading(tuple(note_duplicates(plans)), tuple(unreadable))


def _outside(submissions: Iterable[Submission], output: Path) -> Iterator[Submission]:
    place = output.resolve()
    for submission in submissions:
        folder = submission.path.parent.resolve()  # the file itself may be a link
        if not (folder / submission.path.name).is_relative_to(place):
            yield submission


def _read(submission: Submission, known: Mapping[str, "Reference"]) -> Plan | SubmissionResult:
    from .submissions.reading import UnreadableError
    from .submissions.restoring import plan

    try:
        if submission.problem:
            raise UnreadableError(submission.problem)
        return plan(submission, known)
    except UnreadableError as reason:
        return SubmissionResult(
            submission.student, submission.shown, status="unreadable", reason=str(reason)
        )


def with_free_texts(plan: Plan, result: SubmissionResult, mentioned: Mentioned) -> SubmissionResult:
    """Add the answers in words, which a person grades, with the key points that they mention."""
    manual = tuple(
        CheckResult(
            exercise=answer.grade_id,
            outcome="manual",
            points=answer.points,
            earned=None,
            grade_id=answer.grade_id,
            message=answer.text,
            key_points=mentioned(answer.question, answer.text) if answer.question else (),
        )
        for answer in plan.free_texts
    )
    return dataclasses.replace(result, checks=(*result.checks, *manual)) if manual else result


def examine_class(
    reading: Reading, journal: "Journal", spread: Spread, watcher: Watcher, mentioned: Mentioned
) -> Iterator[SubmissionResult]:
    """Examine what an earlier run has not, and keep each result as it comes.

    Parameters
    ----------
    reading : Reading
    journal : Journal
        Open; every result is in it when it is yielded.
    spread : callable
        Examines plans, here or on a cluster.
    watcher : Watcher
    mentioned : callable
        Finds key points in answers in words.

    Yields
    ------
    SubmissionResult
        Each that is new, the unreadable ones first.
    """
    waiting = [plan for plan in reading.plans if journal.finished(plan) is None]
    watcher.begin(len(reading.plans) - len(waiting), len(waiting))
    by_place = {(plan.shown, plan.student): plan for plan in waiting}
    for result in reading.unreadable:
        journal.add(result)
        yield result
    for found in spread(waiting):
        result = with_free_texts(by_place[found.shown, found.student], found, mentioned)
        journal.add(result)
        watcher.show(result)
        yield result
