"""Finds the check cells of the reference in a submission, whatever was done to them."""

import ast
import re
import warnings
from collections import defaultdict
from dataclasses import dataclass

from .reading import StudentCell, StudentNotebook
from .references import Reference, ReferenceCheck

# What makes a tool run a cell in another way, or not at all, or believe another outcome.
_TAGS = re.compile(r"(skip|raises?)[-_ ]?\w*|nbval[-_ ].*|frozen", re.I)
_MOST_CODE = 2_000
_COMMENT = re.compile(r"^\s*(#\s*(?:NBVAL|PYTEST)_\w+|%%?\w+)", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True)
class Match:
    """Where the checks of the reference stand in a submission.

    Attributes
    ----------
    checks : dict of int to ReferenceCheck
        By the number of the cell.
    dropped : frozenset of int
        Numbers of further cells that are checks, or pretend to be: they are not run.
    notes : tuple of str
    """

    checks: dict[int, ReferenceCheck]
    dropped: frozenset[int]
    notes: tuple[str, ...]


def match_checks(notebook: StudentNotebook, reference: Reference) -> Match:
    """Find the check cells by ``grade_id``; without a mark, by their code.

    Of several cells with one mark the first counts; a copy without mark counts only where no
    cell has the mark.

    Parameters
    ----------
    notebook : StudentNotebook
    reference : Reference

    Returns
    -------
    Match
    """
    marked, copies = _candidates(notebook, reference)
    checks: dict[int, ReferenceCheck] = {}
    dropped: set[int] = set()
    notes: dict[int, list[str]] = defaultdict(list)
    for check in reference.checks:
        cells = marked[check.grade_id] + copies[check.grade_id]
        for cell in cells[:1]:
            checks[cell.number] = check
            notes[cell.number] += _changes(cell, check)
        for cell in cells[1:]:
            dropped.add(cell.number)
            notes[cell.number].append(_repetition(cell, cells[0], check))
    lines = _lost_marks(notebook, reference, checks)
    lines += [line for number in sorted(notes) for line in notes[number]]
    return Match(checks, frozenset(dropped), tuple(lines))


def _candidates(
    notebook: StudentNotebook, reference: Reference
) -> tuple[dict[str, list[StudentCell]], dict[str, list[StudentCell]]]:
    """Give the cells of each check: those with its mark, and copies of its code without one."""
    by_id = {check.grade_id: check for check in reference.checks}
    by_code = {_meaning(check.source): check for check in reference.checks}
    marked: dict[str, list[StudentCell]] = defaultdict(list)
    copies: dict[str, list[StudentCell]] = defaultdict(list)
    for cell in notebook.cells:
        if cell.grade_id in by_id:
            marked[cell.grade_id].append(cell)
        elif cell.kind == "code" and (check := by_code.get(_meaning(cell.source))):
            copies[check.grade_id].append(cell)
    return marked, copies


def _changes(cell: StudentCell, check: ReferenceCheck) -> list[str]:
    """Say in which ways a check cell is not as it was handed out."""
    name = f"Cell {cell.number}, the check of {check.exercise},"
    notes = []
    if cell.kind != "code":
        notes.append(f"{name} was turned into {cell.kind} text: it was made all the same.")
    markers = _COMMENT.findall(cell.source)
    if markers:
        notes.append(f"{name} was marked with {markers[0][:40]}: the original was used.")
    elif not _is_same(cell.source, check.source):
        notes.append(
            f"{name} was changed: the original was used, and what was written there is not run."
        )
    tags = [tag for tag in cell.tags if _TAGS.fullmatch(tag)]
    if tags:
        notes.append(f"{name} was tagged {', '.join(tags[:5])[:80]}: it was made all the same.")
    return notes


def _repetition(cell: StudentCell, first: StudentCell, check: ReferenceCheck) -> str:
    what = f"Cell {cell.number} repeats the check of {check.exercise}"
    if _is_same(cell.source, check.source):
        return f"{what}: it is made once, at cell {first.number}."
    return f"{what} with other code: it was not run, and the check is made at cell {first.number}."


def _lost_marks(
    notebook: StudentNotebook, reference: Reference, checks: dict[int, ReferenceCheck]
) -> list[str]:
    marks = {cell.grade_id for cell in notebook.cells}
    if marks & reference.grade_ids or not checks:
        return []
    return ["The marks of its cells are gone: its checks were recognised by their code."]


def _is_same(source: str, original: str) -> bool:
    return source.split() == original.split() or _meaning(source) == _meaning(original)


def _meaning(source: str) -> str:
    """Give what is the same for code that differs only in spaces, quotes and comments."""
    # Nothing long is a check, and parsing what learners write costs time and memory.
    if "check" not in source or len(source) > _MOST_CODE:
        return source
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.dump(ast.parse(source.strip()))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source.strip()
