"""Lesson 07: many fits of one polynomial degree, and what their error is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.polynomial.legendre import legvander

from coursekit.explore import controls
from coursekit.explore.canvas import COLORS, Artists
from coursekit.explore.explorer import Explorer
from coursekit.explore.prediction import Fact, Prediction

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

DEGREE_MAX = 10
N_FITS = 40  # training sets that are drawn; the curves on the right are exact
_GRID = (np.arange(200) + 0.5) / 100 - 1
_SIZES = (12, 15, 20, 30, 50, 100, 200, 500, 1000)
_FLOOR, _TOP = 1e-5, 1e1  # of the error axis, in squared units of y
_BREAK = np.array([np.nan])  # lifts the pen between two fits


def truth(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the function that the rows come from, one period of a sine."""
    return np.sin(np.pi * x)


@dataclass(frozen=True)
class Decomposition:
    """Fits of one degree, and the exact parts of the error of every degree.

    Attributes
    ----------
    degree, n_samples : int
    noise : float
        Standard deviation of the noise in every label.
    x, y : ndarray of shape (n_samples,)
        The first training set.
    fits : ndarray of shape (n_fits, n_grid)
        Predictions of the models of all drawn training sets.
    mean_fit : ndarray of shape (n_grid,)
        The exact expectation of the prediction.
    bias2, variance : ndarray of shape (DEGREE_MAX + 1,)
        Exact squared bias and variance by degree, averaged over the inputs.
    """

    degree: int
    n_samples: int
    noise: float
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    fits: NDArray[np.float64]
    mean_fit: NDArray[np.float64]
    bias2: NDArray[np.float64]
    variance: NDArray[np.float64]

    @property
    def total(self) -> NDArray[np.float64]:
        """Expected squared error on a new noisy row, by degree."""
        return self.bias2 + self.variance + self.noise**2

    @property
    def best_degree(self) -> int:
        """The degree with the smallest expected error."""
        return int(self.total.argmin())

    @property
    def facts(self) -> dict[str, Fact]:
        """The three parts of the error, their sum, and the degree for which it is smallest."""
        return {
            "bias²": float(self.bias2[self.degree]),
            "variance": float(self.variance[self.degree]),
            "noise σ²": float(self.noise**2),
            "expected error": float(self.total[self.degree]),
            "best degree": self.best_degree,
        }


def decompose(degree: int, n_samples: int, noise: float, seed: int) -> Decomposition:
    """Fit polynomials to many noisy samples of one period of a sine.

    The inputs are spread evenly over -1 to 1 and stay; only the noise is drawn anew. Least squares
    is linear in the labels, so that its mean and its variance are known exactly. One QR
    decomposition serves all degrees, because Legendre polynomials are nested (Hastie, Tibshirani
    and Friedman, *The Elements of Statistical Learning*, 2nd ed., section 7.3).

    Parameters
    ----------
    degree : int
        Degree of the polynomials that are drawn, 0 to ``DEGREE_MAX``.
    n_samples : int
        Rows of a training set, more than ``DEGREE_MAX``.
    noise : float
        Standard deviation of the noise.
    seed : int
        Decides the noise of the training sets that are drawn.
    """
    x = (2 * np.arange(n_samples) + 1) / n_samples - 1
    basis, triangle = np.linalg.qr(legvander(x, DEGREE_MAX))
    on_grid = np.linalg.solve(triangle.T, legvander(_GRID, DEGREE_MAX).T)  # degree x grid
    expected = np.cumsum((basis.T @ truth(x))[:, None] * on_grid, axis=0)
    rng = np.random.default_rng(seed)
    y = truth(x) + noise * rng.standard_normal((N_FITS, n_samples))
    nested = slice(degree + 1)
    return Decomposition(
        degree=degree,
        n_samples=n_samples,
        noise=noise,
        x=x,
        y=y[0],
        fits=y @ basis[:, nested] @ on_grid[nested],
        mean_fit=expected[degree],
        bias2=((expected - truth(_GRID)) ** 2).mean(axis=1),
        variance=noise**2 * np.cumsum(on_grid**2, axis=0).mean(axis=1),
    )


def setup(figure: Figure) -> Artists:
    """Draw the fixed axes: the fits over the input, and the error over the degree."""
    left, right = figure.subplots(1, 2, width_ratios=(1.15, 1))
    left.set(xlim=(-1, 1), ylim=(-2.2, 2.2), xlabel="input x", ylabel="label y")
    left.set_title(f"{N_FITS} training sets, one fit each")
    right.set(xlim=(-0.4, DEGREE_MAX + 0.4), yscale="log", ylim=(_FLOOR, _TOP))
    right.set(xlabel="degree of the polynomial", ylabel="squared error (log)")
    right.set_title("Parts of the error")
    right.set_xticks(range(0, DEGREE_MAX + 1, 2))
    sky, ink = COLORS["sky"], COLORS["ink"]
    curves = {
        "bias2": ("bias²", "blue", "-", "o"),
        "variance": ("variance", "orange", "--", "s"),
        "total": ("expected error", "red", "-", None),
    }
    artists: dict[str, Any] = {
        "fits": left.plot([], [], color=sky, linewidth=0.7, alpha=0.55, label="fits")[0],
        "rows": left.plot([], [], ".", color=ink, markersize=3, label="one set")[0],
        "truth": left.plot(_GRID, truth(_GRID), color=ink, linewidth=1.6, label="truth")[0],
        "mean": left.plot([], [], "--", color=COLORS["orange"], linewidth=2.2, label="mean fit")[0],
        "noise": right.axhline(1, color=COLORS["green"], linestyle=":", label="noise σ²"),
        "here": right.axvline(0, color=COLORS["grey"], linewidth=6, alpha=0.3),
    }
    for name, (label, color, line, marker) in curves.items():
        artists[name] = right.plot(
            [], [], line, color=COLORS[color], marker=marker, markersize=4, label=label
        )[0]
    artists["best"] = right.plot(
        [], [], "*", color=COLORS["red"], markersize=13, markeredgecolor="black", label="least"
    )[0]
    columns = 9 if figure.get_figwidth() > 6 else 4
    figure.legend(loc="outside upper center", ncols=columns, columnspacing=1.1, handlelength=1.5)
    return artists


def draw(artists: Artists, data: Decomposition) -> None:
    """Show the fits of this degree, and the parts of the error of all degrees."""
    across = np.tile(np.concatenate([_GRID, _BREAK]), len(data.fits))
    lifted = np.column_stack([data.fits, np.full(len(data.fits), np.nan)])
    artists["fits"].set_data(across, lifted.ravel())
    artists["rows"].set_data(data.x, data.y)
    artists["mean"].set_data(_GRID, data.mean_fit)
    degrees = np.arange(DEGREE_MAX + 1)
    for name in ("bias2", "variance", "total"):
        artists[name].set_data(degrees, np.maximum(getattr(data, name), _FLOOR))
    artists["noise"].set_ydata([max(data.noise**2, _FLOOR)] * 2)
    artists["here"].set_xdata([data.degree] * 2)
    best = data.best_degree
    artists["best"].set_data([best], [max(data.total[best], _FLOOR)])


def _compare_with_30_rows(facts: Any) -> str:
    before = decompose(degree=3, n_samples=30, noise=0.3, seed=0).best_degree
    change = facts["best degree"] - before
    return "lower" if change < 0 else "higher" if change > 0 else "the same"


def bias_variance_explorer() -> Explorer:
    """Fit many training sets with polynomials, and see bias, variance and noise.

    Returns
    -------
    Explorer
        Settings: ``degree`` (0 to 10), ``n_samples`` (12 to 1000 rows), ``noise`` (standard
        deviation, 0 to 1), ``seed``.
    """
    return Explorer(
        title="Many training sets, one degree",
        alt="Left: forty polynomial fits to noisy samples of a sine, their mean and the true "
        "curve. Right: squared bias, variance, noise and expected error against the degree, on a "
        "logarithmic axis, with a star at the smallest error.",
        setup=setup,
        update=decompose,
        draw=draw,
        controls={
            "degree": controls.slider("degree", 3, 0, DEGREE_MAX),
            "n_samples": controls.stops_slider("rows", 30, _SIZES),
            "noise": controls.slider("noise σ", 0.3, 0.0, 1.0, 0.05),
            "seed": controls.slider("seed", 0, 0, 99),
        },
        presets={
            "Bias: degree 1": {"degree": 1},
            "Balance: degree 3": {"degree": 3},
            "Variance: degree 9": {"degree": 9, "n_samples": 15},
            "Variance cured: 500 rows": {"degree": 9, "n_samples": 500},
            "Bias not cured: 500 rows": {"degree": 1, "n_samples": 500},
        },
        step="seed",
        step_label="Next seed",
        prediction=Prediction(
            question="With 30 rows and σ = 0.3 degree 3 is best. With 500 rows, the best degree "
            "is …",
            options=("lower", "the same", "higher"),
            settings={"n_samples": 500},
            answer=_compare_with_30_rows,
            because="More rows shrink the variance of every degree and leave each bias where it "
            "was, so that a richer model becomes affordable.",
        ),
    )
