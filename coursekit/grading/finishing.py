"""Writes what a teacher and the learners read, when all results are there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from .reports.adjustments import read_adjustments
from .reports.class_page import write_class_page
from .reports.feedback import write_feedback
from .reports.gradebook import write_gradebook
from .reports.grades import Grade, grades, unused
from .reports.journal import Journal
from .reports.platforms import write_format
from .reports.rosters import Roster


@dataclass(frozen=True)
class Finished:
    """What was written, and what the teacher should know.

    Attributes
    ----------
    grades : tuple of Grade
    files : tuple of Path
        The tables and pages for the teacher; not the learners' feedback.
    problems : tuple of str
        Sentences.
    """

    grades: tuple[Grade, ...]
    files: tuple[Path, ...]
    problems: tuple[str, ...]


def finish_class(
    journal: Journal,
    *,
    isolation: str,
    platforms: Sequence[str] = (),
    roster: Roster | None = None,
) -> Finished:
    """Write the results, the gradebook, the feedback and the page of the class.

    Parameters
    ----------
    journal : Journal
        Open, with the results of all submissions.
    isolation : str
        One sentence.
    platforms : sequence of str
        Learning platforms to write grades for: ``"canvas"``, ``"moodle"``, ``"gradescope"``.
    roster : Roster, optional
        The list of the class.

    Returns
    -------
    Finished

    Raises
    ------
    AdjustmentError
        If ``adjustments.csv`` cannot be understood.
    OutputError
        If something cannot be written.
    """
    output = journal.output
    adjustments = read_adjustments(output)
    joined = grades(journal, adjustments)
    problems = [*_damage(journal), *unused(adjustments, joined)]
    made_at = f"{datetime.now().astimezone():%Y-%m-%d %H:%M}"
    files = [
        journal.write_results(),
        write_gradebook(output, joined),
        write_class_page(output, joined, isolation=isolation, made_at=made_at, problems=problems),
    ]
    write_feedback(output, joined, journal)
    # Last: a roster that does not fit spoils nothing else.
    for platform in platforms:
        written = write_format(platform, output, joined, roster)
        files += written.paths
        problems += written.remarks
    return Finished(joined, tuple(files), tuple(dict.fromkeys(problems)))


def _damage(journal: Journal) -> list[str]:
    if not journal.n_damaged:
        return []
    return [f"{journal.path}: {journal.n_damaged} lines were damaged; they were graded again"]
