"""Drawn tables, each made so that one idea shows."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .splits import Split, generate_split, make_split


def noisy_line(
    *,
    n_train: int = 60,
    n_val: int = 60,
    n_test: int = 200,
    slope: float = 2.0,
    intercept: float = 1.0,
    noise: float = 0.5,
    outliers: float = 0.0,
    outlier_kind: Literal["vertical", "leverage"] = "vertical",
    seed: int = 0,
) -> Split:
    """Draw points around a line, and spoil a share of the training rows.

    Validation and test parts stay clean, so that they measure the line and not the outliers.

    Parameters
    ----------
    n_train, n_val, n_test : int
        Rows of each part.
    slope, intercept : float
        The true line; x is uniform in [-2, 2].
    noise : float, default 0.5
        Standard deviation of the Gaussian noise of y.
    outliers : float, default 0.0
        Share of the training rows to spoil, in [0, 1].
    outlier_kind : {"vertical", "leverage"}, default "vertical"
        ``"vertical"`` lifts y by 8 to 12; ``"leverage"`` moves x to about 5 and y to
        about -5, far from all other rows and off the line.
    seed : int, default 0

    Returns
    -------
    Split
        `X` of shape (n, 1).

    Raises
    ------
    ValueError
        If `outliers` is not a share, or `outlier_kind` is unknown.
    """
    if not 0 <= outliers <= 1:
        raise ValueError(f"outliers={outliers}: give a share of the training rows from 0 to 1.")
    if outlier_kind not in ("vertical", "leverage"):
        raise ValueError(f"outlier_kind={outlier_kind!r}: choose 'vertical' or 'leverage'.")

    def draw(n_samples: int, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
        x = rng.uniform(-2, 2, n_samples)
        return x[:, None], intercept + slope * x + rng.normal(0, noise, n_samples)

    split = generate_split(
        draw,
        n_train=n_train,
        n_val=n_val,
        n_test=n_test,
        seed=seed,
        name="noisy_line",
        description=(
            f"y = {intercept:g} + {slope:g} x + noise of standard deviation {noise:g}; "
            f"{outliers:.0%} {outlier_kind} outliers in the training part."
        ),
        feature_names=("x",),
        target_names=("y",),
    )
    _spoil(split, round(outliers * n_train), outlier_kind, np.random.default_rng([seed, 1]))
    return split


def _spoil(split: Split, n_outliers: int, kind: str, rng: np.random.Generator) -> None:
    """Turn training rows of a freshly drawn split into outliers, in place."""
    rows = rng.choice(len(split.X_train), n_outliers, replace=False)
    if kind == "vertical":
        split.y_train[rows] += rng.uniform(8, 12, n_outliers)
    else:
        split.X_train[rows, 0] = rng.normal(5, 0.3, n_outliers)
        split.y_train[rows] = rng.normal(-5, 0.5, n_outliers)


def noisy_sine(
    *, n_train: int = 30, n_val: int = 30, n_test: int = 500, noise: float = 0.3, seed: int = 0
) -> Split:
    """Draw points around one period of a sine: the playground of under- and overfitting.

    Parameters
    ----------
    n_train, n_val, n_test : int
        Rows of each part.
    noise : float, default 0.3
        Standard deviation of the Gaussian noise of y; no model's mean squared error
        on new rows can be expected below ``noise ** 2``.
    seed : int, default 0

    Returns
    -------
    Split
        `X` of shape (n, 1), uniform in [0, 1]; y = sin(2 π x) + noise.
    """

    def draw(n_samples: int, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
        x = rng.uniform(0, 1, n_samples)
        return x[:, None], np.sin(2 * np.pi * x) + rng.normal(0, noise, n_samples)

    return generate_split(
        draw,
        n_train=n_train,
        n_val=n_val,
        n_test=n_test,
        seed=seed,
        name="noisy_sine",
        description=f"y = sin(2 π x) + Gaussian noise of standard deviation {noise:g}.",
        feature_names=("x",),
        target_names=("y",),
    )


def friedman(
    *,
    n_train: int = 300,
    n_val: int = 100,
    n_test: int = 1000,
    n_features: int = 10,
    noise: float = 1.0,
    seed: int = 0,
) -> Split:
    """Draw Friedman's first regression problem: five columns matter, the others are noise.

    Parameters
    ----------
    n_train, n_val, n_test : int
        Rows of each part.
    n_features : int, default 10
        Columns, at least 5.
    noise : float, default 1.0
        Standard deviation of the Gaussian noise of y.
    seed : int, default 0

    Returns
    -------
    Split
        `X` of shape (n, n_features), uniform in [0, 1]; y = 10 sin(π x0 x1)
        + 20 (x2 - 0.5)² + 10 x3 + 5 x4 + noise (Friedman 1991).
    """
    from sklearn.datasets import make_friedman1

    def draw(n_samples: int, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
        state = int(rng.integers(2**31))
        return make_friedman1(n_samples, n_features, noise=noise, random_state=state)

    return generate_split(
        draw,
        n_train=n_train,
        n_val=n_val,
        n_test=n_test,
        seed=seed,
        name="friedman",
        description="A smooth function of five columns with one interaction; the rest are noise.",
        feature_names=[f"x{i}" for i in range(n_features)],
        target_names=("y",),
        source="generated as in Friedman (1991), scikit-learn make_friedman1",
    )


def imbalanced(
    n_samples: int = 4000,
    *,
    positive_share: float = 0.05,
    class_sep: float = 0.8,
    seed: int = 0,
    standardize: bool = False,
    test_size: float = 0.25,
    val_size: float = 0.2,
) -> Split:
    """Draw a two-class problem with few positives, its parts stratified.

    Parameters
    ----------
    n_samples : int, default 4000
        Rows of all parts together.
    positive_share : float, default 0.05
        Share of label 1, between 0 and 1.
    class_sep : float, default 0.8
        Distance of the classes; smaller is harder.
    seed : int, default 0
    standardize : bool, default False
        Scale by the statistics of the training part.
    test_size, val_size : float or int
        Shares of all rows when below 1, else numbers of rows.

    Returns
    -------
    Split
        `X` of shape (n, 10), of which 4 columns inform and 2 repeat them.

    Raises
    ------
    ValueError
        If `positive_share` is not between 0 and 1.
    """
    from sklearn.datasets import make_classification

    if not 0 < positive_share < 1:
        raise ValueError(f"positive_share={positive_share}: give a share between 0 and 1.")
    X, y = make_classification(
        n_samples,
        n_features=10,
        n_informative=4,
        n_redundant=2,
        weights=[1 - positive_share],
        flip_y=0.0,
        class_sep=class_sep,
        random_state=seed,
    )
    return make_split(
        X,
        y,
        seed=seed,
        standardize=standardize,
        test_size=test_size,
        val_size=val_size,
        name="imbalanced",
        description=f"Two classes, {positive_share:.1%} positives; 4 of 10 columns inform.",
        feature_names=[f"x{i}" for i in range(10)],
        target_names=("negative", "positive"),
        source="generated with scikit-learn make_classification",
    )
