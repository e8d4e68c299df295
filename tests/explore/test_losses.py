"""Lesson 02's explorable: the constant that each loss prefers."""

import numpy as np
import pytest

from coursekit.explore import losses
from coursekit.explore.losses import (
    CENTER,
    INLIERS,
    best_constants,
    best_huber,
    best_of_each,
    best_quantile,
    drag_outlier,
)


def brute_force(loss, values):
    """Return the least and the greatest of the constants on a fine grid with the least loss."""
    grid = np.linspace(-5, 120, 12_501)
    height = loss(values[:, None] - grid).sum(axis=0)
    best = grid[height <= height.min() + 1e-9]
    return best[0], best[-1]


@pytest.mark.parametrize("n_outliers", [1, 4, 10, 11, 13])
@pytest.mark.parametrize(("q", "delta"), [(0.05, 0.5), (0.5, 5), (0.6, 50), (0.95, 20)])
def test_constants_minimise_their_losses(n_outliers, q, delta):
    values = np.concatenate([INLIERS, np.full(n_outliers, 96.0)])
    best = best_of_each(values, q, delta)
    intervals = {
        "mean": brute_force(losses.squared_error, values),
        "median": brute_force(losses.absolute_error, values),
        "Huber": brute_force(lambda r: losses.huber_loss(r, delta), values),
        "quantile": brute_force(lambda r: losses.pinball_loss(r, q), values),
    }
    for name, (low, high) in intervals.items():
        assert low - 0.006 <= best[name] <= high + 0.006, name
        assert best[name] == pytest.approx((low + high) / 2, abs=0.02), name


def test_losses_agree_with_scipy_and_scikit_learn():
    from scipy.special import huber
    from sklearn.metrics import mean_pinball_loss

    residual = np.linspace(-9, 9, 37)
    assert losses.huber_loss(residual, 2.5) == pytest.approx(huber(2.5, residual))
    pinball = mean_pinball_loss(residual, np.zeros(37), alpha=0.8)
    assert losses.pinball_loss(residual, 0.8).mean() == pytest.approx(pinball)


def test_huber_runs_from_the_median_to_the_mean():
    values = np.array([1.0, 2.0, 4.0, 9.0, 30.0])
    assert best_huber(values, 0.01) == pytest.approx(np.median(values), abs=0.02)
    assert best_huber(values, 1000) == pytest.approx(values.mean())


def test_pinball_at_one_half_is_the_median():
    for n_outliers in range(1, 14):
        values = np.concatenate([INLIERS, np.full(n_outliers, 80.0)])
        assert best_quantile(values, 0.5) == np.median(values)


def test_quantile_ignores_the_rounding_of_a_slider():
    values = np.arange(15.0)
    assert best_quantile(values, 0.6000000000000001) == best_quantile(values, 0.6)


def test_mean_moves_by_its_share_of_the_outlier():
    for outlier, n_outliers in [(96, 1), (60, 5), (0, 3), (24, 2)]:
        data = drag_outlier(outlier, n_outliers, q=0.5, delta=5)
        share = n_outliers / (len(INLIERS) + n_outliers)
        assert data.moved["mean"] == pytest.approx(share)


def test_median_and_huber_do_not_follow_an_outlier_further_out():
    near, far = (drag_outlier(outlier, 1, q=0.5, delta=5) for outlier in (50, 100))
    assert near.best["median"] == far.best["median"]
    assert near.best["Huber"] == pytest.approx(far.best["Huber"])
    assert far.best["mean"] > near.best["mean"] + 4


def test_median_breaks_down_when_outliers_are_the_majority():
    assert drag_outlier(96, 10, 0.5, 5).best["median"] <= INLIERS.max()
    assert drag_outlier(96, 12, 0.5, 5).best["median"] == 96


def test_without_pull_symmetric_losses_agree_on_the_centre():
    best = drag_outlier(CENTER, 1, q=0.5, delta=5).best
    assert all(constant == pytest.approx(CENTER) for constant in best.values())


def test_curves_touch_zero_at_the_constants_and_reach_one():
    data = drag_outlier(96, 3, q=0.9, delta=5)
    for name, curve in data.curves.items():
        assert curve.max() == pytest.approx(1)
        assert curve.min() > -1e-12
        nearest = np.abs(losses.GRID - data.best[name]).argmin()
        assert curve[nearest] < 0.01


def test_facts_stay_within_theory_everywhere(sweep_controls):
    for settings, facts in sweep_controls(best_constants()):
        values = [*INLIERS, settings["outlier"]]
        constants = {name: facts[f"{name} (min)"] for name in losses.STYLES}
        assert all(min(values) <= constant <= max(values) for constant in constants.values())
        moved = {name: facts[f"{name} moved per min of outlier"] for name in losses.STYLES}
        # A constant follows its data in the same direction, and never overtakes the outlier.
        assert all(-1e-9 <= move <= 1 + 1e-9 for move in moved.values())
