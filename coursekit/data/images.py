"""Handwritten digits, as they are and at random places of a noisy canvas."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .splits import Split, make_split

_SOURCE = "Optical recognition of handwritten digits (Alpaydin, Kaynak 1998), scikit-learn"


def digits(
    *,
    seed: int = 0,
    flatten: bool = False,
    standardize: bool = False,
    test_size: float = 0.25,
    val_size: float = 0.2,
) -> Split:
    """Load 1797 handwritten digits of 8 by 8 grey pixels.

    Parameters
    ----------
    seed : int, default 0
        Decides which rows are in which part.
    flatten : bool, default False
        Give rows of 64 pixels instead of images.
    standardize : bool, default False
        Scale by the statistics of the training part instead of leaving pixels in [0, 1].
    test_size, val_size : float or int
        Shares of all rows when below 1, else numbers of rows.

    Returns
    -------
    Split
        `X` of shape (n, 8, 8, 1), or (n, 64) when flattened; stratified.
    """
    from sklearn.datasets import load_digits

    pixels, y = load_digits(return_X_y=True)
    return make_split(
        pixels / 16 if flatten else pixels.reshape(-1, 8, 8, 1) / 16,
        y,
        seed=seed,
        standardize=standardize,
        test_size=test_size,
        val_size=val_size,
        name="digits",
        description="One handwritten digit an image, 8 by 8 grey pixels.",
        feature_names=[f"pixel_{row}_{column}" for row in range(8) for column in range(8)],
        target_names=[str(digit) for digit in range(10)],
        source=_SOURCE,
    )


def jittered_digits(
    n_samples: int | None = None,
    *,
    size: int = 14,
    noise: float = 0.15,
    classes: Sequence[int] = tuple(range(10)),
    seed: int = 0,
    flatten: bool = False,
    standardize: bool = False,
    test_size: float = 0.25,
    val_size: float = 0.2,
) -> Split:
    """Place each digit somewhere on a noisy canvas: a small stand-in for real images.

    A model that ties its weights to places fails here, one that looks for patterns
    anywhere does not. Every digit is used once, so none is in two parts.

    Parameters
    ----------
    n_samples : int, optional
        Images of all parts together, a stratified choice; by default all there are
        (1797 with ten classes).
    size : int, default 14
        Height and width of the canvas in pixels, at least 8.
    noise : float, default 0.15
        Standard deviation of the Gaussian noise; the sum is cut to [0, 1].
    classes : sequence of int, default 0 to 9
        The digits to keep; they become the labels 0, 1, ... in this order.
    seed : int, default 0
        Decides parts, places and noise.
    flatten : bool, default False
        Give rows of ``size * size`` pixels instead of images.
    standardize : bool, default False
        Scale by the statistics of the training part instead of leaving pixels in [0, 1].
    test_size, val_size : float or int
        Shares of all rows when below 1, else numbers of rows.

    Returns
    -------
    Split
        `X` of shape (n, size, size, 1), or (n, size * size) when flattened; stratified.

    Raises
    ------
    ValueError
        If the canvas is smaller than a digit, more images are asked for than there
        are, or `classes` does not hold at least two different digits.
    """
    if size < 8:
        raise ValueError(f"size={size}: a digit is 8 pixels wide, so the canvas needs at least 8.")
    pixels, y = _chosen_digits(classes, n_samples, seed)
    images = _place(pixels, size, noise, np.random.default_rng(seed))
    return make_split(
        images.reshape(len(images), -1) if flatten else images,
        y,
        seed=seed,
        standardize=standardize,
        test_size=test_size,
        val_size=val_size,
        name="jittered_digits",
        description=f"A digit at a random place of a noisy {size} by {size} canvas.",
        target_names=[str(digit) for digit in classes],
        source=_SOURCE,
    )


def _chosen_digits(
    classes: Sequence[int], n_samples: int | None, seed: int
) -> tuple[NDArray, NDArray]:
    """Return the digits of some classes in [0, 1], labelled by their place in `classes`."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    kept = [int(digit) for digit in classes]
    if len(kept) < 2 or len(set(kept)) < len(kept) or not set(kept) <= set(range(10)):
        raise ValueError(f"classes={tuple(classes)}: give at least two different digits of 0 to 9.")
    pixels, digit = load_digits(return_X_y=True)
    rows = np.flatnonzero(np.isin(digit, kept))
    if n_samples is not None and not len(kept) <= n_samples <= len(rows):
        raise ValueError(
            f"n_samples={n_samples}: these classes have {len(rows)} digits; "
            f"ask for {len(kept)} to {len(rows)}, or for None to get them all."
        )
    if n_samples is not None and n_samples < len(rows):
        rows, _ = train_test_split(
            rows, train_size=n_samples, stratify=digit[rows], random_state=seed
        )
    label_of = {value: label for label, value in enumerate(kept)}
    return pixels[rows].reshape(-1, 8, 8) / 16, np.array([label_of[d] for d in digit[rows]])


def _place(
    pixels: NDArray, size: int, noise: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Add 8 by 8 images to noisy canvases at random places."""
    canvas = rng.normal(0, noise, (len(pixels), size, size))
    corners = rng.integers(0, size - 8 + 1, (len(pixels), 2))
    for image, digit, (top, left) in zip(canvas, pixels, corners, strict=True):
        image[top : top + 8, left : left + 8] += digit
    return np.clip(canvas, 0, 1).astype(np.float32)[..., None]
