"""Lesson 05's explorable: mechanisms of missingness and what the fillings do."""

import numpy as np
import pytest

from coursekit.explore.missingness import (
    METHODS,
    chance_of_a_hole,
    complete,
    missingness_explorer,
)

SEEDS = range(20)


def median_of(fact, mechanism, method, share=40):
    return np.median([getattr(complete(mechanism, share, method, seed), fact) for seed in SEEDS])


@pytest.mark.parametrize("share", [0.05, 0.4, 0.8])
@pytest.mark.parametrize("scale", [0, 1, 5])
def test_the_chance_of_a_hole_has_the_mean_that_was_asked_for(share, scale):
    drive = scale * np.random.default_rng(0).normal(size=500)
    assert chance_of_a_hole(drive, share).mean() == pytest.approx(share, abs=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_a_coin_biases_no_method(method):
    assert median_of("bias", "MCAR", method) == pytest.approx(0, abs=0.02)


def test_holes_that_follow_age_are_repaired_by_age():
    assert median_of("bias", "MAR", "mean") < -0.25
    assert median_of("bias", "MAR", "drop the rows") < -0.25
    for method in ("regression", "regression + noise"):
        assert median_of("bias", "MAR", method) == pytest.approx(0, abs=0.03)


@pytest.mark.parametrize("method", METHODS)
def test_holes_that_follow_the_value_itself_bias_every_method(method):
    assert median_of("bias", "MNAR", method) < -0.12


def test_a_mean_fill_shrinks_the_spread_by_the_square_root_of_the_known_share():
    assert median_of("spread", "MCAR", "mean") == pytest.approx(np.sqrt(0.6), abs=0.02)


def test_noise_restores_the_spread_and_costs_accuracy_cell_by_cell():
    assert median_of("spread", "MAR", "regression") < 0.93
    assert median_of("spread", "MAR", "regression + noise") == pytest.approx(1, abs=0.03)
    plain, noisy = (
        complete("MAR", 40, method, 0).facts["RMSE of the filled cells (SD)"]
        for method in ("regression", "regression + noise")
    )
    assert noisy > 1.25 * plain


def test_the_fillings_do_not_look_at_the_hidden_values():
    # Two people swap their hidden incomes: nothing that is filled in may change.
    from coursekit.explore.missingness import fill

    data = complete("MAR", 40, "mean", 3)
    other = np.where(data.missing, 99.0, data.income)
    for method in METHODS:
        first, second = (
            fill(method, data.age, income, data.missing, np.random.default_rng(0))
            for income in (data.income, other)
        )
        assert np.array_equal(first, second), method


def test_holes_grow_with_the_share_and_repeat_with_the_seed():
    few, many = complete("MNAR", 20, "mean", 1), complete("MNAR", 60, "mean", 1)
    assert few.missing.sum() < many.missing.sum()
    assert not (few.missing & ~many.missing).any()
    assert complete("MNAR", 20, "regression + noise", 1).facts == (
        complete("MNAR", 20, "regression + noise", 1).facts
    )
    assert not np.array_equal(few.missing, complete("MNAR", 20, "mean", 2).missing)


def test_dropping_says_that_it_fills_nothing():
    facts = complete("MCAR", 40, "drop the rows", 0).facts
    assert facts["RMSE of the filled cells (SD)"] == "no cell is filled"


def test_unknown_words_are_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="choose one of MCAR, MAR, MNAR"):
        complete("bad luck", 40, "mean", 0)
    with pytest.raises(ValueError, match="choose one of drop the rows, mean"):
        complete("MCAR", 40, "magic", 0)


def test_facts_stay_within_theory_everywhere(sweep_controls):
    for settings, facts in sweep_controls(missingness_explorer()):
        n_missing = facts["missing (% of rows)"]
        assert abs(n_missing - settings["share"]) < 7  # four standard errors of 1000 coins
        assert 0 < facts["spread, completed / true"] < 1.15
        assert abs(facts["bias of the mean (SD)"]) < 1.5


def test_the_right_prediction_is_that_the_bias_stays():
    explorer = missingness_explorer()
    explorer.prediction.guesses.value = "clearly too low"
    assert "✔" in explorer.prediction.reveal.value
