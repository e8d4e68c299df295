"""The exercises of lesson 05: fill and mark holes, prepare a data set, pool imputations."""

import statistics
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from coursekit.checks.definitions import Case, Exercise, Mistake

_missing = partial(Mistake, see="DS-5")
_preprocessing = partial(Mistake, see="DL-35")


def _impute_cases() -> list[Case]:
    rng, nan = np.random.default_rng(0), np.nan
    train = np.where(rng.random((20, 3)) < 0.3, nan, rng.normal(50, 5, size=(20, 3)))
    shifted = np.where(rng.random((8, 3)) < 0.3, nan, rng.normal(70, 5, size=(8, 3)))
    return [
        Case((np.array([[1.0, 10], [3, nan]]), np.array([[nan, 7.0]])), name="one test row"),
        Case((train, shifted), name="the test rows come from elsewhere"),
        Case(
            (rng.normal(size=(6, 2)), np.array([[0.5, nan], [nan, nan]])),
            name="no holes in training",
        ),
        Case((train, rng.normal(50, 5, size=(4, 3))), name="no holes in the test part"),
    ]


def _impute_by_sklearn(X_train: Any, X_test: Any) -> tuple[np.ndarray, np.ndarray]:
    """Join SimpleImputer and MissingIndicator, both fitted on the training part."""
    from sklearn.impute import MissingIndicator, SimpleImputer
    from sklearn.pipeline import make_union

    both = make_union(SimpleImputer(), MissingIndicator(features="all")).fit(X_train)
    return both.transform(X_train), both.transform(X_test)


def _means(X: np.ndarray) -> np.ndarray:
    return np.ma.masked_invalid(X).mean(axis=0).filled(np.nan)  # no warning for empty columns


def _fill(X: np.ndarray, values: Any) -> np.ndarray:
    return np.hstack([np.where(np.isnan(X), values, X), np.isnan(X)])


fit_impute = Exercise(
    id="05_fit_impute",
    task="Fill holes with the means of the training columns, and append one mark a column.",
    points=3,
    questions=("DS-5",),
    reference=_impute_by_sklearn,
    cases=_impute_cases,
    mistakes=(
        _missing(
            "test-by-its-own-means",
            lambda train, test: (_fill(train, _means(train)), _fill(test, _means(test))),
            "You fill the test part with its own means. A single row has none, and a batch from "
            "elsewhere would be filled by other rules than the model was trained on.",
        ),
        _missing(
            "pooled-means",
            lambda *parts: [_fill(X, _means(np.vstack(parts))) for X in parts],
            "You take the means over both parts. In service the new rows are not there yet.",
        ),
        _missing(
            "fills-with-zero",
            lambda train, test: (_fill(train, 0), _fill(test, 0)),
            "You fill with zero, as if it were neutral: in a column around 50 it is an outlier.",
        ),
        _missing(
            "drops-rows",
            lambda *parts: [_fill(X[~np.isnan(X).any(axis=1)], 0) for X in parts],
            "You drop the rows with holes. In service each row needs an answer, and unless the "
            "holes came by chance, other people are left.",
        ),
        _missing(
            "no-marks",
            lambda *parts: [_fill(X, _means(parts[0]))[:, : X.shape[1]] for X in parts],
            "You fill without marking, and nobody can see afterwards that a value was missing.",
        ),
    ),
    hints=(
        "np.isnan(X) gives the marks; make them before you fill.",
        "np.nanmean(X_train, axis=0) ignores holes; np.where(holes, means, X) fills either part.",
    ),
)


def _prepare_cases() -> list[Case]:
    rng = np.random.default_rng(1)

    def case(counts: list[int], n_classes: int, name: str) -> Case:
        y = rng.permutation(np.repeat(np.arange(len(counts)), counts))
        X = rng.normal(100, 20, size=(len(y), 3)) * [1, 10, 0.1] + y[:, None]
        return Case((X, y, 0, n_classes), name=name)

    return [
        case([45, 5], 2, "90 % and 10 %"),
        case([20] * 3, 3, "three classes"),
        case([15, 10], 4, "the two highest classes do not occur"),
    ]


def _split(y: Any, seed: int, *, stratify: bool = True, second: float = 0.25) -> list[np.ndarray]:
    """Draw the rows of the three parts with scikit-learn."""
    from sklearn.model_selection import train_test_split

    def split(rows: np.ndarray, share: float) -> list[np.ndarray]:
        labels = y[rows] if stratify else None
        return train_test_split(rows, test_size=share, stratify=labels, random_state=seed)

    rest, test = split(np.arange(len(y)), 0.2)
    return [*split(rest, second), test]


def _prepare_by_sklearn(X: Any, y: Any, seed: int, n_classes: int) -> tuple[np.ndarray, ...]:
    """Scale by StandardScaler and encode the labels by OneHotEncoder with given classes."""
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    parts = _split(y, seed)
    scaler = StandardScaler().fit(X[parts[0]])
    encoder = OneHotEncoder(categories=[np.arange(n_classes)], sparse_output=False).fit([[0]])
    scaled = [scaler.transform(X[part]) for part in parts]
    return (*scaled, *[encoder.transform(y[part][:, None]) for part in parts])


def _prepare_wrongly(
    *, n_fitted: int = 1, by_itself: bool = False, width_from_data: bool = False, **splitting: Any
) -> Callable[..., Any]:
    """Make a wrong answer: fit the scaler on more parts, split otherwise, or infer the width."""

    def answer(X: Any, y: Any, seed: int, n_classes: int) -> tuple[np.ndarray, ...]:
        parts = _split(y, seed, **splitting)
        fitted = X[np.concatenate(parts[:n_fitted])]
        scaled, labels = [], []
        for part in parts:
            base = X[part] if by_itself else fitted
            scaled.append((X[part] - base.mean(axis=0)) / base.std(axis=0))
            width = y[part].max() + 1 if width_from_data else n_classes
            labels.append(np.eye(width)[y[part]])
        return (*scaled, *labels)

    return answer


def _observe_prepared(answer: Callable[..., Any], case: Case) -> dict[str, Any]:
    """Observe what must hold whichever rows were drawn, over five seeds."""
    X, y, _, n_classes = case.args
    runs = [
        [np.asarray(part, dtype=float) for part in answer(X, y, seed, n_classes)]
        for seed in (0, 0, 1, 2, 3)
    ]
    first = runs[0]
    return {
        "rows of the three parts": [len(part) for part in first[:3]],
        "columns of the three label parts": [part.shape[1] for part in first[3:]],
        "rows of each class in each part": [
            [np.bincount(part.argmax(axis=1), minlength=n_classes) for part in run[3:]]
            for run in runs
        ],
        "mean 0 and deviation 1 in train; in train and validation; in all": [
            _standard(np.concatenate(first[:n])) for n in (1, 2, 3)
        ],
        "one scaling for all parts, and rows keep their labels": _one_scaling(X, y, first),
        "the same seed gives the same parts": all(map(np.array_equal, first, runs[1])),
        "other seeds give other parts": not np.array_equal(first[0], runs[2][0]),
    }


def _standard(part: np.ndarray) -> bool:
    """Tell whether all means are 0 and all deviations 1, by NumPy's or by pandas' definition."""
    deviations = [part.std(axis=0, ddof=ddof) for ddof in (0, 1)]
    unit = any(np.allclose(deviation, 1, atol=1e-3) for deviation in deviations)
    return bool(unit and np.allclose(part.mean(axis=0), 0, atol=1e-4))


def _one_scaling(X: np.ndarray, y: np.ndarray, run: list[np.ndarray]) -> bool:
    """Tell whether the parts together are the given rows, scaled once, with their labels."""
    scaled, labels = np.concatenate(run[:3]), np.concatenate([p.argmax(axis=1) for p in run[3:]])
    if scaled.shape != X.shape or len(labels) != len(y):
        return False
    old, new = X[:, 0].argsort(), scaled[:, 0].argsort()  # the same rows, if scaled alike
    fits = [np.corrcoef(X[old, i], scaled[new, i])[0, 1] for i in range(X.shape[1])]
    return bool(min(fits) > 1 - 1e-6 and np.array_equal(y[old], labels[new]))


prepare = Exercise(
    id="05_prepare",
    task="Split 60/20/20 by class, scale by the training part, one-hot the labels at fixed width.",
    points=4,
    questions=("DL-35",),
    reference=_prepare_by_sklearn,
    cases=_prepare_cases,
    observe=_observe_prepared,
    mistakes=(
        _preprocessing(
            "scaler-sees-validation",
            _prepare_wrongly(n_fitted=2),
            "You fit the scaler before the validation part is split off. Split twice, then fit.",
        ),
        _preprocessing(
            "scaler-sees-everything",
            _prepare_wrongly(n_fitted=3),
            "You fit the scaler on all rows. This leak is small; the same habit with a selector or "
            "a target encoder ruins the evaluation.",
        ),
        _preprocessing(
            "each-part-by-itself",
            _prepare_wrongly(by_itself=True),
            "You scale each part by its own statistics. The same row then has different inputs in "
            "different parts, and a shift of a whole batch is erased.",
        ),
        _preprocessing(
            "width-from-data",
            _prepare_wrongly(width_from_data=True),
            "You take the width from the labels in the part: an absent class changes it.",
        ),
        _preprocessing(
            "not-stratified",
            _prepare_wrongly(stratify=False),
            "You do not stratify: the number of rare rows in each part is left to luck.",
        ),
        _preprocessing(
            "fifth-of-the-rest",
            _prepare_wrongly(second=0.2),
            "You give validation a fifth of the rest. A fifth of all rows is a quarter of it.",
        ),
    ),
    hints=(
        "Split twice with train_test_split(..., stratify=..., random_state=seed), before all else; "
        "the second split takes a quarter of what is left.",
        "StandardScaler().fit(X_train), then transform all three; np.eye(n_classes)[y_part].",
    ),
)


def _pool_cases() -> list[Case]:
    rng = np.random.default_rng(2)
    return [
        Case(([1.0, 2.0], [0.25, 0.25]), name="two imputations that differ"),
        Case(([3.1, 3.1, 3.1], [0.04, 0.05, 0.06]), name="imputations that agree"),
        Case((rng.normal(10, 0.5, size=20), rng.uniform(0.1, 0.9, size=20)), name="twenty"),
        Case(([-2.0, 0.5, 1.0, 4.0, 2.5], [1.0, 1.5, 0.2, 0.7, 3.0]), name="five that disagree"),
    ]


def _pool_by_definition(estimates: Any, variances: Any) -> tuple[float, float]:
    """Follow Rubin (1987), section 3.1, with Python's own statistics."""
    estimates, variances = [[float(x) for x in given] for given in (estimates, variances)]
    between = statistics.variance(estimates)
    total = statistics.fmean(variances) + between + between / len(estimates)
    return statistics.fmean(estimates), total**0.5


def _pool_wrongly(error: Callable[[np.ndarray, np.ndarray], Any]) -> Callable[..., Any]:
    return lambda estimates, variances: (
        np.mean(estimates),
        error(np.array(estimates), np.array(variances)),
    )


pool_rubin = Exercise(
    id="05_pool_rubin",
    task="Pool the estimates of several imputations: their mean and its standard error.",
    points=3,
    questions=("DS-5",),
    reference=_pool_by_definition,
    cases=_pool_cases,
    mistakes=(
        _missing(
            "within-only",
            _pool_wrongly(lambda q, u: np.sqrt(u.mean())),
            "You average the variances and stop. What the imputations disagree about is the "
            "uncertainty of the holes; leaving it out treats guesses as measurements.",
        ),
        _missing(
            "no-finite-m",
            _pool_wrongly(lambda q, u: np.sqrt(u.mean() + q.var(ddof=1))),
            "You leave out the factor 1 + 1/m: the mean of m estimates is itself uncertain.",
        ),
        _missing(
            "population-variance",
            _pool_wrongly(lambda q, u: np.sqrt(u.mean() + (1 + 1 / len(q)) * q.var())),
            "You divide the variance between imputations by m. A sample variance has m − 1.",
        ),
        _missing(
            "as-if-independent-studies",
            _pool_wrongly(lambda q, u: np.sqrt((u.mean() + q.var(ddof=1)) / len(q))),
            "You divide by m, as if the imputations were m independent samples. They share all "
            "the known cells; more imputations make no more data.",
        ),
    ),
    hints=(
        "Add to the mean of the variances (1 + 1/m) times the sample variance of the estimates.",
        "np.sqrt(np.mean(variances) + (1 + 1 / m) * np.var(estimates, ddof=1)).",
    ),
)
