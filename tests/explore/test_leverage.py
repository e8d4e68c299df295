"""Lesson 06's explorable: four lines and a group of bad points."""

from itertools import combinations

import numpy as np
import pytest

from coursekit.explore.leverage import (
    GOOD_RANGE,
    fit_huber,
    fit_lines,
    fit_ols,
    fit_ransac,
    fit_theil_sen,
    leverage_explorer,
    line_error,
    spoiled_points,
)

SEEDS = range(6)


def lines(share, position, height, *, threshold=1.5, seed=0):
    return fit_lines(share, position, height, threshold, seed)


def test_the_good_points_of_a_seed_stay():
    few, many = spoiled_points(0.1, 0.0, 20.0, 3), spoiled_points(0.4, 10.0, -10.0, 3)

    assert (few[2], many[2]) == (4, 16)
    assert np.array_equal(few[0][16:], many[0][16:])
    assert np.array_equal(few[1][16:], many[1][16:])
    assert not np.array_equal(few[0][16:], spoiled_points(0.1, 0.0, 20.0, 4)[0][16:])


def test_bad_points_stand_where_they_were_put():
    x, y, n_bad = spoiled_points(0.4, 10.0, -10.0, 0)

    assert x[:n_bad].mean() == pytest.approx(10, abs=0.6)
    assert y[:n_bad].mean() == pytest.approx(-10, abs=0.6)
    assert np.abs(x[n_bad:]).max() <= 3


def test_every_method_finds_an_exact_line():
    x = np.linspace(-2, 5, 15)
    for line in (
        fit_ols(x, 3 - 2 * x),
        fit_huber(x, 3 - 2 * x),
        fit_ransac(x, 3 - 2 * x, 0.5, seed=0),
        fit_theil_sen(x, 3 - 2 * x),
    ):
        assert line == pytest.approx((-2, 3), abs=1e-3)


def test_theil_sen_is_the_median_of_all_pairwise_slopes():
    x, y, _ = spoiled_points(0.2, 10.0, -10.0, 1)
    slopes = [(y[j] - y[i]) / (x[j] - x[i]) for i, j in combinations(range(len(x)), 2)]
    slope, intercept = fit_theil_sen(x, y)

    assert slope == pytest.approx(np.median(slopes))
    assert intercept == pytest.approx(np.median(y - slope * x))


def test_error_is_the_mean_distance_from_the_true_line():
    assert line_error(2, 1) == 0
    assert line_error(2, 4) == pytest.approx(3)
    assert line_error(3, 1) == pytest.approx(np.abs(GOOD_RANGE).mean())


@pytest.mark.parametrize("seed", SEEDS)
def test_without_bad_points_all_four_are_near(seed):
    assert max(lines(0.0, 0.0, 0.0, seed=seed).errors.values()) < 0.4


@pytest.mark.parametrize("seed", SEEDS)
def test_vertical_outliers_take_least_squares_only(seed):
    errors = lines(0.2, 0.0, -10.0, seed=seed).errors

    assert errors.pop("OLS") > 1.5
    assert max(errors.values()) < 1


@pytest.mark.parametrize("seed", SEEDS)
def test_leverage_takes_huber_too(seed):
    errors = lines(0.2, 10.0, -10.0, seed=seed).errors

    assert min(errors["OLS"], errors["Huber"]) > 3
    assert max(errors["RANSAC"], errors["Theil–Sen"]) < 1


@pytest.mark.parametrize("seed", SEEDS)
def test_above_its_breakdown_point_theil_sen_is_lost(seed):
    assert lines(0.4, 10.0, -10.0, seed=seed).errors["Theil–Sen"] > 3


def test_ransac_mostly_holds_where_theil_sen_is_lost_and_sometimes_fails():
    errors = np.array([lines(0.4, 10.0, -10.0, seed=seed).errors["RANSAC"] for seed in range(10)])

    assert (errors < 1).sum() >= 6
    assert errors.max() > 3


def test_good_leverage_points_harm_nobody():
    assert max(lines(0.2, 10.0, 21.0).errors.values()) < 0.4


def test_same_settings_same_lines():
    assert lines(0.3, 5.0, 9.0).facts == lines(0.3, 5.0, 9.0).facts


def test_facts_stay_within_theory_everywhere(sweep_controls):
    for settings, facts in sweep_controls(leverage_explorer()):
        errors = [value for name, value in facts.items() if name.startswith("error of")]
        assert facts["moved points of 40"] == round(40 * settings["share"])
        assert len(errors) == 4
        assert min(errors) >= 0
        if settings["share"] == 0:
            assert facts["error of OLS"] < 0.4


def test_the_right_prediction_comes_from_the_picture():
    explorer = leverage_explorer()
    explorer.prediction.guesses.value = "OLS and Huber"

    assert "✔" in explorer.prediction.reveal.value
