"""Lesson 06: four regression lines while bad points move out in x and in y."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from coursekit.explore import controls
from coursekit.explore.canvas import COLORS, Artists
from coursekit.explore.explorer import Explorer
from coursekit.explore.prediction import Fact, Prediction

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    FitLine = Callable[[NDArray[np.float64], NDArray[np.float64]], tuple[float, float]]

N_SAMPLES = 40
SLOPE, INTERCEPT, NOISE = 2.0, 1.0, 0.5
GOOD_RANGE = np.linspace(-3, 3, 61)  # x of the good points: where a line's error is measured
ERROR_LIMITS = (0.02, 40.0)
LOST = 1.0  # error from which a line counts as lost: twice the noise
_X_LIMITS, _Y_LIMITS = (-4.5, 13.5), (-24, 32)
_STYLES = {
    "OLS": (COLORS["red"], "o", "-"),
    "Huber": (COLORS["orange"], "^", "--"),
    "RANSAC": (COLORS["blue"], "s", "-."),
    "Theil–Sen": (COLORS["green"], "D", ":"),
}


@dataclass(frozen=True)
class FittedLines:
    """Data with bad points, and the line that each method fits.

    Attributes
    ----------
    x, y : ndarray of shape (40,)
        The bad points come first.
    n_bad : int
        How many points are bad.
    lines : dict of str to (float, float)
        Slope and intercept by method.
    errors : dict of str to float
        Mean distance of each line from the true one over the good points' range of x.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    n_bad: int
    lines: dict[str, tuple[float, float]]
    errors: dict[str, float]

    @property
    def facts(self) -> dict[str, Fact]:
        """The number of bad points and the error of each line."""
        errors: dict[str, Fact] = {f"error of {name}": e for name, e in self.errors.items()}
        return {"moved points of 40": self.n_bad, **errors}


def spoiled_points(
    share: float, position: float, height: float, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    """Draw a noisy line and move a share of its points to one place.

    The good points of a seed stay the same whatever the share and the place.

    Returns
    -------
    x, y : ndarray of shape (40,)
        The bad points come first.
    n_bad : int
    """
    rng = np.random.default_rng(seed)
    x = rng.uniform(GOOD_RANGE[0], GOOD_RANGE[-1], N_SAMPLES)
    y = SLOPE * x + INTERCEPT + rng.normal(0, NOISE, N_SAMPLES)
    n_bad = round(share * N_SAMPLES)
    spread = rng.normal(0, NOISE, (2, N_SAMPLES))
    x[:n_bad], y[:n_bad] = position + spread[0, :n_bad], height + spread[1, :n_bad]
    return x, y, n_bad


def fit_ols(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float]:
    """Return slope and intercept of the least squares line."""
    slope, intercept = np.polyfit(x, y, 1)
    return float(slope), float(intercept)


def fit_huber(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float]:
    """Return slope and intercept of Huber's line, with its scale estimated along with it."""
    from sklearn.linear_model import HuberRegressor

    model = HuberRegressor(alpha=0, max_iter=2000).fit(x[:, None], y)
    return float(model.coef_[0]), float(model.intercept_)


def fit_ransac(
    x: NDArray[np.float64], y: NDArray[np.float64], threshold: float, seed: int
) -> tuple[float, float]:
    """Return slope and intercept of the line refitted to the largest consensus."""
    from sklearn.linear_model import RANSACRegressor

    model = RANSACRegressor(residual_threshold=threshold, random_state=seed).fit(x[:, None], y)
    return float(model.estimator_.coef_[0]), float(model.estimator_.intercept_)


def fit_theil_sen(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float]:
    """Return the median of all pairwise slopes, and the median of what remains (Sen, 1968)."""
    from scipy.stats import theilslopes

    fitted = theilslopes(y, x, method="joint")
    return float(fitted.slope), float(fitted.intercept)


def fit_lines(
    share: float, position: float, height: float, threshold: float, seed: int
) -> FittedLines:
    """Fit four lines to data with bad points.

    Parameters
    ----------
    share : float
        Share of the points that are bad, from 0 to below 1/2.
    position, height : float
        The place of the bad points in x and y; they scatter around it like noise.
    threshold : float
        Residual below which RANSAC counts a point as agreeing.
    seed : int
        Seed of the data and of RANSAC.
    """
    x, y, n_bad = spoiled_points(share, position, height, seed)
    lines = {
        "OLS": fit_ols(x, y),
        "Huber": fit_huber(x, y),
        "RANSAC": fit_ransac(x, y, threshold, seed),
        "Theil–Sen": fit_theil_sen(x, y),
    }
    return FittedLines(
        x, y, n_bad, lines, {name: line_error(*line) for name, line in lines.items()}
    )


def line_error(slope: float, intercept: float) -> float:
    """Return the mean distance from the true line over the good points' range of x."""
    return float(np.abs((slope - SLOPE) * GOOD_RANGE + intercept - INTERCEPT).mean())


def setup(figure: Figure) -> Artists:
    """Draw the fixed axes: points with the four lines, and a lane for the error of each."""
    points, errors = figure.subplots(1, 2, width_ratios=(1.5, 1))
    points.set(xlim=_X_LIMITS, ylim=_Y_LIMITS, xlabel="x", ylabel="y", title="Points and lines")
    ends = np.array(_X_LIMITS)
    points.plot(ends, SLOPE * ends + INTERCEPT, color="#bdbdbd", linewidth=5, label="true line")
    errors.set(xscale="log", xlim=ERROR_LIMITS, ylim=(len(_STYLES) - 0.5, -0.5))
    errors.set(xlabel="error of the line", title="Error (shaded: lost)")
    errors.set_yticks(range(len(_STYLES)), list(_STYLES))
    errors.tick_params(left=False)
    errors.axvspan(LOST, ERROR_LIMITS[1], color="#efefef", zorder=0)
    artists = {
        "good": points.plot([], [], "o", color=COLORS["ink"], markersize=4, alpha=0.6)[0],
        "bad": points.plot([], [], "X", color=COLORS["pink"], markersize=8,
                           markeredgecolor="black", label="moved points", linestyle="none")[0],
    }  # fmt: skip
    for lane, (name, (color, marker, style)) in enumerate(_STYLES.items()):
        artists |= {
            f"{name} line": points.plot([], [], style, color=color, linewidth=2, label=name)[0],
            f"{name} bar": errors.plot([], [], color=color, linestyle=style, linewidth=2)[0],
            f"{name} error": errors.plot([], [], marker, color=color, markersize=9,
                                         markeredgecolor="black", clip_on=False)[0],
            f"{name} value": errors.annotate("", (1, lane), (0, 8), textcoords="offset points",
                                             ha="center", weight="bold", size="small"),
        }  # fmt: skip
    columns = 6 if figure.get_figwidth() > 6 else 3
    figure.legend(loc="outside upper center", ncols=columns, columnspacing=1.2)
    return artists


def draw(artists: Artists, data: FittedLines) -> None:
    """Show the points, the four lines and their errors."""
    artists["bad"].set_data(data.x[: data.n_bad], data.y[: data.n_bad])
    artists["good"].set_data(data.x[data.n_bad :], data.y[data.n_bad :])
    ends = np.array(_X_LIMITS)
    for lane, (name, (slope, intercept)) in enumerate(data.lines.items()):
        error = float(np.clip(data.errors[name], *ERROR_LIMITS))
        artists[f"{name} line"].set_data(ends, slope * ends + intercept)
        artists[f"{name} bar"].set_data([ERROR_LIMITS[0], error], [lane, lane])
        artists[f"{name} error"].set_data([error], [lane])
        artists[f"{name} value"].set_text(f"{data.errors[name]:.2g}")
        artists[f"{name} value"].xy = (float(np.clip(error, 0.03, 25)), lane)


def _who_is_lost(facts: Mapping[str, Fact]) -> str:
    lost = {name for name in _STYLES if float(facts[f"error of {name}"]) > LOST}
    if lost <= {"OLS"}:
        return "OLS only"
    return "OLS and Huber" if lost == {"OLS", "Huber"} else "all but RANSAC"


def leverage_explorer() -> Explorer:
    """Move bad points out in x and in y, and see which regression lines follow them.

    Returns
    -------
    Explorer
        Settings: ``share`` (0 to 0.45), ``position`` in x (0 to 12), ``height`` in y (-20 to 30),
        ``threshold`` of RANSAC (0.2 to 8), ``seed``.
    """
    return Explorer(
        title="Contamination and leverage: which line follows?",
        alt="Left: points on a rising line, a group of moved points, and the lines of OLS, Huber, "
        "RANSAC and Theil–Sen. Right: the distance of each line from the true one.",
        setup=setup,
        update=fit_lines,
        draw=draw,
        controls={
            "share": controls.slider("share moved", 0.2, 0.0, 0.45, 0.025),
            "position": controls.slider("their x (leverage)", 0.0, 0.0, 12.0, 0.5),
            "height": controls.slider("their y", -10.0, -20.0, 30.0, 1.0),
            "threshold": controls.stops_slider(
                "RANSAC threshold", 1.5, (0.2, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0)
            ),
            "seed": controls.slider("seed", 0, 0, 99),
        },
        presets={
            "Vertical, 20 %": {"share": 0.2, "position": 0.0, "height": -10.0},
            "Leverage, 20 %": {"share": 0.2, "position": 10.0, "height": -10.0},
            "Leverage, 40 %": {"share": 0.4, "position": 10.0, "height": -10.0},
            "Good leverage, 20 %": {"share": 0.2, "position": 10.0, "height": 21.0},
        },
        step="share",
        step_label="One more moved",
        prediction=Prediction(
            question="20 % of the points move to x = 10, y = −10. Which lines are lost?",
            options=("OLS only", "OLS and Huber", "all but RANSAC"),
            settings={"share": 0.2, "position": 10.0, "height": -10.0},
            answer=_who_is_lost,
            because="Huber bounds the pull of a residual, but the pull is multiplied by x: far out "
            "in x a fifth of the points outweighs the rest. RANSAC and Theil–Sen ask the majority.",
        ),
        size=(8.2, 4.2),
        preview_size=(4.4, 3.6),
    )
