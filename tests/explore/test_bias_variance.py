"""Lesson 07's explorable: bias, variance and noise of polynomial fits."""

import numpy as np
import pytest
from numpy.polynomial import Polynomial

from coursekit.explore.bias_variance import (
    DEGREE_MAX,
    bias_variance_explorer,
    decompose,
    truth,
)

GRID = (np.arange(200) + 0.5) / 100 - 1


def test_a_fit_is_least_squares():
    data = decompose(degree=4, n_samples=15, noise=0.3, seed=2)
    expected = Polynomial.fit(data.x, data.y, 4)(GRID)
    assert data.fits[0] == pytest.approx(expected)


def test_the_exact_parts_agree_with_many_drawn_fits():
    fits = np.concatenate([decompose(5, 20, 0.5, seed).fits for seed in range(100)])
    exact = decompose(5, 20, 0.5, seed=0)
    assert exact.variance[5] == pytest.approx(fits.var(axis=0).mean(), rel=0.05)
    assert exact.mean_fit == pytest.approx(fits.mean(axis=0), abs=0.05)
    assert exact.bias2[5] == pytest.approx(((exact.mean_fit - truth(GRID)) ** 2).mean())


def test_the_variance_of_a_constant_is_that_of_a_mean():
    assert decompose(0, 50, 0.7, seed=0).variance[0] == pytest.approx(0.7**2 / 50)


def test_more_degrees_cost_variance_and_save_bias():
    data = decompose(0, 30, 0.3, seed=0)
    assert (np.diff(data.variance) > 0).all()
    assert data.bias2[9] < 1e-6 < data.bias2[3] < data.bias2[1]


def test_more_rows_shrink_the_variance_only():
    few, many = decompose(1, 30, 0.3, seed=0), decompose(1, 300, 0.3, seed=0)
    assert many.variance[1] == pytest.approx(few.variance[1] / 10, rel=0.05)
    assert many.bias2[1] == pytest.approx(few.bias2[1], rel=0.01)


def test_the_seed_moves_the_fits_and_not_the_facts():
    one, other = decompose(3, 30, 0.3, seed=1), decompose(3, 30, 0.3, seed=2)
    assert not np.array_equal(one.fits, other.fits)
    assert one.facts == other.facts
    assert np.array_equal(one.fits, decompose(3, 30, 0.3, seed=1).fits)


def test_facts_stay_within_theory_everywhere(sweep_controls):
    for settings, facts in sweep_controls(bias_variance_explorer()):
        parts = facts["bias²"], facts["variance"], facts["noise σ²"]
        assert min(parts) >= 0
        assert facts["noise σ²"] == pytest.approx(settings["noise"] ** 2)
        assert facts["expected error"] == pytest.approx(sum(parts))
        assert 0 <= facts["best degree"] <= DEGREE_MAX
        if settings["noise"] == 0:
            assert facts["variance"] == 0


def test_more_rows_make_a_richer_model_the_best():
    explorer = bias_variance_explorer()
    explorer.prediction.guesses.value = "higher"
    assert "✔" in explorer.prediction.reveal.value
    assert explorer.facts["best degree"] > 3
