"""Makes flash cards of questions, for other programs: their text, picture, name and date."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from coursekit.questions import Question
from coursekit.questions.bank_files import BANK_FOLDER

from . import card_html
from .evidence_figures import (
    Evidence,
    EvidenceError,
    Picture,
    choose_evidence,
    make_picture,
    read_evidence,
)

DECK_NAME = "Prove It"
PARTS = (
    "Short answer",
    "Key points",
    "Evidence",
    "Myths",
    "Follow-ups",
    "Deep answer",
    "Lesson",
    "Sources",
)
_FOLDED = {"Deep answer", "Sources"}
_YEAR_2000 = 946_684_800
_LAYOUT_FILE = Path(card_html.__file__)


@dataclass(frozen=True)
class FlashCard:
    """A question ready to pack.

    Attributes
    ----------
    question : Question
    fields : dict of str to str
        The card's parts as HTML.
    picture : Picture or None
        The figure of its evidence.
    changed : int
        When it last changed, in seconds since 1970.
    """

    question: Question
    fields: dict[str, str]
    picture: Picture | None
    changed: int

    @property
    def guid(self) -> str:
        """Give the name by which a program finds the card again, whatever else changes."""
        return ":".join(filter(None, ("prove-it", self.question.id, self.question.part)))

    @property
    def deck(self) -> str:
        """Give its deck: one under the course's for each lesson."""
        return f"{DECK_NAME}::{self.question.lesson.replace('_', ' ')}"

    @property
    def tags(self) -> list[str]:
        """Give the question's tags, its lesson and its difficulty; none holds a space."""
        lesson = f"lesson::{self.question.lesson}"
        return [*self.question.tags, lesson, f"difficulty::{self.question.difficulty}"]


def make_flash_cards(
    questions: Sequence[Question], notebooks: Mapping[str, Path], bank_folder: Path = BANK_FOLDER
) -> tuple[FlashCard, ...]:
    """Make a flash card of each question.

    Parameters
    ----------
    questions : sequence of Question
    notebooks : mapping of str to Path
        The lessons' notebooks by name, whose stored outputs hold the evidence. Without its lesson
        a question's card has no evidence.
    bank_folder : Path
        Where the questions' files are: a card is as new as the newest file it was made from.

    Returns
    -------
    tuple of FlashCard

    Raises
    ------
    EvidenceError
        If a notebook is damaged.
    """
    lessons = {question.lesson for question in questions}
    paths = {lesson: notebooks[lesson] for lesson in lessons if lesson in notebooks}
    found = {lesson: read_evidence(path) for lesson, path in paths.items()}
    return tuple(
        _flash_card(
            question,
            choose_evidence(question.claims, found.get(question.lesson, {})),
            _changed(bank_folder / f"{question.lesson}.yaml", paths.get(question.lesson)),
        )
        for question in questions
    )


def section(name: str, html: str) -> str:
    """Put a part of the card under its heading; what is long and seldom read comes folded.

    Parameters
    ----------
    name : str
        One of ``PARTS``.
    html : str
        What it says, or its place in a template.

    Returns
    -------
    str
    """
    if name in _FOLDED:
        return f'<details class="part"><summary>{name}</summary>{html}</details>'
    return f"<h3>{name}</h3><div>{html}</div>"


def _flash_card(question: Question, evidence: Evidence | None, changed: int) -> FlashCard:
    picture = None
    if evidence is not None and evidence.figure is not None:
        try:
            picture = make_picture(evidence.figure)
        except EvidenceError as error:
            raise EvidenceError(f"{question.lesson}.ipynb: {evidence.claim}: {error}") from error
    fields = card_html.card_fields(question, evidence, picture)
    return FlashCard(question, fields, picture, changed)


def _changed(bank_file: Path, notebook: Path | None) -> int:
    """Give the date of the newest file that makes a card, or now where files carry no dates."""
    now = int(time.time())
    files = (bank_file, notebook, _LAYOUT_FILE)
    dates = [int(file.stat().st_mtime) for file in files if file is not None and file.exists()]
    newest = max(dates, default=now)
    # Some installers stamp every file with 1970: such a date would hide every change.
    return min(newest, now) if newest >= _YEAR_2000 else now
