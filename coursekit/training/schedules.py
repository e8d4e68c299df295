"""Learning-rate schedules: functions from the step to a factor of the learning rate.

A step is one update; the first has number 0. Each function here returns a schedule, which
any function of the step can replace.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Schedule = Callable[[int], float]


def constant(n_steps: int | None = None) -> Schedule:
    """Return the schedule that keeps the learning rate as it is.

    Parameters
    ----------
    n_steps : int, optional
        Ignored; taken so that all schedules can be made in the same way.

    Returns
    -------
    callable
        From the step to 1.
    """

    def factor(step: int) -> float:
        return 1.0

    return _named(factor, "constant()")


def cosine(n_steps: int, *, final: float = 0.0) -> Schedule:
    """Return the schedule that falls along half a cosine from 1 to `final`.

    Parameters
    ----------
    n_steps : int
        Steps until `final` is reached.
    final : float
        Factor at the end and after it.

    Returns
    -------
    callable
        From the step to the factor.

    References
    ----------
    Loshchilov and Hutter, SGDR, ICLR 2017, equation 5; without restarts.
    """
    _check_positive("n_steps", n_steps)

    def factor(step: int) -> float:
        progress = min(step, n_steps) / n_steps
        return final + (1 - final) * 0.5 * (1 + math.cos(math.pi * progress))

    return _named(factor, f"cosine(n_steps={n_steps}, final={final:g})")


def warmup_cosine(n_steps: int, *, warmup_steps: int | None = None, final: float = 0.0) -> Schedule:
    """Return the schedule that rises in a line from 0 to 1, then falls along half a cosine.

    Parameters
    ----------
    n_steps : int
        Steps in all, the rise included.
    warmup_steps : int, optional
        Steps of the rise; by default a tenth of `n_steps`.
    final : float
        Factor at the end and after it.

    Returns
    -------
    callable
        From the step to the factor.

    Raises
    ------
    ValueError
        If the rise leaves no step for the fall.

    References
    ----------
    Goyal et al., Accurate, large minibatch SGD, 2017, section 2.2, for the rise.
    """
    rise = max(1, n_steps // 10) if warmup_steps is None else warmup_steps
    _check_positive("warmup_steps", rise)
    if rise >= n_steps:
        raise ValueError(f"warmup_steps={rise} must be smaller than n_steps={n_steps}.")
    fall = cosine(n_steps - rise, final=final)

    def factor(step: int) -> float:
        return step / rise if step < rise else fall(step - rise)

    label = f"warmup_cosine(n_steps={n_steps}, warmup_steps={rise}, final={final:g})"
    return _named(factor, label)


def step_decay(drop_every: int, *, drop: float = 0.1) -> Schedule:
    """Return the schedule that multiplies the learning rate by `drop` at regular steps.

    Parameters
    ----------
    drop_every : int
        Steps between two drops.
    drop : float
        What each drop multiplies by.

    Returns
    -------
    callable
        From the step to the factor.
    """
    _check_positive("drop_every", drop_every)

    def factor(step: int) -> float:
        return float(drop ** (step // drop_every))

    return _named(factor, f"step_decay(drop_every={drop_every}, drop={drop:g})")


#: The schedules known by name, made for a run of so many steps.
SCHEDULES: dict[str, Callable[[int], Schedule]] = {
    "constant": constant,
    "cosine": cosine,
    "warmup_cosine": lambda n_steps: warmup_cosine(n_steps) if n_steps > 1 else constant(),
    "step_decay": lambda n_steps: step_decay(math.ceil(n_steps / 3)),
}


def find_schedule(schedule: str | Schedule | None, n_steps: int) -> Schedule:
    """Return a schedule for a run of `n_steps` steps.

    Parameters
    ----------
    schedule : str, callable or None
        A name in :data:`SCHEDULES` (``step_decay`` then drops twice, at a third and at two
        thirds), a function of the step, or None for a constant learning rate.
    n_steps : int
        Steps of the whole run.

    Returns
    -------
    callable
        From the step to the factor.

    Raises
    ------
    ValueError
        If the name is unknown.
    """
    if schedule is None:
        return constant()
    if callable(schedule):
        return schedule
    if schedule not in SCHEDULES:
        raise ValueError(
            f"schedule={schedule!r}: choose one of {', '.join(SCHEDULES)}, "
            "or give a function of the step."
        )
    return SCHEDULES[schedule](n_steps)


def factors(schedule: str | Schedule | None, n_steps: int) -> NDArray[np.float64]:
    """Return the factor at every step of a run.

    Parameters
    ----------
    schedule : str, callable or None
        As in :func:`find_schedule`.
    n_steps : int
        Steps of the whole run.

    Returns
    -------
    ndarray of float64, shape (n_steps,)
    """
    factor = find_schedule(schedule, n_steps)
    return np.array([factor(step) for step in range(n_steps)], dtype=np.float64)


def _named(factor: Schedule, name: str) -> Schedule:
    # A sweep labels its rows with this name.
    factor.__name__ = factor.__qualname__ = name
    return factor


def _check_positive(name: str, value: int) -> None:
    if value < 1:
        raise ValueError(f"{name}={value} must be at least 1.")
