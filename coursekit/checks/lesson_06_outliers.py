"""The exercises of lesson 06: cap, cut, a slope by medians, and a score made of medians."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from coursekit.checks.definitions import Case, Exercise, Mistake

_mistake = partial(Mistake, see="DS-1")


def _n_cut(x: Any, share: float) -> int:
    return int(share * len(x))


def _cap(x: Any, k_low: int, k_high: int) -> np.ndarray:
    ordered = np.sort(x)
    return np.clip(x, ordered[k_low], ordered[len(x) - 1 - k_high])


def _tail_cases() -> list[Case]:
    rng = np.random.default_rng(0)
    return [
        Case((np.array([*range(1, 20), 1000.0]), 0.1), name="one far value above"),
        Case((np.array([-1000.0, *range(1, 20)]), 0.1), name="one far value below"),
        Case((np.array([*range(9), 1000.0]), 0.1), name="ten values, one far"),
        Case((rng.normal(50, 10, size=40), 0.2), name="unordered"),
        Case((rng.normal(size=15), 0.1), name="one and a half values a side: cut one"),
        Case((np.array([3.0, 1, 1, 1, 2, 9, 9, 9, 4, 5]), 0.2), name="equal values at the cut"),
        Case((rng.normal(size=7), 0.0), name="share 0 changes nothing"),
        Case((rng.normal(size=19), 0.1), name="almost two values a side: cut one"),
    ]


def _winsorize_by_scipy(x: Any, share: float) -> np.ndarray:
    """Cap with SciPy's masked-array routine."""
    from scipy.stats.mstats import winsorize

    return np.asarray(winsorize(np.asarray(x), limits=(share, share)))


def _drop_tails(x: Any, share: float) -> np.ndarray:
    k = _n_cut(x, share)
    return np.sort(x)[k : len(x) - k]


winsorize = Exercise(
    id="06_winsorize",
    task="Cap the lowest and the highest share of the values at the nearest value inside.",
    points=3,
    questions=("DS-1",),
    reference=_winsorize_by_scipy,
    cases=_tail_cases,
    mistakes=(
        _mistake(
            "drops-the-tails",
            _drop_tails,
            "You drop the tails. That is trimming; winsorising keeps every row and moves its value "
            "to the nearest one that is kept.",
        ),
        _mistake(
            "replaces-by-the-mean",
            lambda x, share: np.where(_winsorize_by_scipy(x, share) == x, x, np.mean(x)),
            "You replace the tails by the mean, as if it were neutral. The outliers are still in "
            "that mean, and a large value becomes an ordinary one instead of the largest kept.",
        ),
        _mistake(
            "upper-tail-only",
            lambda x, share: _cap(x, 0, _n_cut(x, share)),
            "You cap the upper tail only. A far value below pulls as hard as one above.",
        ),
        _mistake(
            "three-deviations",
            lambda x, share: np.clip(x, np.mean(x) - 3 * np.std(x), np.mean(x) + 3 * np.std(x)),
            "You cap at the mean ± 3 standard deviations. The outliers are in both: among ten "
            "values nothing can lie beyond (masking).",
        ),
        _mistake(
            "interpolated-quantile",
            lambda x, share: np.clip(x, *np.quantile(x, [share, 1 - share])),
            "You cap at an interpolated quantile, a value that may lie half-way to the outlier. "
            "Winsorising sets k values on each side to the nearest value that was observed.",
        ),
    ),
    hints=(
        "k = int(share * len(x)); which is the lowest of the sorted values that stays?",
        "With ordered = np.sort(x) the bounds are ordered[k] and ordered[n - 1 - k]; np.clip.",
    ),
)


def _trim_by_scipy(x: Any, share: float) -> np.ndarray:
    """Cut with SciPy's trimboth, which returns the kept values in no order."""
    from scipy.stats import trimboth

    return np.sort(trimboth(np.asarray(x), share))


def _trim_farthest(x: Any, share: float) -> np.ndarray:
    from_mean = np.argsort(np.abs(x - np.mean(x)))
    return np.sort(x[from_mean[: len(x) - 2 * _n_cut(x, share)]])


def _trim_by_value(x: Any, share: float) -> np.ndarray:
    low, high = np.quantile(x, [share, 1 - share])
    return np.sort(x[(x > low) & (x < high)])


trim = Exercise(
    id="06_trim",
    task="Drop the lowest and the highest share of the values; return the others in order.",
    points=2,
    questions=("DS-1",),
    reference=_trim_by_scipy,
    cases=_tail_cases,
    mistakes=(
        _mistake(
            "caps-instead",
            lambda x, share: np.sort(_winsorize_by_scipy(x, share)),
            "You cap the tails and keep all values. That is winsorising; trimming discards.",
        ),
        _mistake(
            "farthest-from-the-mean",
            _trim_farthest,
            "You drop the values farthest from the mean. One far value drags the mean to its side, "
            "and then good values on the other side go.",
        ),
        _mistake(
            "by-value",
            _trim_by_value,
            "You keep what lies strictly between two quantiles. Equal values at the cut then all "
            "go, and share 0 drops the two ends: cut by count.",
        ),
    ),
    hints=(
        "Sort first, then drop k = int(share * len(x)) values at either end.",
        "ordered[k : len(x) - k]; ordered[k:-k] is empty when k is 0.",
    ),
)


def _slope_cases() -> list[Case]:
    rng = np.random.default_rng(1)
    x = rng.uniform(-3, 3, size=21)
    y = 2 * x + 1 + rng.normal(0, 0.5, size=21)
    vertical, far_x, far_y = y.copy(), x.copy(), y.copy()
    vertical[:3] += 40
    far_x[:3], far_y[:3] = 10, -10
    return [
        Case((np.array([0.0, 1, 2]), np.array([1.0, 3, 5])), name="an exact line"),
        Case((x, vertical), name="vertical outliers"),
        Case((far_x, far_y), name="leverage points with the same x"),
        Case((np.array([2.0, 2, 2, 5]), np.array([1.0, 4, 9, 0])), name="most x are equal"),
        Case((rng.permutation(12.0 * np.arange(10)), rng.normal(size=10)), name="unordered, flat"),
    ]


def _slope_by_scipy(x: Any, y: Any) -> float:
    """Take the slope of SciPy's theilslopes, which skips pairs with equal x."""
    from scipy.stats import theilslopes

    return float(theilslopes(np.asarray(y), np.asarray(x)).slope)


def _pair_slopes(x: Any, y: Any, equal_x: Sequence[float] = ()) -> list[float]:
    """Return the slopes through all pairs, and for each pair with equal x what is given."""
    slopes: list[float] = []
    for i, j in combinations(range(len(x)), 2):
        slopes.extend([(y[j] - y[i]) / (x[j] - x[i])] if x[i] != x[j] else equal_x)
    return slopes


def _neighbour_slopes(x: Any, y: Any) -> float:
    order = np.argsort(x, kind="stable")
    dx, dy = np.diff(x[order]), np.diff(y[order])
    return float(np.median(dy[dx > 0] / dx[dx > 0]))


theil_sen_slope = Exercise(
    id="06_theil_sen_slope",
    task="Return the median of the slopes through all pairs of points with different x.",
    points=3,
    questions=("DS-1",),
    reference=_slope_by_scipy,
    cases=_slope_cases,
    mistakes=(
        _mistake(
            "mean-of-slopes",
            lambda x, y: float(np.mean(_pair_slopes(x, y))),
            "You average the slopes. One outlier is in n − 1 pairs, some of them very steep; the "
            "median is what makes Theil–Sen robust.",
        ),
        _mistake(
            "neighbours-only",
            _neighbour_slopes,
            "You use neighbouring points only. Their x are close, so noise makes their slopes "
            "wild; take all pairs.",
        ),
        _mistake(
            "least-squares",
            lambda x, y: float(np.polyfit(x, y, 1)[0]),
            "You return the slope of least squares, which a single point can turn.",
        ),
        _mistake(
            "equal-x-as-flat",
            lambda x, y: float(np.median(_pair_slopes(x, y, equal_x=[0.0]))),
            "You count pairs with equal x as slope 0. They have no slope: leave them out.",
        ),
    ),
    hints=(
        "itertools.combinations(range(len(x)), 2) gives every pair of positions once.",
        "Collect (y[j] - y[i]) / (x[j] - x[i]) where x[i] != x[j], then np.median.",
    ),
)


def _score_cases() -> list[Case]:
    rng = np.random.default_rng(2)
    many = rng.normal(10, 1, size=40)
    many[:12] = 60
    return [
        Case((np.array([8.0, 9, 9.5, 10, 10, 10.5, 11, 11.5, 12, 1000]),), name="one among ten"),
        Case((many,), name="30 % of the values are far"),
        Case((np.array([-80.0, *rng.normal(size=20), 90]),), name="one on each side"),
        Case((rng.normal(size=60), 2.0), name="another threshold"),
        Case((np.array([5.0, 5, 5, 5, 7]),), name="more than half are equal"),
        Case((np.full(4, 3.0),), name="all are equal"),
    ]


def _outliers_by_scipy(x: Any, threshold: float = 3.5) -> np.ndarray:
    """Compare with SciPy's median_abs_deviation, scaled for the normal distribution."""
    from scipy.stats import median_abs_deviation

    x = np.asarray(x)
    return np.abs(x - np.median(x)) > threshold * median_abs_deviation(x, scale="normal")


def _outliers_wrongly(
    centre: Callable[..., Any] = np.median,
    spread: Callable[[np.ndarray], Any] = lambda d: 1.4826 * np.median(np.abs(d)),
    far: Callable[[np.ndarray, Any], Any] = lambda d, limit: np.abs(d) > limit,
) -> Callable[..., Any]:
    """Make a wrong answer from another centre, another spread, or another comparison."""

    def answer(x: Any, threshold: float = 3.5) -> np.ndarray:
        distance = x - centre(x)
        return far(distance, threshold * spread(distance))

    return answer


mad_outliers = Exercise(
    id="06_mad_outliers",
    task="Mark the values farther from the median than the threshold times the scaled MAD.",
    points=3,
    questions=("DS-1",),
    reference=_outliers_by_scipy,
    cases=_score_cases,
    mistakes=(
        _mistake(
            "mean-and-deviation",
            _outliers_wrongly(np.mean, np.std),
            "You use mean and standard deviation. The outliers are in both: they mask themselves.",
        ),
        _mistake(
            "median-over-deviation",
            _outliers_wrongly(spread=np.std),
            "You start from the median and divide by the standard deviation. The outliers inflate "
            "the divisor all the same.",
        ),
        _mistake(
            "not-scaled",
            _outliers_wrongly(spread=lambda d: np.median(np.abs(d))),
            "You leave out the factor 1.4826. The MAD of normal data is about two thirds of its "
            "standard deviation, so your threshold is lower than it says.",
        ),
        _mistake(
            "above-only",
            _outliers_wrongly(far=lambda d, limit: d > limit),
            "You look above the median only. Take the absolute distance.",
        ),
        _mistake(
            "at-the-threshold",
            _outliers_wrongly(far=lambda d, limit: np.abs(d) >= limit),
            "You mark values at the threshold too. If more than half are equal, the MAD is 0 and "
            "you mark everything.",
        ),
    ),
    hints=(
        "The MAD is the median of np.abs(x - np.median(x)).",
        "Compare distances with threshold * 1.4826 * MAD; without a division, MAD 0 is no problem.",
    ),
)
