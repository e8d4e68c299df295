"""Draws the figures of the class page: pictures of text and bars that a page can hold.

Figures are made without pyplot, so nothing of the process's own drawing is touched, and the same
numbers give the same bytes.
"""

import base64
import io
import textwrap
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec

from ..legible import legible
from .pages import COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_STYLE: dict[Any, Any] = {
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "0.6",
    "axes.titlelocation": "left",
    "svg.hashsalt": "coursekit",  # ids in the picture are then the same each time
    "svg.fonttype": "path",
    "text.parse_math": False,  # a dollar sign is a dollar sign
}
_WIDTH = 8.0
_Arguments = ParamSpec("_Arguments")


def _styled(draw: Callable[_Arguments, str]) -> Callable[_Arguments, str]:
    """Draw from Matplotlib's defaults, whatever theme or ``matplotlibrc`` the teacher has."""

    @wraps(draw)
    def drawn(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> str:
        from matplotlib import style

        with style.context(["default", _STYLE]):
            return draw(*args, **kwargs)

    return drawn


@_styled
def draw_mistakes(counts: Sequence[tuple[str, str, int]], n_students: int) -> str:
    """Draw how many learners share each mistake.

    Parameters
    ----------
    counts : sequence of (str, str, int)
        Exercise, mistake, and how many made it; the most frequent first.
    n_students : int
        How many handed the exercises in.

    Returns
    -------
    str
        Address of the picture: its data.
    """
    names = [f"{mistake}\n{exercise}" for exercise, mistake, _ in counts]
    figure, axes = _figure(0.7 + 0.52 * len(counts))
    values = [count for *_, count in counts]
    bars = axes.barh(range(len(counts)), values, height=0.62, color=COLOURS["wrong"])
    shares = [f" {v} ({v / max(n_students, 1):.0%})" for v in values]
    axes.bar_label(bars, labels=shares, padding=2)
    axes.set_yticks(range(len(counts)), [legible(name) for name in names])
    axes.set(xlabel="students", xlim=(0, max(values) * 1.18), ylim=(len(counts) - 0.4, -0.6))
    _whole_numbers(axes, "x")
    axes.tick_params(axis="y", length=0)
    return _picture(figure)


@_styled
def draw_outcomes(exercises: Mapping[str, Mapping[str, int]]) -> str:
    """Draw how each exercise came out.

    Parameters
    ----------
    exercises : mapping of str to mapping of str to int
        How many learners had each outcome, by exercise.

    Returns
    -------
    str
        Address of the picture: its data.
    """
    figure, axes = _figure(1.1 + 0.42 * len(exercises))
    starts = [0] * len(exercises)
    for outcome, colour in COLOURS.items():
        counts = [found.get(outcome, 0) for found in exercises.values()]
        if not any(counts):
            continue
        bars = axes.barh(
            range(len(exercises)), counts, left=starts, height=0.66, color=colour, label=outcome,
            edgecolor="white", linewidth=0.8,
        )  # fmt: skip
        most = max(sum(found.values()) for found in exercises.values())
        labels = [str(count) if count > most * 0.035 else "" for count in counts]
        axes.bar_label(bars, labels=labels, label_type="center", color="white", fontsize=9)
        starts = [start + count for start, count in zip(starts, counts, strict=True)]
    axes.set_yticks(range(len(exercises)), [textwrap.fill(legible(name), 32) for name in exercises])
    axes.set(xlabel="students", ylim=(len(exercises) - 0.4, -0.6))
    _whole_numbers(axes, "x")
    axes.tick_params(axis="y", length=0)
    figure.legend(loc="outside upper left", ncols=6, frameon=False, fontsize=9, handlelength=1)
    return _picture(figure)


@_styled
def draw_scores(scores: Sequence[float], possible: float) -> str:
    """Draw how the points are distributed.

    Parameters
    ----------
    scores : sequence of float
        Points of each learner.
    possible : float
        Points that can be had.

    Returns
    -------
    str
        Address of the picture: its data.
    """
    import numpy as np

    top = max(possible, *scores, 1.0)
    low = min(0.0, *scores)
    # One bar a point, as long as the bars stay wide enough to be told apart.
    step = max(1.0, float(np.ceil((top - low) / 25)))
    edges = np.arange(np.floor(low / step) * step, top + 1.5 * step, step) - step / 2
    figure, axes = _figure(2.4)
    axes.hist(scores, bins=list(edges), color=COLOURS["right"], edgecolor="white", linewidth=0.8)
    middle = float(np.median(scores))
    axes.axvline(middle, color="0.25", linestyle="--", linewidth=1.2)
    axes.annotate(
        f"median {middle:g}", (middle, 1.02), xycoords=("data", "axes fraction"), ha="center"
    )  # fmt: skip
    axes.set(xlabel=f"points, of {possible:g}", ylabel="students", xlim=(edges[0], edges[-1]))
    _whole_numbers(axes, "y")
    return _picture(figure)


def _figure(height: float) -> tuple["Figure", "Axes"]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_WIDTH, height), layout="constrained")
    return figure, figure.add_subplot()


def _whole_numbers(axes: "Axes", which: str) -> None:
    from matplotlib.ticker import MaxNLocator

    axis: Any = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(MaxNLocator(integer=True, nbins=8))


def _picture(figure: "Figure") -> str:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return "data:image/svg+xml;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
