"""Exercises of lesson 08: L1 and L2."""

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from coursekit.checks.definitions import Case, Exercise, Mistake

_of_threshold = partial(Mistake, see="DS-4")
_of_ridge = partial(Mistake, see="HT-7")
_of_step = partial(Mistake, see="DS-36")
_of_loss = partial(Mistake, see="LF-11")


def _soft(z: Any, t: float) -> Any:
    """Return the middle one of z - t, 0 and z + t: another form of soft thresholding."""
    return np.median(np.stack([z - t, np.zeros_like(z), z + t]), axis=0)


def _threshold_cases() -> list[Case]:
    rng = np.random.default_rng(0)
    return [
        Case((np.array([3.0, 1.5, 0.5]), 1.0), name="3 t, 1.5 t and t / 2"),
        Case((np.array([-3.0, -1.5, -0.5, 0.0]), 1.0), name="negative weights"),
        Case((np.array([-0.2, 0.2]), 0.2), name="exactly t"),
        Case((rng.normal(size=(2, 3)), 0.4), name="a kernel of shape (2, 3)"),
        Case((rng.normal(size=5), 0.0), name="t = 0 changes nothing"),
    ]


soft_threshold = Exercise(
    id="08_soft_threshold",
    task="Minimise half the squared distance to z plus t times the absolute value.",
    points=2,
    questions=("DS-4",),
    reference=_soft,
    cases=_threshold_cases,
    mistakes=(
        _of_threshold(
            "hard-threshold",
            lambda z, t: np.where(np.abs(z) > t, z, 0.0),
            "You set small weights to zero and leave the others as they are. The price of L1 has "
            "the same slope everywhere, so every weight that stays is t smaller.",
        ),
        _of_threshold(
            "divides",
            lambda z, t: z / (1 + t),
            "You divide by 1 + t, which is what L2 does. A weight that is divided never becomes "
            "zero; L1 subtracts.",
        ),
        _of_threshold(
            "sign-lost",
            lambda z, t: np.maximum(np.abs(z) - t, 0.0),
            "You shrink the size and forget the sign: a negative weight comes back positive.",
        ),
        _of_threshold(
            "clipped",
            lambda z, t: np.clip(z, -t, t),
            "You clip to the interval from -t to t. That keeps just the part which has to go: what "
            "remains of z is z minus this clipped value.",
        ),
    ),
    hints=(
        "Work on the size and the sign apart: np.abs(z) and np.sign(z).",
        "The size loses t and stops at zero: np.maximum(np.abs(z) - t, 0).",
    ),
)


def _ridge_cases() -> list[Case]:
    rng = np.random.default_rng(1)
    X = rng.normal(2, 1, size=(20, 3))
    y = X @ [1.0, -2.0, 0.5] + rng.normal(size=20)
    wide = rng.normal(size=(5, 8))
    return [
        Case((X, y, 4.0), name="20 rows, 3 columns"),
        Case((X, y + 100, 4.0), name="targets around 100"),
        Case((wide, rng.normal(size=5), 0.5), name="more columns than rows"),
        Case((X, y, 1e6), name="a huge strength leaves the mean"),
    ]


def _ridge_by_scikit_learn(X: Any, y: Any, alpha: float) -> tuple[Any, float]:
    from sklearn.linear_model import Ridge

    model = Ridge(alpha, solver="svd").fit(X, y)
    return model.coef_, float(model.intercept_)


def _solve(X: Any, y: Any, alpha: float) -> tuple[Any, float]:
    """Solve ridge from the centred normal equations."""
    centred = X - X.mean(axis=0)
    gram = centred.T @ centred + alpha * np.eye(X.shape[1])
    coef = np.linalg.lstsq(gram, centred.T @ (y - y.mean()), rcond=None)[0]
    return coef, y.mean() - X.mean(axis=0) @ coef


def _intercept_penalised(X: Any, y: Any, alpha: float) -> tuple[Any, float]:
    wide = np.column_stack([np.ones(len(X)), X])
    gram = wide.T @ wide + alpha * np.eye(wide.shape[1])
    weights = np.linalg.lstsq(gram, wide.T @ y, rcond=None)[0]
    return weights[1:], weights[0]


ridge = Exercise(
    id="08_ridge",
    task="Fit ridge regression with a free intercept.",
    points=3,
    questions=("HT-7", "DS-4"),
    reference=_ridge_by_scikit_learn,
    cases=_ridge_cases,
    mistakes=(
        _of_ridge(
            "intercept-penalised",
            _intercept_penalised,
            "You penalise the intercept with the weights. It only says where the targets lie: with "
            "targets around 100 all predictions come out too low. Centre X and y first.",
        ),
        _of_ridge(
            "times-rows",
            lambda X, y, alpha: _solve(X, y, alpha * len(X)),
            "You multiply by the number of rows, as for a mean loss. Here the errors are summed.",
        ),
        _of_ridge(
            "minus-alpha",
            lambda X, y, alpha: _solve(X, y, -alpha),
            "You subtract alpha on the diagonal, so the weights are pushed away from zero. The "
            "gradient of the penalty has the same sign as the weights: add it.",
        ),
        _of_ridge(
            "root-of-alpha",
            lambda X, y, alpha: _solve(X, y, np.sqrt(alpha)),
            "You add the square root of alpha to the diagonal of X'X. The root belongs there only "
            "if you append rows to X itself.",
        ),
    ),
    hints=(
        "Subtract the means of X and y: the intercept is then zero and can be left out.",
        "Solve (Xc' Xc + alpha I) w = Xc' yc with np.linalg.solve (np.linalg.lstsq where it may be "
        "singular); the intercept is mean(y) - mean(X) @ w.",
    ),
    rtol=1e-4,
    atol=1e-6,
)


def _prox_cases() -> list[Case]:
    rng = np.random.default_rng(2)

    def case(shape: tuple[int, ...], rate: float, strength: float, name: str) -> Case:
        weights, gradient = rng.normal(0, 0.3, size=(2, *shape))
        bias, bias_gradient = rng.normal(0, 1, size=(2, *shape[1:]))
        return Case((weights, bias, gradient, bias_gradient, rate, strength), name=name)

    step = (np.array([0.3, -0.3]), np.array(0.02), np.array([3.0, -3.0]), np.array(0.0), 0.1, 0.5)
    across = np.array([0.2, -0.2, 0]), np.array(0.5), np.array([5.0, -5, 4]), np.array(1.0)
    return [
        case((20,), 0.1, 1.0, "one output"),
        case((6, 4), 0.1, 0.8, "a kernel of shape (6, 4)"),
        case((6, 4), 0.01, 5.0, "a small rate and a large strength"),
        Case(step, name="the gradient step itself ends at zero"),
        case((5,), 0.1, 0.0, "strength 0 is a gradient step"),
        Case((*across, 0.1, 1.0), name="the gradient step leads across zero"),
    ]


def _prox_by_minimising(
    weights: Any, bias: Any, grad_weights: Any, grad_bias: Any, learning_rate: float, l1: float
) -> tuple[Any, Any]:
    return (
        _soft(weights - learning_rate * grad_weights, learning_rate * l1),
        bias - learning_rate * grad_bias,
    )


prox_l1_step = Exercise(
    id="08_prox_l1_step",
    task="Take one proximal gradient step under an L1 penalty on the weights.",
    points=3,
    questions=("DS-36",),
    reference=_prox_by_minimising,
    cases=_prox_cases,
    mistakes=(
        _of_step(
            "subgradient-only",
            lambda w, b, gw, gb, rate, l1: (w - rate * (gw + l1 * np.sign(w)), b - rate * gb),
            "You add the sign to the gradient, as Keras does. Such a step jumps over zero and "
            "never stops there; threshold after the gradient step instead.",
        ),
        _of_step(
            "threshold-without-rate",
            lambda w, b, gw, gb, rate, l1: (_soft(w - rate * gw, l1), b - rate * gb),
            "You threshold by the strength itself. The penalty takes part in one step of this "
            "rate, so the threshold is rate times strength.",
        ),
        _of_step(
            "threshold-first",
            lambda w, b, gw, gb, rate, l1: (_soft(w, rate * l1) - rate * gw, b - rate * gb),
            "You threshold before the gradient step, which then moves every weight off zero again. "
            "The order is gradient step, then threshold.",
        ),
        _of_step(
            "stops-at-every-crossing",
            lambda w, b, gw, gb, rate, l1: (
                np.where((new := w - rate * (gw + l1 * np.sign(w))) * w < 0, 0.0, new),
                b - rate * gb,
            ),
            "You shrink by the old sign and set to zero what crosses. A gradient step may lead far "
            "across zero, where the weight then belongs: take it first, and threshold the result.",
        ),
        _of_step(
            "bias-shrunk",
            lambda w, b, gw, gb, rate, l1: (
                _soft(w - rate * gw, rate * l1),
                _soft(b - rate * gb, rate * l1),
            ),
            "You threshold the bias too. A bias shifts the output and makes it no more "
            "complicated: it takes a plain gradient step.",
        ),
    ),
    hints=(
        "Two moves: a plain gradient step on the loss, then soft thresholding of the weights.",
        "moved = weights - learning_rate * grad_weights; the threshold is learning_rate * "
        "l1_strength; the bias only takes its gradient step.",
    ),
)


def _loss_cases() -> list[Case]:
    rng = np.random.default_rng(3)

    def layers(*shapes: tuple[int, int]) -> tuple[list, list]:
        return [rng.normal(size=s) for s in shapes], [rng.normal(1, 0.2, size=s[1]) for s in shapes]

    y, p = rng.normal(size=(2, 12))
    half = [np.full((2, 3), 0.5)]
    return [
        Case((y, p, *layers((2, 3)), 0.01), name="one kernel of shape (2, 3)"),
        Case((y, p, *layers((4, 5), (5, 1)), 0.1), name="two layers"),
        Case((y, y, half, [np.ones(3)], 1.0), name="no error, all weights 0.5, all biases 1"),
    ]


def _penalised_by_definition(
    y_true: Any, y_pred: Any, kernels: Sequence[Any], biases: Sequence[Any], strength: float
) -> float:
    error = math.fsum((y_true - y_pred) ** 2) / len(y_true)
    return error + strength * math.fsum(w * w for kernel in kernels for w in np.ravel(kernel))


def _with_penalty(penalty: Any) -> Any:
    """Make an answer that adds another penalty of kernels and biases."""

    def answer(y_true: Any, y_pred: Any, kernels: Any, biases: Any, strength: float) -> Any:
        return np.mean((y_true - y_pred) ** 2) + strength * penalty(kernels, biases)

    return answer


penalised_loss = Exercise(
    id="08_penalised_loss",
    task="Return the loss that Keras reports for a mean squared error with L2 on all kernels.",
    points=2,
    questions=("LF-11",),
    reference=_penalised_by_definition,
    cases=_loss_cases,
    mistakes=(
        _of_loss(
            "half",
            _with_penalty(lambda kernels, biases: sum(np.sum(k**2) for k in kernels) / 2),
            "You put the textbook's factor of one half before the penalty. Keras has none: "
            "L2(0.01) adds 0.01 times the sum of squares.",
        ),
        _of_loss(
            "mean-of-squares",
            _with_penalty(lambda kernels, biases: sum(np.mean(k**2) for k in kernels)),
            "You average the squared weights. The penalty is their sum, so a larger layer pays "
            "more; only the loss is a mean, over the rows.",
        ),
        _of_loss(
            "biases-included",
            _with_penalty(lambda kernels, biases: sum(np.sum(k**2) for k in [*kernels, *biases])),
            "You penalise the biases as well. kernel_regularizer is for the kernel alone; a bias "
            "has an argument of its own.",
        ),
        _of_loss(
            "absolute-values",
            _with_penalty(lambda kernels, biases: sum(np.sum(np.abs(k)) for k in kernels)),
            "You sum absolute values, which is L1. L2 squares the weights.",
        ),
    ),
    hints=(
        "Two terms: a mean over the rows, and the strength times a sum over all kernels.",
        "sum(np.sum(kernel**2) for kernel in kernels); the biases do not occur.",
    ),
)
