"""Rebuilds plain values from bytes that a stranger may have written.

Nothing is trusted: sizes, shapes, element types and depth are checked before anything is built,
and no object is made but numbers, texts, arrays, and nests of them in the usual containers.
"""

import json
import math
import sys
from collections import Counter, namedtuple
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .packing import (
    CONTAINERS,
    ELEMENTS,
    LENGTH,
    MOST_BYTES,
    MOST_DEPTH,
    MOST_INTEGER_BITS,
    MOST_PARTS,
    MOST_STRUCTURE_BYTES,
)

_MOST_FIELDS = 200
_MOST_DIMENSIONS = 32
_MOST_OF_ONE_HASH = 100
_BYTES_OF_A_PART = 8

# Bound now: the learner's code may replace any of these names in its own process later.
_loads = json.JSONDecoder().decode
_from_buffer, _empty, _dtype = np.frombuffer, np.empty, np.dtype
_product = math.prod

Resolve = Callable[[dict[str, Any]], Any]


class ProtocolError(Exception):
    """Raised for bytes that are not what the other side's own code sends."""


class Unpacker:
    """Unpacks one message.

    Parameters
    ----------
    resolve : callable
        Gives an object for the facts of a reference.
    """

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve
        self._raw = memoryview(b"")
        # What is built; whoever compares it meets a part as often as it occurs.
        self._n_parts = self._n_bytes = 0
        self._done: list[tuple[int, int, Any]] = []

    @property
    def n_bytes(self) -> int:
        """Give what the value holds, a part that occurs twice counted twice."""
        return self._n_bytes + _BYTES_OF_A_PART * self._n_parts

    def unpack(self, body: bytes) -> Any:
        """Give the value of some bytes.

        Raises
        ------
        ProtocolError
            If they are not what :class:`Packer` makes.
        """
        try:
            (size,) = LENGTH.unpack_from(body)
            if size > min(MOST_STRUCTURE_BYTES, len(body) - LENGTH.size):
                raise ProtocolError("a structure that is too large")
            self._raw = memoryview(body)[LENGTH.size + size :]
            structure = bytes(body[LENGTH.size : LENGTH.size + size]).decode("ascii")
            return self._value(_loads(structure), 0)
        except (ProtocolError, MemoryError):
            raise
        except Exception as error:  # whatever bytes of a stranger can provoke
            raise ProtocolError(f"not a value: {type(error).__name__}") from error

    def _value(self, tree: Any, depth: int) -> Any:
        self._add(1, 0)
        if depth > 2 * MOST_DEPTH:
            raise ProtocolError("a value that is too deep")
        if not isinstance(tree, dict):
            if isinstance(tree, list):
                raise ProtocolError("a list without its kind")
            return tree
        ((tag, content),) = tree.items()
        if tag == "=":
            n_parts, n_bytes, value = self._done[content if content >= 0 else len(self._done)]
            self._add(n_parts, n_bytes)
            return value
        if tag in ("l", "t", "s", "f", "d", "a", "o"):
            n_parts, n_bytes = self._n_parts, self._n_bytes
            value = self._container(tag, content, depth)
            self._done.append((self._n_parts - n_parts, self._n_bytes - n_bytes, value))
            return value
        return self._other(tag, content, depth)

    def _add(self, n_parts: int, n_bytes: int) -> None:
        self._n_parts += n_parts
        self._n_bytes += n_bytes
        if self._n_parts > 2 * MOST_PARTS or self._n_bytes > 2 * MOST_BYTES:
            raise ProtocolError("a value that is too large")

    def _values(self, trees: list[Any], depth: int) -> list[Any]:
        if type(trees) is not list:
            raise ProtocolError("parts that are no list")
        return [self._value(tree, depth + 1) for tree in trees]

    def _container(self, tag: str, content: Any, depth: int) -> Any:
        if tag == "d":
            pairs = [(self._value(k, depth + 1), self._value(v, depth + 1)) for k, v in content]
            _check_hashes(key for key, _ in pairs)
            return dict(pairs)
        if tag == "a":
            return self._array(*content)
        if tag == "o":
            array = _empty(_shape(content[0]), dtype=object)
            items = self._values(content[1], depth)
            if array.size != len(items):
                raise ProtocolError("an array that does not fill its shape")
            for i, item in enumerate(items):
                array.flat[i] = item
            return array
        items = self._values(content, depth)
        if tag in ("s", "f"):
            _check_hashes(items)
        return CONTAINERS[tag](items)

    def _bytes(self, place: int, size: int) -> memoryview:
        if type(place) is not int or not 0 <= place <= place + size <= len(self._raw):
            raise ProtocolError("a part outside of the message")
        self._add(0, size)
        return self._raw[place : place + size]

    def _array(self, elements: str, shape: list[int], place: int, order: str) -> np.ndarray:
        if not ELEMENTS.fullmatch(elements) or order not in ("C", "F"):
            raise ProtocolError("an array of unknown elements")
        dtype, sizes = _dtype(elements), _shape(shape)
        raw = self._bytes(place, _product(sizes) * dtype.itemsize)
        flat = _from_buffer(raw, dtype) if len(raw) else _empty(_product(sizes), dtype)
        _check_elements(flat, dtype)
        return flat.reshape(sizes, order="F" if order == "F" else "C").copy(order="K")

    def _other(self, tag: str, content: Any, depth: int) -> Any:
        if tag == "i" and len(content) < MOST_INTEGER_BITS:
            return int(content, 16)
        if tag == "n":
            return self._array(content[0], [], content[1], "C")[()]
        if tag == "c":
            return complex(*content)
        if tag == "range":
            found = range(*content)
            self._add(len(found), 0)
            return found
        if tag == "...":
            return Ellipsis
        if tag == "b":
            return bytes(self._bytes(*content))
        if tag == "nt":
            return _named_tuple(*content[:2])(*self._values(content[2], depth))
        if tag in ("frame", "series"):
            return _table(tag, self._value(content, depth))
        if tag == "r" and type(content) is dict:
            return self._resolve(content)
        raise ProtocolError("a value of unknown kind")


def _check_hashes(keys: Iterable[Any]) -> None:
    """Refuse keys that were chosen to collide: a table of them would take hours to fill."""
    ((_, most),) = Counter(map(hash, keys)).most_common(1) or [(0, 0)]
    if most > _MOST_OF_ONE_HASH:
        raise ProtocolError("keys that collide")


def _shape(sizes: Any) -> tuple[int, ...]:
    if len(sizes) > _MOST_DIMENSIONS or not all(type(n) is int and n >= 0 for n in sizes):
        raise ProtocolError("an impossible shape")
    if _product(sizes) > MOST_BYTES:
        raise ProtocolError("an array that is too large")
    return tuple(sizes)


def _check_elements(flat: np.ndarray, dtype: np.dtype) -> None:
    """Refuse bytes that are no texts or truth values, which NumPy would only find later."""
    codes = {"U": dtype.str[0] + "u4", "b": "u1"}.get(dtype.kind)
    largest = {"U": sys.maxunicode, "b": 1}.get(dtype.kind, 0)
    if codes and flat.size and flat.view(codes).max() > largest:
        raise ProtocolError("texts or truth values that are none")


def _named_tuple(name: str, fields: list[str]) -> Any:
    if len(fields) > _MOST_FIELDS:
        raise ProtocolError("too many fields")
    return namedtuple(name[:100], [str(field)[:100] for field in fields])  # it checks the names


def _table(tag: str, parts: list[Any]) -> Any:
    import pandas as pd

    if tag == "series":
        return pd.Series(parts[0], index=parts[1], name=parts[2])
    frame = pd.DataFrame(dict(enumerate(parts[2])), index=parts[1])
    frame.columns = pd.Index(parts[0])
    return frame
