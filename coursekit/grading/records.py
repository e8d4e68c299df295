"""The records of grading: what was handed in, what is run, and what came out."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

SCHEMA = 1
StepKind = Literal["student", "check"]
CheckOutcome = Literal["right", "wrong", "crashed", "not attempted", "review", "manual"]
Status = Literal["graded", "unreadable"]


@dataclass(frozen=True)
class Submission:
    """A learner's notebook as it was handed in, found but not yet read.

    Attributes
    ----------
    student : str
        The learner's name as the file or folder gives it, made safe to show and to store.
    path : Path
        The notebook, or the archive that holds it.
    member : str or None
        Its name within the archive.
    shown : str
        Where it was found, relative to the folder or archive that was given; safe to show.
    problem : str or None
        Why it cannot be read, in a plain sentence.
    """

    student: str
    path: Path
    member: str | None
    shown: str
    problem: str | None = None


@dataclass(frozen=True)
class Step:
    """One cell to run, or one check to make.

    Attributes
    ----------
    kind : {"student", "check"}
    source : str
        The learner's code; empty for a check.
    cell : int or None
        Number of the cell in the submitted notebook, all kinds counted, from 1; None for a
        check that was missing.
    grade_id : str
        nbgrader's id of the check cell; empty for the learner's code.
    exercise : str
        The exercise's id, such as ``"14_adam_step"``.
    answer : str
        The expression that gives the learner's function, such as ``"adam_step"``.
    points : float
    """

    kind: StepKind
    source: str = ""
    cell: int | None = None
    grade_id: str = ""
    exercise: str = ""
    answer: str = ""
    points: float = 0.0


@dataclass(frozen=True)
class FreeText:
    """An answer in words, which a person grades.

    Attributes
    ----------
    grade_id : str
    text : str
    points : float
    question : str
        Id of the question that it answers, where the reference names it.
    cell : int or None
        Number of the cell in the submitted notebook.
    """

    grade_id: str
    text: str
    points: float
    question: str = ""
    cell: int | None = None


@dataclass(frozen=True)
class Plan:
    """A submission ready to run: its own cells, and the checks of the reference between them.

    Attributes
    ----------
    student, shown : str
        As in :class:`Submission`.
    lesson : str
        The lesson's name, such as ``"14_optimizers"``.
    steps : tuple of Step
    free_texts : tuple of FreeText
    notes : tuple of str
        What was repaired or replaced, in plain sentences.
    fingerprint : str
        Changes when the notebook, the reference or the checks change.
    """

    student: str
    shown: str
    lesson: str
    steps: tuple[Step, ...]
    free_texts: tuple[FreeText, ...] = ()
    notes: tuple[str, ...] = ()
    fingerprint: str = ""


@dataclass(frozen=True)
class CheckResult:
    """What one check found.

    Attributes
    ----------
    exercise, grade_id : str
    outcome : {"right", "wrong", "crashed", "not attempted", "review", "manual"}
        ``review``: something suspicious happened, and a person decides. ``manual``: an answer
        in words.
    points : float
        What a right answer earns.
    earned : float or None
        None as long as a person has not decided.
    message : str
        What happened, in lines of plain text; never trusted to be free of markup.
    mistake : str or None
    misunderstanding : str
    hints : tuple of str
    reasons : tuple of str
        Why a person should look, if the outcome is ``review``.
    found : str
        With ``review``, the outcome that the check itself found.
    key_points : tuple of str
        With ``manual``, the key points that the answer mentions.
    seconds : float
    """

    exercise: str
    outcome: CheckOutcome
    points: float
    earned: float | None
    grade_id: str = ""
    message: str = ""
    mistake: str | None = None
    misunderstanding: str = ""
    hints: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    found: str = ""
    key_points: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True)
class CellResult:
    """What one of the learner's own cells did.

    Attributes
    ----------
    cell : int
        Number of the cell in the submitted notebook, from 1.
    source : str
    outputs : tuple of dict
        In order; each is ``{"text": ...}`` or ``{"png": base64}``, nothing else: no HTML of
        the learner's is kept.
    error : str
        The error in one line; empty if there was none.
    seconds : float
    """

    cell: int
    source: str
    outputs: tuple[dict[str, str], ...] = ()
    error: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class SubmissionResult:
    """All that is known of one submission after grading.

    Attributes
    ----------
    student, shown, lesson : str
        As in :class:`Plan`; the lesson is empty where the file could not be read.
    status : {"graded", "unreadable"}
    reason : str
        Why it could not be graded.
    checks : tuple of CheckResult
    cells : tuple of CellResult
    notes : tuple of str
    isolation : str
        What was enforced while it ran.
    fingerprint : str
    seconds : float
    peak_megabytes : float
        Largest resident memory of the learner's process.
    """

    student: str
    shown: str
    lesson: str = ""
    status: Status = "graded"
    reason: str = ""
    checks: tuple[CheckResult, ...] = ()
    cells: tuple[CellResult, ...] = ()
    notes: tuple[str, ...] = ()
    isolation: str = ""
    fingerprint: str = ""
    seconds: float = 0.0
    peak_megabytes: float = 0.0

    @property
    def points(self) -> float:
        """Give the points that can be had."""
        return sum(check.points for check in self.checks)

    @property
    def earned(self) -> float:
        """Give the points that were earned; those that a person decides about count nothing yet."""
        return sum(check.earned or 0.0 for check in self.checks)

    @property
    def undecided(self) -> tuple[CheckResult, ...]:
        """Give the checks that wait for a person."""
        return tuple(check for check in self.checks if check.earned is None)

    def to_json(self) -> dict[str, Any]:
        """Give the record as plain data; :meth:`from_json` reads it back."""
        return {"schema": SCHEMA, **asdict(self)}

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> "SubmissionResult":
        """Read a record back.

        Raises
        ------
        ValueError
            If it is of another schema, or lacks a field.
        """
        if not isinstance(record, dict) or record.get("schema") != SCHEMA:
            raise ValueError("not a result of this version")
        facts = {name: value for name, value in record.items() if name != "schema"}
        try:
            checks = tuple(CheckResult(**_tuples(check)) for check in facts.pop("checks"))
            cells = tuple(CellResult(**_tuples(cell)) for cell in facts.pop("cells"))
            return cls(**_tuples(facts), checks=checks, cells=cells)
        except (TypeError, KeyError) as error:
            raise ValueError(f"not a result of this version: {error}") from error


def _tuples(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(v) if isinstance(v, list) else v for name, v in facts.items()}


def for_review(check: CheckResult, reasons: tuple[str, ...]) -> CheckResult:
    """Leave a check to a person, with what it found and why it is not believed."""
    return replace(check, outcome="review", earned=None, reasons=reasons, found=check.outcome)
