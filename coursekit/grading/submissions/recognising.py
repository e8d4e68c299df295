"""Tells of which lesson a submitted notebook holds the exercises."""

import re
from collections import Counter
from collections.abc import Callable, Mapping

from .naming import lesson_in
from .reading import StudentNotebook, UnreadableError
from .references import Reference

_CHECK_CALL = re.compile(r"""\bcheck\(\s*["']([0-9a-z_]{1,80})["']""")
_DEFINITION = re.compile(r"^(?:async )?def (\w+)", re.MULTILINE)

Marks = Callable[[Reference], frozenset[str]]


def recognise(
    notebook: StudentNotebook, file_name: str, references: Mapping[str, Reference]
) -> tuple[Reference, tuple[str, ...]]:
    """Find the lesson whose exercises a notebook holds.

    Its metadata tells it, else its cells' ``grade_id``, else calls of ``check`` in its code, else
    the name of the file, else the functions that it defines.

    Parameters
    ----------
    notebook : StudentNotebook
    file_name : str
    references : mapping of str to Reference
        The lessons that can be graded.

    Returns
    -------
    reference : Reference
    notes : tuple of str
        What a person should know about the choice.

    Raises
    ------
    UnreadableError
        If nothing tells; the reason lists the lessons that there are.
    """
    stated = notebook.course_facts.get("lesson")
    counts = _counts(notebook, references)
    by_name = lesson_in(file_name, tuple(references))
    if isinstance(stated, str) and stated in references:
        chosen = stated
    elif counts:
        most = max(counts.values())
        best = [lesson for lesson in references if counts[lesson] == most]
        chosen = by_name if by_name in best else best[0]
    elif by_name:
        chosen = by_name
    else:
        chosen = _by_functions(notebook, references)
    return references[chosen], _notes(notebook, chosen, counts)


def _counts(notebook: StudentNotebook, references: Mapping[str, Reference]) -> Counter[str]:
    """Count how much of each lesson a notebook holds: cells with its marks, else its checks."""
    marks = Counter(cell.grade_id for cell in notebook.cells if cell.grade_id)
    counts = _matches(marks, references, lambda reference: reference.grade_ids)
    if counts:
        return counts
    calls = Counter(
        exercise
        for cell in notebook.cells
        if cell.kind == "code"
        for exercise in _CHECK_CALL.findall(cell.source)
    )
    return _matches(calls, references, _exercises)


def _matches(
    found: Counter[str], references: Mapping[str, Reference], marks: Marks
) -> Counter[str]:
    counts = {name: len(found.keys() & marks(each)) for name, each in references.items()}
    return Counter({name: count for name, count in counts.items() if count})


def _by_functions(notebook: StudentNotebook, references: Mapping[str, Reference]) -> str:
    defined = Counter(
        name
        for cell in notebook.cells
        if cell.kind == "code"
        for name in _DEFINITION.findall(cell.source)
    )
    counts = _matches(defined, references, _functions)
    if not counts:
        raise UnreadableError(
            "nothing tells which exercises it holds: put the lesson's name into the file's name, "
            f"one of {', '.join(references)}"
        )
    return counts.most_common(1)[0][0]


def _exercises(reference: Reference) -> frozenset[str]:
    return frozenset(check.exercise for check in reference.checks)


def _functions(reference: Reference) -> frozenset[str]:
    return frozenset(check.answer for check in reference.checks)


def _notes(notebook: StudentNotebook, chosen: str, counts: Counter[str]) -> tuple[str, ...]:
    others = [lesson for lesson in sorted(counts) if lesson != chosen]
    notes = []
    if others:
        notes.append(
            f"It also holds cells of {', '.join(others)}: only {chosen} was graded. "
            "Ask for one notebook a lesson."
        )
    if not counts and "title" in notebook.course_facts:
        notes.append(f"It looks like the lesson {chosen}, not like its exercises.")
    return tuple(notes)
