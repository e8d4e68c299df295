"""Lesson 08: a penalty ball against the contours of a loss, and the path of the weights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from coursekit.explore import controls
from coursekit.explore.canvas import COLORS, Artists
from coursekit.explore.explorer import Explorer
from coursekit.explore.prediction import Fact, Prediction

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

MIXES = {"L1": 1.0, "L2": 0.0, "elastic net": 0.5}  # share of L1 in the penalty
FIRST_WEIGHT = 2.0  # least-squares weight of the first column
STRENGTHS = np.logspace(-2, 1, 121)
_ANGLES = np.linspace(0, 2 * np.pi, 241)  # holds the four corners of the L1 ball
_CIRCLE = np.column_stack([np.cos(_ANGLES), np.sin(_ANGLES)])
_N_PASSES = 400  # the error falls by correlation**2 a pass


def penalised_weights(
    least_squares: ArrayLike, correlation: float, strength: ArrayLike, l1_share: float
) -> NDArray[np.float64]:
    """Minimise a quadratic loss of two weights plus an elastic-net penalty.

    The loss is half of ``(w - v)' S (w - v)``, where ``v`` are the least-squares weights and S the
    correlation matrix of two standardised columns. Coordinate descent with soft thresholding
    (Friedman, Hastie, Tibshirani, *Journal of Statistical Software* 33(1), 2010, section 2).

    Parameters
    ----------
    least_squares : array-like of shape (2,)
        Weights without a penalty.
    correlation : float
        Correlation of the two columns, between -1 and 1 (exclusive).
    strength : array-like of shape (n,)
        Factors of the penalty.
    l1_share : float
        1 is L1 (``sum|w|``), 0 is L2 (half of ``sum w**2``), and between them a mixture.

    Returns
    -------
    ndarray of shape (n, 2)
    """
    target, strength = np.asarray(least_squares, dtype=float), np.asarray(strength, dtype=float)
    weights = np.tile(target, (len(strength), 1))
    threshold, shrinkage = strength * l1_share, 1 + strength * (1 - l1_share)
    for _ in range(_N_PASSES):
        for j in (0, 1):
            other = target[1 - j] - weights[:, 1 - j]
            pull = target[j] + correlation * other
            kept = np.sign(pull) * np.maximum(np.abs(pull) - threshold, 0)
            weights[:, j] = kept / shrinkage
    return weights


@dataclass(frozen=True)
class PenalisedFit:
    """Two weights under a penalty, at one strength and along the whole path.

    Attributes
    ----------
    penalty : {"L1", "L2", "elastic net"}
        Kind of the penalty.
    strength : float
        Factor of the penalty.
    correlation : float
        Correlation of the two columns.
    second_weight : float
        Least-squares weight of the second column.
    """

    penalty: str
    strength: float
    correlation: float
    second_weight: float

    @property
    def least_squares(self) -> NDArray[np.float64]:
        """The two weights without a penalty."""
        return np.array([FIRST_WEIGHT, self.second_weight])

    @cached_property
    def path(self) -> NDArray[np.float64]:
        """Both weights at every strength of the path, shape (n_strengths, 2)."""
        return self._solve(STRENGTHS)

    @cached_property
    def weights(self) -> NDArray[np.float64]:
        """Both weights at the present strength."""
        return self._solve(np.array([self.strength]))[0]

    @property
    def penalty_value(self) -> float:
        """The penalty of the weights, without its strength."""
        share = MIXES[self.penalty]
        squares = 0.5 * (self.weights**2).sum()
        return float(share * np.abs(self.weights).sum() + (1 - share) * squares)

    @property
    def ball(self) -> NDArray[np.float64]:
        """Outline of all weights that pay the same penalty, shape (n_points, 2)."""
        share, value = MIXES[self.penalty], self.penalty_value
        sizes = share * np.abs(_CIRCLE).sum(axis=1)
        # The positive root of share * t * |u|_1 + (1 - share) * t**2 / 2 = value.
        root = sizes + np.sqrt(sizes**2 + 2 * (1 - share) * value)
        return _CIRCLE * (2 * value / root)[:, None]

    def contour(self, factor: float) -> NDArray[np.float64]:
        """Return an outline of equal loss; factor 1 gives the one through the weights."""
        matrix = np.array([[1, self.correlation], [self.correlation, 1]])
        away = self.weights - self.least_squares
        radius = factor * np.sqrt(away @ matrix @ away)
        return self.least_squares + radius * _CIRCLE @ np.linalg.inv(np.linalg.cholesky(matrix))

    @property
    def facts(self) -> dict[str, Fact]:
        """The weights, how many of them are exactly zero, and what they pay."""
        return {
            "weight 1": float(self.weights[0]),
            "weight 2": float(self.weights[1]),
            "weights exactly zero": int((self.weights == 0).sum()),
            "penalty without strength": self.penalty_value,
        }

    def _solve(self, strength: NDArray[np.float64]) -> NDArray[np.float64]:
        return penalised_weights(
            self.least_squares, self.correlation, strength, MIXES[self.penalty]
        )


def setup(figure: Figure) -> Artists:
    """Draw the fixed axes: the plane of the two weights, and the path over the strength."""
    plane, path = figure.subplots(1, 2, width_ratios=(1, 1.15))
    return {**_draw_plane(plane), **_draw_path(path)}


def _draw_plane(axes: Axes) -> dict[str, Any]:
    axes.set(xlim=(-2.2, 3.2), ylim=(-2.7, 2.7), aspect="equal")
    axes.set(xlabel="weight 1", ylabel="weight 2", title="Loss contours, penalty ball")
    axes.axhline(0, color=COLORS["grey"], linewidth=0.8)
    axes.axvline(0, color=COLORS["grey"], linewidth=0.8)
    blue, orange = COLORS["blue"], COLORS["orange"]
    contours = {
        f"contour {factor}": axes.plot([], [], color=blue, linewidth=width, alpha=alpha)[0]
        for factor, width, alpha in ((0.5, 1, 0.5), (1.0, 2, 1), (1.5, 1, 0.5))
    }
    return {
        "ball": axes.fill([0], [0], color=orange, alpha=0.35, linewidth=0)[0],
        "edge": axes.plot([], [], color=orange, linewidth=2)[0],
        **contours,
        "least squares": axes.plot([], [], "P", color=blue, markeredgecolor="black")[0],
        "weights": axes.plot([], [], "o", color=COLORS["red"], markeredgecolor="black",
                             markersize=9)[0],
    }  # fmt: skip


def _draw_path(axes: Axes) -> dict[str, Any]:
    axes.set(xscale="log", xlim=(STRENGTHS[0], STRENGTHS[-1]), ylim=(-2.7, 2.7))
    axes.set(xlabel="strength of the penalty", ylabel="weight", title="Path of the weights")
    axes.set_xticks([0.01, 0.1, 1, 10], ["0.01", "0.1", "1", "10"])
    axes.axhline(0, color=COLORS["grey"], linewidth=0.8)
    red, ink = COLORS["red"], COLORS["ink"]
    lines = {
        "path 1": axes.plot([], [], color=COLORS["green"], linewidth=2, label="weight 1")[0],
        "path 2": axes.plot([], [], "--", color=COLORS["pink"], linewidth=2, label="weight 2")[0],
        "strength": axes.axvline(1, color=ink, linewidth=1, linestyle=":"),
        "now": axes.plot([], [], "o", color=red, markeredgecolor="black", linestyle="none")[0],
        "zeros": axes.text(0.97, 0.93, "", transform=axes.transAxes, ha="right"),
    }
    axes.legend(handles=[lines["path 1"], lines["path 2"]], loc="lower left")
    return lines


def draw(artists: Artists, data: PenalisedFit) -> None:
    """Show where ball and contour touch, and the same weights on their path."""
    artists["ball"].set_xy(data.ball)
    artists["edge"].set_data(*data.ball.T)
    for factor in (0.5, 1.0, 1.5):
        artists[f"contour {factor}"].set_data(*data.contour(factor).T)
    artists["least squares"].set_data(*data.least_squares[:, None])
    artists["weights"].set_data(*data.weights[:, None])
    for j in (0, 1):
        artists[f"path {j + 1}"].set_data(STRENGTHS, data.path[:, j])
    artists["strength"].set_xdata([data.strength, data.strength])
    artists["now"].set_data([data.strength] * 2, data.weights)
    artists["zeros"].set_text(f"exactly zero: {data.facts['weights exactly zero']} of 2")


def _zeros_in_words(facts: Any) -> str:
    return ("none", "one", "both")[facts["weights exactly zero"]]


def penalty_explorer() -> Explorer:
    """Let a penalty ball touch the contours of a loss, and follow the weights along their path.

    Returns
    -------
    Explorer
        Settings: ``penalty`` ("L1", "L2", "elastic net"), ``strength`` (0.01 to 10),
        ``correlation`` of the two columns (-0.95 to 0.95), ``second_weight`` (least-squares
        weight of the second column, -2 to 2; that of the first is 2).
    """
    return Explorer(
        title="A penalty ball against the loss",
        alt="Left: ellipses of equal loss around the least-squares weights, and the ball of equal "
        "penalty that touches one of them: a diamond for L1, a circle for L2. Right: both "
        "weights against the strength of the penalty; under L1 they reach zero exactly.",
        setup=setup,
        update=PenalisedFit,
        draw=draw,
        controls={
            "penalty": controls.choice("penalty", "L1", MIXES),
            "strength": controls.log_slider("strength", 0.5, -2, 1),
            "correlation": controls.slider("correlation of columns", 0.3, -0.95, 0.95, 0.05),
            "second_weight": controls.slider("least-squares w₂", 0.8, -2.0, 2.0, 0.1),
        },
        presets={
            "L1": {"penalty": "L1", "strength": 1.2},
            "L2": {"penalty": "L2", "strength": 1.2},
            "Elastic net": {"penalty": "elastic net", "strength": 1.2},
            "Twins under L1": {"penalty": "L1", "strength": 1.6, "correlation": 0.95},
            "Twins under L2": {"penalty": "L2", "strength": 1.6, "correlation": 0.95},
        },
        step="second_weight",
        step_label="Raise w₂",
        prediction=Prediction(
            question="L2 at strength 10, the strongest here: how many weights are exactly zero?",
            options=("none", "one", "both"),
            settings={"penalty": "L2", "strength": 10.0},
            answer=_zeros_in_words,
            because="The circle has no corner on an axis: L2 divides the weights and never "
            "subtracts the last bit, so they come near zero and do not arrive.",
        ),
        size=(8.2, 3.9),
    )
