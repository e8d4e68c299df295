"""Lesson 01: choose the winner among models that only guess."""

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
    from numpy.typing import ArrayLike, NDArray

N_MODELS_MAX = 2000
N_TEST = 10_000  # rows of the fresh test set: its accuracy has a standard error of 0.005
TRUE_ACCURACY = 0.5
_COUNTS = (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000, 1500, 2000)
_CURVE = np.unique(np.geomspace(1, N_MODELS_MAX, 80).round())


@dataclass(frozen=True)
class Winner:
    """Many guessing models and the best of them on the validation set.

    Attributes
    ----------
    accuracy : ndarray of shape (n_models,)
        Validation accuracy of every model tried.
    expected_curve : ndarray
        Expected best accuracy for each number of models in the curve.
    n_validation : int
        Rows of the validation set.
    best, expected_best, test_accuracy : float
        The winner's validation accuracy, its expectation, and its accuracy on fresh rows.
    """

    accuracy: NDArray[np.float64]
    expected_curve: NDArray[np.float64]
    n_validation: int
    best: float
    expected_best: float
    test_accuracy: float

    @property
    def n_models(self) -> int:
        """Number of models tried."""
        return len(self.accuracy)

    @property
    def facts(self) -> dict[str, Fact]:
        """The winner's promise, its expectation, and what it is worth."""
        return {
            "best validation accuracy": self.best,
            "expected best": self.expected_best,
            "test accuracy of the winner": self.test_accuracy,
            "optimism (validation − test)": self.best - self.test_accuracy,
        }


def expected_best(n_models: ArrayLike, n_validation: int) -> NDArray[np.float64]:
    """Return the exact expected best accuracy of models that guess.

    The best of K independent Binomial(n, 1/2) counts has the distribution function F(k)**K, so
    its mean is the sum of 1 - F(k)**K over k = 0 ... n-1 (David & Nagaraja, *Order Statistics*,
    3rd ed., section 3.1).

    Parameters
    ----------
    n_models : array-like of float
        Numbers of models tried, K.
    n_validation : int
        Rows of the validation set, n.

    Returns
    -------
    ndarray of float64
        Expected best accuracy between 0 and 1, of the shape of ``n_models``.
    """
    from scipy.stats import binom

    log_cdf = binom.logcdf(np.arange(n_validation), n_validation, TRUE_ACCURACY)
    tries = np.asarray(n_models, dtype=float)
    return -np.expm1(np.multiply.outer(tries, log_cdf)).sum(axis=-1) / n_validation


def choose_winner(n_models: int, n_validation: int, seed: int) -> Winner:
    """Validate models that flip a coin for every answer, and choose the best.

    The first models of a seed stay the same when more are tried.
    """
    rng = np.random.default_rng(seed)
    accuracy = rng.binomial(n_validation, TRUE_ACCURACY, N_MODELS_MAX)[:n_models] / n_validation
    test_accuracy = rng.binomial(N_TEST, TRUE_ACCURACY, N_MODELS_MAX) / N_TEST
    winner = int(accuracy.argmax())
    return Winner(
        accuracy=accuracy,
        expected_curve=expected_best(_CURVE, n_validation),
        n_validation=n_validation,
        best=float(accuracy[winner]),
        expected_best=float(expected_best(n_models, n_validation)),
        test_accuracy=float(test_accuracy[winner]),
    )


def setup(figure: Figure) -> Artists:
    """Draw the fixed axes: accuracies of all models, and the best against the number tried."""
    bars, curve = figure.subplots(1, 2, sharey=True, width_ratios=(1, 1.7))
    bars.set(
        xlim=(0, 1.05),
        ylim=(0, 1.06),
        yticks=np.linspace(0, 1, 6),
        xlabel="models per bar (fullest = 1)",
    )
    bars.set(ylabel="accuracy", title="All models tried")
    curve.set(xscale="log", xlim=(0.8, N_MODELS_MAX * 1.6), xlabel="models tried, K")
    curve.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1000"])
    curve.set_title("The best of them")
    truth = {"color": COLORS["ink"], "linewidth": 1, "linestyle": ":"}
    orange, edge = COLORS["orange"], {"markeredgecolor": "black", "linestyle": "none"}
    artists = {
        "bars": bars.stairs([1], [0, 1], orientation="horizontal", fill=True, color=COLORS["sky"]),
        "winner": bars.axhline(0, color=orange, linewidth=2),
        "true accuracy of all": bars.axhline(TRUE_ACCURACY, **truth),
        "true accuracy": curve.axhline(TRUE_ACCURACY, label="true accuracy", **truth),
        "running": curve.plot([], [], color=orange, linewidth=2, drawstyle="steps-post",
                              label="best so far, this seed")[0],
        "expected": curve.plot([], [], "--", color=COLORS["green"], linewidth=2,
                               label="expected best")[0],
        "optimism": curve.plot([], [], color=COLORS["red"], linewidth=2.5)[0],
        "best": curve.plot([], [], "*", color=orange, markersize=13, label="winner, validation",
                           **edge)[0],
        "test": curve.plot([], [], "D", color=COLORS["blue"], markersize=7,
                           label="winner, fresh test", **edge)[0],
        "amount": curve.text(1, 0, "", color="#a84a00", va="top", weight="bold"),
    }  # fmt: skip
    columns = 5 if figure.get_figwidth() > 6 else 2
    figure.legend(loc="outside upper center", ncols=columns, columnspacing=1.4)
    return artists


def draw(artists: Artists, data: Winner) -> None:
    """Show the models' accuracies, the running best and the winner's optimism."""
    artists["bars"].set_data(*_bars(data))
    artists["winner"].set_ydata([data.best, data.best])
    artists["expected"].set_data(_CURVE, data.expected_curve)
    k, optimism = data.n_models, data.best - data.test_accuracy
    artists["running"].set_data(np.arange(1, k + 1), np.maximum.accumulate(data.accuracy))
    artists["optimism"].set_data([k, k], [data.test_accuracy, data.best])
    artists["best"].set_data([k], [data.best])
    artists["test"].set_data([k], [data.test_accuracy])
    artists["amount"].set_text(f"optimism {optimism:+.2f}")
    artists["amount"].set_position((k, min(data.best, data.test_accuracy) - 0.04))
    artists["amount"].set_horizontalalignment("left" if k < 30 else "right")


def _bars(data: Winner) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Count models in bars that each hold the same number of possible accuracies."""
    n = data.n_validation
    values_per_bar = max(1, round(0.02 * n))
    edges = np.arange(-0.5, n + values_per_bar, values_per_bar) / n
    counts, _ = np.histogram(data.accuracy, edges)
    return counts / counts.max(), edges


def _nearest_guess(facts: Any) -> str:
    options = {"0.50": 0.5, "0.55": 0.55, "0.64": 0.64, "0.80": 0.8}
    return min(options, key=lambda option: abs(options[option] - facts["expected best"]))


def coin_flip_winners() -> Explorer:
    """Choose the best of many models that only guess, and see what it is worth.

    Returns
    -------
    Explorer
        Settings: ``n_models`` (1 to 2000), ``n_validation`` (10 to 2000 rows), ``seed``.
    """
    return Explorer(
        title="Choose the winner among coin flips",
        alt="Left: histogram of the validation accuracies of models that guess. Right: the best "
        "accuracy so far and its exact expectation against the number of models tried. The "
        "winner's accuracy on a fresh test set stays at 0.5.",
        setup=setup,
        update=choose_winner,
        draw=draw,
        controls={
            "n_models": controls.stops_slider("models tried", 20, _COUNTS),
            "n_validation": controls.stops_slider("validation rows", 100, _COUNTS[5:]),
            "seed": controls.slider("seed", 0, 0, 99),
        },
        presets={
            "One model": {"n_models": 1, "n_validation": 100},
            "200 models": {"n_models": 200, "n_validation": 100},
            "200 models, 20 rows": {"n_models": 200, "n_validation": 20},
            "2000 models, 2000 rows": {"n_models": 2000, "n_validation": 2000},
        },
        step="seed",
        step_label="Next seed",
        prediction=Prediction(
            question="200 models flip coins on 100 validation rows. How good is the best one, "
            "on average?",
            options=("0.50", "0.55", "0.64", "0.80"),
            settings={"n_models": 200, "n_validation": 100},
            answer=_nearest_guess,
            because="The largest of many noisy estimates is too high: choosing by it is a use of "
            "the validation set, and only fresh rows tell what the winner is worth.",
        ),
    )
