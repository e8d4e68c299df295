"""Collects the answers in words of a submission, which a person grades."""

from ..records import FreeText
from .reading import StudentCell, StudentNotebook
from .references import Reference, ReferenceText, is_unanswered


def free_texts(
    notebook: StudentNotebook, reference: Reference
) -> tuple[tuple[FreeText, ...], tuple[str, ...]]:
    """Collect the answers in words.

    Parameters
    ----------
    notebook : StudentNotebook
    reference : Reference

    Returns
    -------
    answers : tuple of FreeText
        One for each of the reference, with an empty text where there is no answer.
    notes : tuple of str
        What a person should know about cells that hold answers.
    """
    answers, notes = [], _retyped_answers(notebook, reference)
    for asked in reference.texts:
        cells = [cell for cell in notebook.cells if cell.grade_id == asked.grade_id]
        if not cells:
            notes.append(f"The cell for the answer in words {asked.grade_id} is missing.")
        if len(cells) > 1:
            notes.append(f"There are {len(cells)} cells {asked.grade_id}: all are shown.")
        parts = [part for cell in cells for part in _parts(notebook, reference, asked, cell)]
        number = cells[0].number if cells else None
        text = "\n\n".join(dict.fromkeys(parts))
        answers.append(FreeText(asked.grade_id, text, asked.points, asked.question, number))
    return tuple(answers), tuple(notes)


def _parts(
    notebook: StudentNotebook, reference: Reference, asked: ReferenceText, cell: StudentCell
) -> list[str]:
    """Give what a learner wrote: in the cell, or after it where the cell sets a task."""
    parts = [] if is_unanswered(cell.source, asked.source) else [cell.source.strip()]
    if asked.is_task:
        for following in notebook.cells[notebook.cells.index(cell) + 1 :]:
            if following.grade_id in reference.grade_ids:
                break
            own = following.source.strip()
            if own and own not in reference.given:
                parts.append(own)
    return parts


def _retyped_answers(notebook: StudentNotebook, reference: Reference) -> list[str]:
    return [
        f"Cell {cell.number}, the answer {cell.grade_id.removesuffix('-answer')}, was turned into "
        f"{cell.kind} text: its code is not run."
        for cell in notebook.cells
        if cell.grade_id in reference.answer_cells and cell.kind != "code"
    ]
