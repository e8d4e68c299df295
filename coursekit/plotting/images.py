"""Images side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from .style import new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TITLE_INCHES = 0.22


def image_grid(
    images: ArrayLike,
    titles: Sequence[object] | None = None,
    *,
    n_columns: int | None = None,
    cmap: str = "gray",
    limits: tuple[float, float] | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw images as one grid, each under its own title.

    Parameters
    ----------
    images : array_like, shape (n_images, height, width), (..., 1) or (..., 3)
        Grey images, or colours in [0, 1] or 0 to 255 (uint8).
    titles : sequence, optional
        One for each image, such as its label.
    n_columns : int, optional
        Images a row; by default up to 8 in one row, else about twice as many as rows.
    cmap : str, default "gray"
        Colour map of grey images.
    limits : (float, float), optional
        Values drawn as the first and last colour, the same for all grey images; by
        default the least and greatest value of all of them.
    title : str, optional
        Title of the whole grid.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure of a fitting size.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the shape is none of the above, or the number of titles differs.
    """
    stack = _image_stack(images)
    if titles is not None and len(titles) != len(stack):
        raise ValueError(f"There are {len(stack)} images and {len(titles)} titles: give one each.")
    n_columns = min(n_columns or _default_columns(len(stack)), len(stack))
    n_rows = -(-len(stack) // n_columns)
    height, width = stack.shape[1:3]
    inches = _inches_per_image(n_columns, n_rows, ax)
    # A title needs the same room however large its image is; else a hair's breadth will do.
    room = height * _TITLE_INCHES / inches if titles is not None else 0.0
    step_x, step_y = width * 1.06, height * 1.06 + room
    grid_width, grid_height = n_columns * step_x, n_rows * step_y
    scale = inches / step_x
    ax = new_axes(ax, figsize=(grid_width * scale, grid_height * scale + 0.3 * (title is not None)))
    low, high = limits or (stack.min(), stack.max())
    for number, image in enumerate(stack):
        top, left = (number // n_columns) * step_y + room, (number % n_columns) * step_x
        extent = (left, left + width, top + height, top)
        ax.imshow(image, cmap=cmap, vmin=low, vmax=high, extent=extent, interpolation="nearest")
        if titles is not None:
            middle = left + width / 2
            ax.text(middle, top, str(titles[number]), ha="center", va="bottom", fontsize="small")
    ax.set(xlim=(0, grid_width), ylim=(grid_height, 0))
    ax.set_axis_off()
    if title is not None:
        ax.set_title(title, loc="left")
    return ax


def _image_stack(images: ArrayLike) -> np.ndarray:
    """Return images as (n, height, width) or (n, height, width, 3)."""
    stack = np.asarray(images)
    if stack.ndim == 4 and stack.shape[-1] == 1:
        stack = stack[..., 0]
    if len(stack) == 0 or not (stack.ndim == 3 or (stack.ndim == 4 and stack.shape[-1] == 3)):
        raise ValueError(
            f"images have shape {np.shape(images)}: give (n, height, width), "
            "(n, height, width, 1) or (n, height, width, 3)."
        )
    return stack if stack.ndim == 3 or stack.dtype == np.uint8 else np.clip(stack, 0, 1)


def _default_columns(n_images: int) -> int:
    """Return one row for a few images, else a grid about twice as wide as high."""
    return n_images if n_images <= 8 else round((2 * n_images) ** 0.5)


def _inches_per_image(n_columns: int, n_rows: int, ax: Axes | None) -> float:
    """Return the width of one image: of given axes, or of a figure that fits the page."""
    if ax is None:
        return min(1.5, 8.0 / n_columns, 8.0 / n_rows)
    box = ax.get_window_extent()
    return float(min(box.width / n_columns, box.height / n_rows) / ax.figure.dpi)
