"""The device to compute on: a GPU when one really works, else the CPU, said in one line."""

import os
import re
from contextlib import AbstractContextManager, suppress
from functools import cache
from types import TracebackType
from typing import Any

import numpy as np

_CPU = "/CPU:0"
_OUT_OF_MEMORY_ADVICE = (
    "Lower batch_size first (half of it needs about half the memory for activations), then the "
    "width of the model's layers or the image size. Restarting the kernel frees what earlier "
    "models still hold."
)
_said: set[str] = set()


class Device:
    """Hold the device that was chosen and why; as a context manager, compute on it.

    Parameters
    ----------
    name : str
        TensorFlow's name of it, ``"/GPU:0"`` or ``"/CPU:0"``.
    reason : str
        Why this one, in a few words.
    quiet : bool, default False
        Never print which device is used.
    """

    def __init__(self, name: str, reason: str, *, quiet: bool = False) -> None:
        self.name = name
        self.reason = reason
        self._quiet = quiet
        # A stack, so that blocks may be nested: TensorFlow's own contexts serve only once.
        self._entered: list[AbstractContextManager[Any]] = []

    def __str__(self) -> str:
        kind, number = self.name.strip("/").split(":")
        what = "the CPU" if kind == "CPU" else f"{kind} {number}"
        return f"Computing on {what} ({self.reason})."

    def __repr__(self) -> str:
        return f"Device({self.name!r}, {self.reason!r})"

    def __enter__(self) -> "Device":
        import tensorflow as tf

        if not self._quiet and str(self) not in _said:
            _said.add(str(self))
            print(self)
        context = tf.device(self.name)
        context.__enter__()
        self._entered.append(context)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._entered.pop().__exit__(kind, error, trace)
        if error is not None and _is_out_of_memory(error):
            error.add_note(f"{self.name} ran out of memory. {_OUT_OF_MEMORY_ADVICE}")


def device(choice: str | None = None, *, quiet: bool = False) -> Device:
    """Choose the best device that really works.

    Each GPU that TensorFlow lists has to do a small matrix product and a convolution
    and give back the right numbers: a GPU can be listed and yet be busy, out of memory
    or broken. The first answer is kept for the process.

    Parameters
    ----------
    choice : str, optional
        ``"auto"``; ``"cpu"``; ``"gpu"`` or ``"gpu:1"`` to insist on a GPU. By default
        what the environment variable COURSEKIT_DEVICE says, else ``"auto"``.
    quiet : bool, default False
        Do not print which device is used. It is printed once a process anyway.

    Returns
    -------
    Device
        Use it as ``with device(): ...``; it has `name` and `reason`.

    Raises
    ------
    ValueError
        If the choice is none of the above.
    RuntimeError
        If a GPU was insisted on and does not work.

    Examples
    --------
    >>> with device("cpu", quiet=True) as chosen:
    ...     print(chosen.name)
    /CPU:0
    """
    origin = "choice" if choice is not None else "COURSEKIT_DEVICE"
    wanted = (choice if choice is not None else os.environ.get("COURSEKIT_DEVICE", "")).strip()
    return Device(*_choose(wanted.lower() or "auto", origin), quiet=quiet)


def describe_device() -> dict[str, Any]:
    """Report what there is to compute on, for diagnosis.

    Returns
    -------
    dict
        ``device`` and ``reason``: what `device` gives, or ``None`` and the problem;
        ``asked_for``: the value of COURSEKIT_DEVICE; ``gpus``: one dict a listed GPU with
        ``name``, ``model``, ``compute_capability``, ``works`` and ``problem``;
        ``n_cpus``: CPU cores that this process may use; ``tensorflow``: its version;
        ``built_with_cuda``: whether this TensorFlow can use a GPU at all.
    """
    import tensorflow as tf

    try:
        chosen = device(quiet=True)
        name, reason = chosen.name, chosen.reason
    except (RuntimeError, ValueError) as error:
        name, reason = None, str(error)
    return {
        "device": name,
        "reason": reason,
        "asked_for": os.environ.get("COURSEKIT_DEVICE"),
        "gpus": [_describe_gpu(gpu_name, problem) for gpu_name, problem in _probe_gpus().items()],
        "n_cpus": _n_cpus(),
        "tensorflow": tf.__version__,
        "built_with_cuda": tf.test.is_built_with_cuda(),
    }


def _choose(wanted: str, origin: str) -> tuple[str, str]:
    """Return the name of the device to use and the reason."""
    if not re.fullmatch(r"auto|cpu|gpu(:\d+)?", wanted):
        raise ValueError(
            f"{origin}={wanted!r}: choose 'auto', 'cpu', 'gpu', or 'gpu:' and a number."
        )
    if wanted == "cpu":
        return _CPU, f"{origin}=cpu"
    problems = _probe_gpus()
    if wanted.startswith("gpu:"):
        name = f"/{wanted.upper()}"
        problems = {name: problems.get(name, "TensorFlow does not list it")}
    for name, problem in problems.items():
        if problem is None:
            return name, "it passed a small test"
    reason = "; ".join(f"{name[1:]} failed: {problem}" for name, problem in problems.items())
    if wanted != "auto":
        raise RuntimeError(
            f"{origin}={wanted}, but {reason or 'TensorFlow lists no GPU'}. "
            "Choose 'auto' or 'cpu' to go on without it."
        )
    return _CPU, reason or "no GPU found"


@cache
def _probe_gpus() -> dict[str, str | None]:
    """Try every GPU once; return the problem of each, or None where it works."""
    import tensorflow as tf

    try:
        gpus = tf.config.list_physical_devices("GPU")
    except Exception as error:  # a broken driver may fail as early as here
        return {"/GPU:0": _in_short(error)}
    for gpu in gpus:  # all before the first use: TensorFlow wants one setting for all of them
        _let_memory_grow(gpu)
    problems = {f"/GPU:{number}": _try_out(f"/GPU:{number}") for number in range(len(gpus))}
    if problems and None not in problems.values():
        _hide_gpus()
    return problems


def _let_memory_grow(gpu: Any) -> None:
    """Take GPU memory as needed instead of all at once, where it is still time to say so."""
    import tensorflow as tf

    # Refused when TensorFlow has started already or the GPU is split: the probe decides.
    with suppress(RuntimeError, ValueError):
        tf.config.experimental.set_memory_growth(gpu, True)


def _hide_gpus() -> None:
    """Keep TensorFlow from starting broken GPUs, which would take the CPU down with them."""
    import tensorflow as tf

    # Refused when TensorFlow has started already: then the CPU works beside them.
    with suppress(RuntimeError, ValueError):
        tf.config.set_visible_devices([], "GPU")


def _try_out(name: str) -> str | None:
    """Return the problem of a device, or None if it computes correctly."""
    try:
        return _probe(name)
    except Exception as error:  # whatever goes wrong, the CPU is there
        return _in_short(error)


def _probe(name: str) -> str | None:
    """Multiply and convolve on a device and read the results back."""
    import tensorflow as tf

    with tf.device(name):
        product = tf.linalg.matmul(tf.ones((8, 8)), tf.ones((8, 8)))
        # Convolutions need a second library (cuDNN), which can be missing on its own.
        response = tf.nn.conv2d(tf.ones((1, 8, 8, 1)), tf.ones((3, 3, 1, 1)), 1, "VALID")
    # TensorFlow silently takes the CPU when it cannot place an operation where it was told to.
    for result in (product, response):
        if not result.device.endswith(name.strip("/")):
            return f"TensorFlow computed on {result.device.rsplit('/', 1)[-1]} instead"
    right = np.allclose(product.numpy(), 8) and np.allclose(response.numpy(), 9)
    return None if right else "it computes wrong numbers"


def _describe_gpu(name: str, problem: str | None) -> dict[str, Any]:
    """Return what TensorFlow knows of one GPU."""
    import tensorflow as tf

    try:
        gpu = tf.config.list_physical_devices("GPU")[int(name.rsplit(":", 1)[-1])]
        details = tf.config.experimental.get_device_details(gpu)
    except Exception:  # a GPU that is broken has no details to give
        details = {}
    capability = details.get("compute_capability")
    return {
        "name": name,
        "model": details.get("device_name"),
        "compute_capability": ".".join(map(str, capability)) if capability else None,
        "works": problem is None,
        "problem": problem,
    }


def _n_cpus() -> int | None:
    """Return how many cores this process may use: in a container fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count()


def _is_out_of_memory(error: BaseException) -> bool:
    import tensorflow as tf

    if isinstance(error, (tf.errors.ResourceExhaustedError, MemoryError)):
        return True
    # Some GPU libraries report it as an internal error.
    return isinstance(error, tf.errors.InternalError) and "out of memory" in str(error).lower()


def _in_short(error: Exception) -> str:
    """Return the first line of an error, cut to a readable length."""
    lines = str(error).strip().splitlines()
    text = f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
    return text if len(text) <= 120 else f"{text[:117]}..."
