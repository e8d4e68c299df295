"""What an exercise is: cases, an independent reference, and the mistakes that people make."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

EXERCISE_ID = re.compile(r"\d{2}_[a-z0-9]+(_[a-z0-9]+)*")


@dataclass(frozen=True)
class Case:
    """One call of the learner's function.

    Parameters
    ----------
    args, kwargs : tuple and dict
        The arguments; every call gets its own copy of them.
    name : str
        What the case is about (``"the last batch is smaller"``), shown when it fails.
    """

    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    name: str = ""


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that runs, and the misunderstanding that it reveals.

    Parameters
    ----------
    name : str
        A name in lower case with hyphens, such as ``"no-bias-correction"``.
    answer : callable
        The wrong answer, with the signature of the exercise.
    misunderstanding : str
        What a learner who writes this seems to believe, and what is the case instead, addressed
        to the learner.
    see : str
        The question of the lesson that clears it up, such as ``"DL-25"``.
    """

    name: str
    answer: Callable[..., Any]
    misunderstanding: str
    see: str


def call_once(answer: Callable[..., Any], case: Case) -> Any:
    """Observe the value that one call returns."""
    return answer(*case.args, **case.kwargs)


@dataclass(frozen=True)
class Exercise:
    """One function to write, and how it is checked.

    Parameters
    ----------
    id : str
        The lesson's number and a name: ``"14_adam_step"``.
    task : str
        One sentence in the imperative.
    points : int
        What a right answer earns.
    questions : sequence of str
        The questions that the exercise belongs to.
    reference : callable
        An answer from a library or a definition; never the published solution.
    cases : callable
        Gives the cases; called anew for each check.
    mistakes : sequence of Mistake
        Each must fail the check and be told from the others by its values.
    hints : sequence of str
        From a nudge to nearly the answer.
    observe : callable
        ``observe(answer, case)`` gives what is compared, the returned value by default. A
        function that is used in a loop, or that draws at random, is observed by what must hold.
    rtol, atol : float
        Tolerances of the comparison, as in :func:`numpy.isclose`.
    keeps_arguments : bool
        Whether the function must leave its arguments as they were.

    Raises
    ------
    ValueError
        If the id is malformed, or two mistakes share a name.
    """

    id: str
    task: str
    points: int
    questions: Sequence[str]
    reference: Callable[..., Any]
    cases: Callable[[], Sequence[Case]]
    mistakes: Sequence[Mistake]
    hints: Sequence[str]
    observe: Callable[[Callable[..., Any], Case], Any] = call_once
    rtol: float = 1e-5
    atol: float = 1e-7
    keeps_arguments: bool = True

    def __post_init__(self) -> None:
        if not EXERCISE_ID.fullmatch(self.id):
            raise ValueError(f"{self.id!r} is no exercise id: write it like '14_adam_step'")
        names = [mistake.name for mistake in self.mistakes]
        if len(set(names)) < len(names):
            raise ValueError(f"{self.id}: two mistakes share a name: {sorted(names)}")
