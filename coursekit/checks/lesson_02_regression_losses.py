"""The exercises of lesson 02: the constant that a loss prefers, Huber, RMSE over folds, R²."""

from collections.abc import Callable
from functools import partial
from statistics import mode
from typing import Any

import numpy as np

from coursekit.checks.definitions import Case, Exercise, Mistake


def _constant_cases() -> list[Case]:
    rng = np.random.default_rng(0)
    skewed = rng.lognormal(1, 1, size=25)
    few = np.array([1.0, 2.0, 2.0, 4.0, 9.0])
    return [
        Case((few, "squared"), name="few rows, some alike"),
        Case((few, "absolute"), name="few rows, some alike"),
        Case((np.array([1.0, 2.0, 6.0, 9.0]), "absolute"), name="an even number of rows"),
        Case((np.array([0.0, 0.0, 10.0]), "absolute"), name="most rows are 0"),
        Case((skewed, "pinball", 0.9), name="a unit too low costs nine times a unit too high"),
        Case((rng.normal(size=11), "pinball", 0.25), name="too high costs more"),
    ]


def _mean_loss(y: np.ndarray, constant: float, loss: str, q: float = 0.5) -> float:
    error = np.asarray(y) - constant
    return float(np.mean(error**2 if loss == "squared" else np.maximum(q * error, (q - 1) * error)))


def _observe_constant(answer: Callable[..., Any], case: Case) -> float:
    """Observe the loss that the constant reaches: where many are best, any of them will do."""
    y, *loss = case.args
    return _mean_loss(y, float(answer(*case.args)), *loss)


def _search_constant(y: np.ndarray, loss: str, q: float = 0.5) -> float:
    """Search numerically; the kinks of the pinball loss are at the targets themselves."""
    from scipy.optimize import minimize_scalar

    smooth = minimize_scalar(lambda c: _mean_loss(y, c, loss, q), bracket=(np.min(y), np.max(y)))
    return float(min([smooth.x, *y], key=lambda c: _mean_loss(y, c, loss, q)))


def _constant(y: np.ndarray, loss: str, q: float, **wrong: Callable[..., Any]) -> Any:
    """Give the constant by its statistic, or by a wrong one for a loss."""
    quantile = partial(np.quantile, q=q, method="inverted_cdf")
    right: dict[str, Any] = {"squared": np.mean, "absolute": np.median, "pinball": quantile}
    return (right | wrong)[loss](y)


best_constant = Exercise(
    id="02_best_constant",
    task="Return the constant prediction with the least mean loss.",
    points=3,
    questions=("DS-9", "MT-4", "LF-4"),
    reference=_search_constant,
    cases=_constant_cases,
    observe=_observe_constant,
    rtol=1e-4,
    mistakes=(
        Mistake(
            "mean-and-median-swapped",
            lambda y, loss, q=0.5: _constant(y, loss, q, squared=np.median, absolute=np.mean),
            "You swap mean and median. Squares balance the residuals, which is the mean; absolute "
            "errors balance the numbers of rows above and below, which is the median.",
            see="DS-9",
        ),
        Mistake(
            "middle-of-the-range",
            lambda y, loss, q=0.5: _constant(y, loss, q, absolute=lambda y: (min(y) + max(y)) / 2),
            "You take the middle of the range for the absolute error. That makes the largest error "
            "small; their mean is least where half of the rows lie on either side.",
            see="DS-9",
        ),
        Mistake(
            "most-frequent-value",
            lambda y, loss, q=0.5: _constant(y, loss, q, absolute=mode),
            "You take the most frequent value for the absolute error. It misses the fewest rows, "
            "but it does not care by how much.",
            see="DS-9",
        ),
        Mistake(
            "interpolated-quantile",
            lambda y, loss, q=0.5: _constant(y, loss, q, pinball=lambda y: np.quantile(y, q)),
            "You let np.quantile interpolate between two rows. The pinball loss is least at a row: "
            'method="inverted_cdf".',
            see="DL-21",
        ),
    ),
    hints=(
        "Squared and absolute error have their statistic in every book; pinball has the quantile.",
        'np.mean(y), np.median(y), np.quantile(y, q, method="inverted_cdf").',
    ),
)


def _robust_cases() -> list[Case]:
    y, p = np.random.default_rng(1).normal(0, 2, size=(2, 9))
    edge = np.array([-3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0])
    return [
        Case((edge, np.zeros(7)), name="errors on both sides of delta"),
        Case((y, p, 0.5), name="a small delta"),
        Case((y, p, 2.0), name="a large delta"),
        Case((y, p[:, None], 1.0), name="predictions of shape (n, 1)"),
        Case((y[:, None], p, 2.0), name="targets of shape (n, 1)"),
    ]


def _aligned(y_true: Any, y_pred: Any) -> np.ndarray:
    return np.ravel(y_true) - np.ravel(y_pred)


def _huber_by_scipy(y_true: Any, y_pred: Any, delta: float = 1.0) -> Any:
    """Take SciPy's Huber function of the aligned errors."""
    from scipy.special import huber

    return huber(delta, _aligned(y_true, y_pred))


def _two_regimes(error: np.ndarray, delta: float, inner: Callable, outer: Callable) -> np.ndarray:
    size = np.abs(error)
    return np.where(size <= delta, inner(size), outer(size))


robust_loss = Exercise(
    id="02_robust_loss",
    task="Return the Huber loss of every sample, as an array of shape (n,).",
    points=3,
    questions=("DL-21", "LF-4"),
    reference=_huber_by_scipy,
    cases=_robust_cases,
    atol=1e-6,
    mistakes=(
        Mistake(
            "regimes-swapped",
            lambda y_true, y_pred, delta=1.0: _two_regimes(
                _aligned(y_true, y_pred), delta, lambda e: delta * (e - delta / 2), np.square
            ),
            "You use the straight line for small errors and the square for large ones. Huber's "
            "loss is quadratic up to delta and linear beyond, so that outliers pull no harder.",
            see="DL-21",
        ),
        Mistake(
            "delta-is-always-one",
            lambda y_true, y_pred, delta=1.0: _huber_by_scipy(y_true, y_pred),
            "You ignore delta and use 1. The border between the regimes is an error in the unit of "
            "the target, and has to be chosen.",
            see="DL-21",
        ),
        Mistake(
            "averages-already",
            lambda y_true, y_pred, delta=1.0: _huber_by_scipy(y_true, y_pred, delta).mean(),
            "You return the mean. Sample weights multiply the single losses, so give one value per "
            "sample and leave the reduction to the caller.",
            see="DL-21",
        ),
        Mistake(
            "jumps-at-delta",
            lambda y_true, y_pred, delta=1.0: _two_regimes(
                _aligned(y_true, y_pred), delta, lambda e: e**2 / 2, lambda e: delta * e
            ),
            "You use delta * |error| outside, without subtracting delta² / 2. Then the loss jumps "
            "at delta instead of continuing the parabola.",
            see="DL-21",
        ),
        Mistake(
            "broadcasts-shapes",
            lambda y_true, y_pred, delta=1.0: _two_regimes(
                y_true - y_pred, delta, lambda e: e**2 / 2, lambda e: delta * (e - delta / 2)
            ),
            "You subtract the shapes as they come. (n,) minus (n, 1) is a table of all n × n pairs "
            "of rows; bring both to shape (n,) first.",
            see="LF-4",
        ),
    ),
    hints=(
        "Bring both to shape (n,) with np.ravel; np.where(condition, inside, outside) chooses.",
        "Inside: error**2 / 2. Outside: delta * (abs(error) - delta / 2).",
    ),
)


def _fold_cases() -> list[Case]:
    rng = np.random.default_rng(2)

    def folds(*sizes_and_spreads: tuple[int, float]) -> tuple[list]:
        targets = [(rng.normal(20, 5, size=n), spread) for n, spread in sizes_and_spreads]
        return ([(y, rng.normal(y, spread)) for y, spread in targets],)

    return [
        Case(folds((50, 1), (50, 5)), name="an easy and a hard fold, equally large"),
        Case(folds((10, 6), (90, 1)), name="folds of 10 and 90 rows"),
        Case(([(np.array([0.0, 0.0]), np.array([0.0, 2.0]))],), name="one fold"),
        Case(folds(*[(1, 3)] * 6), name="one row a fold"),
    ]


def _rmse_of_all_rows(folds: list) -> float:
    from sklearn.metrics import root_mean_squared_error

    return float(root_mean_squared_error(*map(np.concatenate, zip(*folds, strict=True))))


def _mses(folds: list) -> list[Any]:
    return [np.mean(_aligned(*fold) ** 2) for fold in folds]


pooled_rmse = Exercise(
    id="02_pooled_rmse",
    task="Return the RMSE over all rows of all folds.",
    points=2,
    questions=("LF-5", "DS-19"),
    reference=_rmse_of_all_rows,
    cases=_fold_cases,
    mistakes=(
        Mistake(
            "mean-of-the-roots",
            lambda folds: np.mean(np.sqrt(_mses(folds))),
            "You average the roots of the folds. A mean of roots is too small; with one row a fold "
            "it is the MAE. Average the squares over all rows, then take the root once.",
            see="LF-5",
        ),
        Mistake(
            "folds-weigh-the-same",
            lambda folds: np.sqrt(np.mean(_mses(folds))),
            "You average the folds' MSEs as if they were equally large. A fold of 10 rows then "
            "counts as much as one of 90; weight by the number of rows.",
            see="DS-19",
        ),
        Mistake(
            "root-before-the-mean",
            lambda folds: np.mean(np.abs(np.concatenate([_aligned(*fold) for fold in folds]))),
            "You take the root of each squared error, or its absolute value, before the mean: what "
            "you return is the MAE.",
            see="LF-5",
        ),
    ),
    hints=(
        "Pretend that there are no folds: all rows in one array.",
        "Sum the squared errors and count the rows over all folds; divide; take one square root.",
    ),
)


def _r2_cases() -> list[Case]:
    rng = np.random.default_rng(3)
    y = rng.normal(10, 3, size=12)
    p = rng.normal(4 + 0.5 * y, 1)
    return [
        Case((y, p), name="a fair model"),
        Case((y, y + 5), name="every prediction too high by 5"),
        Case((y, -y), name="perfectly correlated, with the wrong sign"),
        Case((np.array([1.0, 2.0, 3.0]), np.array([3.0, 2.0, 1.0])), name="worse than the mean"),
    ]


def _r2_by_scikit_learn(y_true: Any, y_pred: Any) -> float:
    from sklearn import metrics

    return float(metrics.r2_score(y_true, y_pred))


r2_score = Exercise(
    id="02_r2_score",
    task="Return one minus the squared errors of the model over those of the mean.",
    points=2,
    questions=("LF-6",),
    reference=_r2_by_scikit_learn,
    cases=_r2_cases,
    mistakes=(
        Mistake(
            "squared-correlation",
            lambda y_true, y_pred: np.corrcoef(y_true, y_pred)[0, 1] ** 2,
            "You return the squared correlation, which is blind to a wrong level and a wrong sign. "
            "The two agree only for least squares with an intercept on its own rows.",
            see="LF-6",
        ),
        Mistake(
            "bias-removed",
            lambda y_true, y_pred: _r2_by_scikit_learn(y_true, y_pred + np.mean(y_true - y_pred)),
            "You subtract the mean error first, which is the explained variance score. A model "
            "that is always 5 too high has to pay for it.",
            see="LF-6",
        ),
        Mistake(
            "arguments-swapped",
            lambda y_true, y_pred: _r2_by_scikit_learn(y_pred, y_true),
            "You divide by the spread of the predictions. The baseline is the mean of the targets, "
            "so the denominator holds targets.",
            see="LF-6",
        ),
    ),
    hints=(
        "Two sums of squares: the model's errors, and the errors of always predicting the mean.",
        "1 - np.sum((y - p) ** 2) / np.sum((y - y.mean()) ** 2).",
    ),
)
