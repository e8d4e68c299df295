"""CIFAR-10 where it can be had, and drawn shapes where it cannot; it always says which."""

import os
import socket
import threading
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .drawing import shapes
from .splits import Split

CIFAR10_NAMES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)

_KEYS = ("x_train", "y_train", "x_test", "y_test")
_CITATION = "CIFAR-10 (Krizhevsky 2009)"
_ORIGIN = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
_PROBE_SECONDS = 4.0  # to find out that there is no network
_STALL_SECONDS = 20.0  # a download that gives nothing for so long is given up

Arrays = dict[str, NDArray]


class _NotHere(Exception):
    """CIFAR-10 cannot be had this way; the message says why."""


def cifar10(
    *,
    n_train: int | None = None,
    n_val: int | None = None,
    n_test: int | None = None,
    seed: int = 0,
    allow_download: bool = True,
    quiet: bool = False,
) -> Split:
    """Load real CIFAR-10 pictures, or draw `shapes` of the same form where there are none.

    Looks for ``cifar10.npz`` in the folder that the environment variable COURSEKIT_DATA
    names, then in Keras's cache, then downloads it (170 MB) through Keras, unless the
    environment variable COURSEKIT_OFFLINE is set. Prints one line that says what came.

    Parameters
    ----------
    n_train, n_test : int, optional
        Pictures of the part, as a seeded, stratified choice. By default all there are:
        50,000 less `n_val`, and 10,000; with `shapes` its own defaults.
    n_val : int, optional
        Validation pictures, taken from the official training part. By default a tenth
        of `n_train`; where that is not given either, 5,000, or the default of `shapes`.
    seed : int, default 0
        Decides the choice, or every pixel of the shapes.
    allow_download : bool, default True
        Whether the network may be tried at all.
    quiet : bool, default False
        Print nothing; `Split.name` and `Split.source` still say what came.

    Returns
    -------
    Split
        `X` of shape (n, 32, 32, 3), pixels in [0, 1]; `y` in 0 to 9. `name` is
        ``"cifar10"`` or ``"shapes"``.

    Raises
    ------
    ValueError
        If ``cifar10.npz`` is there but damaged, or more pictures are asked for than
        there are.
    """
    if n_val is None and n_train is not None:
        n_val = n_train // 10
    try:
        arrays, origin = _find_arrays(allow_download)
    except _NotHere as reason:
        sizes = {"n_train": n_train, "n_val": n_val, "n_test": n_test}
        split = shapes(seed=seed, **{key: n for key, n in sizes.items() if n is not None})
        line = f"CIFAR-10 is not here ({reason}). Using the drawn shapes instead."
        split = replace(split, source=f"{split.source}, in place of CIFAR-10 ({reason})")
    else:
        split = _choose(arrays, n_train, n_val, n_test, seed, f"{_CITATION}, {origin}")
        line = f"Using the real CIFAR-10 pictures, {origin}."
    if not quiet:
        print(line)
    return split


def _find_arrays(allow_download: bool) -> tuple[Arrays, str]:
    """Return the four arrays and where they came from, or raise `_NotHere`."""
    folder = os.environ.get("COURSEKIT_DATA")
    if folder and (path := Path(folder).expanduser() / "cifar10.npz").is_file():
        return _read_npz(path), "from the folder COURSEKIT_DATA"
    reason = "no cifar10.npz in COURSEKIT_DATA" if folder else "COURSEKIT_DATA is not set"
    if _keras_archive().is_file():
        return _load_with_keras(), "from the cache of Keras"
    if not allow_download:
        raise _NotHere(f"{reason}, and no download is allowed")
    if os.environ.get("COURSEKIT_OFFLINE"):
        raise _NotHere(f"{reason}, and COURSEKIT_OFFLINE forbids a download")
    if not _is_reachable(_ORIGIN, _PROBE_SECONDS):
        raise _NotHere(f"{reason}, and no network was found")
    return _load_with_keras(), "downloaded by Keras"


def _read_npz(path: Path) -> Arrays:
    """Read and check ``cifar10.npz``."""
    try:
        with np.load(path) as stored:
            arrays = {key: stored[key] for key in _KEYS}
    except ValueError as error:  # NumPy advises to trust the file, which is no advice here
        raise ValueError(_damage(path, "it is no archive of arrays")) from error
    except (OSError, EOFError, KeyError, zipfile.BadZipFile) as error:
        raise ValueError(_damage(path, str(error) or type(error).__name__)) from error
    for part in ("train", "test"):
        images, labels = arrays[f"x_{part}"], arrays[f"y_{part}"]
        arrays[f"y_{part}"] = labels = labels.reshape(-1)
        if images.dtype != np.uint8 or images.shape[1:] != (32, 32, 3):
            raise ValueError(_damage(path, f"x_{part} is {images.dtype} {images.shape}"))
        if len(labels) != len(images) or set(np.unique(labels)) != set(range(10)):
            raise ValueError(_damage(path, f"y_{part} does not label {len(images)} pictures 0-9"))
    return arrays


def _damage(path: Path, problem: str) -> str:
    return (
        f"{path} is damaged: {problem}. It needs uint8 x_train and x_test of shape "
        "(n, 32, 32, 3) with labels y_train and y_test; replace or remove the file."
    )


def _keras_archive() -> Path:
    """Return where Keras keeps its download, without the seconds that importing Keras takes."""
    home = os.environ.get("KERAS_HOME") or Path.home() / ".keras"
    return Path(home) / "datasets" / "cifar-10-batches-py-target_archive"


def _load_with_keras() -> Arrays:
    """Let Keras read its cache or download; whatever goes wrong becomes `_NotHere`."""
    import keras

    try:
        with _socket_timeout(_STALL_SECONDS):
            (x_train, y_train), (x_test, y_test) = keras.datasets.cifar10.load_data()
    except Exception as error:
        problem = str(error).splitlines()[0][:100] if str(error) else ""
        raise _NotHere(f"Keras could not load it: {type(error).__name__} {problem}") from error
    values = (x_train, y_train.reshape(-1), x_test, y_test.reshape(-1))
    return dict(zip(_KEYS, values, strict=True))


@contextmanager
def _socket_timeout(seconds: float) -> Iterator[None]:
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _is_reachable(url: str, seconds: float) -> bool:
    """Ask for the head of a page, and wait no longer than `seconds`, name look-up included."""
    answered = threading.Event()

    def ask() -> None:
        request = urllib.request.Request(url, method="HEAD")
        # However it fails, it was not reached.
        with suppress(Exception), urllib.request.urlopen(request, timeout=seconds):
            answered.set()

    # A name look-up knows no timeout, so the thread is left behind when it hangs.
    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(seconds)
    return answered.is_set()


def _choose(
    arrays: Arrays,
    n_train: int | None,
    n_val: int | None,
    n_test: int | None,
    seed: int,
    source: str,
) -> Split:
    """Take stratified numbers of pictures and scale them to [0, 1]."""
    n_official = len(arrays["y_train"])
    if n_val is None:
        n_val = n_official // 10
    if n_train is None:
        n_train = n_official - n_val
    train, val = _draw_rows(arrays["y_train"], (n_train, n_val), seed, "training")
    n_test = len(arrays["y_test"]) if n_test is None else n_test
    (test,) = _draw_rows(arrays["y_test"], (n_test,), seed, "test")
    parts: dict[str, Any] = {}
    for part, official, rows in (
        ("train", "train", train),
        ("val", "train", val),
        ("test", "test", test),
    ):
        parts[f"X_{part}"] = arrays[f"x_{official}"][rows].astype(np.float32) / np.float32(255)
        parts[f"y_{part}"] = arrays[f"y_{official}"][rows].astype(np.int64)
    return Split(
        **parts,
        name="cifar10",
        description="A photograph of 32 by 32 colour pixels; which of ten things it shows.",
        target_names=CIFAR10_NAMES,
        source=source,
    )


def _draw_rows(labels: NDArray, sizes: tuple[int, ...], seed: int, part: str) -> list[NDArray]:
    """Draw disjoint stratified sets of row numbers of the wanted sizes.

    Rows are shuffled within their class and dealt out class by class, so every stretch
    of the deal holds the classes in equal numbers, give or take one.
    """
    if min(sizes) < 0 or sum(sizes) > len(labels):
        raise ValueError(
            f"{sum(sizes)} {part} pictures were asked for, in numbers {sizes}; "
            f"there are {len(labels)}."
        )
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(len(labels))
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    _, counts = np.unique(labels, return_counts=True)
    rank = np.concatenate([(np.arange(count) + 0.5) / count for count in counts])
    deal = by_class[np.argsort(rank, kind="stable")]
    return [rng.permutation(rows) for rows in np.split(deal, np.cumsum(sizes))[: len(sizes)]]
