"""Lesson 05: why a value is missing, how it is filled, and what that does to the column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from coursekit.explore import controls
from coursekit.explore.canvas import COLORS, Artists
from coursekit.explore.explorer import Explorer
from coursekit.explore.prediction import Fact, Prediction

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

N_ROWS = 1000
CORRELATION = 0.7  # of income with age
STEEPNESS = 3.0  # how sharply the chance of a hole follows what drives it
N_NEIGHBOURS = 10
MECHANISMS = ("MCAR", "MAR", "MNAR")
METHODS = ("drop the rows", "mean", "nearest neighbours", "regression", "regression + noise")
_EDGES = np.arange(-3.625, 3.75, 0.25)


@dataclass(frozen=True)
class Completed:
    """A column with holes, after a method has dealt with them.

    Attributes
    ----------
    age : ndarray of shape (n_rows,)
        The complete column, in standard deviations.
    income : ndarray of shape (n_rows,)
        The true values of the other column, in standard deviations.
    missing : ndarray of bool, shape (n_rows,)
        Where the income is not known.
    filled : ndarray of shape (n_missing,)
        What stands in the holes; empty where the rows are dropped.
    """

    age: NDArray[np.float64]
    income: NDArray[np.float64]
    missing: NDArray[np.bool_]
    filled: NDArray[np.float64]

    @property
    def column(self) -> NDArray[np.float64]:
        """The income column as it is used from now on."""
        return np.concatenate([self.income[~self.missing], self.filled])

    @property
    def bias(self) -> float:
        """How far the column's mean is from the true one, in true standard deviations."""
        return float((self.column.mean() - self.income.mean()) / self.income.std())

    @property
    def spread(self) -> float:
        """The column's standard deviation as a multiple of the true one."""
        return float(self.column.std() / self.income.std())

    @property
    def facts(self) -> dict[str, Fact]:
        """The bias of the mean, the spread that is left, and the error of the filled cells."""
        error: Fact = "no cell is filled"
        if self.filled.size:
            error = float(np.sqrt(np.mean((self.filled - self.income[self.missing]) ** 2)))
        return {
            "bias of the mean (SD)": self.bias,
            "spread, completed / true": self.spread,
            "RMSE of the filled cells (SD)": error,
            "missing (% of rows)": float(100 * self.missing.mean()),
        }


def chance_of_a_hole(drive: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """Return a logistic chance that follows ``drive`` and is ``share`` on average.

    Parameters
    ----------
    drive : ndarray of shape (n_rows,)
        What the chance follows; a constant gives every row the same chance.
    share : float
        Mean chance, between 0 and 1.

    Returns
    -------
    ndarray of shape (n_rows,)
    """
    from scipy.optimize import brentq
    from scipy.special import expit, logit

    height = STEEPNESS * drive
    reach = np.abs(height).max() + abs(logit(share)) + 1
    shift = brentq(lambda s: expit(height + s).mean() - share, -reach, reach)
    return np.asarray(expit(height + shift))


def fill(
    method: str,
    age: NDArray[np.float64],
    income: NDArray[np.float64],
    missing: NDArray[np.bool_],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Return what a method puts into the holes of ``income``, looking at the known cells only.

    Raises
    ------
    ValueError
        If the method is not one of ``METHODS``.
    """
    if method not in METHODS:
        raise ValueError(f"unknown method {method!r}: choose one of {', '.join(METHODS)}")
    known, wanted, target = age[~missing], age[missing], income[~missing]
    if method == "drop the rows":
        return np.zeros(0)
    if method == "mean":
        return np.full(len(wanted), target.mean())
    if method == "nearest neighbours":
        distance = np.abs(wanted[:, None] - known)
        return target[np.argsort(distance, axis=1)[:, :N_NEIGHBOURS]].mean(axis=1)
    if method == "regression":
        slope, intercept = np.polyfit(known, target, 1)
        return intercept + slope * wanted
    rows = rng.integers(len(known), size=len(known))  # bootstrap: the line is uncertain too
    slope, intercept = np.polyfit(known[rows], target[rows], 1)
    residual = target[rows] - intercept - slope * known[rows]
    return intercept + slope * wanted + rng.normal(0, residual.std(ddof=2), len(wanted))


def complete(mechanism: str, share: float, method: str, seed: int) -> Completed:
    """Make holes in the incomes of a thousand people and complete the column.

    Under MCAR a coin decides, under MAR the chance grows with the known age, under MNAR with the
    income itself (Rubin 1976, *Biometrika* 63). The holes of a seed only grow with the share.

    Parameters
    ----------
    mechanism : {"MCAR", "MAR", "MNAR"}
    share : float
        Expected percentage of holes.
    method : str
        One of ``METHODS``.
    seed : int

    Raises
    ------
    ValueError
        If the mechanism or the method is unknown.
    """
    if mechanism not in MECHANISMS:
        raise ValueError(f"unknown mechanism {mechanism!r}: choose one of {', '.join(MECHANISMS)}")
    rng = np.random.default_rng(seed)
    age, rest = rng.normal(size=(2, N_ROWS))
    income = CORRELATION * age + np.sqrt(1 - CORRELATION**2) * rest
    drive = {"MCAR": np.zeros(N_ROWS), "MAR": age, "MNAR": income}[mechanism]
    missing = rng.random(N_ROWS) < chance_of_a_hole(drive, share / 100)
    return Completed(age, income, missing, fill(method, age, income, missing, rng))


def setup(figure: Figure) -> Artists:
    """Draw the fixed axes: income against age, and the distribution of income."""
    cloud, shape = figure.subplots(1, 2, width_ratios=(1.15, 1))
    cloud.set(xlim=(-3.5, 3.5), ylim=(-3.5, 3.5), xlabel="age (SD)", ylabel="income (SD)")
    cloud.set_title("The people")
    shape.set(xlim=(-3.5, 3.5), ylim=(0, 0.85), xlabel="income (SD)", ylabel="density")
    shape.set_title("The income column")
    orange, ink, sky = COLORS["orange"], COLORS["ink"], COLORS["sky"]
    dots = {"linestyle": "none", "marker": "o"}
    artists = {
        "known": cloud.plot([], [], **dots, color=COLORS["blue"], markersize=2.5, alpha=0.5,
                            label="known")[0],
        "hidden": cloud.plot([], [], **dots, color=COLORS["grey"], markersize=3, alpha=0.8,
                             markerfacecolor="none", markeredgewidth=0.6,
                             label="missing (true place)")[0],
        "filled": cloud.plot([], [], **dots, color=orange, markersize=3, alpha=0.9,
                             label="filled in")[0],
        "true": shape.stairs(np.zeros(len(_EDGES) - 1), _EDGES, fill=True, color=sky, alpha=0.45,
                             label="true column"),
        "completed": shape.stairs(np.zeros(len(_EDGES) - 1), _EDGES, color=orange, linewidth=2,
                                  label="completed column"),
        "true mean": shape.axvline(0, color=ink, linewidth=1.2, linestyle=":"),
        "mean": shape.axvline(0, color=orange, linewidth=2),
        "true spread": shape.plot([], [], "|-", color=ink, linewidth=1.2, markersize=8)[0],
        "spread": shape.plot([], [], "|-", color=orange, linewidth=2.5, markersize=8)[0],
        "words": cloud.text(3.45, -3.35, "", ha="right", va="bottom", color="#8a5600",
                            weight="bold"),
    }  # fmt: skip
    columns = 5 if figure.get_figwidth() > 6 else 3
    figure.legend(loc="outside upper center", ncols=columns, columnspacing=1.2)
    return artists


def draw(artists: Artists, data: Completed) -> None:
    """Show who is known, what was filled in, and the mean and the spread before and after."""
    artists["known"].set_data(data.age[~data.missing], data.income[~data.missing])
    artists["hidden"].set_data(data.age[data.missing], data.income[data.missing])
    artists["filled"].set_data(data.age[data.missing][: data.filled.size], data.filled)
    for name, column, height in (("true", data.income, 0.60), ("completed", data.column, 0.64)):
        artists[name].set_data(np.histogram(column, _EDGES, density=True)[0])
        line, bar = ("true mean", "true spread") if name == "true" else ("mean", "spread")
        mean, deviation = column.mean(), column.std()
        artists[line].set_xdata([mean, mean])
        artists[bar].set_data([mean - deviation, mean + deviation], [height, height])
    bias = f"{data.bias:+.2f}".replace("-", "−")
    artists["words"].set_text(f"bias {bias} SD\nspread × {data.spread:.2f}")


def _size_of_bias(facts: Any) -> str:
    bias = abs(facts["bias of the mean (SD)"])
    return ("about right", "clearly too low")[int(bias > 0.1)]


def missingness_explorer() -> Explorer:
    """Choose why incomes are missing and how they are filled; see bias and spread.

    Returns
    -------
    Explorer
        Settings: ``mechanism`` (MCAR, MAR, MNAR), ``share`` (5 to 80 % of the rows), ``method``
        (one of five), ``seed``.
    """
    return Explorer(
        title="Why is it missing, and what fills the hole?",
        alt="Left: income against age for a thousand people, the known ones, the missing ones at "
        "their true place, and the values filled in. Right: the distribution of the true and of "
        "the completed income column with the mean and the spread of each.",
        setup=setup,
        update=complete,
        draw=draw,
        controls={
            "mechanism": controls.choice("missing because of", "MCAR", MECHANISMS),
            "share": controls.slider("missing rows (%)", 40, 5, 80, 5),
            "method": controls.choice("filled by", "mean", METHODS),
            "seed": controls.slider("seed", 0, 0, 99),
        },
        presets={
            "MCAR, mean": {"mechanism": "MCAR", "method": "mean"},
            "MAR, regression": {"mechanism": "MAR", "method": "regression"},
            "MAR, regression + noise": {"mechanism": "MAR", "method": "regression + noise"},
            "MNAR, regression + noise": {"mechanism": "MNAR", "method": "regression + noise"},
        },
        step="seed",
        step_label="Next seed",
        prediction=Prediction(
            question="Rich people hide their income (MNAR, 40 %). The holes are filled by a "
            "regression on age, with noise. The mean of the completed column is …",
            options=("about right", "clearly too low"),
            settings={"mechanism": "MNAR", "share": 40, "method": "regression + noise"},
            answer=_size_of_bias,
            because="Among people of one age the rich are missing, and nothing that is known "
            "tells the regression so.",
        ),
    )
