"""Lesson 04's explorable: one model, many prevalences."""

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.metrics import average_precision_score, roc_auc_score

from coursekit.explore.prevalence import precision_at, prevalence_explorer, screen


def test_precision_by_hand():
    # 1,000 rows, 10 positives: 9 right alarms among 9 + 99.
    assert precision_at(0.9, 0.1, 0.01) == pytest.approx(9 / 108)


def test_where_nothing_separates_the_classes_precision_is_the_prevalence():
    data = screen(prevalence=0.05, threshold=1.3, separation=0.0)
    assert data.precision == pytest.approx(np.full(1000, 0.05))
    assert data.roc_auc == pytest.approx(0.5, abs=1e-6)
    assert data.average_precision == pytest.approx(0.05, abs=1e-6)


@pytest.mark.parametrize("separation", [0.5, 2.0, 4.0])
def test_roc_auc_is_the_probability_that_a_positive_scores_higher(separation):
    # The difference of two normal scores is normal with variance 2.
    exact = norm.cdf(separation / np.sqrt(2))
    assert screen(0.01, 0.0, separation).roc_auc == pytest.approx(exact, abs=1e-4)


@pytest.mark.parametrize("prevalence", [0.5, 0.05])
def test_areas_agree_with_drawn_scores(prevalence):
    rng = np.random.default_rng(0)
    n_positives = round(40_000 * prevalence)
    y = np.arange(40_000) < n_positives
    scores = rng.normal(size=40_000) + 2 * y
    data = screen(prevalence, 0.0, 2.0)
    assert data.roc_auc == pytest.approx(roc_auc_score(y, scores), abs=0.01)
    assert data.average_precision == pytest.approx(average_precision_score(y, scores), abs=0.03)


def test_prevalence_moves_precision_and_nothing_of_the_roc_curve():
    common, rare = screen(0.5, 1.0, 2.0), screen(0.002, 1.0, 2.0)
    assert np.array_equal(common.recall, rare.recall)
    assert np.array_equal(common.false_positive_rate, rare.false_positive_rate)
    assert rare.average_precision < 0.2 < 0.9 < common.average_precision


def test_facts_stay_within_theory_everywhere(sweep_controls):
    for settings, facts in sweep_controls(prevalence_explorer()):
        recall, fpr = facts["recall (true-positive rate)"], facts["false-positive rate"]
        assert 0 <= fpr <= recall <= 1  # positives score higher, so the curve lies above
        assert settings["prevalence"] - 1e-9 <= facts["precision"] <= 1
        assert 0.5 - 1e-6 <= facts["ROC-AUC"] <= 1
        assert settings["prevalence"] - 1e-3 <= facts["average precision"] <= 1
        right, false = (facts[f"{kind} alarms in 10,000 rows"] for kind in ("right", "false"))
        assert right <= 10_000 * settings["prevalence"] + 1e-6
        assert facts["precision"] == pytest.approx(right / (right + false))


def test_the_right_prediction_is_the_small_one():
    explorer = prevalence_explorer()
    explorer.prediction.guesses.value = "about 1"
    assert "✔" in explorer.prediction.reveal.value
