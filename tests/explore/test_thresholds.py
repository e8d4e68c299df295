"""Lesson 03's explorable: a threshold over two score distributions."""

import numpy as np
import pytest

from coursekit.explore.thresholds import N_CASES, Decisions, threshold_explorer


def decide(threshold=0.0, separation=2.0, prevalence=0.3, cost_ratio=1):
    return Decisions(threshold, separation, prevalence, cost_ratio)


def test_counts_agree_with_drawn_cases():
    rng = np.random.default_rng(0)
    y = rng.random(400_000) < 0.2
    scores = rng.normal(np.where(y, 0.75, -0.75))
    called = scores >= 0.4
    drawn = [
        np.mean((y == truth) & (called == call)) * N_CASES for truth in (0, 1) for call in (0, 1)
    ]
    exact = decide(0.4, separation=1.5, prevalence=0.2).counts
    assert list(exact) == ["TN", "FP", "FN", "TP"]
    assert list(exact.values()) == pytest.approx(drawn, abs=3)


def test_rows_of_the_matrix_do_not_depend_on_the_threshold():
    for threshold in (-5, -1, 0, 2.5, 5):
        counts = decide(threshold, prevalence=0.05).counts
        assert counts["FN"] + counts["TP"] == pytest.approx(0.05 * N_CASES)
        assert counts["TN"] + counts["FP"] == pytest.approx(0.95 * N_CASES)


def test_two_symmetric_classes_by_hand():
    facts = decide(0.0, separation=2.0, prevalence=0.5).facts
    right = 0.8413447  # the standard normal's share below 1
    for measure in ("precision", "recall", "F1", "accuracy"):
        assert facts[measure] == pytest.approx(right)
    assert facts["cost per 1000 cases"] == pytest.approx(1000 * (1 - right))
    assert facts["probability at the threshold"] == pytest.approx(0.5)
    assert facts["cheapest threshold"] == pytest.approx(0)


@pytest.mark.parametrize("cost_ratio", [0.2, 1, 5, 20])
@pytest.mark.parametrize("prevalence", [0.1, 0.5])
def test_the_cheapest_threshold_is_where_the_costs_balance(cost_ratio, prevalence):
    cheapest = decide(prevalence=prevalence, cost_ratio=cost_ratio).cheapest
    at_cheapest = decide(cheapest, prevalence=prevalence, cost_ratio=cost_ratio)
    # Elkan (2001): alarm where p exceeds c_FP / (c_FP + c_FN); the slider moves by 0.05.
    due = -np.log(cost_ratio)
    found = np.log(at_cheapest.probability / (1 - at_cheapest.probability))
    assert found == pytest.approx(due, abs=2.0 * 0.05)


def test_recall_falls_and_cost_is_lowest_at_the_cheapest_threshold():
    data = decide(prevalence=0.1, cost_ratio=5)
    assert (np.diff(data.curves["recall"]) < 0).all()
    lowest = decide(data.cheapest, prevalence=0.1, cost_ratio=5).facts["cost per 1000 cases"]
    for threshold in np.linspace(-4, 4, 17):
        other = decide(threshold, prevalence=0.1, cost_ratio=5).facts["cost per 1000 cases"]
        assert other >= lowest - 1e-9


def test_rare_positives_spoil_precision_and_flatter_accuracy():
    common, rare = decide(prevalence=0.5).facts, decide(prevalence=0.01).facts
    assert rare["recall"] == pytest.approx(common["recall"])
    assert rare["precision"] < 0.1 * common["precision"]
    assert decide(3.0, prevalence=0.01).facts["accuracy"] > common["accuracy"] + 0.1


def test_facts_stay_within_theory_everywhere(sweep_controls):
    for settings, facts in sweep_controls(threshold_explorer()):
        for measure in ("precision", "recall", "F1", "accuracy", "probability at the threshold"):
            assert 0 <= facts[measure] <= 1
        low, high = sorted((facts["precision"], facts["recall"]))
        assert low - 1e-12 <= facts["F1"] <= high + 1e-12
        assert -5 <= facts["cheapest threshold"] <= 5
        worst = N_CASES * max(1, settings["cost_ratio"])
        assert 0 <= facts["cost per 1000 cases"] <= worst


def test_the_right_prediction_follows_from_the_costs():
    explorer = threshold_explorer()
    explorer.prediction.guesses.value = "1/6"
    assert "✔" in explorer.prediction.reveal.value
    assert explorer.facts["cheapest threshold"] == pytest.approx(explorer.settings["threshold"])
