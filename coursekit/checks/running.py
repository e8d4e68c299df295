"""Runs a learner's function on the cases, and keeps apart whose fault an error is."""

import copy
import linecache
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .definitions import Case, Exercise
from .values import UnusableValueError, difference, plain, show

_NOTHING_CAME_BACK = "It returned None: if it is written, it lacks a return."


class NotAttemptedError(Exception):
    """Raised when the function is still the stub, or as good as one; the message says more."""


@dataclass
class Answer:
    """A learner's function, watched: each call gets its own copies of the arguments."""

    function: Callable[..., Any]
    last_value: Any = None
    running: bool = False
    changed_argument: str | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function, and note what came back and whether an argument was changed."""
        args_copy, kwargs_copy = _copies(args, kwargs)
        self.running = True
        try:
            value = self.function(*args_copy, **kwargs_copy)
        except NotImplementedError:
            raise NotAttemptedError from None
        self.running = False
        if value is None:
            raise NotAttemptedError(_NOTHING_CAME_BACK)
        if value is Ellipsis:
            raise NotAttemptedError
        self.last_value = value
        self._note_changes(dict(enumerate(args)) | kwargs, dict(enumerate(args_copy)) | kwargs_copy)
        return value

    def _note_changes(self, before: dict[Any, Any], after: dict[Any, Any]) -> None:
        for name, value in before.items():
            try:
                changed = difference(plain(after[name]), plain(value), rtol=0, atol=0)
            except UnusableValueError:
                continue  # a generator or a function: it may change while it is used
            if changed:
                self.changed_argument = f"number {name + 1}" if isinstance(name, int) else name


def _copies(args: tuple, kwargs: dict[str, Any]) -> tuple[tuple, dict[str, Any]]:
    try:
        return copy.deepcopy((args, kwargs))
    except (TypeError, NotImplementedError):  # a model or a data set: passed as it is
        return args, dict(kwargs)


@dataclass(frozen=True)
class Observation:
    """What one case gave: a plain value, or the error that came instead."""

    case: Case
    value: Any = None
    error: BaseException | None = None
    in_answer: bool = False
    changed_argument: str | None = None

    def matches(self, other: "Observation", exercise: Exercise) -> bool:
        """Tell whether two observations of one case are the same."""
        if self.error is not None or other.error is not None:
            return type(self.error) is type(other.error)
        tolerance = {"rtol": exercise.rtol, "atol": exercise.atol}
        return difference(self.value, other.value, **tolerance) is None


def observe(exercise: Exercise, function: Callable[..., Any], case: Case) -> Observation:
    """Run one case.

    Raises
    ------
    NotAttemptedError
        If the function is still the stub.
    """
    answer = Answer(function)
    try:
        value = plain(exercise.observe(answer, case))
    except (NotAttemptedError, KeyboardInterrupt):
        raise
    except UnusableValueError as error:
        return Observation(case, None, error)
    except BaseException as error:  # whatever learners raise, SystemExit included, is theirs
        return Observation(case, answer.last_value, error, in_answer=answer.running)
    changed = answer.changed_argument if exercise.keeps_arguments else None
    return Observation(case, value, changed_argument=changed)


def call_text(function: Callable[..., Any], case: Case) -> str:
    """Write the call of a case as code, with what the case is about."""
    arguments = [show(arg, 160) for arg in case.args]
    arguments += [f"{name}={show(value, 160)}" for name, value in case.kwargs.items()]
    call = f"{getattr(function, '__name__', 'answer')}({', '.join(arguments)})"
    return f"{call}   # {case.name}" if case.name else call


def own_line(function: Callable[..., Any], error: BaseException) -> str:
    """Give the last line of the learner's own code that an error passed through.

    An error that comes from another process brings it along, as ``learner_line``.
    """
    given = vars(error).get("learner_line")
    if isinstance(given, str):
        return given
    home = getattr(getattr(function, "__code__", None), "co_filename", None)
    found, traceback = "", error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if code.co_filename == home:
            line = linecache.getline(code.co_filename, traceback.tb_lineno).strip()
            found = f"line {traceback.tb_lineno} of your cell: {line}" if line else ""
        traceback = traceback.tb_next
    return found
