"""The exercises of lesson 01: split, find a leak, compare two models, name the illness."""

from collections.abc import Callable
from typing import Any

import numpy as np

from coursekit.checks.definitions import Case, Exercise, Mistake
from coursekit.checks.diagnosing import diagnose as diagnose


def _as_array(answer: Callable[..., Any], case: Case) -> np.ndarray:
    """Observe a sequence of numbers, whether it comes as an array, a list or a tuple."""
    return np.array(list(answer(*case.args)), dtype=float)


def _split_cases() -> list[Case]:
    rng = np.random.default_rng(0)
    return [
        Case((rng.permutation(np.repeat([0, 1, 2], 20)), 0.25, 0), name="three classes, shuffled"),
        Case((np.repeat([0, 1], [95, 5]), 0.2, 1), name="sorted labels, 5 % positives"),
        Case((rng.permutation(np.repeat([0, 1], [95, 5])), 0.4, 2), name="5 % positives, shuffled"),
        Case((np.array([0] * 28 + [1, 1]), 0.33, 3), name="a class with two rows"),
        Case((np.repeat(["no", "yes"], [31, 9]), 0.3, 4), name="labels that are texts"),
    ]


def _observe_split(answer: Callable[..., Any], case: Case) -> dict[str, bool]:
    """Observe what must hold for a split, whichever rows were drawn, over ten seeds."""
    y, fraction, _ = case.args
    splits = [
        tuple(np.asarray(rows, int) for rows in answer(y, fraction, seed)) for seed in range(10)
    ]
    due = sorted(y[_split_by_pandas(y, fraction, 0)[1]].tolist())
    tests = [np.sort(test).tolist() for _, test in splits]
    return {
        "every class has its rounded share of the test rows": all(
            sorted(y[np.unique(test)].tolist()) == due for test in tests
        ),
        "every row is in exactly one part, once": all(
            np.array_equal(np.sort(np.concatenate(parts)), np.arange(len(y))) for parts in splits
        ),
        "the same seed gives the same split": np.sort(answer(y, fraction, 0)[1]).tolist()
        == tests[0],
        "other seeds give other splits": len({tuple(test) for test in tests}) > 1,
    }


def _split_by_pandas(y: np.ndarray, fraction: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Sample the share of every group (pandas: rounded to whole rows)."""
    import pandas as pd

    rows = pd.Series(np.arange(len(y)))
    test = rows.groupby(np.asarray(y)).sample(frac=fraction, random_state=seed).to_numpy()
    return np.setdiff1d(rows, test), test


def _per_class(y: np.ndarray, take: Callable[[np.ndarray], np.ndarray]) -> Any:
    test = np.concatenate([take(np.flatnonzero(y == label)) for label in np.unique(y)])
    return np.setdiff1d(np.arange(len(y)), test), test


def _tail(y: np.ndarray, fraction: float, seed: int) -> Any:
    return np.split(np.arange(len(y)), [-round(fraction * len(y))])


def _plain_shuffle(y: np.ndarray, fraction: float, seed: int) -> Any:
    return np.split(np.random.default_rng(seed).permutation(len(y)), [-round(fraction * len(y))])


def _with_replacement(y: np.ndarray, fraction: float, seed: int) -> Any:
    rng = np.random.default_rng(seed)
    return _per_class(y, lambda rows: rng.choice(rows, round(fraction * len(rows))))


def _rounded_down(y: np.ndarray, fraction: float, seed: int) -> Any:
    rng = np.random.default_rng(seed)
    return _per_class(y, lambda rows: rng.permutation(rows)[: int(fraction * len(rows))])


stratified_split = Exercise(
    id="01_stratified_split",
    task="Return the rows of the training and the test part, with every class in its share.",
    points=3,
    questions=("MT-1",),
    reference=_split_by_pandas,
    cases=_split_cases,
    observe=_observe_split,
    mistakes=(
        Mistake(
            "takes-the-tail",
            _tail,
            "You take the last rows as the test part. Files are often sorted by label, by date or "
            "by person, so the tail is not a sample.",
            see="MT-1",
        ),
        Mistake(
            "plain-shuffle",
            _plain_shuffle,
            "You shuffle all rows together. A shuffle keeps the class shares only on average; the "
            "number of rare rows in one test part is left to luck.",
            see="MT-1",
        ),
        Mistake(
            "draws-with-replacement",
            _with_replacement,
            "You draw the test rows with replacement, as a bootstrap does. A split gives each row "
            "to exactly one part, once.",
            see="MT-1",
        ),
        Mistake(
            "rounds-down",
            _rounded_down,
            "You cut the share of each class down to whole rows, so a rare class can vanish from "
            "the test part. Round to the nearest number instead.",
            see="MT-1",
        ),
        Mistake(
            "first-rows-of-each-class",
            lambda y, share, seed: _per_class(y, lambda rows: rows[: round(share * len(rows))]),
            "You take the first rows of each class, so the seed has no effect and any order in the "
            "file decides what is tested. Shuffle inside each class.",
            see="MT-1",
        ),
    ),
    hints=(
        "Work class by class: np.flatnonzero(y == label) gives the rows of one class.",
        "Shuffle these rows with one generator made from the seed; the first "
        "round(fraction * n_rows_of_class) go to the test part. Join with np.concatenate.",
    ),
)


def _leak_cases() -> list[Case]:
    rng = np.random.default_rng(1)
    train = rng.integers(10, size=(30, 4))
    fresh = rng.integers(10, 20, size=(6, 4))
    mixed = np.vstack([fresh[:2], train[[7, 3]], fresh[2:4], train[[7]]])
    reals = rng.normal(size=(12, 3))
    return [
        Case((train, mixed), name="three test rows stand in train, at other places"),
        Case((np.vstack([train[:5], train[:5]]), fresh), name="twins inside train only"),
        Case((train[:6], np.vstack([train[:2], fresh[:2]])), name="the first two rows are shared"),
        Case((np.array([[1, 2], [3, 4]]), np.array([[1, 4], [2, 1], [3, 4]])), name="mixed rows"),
        Case((reals, np.vstack([reals[[4]], reals[[4]] + 1e-3])), name="equal and nearly equal"),
    ]


def _leaks_by_pandas(X_train: np.ndarray, X_test: np.ndarray) -> np.ndarray:
    """Join the two tables on all their columns."""
    import pandas as pd

    train, test = pd.DataFrame(X_train).drop_duplicates(), pd.DataFrame(X_test)
    merged = test.merge(train, on=list(test.columns), how="left", indicator="found")
    return np.flatnonzero(merged["found"] == "both")


def _same_places(X_train: np.ndarray, X_test: np.ndarray) -> np.ndarray:
    n = min(len(X_train), len(X_test))
    return np.flatnonzero((X_train[:n] == X_test[:n]).all(axis=1))


def _any_value(X_train: np.ndarray, X_test: np.ndarray) -> np.ndarray:
    return np.flatnonzero((X_test[:, None] == X_train[None]).any(axis=(1, 2)))


def _inside_train(X_train: np.ndarray, X_test: np.ndarray) -> np.ndarray:
    return np.flatnonzero((X_train[:, None] == X_train[None]).all(axis=2).sum(axis=1) > 1)


leak_report = Exercise(
    id="01_leak_report",
    task="Return the positions of the test rows that also stand in the training part, ascending.",
    points=2,
    questions=("DS-24", "MT-1"),
    reference=_leaks_by_pandas,
    cases=_leak_cases,
    observe=_as_array,
    mistakes=(
        Mistake(
            "compares-same-positions",
            _same_places,
            "You compare row i of one part with row i of the other. A twin may stand anywhere in "
            "the training part.",
            see="DS-24",
        ),
        Mistake(
            "any-shared-value",
            _any_value,
            "You report a row as soon as one of its values occurs in training. Shared values are "
            "normal; a leak is a whole row that is equal in every column.",
            see="DS-24",
        ),
        Mistake(
            "twins-inside-train",
            _inside_train,
            "You search for twins inside the training part. They waste time there, but what "
            "falsifies the evaluation are twins across the parts.",
            see="DS-24",
        ),
    ),
    hints=(
        "A row that is turned into a tuple can be looked up as a whole, in a set of such tuples.",
        "known = {tuple(row) for row in X_train.tolist()}; keep each i whose test row is in known.",
    ),
)


def _paired_cases() -> list[Case]:
    rng = np.random.default_rng(2)
    hard = rng.normal(0.8, 0.05, size=8)
    noisy = rng.normal(0.8, 0.08, size=25)
    return [
        Case((hard, hard + rng.normal(0.02, 0.005, size=8)), name="strongly correlated scores"),
        Case(([0.80, 0.83, 0.81], [0.84, 0.85, 0.88]), name="three seeds"),
        Case((rng.normal(0.8, 0.01, size=25), noisy), name="equal means, b is erratic"),
        Case(([0.9, 0.8, 0.85, 0.7], [0.7, 0.75, 0.8, 0.6], 0.9), name="b loses, 90 %"),
    ]


def _ttest_interval(a: Any, b: Any, confidence: float = 0.95) -> tuple[float, float]:
    """Take SciPy's paired t test."""
    from scipy.stats import ttest_rel

    interval = ttest_rel(b, a).confidence_interval(confidence)
    return float(interval.low), float(interval.high)


def _interval(a: Any, b: Any, confidence: float, **wrong: float) -> tuple[float, float]:
    """Compute the interval from its parts, some of them replaced by wrong ones."""
    from scipy.stats import t

    gain = np.asarray(b, dtype=float) - np.asarray(a, dtype=float)
    right = {"center": gain.mean(), "deviation": gain.std(ddof=1), "n": len(a), "df": len(a) - 1}
    parts = right | wrong
    error = parts["deviation"] / np.sqrt(parts["n"])
    half_width = float(t.ppf((1 + confidence) / 2, parts["df"]) * error)
    return parts["center"] - half_width, parts["center"] + half_width


def _unpaired(a: Any, b: Any, confidence: float = 0.95) -> tuple[float, float]:
    deviation = np.sqrt(np.var(a, ddof=1) + np.var(b, ddof=1))
    return _interval(a, b, confidence, deviation=deviation, df=2 * len(a) - 2)


def _best_of_each(a: Any, b: Any, confidence: float = 0.95) -> tuple[float, float]:
    return _interval(a, b, confidence, center=np.max(b) - np.max(a))


paired_ci = Exercise(
    id="01_paired_ci",
    task="Return the t interval of the mean gain of b over a, from paired scores.",
    points=3,
    questions=("LF-18",),
    reference=_ttest_interval,
    cases=_paired_cases,
    observe=_as_array,
    mistakes=(
        Mistake(
            "unpaired-variance",
            _unpaired,
            "You add the variances of both columns as if the runs were unrelated. Scores of one "
            "seed share their luck: take the differences first, then their deviation.",
            see="LF-18",
        ),
        Mistake(
            "best-seed-of-each",
            _best_of_each,
            "You centre the interval on the difference of the best scores. A maximum rewards the "
            "erratic method; the mean of the differences does not.",
            see="LF-18",
        ),
        Mistake(
            "no-square-root-of-n",
            lambda a, b, confidence=0.95: _interval(a, b, confidence, n=1),
            "You use the standard deviation of the differences. The mean of n differences varies "
            "less: its standard error is that deviation divided by the square root of n.",
            see="LF-18",
        ),
        Mistake(
            "normal-quantile",
            lambda a, b, confidence=0.95: _interval(a, b, confidence, df=np.inf),
            "You use the normal quantile (1.96 for 95 %). With a handful of runs the deviation is "
            "itself uncertain; the t quantile with n - 1 degrees of freedom allows for that.",
            see="LF-18",
        ),
        Mistake(
            "base-minus-tuned",
            lambda a, b, confidence=0.95: _ttest_interval(b, a, confidence),
            "You subtract b from a. The gain of b over a is b - a, positive when b is better.",
            see="LF-18",
        ),
    ),
    hints=(
        "Everything is computed from the differences b - a, one a seed.",
        "The half width is a t quantile times the standard error of the mean difference.",
        "scipy.stats.t.ppf((1 + confidence) / 2, df=n - 1); std(ddof=1) / sqrt(n).",
    ),
)
