"""Compares what came back with what was expected, trusting nothing that came back.

A learner's value is first rebuilt from plain numbers and texts, so that an object whose ``==`` is
always true, or whose attributes change while they are read, is compared by what it holds.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

_TENSOR_PACKAGES = {"tensorflow", "keras", "torch", "jax", "jaxlib", "pandas"}


_MOST_DEPTH = 50
_MOST_PARTS = 300_000


class UnusableValueError(TypeError):
    """Raised for a value that holds no numbers or texts to compare."""


def plain(value: Any) -> Any:
    """Rebuild a value from plain parts.

    Parameters
    ----------
    value : object
        A number, text, array, tensor, or a tuple, list, set or dict of such.

    Returns
    -------
    numpy.ndarray, str, None, tuple or dict
        Numbers and regular nests of them become arrays; other sequences become tuples.

    Raises
    ------
    UnusableValueError
        For anything else, with its type in the message.
    """
    return _Rebuilding().plain(value)


def plain_key(key: Any) -> str | int | float | bool | None:
    """Rebuild the key of a dict as a plain scalar."""
    rebuilt = plain(key)
    return rebuilt.item() if isinstance(rebuilt, np.ndarray) and rebuilt.ndim == 0 else str(rebuilt)


class _Rebuilding:
    """Rebuilds one value, and gives up where lists within lists would take for ever."""

    def __init__(self) -> None:
        self._n_parts = 0

    def plain(self, value: Any, depth: int = 0) -> Any:
        self._n_parts += 1
        if depth > _MOST_DEPTH or self._n_parts > _MOST_PARTS:
            raise UnusableValueError("a nest of more parts than can be compared")
        if value is None or type(value) is str:
            return value
        if type(value) is dict:
            return {plain_key(key): self.plain(item, depth + 1) for key, item in value.items()}
        if type(value) in (set, frozenset):
            return tuple(sorted(self._all(value, depth), key=repr))
        if type(value) is tuple or (isinstance(value, tuple) and hasattr(value, "_fields")):
            return tuple(self._all(value, depth))
        if type(value) is list:
            return _joined(self._all(value, depth))
        return _plain_array(value)

    def _all(self, values: Iterable[Any], depth: int) -> list[Any]:
        return [self.plain(item, depth + 1) for item in values]


def _joined(items: list[Any]) -> Any:
    """Make one array of the parts of a list, if they have one shape."""
    if all(isinstance(item, np.ndarray) for item in items) and items:
        shapes = {item.shape for item in items}
        if len(shapes) == 1:
            return np.stack(items)
    return tuple(items) if items else np.zeros(0)


def _plain_array(value: Any) -> np.ndarray | str:
    package = type(value).__module__.partition(".")[0]
    if package not in _TENSOR_PACKAGES | {"numpy", "builtins"}:
        raise UnusableValueError(f"an object of type {type(value).__name__}")
    array = np.array(value.numpy() if package == "tensorflow" else value, copy=True)
    if array.dtype.kind in "US" and array.ndim == 0:
        return str(array)
    if array.dtype.kind == "O" and array.ndim > 0:
        return np.array([_plain_array(item) for item in array.ravel()]).reshape(array.shape)
    if array.dtype.kind not in "biufcU":
        raise UnusableValueError(f"an object of type {type(value).__name__}")
    return np.asarray(array)


def difference(got: Any, expected: Any, *, rtol: float, atol: float) -> str | None:
    """Say where two plain values first differ.

    Parameters
    ----------
    got, expected : object
        Values made by :func:`plain`.
    rtol, atol : float
        Tolerances, as in :func:`numpy.isclose`; NaN equals NaN.

    Returns
    -------
    str or None
        One sentence, or None where the two are the same.
    """
    if isinstance(expected, tuple | dict):
        return _difference_of_parts(got, expected, rtol=rtol, atol=atol)
    if isinstance(expected, np.ndarray) and expected.dtype.kind in "biufc":
        return _difference_of_numbers(got, expected, rtol=rtol, atol=atol)
    got_text, expected_text = _texts(got), _texts(expected)
    if got_text == expected_text:
        return None
    return f"{describe(got)} came back instead of {describe(expected)}"


def _texts(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value


def _difference_of_parts(
    got: Any, expected: tuple | dict, *, rtol: float, atol: float
) -> str | None:
    if isinstance(got, np.ndarray) and got.ndim > 0 and isinstance(expected, tuple):
        got = tuple(np.asarray(item) for item in got)
    if type(got) is not type(expected):
        return f"{describe(got)} came back instead of {describe(expected)}"
    if isinstance(expected, dict) and isinstance(got, dict):
        if got.keys() != expected.keys():
            return f"the keys are {sorted(map(str, got))} instead of {sorted(map(str, expected))}"
        pairs = [(f"[{key!r}]", got[key], expected[key]) for key in expected]
    else:
        if len(got) != len(expected):
            return f"{len(got)} values came back instead of {len(expected)}"
        pairs = [(f"[{i}]", a, b) for i, (a, b) in enumerate(zip(got, expected, strict=True))]
    for place, part, expected_part in pairs:
        found = difference(part, expected_part, rtol=rtol, atol=atol)
        if found:
            return f"in part {place}: {found}"
    return None


def _difference_of_numbers(
    got: Any, expected: np.ndarray, *, rtol: float, atol: float
) -> str | None:
    if isinstance(got, tuple) and expected.ndim > 0:
        # A tuple of numbers is another style of an array.
        got = _joined([plain(item) for item in got])
    if not isinstance(got, np.ndarray) or got.dtype.kind not in "biufc":
        return f"{describe(got)} came back instead of {describe(expected)}"
    if got.shape != expected.shape:
        return f"the shape is {got.shape} instead of {expected.shape}"
    wrong = ~np.isclose(got, expected, rtol=rtol, atol=atol, equal_nan=True)
    if not wrong.any():
        return None
    if expected.ndim == 0:
        return f"{_number(got.item())} instead of {_number(expected.item())}"
    first = tuple(int(i) for i in np.argwhere(wrong)[0])
    place = ", ".join(map(str, first))
    return (
        f"first at [{place}]: {_number(got[first])} instead of {_number(expected[first])} "
        f"({int(wrong.sum())} of {wrong.size} values differ)"
    )


def describe(value: Any) -> str:
    """Name a plain value shortly: its kind, its shape, or the value itself if it is short."""
    if isinstance(value, tuple):
        return f"a tuple of {len(value)} values"
    if isinstance(value, dict):
        return f"a dict with the keys {sorted(map(str, value))}"
    if isinstance(value, np.ndarray):
        return _number(value.item()) if value.ndim == 0 else f"an array of shape {value.shape}"
    return repr(value)


def _number(value: Any) -> str:
    return f"{value:.8g}" if isinstance(value, float | np.floating) else str(value)


def show(value: Any, width: int = 300) -> str:
    """Write a value as code would, shortened to ``width`` characters."""
    with np.printoptions(threshold=12, edgeitems=3, precision=6, suppress=False):
        text = " ".join(repr(_Excerpt(width).of(value)).split())
    return text if len(text) <= width else f"{text[: width - 4]} ..."


class _Excerpt:
    """As many parts of a value as there is room to show: to write them all may take minutes."""

    def __init__(self, n_parts: int) -> None:
        self._n_left = n_parts  # each takes a character at least

    def of(self, value: Any) -> Any:
        self._n_left -= 1
        if isinstance(value, np.ndarray | np.generic) and value.ndim == 0:
            return value.item()
        if type(value) is str:
            return value[: max(self._n_left, 0) + 1]
        if type(value) is tuple:
            return tuple(self.of(item) for item in self._shown(value))
        if type(value) is dict:
            return {key: self.of(item) for key, item in self._shown(value.items())}
        return value

    def _shown(self, items: Iterable[Any]) -> Iterator[Any]:
        for item in items:
            if self._n_left < 0:
                return
            yield item
