"""The one form of every data set: a training, a validation and a test part with names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, eq=False, repr=False)
class Split:
    """Hold one data set in three named parts.

    Parameters
    ----------
    X_train, X_val, X_test : ndarray of float32, shape (n_samples, ...)
        Inputs: (n, n_features), images (n, height, width, channels) in [0, 1],
        or sequences (n, time, channels).
    y_train, y_val, y_test : ndarray, shape (n_samples,)
        Labels counted from 0 as int64, or targets as float32.
    name : str
        A short name, such as ``"digits"``.
    description : str
        One or two sentences: what a row is and what is to be predicted.
    feature_names, target_names : tuple of str
        Names of the columns and of the classes (or of the target); may be empty.
    source : str
        Where the data come from.
    """

    X_train: NDArray
    y_train: NDArray
    X_val: NDArray
    y_val: NDArray
    X_test: NDArray
    y_test: NDArray
    name: str
    description: str = ""
    feature_names: tuple[str, ...] = ()
    target_names: tuple[str, ...] = ()
    source: str = ""

    def __repr__(self) -> str:
        parts = (
            f"{part} {X.shape}"
            for part, X in zip(("train", "val", "test"), self._inputs, strict=True)
        )
        return f"Split({self.name!r}: X {', '.join(parts)}; y {self.y_train.dtype})"

    @property
    def _inputs(self) -> tuple[NDArray, NDArray, NDArray]:
        return self.X_train, self.X_val, self.X_test


def make_split(
    X: ArrayLike,
    y: ArrayLike,
    *,
    seed: int = 0,
    stratify: bool | None = None,
    test_size: float = 0.25,
    val_size: float = 0.2,
    standardize: bool = False,
    name: str = "custom",
    description: str = "",
    feature_names: Sequence[str] = (),
    target_names: Sequence[str] = (),
    source: str = "",
) -> Split:
    """Shuffle rows and divide them into a training, a validation and a test part.

    Parameters
    ----------
    X : array_like, shape (n_samples, ...)
        Inputs; stored as float32.
    y : array_like, shape (n_samples,)
        Labels (integers or booleans, stored as int64) or targets (stored as float32).
    seed : int, default 0
        Decides the shuffle.
    stratify : bool, optional
        Keep the class shares alike in all parts. By default: when `y` holds labels.
    test_size, val_size : float or int
        Shares of all rows when below 1, else numbers of rows. 0 leaves the part empty.
    standardize : bool, default False
        Apply `standardize_split`.
    name, description, feature_names, target_names, source
        Kept in the `Split`.

    Returns
    -------
    Split
        No row is in two parts.

    Raises
    ------
    ValueError
        If lengths differ, if nothing is left to train on, if targets that are not labels
        are to be stratified, or if a class has too few rows for that.
    """
    X, y = np.asarray(X, dtype=np.float32), _as_target(y)
    if len(X) != len(y):
        raise ValueError(f"X has {len(X)} rows and y has {len(y)}: give one target for each row.")
    labels = np.issubdtype(y.dtype, np.integer)
    if stratify and not labels:
        raise ValueError("stratify=True needs class labels, but y holds float targets.")
    n_test, n_val = _n_rows(test_size, len(X), "test_size"), _n_rows(val_size, len(X), "val_size")
    if n_test + n_val >= len(X):
        raise ValueError(
            f"test_size={test_size} and val_size={val_size} leave none of the {len(X)} rows "
            "to train on."
        )
    groups = y if (labels if stratify is None else stratify) else None
    rest, test = _divide(np.arange(len(X)), n_test, groups, seed)
    train, val = _divide(rest, n_val, groups, seed)
    split = Split(
        *(X[train], y[train], X[val], y[val], X[test], y[test]),
        name=name,
        description=description,
        feature_names=tuple(feature_names),
        target_names=tuple(target_names),
        source=source,
    )
    return standardize_split(split) if standardize else split


def generate_split(
    draw: Callable[[int, np.random.Generator], tuple[ArrayLike, ArrayLike]],
    *,
    n_train: int,
    n_val: int,
    n_test: int,
    seed: int,
    name: str,
    description: str = "",
    feature_names: Sequence[str] = (),
    target_names: Sequence[str] = (),
    source: str = "generated",
) -> Split:
    """Draw the three parts of a synthetic data set, each from its own random stream.

    The test part therefore stays the same when only `n_train` changes.

    Parameters
    ----------
    draw : callable
        ``draw(n_samples, rng)`` returns ``(X, y)``.
    n_train, n_val, n_test : int
        Rows of each part; 0 leaves a part empty, but not the training part.
    seed : int
        Decides all three streams.
    name, description, feature_names, target_names, source
        Kept in the `Split`.

    Returns
    -------
    Split

    Raises
    ------
    ValueError
        If a number of rows is negative, or `n_train` is 0.
    """
    sizes = (n_train, n_val, n_test)
    if n_train < 1 or min(sizes) < 0:
        raise ValueError(
            f"n_train, n_val, n_test = {sizes}: draw at least 1 training row, "
            "and no negative number."
        )
    arrays: dict[str, Any] = {}
    streams = np.random.SeedSequence(seed).spawn(3)
    for part, n_samples, stream in zip(("train", "val", "test"), sizes, streams, strict=True):
        # An empty part still needs the shape of a row, so one row is drawn and cut off.
        X, y = draw(max(n_samples, 1), np.random.default_rng(stream))
        arrays[f"X_{part}"] = np.asarray(X, dtype=np.float32)[:n_samples]
        arrays[f"y_{part}"] = _as_target(y)[:n_samples]
    return Split(
        **arrays,
        name=name,
        description=description,
        feature_names=tuple(feature_names),
        target_names=tuple(target_names),
        source=source,
    )


def standardize_split(split: Split) -> Split:
    """Shift and scale the inputs of every part by the mean and deviation of the training part.

    Tabular data get one mean for each column, images and sequences one for each channel:
    always one for each entry of the last axis. A constant entry is shifted only.

    Parameters
    ----------
    split : Split

    Returns
    -------
    Split
        The same rows; `X_train` has mean 0 and standard deviation 1.
    """
    axes = tuple(range(split.X_train.ndim - 1))
    mean = split.X_train.mean(axis=axes, dtype=np.float64)
    scale = split.X_train.std(axis=axes, dtype=np.float64)
    # Rounding leaves a constant column with a tiny deviation, not with zero.
    scale = np.where(scale > 1e-7 * np.maximum(1.0, np.abs(mean)), scale, 1.0)
    scaled = (((X - mean) / scale).astype(np.float32) for X in split._inputs)
    return replace(split, **dict(zip(("X_train", "X_val", "X_test"), scaled, strict=True)))


def _as_target(y: ArrayLike) -> NDArray:
    """Return labels as int64 and targets as float32."""
    y = np.asarray(y)
    if y.ndim != 1:
        raise ValueError(
            f"y has shape {y.shape}: give one target for each row, shape (n_samples,)."
        )
    if y.dtype.kind not in "biuf":
        raise ValueError(f"y has dtype {y.dtype}: encode labels as integers from 0 first.")
    return y.astype(np.float32 if y.dtype.kind == "f" else np.int64)


def _n_rows(size: float, n_samples: int, name: str) -> int:
    """Return the number of rows that a share or a count means."""
    if size < 0 or (size >= 1 and size != int(size)):
        raise ValueError(f"{name}={size}: give a share below 1 or a whole number of rows.")
    return round(size * n_samples) if size < 1 else int(size)


def _divide(
    rows: NDArray, n_second: int, groups: NDArray | None, seed: int
) -> tuple[NDArray, NDArray]:
    """Shuffle row numbers into two parts, the second of `n_second` rows."""
    from sklearn.model_selection import train_test_split

    if n_second == 0:
        return np.random.default_rng(seed).permutation(rows), rows[:0]
    strata = None if groups is None else groups[rows]
    try:
        first, second = train_test_split(
            rows, test_size=n_second, stratify=strata, random_state=seed
        )
    except ValueError as error:
        if strata is None:
            raise
        raise ValueError(f"{error} Or give stratify=False.") from error
    return first, second
