"""Lesson 07: right answers in other styles pass, careless ones do not."""

import statistics

import numpy as np
import pytest

from coursekit.checks import assess, find_exercise

from .assessing import outcome


def parts_with_loops(predictions, truth):
    bias2 = variance = 0.0
    n_sets, n_points = predictions.shape
    for j in range(n_points):
        mean = sum(predictions[i, j] for i in range(n_sets)) / n_sets
        bias2 += (mean - truth[j]) ** 2 / n_points
        variance += sum((predictions[i, j] - mean) ** 2 for i in range(n_sets)) / n_sets / n_points
    return [bias2, variance]


def parts_by_subtraction(predictions, truth):
    variance = np.mean((predictions - predictions.mean(axis=0)) ** 2)
    return np.mean((predictions - truth) ** 2) - variance, variance


def parts_in_float32(predictions, truth):
    predictions, truth = np.float32(predictions), np.float32(truth)
    return np.square(predictions.mean(axis=0) - truth).mean(), predictions.var(axis=0).mean()


@pytest.mark.parametrize("answer", [parts_with_loops, parts_by_subtraction, parts_in_float32])
def test_the_parts_may_be_computed_in_any_style(answer):
    assert outcome("07_bias_variance", answer) == "right"


def test_the_parts_come_in_their_order():
    swapped = lambda P, f: parts_with_loops(P, f)[::-1]  # noqa: E731
    assert outcome("07_bias_variance", swapped) == "wrong"


def optimism_from_the_gap(n, p, sigma):
    variance = sigma**2 * p / n
    return np.array([sigma**2 - variance, sigma**2 + variance])


def test_optimism_may_be_written_in_any_style():
    assert outcome("07_ols_optimism", optimism_from_the_gap) == "right"


def test_the_reference_of_optimism_agrees_with_a_simulation():
    rng = np.random.default_rng(0)
    X, (y, fresh) = rng.normal(size=(30, 5)), 2 * rng.normal(size=(2, 30, 4000))
    fitted = X @ np.linalg.lstsq(X, y, rcond=None)[0]
    simulated = np.mean((y - fitted) ** 2), np.mean((fresh - fitted) ** 2)
    assert find_exercise("07_ols_optimism").reference(30, 5, 2.0) == pytest.approx(
        simulated, rel=0.03
    )


def test_the_error_at_new_inputs_is_not_the_error_on_fresh_labels():
    at_new_inputs = lambda n, p, s: (s**2 * (1 - p / n), s**2 * (1 + p / max(n - p - 1, 1)))  # noqa: E731
    assert outcome("07_ols_optimism", at_new_inputs) == "wrong"


def curve_with_choice(fit, X, y, X_val, y_val, sizes, n_repeats, seed):
    rng = np.random.default_rng(seed)

    def error(size):
        rows = np.sort(rng.choice(len(X), size, replace=False))
        return float(np.square(fit(X[rows], y[rows])(X_val) - y_val).mean())

    return [statistics.median(error(size) for _ in range(n_repeats)) for size in sizes]


def curve_of_nested_subsets(fit, X, y, X_val, y_val, sizes, n_repeats, seed):
    errors = np.empty((n_repeats, len(sizes)))
    for repeat in range(n_repeats):
        order = np.random.default_rng([seed, repeat]).permutation(len(X))
        for place, size in enumerate(sizes):
            predict = fit(X[order[:size]], y[order[:size]])
            errors[repeat, place] = np.mean((predict(X_val) - y_val) ** 2)
    return np.median(errors, axis=0)


@pytest.mark.parametrize("answer", [curve_with_choice, curve_of_nested_subsets])
def test_a_learning_curve_may_draw_its_subsets_in_any_way(answer):
    assert outcome("07_learning_curve", answer) == "right"


def curve_without_seed(*args):
    return curve_with_choice(*args[:-1], None)


def curve_with_replacement(fit, X, y, X_val, y_val, sizes, n_repeats, seed):
    rows = np.random.default_rng(seed).integers(len(X), size=len(X))
    return curve_with_choice(fit, X[rows], y[rows], X_val, y_val, sizes, n_repeats, seed)


def curve_with_other_labels(fit, X, y, *rest):
    return curve_with_choice(fit, X, y[::-1], *rest)


@pytest.mark.parametrize(
    "answer", [curve_without_seed, curve_with_replacement, curve_with_other_labels]
)
def test_a_learning_curve_is_repeatable_and_keeps_rows_and_labels_together(answer):
    assert outcome("07_learning_curve", answer) == "wrong"


def curve_predicted_row_by_row(fit, X, y, X_val, y_val, sizes, n_repeats, seed):
    def one_by_one(rows, labels):
        predict = fit(rows, labels)
        return lambda new: np.concatenate([predict(row[None]) for row in new])

    return curve_with_choice(one_by_one, X, y, X_val, y_val, sizes, n_repeats, seed)


def test_a_learning_curve_may_predict_row_by_row():
    assert outcome("07_learning_curve", curve_predicted_row_by_row) == "right"


def curve_of_root_errors(*args):
    return np.sqrt(curve_with_choice(*args))


def test_another_error_measure_is_wrong_and_not_taken_for_training_error():
    found = assess(find_exercise("07_learning_curve"), curve_of_root_errors)

    assert (found.outcome, found.mistake) == ("wrong", None)


def knn_with_loops(X, y, Q, k):
    predictions = []
    for query in Q.tolist():
        distance = [sum((a - b) ** 2 for a, b in zip(row, query, strict=True)) for row in X]
        nearest = sorted(range(len(X)), key=distance.__getitem__)[:k]
        predictions.append(statistics.fmean(float(y[row]) for row in nearest))
    return predictions


def knn_with_a_tree(X, y, Q, k):
    from scipy.spatial import KDTree

    _, nearest = KDTree(X).query(Q, k=[*range(1, k + 1)])
    return y[nearest].mean(axis=1)


def knn_with_products(X, y, Q, k):
    distance = (Q**2).sum(axis=1)[:, None] - 2 * Q @ X.T + (X**2).sum(axis=1)
    return y[np.argpartition(distance, k - 1, axis=1)[:, :k]].mean(axis=1)


@pytest.mark.parametrize("answer", [knn_with_loops, knn_with_a_tree, knn_with_products])
def test_neighbours_may_be_found_in_any_style(answer):
    assert outcome("07_knn_predict", answer) == "right"


def test_neighbours_weighted_by_distance_are_another_model():
    def weighted(X, y, Q, k):
        from sklearn.neighbors import KNeighborsRegressor

        return KNeighborsRegressor(k, weights="distance").fit(X, y).predict(Q)

    assert outcome("07_knn_predict", weighted) == "wrong"
