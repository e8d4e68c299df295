"""Lesson 01's explorable: the winner among coin flips."""

from math import comb

import numpy as np
import pytest

from coursekit.explore.winners import choose_winner, coin_flip_winners, expected_best


@pytest.mark.parametrize("n_validation", [1, 2, 10, 500])
def test_one_model_is_expected_at_one_half(n_validation):
    assert expected_best(1, n_validation) == pytest.approx(0.5, abs=1e-12)


def test_two_flips_by_hand():
    # One row each: the best of two is right unless both are wrong.
    assert expected_best(2, 1) == pytest.approx(0.75)


def test_expected_best_is_the_mean_over_the_exact_distribution():
    n, k = 12, 7
    cdf = np.cumsum([comb(n, c) for c in range(n + 1)]) / 2**n
    best = np.diff(cdf**k, prepend=0)
    assert expected_best(k, n) == pytest.approx((best * np.arange(n + 1)).sum() / n)


def test_expected_best_agrees_with_simulation():
    best = [choose_winner(n_models=200, n_validation=100, seed=seed).best for seed in range(400)]
    standard_error = np.std(best) / np.sqrt(len(best))
    assert np.mean(best) == pytest.approx(expected_best(200, 100), abs=4 * standard_error)


def test_expected_best_grows_with_models_and_falls_with_rows():
    tries = np.array([1, 10, 100, 2000])
    few, many = expected_best(tries, 20), expected_best(tries, 2000)
    assert (np.diff(few) > 0).all()
    assert (np.diff(many) > 0).all()
    assert (few[1:] > many[1:]).all()
    assert few[-1] < 1


def test_the_winner_is_worth_one_half_on_fresh_rows():
    tests = [choose_winner(2000, 20, seed).test_accuracy for seed in range(50)]
    assert np.mean(tests) == pytest.approx(0.5, abs=0.003)


def test_same_seed_same_winner_and_earlier_models_stay():
    few, many = choose_winner(10, 50, seed=3), choose_winner(100, 50, seed=3)
    assert np.array_equal(many.accuracy[:10], few.accuracy)
    assert choose_winner(10, 50, seed=3).facts == few.facts
    assert not np.array_equal(choose_winner(10, 50, seed=4).accuracy, few.accuracy)


def test_facts_stay_within_theory_everywhere(sweep_controls):
    for settings, facts in sweep_controls(coin_flip_winners()):
        n = settings["n_validation"]
        best, expected = facts["best validation accuracy"], facts["expected best"]
        assert best * n == pytest.approx(round(best * n))
        assert 0.5 - 1e-12 <= expected <= 1
        # Hoeffding and a union bound over K models: E[max] <= 1/2 + sqrt(ln K / 2n).
        assert expected <= 0.5 + np.sqrt(np.log(settings["n_models"]) / (2 * n)) + 1e-12
        assert abs(facts["test accuracy of the winner"] - 0.5) < 0.025  # five standard errors
        assert facts["optimism (validation − test)"] == pytest.approx(
            best - facts["test accuracy of the winner"]
        )


def test_the_right_prediction_is_nearest_to_the_exact_value():
    explorer = coin_flip_winners()
    explorer.prediction.guesses.value = "0.64"
    assert "✔" in explorer.prediction.reveal.value


def test_a_winner_that_stays_keeps_its_fresh_test():
    few, many = choose_winner(500, 50, seed=0), choose_winner(501, 50, seed=0)
    assert few.best == many.best
    assert few.test_accuracy == many.test_accuracy
