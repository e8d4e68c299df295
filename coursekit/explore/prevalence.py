"""Lesson 04: the same scores at other prevalences, in ROC and in precision-recall space."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from coursekit.explore import controls
from coursekit.explore.canvas import COLORS, Artists
from coursekit.explore.explorer import Explorer
from coursekit.explore.prediction import Fact, Prediction

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

N_ROWS = 10_000  # the facts count alarms among so many rows
_PREVALENCES = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001)
_TAIL = 6.0  # standard deviations beyond which a curve has reached its corner


@dataclass(frozen=True)
class Screening:
    """Two score distributions at one prevalence, cut at one threshold.

    Attributes
    ----------
    recall, false_positive_rate, precision : ndarray of shape (n_thresholds,)
        The curves, from the highest threshold to the lowest.
    prevalence : float
        Share of positives.
    point : tuple of float
        Recall, false-positive rate and precision at the chosen threshold.
    """

    recall: NDArray[np.float64]
    false_positive_rate: NDArray[np.float64]
    precision: NDArray[np.float64]
    prevalence: float
    point: tuple[float, float, float]

    @property
    def roc_auc(self) -> float:
        """Area under the ROC curve."""
        return float(np.trapezoid(self.recall, self.false_positive_rate))

    @property
    def average_precision(self) -> float:
        """Area under the precision-recall curve."""
        area = np.trapezoid(self.precision, self.recall)
        return float(area + self.precision[0] * self.recall[0])

    @property
    def facts(self) -> dict[str, Fact]:
        """The operating point, both areas, and the alarms that somebody has to answer."""
        recall, false_positive_rate, precision = self.point
        n_positives = N_ROWS * self.prevalence
        return {
            "recall (true-positive rate)": recall,
            "false-positive rate": false_positive_rate,
            "precision": precision,
            "ROC-AUC": self.roc_auc,
            "average precision": self.average_precision,
            f"right alarms in {N_ROWS:,} rows": recall * n_positives,
            f"false alarms in {N_ROWS:,} rows": false_positive_rate * (N_ROWS - n_positives),
        }


def precision_at(recall: ArrayLike, false_positive_rate: ArrayLike, prevalence: float) -> NDArray:
    """Return the precision that a point of the ROC curve has at a prevalence.

    Bayes' rule: of all rows, prevalence x recall are right alarms and (1 - prevalence) x
    false-positive rate are false ones.

    Parameters
    ----------
    recall, false_positive_rate : array-like of float
        Points of a ROC curve.
    prevalence : float
        Share of positives, between 0 and 1.

    Returns
    -------
    ndarray of float64
        Share of the alarms that are right.
    """
    right = prevalence * np.asarray(recall, dtype=float)
    return right / (right + (1 - prevalence) * np.asarray(false_positive_rate, dtype=float))


def screen(prevalence: float, threshold: float, separation: float) -> Screening:
    """Compute both curves exactly for normal scores, N(0, 1) and N(separation, 1)."""
    from scipy.stats import norm

    cuts = np.linspace(separation + _TAIL, -_TAIL, 1000)
    recall, false_positive_rate = norm.sf(cuts - separation), norm.sf(cuts)
    found, false = float(norm.sf(threshold - separation)), float(norm.sf(threshold))
    return Screening(
        recall=recall,
        false_positive_rate=false_positive_rate,
        precision=precision_at(recall, false_positive_rate, prevalence),
        prevalence=prevalence,
        point=(found, false, float(precision_at(found, false, prevalence))),
    )


def setup(figure: Figure) -> Artists:
    """Draw the fixed axes: ROC space and precision-recall space."""
    roc, pr = figure.subplots(1, 2)
    for axes in (roc, pr):
        axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.05))
        axes.set(xticks=np.linspace(0, 1, 6), yticks=np.linspace(0, 1, 6))
    roc.set(xlabel="false-positive rate", ylabel="recall (true-positive rate)", title="ROC")
    pr.set(xlabel="recall (true-positive rate)", ylabel="precision", title="Precision-recall")
    chance = {"color": COLORS["ink"], "linewidth": 1, "linestyle": ":"}
    roc.plot([0, 1], [0, 1], label="random scores", **chance)
    curve = {"color": COLORS["blue"], "linewidth": 2.5}
    dot = {"color": COLORS["orange"], "markersize": 10, "markeredgecolor": "black"}
    artists = {
        "roc": roc.plot([], [], label="all thresholds", **curve)[0],
        "chance": pr.plot([], [], **chance)[0],
        "pr": pr.plot([], [], **curve)[0],
        "roc point": roc.plot([], [], "o", linestyle="none", label="this threshold", **dot)[0],
        "pr point": pr.plot([], [], "o", **dot)[0],
        "roc area": roc.text(1, 1.03, "", transform=roc.transAxes, ha="right", weight="bold"),
        "pr area": pr.text(1, 1.03, "", transform=pr.transAxes, ha="right", weight="bold"),
    }
    figure.legend(loc="outside upper center", ncols=3, columnspacing=1.4)
    return artists


def draw(artists: Artists, data: Screening) -> None:
    """Show both curves, the operating point on each, and their areas."""
    recall, false_positive_rate, precision = data.point
    artists["roc"].set_data(data.false_positive_rate, data.recall)
    artists["pr"].set_data(data.recall, data.precision)
    artists["chance"].set_data([0, 1], [data.prevalence, data.prevalence])
    artists["roc point"].set_data([false_positive_rate], [recall])
    artists["pr point"].set_data([recall], [precision])
    artists["roc area"].set_text(f"area {data.roc_auc:.2f}")
    artists["pr area"].set_text(f"area {data.average_precision:.2f}")


def _nearest_share(facts: Mapping[str, Fact]) -> str:
    options = {"about 84": 0.84, "about 34": 0.34, "about 1": 0.01}
    return min(options, key=lambda option: abs(options[option] - float(facts["precision"])))


def prevalence_explorer() -> Explorer:
    """Move the prevalence and the threshold; watch ROC and precision-recall side by side.

    Returns
    -------
    Explorer
        Settings: ``prevalence`` (0.5 down to 0.001), ``threshold`` (-1 to 5, in standard
        deviations of the scores), ``separation`` of the classes (0 to 4, in the same unit).
    """
    return Explorer(
        title="One model, many prevalences",
        alt="Left: the ROC curve of two overlapping score distributions, with the point of the "
        "threshold. Right: their precision-recall curve and the same point. When positives "
        "become rarer, the left curve stays and the right one sinks.",
        setup=setup,
        update=screen,
        draw=draw,
        controls={
            "prevalence": controls.stops_slider("prevalence", 0.5, _PREVALENCES),
            "threshold": controls.slider("threshold (sd)", 1.0, -1.0, 5.0, 0.1),
            "separation": controls.slider("separation (sd)", 2.0, 0.0, 4.0, 0.1),
        },
        presets={
            "1 in 2": {"prevalence": 0.5},
            "1 in 10": {"prevalence": 0.1},
            "1 in 100": {"prevalence": 0.01},
            "1 in 500": {"prevalence": 0.002},
            "1 in 500, strict": {"prevalence": 0.002, "threshold": 3.5},
        },
        step="prevalence",
        step_label="Make positives rarer",
        prediction=Prediction(
            question="The threshold finds 84 % of the positives and disturbs 16 % of the "
            "negatives. One row in 500 is positive. Of 100 alarms, how many are right?",
            options=("about 84", "about 34", "about 1"),
            settings={"prevalence": 0.002},
            answer=_nearest_share,
            because="16 % of very many negatives are far more rows than 84 % of very few "
            "positives; neither axis of the ROC curve counts that.",
        ),
    )
