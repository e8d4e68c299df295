"""Curves: a metric over epochs, and a metric against a setting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .style import (
    level_colours,
    levels_of,
    new_axes,
    place_legend,
    require_columns,
    use_log_axis,
    words,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


def learning_curves(
    frame: pd.DataFrame,
    y: str | Sequence[str] = "val_loss",
    *,
    x: str = "epoch",
    hue: str | None = None,
    style: str | None = None,
    band: float = 100,
    log: bool = False,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the median of a metric over epochs, with a band that holds the seeds.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per (setting, seed, epoch), as `coursekit.training` returns it.
    y : str or sequence of str, default "val_loss"
        The metric; several of them, such as ``("loss", "val_loss")``, become one line each.
    x : str, default "epoch"
        Column of the horizontal axis.
    hue, style : str, optional
        Columns that give lines their colour and their dashes.
    band : float, default 100
        Percent of the seeds that the band holds: 100 from the least to the greatest,
        0 no band.
    log : bool, default False
        Logarithmic vertical axis.
    title : str, optional
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Notes
    -----
    A run that reaches NaN or infinity counts as worse than every number from there on: a
    median of mostly diverged runs is not drawn, and the figure says how many there were.

    Raises
    ------
    ValueError
        If a column is missing, or the frame has no rows.
    """
    import seaborn as sns
    from matplotlib.ticker import MaxNLocator

    metrics = [y] if isinstance(y, str) else list(y)
    require_columns(frame, [x, *metrics, hue, style])
    tidy, value, hue, style = _one_metric(frame, metrics, hue, style)
    order = None if hue is None else levels_of(tidy, hue)
    ax = new_axes(ax)
    sns.lineplot(
        _finite_rows(tidy, value, [x, hue, style]),
        x=x,
        y=value,
        hue=hue,
        style=style,
        hue_order=order,
        palette=None if order is None else level_colours(order),
        estimator="median",
        errorbar=("pi", band) if band > 0 else None,
        legend="full" if hue or style else False,
        ax=ax,
    )
    _finish(ax, words(x), words(value), title)
    if log:
        use_log_axis(ax, "y")
    if frame[x].dtype.kind in "iu":
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    _note_diverged(ax, tidy, value, [hue, style])
    place_legend(ax, [hue, style])
    return ax


def sweep_curve(
    frame: pd.DataFrame,
    x: str = "learning_rate",
    y: str = "val_loss",
    *,
    hue: str | None = None,
    log: bool = True,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a metric against a setting: every seed a point, the median a line.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per (setting, seed): of a history, the rows of one epoch.
    x : str, default "learning_rate"
        Column of the setting, numbers.
    y : str, default "val_loss"
        Column of the metric.
    hue : str, optional
        Column that gives lines and points their colour.
    log : bool, default True
        Logarithmic horizontal axis.
    title : str, optional
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Notes
    -----
    A run that ended in NaN or infinity is a cross at the upper edge, and the median counts
    it as worse than every number.

    Raises
    ------
    ValueError
        If a column is missing, a seed has several rows a setting, or `log` meets a
        setting that is not positive.
    """
    require_columns(frame, [x, y, hue])
    _require_one_row_a_run(frame, x, hue)
    if log and not (frame[x] > 0).all():
        raise ValueError(
            f"{x} holds {frame[x].min()}, which a logarithmic axis cannot show: pass log=False."
        )
    ax = new_axes(ax)
    levels = [None] if hue is None else levels_of(frame, hue)
    for level, colour in zip(levels, level_colours(levels), strict=True):
        rows = frame if level is None else frame[frame[hue] == level]
        _draw_sweep(ax, rows, x, y, colour, None if level is None else str(level))
    if log:
        use_log_axis(ax, "x")
    _finish(ax, words(x), words(y), title)
    if not np.isfinite(frame[y]).all():
        ax.plot([], [], "x", color="0.35", label="diverged")
    if ax.get_legend_handles_labels()[1]:
        ax.legend(title=hue)
    place_legend(ax, [hue])
    return ax


def _draw_sweep(
    ax: Axes, rows: pd.DataFrame, x: str, y: str, colour: Any, label: str | None
) -> None:
    """Draw the points, the diverged runs and the median line of one setting."""
    finite = np.isfinite(rows[y])
    ax.plot(rows[x][finite], rows[y][finite], "o", color=colour, alpha=0.45, markersize=5)
    median = rows[y].where(finite, np.inf).groupby(rows[x]).median()
    ax.plot(median.index, median.where(np.isfinite(median)), color=colour, label=label)
    if not finite.all():
        ax.plot(
            rows[x][~finite],
            np.full((~finite).sum(), 0.98),
            "x",
            color=colour,
            transform=ax.get_xaxis_transform(),
        )


def _one_metric(
    frame: pd.DataFrame, metrics: list[str], hue: str | None, style: str | None
) -> tuple[pd.DataFrame, str, str | None, str | None]:
    """Stack several metric columns into one, told apart by dashes, or by colour if it is free."""
    if len(metrics) == 1:
        return frame, metrics[0], hue, style
    value = metrics[0].removeprefix("val_")
    keys = [column for column in frame.columns if column not in metrics]
    tidy = frame.melt(id_vars=keys, value_vars=metrics, var_name="curve", value_name="_value")
    tidy["curve"] = tidy["curve"].map(words)
    tidy = tidy.rename(columns={"_value": value})
    return (tidy, value, "curve", style) if hue is None else (tidy, value, hue, style or "curve")


def _finite_rows(frame: pd.DataFrame, value: str, keys: list[str | None]) -> pd.DataFrame:
    """Drop diverged values, and with them every point of which they are the greater part."""
    finite = np.isfinite(frame[value])
    if finite.all():
        return frame
    groups = [frame[key] for key in keys if key is not None]
    return frame[finite & (finite.groupby(groups).transform("mean") > 0.5)]


def _note_diverged(ax: Axes, frame: pd.DataFrame, value: str, keys: list[str | None]) -> None:
    """Write above the axes how many runs left the numbers."""
    if "seed" not in frame.columns:
        return
    finite = np.isfinite(frame[value])
    runs = finite.groupby([frame[key] for key in ("seed", *keys) if key is not None]).all()
    if runs.all():
        return
    text = f"{(~runs).sum()} of {len(runs)} runs diverged"
    ax.set_title(text, loc="right", fontsize="small", color="0.35")


def _require_one_row_a_run(frame: pd.DataFrame, x: str, hue: str | None) -> None:
    """Raise an error where a history of many epochs was passed for their last rows."""
    if "seed" in frame.columns and frame.duplicated([x, "seed", *([hue] if hue else [])]).any():
        raise ValueError(
            f"A seed has several rows for one {x}: pass one row each, "
            "such as frame[frame.epoch == frame.epoch.max()], or name the other setting as hue."
        )


def _finish(ax: Axes, x_label: str, y_label: str, title: str | None) -> None:
    ax.set(xlabel=x_label, ylabel=y_label)
    if title is not None:
        ax.set_title(title, loc="left")
