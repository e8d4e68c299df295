"""Finds the exercises: every module ``lesson_NN_name.py`` beside this one declares its own."""

from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pathlib import Path

from .definitions import Exercise

_FOLDER = Path(__file__).parent


def exercises(lesson: str | None = None) -> tuple[Exercise, ...]:
    """Give the exercises of one lesson, or of all lessons.

    Parameters
    ----------
    lesson : str, optional
        A lesson's name such as ``"14_optimizers"``.

    Returns
    -------
    tuple of Exercise
        In the order in which they are declared.
    """
    names = [path.stem.removeprefix("lesson_") for path in sorted(_FOLDER.glob("lesson_*.py"))]
    return tuple(e for name in names if lesson in (None, name) for e in _declared(name))


def lesson_of(exercise_id: str) -> str:
    """Give the name of the lesson that an exercise belongs to."""
    found = sorted(_FOLDER.glob(f"lesson_{exercise_id[:2]}_*.py"))
    return found[0].stem.removeprefix("lesson_") if found else ""


def find_exercise(exercise_id: str) -> Exercise:
    """Find an exercise by its id.

    Only the module of its lesson is imported.

    Parameters
    ----------
    exercise_id : str
        Such as ``"14_adam_step"``.

    Returns
    -------
    Exercise

    Raises
    ------
    LookupError
        If there is none; the message names the nearest ids.
    """
    lesson = lesson_of(exercise_id)
    found = {exercise.id: exercise for exercise in (_declared(lesson) if lesson else ())}
    if exercise_id in found:
        return found[exercise_id]
    known = list(found) or [exercise.id for exercise in exercises()]
    near = get_close_matches(exercise_id, known, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}."
    raise LookupError(f"There is no exercise {exercise_id!r}; {hint}")


@cache
def _declared(lesson: str) -> tuple[Exercise, ...]:
    module = import_module(f"{__package__}.lesson_{lesson}")
    found = [value for value in vars(module).values() if isinstance(value, Exercise)]
    strays = [exercise.id for exercise in found if exercise.id[:2] != lesson[:2]]
    if strays:
        raise ValueError(f"lesson_{lesson}.py declares exercises of another lesson: {strays}")
    return tuple(found)
