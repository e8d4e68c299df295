"""Lesson 03: right answers in other styles pass, and the references agree with the libraries."""

import math

import numpy as np
import pytest

from coursekit.checks import find_exercise

from .assessing import outcome


def entropy_with_loops(logits, y):
    total = 0.0
    for row, label in zip(logits, y, strict=True):
        top = max(row)
        total += top + math.log(sum(math.exp(z - top) for z in row)) - row[label]
    return total / len(y)


def entropy_by_logsumexp(logits, y):
    from scipy.special import logsumexp

    return np.mean(logsumexp(logits, axis=1) - np.take_along_axis(logits, y[:, None], axis=1)[:, 0])


def entropy_in_single_precision(logits, y):
    return entropy_by_logsumexp(logits.astype("float32"), y)


@pytest.mark.parametrize(
    "answer", [entropy_with_loops, entropy_by_logsumexp, entropy_in_single_precision]
)
def test_cross_entropy_may_be_computed_in_any_stable_way(answer):
    assert outcome("03_softmax_cross_entropy", answer) == "right"


@pytest.mark.parametrize(
    "answer",
    [
        lambda logits, y: entropy_by_logsumexp(logits - logits.max(), y) + 0.1,
        lambda logits, y: np.max(logits, axis=1).mean() - np.mean(logits[np.arange(len(y)), y]),
    ],
    ids=["a constant added", "maximum instead of log-sum-exp"],
)
def test_cross_entropy_must_be_exact(answer):
    assert outcome("03_softmax_cross_entropy", answer) == "wrong"


@pytest.mark.slow
def test_the_reference_agrees_with_keras():
    import keras

    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    exercise = find_exercise("03_softmax_cross_entropy")
    for case in exercise.cases():
        logits, y = case.args
        assert exercise.reference(logits, y) == pytest.approx(float(loss(y, logits)), rel=1e-5)


def irls_with_loops(X, y, n_steps):
    rows = [[1.0, *row] for row in X.tolist()]
    w = [0.0] * len(rows[0])
    for _ in range(n_steps):
        p = [1 / (1 + math.exp(-sum(a * b for a, b in zip(row, w, strict=True)))) for row in rows]
        gradient, hessian = np.zeros(len(w)), np.zeros((len(w), len(w)))
        for row, label, prob in zip(np.array(rows), y, p, strict=True):
            gradient += row * (label - prob)
            hessian += np.outer(row, row) * prob * (1 - prob)
        w = (np.array(w) + np.linalg.inv(hessian) @ gradient).tolist()
    return w


def irls_by_square_roots(X, y, n_steps):
    A = np.insert(X, 0, 1.0, axis=1)
    w = np.zeros(A.shape[1])
    for _ in range(n_steps):
        p = 1 / (1 + np.exp(-A @ w))
        root = np.sqrt(p * (1 - p))
        w += np.linalg.lstsq(A * root[:, None], (y - p) / root, rcond=None)[0]
    return w


@pytest.mark.parametrize("answer", [irls_with_loops, irls_by_square_roots])
def test_newton_steps_may_be_written_in_any_style(answer):
    assert outcome("03_irls", answer) == "right"


def irls_with_the_intercept_last(X, y, n_steps):
    return np.roll(irls_by_square_roots(X, y, n_steps), -1)


def the_library_without_steps(X, y, n_steps):
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(X, y)
    return np.r_[model.intercept_, model.coef_[0]]


@pytest.mark.parametrize("answer", [irls_with_the_intercept_last, the_library_without_steps])
def test_the_order_and_the_number_of_steps_belong_to_the_task(answer):
    assert outcome("03_irls", answer) == "wrong"


def test_many_steps_reach_the_unpenalised_fit_of_scikit_learn():
    exercise = find_exercise("03_irls")
    converged = [case for case in exercise.cases() if case.args[2] >= 10]
    assert converged
    for case in converged:
        fit = the_library_without_steps(*case.args)
        assert exercise.reference(*case.args) == pytest.approx(fit, abs=1e-5)


def scores_with_lists(y_true, y_pred, labels, average):
    pairs = list(zip(y_true, y_pred, strict=True))
    found = []
    for label in labels:
        hits = sum(t == p == label for t, p in pairs)
        called, support = sum(p == label for _, p in pairs), sum(t == label for t, _ in pairs)
        found.append((hits, called, support))
    if average == "micro":
        found = [tuple(map(sum, zip(*found, strict=True)))]
    triples = [
        (h / c if c else 0, h / s if s else 0, 2 * h / (c + s) if c + s else 0) for h, c, s in found
    ]
    if average is None:
        return [list(column) for column in zip(*triples, strict=True)]
    weights = [s if average == "weighted" else 1 for _, _, s in found]
    return [
        sum(w * x for w, x in zip(weights, column, strict=True)) / sum(weights)
        for column in zip(*triples, strict=True)
    ]


def scores_by_broadcasting(y_true, y_pred, labels, average):
    labels = np.asarray(labels)
    true, called = np.asarray(y_true)[:, None] == labels, np.asarray(y_pred)[:, None] == labels
    if average == "micro":
        true, called = true.reshape(-1, 1), called.reshape(-1, 1)
    hits, support, calls = (true & called).sum(0), true.sum(0), called.sum(0)
    scores = [
        hits / np.maximum(calls, 1),
        hits / np.maximum(support, 1),
        2 * hits / np.maximum(calls + support, 1),
    ]
    if average is None:
        return tuple(scores)
    weights = support if average == "weighted" else np.ones(len(support))
    return tuple(weights @ score / weights.sum() for score in scores)


@pytest.mark.parametrize("answer", [scores_with_lists, scores_by_broadcasting])
def test_scores_may_be_counted_in_any_style(answer):
    assert outcome("03_precision_recall_f1", answer) == "right"


def scores_with_nan(y_true, y_pred, labels, average):
    precision, recall, f1 = scores_by_broadcasting(y_true, y_pred, labels, None)
    called = np.isin(labels, y_pred)
    by_label = np.where(called, precision, np.nan), recall, f1
    if average != "weighted":
        return scores_by_broadcasting(y_true, y_pred, labels, average)
    support = [np.sum(np.asarray(y_true) == label) for label in labels]
    return tuple(np.average(score, weights=support) for score in by_label)


def test_a_score_without_a_denominator_is_zero():
    assert outcome("03_precision_recall_f1", scores_with_nan) == "wrong"


def test_f1_without_recall_is_wrong():
    def precision_thrice(*args):
        precision, _, _ = scores_by_broadcasting(*args)
        return precision, precision, precision

    assert outcome("03_precision_recall_f1", precision_thrice) == "wrong"


def test_scores_stand_in_the_order_of_the_labels_and_not_of_the_alphabet():
    def sorted_labels(y_true, y_pred, labels, average):
        return scores_by_broadcasting(y_true, y_pred, sorted(labels), average)

    assert outcome("03_precision_recall_f1", sorted_labels) == "wrong"
