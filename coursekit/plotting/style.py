"""How every figure of the course looks, and the small things that all of them share."""

from __future__ import annotations

import numbers
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

# seaborn's "colorblind" palette, by value so that reading it imports nothing.
PALETTE = (
    "#0173b2",
    "#de8f05",
    "#029e73",
    "#d55e00",
    "#cc78bc",
    "#ca9161",
    "#fbafe4",
    "#949494",
    "#ece133",
    "#56b4e9",
)

_LEGEND_INSIDE = 4  # more entries than these stand beside the axes


def use_style(*, scale: float = 1.0) -> None:
    """Set the look of all figures drawn from here on: colours, sizes, resolution.

    Colours can be told apart by colour-blind readers; a figure of the standard size is
    about 8 inches wide and its PNG small enough to be stored in a notebook.

    Parameters
    ----------
    scale : float, default 1.0
        Size of all text and lines; 1.5 suits a projector.
    """
    import seaborn as sns

    sns.set_theme(
        context="notebook",
        style="ticks",
        palette=list(PALETTE),
        font_scale=0.95 * scale,
        rc={
            "figure.figsize": (8.0, 4.0),
            "figure.dpi": 80,
            "savefig.dpi": 120,
            "figure.constrained_layout.use": True,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.titlelocation": "left",
            "grid.color": "0.9",
            "grid.linewidth": 0.8,
            "lines.linewidth": 1.8 * scale,
            "legend.frameon": False,
            "image.cmap": "viridis",
        },
    )


def new_axes(ax: Axes | None, figsize: tuple[float, float] | None = None) -> Axes:
    """Return `ax`, or the axes of a new figure.

    Parameters
    ----------
    ax : matplotlib.axes.Axes or None
    figsize : (float, float), optional
        Width and height in inches of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
    """
    import matplotlib.pyplot as plt

    if ax is None:
        # Without pyplot's register, a notebook would not show the figure.
        _, ax = plt.subplots(figsize=figsize, layout="constrained")
    return ax


def require_columns(frame: pd.DataFrame, columns: Iterable[str | None]) -> None:
    """Raise an error that names the first column that `frame` lacks.

    Parameters
    ----------
    frame : pandas.DataFrame
    columns : iterable of str or None
        None stands for a column that was not asked for.

    Raises
    ------
    ValueError
        Names the missing column and lists the ones that are there.
    """
    for column in columns:
        if column is not None and column not in frame.columns:
            present = ", ".join(map(str, frame.columns)) or "none"
            raise ValueError(f"There is no column {column!r}; the frame has: {present}.")
    if frame.empty:
        raise ValueError("The frame has no rows, so there is nothing to draw.")


def words(column: str) -> str:
    """Return a column's name as a label: ``"learning_rate"`` becomes ``"learning rate"``.

    Parameters
    ----------
    column : str

    Returns
    -------
    str
    """
    text = str(column).replace("_", " ")
    return f"validation {text[4:]}" if text.startswith("val ") else text


def levels_of(frame: pd.DataFrame, column: str) -> list[Any]:
    """Return the different values of a column: numbers sorted, names in order of appearance.

    Parameters
    ----------
    frame : pandas.DataFrame
    column : str

    Returns
    -------
    list
    """
    levels = frame[column].dropna().drop_duplicates()
    return list(levels.sort_values() if levels.dtype.kind in "iuf" else levels)


def level_colours(levels: Sequence[Any]) -> list[Any]:
    """Choose one colour a level: shades where the levels are ordered numbers.

    Parameters
    ----------
    levels : sequence
        Different values of a column.

    Returns
    -------
    list
        Colours that matplotlib knows, as many as levels.
    """
    import seaborn as sns

    ordered = len(levels) > 3 and all(isinstance(level, numbers.Number) for level in levels)
    if ordered or len(levels) > len(PALETTE):
        # The palest fifth of the map is too pale for a line on white.
        return list(sns.color_palette("viridis_r", round(len(levels) * 1.2)))[-len(levels) :]
    return list(PALETTE[: len(levels)])


def place_legend(ax: Axes, columns: Iterable[str | None] = ()) -> None:
    """Put a long legend beside the axes, where it hides no data; tidy its headings.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Does nothing where there is no legend.
    columns : iterable of str or None
        Columns whose names serve as headings in the legend.
    """
    import seaborn as sns

    legend = ax.get_legend()
    if legend is None:
        return
    texts = legend.get_texts()
    for text in (legend.get_title(), *texts):
        if text.get_text() in columns:
            text.set_text(words(text.get_text()))
    if len(texts) > _LEGEND_INSIDE:
        sns.move_legend(ax, "upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)


def use_log_axis(ax: Axes, which: Literal["x", "y"]) -> None:
    """Make one axis logarithmic, its numbers written out: 0.01 and not 10 to the -2.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    which : {"x", "y"}
    """
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    ax.set(**{f"{which}scale": "log"})
    axis = ax.xaxis if which == "x" else ax.yaxis
    low, high = axis.get_view_interval()
    # A short axis would show one power of ten or none.
    ticks_per_decade = (1.0, 2.0, 5.0) if high / low < 300 else (1.0,)
    axis.set_major_locator(LogLocator(subs=ticks_per_decade))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())
