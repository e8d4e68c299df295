"""Turns the outcome of a check into its record, and keeps one check from changing the next."""

import random
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from coursekit.checks import Exercise
from coursekit.checks.grading import expected
from coursekit.checks.outcomes import Outcome
from coursekit.checks.running import observe
from coursekit.checks.values import difference

from ..records import CheckResult
from .cell_outputs import clean_text

_LONGEST_MESSAGE = 6000
_WRONG_CONSTANT = 123456.789


def result_of(empty: CheckResult, outcome: Outcome) -> CheckResult:
    """Give the record of an outcome.

    Parameters
    ----------
    empty : CheckResult
        Which check it is, and what it is worth; the exercise's own points if that is nothing.
    outcome : Outcome
    """
    points = empty.points or outcome.points
    return replace(
        empty,
        outcome=outcome.outcome,
        points=points,
        earned=points if outcome.outcome == "right" else 0.0,
        message=clean_text(outcome.message, _LONGEST_MESSAGE),
        mistake=outcome.mistake,
        misunderstanding=outcome.misunderstanding,
        hints=outcome.hints,
        found="",
    )


def crashed_result(empty: CheckResult, exercise: Exercise, message: str) -> CheckResult:
    """Give the record of a check that found no function to call, or got no answer."""
    outcome = Outcome(exercise.id, "", "crashed", exercise.points, 0, message)
    return result_of(empty, replace(outcome, hints=tuple(exercise.hints)))


def try_wrong_answer(exercise: Exercise) -> None:
    """Make sure that a wrong answer is not taken for a right one.

    Raises
    ------
    RuntimeError
        If it is.
    """
    observation = observe(exercise, lambda *_, **__: _WRONG_CONSTANT, exercise.cases()[0])
    tolerance = {"rtol": exercise.rtol, "atol": exercise.atol}
    value = expected(exercise)[0]
    if observation.error is None and difference(observation.value, value, **tolerance) is None:
        raise RuntimeError("it took a wrong answer for a right one")


@contextmanager
def undisturbed() -> Iterator[None]:
    """Check in a state of this process that no submission before has changed."""
    states = random.getstate(), np.random.get_state()  # noqa: NPY002 (what a reference may use)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            random.seed(0)
            np.random.seed(0)  # noqa: NPY002
            yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])  # noqa: NPY002
