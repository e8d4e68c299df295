"""The check itself: from a learner's function to one of four outcomes."""

from collections.abc import Callable, Sequence
from typing import Any

from .attempts import record_attempt
from .catalogue import find_exercise, lesson_of
from .definitions import Exercise, Mistake
from .outcomes import CheckFailed, Outcome
from .running import NotAttemptedError, Observation, call_text, observe, own_line
from .values import UnusableValueError, difference, plain, show

# The exercises are kept too, so that no other one can have the id of one that is gone.
_expected: dict[int, tuple[Exercise, list[Any]]] = {}


def check(exercise_id: str, answer: Callable[..., Any]) -> None:
    """Check an answer, show what was found, and raise unless it is right.

    Parameters
    ----------
    exercise_id : str
        The exercise's id, such as ``"14_adam_step"``.
    answer : callable
        Your function.

    Raises
    ------
    CheckFailed
        If the answer is wrong, crashes, or is not attempted. A notebook shows its message only.
    LookupError
        If there is no such exercise.
    TypeError
        If ``answer`` is not a function.
    """
    if not isinstance(exercise_id, str) or not callable(answer):
        raise TypeError(
            f"check() takes the exercise's id and your function, as in "
            f"check('14_adam_step', adam_step); it got {show(exercise_id, 40)} and "
            f"{show(answer, 40)}"
        )
    outcome = assess(find_exercise(exercise_id), answer)
    record_attempt(outcome)
    _display(outcome)
    if outcome.outcome != "right":
        raise CheckFailed(outcome.headline)


def assess(exercise: Exercise, answer: Callable[..., Any]) -> Outcome:
    """Find the outcome of an answer, without showing or recording it.

    Parameters
    ----------
    exercise : Exercise
    answer : callable

    Returns
    -------
    Outcome
    """
    cases = exercise.cases()
    try:
        observations = [observe(exercise, answer, case) for case in cases]
    except NotAttemptedError as stub:
        message = f"Not attempted yet. {exercise.task} {stub}".rstrip()
        return _outcome(exercise, "not attempted", message)
    for observation, value in zip(observations, expected(exercise), strict=True):
        message = _fault(exercise, answer, observation, value)
        if message:
            kind = "crashed" if observation.in_answer else "wrong"
            mistake = recognise(exercise, observations)
            return _outcome(exercise, kind, message, mistake)
    return _right_or_careless(exercise, observations)


def expected(exercise: Exercise) -> list[Any]:
    """Give what the reference gives in each case, as plain values; computed once a process."""
    known = _expected.get(id(exercise))
    if known is None or known[0] is not exercise:
        values = [plain(exercise.observe(exercise.reference, case)) for case in exercise.cases()]
        known = _expected[id(exercise)] = (exercise, values)
    return known[1]


def recognise(exercise: Exercise, observations: Sequence[Observation]) -> Mistake | None:
    """Find the mistake whose values are those of the answer, in every case."""
    for mistake in exercise.mistakes:
        try:
            if all(
                observe(exercise, mistake.answer, observation.case).matches(observation, exercise)
                for observation in observations
            ):
                return mistake
        except NotAttemptedError:  # a mistake may be to return nothing
            continue
    return None


def _fault(
    exercise: Exercise, answer: Callable[..., Any], observation: Observation, expected: Any
) -> str:
    """Say in plain lines what is wrong with one case; nothing, if it is right."""
    call = call_text(answer, observation.case)
    error = observation.error
    if isinstance(error, UnusableValueError):
        return f"{call}\n  came back: {error}\n  expected:  {show(expected)}"
    if error is not None and observation.in_answer:
        line = own_line(answer, error)
        return "\n  ".join(filter(None, [call, f"{type(error).__name__}: {error}", line]))
    if error is not None:
        back = show(observation.value)
        return f"{call}\n  came back: {back}\n  which could not be used: {error}"
    found = difference(observation.value, expected, rtol=exercise.rtol, atol=exercise.atol)
    if found is None:
        return ""
    return (
        f"{call}\n  came back: {show(observation.value)}\n  expected:  {show(expected)}\n"
        f"  difference: {found}"
    )


def _right_or_careless(exercise: Exercise, observations: Sequence[Observation]) -> Outcome:
    for observation in observations:
        if observation.changed_argument:
            message = (
                f"The values are right, but the function changes its argument "
                f"{observation.changed_argument} in place; whoever calls it loses what it held. "
                f"Work on a copy."
            )
            return _outcome(exercise, "wrong", message)
    n_cases = len(observations)
    return _outcome(exercise, "right", f"All {n_cases} cases agree with the reference.")


def _outcome(
    exercise: Exercise, kind: Any, message: str, mistake: Mistake | None = None
) -> Outcome:
    lesson = lesson_of(exercise.id)
    misunderstanding = ""
    if mistake:
        misunderstanding = (
            f"{mistake.misunderstanding} See {mistake.see} in lesson {exercise.id[:2]}."
        )
    return Outcome(
        exercise=exercise.id,
        lesson=lesson,
        outcome=kind,
        points=exercise.points,
        earned=exercise.points if kind == "right" else 0,
        message=message,
        mistake=mistake.name if mistake else None,
        misunderstanding=misunderstanding,
        hints=tuple(exercise.hints),
    )


def _display(outcome: Outcome) -> None:
    import sys

    if "IPython" in sys.modules and sys.modules["IPython"].get_ipython() is not None:
        from IPython.display import display

        display(outcome)
    else:
        print(outcome.to_text())
