"""Lesson 03: a threshold over two score distributions, and everything that it decides."""

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

N_CASES = 1000  # the confusion matrix counts expected cases out of these
SCORE_MAX = 5.0
SCORES = np.linspace(-SCORE_MAX, SCORE_MAX, 201)
_PREVALENCES = (0.002, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7)
_COST_RATIOS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50)
_CELLS = ("TN", "FP", "FN", "TP")  # rows: truth; columns: decision


@dataclass(frozen=True)
class Decisions:
    """What a threshold decides about a population whose scores have a normal law in each class.

    Negatives score N(-d/2, 1) and positives N(+d/2, 1), so everything is exact and no row is
    drawn.

    Attributes
    ----------
    threshold : float
        Scores from here on are called positive.
    separation : float
        Distance d of the two means, in standard deviations.
    prevalence : float
        Share of positives.
    cost_ratio : float
        Cost of a miss, where a false alarm costs 1.
    """

    threshold: float
    separation: float
    prevalence: float
    cost_ratio: float

    @cached_property
    def counts(self) -> dict[str, float]:
        """Expected cases of the four kinds at the threshold."""
        rates = self._rates(self.threshold)
        return dict(zip(_CELLS, (float(N_CASES * rate) for rate in rates), strict=True))

    @cached_property
    def curves(self) -> dict[str, NDArray[np.float64]]:
        """Precision, recall and cost (scaled to a highest of 1) at every threshold."""
        _, fp, fn, tp = self._rates(SCORES)
        cost = fp + self.cost_ratio * fn
        return {
            "precision": tp / (tp + fp),
            "recall": tp / (tp + fn),
            "cost": cost / cost.max(),
        }

    @property
    def cheapest(self) -> float:
        """The threshold of the slider with the lowest cost."""
        return float(SCORES[self.curves["cost"].argmin()])

    @property
    def probability(self) -> float:
        """The probability of a positive, given a score that equals the threshold.

        The log odds of two normal laws with equal variance are linear in the score: logistic
        regression's model (Hastie et al., *The Elements of Statistical Learning*, section 4.4.5).
        """
        prior = np.log(self.prevalence / (1 - self.prevalence))
        return float(1 / (1 + np.exp(-(self.separation * self.threshold + prior))))

    @property
    def facts(self) -> dict[str, Fact]:
        """The measures at the threshold, and what the costs would choose."""
        tn, fp, fn, tp = self.counts.values()
        precision, recall = tp / (tp + fp), tp / (tp + fn)
        return {
            "precision": precision,
            "recall": recall,
            "F1": 2 * precision * recall / (precision + recall),
            "accuracy": (tp + tn) / N_CASES,
            "cost per 1000 cases": fp + self.cost_ratio * fn,
            "probability at the threshold": self.probability,
            "cheapest threshold": self.cheapest,
        }

    def _rates(self, threshold: ArrayLike) -> tuple[NDArray[np.float64], ...]:
        """Return the shares of TN, FP, FN and TP at one or more thresholds."""
        from scipy.stats import norm

        negative, positive = 1 - self.prevalence, self.prevalence
        cut, half = np.asarray(threshold, dtype=float), self.separation / 2
        return (
            negative * norm.cdf(cut + half),
            negative * norm.sf(cut + half),
            positive * norm.cdf(cut - half),
            positive * norm.sf(cut - half),
        )

    def density(self, positive: bool) -> NDArray[np.float64]:
        """Return the density of one class over the scores, with its share as area."""
        mean = self.separation / 2 if positive else -self.separation / 2
        share = self.prevalence if positive else 1 - self.prevalence
        return share * np.exp(-0.5 * (SCORES - mean) ** 2) / np.sqrt(2 * np.pi)


def setup(figure: Figure) -> Artists:
    """Draw the fixed axes: scores, measures over the same thresholds, confusion matrix."""
    grid = figure.add_gridspec(2, 2, width_ratios=(1.75, 1))
    scores = figure.add_subplot(grid[0, 0])
    measures = figure.add_subplot(grid[1, 0], sharex=scores)
    matrix = figure.add_subplot(grid[:, 1])
    return {**_draw_scores(scores), **_draw_measures(measures), **_draw_matrix(matrix)}


def _draw_scores(axes: Axes) -> dict[str, Any]:
    axes.set(xlim=(-SCORE_MAX, SCORE_MAX), ylim=(0, 0.42), ylabel="share of cases", yticks=[])
    axes.set_title("Scores of both classes; shaded: errors")
    axes.tick_params(labelbottom=False)
    blue, orange = COLORS["blue"], COLORS["orange"]
    axes.text(-4.85, 0.36, "negatives", color=blue, weight="bold")
    axes.text(4.85, 0.36, "positives", color="#9a6400", weight="bold", ha="right")
    flat = np.zeros_like(SCORES)
    return {
        "false alarms": axes.fill_between(SCORES, flat, color=blue, alpha=0.4, linewidth=0),
        "misses": axes.fill_between(SCORES, flat, color=orange, alpha=0.55, linewidth=0),
        "negatives": axes.plot(SCORES, flat, color=blue, linewidth=2)[0],
        "positives": axes.plot(SCORES, flat, color=orange, linewidth=2)[0],
        "cut above": axes.axvline(0, color=COLORS["ink"], linewidth=1.5),
    }


def _draw_measures(axes: Axes) -> dict[str, Any]:
    axes.set(ylim=(0, 1.04), yticks=[0, 0.5, 1], xlabel="score, and threshold on it")
    styles = {
        "precision": ("precision", COLORS["green"], "-"),
        "recall": ("recall", COLORS["pink"], "--"),
        "cost": ("cost (highest = 1)", COLORS["red"], "-."),
    }
    lines = {
        name: axes.plot(SCORES, np.zeros_like(SCORES), style, color=color, label=label)[0]
        for name, (label, color, style) in styles.items()
    }
    axes.figure.legend(handles=list(lines.values()), loc="outside lower left", ncols=3)
    cheapest = axes.plot([], [], "v", color=COLORS["red"], markeredgecolor="black")[0]
    return {**lines, "cheapest": cheapest, "cut below": axes.axvline(0, color=COLORS["ink"])}


def _draw_matrix(axes: Axes) -> dict[str, Any]:
    axes.set(xlim=(-0.5, 1.5), ylim=(1.5, -0.5), aspect="equal")
    axes.set_xticks([0, 1], ["called\nnegative", "called\npositive"])
    axes.set_yticks([0, 1], ["truly\nnegative", "truly\npositive"])
    axes.set_title(f"Of {N_CASES:,} cases")
    axes.tick_params(length=0)
    shares = axes.imshow(np.zeros((2, 2)), cmap="Blues", vmin=0, vmax=1.6, aspect="equal")
    texts = {
        name: axes.text(i % 2, i // 2, "", ha="center", va="center", size="large")
        for i, name in enumerate(_CELLS)
    }
    return {"shares": shares, **texts}


def draw(artists: Artists, data: Decisions) -> None:
    """Move the threshold, and show what it decides."""
    negatives, positives = data.density(positive=False), data.density(positive=True)
    artists["negatives"].set_ydata(negatives)
    artists["positives"].set_ydata(positives)
    called = data.threshold - 1e-9 <= SCORES
    artists["false alarms"].set_verts([_area(SCORES[called], negatives[called])])
    artists["misses"].set_verts([_area(SCORES[~called], positives[~called])])
    for name, values in data.curves.items():
        artists[name].set_ydata(values)
    artists["cheapest"].set_data([data.cheapest], [data.curves["cost"].min() + 0.05])
    for line in ("cut above", "cut below"):
        artists[line].set_xdata([data.threshold, data.threshold])
    counts = np.reshape(list(data.counts.values()), (2, 2))
    artists["shares"].set_data(counts / counts.sum(axis=1, keepdims=True))
    for name, count in data.counts.items():
        artists[name].set_text(f"{name}\n{count:.0f}" if count >= 10 else f"{name}\n{count:.2g}")


def _area(scores: NDArray[np.float64], heights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the outline between a curve and the axis."""
    if not len(scores):
        return np.zeros((1, 2))
    x = np.concatenate([scores[:1], scores, scores[-1:]])
    return np.column_stack([x, np.concatenate([[0], heights, [0]])])


def _nearest_probability(facts: Any) -> str:
    options = {"1/2": 1 / 2, "1/5": 1 / 5, "1/6": 1 / 6, "5/6": 5 / 6}
    at_cheapest = facts["probability at the threshold"]
    return min(options, key=lambda option: abs(options[option] - at_cheapest))


def threshold_explorer() -> Explorer:
    """Move a threshold over two score distributions, and watch counts, precision and cost.

    Returns
    -------
    Explorer
        Settings: ``threshold`` (-5 to 5), ``separation`` (0.5 to 4 standard deviations),
        ``prevalence`` (0.002 to 0.7), ``cost_ratio`` (cost of a miss over that of a false
        alarm, 0.1 to 50).
    """
    return Explorer(
        title="A threshold and what it decides",
        alt="Above left: score densities of negatives and positives with a threshold, errors "
        "shaded. Below left: precision, recall and cost against the threshold. Right: the "
        "confusion matrix at the threshold, expected counts of 1000 cases.",
        setup=setup,
        update=Decisions,
        draw=draw,
        controls={
            "threshold": controls.slider("threshold", 0.0, -SCORE_MAX, SCORE_MAX, 0.05),
            "separation": controls.slider("separation (sd)", 2.0, 0.5, 4.0, 0.1),
            "prevalence": controls.stops_slider("share of positives", 0.3, _PREVALENCES),
            "cost_ratio": controls.stops_slider("miss ÷ false alarm", 1, _COST_RATIOS),
        },
        presets={
            "Balanced": {"prevalence": 0.5},
            "Rare positives": {"prevalence": 0.01},
            "A miss costs 5": {"cost_ratio": 5, "threshold": -0.4},
            "A false alarm costs 5": {"cost_ratio": 0.2, "threshold": 1.25},
        },
        step="threshold",
        step_label="Raise the threshold",
        prediction=Prediction(
            question="A miss costs 5 times a false alarm. At the cheapest threshold, how probable "
            "is a positive?",
            options=("1/2", "1/5", "1/6", "5/6"),
            settings={"cost_ratio": 5, "threshold": -0.4},
            answer=_nearest_probability,
            because="An alarm at probability p saves 5p and costs 1 − p on average: these are "
            "equal at p = 1/6, whatever the separation and the share of positives.",
        ),
        size=(8.2, 4.4),
        preview_size=(4.4, 3.7),
    )
