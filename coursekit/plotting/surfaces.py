"""Surfaces of a loss over two parameters, and paths on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from .style import PALETTE, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def loss_surface(
    x: ArrayLike,
    y: ArrayLike,
    Z: ArrayLike,
    *,
    levels: int = 14,
    log: bool = False,
    labels: tuple[str, str] = ("w0", "w1"),
    minimum: tuple[float, float] | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the values of a loss on a grid as filled contours.

    Parameters
    ----------
    x, y : array_like, shape (n_x,) and (n_y,)
        Coordinates of the columns and rows of `Z`.
    Z : array_like, shape (n_y, n_x)
        Values of the loss.
    levels : int, default 14
        Number of contours.
    log : bool, default False
        Space contours evenly in the logarithm: shows the floor of a narrow valley.
        Values of 0 and below are drawn as the least positive one.
    labels : (str, str), default ("w0", "w1")
        Names of the two parameters.
    minimum : (float, float), optional
        A point to mark with a star.
    title : str, optional
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If shapes do not fit, or `log` meets no positive value.
    """
    x, y, Z = np.asarray(x), np.asarray(y), np.asarray(Z, dtype=float)
    if Z.shape != (y.size, x.size):
        raise ValueError(
            f"Z has shape {Z.shape}; {y.size} values of y and {x.size} of x ask for "
            f"({y.size}, {x.size})."
        )
    if log and not (Z > 0).any():
        raise ValueError("log=True needs positive values, and Z has none.")
    ax = new_axes(ax, figsize=(6.0, 4.5))
    edges, norm = _contours(Z, levels, log)
    drawn = np.clip(Z, edges[0], edges[-1])
    # Pale colours, so that a path on top of them stands out.
    filled = ax.contourf(x, y, drawn, edges, cmap="Blues", norm=norm, alpha=0.75)
    ax.contour(x, y, drawn, edges, colors="white", linewidths=0.5)
    bar = ax.figure.colorbar(filled, ax=ax, label="loss", format="{x:.2g}")
    bar.minorticks_off()
    if minimum is not None:
        ax.plot(*minimum, "*", color="black", markersize=12, label="minimum")
    ax.set(xlabel=labels[0], ylabel=labels[1])
    ax.grid(False)
    if title is not None:
        ax.set_title(title, loc="left")
    return ax


def descent_path(
    path: ArrayLike,
    *,
    label: str | None = None,
    color: Any = PALETTE[3],
    ax: Axes | None = None,
) -> Axes:
    """Draw the steps of an optimizer: a line with a dot for each, a ring at the start.

    The limits of axes that hold something already stay as they are, so a path that
    leaves the surface is cut at its edge.

    Parameters
    ----------
    path : array_like, shape (n_steps, 2)
        The two parameters after each step, the start first.
    label : str, optional
        Name of the path in the legend.
    color : color, optional
        Any colour that matplotlib knows.
    ax : matplotlib.axes.Axes, optional
        Where to draw, as a rule the axes of `loss_surface`; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the path is not of shape (n_steps, 2).
    """
    path = np.asarray(path, dtype=float)
    if path.ndim != 2 or path.shape[1] != 2 or len(path) == 0:
        raise ValueError(f"path has shape {path.shape}: give (n_steps, 2), one row a step.")
    limits = (ax.get_xlim(), ax.get_ylim()) if ax is not None and ax.has_data() else None
    ax = new_axes(ax, figsize=(6.0, 4.5))
    ax.plot(*path.T, "-o", color=color, markersize=3, linewidth=1.4, label=label)
    ax.plot(*path[0], "o", color=color, markersize=9, markerfacecolor="white", markeredgewidth=2)
    if limits is not None:
        ax.set(xlim=limits[0], ylim=limits[1])
    else:
        ax.set(xlabel="w0", ylabel="w1")
    if label is not None:
        ax.legend(loc="best", frameon=True, framealpha=0.85)
    return ax


def _contours(Z: np.ndarray, levels: int, log: bool) -> tuple[np.ndarray, Any]:
    """Return the contours' values and the norm of their colours."""
    from matplotlib.colors import LogNorm, Normalize

    finite = Z[np.isfinite(Z) & (Z > 0)] if log else Z[np.isfinite(Z)]
    low, high = finite.min(), finite.max()
    if low == high:
        low, high = (low / 2, high * 2) if log else (low - 1, high + 1)
    edges = np.geomspace(low, high, levels) if log else np.linspace(low, high, levels)
    return edges, LogNorm(low, high) if log else Normalize(low, high)
