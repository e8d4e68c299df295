"""What every data set promises: named parts, dtypes, seeds, no row in two parts."""

import dataclasses
import subprocess
import sys

import numpy as np
import pytest

from coursekit import data
from coursekit.data import Split, generate_split, make_split, standardize_split

CLASSIFICATION = [
    data.breast_cancer,
    data.wine,
    data.digits,
    data.jittered_digits,
    data.imbalanced,
]
REGRESSION = [data.diabetes, data.noisy_line, data.noisy_sine, data.friedman]
SEQUENCES = [data.bump_order, data.first_symbol, data.two_frequencies]


def small_shapes(*, seed=0):
    return data.shapes(n_train=40, n_val=10, n_test=20, seed=seed)


ALL = [*CLASSIFICATION, *REGRESSION, *SEQUENCES, small_shapes]
FIELDS = [field.name for field in dataclasses.fields(Split) if field.name[:2] in ("X_", "y_")]


def parts(split):
    return [(getattr(split, f"X_{p}"), getattr(split, f"y_{p}")) for p in ("train", "val", "test")]


@pytest.mark.parametrize("load", ALL)
def test_every_set_is_complete(load):
    split = load()
    for X, y in parts(split):
        assert X.dtype == np.float32
        assert y.dtype == (np.float32 if load in REGRESSION else np.int64)
        assert len(X) == len(y) > 0
        assert X.shape[1:] == split.X_train.shape[1:]
        assert np.isfinite(X).all()
        assert np.isfinite(y).all()
    assert split.name
    assert split.description
    assert split.source


@pytest.mark.parametrize("load", [*CLASSIFICATION, *SEQUENCES, small_shapes])
def test_labels_count_from_zero_and_have_names(load):
    split = load()
    assert np.unique(split.y_train).tolist() == list(range(len(split.target_names)))


@pytest.mark.parametrize("load", [data.breast_cancer, data.wine, data.diabetes, data.friedman])
def test_every_column_has_a_name(load):
    split = load()
    assert len(split.feature_names) == split.X_train.shape[1]


@pytest.mark.parametrize("load", ALL)
def test_the_seed_decides_every_byte(load):
    first, same, other = load(seed=3), load(seed=3), load(seed=4)
    for field in FIELDS:
        assert getattr(first, field).tobytes() == getattr(same, field).tobytes()
    assert first.X_train.tobytes() != other.X_train.tobytes()


@pytest.mark.parametrize("load", ALL)
def test_no_row_is_in_two_parts(load):
    rows = [row.tobytes() for X, _ in parts(load()) for row in X]
    assert len(set(rows)) == len(rows)


@pytest.mark.parametrize("load", CLASSIFICATION)
def test_class_shares_are_alike_in_all_parts(load):
    counts = [np.bincount(y) for _, y in parts(load())]
    shares = [count / count.sum() for count in counts]
    for count, share in zip(counts, shares, strict=True):
        # As near as whole rows allow.
        assert np.abs(share - shares[0]).max() < 2 / count.sum()


@pytest.mark.parametrize("load", [*CLASSIFICATION, data.diabetes])
def test_standardizing_uses_the_training_part_alone(load):
    raw, scaled = load(), load(standardize=True)
    axes = tuple(range(raw.X_train.ndim - 1))
    mean, deviation = raw.X_train.mean(axis=axes), raw.X_train.std(axis=axes)
    varies = deviation > 1e-6
    np.testing.assert_allclose(scaled.X_train.mean(axis=axes), 0, atol=1e-4)
    np.testing.assert_allclose(scaled.X_train.std(axis=axes)[varies], 1, atol=1e-3)
    expected = (raw.X_test - mean)[..., varies] / deviation[varies]
    np.testing.assert_allclose(scaled.X_test[..., varies], expected, atol=1e-2, rtol=1e-3)


def test_changing_the_test_rows_does_not_change_the_standardized_training_rows():
    split = data.wine()
    moved = dataclasses.replace(split, X_test=split.X_test + 1000, X_val=split.X_val - 1000)
    before, after = standardize_split(split), standardize_split(moved)
    np.testing.assert_array_equal(before.X_train, after.X_train)


def test_a_constant_column_is_standardized_to_zero():
    X = np.column_stack([np.full(40, 0.1), np.arange(40)])
    split = make_split(X, np.arange(40) / 7, standardize=True)
    np.testing.assert_allclose(split.X_train[:, 0], 0, atol=1e-6)


def test_the_repr_is_short_and_shows_the_shapes():
    text = repr(data.wine())
    assert text == "Split('wine': X train (98, 13), val (36, 13), test (44, 13); y int64)"


def test_a_split_cannot_be_changed_by_accident():
    with pytest.raises(dataclasses.FrozenInstanceError):
        data.wine().X_train = None


def test_sizes_are_shares_or_numbers_of_rows():
    X, y = np.arange(100)[:, None], np.arange(100) / 3
    assert [len(X) for X, _ in parts(make_split(X, y, test_size=0.5, val_size=10))] == [40, 10, 50]


def test_a_part_may_be_empty():
    split = make_split(np.arange(20)[:, None], np.arange(20) / 3, val_size=0, test_size=0)
    assert [X.shape for X, _ in parts(split)] == [(20, 1), (0, 1), (0, 1)]
    assert not np.array_equal(split.X_train[:, 0], np.arange(20))  # shuffled all the same


def test_rows_stay_with_their_targets():
    X = np.arange(60)[:, None]
    for X_part, y_part in parts(make_split(X, X[:, 0] % 3)):
        np.testing.assert_array_equal(X_part[:, 0] % 3, y_part)


def test_labels_are_stratified_unless_told_otherwise():
    y = np.array([0] * 90 + [1] * 10)
    X = np.arange(100)[:, None]
    positives = {int(make_split(X, y, seed=s, test_size=0.2).y_test.sum()) for s in range(10)}
    assert positives == {2}
    free = {
        int(make_split(X, y, seed=s, test_size=0.2, stratify=False).y_test.sum()) for s in range(10)
    }
    assert len(free) > 1


@pytest.mark.parametrize(
    ("y", "options", "message"),
    [
        (np.arange(9), {}, "10 rows and y has 9"),
        (np.arange(10) / 3, {"stratify": True}, "class labels"),
        (np.arange(10) / 3, {"test_size": 6, "val_size": 4}, "leave none of the 10 rows"),
        (np.arange(10) / 3, {"test_size": 2.5}, "test_size=2.5"),
        (np.arange(10) / 3, {"val_size": -1}, "val_size=-1"),
        (np.array(list("abcdefghij")), {}, "encode labels"),
        (np.eye(10, dtype=int)[0], {}, "Or give stratify=False"),
        (np.zeros((10, 1)), {}, r"\(10, 1\)"),
    ],
)
def test_bad_input_is_named(y, options, message):
    with pytest.raises(ValueError, match=message):
        make_split(np.zeros((10, 2)), y, **options)


def test_the_test_part_of_a_drawn_set_does_not_depend_on_the_number_of_training_rows():
    small, large = data.noisy_sine(n_train=10), data.noisy_sine(n_train=1000)
    np.testing.assert_array_equal(small.X_test, large.X_test)


def test_a_drawn_part_may_be_empty_but_not_the_training_part():
    split = data.friedman(n_train=5, n_val=0, n_test=0)
    assert [X.shape for X, _ in parts(split)] == [(5, 10), (0, 10), (0, 10)]
    with pytest.raises(ValueError, match="at least 1 training row"):
        generate_split(
            lambda n, rng: (np.zeros((n, 1)), np.zeros(n)),
            n_train=0,
            n_val=1,
            n_test=1,
            seed=0,
            name="none",
        )


def test_importing_the_room_imports_no_learning_library():
    code = (
        "import sys; from coursekit.data import cifar10, digits, first_symbol, shapes, wine; "
        "sys.exit(bool({'sklearn', 'tensorflow', 'keras', 'pandas'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
