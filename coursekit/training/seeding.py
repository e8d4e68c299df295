"""Seeds, the order of the training samples, and noisy labels."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# A stream of its own: the noise on the labels does not depend on the order of the samples.
_LABEL_STREAM = 0x6C6162


def seed_everything(seed: int) -> np.random.Generator:
    """Seed Python, NumPy and Keras, and return a NumPy generator with the same seed.

    Parameters
    ----------
    seed : int
        From 0 to 2**32 - 1.

    Returns
    -------
    numpy.random.Generator
        For everything that the notebook itself draws.

    Raises
    ------
    ValueError
        If `seed` is out of range.
    """
    import keras

    if not 0 <= seed < 2**32:
        raise ValueError(f"seed={seed}: give a whole number from 0 to 2**32 - 1.")
    keras.utils.set_random_seed(int(seed))
    return np.random.default_rng(seed)


def epoch_order(data_order: int, epoch: int, n_samples: int) -> NDArray[np.int32]:
    """Return the order in which an epoch visits the training samples.

    Parameters
    ----------
    data_order : int
        Seed of the shuffling, not negative.
    epoch : int
        Number of the epoch, from 1.
    n_samples : int
        Number of training samples.

    Returns
    -------
    ndarray of int32, shape (n_samples,)
        A permutation of the samples' positions.
    """
    rng = np.random.default_rng((data_order, epoch))
    return rng.permutation(n_samples).astype(np.int32)


def epoch_orders(data_orders: Sequence[int], epoch: int, n_samples: int) -> NDArray[np.int32]:
    """Return one epoch's order for each of many replicas.

    Parameters
    ----------
    data_orders : sequence of int
        Seed of the shuffling of each replica.
    epoch, n_samples : int
        As in :func:`epoch_order`.

    Returns
    -------
    ndarray of int32, shape (n_replicas, n_samples)
    """
    orders = {seed: epoch_order(seed, epoch, n_samples) for seed in set(data_orders)}
    return np.stack([orders[seed] for seed in data_orders])


def noisy_labels(y: NDArray, share: float, seed: int) -> NDArray:
    """Replace a share of the labels by another class, drawn at random.

    The labels that a larger share replaces include those of a smaller one, with the same
    new classes, so that two shares with the same seed differ as little as they can.

    Parameters
    ----------
    y : ndarray of int, shape (n_samples,)
        Labels from 0 to n_classes - 1.
    share : float
        Share of the labels to replace, 0 to 1; the number is rounded.
    seed : int
        Seed of the draw.

    Returns
    -------
    ndarray of int, shape (n_samples,)
        A new array.

    Raises
    ------
    ValueError
        If the labels are not whole numbers of at least two classes.
    """
    y = np.asarray(y)
    n_classes = _n_classes(y)
    rng = np.random.default_rng((seed, _LABEL_STREAM))
    order = rng.permutation(len(y))
    shifts = rng.integers(1, n_classes, size=len(y))
    noisy = order[: round(share * len(y))]
    replaced = y.copy()
    replaced[noisy] = (y[noisy] + shifts[noisy]) % n_classes
    return replaced


def _n_classes(y: NDArray) -> int:
    if y.ndim != 1 or not np.issubdtype(y.dtype, np.integer) or y.min() < 0 or y.max() < 1:
        raise ValueError(
            "label_noise needs y_train to hold whole-number labels 0, 1, ... of at least two "
            f"classes; it has dtype {y.dtype} and shape {y.shape}."
        )
    return int(y.max()) + 1
