"""Lesson 14: gradient descent's path, schedules of the learning rate, one step of Adam."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .definitions import Case, Exercise, Mistake


def _mistakes(see: str, *rows: tuple[str, Callable[..., Any], str]) -> tuple[Mistake, ...]:
    return tuple(Mistake(name, answer, belief, see) for name, answer, belief in rows)


def _path(learning_rate: float, curvature: float, start: float, n_steps: int) -> Any:
    return start * (1 - learning_rate * curvature) ** np.arange(n_steps + 1)


def _path_cases() -> list[Case]:
    return [
        Case((0.1, 1.0, 1.0, 5), name="slow and steady"),
        Case((0.19, 10.0, 2.0, 8), name="rate x curvature 1.9: the sign flips at each step"),
        Case((0.41, 5.0, -1.5, 12), name="rate x curvature 2.05: it diverges"),
        Case((0.25, 4.0, 3.0, 3), name="one step to the minimum"),
        Case((0.3, 2.0, 1.0, 0), name="no step at all: only the start"),
    ]


gradient_descent_path = Exercise(
    id="14_gradient_descent_path",
    task="Return the path of gradient descent on a quadratic, its start included.",
    points=2,
    questions=("HT-4",),
    reference=_path,
    cases=_path_cases,
    mistakes=_mistakes(
        "HT-4",
        ("no-curvature", lambda rate, curvature, start, n: _path(rate, 1.0, start, n),
         "You step by learning_rate * w. The gradient of curvature/2 * w**2 is curvature * w: "
         "the same rate makes a larger step where the surface bends more."),
        ("uphill", lambda rate, curvature, start, n: _path(-rate, curvature, start, n),
         "You add the gradient. It points uphill; descent subtracts it."),
        ("start-left-out", lambda *args: _path(*args)[1:],
         "You return the weights after each step only. The start is the path's first point."),
        ("one-step-short", lambda *args: _path(*args)[: max(args[3], 1)],
         "You stop one step early: n_steps updates make n_steps + 1 points."),
        ("distance-only", lambda *args: np.abs(_path(*args)),
         "You return the distance to the minimum. The weight changes sign when a step "
         "overshoots, and this zigzag is what betrays a rate above 1/curvature."),
    ),
    hints=(
        "Begin a list with the start; append the weight after each of n_steps updates.",
        "The gradient of curvature / 2 * w**2 is curvature * w.",
        "w = w - learning_rate * curvature * w",
    ),
    rtol=1e-4,
    atol=1e-5,
)  # fmt: skip


def _by_interpolation(
    step: int, n_steps: int, warmup_steps: int, peak: float, floor: float
) -> float:
    # cos(a)**2 = (1 + cos(2 a)) / 2: the same curve by another formula.
    if step < warmup_steps:
        return float(np.interp(step, [0, warmup_steps], [0.0, peak]))
    angle = np.interp(step, [warmup_steps, n_steps], [0.0, np.pi / 2])
    return float(floor * np.sin(angle) ** 2 + peak * np.cos(angle) ** 2)


def _warmup_then(progress: Callable[[int, int, int], float]) -> Callable[..., float]:
    """Build a wrong schedule from a wrong progress along the cosine."""

    def answer(step: int, n_steps: int, warmup_steps: int, peak: float, floor: float) -> float:
        if step < warmup_steps:
            return peak * step / warmup_steps
        cosine = np.cos(np.pi * progress(step, n_steps, warmup_steps))
        return floor + (peak - floor) * 0.5 * (1 + cosine)

    return answer


def _schedule_cases() -> list[Case]:
    long = {"n_steps": 100, "warmup_steps": 20, "peak": 0.4, "floor": 0.04}
    no_warmup = {"n_steps": 50, "warmup_steps": 0, "peak": 1.0, "floor": 0.0}
    steps = {
        0: "the first step of all",
        10: "half of the warm-up",
        20: "the warm-up ends: the peak",
        60: "half of the fall",
        80: "three quarters of the fall",
        100: "the end: the floor",
        150: "beyond the end: still the floor",
    }
    cases = [Case((step,), dict(long), name) for step, name in steps.items()]
    return cases + [Case((step,), dict(no_warmup), "no warm-up") for step in (0, 20, 51)]


warmup_cosine = Exercise(
    id="14_warmup_cosine",
    task="Return the learning rate of one step of a warm-up with a cosine decay.",
    points=3,
    questions=("DL-24", "LF-14"),
    reference=_by_interpolation,
    cases=_schedule_cases,
    mistakes=_mistakes(
        "LF-14",
        ("cosine-over-all-steps", _warmup_then(lambda step, n, warmup: min(step / n, 1.0)),
         "You let the cosine begin at step 0, so that the rate jumps when the warm-up ends. "
         "The fall spans only the n_steps - warmup_steps steps that remain."),
        ("no-clamp", _warmup_then(lambda step, n, warmup: (step - warmup) / (n - warmup)),
         "You let the cosine go on beyond n_steps, where it rises again. A schedule stays at "
         "its floor when training goes on for longer than planned."),
        ("floor-ignored",
         lambda step, n_steps, warmup_steps, peak, floor: _by_interpolation(
             step, n_steps, warmup_steps, peak, 0.0),
         "You let the rate fall to 0. The cosine must end at the floor."),
        ("no-warm-up",
         lambda step, n_steps, warmup_steps, peak, floor: _by_interpolation(
             step, n_steps, 0, peak, floor),
         "You start at the peak. The warm-up rises in a line from 0 over warmup_steps steps."),
    ),
    hints=(
        "Two branches: step < warmup_steps, and the rest.",
        "In the fall, progress = (step - warmup_steps) / (n_steps - warmup_steps), at most 1.",
        "floor + (peak - floor) * 0.5 * (1 + cos(pi * progress))",
    ),
    rtol=1e-4,
    atol=1e-6,
)  # fmt: skip


def _by_stretches(losses: Any, rate: float, factor: float, patience: int, delta: float) -> Any:
    # No counter: in a stretch of epochs without progress, a drop comes every `patience` of them.
    best, last, earlier, drops = np.inf, -1, 0, []
    for epoch, loss in enumerate(losses):
        if loss < best - delta:
            earlier += (epoch - 1 - last) // patience
            best, last = loss, epoch
        drops.append(earlier + (epoch - last) // patience)
    return rate * factor ** np.array(drops, dtype=float)


def _counting(
    *, resets: bool = True, against_best: bool = True, subtracts: bool = False, waits: int = 0
) -> Callable[..., Any]:
    """Build the rule with a counter, and with one fault."""

    def answer(losses: Any, rate: float, factor: float, patience: int, delta: float) -> Any:
        best, waited, rates = np.inf, 0, []
        for loss in losses:
            improved = loss < best - delta
            waited = 0 if improved else waited + 1
            best = loss if improved or not against_best else best
            if waited >= patience + waits:
                rate = rate - factor if subtracts else rate * factor
                waited = 0 if resets else waited
            rates.append(rate)
        return np.array(rates)

    return answer


def _plateau_cases() -> list[Case]:
    noise = np.random.default_rng(14).random(30)
    noisy = np.round(np.exp(-np.arange(30) / 6) + 0.15 * noise, 3).tolist()
    return [
        Case(([5.0, 4.0, 3.0, 2.0, 1.0], 0.1, 0.5, 2, 0.0), name="it improves all the time"),
        Case(([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0], 0.1, 0.5, 3, 0.0), name="a long plateau"),
        Case(([1.0, 2.0, 1.9, 1.8, 1.7], 0.1, 0.1, 3, 0.0), name="better than before, not best"),
        Case(([1.0, 0.99, 0.98, 0.5, 0.49], 0.2, 0.5, 2, 0.05), name="too little to count"),
        Case(([3.0, 3.1, 2.0, 2.1, 2.2, 1.0], 0.05, 0.1, 2, 0.0), name="the wait starts anew"),
        Case(([2.0, float("nan"), float("nan"), 1.0], 0.4, 0.5, 2, 0.0), name="NaN: no progress"),
        Case((noisy, 0.3, 0.5, 2, 0.01), name="a noisy run of 30 epochs"),
    ]


plateau = Exercise(
    id="14_plateau",
    task="Return the learning rate after each epoch when it drops on a plateau.",
    points=3,
    questions=("LF-14",),
    reference=_by_stretches,
    cases=_plateau_cases,
    mistakes=_mistakes(
        "LF-14",
        ("drops-by-the-clock",
         lambda loss, rate, factor, n, _: rate * factor ** (np.arange(1, len(loss) + 1) // n),
         "You drop the rate every `patience` epochs, whatever the loss does. That is step "
         "decay; here a drop is triggered only when the loss has stopped improving."),
        ("wait-not-reset", _counting(resets=False),
         "You do not reset the count after a drop, so every further epoch drops the rate again."),
        ("previous-instead-of-best", _counting(against_best=False),
         "You compare with the epoch before. A loss that creeps down after a jump up is no "
         "progress yet: compare with the best so far."),
        ("subtracts-the-factor", _counting(subtracts=True),
         "You subtract the factor, and the rate can become negative. A drop multiplies by it."),
        ("min-delta-ignored", lambda *args: _by_stretches(args[0], args[1], args[2], args[3], 0.0),
         "You count every decrease as progress. One of less than min_delta does not count."),
        ("one-epoch-too-patient", _counting(waits=1),
         "You wait one epoch too long: the drop comes with the epoch that makes `patience` "
         "epochs without progress, not with the one after."),
    ),
    hints=(
        "Keep two things: the best loss so far, and the epochs since it or the rate changed.",
        "An epoch improves when loss < best - min_delta; then best = loss and waited = 0.",
        "Else waited += 1, and when waited reaches patience: learning_rate *= factor, waited = 0.",
    ),
    rtol=1e-4,
    atol=1e-8,
)  # fmt: skip


def _adam(
    correction: Callable[[float, int], float],
    numerator: Callable[[Any, Any], Any] = lambda gradient, mean: mean,
    keeps: Callable[[Any, Any], Any] = lambda average, corrected: average,
) -> Callable[..., Any]:
    """Build a step of Adam from a correction, a numerator, and which moments it hands on."""

    def answer(
        weights: Any, gradient: Any, first: Any, second: Any, step: int,
        learning_rate: float = 0.001, beta_1: float = 0.9, beta_2: float = 0.999,
        epsilon: float = 1e-8,
    ) -> Any:  # fmt: skip
        first = np.average([first, gradient], axis=0, weights=[beta_1, 1 - beta_1])
        second = np.average([second, np.square(gradient)], axis=0, weights=[beta_2, 1 - beta_2])
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = first / np.float64(correction(beta_1, step))
            mean_square = second / np.float64(correction(beta_2, step))
            move = numerator(gradient, mean) / (np.sqrt(mean_square) + epsilon)
        return weights - learning_rate * move, keeps(first, mean), keeps(second, mean_square)

    return answer


def _share_of_gradients(beta: float, step: int) -> float:
    # The definition: the average gave this much weight to gradients, the rest to its initial 0.
    return float(np.sum((1 - beta) * beta ** np.arange(step)))


def _over_steps(answer: Callable[..., Any], case: Case) -> Any:
    """Observe one step, then where further steps lead from what it returned."""
    weights, first, second = answer(*case.args, **case.kwargs)
    observed = {"after this step": (weights, first, second)}
    rng, signs, step = np.random.default_rng(0), np.sign(case.args[1]), case.args[4]
    for later in range(step + 1, step + 41):
        gradient = signs + rng.normal(size=np.shape(signs))
        weights, first, second = answer(weights, gradient, first, second, later, **case.kwargs)
    return observed | {"weights 40 steps later": weights}


def _adam_cases() -> list[Case]:
    rng = np.random.default_rng(14)
    vector, matrix, zeros = rng.normal(size=3), rng.normal(size=(2, 3)), np.zeros(3)
    moments = (0.3 * vector, np.array([0.2, 0.05, 0.9]))
    others = {"learning_rate": 0.05, "beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-6}
    return [
        Case((vector, np.array([0.5, -2.0, 8.0]), zeros, zeros, 1), name="the first step"),
        Case((vector, 5 * vector, *moments, 10), {"learning_rate": 0.1}, "step 10, with moments"),
        Case((matrix, matrix + 1, 0 * matrix, 0 * matrix, 1), others, "a matrix, other settings"),
    ]


adam_step = Exercise(
    id="14_adam_step",
    task="Return the weights and both moments after one step of Adam.",
    points=3,
    questions=("DL-25",),
    reference=_adam(_share_of_gradients),
    cases=_adam_cases,
    observe=_over_steps,
    mistakes=_mistakes(
        "DL-25",
        ("no-exponent", _adam(lambda beta, step: 1 - beta),
         "You divide by 1 - beta at every step. That is right at step 1 only; the correction "
         "is 1 - beta**step, which approaches 1 as the average forgets its start."),
        ("no-correction", _adam(lambda beta, step: 1.0),
         "You leave the bias correction out. Both averages start at 0 and are too small at "
         "first, the second one for longer, so that early steps are several times too large."),
        ("counts-from-zero", _adam(lambda beta, step: 1 - beta ** (step - 1)),
         "You use the exponent step - 1, which divides by zero at first: `step` counts from 1."),
        ("raw-gradient", _adam(_share_of_gradients, numerator=lambda gradient, mean: gradient),
         "You divide the gradient itself. That is RMSprop with a correction; Adam's numerator "
         "is the corrected running mean of the gradients."),
        ("hands-on-corrected", _adam(_share_of_gradients, keeps=lambda average, fixed: fixed),
         "You return the corrected moments, so that the next step corrects them again. The "
         "averages go on uncorrected; the corrected ones serve this step only."),
    ),
    hints=(
        "Update both moments, correct both, take the step; return the uncorrected moments.",
        "first = beta_1 * first + (1 - beta_1) * gradient, and likewise for gradient**2.",
        "weights - learning_rate * (first / (1 - beta_1**step)) / "
        "(sqrt(second / (1 - beta_2**step)) + epsilon)",
    ),
    rtol=1e-3,
    atol=1e-5,
)  # fmt: skip
