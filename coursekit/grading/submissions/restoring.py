"""Makes a plan of a submission: the learner's cells as they are, the checks as the course has them.

A check is never taken from the submission: its place is, and only that.
"""

import dataclasses
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from ..records import SCHEMA, FreeText, Plan, Step, Submission
from .answering import free_texts
from .matching import Match, match_checks
from .reading import StudentCell, StudentNotebook, read_cells
from .recognising import recognise
from .references import Reference, ReferenceCheck

_SKIPPING_TAGS = {"skip-execution", "nbval-skip"}
_SKIPPING_COMMENT = re.compile(r"^\s*#\s*NBVAL_SKIP\b", re.MULTILINE)


def plan(submission: Submission, references: Mapping[str, Reference]) -> Plan:
    """Make the plan of a submission.

    Every code cell of the learner's runs, in order, whatever its tags ask for. Every check of
    the reference is made once: where its cell stands, or where it was missing, after the answer.

    Parameters
    ----------
    submission : Submission
    references : mapping of str to Reference
        From :func:`coursekit.grading.submissions.references.references`.

    Returns
    -------
    Plan

    Raises
    ------
    UnreadableError
        If it cannot be read, or nothing tells which exercises it holds.
    """
    notebook = read_cells(submission)
    name = PurePosixPath(submission.member or submission.path.as_posix()).name
    reference, notes = recognise(notebook, name, references)
    match = match_checks(notebook, reference)
    steps, step_notes = _steps(notebook, reference, match)
    texts, text_notes = free_texts(notebook, reference)
    all_notes = (*notebook.notes, *notes, *match.notes, *step_notes, *text_notes)
    return Plan(
        student=submission.student,
        shown=submission.shown,
        lesson=reference.lesson,
        steps=steps,
        free_texts=texts,
        notes=all_notes,
        fingerprint=_fingerprint(reference, steps, texts, all_notes),
    )


def note_duplicates(plans: Iterable[Plan]) -> list[Plan]:
    """Note in the plans of a class where a student handed in several notebooks of one lesson.

    Which of them counts is not decided here: names and times of files do not tell it reliably.

    Parameters
    ----------
    plans : iterable of Plan

    Returns
    -------
    list of Plan
        In the same order.
    """
    plans = list(plans)
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in plans:
        places[each.student, each.lesson].append(each.shown)
    return [_with_duplicates(each, places[each.student, each.lesson]) for each in plans]


def _with_duplicates(one: Plan, places: list[str]) -> Plan:
    others = ", ".join(place for place in places if place != one.shown)
    if not others:
        return one
    note = f"Other notebooks of this lesson were handed in too: {others}."
    fingerprint = hashlib.sha256(f"{one.fingerprint} {note}".encode()).hexdigest()
    return dataclasses.replace(one, notes=(*one.notes, note), fingerprint=fingerprint)


def _steps(
    notebook: StudentNotebook, reference: Reference, match: Match
) -> tuple[tuple[Step, ...], list[str]]:
    """Put the learner's cells and the checks in order, and say what was put back where."""
    restored, notes = _put_back(notebook, reference, match)
    steps = []
    for cell in notebook.cells:
        if cell.number in match.checks:
            steps.append(_check_step(match.checks[cell.number], cell.number))
        elif cell.number not in match.dropped and cell.kind == "code" and cell.source.strip():
            steps.append(Step("student", cell.source, cell.number))
            notes += _skipping_notes(cell)
        steps += [_check_step(check, None) for check in restored.get(cell.number, ())]
    steps += [_check_step(check, None) for check in restored.get(None, ())]
    return tuple(steps), notes


def _put_back(
    notebook: StudentNotebook, reference: Reference, match: Match
) -> tuple[dict[int | None, list[ReferenceCheck]], list[str]]:
    """Find the cell after which each missing check goes; None stands for the end."""
    present = {check.grade_id for check in match.checks.values()}
    restored: dict[int | None, list[ReferenceCheck]] = defaultdict(list)
    notes = []
    for check in reference.checks:
        if check.grade_id not in present:
            place = _place(notebook, check, match)
            restored[place].append(check)
            where = f"after cell {place}" if place else "at the end"
            notes.append(f"The check of {check.exercise} was missing: it was put back {where}.")
    return restored, notes


def _place(notebook: StudentNotebook, check: ReferenceCheck, match: Match) -> int | None:
    """Find the answer's cell: the marked one if it holds the answer, else the last that does."""
    own = [cell for cell in notebook.cells if cell.number not in {*match.checks, *match.dropped}]
    marked = [cell for cell in own if check.answer_cell and cell.grade_id == check.answer_cell]
    holding = [cell for cell in own if cell.kind == "code" and _defines(cell.source, check.answer)]
    chosen = [cell for cell in marked if cell in holding] or holding or marked
    return chosen[-1].number if chosen else None


def _defines(source: str, name: str) -> bool:
    """Tell whether code gives a name its value; by its text, for it may be broken elsewhere."""
    name = re.escape(name)
    return (
        re.search(rf"^(async\s+)?(def|class)\s+{name}\b|^{name}\s*=[^=]", source, re.M) is not None
    )


def _check_step(check: ReferenceCheck, cell: int | None) -> Step:
    return Step(
        kind="check",
        cell=cell,
        grade_id=check.grade_id,
        exercise=check.exercise,
        answer=check.answer,
        points=check.points,
    )


def _skipping_notes(cell: StudentCell) -> list[str]:
    tags = sorted(_SKIPPING_TAGS & {tag.casefold() for tag in cell.tags})
    if not tags and not _SKIPPING_COMMENT.search(cell.source):
        return []
    return [f"Cell {cell.number} asks to be skipped ({(tags or ['NBVAL_SKIP'])[0]}): it was run."]


def _fingerprint(
    reference: Reference,
    steps: tuple[Step, ...],
    texts: tuple[FreeText, ...],
    notes: tuple[str, ...],
) -> str:
    """Stand for all that a result depends on but the student's name."""
    run = [dataclasses.astuple(step) for step in steps]
    words = [dataclasses.astuple(text) for text in texts]
    facts = json.dumps([SCHEMA, reference.lesson, reference.digest, run, words, notes])
    return hashlib.sha256(facts.encode()).hexdigest()
