"""Decides what an interviewer asks next, from what the answer mentioned."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from coursekit.questions import KeyPoint, Question

if TYPE_CHECKING:
    from .reviewing import Review

Reviewer = Callable[[Question, str], "Review"]
Kind = Literal["question", "missed point", "harder"]
MAX_FOLLOW_UPS = 2


@dataclass(frozen=True)
class Prompt:
    """What the interviewer says.

    Parameters
    ----------
    kind : {"question", "missed point", "harder"}
        The question itself, one that asks for a missed key point, or one that goes further.
    text : str
        The words.
    point : str, optional
        The text of the key point that is asked for.
    answer : str, optional
        The bank's answer to a follow-up of the bank.
    """

    kind: Kind
    text: str
    point: str | None = None
    answer: str | None = None


@dataclass(frozen=True)
class Answer:
    """One answer to one prompt.

    Parameters
    ----------
    prompt : Prompt
        What was asked.
    text : str
        What was typed; empty for a spoken answer, and where the candidate passed.
    seconds : float
        The time from the prompt to the answer's end.
    rated : tuple of str, optional
        For a spoken answer: the texts of the key points that the candidate says to have mentioned.
    """

    prompt: Prompt
    text: str
    seconds: float
    rated: tuple[str, ...] | None = None

    @property
    def is_passed(self) -> bool:
        """Tell whether the candidate passed."""
        return self.rated is None and not self.text.strip()

    def to_json(self) -> dict[str, Any]:
        """Give the answer as a plain dictionary; :func:`answer_from_json` reads it."""
        return asdict(self)


def answer_from_json(record: dict[str, Any]) -> Answer:
    """Read what :meth:`Answer.to_json` gave."""
    rated = record["rated"]
    return Answer(
        Prompt(**record["prompt"]),
        str(record["text"]),
        float(record["seconds"]),
        None if rated is None else tuple(rated),
    )


def opening(question: Question) -> Prompt:
    """Ask a question; a part of a split question names the part."""
    part = f" (Here: {question.part.replace('-', ' ')}.)" if question.part else ""
    return Prompt("question", f"{question.question}{part}")


def mentioned_points(question: Question, answer: Answer, reviewer: Reviewer) -> frozenset[str]:
    """Give the texts of the key points that one answer mentions, by review or self-rating."""
    if answer.rated is not None:
        return frozenset(answer.rated)
    found = reviewer(question, answer.text).key_points
    return frozenset(point.text for point in found if point.mentioned)


def follow_up(question: Question, answers: Sequence[Answer], reviewer: Reviewer) -> Prompt | None:
    """Choose the follow-up to the answers so far, or None where the next question comes.

    A missed key point, the heaviest first, is asked for: in the words of one of the bank's
    follow-ups if its question and its answer are about the point, else by its own first words. An
    answer that misses nothing gets the bank's harder follow-up. Nobody is asked twice for one
    point, more than twice for one question, or on after passing.

    Parameters
    ----------
    question : Question
        The question under discussion.
    answers : sequence of Answer
        One or more, in their order.
    reviewer : callable
        Finds key points in a text, as :func:`coursekit.practice.review` does.

    Returns
    -------
    Prompt or None
    """
    if answers[-1].is_passed or len(answers) > MAX_FOLLOW_UPS:
        return None
    if answers[-1].prompt.kind == "harder":
        return None
    mentioned = {text for each in answers for text in mentioned_points(question, each, reviewer)}
    asked = {answer.prompt.point for answer in answers}
    missed = [point for point in question.key_points if point.text not in mentioned]
    if not missed:
        return _harder(question, asked={answer.prompt.text for answer in answers})
    open_points = [point for point in missed if point.text not in asked]
    if not open_points:
        return None
    return _ask_for(question, max(open_points, key=lambda point: point.weight), reviewer)


def _harder(question: Question, asked: Collection[str]) -> Prompt | None:
    for each in question.follow_ups:
        if each.question not in asked:
            return Prompt("harder", each.question, answer=each.answer)
    return None


def _ask_for(question: Question, point: KeyPoint, reviewer: Reviewer) -> Prompt:
    for each in question.follow_ups:
        if _is_about(question, point, each.question, reviewer) and _is_about(
            question, point, each.answer, reviewer
        ):
            return Prompt("missed point", each.question, point.text, each.answer)
    text = f"You did not mention \u201c{_first_words(point.text)}\u201d: what about it?"
    return Prompt("missed point", text, point.text)


def _is_about(question: Question, point: KeyPoint, text: str, reviewer: Reviewer) -> bool:
    return any(
        found.mentioned for found in reviewer(question, text).key_points if found.text == point.text
    )


def _first_words(text: str) -> str:
    """Give the topic of a key point without its explanation, which the candidate is to give."""
    head = re.split(r"[:;]\s|,\s(?=because|so|since|which|while|but)", text, maxsplit=1)[0]
    return head.rstrip(".")
