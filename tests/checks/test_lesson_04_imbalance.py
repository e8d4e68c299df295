"""Lesson 04's checks accept right answers however they are written."""

import numpy as np
import pytest
from scipy.stats import rankdata

from coursekit.checks import assess, find_exercise


def auc_by_ranks(y_true, scores):
    ranks = rankdata(scores)
    p = np.sum(y_true == 1)
    return (ranks[y_true == 1].sum() - p * (p + 1) / 2) / (p * (len(y_true) - p))


def auc_by_loops(y_true, scores):
    points = 0.0
    positives = [s for label, s in zip(y_true, scores, strict=True) if label == 1]
    negatives = [s for label, s in zip(y_true, scores, strict=True) if label == 0]
    for high in positives:
        for low in negatives:
            points += 1.0 if high > low else 0.5 if high == low else 0.0
    return points / (len(positives) * len(negatives))


def auc_by_trapezoids(y_true, scores):
    cuts = np.unique(scores)[::-1]
    tpr = [0.0, *(np.mean(scores[y_true == 1] >= cut) for cut in cuts)]
    fpr = [0.0, *(np.mean(scores[y_true == 0] >= cut) for cut in cuts)]
    return np.float32(np.trapezoid(tpr, fpr))


def smote_by_hand(X, y, seed):
    from imblearn.over_sampling import SMOTE
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold
    from sklearn.neighbors import KNeighborsClassifier

    sampler, model, areas = SMOTE(random_state=seed), KNeighborsClassifier(), []
    for train, test in StratifiedKFold(5, shuffle=True, random_state=seed).split(X, y):
        model.fit(*sampler.fit_resample(X[train], y[train]))
        areas.append(roc_auc_score(y[test], model.predict_proba(X[test])[:, 1]))
    return sum(areas) / len(areas)


def correct_by_odds(p, train_prevalence, new_prevalence):
    factor = new_prevalence / (1 - new_prevalence) * (1 - train_prevalence) / train_prevalence
    return [1.0 if q == 1 else factor * q / (1 - q) / (1 + factor * q / (1 - q)) for q in p]


def correct_in_float32(p, train_prevalence, new_prevalence):
    p = np.asarray(p, dtype=np.float32)
    up, down = new_prevalence / train_prevalence, (1 - new_prevalence) / (1 - train_prevalence)
    return (p * up / (p * up + (1 - p) * down)).astype(np.float32)


def threshold_by_sorting(y_true, scores, cost_fp, cost_fn):
    order = np.argsort(-scores, kind="stable")
    hits, false = np.cumsum(y_true[order] == 1), np.cumsum(y_true[order] == 0)
    costs = cost_fp * false + cost_fn * (hits[-1] - hits)
    ends = np.append(np.diff(scores[order]) != 0, True)  # a tie is passed as a whole
    costs = np.where(ends, costs, np.inf)
    best = int(np.argmin(costs))
    return scores.max() + 1 if costs[best] >= cost_fn * hits[-1] else scores[order][best]


def threshold_between_scores(y_true, scores, cost_fp, cost_fn):
    values = np.unique(scores)
    middles = [values[0] - 1, *((values[1:] + values[:-1]) / 2), values[-1] + 1]
    alarms = [scores > middle for middle in middles]
    costs = [
        cost_fp * np.sum(a & (y_true == 0)) + cost_fn * np.sum(~a & (y_true == 1)) for a in alarms
    ]
    return middles[int(np.argmin(costs))]


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        ("04_roc_auc", auc_by_ranks),
        ("04_roc_auc", auc_by_loops),
        ("04_roc_auc", auc_by_trapezoids),
        ("04_smote_cv_auc", smote_by_hand),
        ("04_correct_probabilities", correct_by_odds),
        ("04_correct_probabilities", correct_in_float32),
        ("04_best_threshold", threshold_by_sorting),
        ("04_best_threshold", threshold_between_scores),
    ],
)
def test_other_right_answers_pass(exercise, answer):
    outcome = assess(find_exercise(exercise), answer)

    assert outcome.outcome == "right", outcome.message


def test_smote_before_the_split_is_told_from_an_honest_estimate_by_noise():
    exercise = find_exercise("04_smote_cv_auc")
    noise = exercise.cases()[0]
    (leak,) = (m for m in exercise.mistakes if m.name == "resamples-before-the-split")

    assert leak.answer(*noise.args) > exercise.reference(*noise.args) + 0.2


def test_a_threshold_of_equal_cost_is_as_good():
    reference = find_exercise("04_best_threshold").reference

    def a_little_lower(y_true, scores, cost_fp, cost_fn):
        best = reference(y_true, scores, cost_fp, cost_fn)
        lower = scores[scores < best].max()
        return np.nextafter(lower, best)

    assert assess(find_exercise("04_best_threshold"), a_little_lower).outcome == "right"
