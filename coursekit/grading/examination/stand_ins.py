"""What stands for ``coursekit.checks`` in a learner's process, which holds no answer."""

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from coursekit.checks.outcomes import OUTCOME_MIME_TYPE, CheckFailed

_CHECKS = "coursekit.checks"


def check(exercise_id: str, answer: Callable[..., Any]) -> None:
    """Say that an answer is checked elsewhere."""
    print(f"{exercise_id}: graded after the notebook was handed in.")


def exercises(lesson: str | None = None) -> tuple[Any, ...]:
    """Give no exercises: they are not in this process."""
    return ()


def find_exercise(exercise_id: str) -> Any:
    """Find no exercise: they are not in this process."""
    raise LookupError(f"{exercise_id!r} is graded after the notebook was handed in.")


def solved_exercises() -> frozenset[str]:
    """Give no ids: nothing is remembered in this process."""
    return frozenset()


def assess(exercise: Any, answer: Callable[..., Any]) -> Any:
    """Assess nothing: the exercises are not in this process."""
    raise LookupError("The answer is graded after the notebook was handed in.")


def take_the_place_of_checks() -> None:
    """Put a module without exercises in the place of the real one, and forget how we got here.

    To import one of those modules anew is noticed, as ``auditing`` says.
    """
    if getattr(sys.modules.get(_CHECKS), "__path__", None) == []:
        return
    stand_in = ModuleType(_CHECKS, "Checks, which are made after the notebook was handed in.")
    stand_in.__path__ = []  # a package, so that what is in the real one is looked for, and missed
    names = {item.__name__: item for item in (check, exercises, find_exercise, solved_exercises)}
    vars(stand_in).update(
        names, assess=assess, CheckFailed=CheckFailed, OUTCOME_MIME_TYPE=OUTCOME_MIME_TYPE
    )
    for name in [*sys.modules]:
        if name.startswith((_CHECKS, "coursekit.grading")):
            del sys.modules[name]
    sys.modules[_CHECKS] = stand_in
    package = sys.modules["coursekit"]
    package.checks = stand_in  # type: ignore[attr-defined]
    vars(package).pop("grading", None)
    vars(package).pop("check", None)
