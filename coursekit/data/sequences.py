"""Drawn sequences, each of which asks a model for one ability."""

import numpy as np
from numpy.typing import NDArray

from .splits import Split, generate_split

_BUMP = np.sin(np.linspace(0, np.pi, 6))


def bump_order(
    *,
    n_train: int = 400,
    n_val: int = 100,
    n_test: int = 300,
    length: int = 40,
    noise: float = 0.2,
    seed: int = 0,
) -> Split:
    """Draw sequences with a bump up and a bump down; the label says which came first.

    Both classes hold the same values in a different order, so a model that only
    averages over time cannot tell them apart.

    Parameters
    ----------
    n_train, n_val, n_test : int
        Sequences of each part.
    length : int, default 40
        Time steps, at least 20.
    noise : float, default 0.2
        Standard deviation of the Gaussian noise; the bumps have height 1.
    seed : int, default 0

    Returns
    -------
    Split
        `X` of shape (n, length, 1); label 1 where the bump up comes first.

    Raises
    ------
    ValueError
        If `length` leaves no room for two bumps.
    """
    if length < 20:
        raise ValueError(f"length={length}: two bumps need at least 20 time steps.")

    def draw(n_samples: int, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
        y = rng.integers(0, 2, n_samples)
        X = rng.normal(0, noise, (n_samples, length))
        half, rows = length // 2, np.arange(n_samples)[:, None]
        sign = (2 * y - 1)[:, None]
        for start, sign_here in ((0, sign), (half, -sign)):
            first = start + rng.integers(0, half - len(_BUMP) + 1, (n_samples, 1))
            X[rows, first + np.arange(len(_BUMP))] += sign_here * _BUMP
        return X[..., None], y

    return generate_split(
        draw,
        n_train=n_train,
        n_val=n_val,
        n_test=n_test,
        seed=seed,
        name="bump_order",
        description="A bump up and a bump down in noise; which one comes first.",
        feature_names=("value",),
        target_names=("down first", "up first"),
    )


def first_symbol(
    *,
    n_train: int = 500,
    n_val: int = 100,
    n_test: int = 300,
    lag: int = 40,
    noise: float = 0.3,
    strength: float = 1.0,
    seed: int = 0,
) -> Split:
    """Draw noise after one symbol; the label is that symbol, `lag` steps ago.

    Parameters
    ----------
    n_train, n_val, n_test : int
        Sequences of each part.
    lag : int, default 40
        Steps of noise between the symbol and the end, at least 0. The longer, the more
        a recurrent network's gradient vanishes on the way (Hochreiter and Schmidhuber 1997).
    noise : float, default 0.3
        Standard deviation of the Gaussian noise.
    strength : float, default 1.0
        Size of the symbol: the first value is `strength` or its negative.
    seed : int, default 0

    Returns
    -------
    Split
        `X` of shape (n, 1 + lag, 1); label 1 where the first value is positive.

    Raises
    ------
    ValueError
        If `lag` is negative or `strength` is not positive.
    """
    if lag < 0:
        raise ValueError(f"lag={lag}: give a number of steps from 0.")
    if strength <= 0:
        raise ValueError(f"strength={strength}: the symbol needs a positive size.")

    def draw(n_samples: int, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
        y = rng.integers(0, 2, n_samples)
        X = rng.normal(0, noise, (n_samples, 1 + lag, 1))
        X[:, 0, 0] = strength * (2 * y - 1)
        return X, y

    return generate_split(
        draw,
        n_train=n_train,
        n_val=n_val,
        n_test=n_test,
        seed=seed,
        name="first_symbol",
        description=f"Remember the first value through {lag} steps of noise.",
        feature_names=("value",),
        target_names=("negative", "positive"),
    )


def two_frequencies(
    *,
    n_train: int = 400,
    n_val: int = 100,
    n_test: int = 300,
    length: int = 40,
    frequencies: tuple[float, float] = (0.12, 0.16),
    noise: float = 0.5,
    seed: int = 0,
) -> Split:
    """Draw noisy sine waves of two frequencies and any phase; the label is the frequency.

    Parameters
    ----------
    n_train, n_val, n_test : int
        Sequences of each part.
    length : int, default 40
        Time steps.
    frequencies : (float, float), default (0.12, 0.16)
        Cycles a time step of class 0 and class 1, each below 0.5 (the Nyquist limit).
    noise : float, default 0.5
        Standard deviation of the Gaussian noise; the waves have amplitude 1.
    seed : int, default 0

    Returns
    -------
    Split
        `X` of shape (n, length, 1).

    Raises
    ------
    ValueError
        If a frequency is outside (0, 0.5) or both are the same.
    """
    if not all(0 < frequency < 0.5 for frequency in frequencies) or len(set(frequencies)) != 2:
        raise ValueError(
            f"frequencies={frequencies}: give two different numbers of cycles a step in (0, 0.5)."
        )

    def draw(n_samples: int, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
        y = rng.integers(0, 2, n_samples)
        cycles = np.arange(length) * np.asarray(frequencies)[y][:, None]
        phase = rng.uniform(0, 1, (n_samples, 1))
        X = np.sin(2 * np.pi * (cycles + phase)) + rng.normal(0, noise, (n_samples, length))
        return X[..., None], y

    return generate_split(
        draw,
        n_train=n_train,
        n_val=n_val,
        n_test=n_test,
        seed=seed,
        name="two_frequencies",
        description="A noisy sine wave of unknown phase; which of two frequencies it has.",
        feature_names=("value",),
        target_names=tuple(f"{frequency:g} cycles a step" for frequency in frequencies),
    )
