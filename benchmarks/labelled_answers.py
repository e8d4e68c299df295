"""Reads the labelled answers, and refuses labels that the bank has outgrown."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from coursekit.practice.reviewing import find_question
from coursekit.questions import Question

FOLDER = Path(__file__).parent / "answers"
NO_QUESTION = "no_question.yaml"


class LabelError(ValueError):
    """Raised when the bank no longer says what the labels were given for."""


@dataclass(frozen=True)
class Answer:
    """An answer with its labels.

    Parameters
    ----------
    question : str
        The label of the question that it answers.
    kind : str
        ``"good"``, ``"partial"`` or ``"wrong"``: fluent and in the right words, but wrong.
    written : str
        ``"before"`` the rules of matching were finished, or ``"after"``. Later and in other voices:
        ``"tuned"`` was looked at while red flags were mended, ``"held out"`` was not, and
        ``"last"`` was written when that was done.
    text : str
        The answer.
    key_points, red_flags : frozenset of int
        The numbers of those that it truly states, from 0.
    """

    question: str
    kind: str
    written: str
    text: str
    key_points: frozenset[int]
    red_flags: frozenset[int]


@cache
def read_answers(folder: Path = FOLDER) -> tuple[Answer, ...]:
    """Read the labelled answers to questions of the bank.

    Parameters
    ----------
    folder : Path
        The folder of the YAML files.

    Returns
    -------
    tuple of Answer

    Raises
    ------
    LabelError
        If a question's key points or red flags are not those that were labelled.
    """
    found = []
    for path in sorted(folder.glob("*.yaml")):
        if path.name == NO_QUESTION:
            continue
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["questions"]:
            _compare(path, entry, find_question(entry["question"]))
            found += [_answer(entry, record) for record in entry["answers"]]
    return tuple(found)


@cache
def read_other_texts(folder: Path = FOLDER) -> tuple[tuple[str, str], ...]:
    """Read the texts that answer no question.

    Parameters
    ----------
    folder : Path
        The folder of the YAML files.

    Returns
    -------
    tuple of (str, str)
        Kind, ``"off-topic"`` or ``"waffle"``, and text.
    """
    document = yaml.safe_load((folder / NO_QUESTION).read_text(encoding="utf-8"))
    return tuple((record["kind"], record["text"]) for record in document["answers"])


def _compare(path: Path, entry: dict, question: Question) -> None:
    for field in ("key_points", "red_flags"):
        if entry[field] != [point.text for point in getattr(question, field)]:
            raise LabelError(
                f"{path.name}: {question.label}: the bank has other {field} than were labelled: "
                f"look at the numbers under its answers again, and copy the new texts there"
            )


def _answer(entry: dict, record: dict) -> Answer:
    return Answer(
        question=entry["question"],
        kind=record["kind"],
        written=entry["written"],
        text=record["text"],
        key_points=frozenset(number - 1 for number in record["key_points"]),
        red_flags=frozenset(number - 1 for number in record["red_flags"]),
    )
