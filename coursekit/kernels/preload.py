"""What the warm parent imports, and how it knows that it has computed nothing."""

import contextlib
import ctypes
import functools
import gc
import importlib
import os
import pkgutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any
from unittest import mock

#: What a kernel itself consists of, imported first.
KERNEL = ("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.debugger")

#: Imported in this order.
LIBRARIES = (
    "IPython.core.completer",
    "IPython.core.pylabtools",
    "jedi",
    "numpy.testing",
    "scipy.optimize",
    "scipy.stats",
    "pandas",
    "matplotlib.pyplot",
    "matplotlib.animation",
    "matplotlib.backends.backend_agg",
    "PIL.Image",
    "PIL.PngImagePlugin",
    "ipywidgets",
    "seaborn",
    "sklearn.datasets",
    "sklearn.decomposition",
    "sklearn.ensemble",
    "sklearn.inspection",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.model_selection",
    "sklearn.neighbors",
    "sklearn.pipeline",
    "sklearn.preprocessing",
    "sklearn.svm",
    "sklearn.tree",
    "imblearn.over_sampling",
    "tensorflow",
    "keras",
)

#: The rooms of ``coursekit`` that lessons use.
ROOMS = ("data", "models", "training", "plotting", "evidence", "questions", "checks", "explore")

#: These ask on import whether they are in a notebook, and do not mind that they are not
#: yet: IPython asks again, and the kernel tells ipywidgets. Any other package that asks
#: is forgotten, and imported anew by the kernel that needs it.
_ASK_HARMLESSLY = frozenset({"IPython", "ipykernel", "ipywidgets"})

#: TensorFlow's first operation starts a dozen threads, and none of them is in a forked
#: child, which then waits for them for ever. The main thread and one more are sound.
MOST_THREADS = 2

# At 19 it would get no processor at all beside two busy processes, and never be ready.
_POLITE = 10


class SpoiledError(Exception):
    """The parent has threads that a forked kernel would miss."""


def thread_count() -> int:
    """Return how many threads this process has, those of C libraries included."""
    return len(os.listdir("/proc/self/task"))


def check_threads(after: str) -> None:
    """Raise unless forking is sound.

    Raises
    ------
    SpoiledError
        If there are more than two threads; `after` says what was done last.
    """
    count = thread_count()
    if count > MOST_THREADS:
        raise SpoiledError(f"{count} threads run after {after}, at most {MOST_THREADS} may")


@functools.cache
def thread_pools() -> list[Any]:
    """Find the numerical libraries that compute in several threads; the parent does it once."""
    from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

    return ThreadpoolController().lib_controllers


@functools.cache
def own_modules() -> frozenset[str]:
    """Return the modules that an ordinary kernel has when it starts, to call before the others."""
    for name in KERNEL:
        importlib.import_module(name)
    return frozenset(sys.modules)


@contextlib.contextmanager
def _noting_who_asks() -> Iterator[set[str]]:
    """Collect the packages that look for a notebook while they are imported."""
    from IPython.core.interactiveshell import InteractiveShell

    packages: set[str] = set()

    def initialized() -> bool:
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            if frame.f_code.co_name == "<module>":
                packages.add(frame.f_globals["__name__"].partition(".")[0])
            frame = frame.f_back
        return False

    with mock.patch.object(InteractiveShell, "initialized", initialized):
        yield packages


def forget(package: str) -> None:
    """Let the next import of a package import it anew."""
    for name in [*sys.modules]:
        if name.partition(".")[0] == package:
            del sys.modules[name]


def _modules_of_rooms(rooms: tuple[str, ...]) -> Iterator[str]:
    package = Path(__file__).parents[1]
    for room in rooms:
        for module in pkgutil.walk_packages([str(package / room)], f"coursekit.{room}."):
            yield module.name


def _import_all(rooms: tuple[str, ...]) -> None:
    own_modules()
    with _noting_who_asks() as asked:
        for name in (*LIBRARIES, *_modules_of_rooms(rooms)):
            _import(name)
    for package in asked - _ASK_HARMLESSLY:
        print(f"not preloaded: {package} asks whether it is in a notebook", file=sys.stderr)
        forget(package)
    thread_pools()


def _import(name: str) -> None:
    try:
        importlib.import_module(name)
    except Exception as error:
        # A kernel that needs it says so itself; the others are none the worse.
        print(f"not preloaded: {name}: {type(error).__name__}: {error}", file=sys.stderr)
    check_threads(f"importing {name}")


def _import_in_thread(
    problems: list[BaseException], rooms: tuple[str, ...], politely: bool
) -> None:
    try:
        if politely:
            # Of this thread alone: the kernels must not inherit it, and nothing can undo it.
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _POLITE)
        _import_all(rooms)
    except BaseException as error:
        problems.append(error)


def preload(rooms: tuple[str, ...] = ROOMS, *, politely: bool = True) -> dict[str, str]:
    """Import everything.

    Parameters
    ----------
    rooms : tuple of str
        The rooms of ``coursekit`` to import besides the libraries.
    politely : bool
        Whether to yield to other processes, such as a kernel that starts meanwhile.

    Returns
    -------
    dict of str to str
        The environment variables that the libraries set.

    Raises
    ------
    SpoiledError
        If one of them starts threads.
    """
    before = dict(os.environ)
    problems: list[BaseException] = []
    thread = threading.Thread(target=_import_in_thread, args=(problems, rooms, politely))
    thread.start()
    thread.join()
    if problems:
        raise problems[0]
    if "tensorflow" not in sys.modules:
        raise ImportError("TensorFlow could not be imported")
    settle()
    return {name: value for name, value in os.environ.items() if before.get(name) != value}


def settle() -> None:
    """Leave nothing in buffers, and keep the garbage collector off the shared pages."""
    sys.stdout.flush()
    sys.stderr.flush()
    ctypes.CDLL(None).fflush(None)
    gc.collect()
    gc.disable()
    gc.freeze()
