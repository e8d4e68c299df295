"""Counts the mistakes of a class: which misunderstanding how many have."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from .grades import Grade, label, natural_order

#: How :func:`coursekit.checks.assess` ends a misunderstanding.
_SEE = re.compile(r"\s*See (?P<question>\S+) in lesson (?P<lesson>\d+)\.$")


@dataclass(frozen=True)
class SharedMistake:
    """A mistake, and who made it.

    Attributes
    ----------
    exercise, mistake : str
    misunderstanding : str
        What they seem to believe, and what is the case instead.
    question, lesson : str
        Where the course treats it, such as ``"DL-25"`` and ``"14"``; empty where it is not said.
    submissions : tuple of int
        Places in the sequence of grades.
    """

    exercise: str
    mistake: str
    misunderstanding: str
    question: str
    lesson: str
    submissions: tuple[int, ...]


def shared_mistakes(grades: Sequence[Grade]) -> tuple[SharedMistake, ...]:
    """Count the mistakes of a class; each learner's last submission of a lesson counts.

    Parameters
    ----------
    grades : sequence of Grade

    Returns
    -------
    tuple of SharedMistake
        The most frequent first.
    """
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    texts: dict[tuple[str, str], str] = {}
    for number, grade in enumerate(grades):
        for check in grade.result.checks if grade.counts else ():
            if check.mistake:
                places[label(check), check.mistake].append(number)
                texts.setdefault((label(check), check.mistake), check.misunderstanding)
    order = sorted(places, key=lambda key: (-len(places[key]), natural_order(*key)))
    return tuple(
        SharedMistake(*key, *split_reference(texts[key]), tuple(places[key])) for key in order
    )


def split_reference(misunderstanding: str) -> tuple[str, str, str]:
    """Take the pointer to the course off the end of a misunderstanding.

    Parameters
    ----------
    misunderstanding : str

    Returns
    -------
    text, question, lesson : str
        The last two are empty if there is no pointer.
    """
    found = _SEE.search(misunderstanding)
    if not found:
        return misunderstanding, "", ""
    return misunderstanding[: found.start()], found["question"], found["lesson"]
