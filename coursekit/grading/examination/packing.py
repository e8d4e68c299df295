"""Plain values as bytes, without pickle: JSON for their structure, and the raw parts of arrays.

Numbers, texts, arrays, and nests of them in the usual containers keep their types. Anything else
becomes a *reference*: a few facts about an object that stays where it is.
"""

import json
import re
import struct
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

#: More than any answer of the course needs by far.
MOST_BYTES = 64 << 20
MOST_PARTS = 200_000
MOST_DEPTH = 50
MOST_STRUCTURE_BYTES = 16 << 20
_TOO_LARGE = f"it holds more than {MOST_BYTES >> 20} MB"
MOST_INTEGER_BITS = 16_384

LENGTH = struct.Struct("!I")
ELEMENTS = re.compile(
    r"[<>|=](b1|i[1248]|u[1248]|f2|f4|f8|f16|c8|c16|c32|[USmM][1-9]\d*(\[\d*\w+\])?)"
)
_TENSOR_PACKAGES = frozenset({"tensorflow", "keras", "torch", "jax", "jaxlib"})
CONTAINERS = {"l": list, "t": tuple, "s": set, "f": frozenset}
_name_of: Callable[[type], str] = type.__dict__["__name__"].__get__
_bases_of: Callable[[type], tuple[type, ...]] = type.__dict__["__mro__"].__get__

# Bound now: the learner's code may replace any of these names in its own process later.
_dumps = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode
_array, _ndarray, _generic = np.array, np.ndarray, np.generic

Refer = Callable[[Any], dict[str, Any]]


class PackingError(ValueError):
    """Raised for a value that cannot be sent: too large, too deep, or part of itself."""


def type_name(value: Any) -> str:
    """Name the type of a value, without asking any code that came with it."""
    return str(_name_of(type(value)))[:100]


def _n_bytes(value: Any) -> int:
    """Give the size of an array or scalar of NumPy, whatever its own class says."""
    kind = _generic if _generic in _bases_of(type(value)) else _ndarray
    return int(kind.nbytes.__get__(value))


def package_of(value: Any) -> str:
    """Name the package that the type of a value comes from."""
    module = type.__getattribute__(type(value), "__module__")
    return module.partition(".")[0] if type(module) is str else ""


class Packer:
    """Packs one message.

    Parameters
    ----------
    refer : callable
        Gives plain facts about an object that cannot be packed.
    """

    def __init__(self, refer: Refer) -> None:
        self._refer = refer
        self._raw: list[bytes] = []
        self._size = 0
        # What the other side will hold: a part that occurs twice is compared twice.
        self._n_parts = self._n_bytes = 0
        # With each object its number, parts and bytes; the object itself, so that no id is reused.
        self._done: dict[int, tuple[int, int, int, Any]] = {}
        self._open: set[int] = set()

    def pack(self, value: Any) -> bytes:
        """Give the bytes of a value.

        Raises
        ------
        PackingError
            If it is too large or too deep, or contains itself.
        """
        structure = _dumps(self._tree(value, 0)).encode("ascii")
        if len(structure) > MOST_STRUCTURE_BYTES:
            raise PackingError("it is too large")
        return b"".join((LENGTH.pack(len(structure)), structure, *self._raw))

    def _tree(self, value: Any, depth: int) -> Any:
        self._add(1, 0)
        if depth > MOST_DEPTH:
            raise PackingError(f"it is nested more than {MOST_DEPTH} deep")
        kind = type(value)
        if value is None or kind is bool or kind is str or kind is float:
            return value
        if kind is int and value.bit_length() < MOST_INTEGER_BITS:
            return value if -(2**62) < value < 2**62 else {"i": hex(value)}
        if kind in (list, dict, set, tuple, frozenset) or kind is _ndarray:
            return self._shared(value, kind, depth)
        return self._other(value, kind, depth)

    def _shared(self, value: Any, kind: type, depth: int) -> Any:
        """Pack a container once, however often it occurs: copies would not change together."""
        key = id(value)
        if key in self._done:
            number, n_parts, n_bytes, _ = self._done[key]
            self._add(n_parts, n_bytes)
            return {"=": number}
        if key in self._open:
            raise PackingError("it contains itself")
        self._open.add(key)
        n_parts, n_bytes = self._n_parts, self._n_bytes
        tree = (
            self._array(value, depth) if kind is _ndarray else self._container(value, kind, depth)
        )
        self._open.remove(key)
        if "r" not in tree:
            own = self._n_parts - n_parts, self._n_bytes - n_bytes
            self._done[key] = (len(self._done), *own, value)
        return tree

    def _add(self, n_parts: int, n_bytes: int) -> None:
        self._n_parts += n_parts
        self._n_bytes += n_bytes
        if self._n_parts > MOST_PARTS:
            raise PackingError(f"it has more than {MOST_PARTS:,} parts")
        if self._n_bytes > MOST_BYTES:
            raise PackingError(_TOO_LARGE)

    def _container(self, value: Any, kind: type, depth: int) -> Any:
        if kind is dict:
            pairs = [[self._tree(k, depth + 1), self._tree(v, depth + 1)] for k, v in value.items()]
            return {"d": pairs}
        tag = next(tag for tag, known in CONTAINERS.items() if known is kind)
        return {tag: [self._tree(item, depth + 1) for item in value]}

    def _array(self, array: np.ndarray, depth: int) -> Any:
        # Asked first: an array by strides can be larger than all memory, and hold one number.
        if array.size > (MOST_PARTS if array.dtype.kind == "O" else MOST_BYTES):
            raise PackingError(f"it has {array.size:,} elements")
        if array.dtype.kind == "O":
            items = [self._tree(item, depth + 1) for item in array.ravel().tolist()]
            return {"o": [list(array.shape), items]}
        if not ELEMENTS.fullmatch(array.dtype.str):
            return {"r": self._refer(array)}
        if array.nbytes > MOST_BYTES:
            raise PackingError(_TOO_LARGE)
        order = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
        place = self._keep(array.tobytes(order="F" if order == "F" else "C"))
        return {"a": [array.dtype.str, list(array.shape), place, order]}

    def _keep(self, raw: bytes) -> int:
        place = self._size
        self._raw.append(raw)
        self._size += len(raw)
        self._add(0, len(raw))
        return place

    def _other(self, value: Any, kind: type, depth: int) -> Any:
        if kind is complex:
            return {"c": [value.real, value.imag]}
        if kind is range:
            self._add(len(value), 0)  # three numbers to send, and all of them to compare
            return {"range": [value.start, value.stop, value.step]}
        if value is Ellipsis:
            return {"...": 0}
        if kind is bytes:
            return {"b": [self._keep(value), len(value)]}
        package = package_of(value)
        if package == "numpy" and not {_generic, _ndarray}.isdisjoint(_bases_of(kind)):
            return self._of_numpy(value, depth)
        if package in _TENSOR_PACKAGES or package == "pandas":
            found = _of_library(value, package)
            return {"r": self._refer(value)} if found is None else self._library(found, depth)
        if tuple in _bases_of(kind) and type(fields := getattr(kind, "_fields", None)) is tuple:
            return {"nt": [_name_of(kind), list(fields), self._items(value, depth)]}
        return {"r": self._refer(value)}

    def _items(self, value: tuple, depth: int) -> list[Any]:
        return [self._tree(item, depth + 1) for item in tuple.__iter__(value)]

    def _of_numpy(self, value: Any, depth: int) -> Any:
        if _n_bytes(value) > MOST_BYTES:
            raise PackingError(_TOO_LARGE)
        array = _array(value, copy=True)
        if _generic not in _bases_of(type(value)):
            return self._tree(array, depth)
        tree = self._array(array, depth)
        return {"n": [tree["a"][0], tree["a"][2]]} if "a" in tree else tree

    def _library(self, found: tuple[str, Any], depth: int) -> Any:
        tag, value = found
        return self._tree(value, depth) if tag == "array" else {tag: self._tree(value, depth)}


def _of_library(value: Any, package: str) -> tuple[str, Any] | None:
    """Give the array in a tensor, or the arrays in a table; None for any other object."""
    if package == "pandas":
        pandas = sys.modules["pandas"]
        if type(value) is pandas.DataFrame:
            columns = [value.iloc[:, i].to_numpy() for i in range(value.shape[1])]
            return "frame", [value.columns.to_numpy(), value.index.to_numpy(), columns]
        if type(value) is pandas.Series:
            return "series", [value.to_numpy(), value.index.to_numpy(), str(value.name)]
    try:
        array = _array(value.numpy() if package == "tensorflow" else value, copy=True)
    except Exception:  # a symbolic tensor, a data set, a model: anything may be raised
        return None
    return None if array.dtype.kind == "O" and array.ndim == 0 else ("array", array)
