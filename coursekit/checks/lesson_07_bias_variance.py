"""The exercises of lesson 07: parts of an error, optimism, a learning curve, neighbours."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from coursekit.checks.definitions import Case, Exercise, Mistake

_of_parts = partial(Mistake, see="DL-29")
_of_optimism = partial(Mistake, see="HT-10")
_of_curve = partial(Mistake, see="HT-11")
_of_neighbours = partial(Mistake, see="DS-10")


def _parts_cases() -> list[Case]:
    rng = np.random.default_rng(0)
    x = np.linspace(-1, 1, 6)
    truth = np.sin(np.pi * x)
    scattered = truth + rng.normal(0, 0.5, size=(40, 6))
    return [
        Case((np.array([[1.0, 2.0], [3.0, 2.0]]), np.array([1.0, 4.0])), name="by hand"),
        Case((scattered, truth), name="scattered around the truth"),
        Case((np.tile(0.5 * x, (5, 1)), truth), name="all fits alike, and wrong"),
        Case((0.3 * scattered - 1, truth), name="more data sets than points, too low"),
        Case((scattered[:3, :1], truth[:1] + 2), name="one point"),
    ]


def _parts_by_statistics(predictions: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Work point by point with the standard library."""
    from statistics import fmean, pvariance

    points = [np.asarray(column).tolist() for column in np.asarray(predictions).T]
    errors = [fmean(point) - float(value) for point, value in zip(points, truth, strict=True)]
    return fmean(error**2 for error in errors), fmean(pvariance(point) for point in points)


def _shifted(P: np.ndarray, f: np.ndarray) -> float:
    return float(np.mean((P.mean(axis=0) - f) ** 2))


bias_variance = Exercise(
    id="07_bias_variance",
    task="Return the squared bias and the variance of many fits, averaged over the points.",
    points=3,
    questions=("DL-29",),
    reference=_parts_by_statistics,
    cases=_parts_cases,
    mistakes=(
        _of_parts(
            "variance-over-points",
            lambda P, f: (_shifted(P, f), P.var(axis=1).mean()),
            "You take the variance along each fitted curve, where any curve that bends has some. "
            "Compare the fits of different data sets at one point, down the columns.",
        ),
        _of_parts(
            "absolute-bias",
            lambda P, f: (np.abs(P.mean(axis=0) - f).mean(), P.var(axis=0).mean()),
            "You return the absolute bias. Only its square adds up with the variance.",
        ),
        _of_parts(
            "bias-is-the-whole-error",
            lambda P, f: (np.mean((P - f) ** 2), P.var(axis=0).mean()),
            "You square the error of every fit: that is bias² plus variance. Average the fits "
            "first, or the variance is counted twice.",
        ),
        _of_parts(
            "divides-by-one-less",
            lambda P, f: (_shifted(P, f), P.var(axis=0, ddof=1).mean()),
            "You divide by the number of sets minus one. Divide by their number: the parts add up.",
        ),
        _of_parts(
            "square-of-the-mean-bias",
            lambda P, f: (np.mean(P.mean(axis=0) - f) ** 2, P.var(axis=0).mean()),
            "You average the bias over the points before you square it, so that signs cancel.",
        ),
    ),
    hints=(
        "Both parts are computed at every point, over axis 0, and averaged over the points last.",
        "((P.mean(axis=0) - f) ** 2).mean() and P.var(axis=0).mean().",
    ),
)


def _optimism_cases() -> list[Case]:
    settings = (30, 5, 1.0), (30, 20, 1.0), (200, 20, 0.3), (50, 1, 2.0), (10, 10, 1.5)
    return [Case(s, name=f"{s[1]} parameters on {s[0]} rows") for s in settings]


def _optimism_by_projection(n: int, p: int, sigma: float) -> tuple[float, float]:
    """Take the exact expectations from the projection of one design of full rank."""
    basis, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(n, p)))
    hat = basis @ basis.T  # residuals are identity minus hat, times the noise
    training = sigma**2 * np.sum((np.eye(n) - hat) ** 2) / n
    return float(training), float(sigma**2 * (n + np.sum(hat**2)) / n)


ols_optimism = Exercise(
    id="07_ols_optimism",
    task="Return the expected training error of least squares, and its error on fresh labels.",
    points=2,
    questions=("HT-10",),
    reference=_optimism_by_projection,
    cases=_optimism_cases,
    mistakes=(
        _of_optimism(
            "swapped",
            lambda n, p, s: (s**2 * (1 + p / n), s**2 * (1 - p / n)),
            "You swap both errors. A fit follows the noise of its own labels: less error there.",
        ),
        _of_optimism(
            "no-optimism",
            lambda n, p, s: (s**2, s**2),
            "You expect σ² twice. The fit follows noisy labels: one error falls, the other rises.",
        ),
        _of_optimism(
            "unbiased-estimate",
            lambda n, p, s: (s**2 * n / max(n - p, 1), s**2 * (1 + p / n)),
            "You multiply by n/(n − p), which corrects a training error; it is σ²(n − p)/n itself.",
        ),
        _of_optimism(
            "parameters-squared",
            lambda n, p, s: (s**2 * (1 - p**2 / n), s**2 * (1 + p**2 / n)),
            "You square the number of parameters. Each parameter costs σ²/n once.",
        ),
    ),
    hints=(
        "A fit takes p of the n directions of the noise away from its own labels: σ²(n − p)/n.",
        "On fresh labels it adds its own variance, σ²p/n, to their σ².",
    ),
)


def _curve_cases() -> list[Case]:
    rng = np.random.default_rng(3)
    x = np.sort(rng.uniform(-1, 1, size=60))[:, None]  # sorted, as files often are
    y = np.sin(np.pi * x[:, 0]) + rng.normal(0, 0.3, size=60)
    x_val = rng.uniform(-1, 1, size=(50, 1))
    y_val = np.sin(np.pi * x_val[:, 0]) + rng.normal(0, 0.3, size=50)
    settings = ([5, 15, 40], 5, 0), ([10, 30], 7, 1), ([20], 3, 2)
    return [Case((x, y, x_val, y_val, *s), name=f"sorted rows, sizes {s[0]}") for s in settings]


def _fitted(answer: Callable[..., Any], args: Any) -> tuple[list[Any], set[float], np.ndarray]:
    """Run an answer; give the rows and error of each fit, all inputs predicted, and the curve."""
    _, _, X_val, y_val = args[:4]
    calls: list[Any] = []
    predicted: set[float] = set()

    def fit(rows: Any, labels: Any) -> Callable[[Any], np.ndarray]:
        # Every third model is wild, so that a mean and a median differ.
        level = np.mean(labels) + (3.0 if len(calls) % 3 == 0 else 0.0)
        pairs = tuple(zip(np.ravel(rows).tolist(), np.ravel(labels).tolist(), strict=True))
        calls.append((pairs, np.mean((level + 0.5 * X_val[:, 0] - y_val) ** 2)))

        def predict(new: Any) -> np.ndarray:
            inputs = np.asarray(new, float).reshape(-1)
            predicted.update(inputs.tolist())
            return level + 0.5 * inputs

        return predict

    return calls, predicted, np.asarray(answer(fit, *args), float).ravel()


def _observe_curve(answer: Callable[..., Any], case: Case) -> dict[str, Any]:
    """Observe which rows the answer trained on, and what the curve made of the errors."""
    X, y, X_val, _, sizes, n_repeats, seed = case.args
    calls, predicted, curve = _fitted(answer, case.args)
    by_size = [[call for call in calls if len(call[0]) == size] for size in sizes]
    errors = [[error for _, error in group] or [np.nan] for group in by_size]
    subsets = [{tuple(sorted(pairs)) for pairs, _ in group} for group in by_size]
    known = list(zip(X[:, 0].tolist(), y.tolist(), strict=True))
    drawn = [set(pairs) <= set(known) and len(set(pairs)) == len(pairs) for pairs, _ in calls]
    first = [tuple(known[:n]) in group for n, group in zip(sizes, subsets, strict=True)]
    return {
        "every size is fitted n_repeats times": [len(group) for group in by_size],
        "the repeats use different rows": [len(group) == n_repeats for group in subsets],
        "training rows with their labels, none twice": all(drawn),
        "the rows are drawn, not the first ones": not any(first),
        "the same seed draws the same rows": _fitted(answer, case.args)[0] == calls,
        "another seed draws other rows": _fitted(answer, (*case.args[:-1], seed + 1))[0] != calls,
        "the models predict the validation rows": set(X_val[:, 0].tolist()) <= predicted,
        "medians of the validation errors": np.isclose(curve, [np.median(e) for e in errors]),
        "a wild model does not move it": not np.allclose(curve, [np.mean(e) for e in errors]),
    }


def _curve(*args: Any, draw: Any = None, train: bool = False, combine: Any = np.median) -> Any:
    """Draw the curve, with a wrong part put in."""
    fit, X, y, X_val, y_val, sizes, n_repeats, seed = args
    rng = np.random.default_rng(seed)
    curve = []
    for size in sizes:
        errors = []
        for _ in range(n_repeats):
            rows = draw(size) if draw else rng.permutation(len(X))[:size]
            inputs, labels = (X[rows], y[rows]) if train else (X_val, y_val)
            errors.append(np.mean((fit(X[rows], y[rows])(inputs) - labels) ** 2))
        curve.append(float(combine(errors)))
    return curve


learning_curve = Exercise(
    id="07_learning_curve",
    task="Return the median validation error of models trained on random subsets of each size.",
    points=3,
    questions=("HT-11",),
    reference=_curve,
    cases=_curve_cases,
    observe=_observe_curve,
    mistakes=(
        _of_curve(
            "scores-the-training-rows",
            lambda *a: _curve(*a, train=True),
            "You score each model on its own training rows; that curve rises instead of falling.",
        ),
        _of_curve(
            "takes-the-first-rows",
            lambda *a: _curve(*a, draw=lambda size: np.arange(size)),
            "You take the first rows; if the file is sorted, each size is another population.",
        ),
        _of_curve(
            "seed-ignored",
            lambda *a: _curve(*(*a[:7], 0 if a[7] else 1)),
            "You draw the same rows whatever the seed is: use np.random.default_rng(seed).",
        ),
        _of_curve(
            "one-draw",
            lambda *a: _curve(*(*a[:6], 1, a[7])),
            "You fit each size once. One subset can be lucky; repeat the draw n_repeats times.",
        ),
        _of_curve(
            "mean-of-the-errors",
            lambda *a: _curve(*a, combine=np.mean),
            "You average the errors. One wild fit then decides the curve; the median resists it.",
        ),
    ),
    hints=(
        "One generator from the seed; rng.permutation(len(X))[:size] draws without replacement.",
        "predict = fit(X[rows], y[rows]); score it on X_val and y_val; np.median over the repeats.",
    ),
)


def _knn_cases() -> list[Case]:
    rng = np.random.default_rng(4)
    X, Q = rng.normal(size=(30, 2)), rng.normal(size=(8, 2))
    y = X[:, 0] ** 2 + X[:, 1]
    return [
        Case((X, y, Q, 3), name="three neighbours"),
        Case((X, y, X[:6], 1), name="queries that are training rows, k = 1"),
        Case((rng.normal(size=(40, 5)), rng.normal(size=40), rng.normal(size=(6, 5)), 7)),
        Case((X, y, Q[:1], 30), name="all rows are neighbours"),
    ]


def _knn_by_sklearn(X: np.ndarray, y: np.ndarray, Q: np.ndarray, k: int) -> np.ndarray:
    from sklearn.neighbors import KNeighborsRegressor

    return KNeighborsRegressor(k).fit(X, y).predict(Q)


def _knn(X: Any, y: Any, Q: Any, first: int, last: int | None, order: float = 2) -> np.ndarray:
    distance = np.linalg.norm(Q[:, None] - X[None], ord=order, axis=2)
    return y[np.argsort(distance, axis=1, kind="stable")[:, first:last]].mean(axis=1)


knn_predict = Exercise(
    id="07_knn_predict",
    task="Predict the mean label of the k training rows that are nearest to each query.",
    points=3,
    questions=("DS-10",),
    reference=_knn_by_sklearn,
    cases=_knn_cases,
    mistakes=(
        _of_neighbours(
            "drops-the-nearest",
            lambda X, y, Q, k: _knn(X, y, Q, 1, k + 1),
            "You leave out the nearest row, as one does for training rows; a query is a new row.",
        ),
        _of_neighbours(
            "one-neighbour-too-many",
            lambda X, y, Q, k: _knn(X, y, Q, 0, k + 1),
            "You average k + 1 rows: the slice [:k] already holds k of them.",
        ),
        _of_neighbours(
            "manhattan-distance",
            lambda X, y, Q, k: _knn(X, y, Q, 0, k, order=1),
            "You add absolute differences. The metric is this model's assumption: take Euclid's.",
        ),
    ),
    hints=(
        "Distances from every query to every row: Q[:, None] - X[None] has all differences.",
        "nearest = np.argsort(distance, axis=1)[:, :k]; y[nearest].mean(axis=1).",
    ),
)
