"""Values are rebuilt from plain parts before they are compared, and differences are located."""

from collections import namedtuple

import numpy as np
import pandas as pd
import pytest

from coursekit.checks.values import UnusableValueError, difference, plain, show

TOLERANCE = {"rtol": 1e-5, "atol": 1e-8}
Pair = namedtuple("Pair", "weights loss")


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (2, 2.0),
        ([1, 2], np.array([1.0, 2.0])),
        ((1, 2), np.array([1, 2])),
        (np.array([1.0, 2.0], dtype="float32"), [1.0, 2.0]),
        (pd.Series([1.0, 2.0]), np.array([1.0, 2.0])),
        (np.nan, float("nan")),
        (True, np.bool_(True)),
        ([np.array([0, 1]), np.array([2])], (np.array([0, 1]), np.array([2]))),
        (Pair(1.0, 2.0), (1.0, 2.0)),
        ([1.0, [2.0, 3.0]], (1.0, np.array([2.0, 3.0]))),
        ({"loss": 1, 2: "b"}, {"loss": 1.0, 2: "b"}),
        ({3, 1}, (1, 3)),
        (["a", "b"], ("a", "b")),
        ("sgd", "sgd"),
        ([], np.zeros(0)),
    ],
)
def test_other_styles_of_the_same_value_are_equal(got, expected):
    assert difference(plain(got), plain(expected), **TOLERANCE) is None
    assert difference(plain(expected), plain(got), **TOLERANCE) is None


@pytest.mark.parametrize(
    ("got", "expected", "says"),
    [
        (0.5, 0.25, "0.5 instead of 0.25"),
        ([1, 2, 4, 5], [1, 2, 3, 4], r"first at \[2\]: 4 instead of 3 \(2 of 4 values differ\)"),
        ([[1, 2]], [1, 2], r"shape is \(1, 2\) instead of \(2,\)"),
        ([1.0], 1.0, r"shape is \(1,\) instead of \(\)"),
        ((1, 2), (1, 2, 3), "2 values came back instead of 3"),
        ((1, [2, 9]), (1, [2, 3]), r"in part \[1\]: first at \[1\]: 9 instead of 3"),
        ("adam", 1.0, "'adam' came back instead of 1"),
        (1.0, "adam", "1 came back instead of 'adam'"),
        ({"a": 1}, {"b": 1}, r"the keys are \['a'\] instead of \['b'\]"),
        ({"a": 1}, {"a": 2}, r"in part \['a'\]: 1 instead of 2"),
        (np.nan, 1.0, "nan instead of 1"),
        (1.0, (1.0, 2.0), "1 came back instead of a tuple of 2 values"),
    ],
)
def test_the_first_difference_is_told(got, expected, says):
    import re

    assert re.search(says, difference(plain(got), plain(expected), **TOLERANCE))


def test_tensors_are_numbers():
    tensorflow = pytest.importorskip("tensorflow")

    assert difference(plain(tensorflow.constant([1.0, 2.0])), plain([1, 2]), **TOLERANCE) is None


@pytest.mark.parametrize("value", [object(), lambda: 1, [object()], {"a": object()}, iter([1])])
def test_what_holds_no_numbers_is_refused_with_its_type(value):
    with pytest.raises(UnusableValueError, match="an object of type"):
        plain(value)


class SneakyFloat(float):
    def __eq__(self, other):
        return True

    __hash__ = None


class SneakyArray(np.ndarray):
    def __eq__(self, other):
        return np.ones(self.shape, dtype=bool)


@pytest.mark.parametrize("value", [SneakyFloat(9.0), np.array([9.0]).view(SneakyArray)])
def test_subclasses_with_their_own_idea_of_equality_are_refused(value):
    with pytest.raises(UnusableValueError, match="an object of type Sneaky"):
        plain(value)


def test_long_values_are_shortened():
    assert len(show(np.arange(10_000), width=80)) <= 80
    assert len(show("x" * 1000, width=80)) <= 80


def test_of_a_flood_of_parts_only_those_shown_are_written():
    class Part(np.ndarray):
        n_written = 0

        def __repr__(self):
            Part.n_written += 1
            return "part"

    flood = tuple(np.ones(2).view(Part) for _ in range(10_000))

    assert show((flood, {"key": flood}), width=40) == "((part, part, part, part, part, part ..."
    assert Part.n_written <= 40


@pytest.mark.parametrize("value", [(), (1, (2, {"a": "b"})), {"a": np.float64(1)}, "text", 1.5])
def test_what_is_short_is_shown_whole(value):
    assert show(value) == repr(value).replace("np.float64(1.0)", "1.0")


@pytest.mark.parametrize("n_layers", [22, 40, 500])
def test_a_nest_that_would_unfold_for_ever_is_unusable(n_layers):
    nest = [1.0]
    for _ in range(n_layers):
        nest = [nest, nest]

    with pytest.raises(UnusableValueError, match="more parts than can be compared"):
        plain(nest)


def test_a_list_that_holds_itself_is_unusable():
    circle = []
    circle.append(circle)

    with pytest.raises(UnusableValueError, match="more parts than can be compared"):
        plain(circle)
