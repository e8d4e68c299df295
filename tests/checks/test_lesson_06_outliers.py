"""Lesson 06: right answers in other styles pass, and careless ones do not."""

import statistics

import numpy as np
import pytest

from coursekit.checks import find_exercise

from .assessing import outcome


def winsorize_with_loops(x, share):
    ordered, k = sorted(x.tolist()), int(share * len(x))
    low, high = ordered[k], ordered[-k - 1]
    return [min(max(value, low), high) for value in x.tolist()]


def winsorize_by_rank(x, share):
    k, order, result = int(share * len(x)), np.argsort(x), x.astype(float)
    result[order[:k]] = x[order[k]]
    result[order[len(x) - k :]] = x[order[len(x) - k - 1]]
    return result


def winsorize_float32(x, share):
    k, ordered = int(share * len(x)), np.sort(x.astype("float32"))
    return np.minimum(np.maximum(x.astype("float32"), ordered[k]), ordered[-k - 1])


@pytest.mark.parametrize("answer", [winsorize_with_loops, winsorize_by_rank, winsorize_float32])
def test_tails_may_be_capped_in_any_style(answer):
    assert outcome("06_winsorize", answer) == "right"


def test_capping_in_place_is_refused():
    def in_place(x, share):
        ordered, k = np.sort(x), int(share * len(x))
        np.clip(x, ordered[k], ordered[len(x) - 1 - k], out=x)
        return x

    assert outcome("06_winsorize", in_place) == "wrong"


def trim_by_popping(x, share):
    values = sorted(x.tolist())
    for _ in range(int(share * len(x))):
        values.pop()
        values.pop(0)
    return values


def trim_with_pandas(x, share):
    import pandas as pd

    k = int(share * len(x))
    return pd.Series(x).sort_values().iloc[k : len(x) - k]


@pytest.mark.parametrize("answer", [trim_by_popping, trim_with_pandas])
def test_tails_may_be_cut_in_any_style(answer):
    assert outcome("06_trim", answer) == "right"


def test_the_slice_that_is_empty_for_share_zero_is_refused():
    def negative_slice(x, share):
        k = int(share * len(x))
        return np.sort(x)[k:-k]

    assert outcome("06_trim", negative_slice) == "wrong"


def slope_with_statistics(x, y):
    points = list(zip(x.tolist(), y.tolist(), strict=True))
    return statistics.median(
        (b[1] - a[1]) / (b[0] - a[0])
        for n, a in enumerate(points)
        for b in points[n + 1 :]
        if a[0] != b[0]
    )


def slope_from_a_table(x, y):
    with np.errstate(divide="ignore", invalid="ignore"):
        table = np.subtract.outer(y, y) / np.subtract.outer(x, x)
    table[np.subtract.outer(x, x) == 0] = np.nan
    return np.nanmedian(table)  # every pair twice: the median stays


@pytest.mark.parametrize("answer", [slope_with_statistics, slope_from_a_table])
def test_the_slope_may_be_found_in_any_style(answer):
    assert outcome("06_theil_sen_slope", answer) == "right"


def test_an_intercept_beside_the_slope_is_refused():
    def both(x, y):
        slope = slope_with_statistics(x, y)
        return slope, np.median(y - slope * x)

    assert outcome("06_theil_sen_slope", both) == "wrong"


def outliers_with_statistics(x, threshold=3.5):
    median = statistics.median(x.tolist())
    mad = statistics.median(abs(value - median) for value in x.tolist())
    return [abs(value - median) > threshold * 1.4826 * mad for value in x.tolist()]


def outliers_by_modified_score(x, threshold=3.5):
    distance = np.abs(x - np.median(x))
    with np.errstate(divide="ignore", invalid="ignore"):
        score = 0.6745 * distance / np.median(distance)
    return np.nan_to_num(score, nan=0.0, posinf=np.inf) > threshold


def outliers_as_integers(x, threshold=3.5):
    return np.array(outliers_with_statistics(x, threshold)).astype(int)


@pytest.mark.parametrize(
    "answer", [outliers_with_statistics, outliers_by_modified_score, outliers_as_integers]
)
def test_outliers_may_be_marked_in_any_style(answer):
    assert outcome("06_mad_outliers", answer) == "right"


def test_positions_instead_of_marks_are_refused():
    def positions(x, threshold=3.5):
        return np.flatnonzero(outliers_with_statistics(x, threshold))

    assert outcome("06_mad_outliers", positions) == "wrong"


@pytest.mark.parametrize("seed", range(3))
def test_the_slope_is_close_to_the_median_regression_of_scikit_learn(seed):
    from sklearn.linear_model import TheilSenRegressor

    rng = np.random.default_rng(seed)
    x = rng.uniform(-3, 3, size=50)
    y = 2 * x + rng.normal(0, 0.3, size=50)
    theirs = TheilSenRegressor(random_state=0).fit(x[:, None], y).coef_[0]

    ours = find_exercise("06_theil_sen_slope").reference(x, y)
    assert ours == pytest.approx(theirs, abs=0.1)


def test_a_cap_at_the_nearest_quantile_is_wrong():
    # Its position is share * (n - 1), rounded: with 19 values and 10 % it caps two and not one.
    def nearest_quantile(x, share):
        return np.clip(x, *np.quantile(x, [share, 1 - share], method="nearest"))

    assert outcome("06_winsorize", nearest_quantile) == "wrong"
