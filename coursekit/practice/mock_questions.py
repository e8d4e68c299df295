"""Chooses the questions of a mock interview: by lesson, difficulty, weakness and seed."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from coursekit.questions import Question

MINUTES_BY_DIFFICULTY = {1: 3, 2: 4, 3: 5}  # a question with its follow-ups, spoken or typed
SHARE_BY_DIFFICULTY = {1: 0.3, 2: 0.45, 3: 0.25}
_WEAKEST_WEIGHT = 5.0  # the weakest question is this many times as likely as the strongest
_LESSONS = re.compile(r"(\d{1,2})(?:-(\d{1,2})|_[a-z0-9_]+)?")


class MockInterviewError(ValueError):
    """Raised for a mock interview that cannot be held; the message says what to change."""


def questions_of_lessons(questions: Iterable[Question], lessons: str | None) -> list[Question]:
    """Select the questions of some lessons.

    Parameters
    ----------
    questions : iterable of Question
        The bank.
    lessons : str or None
        Numbers, ranges and names, such as ``"13-19"`` or ``"2, 14_optimizers"``; None for all.

    Returns
    -------
    list of Question

    Raises
    ------
    MockInterviewError
        If the text cannot be read, or no question is left.
    """
    found = list(questions)
    if lessons is not None:
        numbers = _lesson_numbers(lessons)
        found = [each for each in found if int(each.lesson[:2]) in numbers]
    if not found:
        where = f"for lessons {lessons!r}" if lessons is not None else "in the bank"
        raise MockInterviewError(f"there are no questions {where}: `coursekit questions` lists all")
    return found


def _lesson_numbers(text: str) -> set[int]:
    numbers: set[int] = set()
    for item in (item for item in re.split(r"[,\s]+", text.strip()) if item):
        match = _LESSONS.fullmatch(item)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if first > last:
            raise MockInterviewError(
                f"lessons {item!r} cannot be read: give numbers or ranges, such as 13-19 or 2,14"
            )
        numbers.update(range(first, last + 1))
    return numbers


def choose_questions(
    questions: Sequence[Question],
    minutes: float,
    seed: int,
    weakness: Mapping[str, float] | None = None,
) -> tuple[Question, ...]:
    """Draw the questions of an interview, the easier ones first.

    Each draw takes the difficulty that is furthest behind its share, then a question at random:
    weak ones are up to five times as likely as strong ones, and lessons that were drawn already
    less likely. Of a question that two lessons share, only one part is drawn.

    Parameters
    ----------
    questions : sequence of Question
        What to draw from.
    minutes : float
        The length of the interview; a question is planned with 3, 4 or 5 minutes by difficulty.
    seed : int
        Same questions, weakness and seed, same draw.
    weakness : mapping of str to float, optional
        By a question's label, from 0 (strong) to 1 (weak); what is not named counts as 0.5.

    Returns
    -------
    tuple of Question
        One at least, and no more than fit into the time.

    Raises
    ------
    MockInterviewError
        If there are no questions, ``minutes`` is not a positive number, or ``seed`` is negative.
    """
    if not 0 < minutes < float("inf"):
        raise MockInterviewError(f"minutes must be a positive number, not {minutes!r}")
    if seed < 0:
        raise MockInterviewError(f"seed must be 0 or more, not {seed}")
    if not questions:
        raise MockInterviewError("there are no questions to ask: choose other lessons")
    generator = np.random.default_rng(seed)
    chosen: list[Question] = []
    while fitting := _fitting(questions, chosen, minutes):
        chosen.append(_draw(fitting, chosen, weakness or {}, generator))
    return tuple(sorted(chosen, key=lambda question: question.difficulty))


def _fitting(
    questions: Sequence[Question], chosen: Sequence[Question], minutes: float
) -> list[Question]:
    """Give what may still be drawn; something always fits an interview that is empty."""
    asked = {question.id for question in chosen}
    left = minutes - sum(MINUTES_BY_DIFFICULTY[question.difficulty] for question in chosen)
    return [
        question
        for question in questions
        if question.id not in asked
        and (not chosen or MINUTES_BY_DIFFICULTY[question.difficulty] <= left)
    ]


def _draw(
    fitting: Sequence[Question],
    chosen: Sequence[Question],
    weakness: Mapping[str, float],
    generator: np.random.Generator,
) -> Question:
    counts = Counter(question.difficulty for question in chosen)
    difficulties = sorted({question.difficulty for question in fitting})
    wanted = max(
        difficulties, key=lambda each: SHARE_BY_DIFFICULTY[each] * (len(chosen) + 1) - counts[each]
    )
    candidates = [question for question in fitting if question.difficulty == wanted]
    from_lesson = Counter(question.lesson for question in chosen)
    weights = np.array(
        [
            _WEAKEST_WEIGHT ** min(max(weakness.get(question.label, 0.5), 0.0), 1.0)
            / (1 + from_lesson[question.lesson])
            for question in candidates
        ]
    )
    return candidates[generator.choice(len(candidates), p=weights / weights.sum())]
