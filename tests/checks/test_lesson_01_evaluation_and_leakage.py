"""Lesson 01: right answers in other styles pass, and unseeded or careless ones do not."""

import math
import random
import statistics

import numpy as np
import pytest

from coursekit.checks import assess, find_exercise

from .assessing import outcome


def split_with_lists(y, fraction, seed):
    generator = random.Random(seed)
    train, test = [], []
    for label in sorted(set(y.tolist())):
        rows = [row for row, other in enumerate(y.tolist()) if other == label]
        generator.shuffle(rows)
        n_test = round(fraction * len(rows))
        test += rows[:n_test]
        train += rows[n_test:]
    return train, test


def split_with_scikit_learn(y, fraction, seed):
    from sklearn.model_selection import train_test_split

    parts = [
        train_test_split(
            np.flatnonzero(y == label),
            test_size=round(fraction * np.sum(y == label)),
            random_state=seed,
        )
        for label in np.unique(y)
    ]
    return tuple(np.concatenate(part) for part in zip(*parts, strict=True))


def split_as_sorted_masks(y, fraction, seed):
    rng = np.random.default_rng(seed)
    in_test = np.zeros(len(y), dtype=bool)
    for label in np.unique(y):
        rows = np.flatnonzero(y == label)
        in_test[rng.choice(rows, size=round(fraction * len(rows)), replace=False)] = True
    return np.flatnonzero(~in_test), np.flatnonzero(in_test)


@pytest.mark.parametrize(
    "answer", [split_with_lists, split_with_scikit_learn, split_as_sorted_masks]
)
def test_a_stratified_split_may_draw_the_rows_in_any_way(answer):
    assert outcome("01_stratified_split", answer) == "right"


def split_without_seed(y, fraction, seed):
    return split_as_sorted_masks(y, fraction, None)


def split_that_drops_a_row(y, fraction, seed):
    train, test = split_as_sorted_masks(y, fraction, seed)
    return train[1:], test


@pytest.mark.parametrize("answer", [split_without_seed, split_that_drops_a_row])
def test_a_split_must_be_repeatable_and_cover_every_row(answer):
    assert outcome("01_stratified_split", answer) == "wrong"


def test_another_plain_shuffle_is_named_too():
    def shuffle_with_random_state(y, fraction, seed):
        order = np.random.RandomState(seed).permutation(len(y))
        n_test = round(fraction * len(y))
        return order[n_test:], order[:n_test]

    found = assess(find_exercise("01_stratified_split"), shuffle_with_random_state)

    assert found.mistake == "plain-shuffle"


def leaks_by_broadcasting(X_train, X_test):
    return np.flatnonzero((X_test[:, None] == X_train[None]).all(axis=2).any(axis=1))


def leaks_by_bytes(X_train, X_test):
    known = {row.tobytes() for row in np.ascontiguousarray(X_train)}
    return [i for i, row in enumerate(np.ascontiguousarray(X_test)) if row.tobytes() in known]


def leaks_with_loops(X_train, X_test):
    found = []
    for i in range(len(X_test)):
        if any(np.array_equal(X_test[i], row) for row in X_train):
            found.append(i)  # noqa: PERF401 a loop is the point
    return tuple(found)


@pytest.mark.parametrize("answer", [leaks_by_broadcasting, leaks_by_bytes, leaks_with_loops])
def test_leaks_may_be_found_and_returned_in_any_style(answer):
    assert outcome("01_leak_report", answer) == "right"


@pytest.mark.parametrize(
    "answer",
    [
        lambda X_train, X_test: leaks_by_broadcasting(X_train, X_test)[::-1],
        lambda X_train, X_test: leaks_by_broadcasting(X_test, X_train),
        lambda X_train, X_test: leaks_by_broadcasting(X_train.round(1), X_test.round(1)),
    ],
    ids=["descending", "positions in train", "nearly equal"],
)
def test_a_leak_report_is_about_equal_test_rows_in_order(answer):
    assert outcome("01_leak_report", answer) == "wrong"


def interval_by_the_standard_library(a, b, confidence=0.95):
    from scipy.stats import t

    gain = [y - x for x, y in zip(a, b, strict=True)]
    error = statistics.stdev(gain) / math.sqrt(len(gain))
    factor = t.isf((1 - confidence) / 2, len(gain) - 1)
    return [statistics.mean(gain) - factor * error, statistics.mean(gain) + factor * error]


def interval_by_scipy(a, b, confidence=0.95):
    from scipy import stats

    gain = np.subtract(b, a)
    return stats.t.interval(confidence, len(gain) - 1, loc=gain.mean(), scale=stats.sem(gain))


@pytest.mark.parametrize("answer", [interval_by_the_standard_library, interval_by_scipy])
def test_an_interval_may_be_computed_in_any_style(answer):
    assert outcome("01_paired_ci", answer) == "right"


def test_an_interval_must_follow_the_confidence_asked_for():
    assert outcome("01_paired_ci", lambda a, b, confidence=0.95: interval_by_scipy(a, b)) == "wrong"


def diagnosis_with_a_loop(train, hold_out, production, target, tolerance=0.05):
    illnesses = {"underfitting": train, "overfitting": hold_out, "shift": production}
    for illness, score in illnesses.items():
        if target - score > tolerance:
            return illness
    return "ok"


def diagnosis_by_matching(train, hold_out, production, target, tolerance=0.05):
    match [score >= target - tolerance for score in (train, hold_out, production)]:
        case [False, _, _]:
            return "underfitting"
        case [_, False, _]:
            return "overfitting"
        case [_, _, False]:
            return "shift"
    return "ok"


@pytest.mark.parametrize("answer", [diagnosis_with_a_loop, diagnosis_by_matching])
def test_a_diagnosis_may_be_written_in_any_style(answer):
    assert outcome("01_diagnose", answer) == "right"


def test_a_diagnosis_must_respect_the_tolerance_asked_for():
    def strict(train, hold_out, production, target, tolerance=0.05):
        return diagnosis_with_a_loop(train, hold_out, production, target)

    assert outcome("01_diagnose", strict) == "wrong"
