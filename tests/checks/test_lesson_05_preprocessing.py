"""Lesson 05: right answers in other styles pass, and careless ones do not."""

import statistics

import numpy as np
import pytest

from .assessing import outcome


def impute_with_loops(X_train, X_test):
    columns = list(zip(*X_train.tolist(), strict=True))
    means = [statistics.fmean(v for v in column if v == v) for column in columns]

    def row_of(row):
        filled = [mean if v != v else v for v, mean in zip(row, means, strict=True)]
        return filled + [int(v != v) for v in row]

    return [row_of(row) for row in X_train.tolist()], [row_of(row) for row in X_test.tolist()]


def impute_with_pandas(X_train, X_test):
    import pandas as pd

    train, test = pd.DataFrame(X_train), pd.DataFrame(X_test)
    means = train.mean()
    return tuple(
        pd.concat([part.fillna(means), part.isna().astype("float32")], axis=1)
        for part in (train, test)
    )


def impute_float32(X_train, X_test):
    means = np.nanmean(X_train.astype("float32"), axis=0)
    return tuple(
        np.concatenate([np.where(np.isnan(X), means, X), np.isnan(X)], axis=1).astype("float32")
        for X in (X_train, X_test)
    )


@pytest.mark.parametrize("answer", [impute_with_loops, impute_with_pandas, impute_float32])
def test_holes_may_be_filled_in_any_style(answer):
    assert outcome("05_fit_impute", answer) == "right"


def test_an_indicator_that_waits_for_training_holes_is_refused():
    def sklearn_default(X_train, X_test):
        from sklearn.impute import SimpleImputer

        imputer = SimpleImputer(add_indicator=True).fit(X_train)
        return imputer.transform(X_train), imputer.transform(X_test)

    assert outcome("05_fit_impute", sklearn_default) == "wrong"


def test_filling_in_place_is_refused():
    def in_place(X_train, X_test):
        means, marks = np.nanmean(X_train, axis=0), [np.isnan(X) for X in (X_train, X_test)]
        for X, holes in zip((X_train, X_test), marks, strict=True):
            X[holes] = np.broadcast_to(means, X.shape)[holes]
        return np.hstack([X_train, marks[0]]), np.hstack([X_test, marks[1]])

    assert outcome("05_fit_impute", in_place) == "wrong"


def prepare_by_hand(X, y, seed, n_classes):
    rng = np.random.default_rng(seed)
    parts = [[], [], []]
    for label in np.unique(y):
        rows = rng.permutation(np.flatnonzero(y == label))
        fifth = round(0.2 * len(rows))
        for part, chosen in zip(parts, np.split(rows, [-2 * fifth, -fifth]), strict=True):
            part.extend(chosen)
    mean, deviation = X[parts[0]].mean(axis=0), X[parts[0]].std(axis=0)
    labels = [(y[part][:, None] == np.arange(n_classes)).astype(int) for part in parts]
    return [(X[part] - mean) / deviation for part in parts] + labels


def prepare_float32_tuples(X, y, seed, n_classes):
    return tuple(part.astype("float32") for part in prepare_by_hand(X, y, seed, n_classes))


def prepare_with_sample_deviation(X, y, seed, n_classes):
    parts = prepare_by_hand(X, y, seed, n_classes)
    deviation = parts[0].std(axis=0, ddof=1)  # as pandas computes it
    return [part / deviation for part in parts[:3]] + parts[3:]


@pytest.mark.parametrize(
    "answer", [prepare_by_hand, prepare_float32_tuples, prepare_with_sample_deviation]
)
def test_a_data_set_may_be_prepared_in_any_style(answer):
    assert outcome("05_prepare", answer) == "right"


def prepare_without_seed(X, y, seed, n_classes):
    return prepare_by_hand(X, y, None, n_classes)


def prepare_with_shuffled_labels(X, y, seed, n_classes):
    parts = prepare_by_hand(X, y, seed, n_classes)
    return parts[:3] + [part[::-1] for part in parts[3:]]


def prepare_without_scaling(X, y, seed, n_classes):
    return [*np.split(X, [int(0.6 * len(X)), int(0.8 * len(X))]), *prepare_by_hand(X, y, 0, 9)[3:]]


@pytest.mark.parametrize(
    "answer", [prepare_without_seed, prepare_with_shuffled_labels, prepare_without_scaling]
)
def test_parts_must_repeat_keep_their_labels_and_be_scaled(answer):
    assert outcome("05_prepare", answer) == "wrong"


def pool_with_loops(estimates, variances):
    m, mean = len(estimates), sum(estimates) / len(estimates)
    between = sum((q - mean) ** 2 for q in estimates) / (m - 1)
    return [mean, (sum(variances) / m + (m + 1) / m * between) ** 0.5]


def pool_float32(estimates, variances):
    q, u = np.asarray(estimates, "float32"), np.asarray(variances, "float32")
    return q.mean(), np.sqrt(u.mean() + (1 + 1 / len(q)) * q.var(ddof=1))


@pytest.mark.parametrize("answer", [pool_with_loops, pool_float32])
def test_imputations_may_be_pooled_in_any_style(answer):
    assert outcome("05_pool_rubin", answer) == "right"


def test_pooling_forgets_neither_part():
    def between_only(estimates, variances):
        return np.mean(estimates), np.sqrt((1 + 1 / len(estimates)) * np.var(estimates, ddof=1))

    def total_variance(estimates, variances):
        mean, error = pool_with_loops(estimates, variances)
        return mean, error**2

    assert outcome("05_pool_rubin", between_only) == "wrong"
    assert outcome("05_pool_rubin", total_variance) == "wrong"
