"""Distributions: a dot for every seed, and histograms side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .style import level_colours, levels_of, new_axes, place_legend, require_columns, words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


def dot_and_interval(
    frame: pd.DataFrame,
    x: str,
    y: str,
    *,
    hue: str | None = None,
    band: float = 100,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw every row as a dot, with the median and an interval of each group over them.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an observation, such as one seed's result.
    x : str
        Column of the groups; they stand in order of appearance.
    y : str
        Column of the values.
    hue : str, optional
        Column that divides each group by colour.
    band : float, default 100
        Percent of the values that the interval holds: 100 from the least to the
        greatest, 0 no interval.
    title : str, optional
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If a column is missing, or the frame has no rows.
    """
    import seaborn as sns

    require_columns(frame, [x, y, hue])
    ax = new_axes(ax)
    # Groups are names here even where they are numbers: one place each, evenly spaced.
    tidy = frame.assign(**{x: frame[x].astype(str)})
    levels = None if hue is None else levels_of(frame, hue)
    colours = level_colours([0]) if levels is None else level_colours(levels)
    common = {"data": tidy, "x": x, "y": y, "hue": hue, "hue_order": levels, "ax": ax}
    colour = {"palette": colours} if hue else {"color": colours[0]}
    spread = 0 if levels is None else 0.8 * (1 - 1 / len(levels))
    sns.stripplot(**common, **colour, dodge=bool(hue), jitter=0.08, alpha=0.4, size=5, legend=False)
    sns.pointplot(
        **common,
        **colour,
        estimator="median",
        errorbar=("pi", band) if band > 0 else None,
        dodge=spread or False,
        linestyle="none",
        marker="_",
        markersize=22,
        markeredgewidth=3,
        err_kws={"linewidth": 1.5},
        legend="full" if hue else False,
    )
    ax.set(xlabel=words(x), ylabel=words(y))
    if title is not None:
        ax.set_title(title, loc="left")
    place_legend(ax, [hue])
    return ax


def compare_distributions(
    frame: pd.DataFrame,
    x: str,
    *,
    hue: str | None = None,
    bins: int | str = "auto",
    limits: tuple[float, float] | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw one histogram a group over common bins, each with area 1.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an observation.
    x : str
        Column of the values.
    hue : str, optional
        Column of the groups.
    bins : int or str, default "auto"
        Number of bins, or a rule of `numpy.histogram_bin_edges`.
    limits : (float, float), optional
        The range that is divided into bins; by default all values.
    title : str, optional
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If a column is missing, or no value is finite.
    """
    import seaborn as sns

    require_columns(frame, [x, hue])
    finite = frame[np.isfinite(frame[x])]
    if finite.empty:
        raise ValueError(f"Column {x!r} holds no finite number, so there is nothing to draw.")
    ax = new_axes(ax)
    levels = None if hue is None else levels_of(frame, hue)
    sns.histplot(
        finite,
        x=x,
        hue=hue,
        hue_order=levels,
        palette=None if levels is None else level_colours(levels),
        bins=bins,
        binrange=limits,
        stat="density",
        common_norm=False,
        element="step",
        alpha=0.3,
        ax=ax,
    )
    ax.set(xlabel=words(x), ylabel="density")
    if title is not None:
        ax.set_title(title, loc="left")
    place_legend(ax, [hue])
    return ax
