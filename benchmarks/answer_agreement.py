"""Compares what a review finds with the labels of the answers."""

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.labelled_answers import Answer
from coursekit.practice.reviewing import PointFound, Review, review


def agreement(
    answers: Sequence[Answer],
    labels: Callable[[Answer], frozenset[int]],
    points: Callable[[Review], tuple[PointFound, ...]],
) -> dict[str, float | int | None]:
    """Compare what the review finds with the labels, over all points of all answers.

    Parameters
    ----------
    answers : sequence of Answer
        The labelled answers.
    labels : callable
        Gives the numbers of the points that an answer states.
    points : callable
        Gives the points of a review.

    Returns
    -------
    dict
        Counts, and precision and recall; None where nothing was found, or nothing is to be found.
    """
    hits = n_found = n_stated = 0
    for answer in answers:
        found = points(review(answer.question, answer.text))
        numbers = {number for number, point in enumerate(found) if point.mentioned}
        stated = labels(answer)
        hits += len(numbers & stated)
        n_found += len(numbers)
        n_stated += len(stated)
    return {
        "precision": hits / n_found if n_found else None,
        "recall": hits / n_stated if n_stated else None,
        "hits": hits,
        "false": n_found - hits,
        "missed": n_stated - hits,
    }


def measure_agreement(answers: Sequence[Answer]) -> dict[str, Any]:
    """Measure precision and recall of key points and red flags by kind of answer.

    Parameters
    ----------
    answers : sequence of Answer
        The labelled answers.

    Returns
    -------
    dict
    """
    kinds = {kind: [a for a in answers if a.kind == kind] for kind in ("good", "partial", "wrong")}
    kinds |= {"all": list(answers)}
    return {
        kind: {
            "n_answers": len(chosen),
            "key_points": agreement(chosen, lambda a: a.key_points, lambda r: r.key_points),
            "red_flags": agreement(chosen, lambda a: a.red_flags, lambda r: r.red_flags),
        }
        for kind, chosen in kinds.items()
    }
