"""Lesson 02: right answers in other styles pass, and near misses do not."""

import math
import statistics

import numpy as np
import pytest

from coursekit.checks import assess, find_exercise

from .assessing import outcome


def constant_by_sorting(y, loss, q=0.5):
    if loss == "squared":
        return math.fsum(y) / len(y)
    share = 0.5 if loss == "absolute" else q
    return sorted(y)[math.ceil(share * len(y)) - 1]


def constant_by_the_standard_library(y, loss, q=0.5):
    if loss == "pinball":
        candidates = [(sum(max(q * (a - c), (q - 1) * (a - c)) for a in y), c) for c in y]
        return min(candidates)[1]
    return statistics.mean(y) if loss == "squared" else statistics.median_high(y)


def constant_by_grid(y, loss, q=0.5):
    grid = np.sort(np.r_[np.linspace(min(y), max(y), 5_001), y])
    error = y[:, None] - grid
    table = {"squared": error**2, "absolute": np.abs(error)}
    table["pinball"] = np.where(error > 0, q * error, (q - 1) * error)
    return np.float32(grid[table[loss].mean(axis=0).argmin()])


@pytest.mark.parametrize(
    "answer", [constant_by_sorting, constant_by_the_standard_library, constant_by_grid]
)
def test_a_best_constant_may_be_found_in_any_way(answer):
    assert outcome("02_best_constant", answer) == "right"


def test_any_constant_between_the_two_middle_rows_is_a_median():
    def another_median(y, loss, q=0.5):
        low, high = constant_by_sorting(y, loss, q), statistics.median_high(y)
        return 0.7 * low + 0.3 * high if loss == "absolute" else low

    assert outcome("02_best_constant", another_median) == "right"


def test_a_quantile_that_ignores_q_is_wrong():
    assert outcome("02_best_constant", lambda y, loss, q=0.5: np.median(y)) == "wrong"


def huber_with_a_loop(y_true, y_pred, delta=1.0):
    losses = []
    for y, p in zip(y_true, y_pred, strict=True):
        size = abs(float(np.squeeze(y)) - float(np.squeeze(p)))
        losses.append(size * size / 2 if size < delta else delta * size - delta * delta / 2)
    return losses


def huber_by_clipping(y_true, y_pred, delta=1.0):
    size = np.abs(y_true.reshape(-1) - y_pred.reshape(-1))
    inner = np.minimum(size, delta)
    return inner * (size - inner / 2)


def huber_in_single_precision(y_true, y_pred, delta=1.0):
    return huber_by_clipping(y_true.astype("float32"), y_pred.astype("float32"), delta)


@pytest.mark.parametrize(
    "answer", [huber_with_a_loop, huber_by_clipping, huber_in_single_precision]
)
def test_a_robust_loss_may_be_computed_in_any_style(answer):
    assert outcome("02_robust_loss", answer) == "right"


def test_a_robust_loss_gives_one_number_a_row_and_not_a_column():
    found = assess(
        find_exercise("02_robust_loss"),
        lambda y_true, y_pred, delta=1.0: huber_by_clipping(y_true, y_pred, delta)[:, None],
    )

    assert found.outcome == "wrong"
    assert "shape" in found.message


@pytest.mark.slow
def test_the_reference_agrees_with_keras():
    import keras

    reference = find_exercise("02_robust_loss").reference
    y, p = np.random.default_rng(0).normal(0, 2, size=(2, 50, 1))
    for delta in (0.5, 1.0, 2.0):
        assert reference(y, p, delta) == pytest.approx(np.array(keras.losses.huber(y, p, delta)))


def rmse_with_lists(folds):
    squares = [
        (y - p) ** 2 for y_true, y_pred in folds for y, p in zip(y_true, y_pred, strict=True)
    ]
    return math.sqrt(sum(squares) / len(squares))


def rmse_by_weighting(folds):
    sizes = [len(y_true) for y_true, _ in folds]
    mses = [np.mean((y_true - y_pred) ** 2) for y_true, y_pred in folds]
    return np.average(mses, weights=sizes) ** 0.5


@pytest.mark.parametrize("answer", [rmse_with_lists, rmse_by_weighting])
def test_folds_may_be_pooled_in_any_style(answer):
    assert outcome("02_pooled_rmse", answer) == "right"


def test_roots_weighted_by_rows_are_still_a_mean_of_roots():
    def weighted_roots(folds):
        roots = [np.sqrt(np.mean((y_true - y_pred) ** 2)) for y_true, y_pred in folds]
        return np.average(roots, weights=[len(y_true) for y_true, _ in folds])

    assert outcome("02_pooled_rmse", weighted_roots) == "wrong"


def r2_by_variances(y_true, y_pred):
    return 1 - np.mean(np.square(y_true - y_pred)) / np.var(y_true)


def r2_with_lists(y_true, y_pred):
    centre = statistics.fmean(y_true)
    of_model = sum((y - p) ** 2 for y, p in zip(y_true, y_pred, strict=True))
    return 1 - of_model / sum((y - centre) ** 2 for y in y_true)


@pytest.mark.parametrize("answer", [r2_by_variances, r2_with_lists])
def test_r2_may_be_computed_in_any_style(answer):
    assert outcome("02_r2_score", answer) == "right"


@pytest.mark.parametrize(
    "answer",
    [
        lambda y_true, y_pred: max(0.0, r2_by_variances(y_true, y_pred)),
        lambda y_true, y_pred: 1 - np.mean((y_true - y_pred) ** 2) / np.var(y_true, ddof=1),
        lambda y_true, y_pred: 1 - np.sum((y_true - y_pred) ** 2) / np.sum(y_true**2),
    ],
    ids=["clipped at 0", "sample variance", "spread around 0"],
)
def test_r2_compares_with_the_mean_and_may_be_negative(answer):
    assert outcome("02_r2_score", answer) == "wrong"
