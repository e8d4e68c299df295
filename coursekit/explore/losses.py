"""Lesson 02: the constant that each loss prefers, while an outlier is dragged away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from coursekit.explore import controls
from coursekit.explore.canvas import COLORS, Artists
from coursekit.explore.explorer import Explorer
from coursekit.explore.prediction import Fact, Prediction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure
    from numpy.typing import NDArray

INLIERS = np.array([10, 14, 17, 20, 22, 24, 26, 28, 31, 34, 38], dtype=float)  # minutes
CENTER = 24.0  # minutes: the middle of the symmetric inliers, their mean and their median
OUTLIER_MAX = 100  # minutes
TIME_LIMITS = (-14, 118)  # minutes: both ends of the axes, with room for the numbers
GRID = np.linspace(0, TIME_LIMITS[1], 237)  # minutes: constants at which the losses are drawn

# Name of the constant: its loss, colour, marker and line style, always the same four.
STYLES = {
    "mean": ("squared error → mean", COLORS["red"], "o", "-"),
    "median": ("absolute error → median", COLORS["blue"], "s", "--"),
    "Huber": ("Huber loss", COLORS["green"], "^", "-."),
    "quantile": ("pinball loss → quantile", COLORS["pink"], "D", ":"),
}


def squared_error(residual: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return half the squared residual: its best constant is the mean."""
    return residual**2 / 2


def absolute_error(residual: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the absolute residual: its best constant is the median."""
    return np.abs(residual)


def huber_loss(residual: NDArray[np.float64], delta: float) -> NDArray[np.float64]:
    """Return a loss squared up to ``delta`` and linear beyond (Huber, 1964)."""
    size = np.abs(residual)
    return np.where(size <= delta, size**2 / 2, delta * (size - delta / 2))


def pinball_loss(residual: NDArray[np.float64], q: float) -> NDArray[np.float64]:
    """Return the loss whose best constant is the q-quantile (Koenker & Bassett, 1978)."""
    return np.maximum(q * residual, (q - 1) * residual)


def best_huber(values: NDArray[np.float64], delta: float) -> float:
    """Return the constant of least Huber loss, exactly.

    The slope of the summed loss is piecewise linear and never falls, with knots ``delta`` around
    each value, so its zero lies between two knots. Where it is zero on a whole interval, the
    middle is taken, as the median does.
    """
    knots = np.sort(np.concatenate([values - delta, values + delta]))
    slope = np.clip(knots[:, None] - values, -delta, delta).sum(axis=1).round(9)
    if (slope == 0).any():
        return float(knots[slope == 0][[0, -1]].mean())
    return float(np.interp(0, slope, knots))


def best_quantile(values: NDArray[np.float64], q: float) -> float:
    """Return the constant of least pinball loss; the middle of them where there are many."""
    # Rounding keeps a slider's 0.6000000000000001 from choosing the next value up.
    return float(np.quantile(values, round(q, 6), method="averaged_inverted_cdf"))


def best_of_each(values: NDArray[np.float64], q: float, delta: float) -> dict[str, float]:
    """Return the constant that each loss prefers, by its name in `STYLES`."""
    return {
        "mean": float(values.mean()),
        "median": float(np.median(values)),
        "Huber": best_huber(values, delta),
        "quantile": best_quantile(values, q),
    }


@dataclass(frozen=True)
class Constants:
    """The data and the constant that each loss prefers.

    Attributes
    ----------
    outlier, n_outliers : float, int
        Where the outliers are, in minutes, and how many.
    best, start : dict of str to float
        The constants now, and with the outliers at the centre of the other data; in minutes.
    moved : dict of str to float
        How far each constant moved for every minute that the outliers are from the centre.
    curves : dict of str to ndarray of shape (237,)
        Each loss over `GRID`, less its minimum and scaled to 1 at its largest.
    """

    outlier: float
    n_outliers: int
    best: dict[str, float]
    start: dict[str, float]
    moved: dict[str, float]
    curves: dict[str, NDArray[np.float64]]

    @property
    def facts(self) -> dict[str, Fact]:
        """The four constants, and how far the outlier pulled each."""
        constants = {f"{name} (min)": value for name, value in self.best.items()}
        moved = {f"{name} moved per min of outlier": value for name, value in self.moved.items()}
        return {**constants, **moved}


def drag_outlier(outlier: float, n_outliers: int, q: float, delta: float) -> Constants:
    """Compute the best constants with outliers at one place, and how far they moved.

    Parameters
    ----------
    outlier : float
        Place of the outliers in minutes.
    n_outliers : int
        How many outliers there are, all at that place.
    q : float
        Quantile of the pinball loss, between 0 and 1.
    delta : float
        Residual in minutes beyond which the Huber loss is linear.
    """
    values = _with_outliers(outlier, n_outliers)
    best = best_of_each(values, q, delta)
    start = best_of_each(_with_outliers(CENTER, n_outliers), q, delta)
    # At the centre nothing has moved yet: the first minute tells the pull.
    probe = outlier if outlier != CENTER else CENTER + 1
    there = best_of_each(_with_outliers(probe, n_outliers), q, delta)
    moved = {name: (there[name] - start[name]) / (probe - CENTER) for name in STYLES}
    curves = _scaled_curves(values, best, q, delta)
    return Constants(outlier, n_outliers, best, start, moved, curves)


def _with_outliers(outlier: float, n_outliers: int) -> NDArray[np.float64]:
    return np.concatenate([INLIERS, np.full(n_outliers, float(outlier))])


def _scaled_curves(
    values: NDArray[np.float64], best: Mapping[str, float], q: float, delta: float
) -> dict[str, NDArray[np.float64]]:
    losses: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
        "mean": squared_error,
        "median": absolute_error,
        "Huber": lambda residual: huber_loss(residual, delta),
        "quantile": lambda residual: pinball_loss(residual, q),
    }
    curves = {}
    for name, loss in losses.items():
        height = loss(values[:, None] - GRID).mean(axis=0) - loss(values - best[name]).mean()
        curves[name] = height / height.max()
    return curves


def setup(figure: Figure) -> Artists:
    """Draw the fixed axes: a lane for the data and each constant, and the losses below."""
    lanes, losses = figure.subplots(2, 1, sharex=True, height_ratios=(1.15, 1))
    lanes.set(xlim=TIME_LIMITS, ylim=(4.6, -0.9), xticks=range(0, OUTLIER_MAX + 1, 20))
    lanes.set_title("Best constant (hollow: outlier at the centre)")
    lanes.set_yticks(range(5), ["data", *(label for label, *_ in STYLES.values())])
    lanes.tick_params(left=False)
    losses.set(xlabel="constant predicted, delivery time (minutes)", ylim=(-0.08, 1.05))
    losses.set_title("Each loss against the constant")
    losses.set(ylabel="loss above its\nminimum (scaled)", yticks=[0, 0.5, 1])
    lanes.axhline(0.5, color="#d9d9d9", linewidth=0.8)
    lanes.plot(INLIERS, np.zeros(len(INLIERS)), "o", color=COLORS["ink"], markersize=6, alpha=0.7)
    artists = {
        "outlier": lanes.plot([], [], "X", color=COLORS["orange"], markersize=11,
                              markeredgecolor="black")[0],
        "count": lanes.text(0, -0.55, "", ha="center", va="center", size="small"),
    }  # fmt: skip
    for lane, (name, (_, color, marker, line)) in enumerate(STYLES.items(), start=1):
        artists |= {
            f"{name} start": lanes.plot([], [], marker, markersize=7, color="white",
                                        markeredgecolor=color, zorder=3)[0],
            f"{name} moved": lanes.plot([], [], color=color, linestyle=line, linewidth=2)[0],
            f"{name} best": lanes.plot([], [], marker, markersize=9, color=color,
                                       markeredgecolor="black", zorder=4)[0],
            f"{name} value": lanes.annotate("", (0, lane), (9, 0), textcoords="offset points",
                                            va="center", weight="bold"),
            f"{name} curve": losses.plot([], [], color=color, linestyle=line, linewidth=2)[0],
            f"{name} minimum": losses.plot([], [], marker, markersize=9, color=color, zorder=4,
                                           markeredgecolor="black", clip_on=False)[0],
        }  # fmt: skip
    return artists


def draw(artists: Artists, data: Constants) -> None:
    """Show the outliers, how far each constant moved, and the losses with their minima."""
    artists["outlier"].set_data([data.outlier], [0])
    artists["count"].set_text("outlier" if data.n_outliers == 1 else f"{data.n_outliers} outliers")
    artists["count"].set_position((data.outlier, -0.55))
    for lane, name in enumerate(STYLES, start=1):
        start, best = data.start[name], data.best[name]
        artists[f"{name} start"].set_data([start], [lane])
        artists[f"{name} moved"].set_data([start, best], [lane, lane])
        artists[f"{name} best"].set_data([best], [lane])
        artists[f"{name} value"].set_text(f"{best:.1f}")
        side = "left" if best >= start else "right"  # of the number that touches the marker
        artists[f"{name} value"].xy = (best, lane)
        artists[f"{name} value"].set(ha=side, position=(9 if side == "left" else -9, 0))
        artists[f"{name} curve"].set_data(GRID, data.curves[name])
        artists[f"{name} minimum"].set_data([best], [0])


def _most_moved(facts: Mapping[str, Fact]) -> str:
    return max(STYLES, key=lambda name: abs(float(facts[f"{name} moved per min of outlier"])))


def best_constants() -> Explorer:
    """Drag an outlier and see the constant that each loss prefers.

    Returns
    -------
    Explorer
        Settings: ``outlier`` (0 to 100 minutes), ``n_outliers`` (1 to 13), ``q`` (0.05 to 0.95),
        ``delta`` (0.5 to 50 minutes).
    """
    return Explorer(
        title="Drag an outlier: which constant follows it?",
        alt="Above: eleven delivery times, an outlier, and the constant that squared error, "
        "absolute error, Huber loss and pinball loss prefer, with how far each moved. Below: the "
        "four losses against the constant, with their minima.",
        setup=setup,
        update=drag_outlier,
        draw=draw,
        controls={
            "outlier": controls.slider("outlier (min)", 60, 0, OUTLIER_MAX),
            "n_outliers": controls.slider("number of outliers", 1, 1, 13),
            "q": controls.slider("pinball quantile q", 0.75, 0.05, 0.95, 0.05),
            "delta": controls.log_slider("Huber δ (min)", 8, -0.3, 1.7),
        },
        presets={
            "No pull": {"outlier": 24, "n_outliers": 1},
            "One far away": {"outlier": 96, "n_outliers": 1},
            "Five far away": {"outlier": 96, "n_outliers": 5},
            "Majority": {"outlier": 96, "n_outliers": 13},
        },
        step="n_outliers",
        step_label="One more outlier",
        prediction=Prediction(
            question="One outlier moves from the centre to 96 minutes. Which constant moves most?",
            options=("mean", "median", "Huber", "quantile"),
            settings={"outlier": 96, "n_outliers": 1},
            answer=_most_moved,
            because="The slope of the squared error grows with the residual, so one point can "
            "pull without limit; the slopes of the other three are bounded.",
        ),
        size=(8.2, 4.8),
        preview_size=(4.4, 3.9),
    )
