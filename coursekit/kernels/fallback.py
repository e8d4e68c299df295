"""Where warm kernels are not possible or not sound, and an ordinary kernel starts instead."""

import ctypes.util
import importlib.util
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .location import Location, NotPrivateError, locate, package_fingerprint

#: What the warm parent needs to load everything, with room for the kernel beside it.
NEEDED_BYTES = 1_500_000_000

_OFF = frozenset({"0", "false", "no", "off"})
_RETRY_SECONDS = 3600.0


def _switched_off(environ: Mapping[str, str]) -> str | None:
    value = environ.get("COURSEKIT_WARM_KERNELS", "")
    off = value.strip().lower() in _OFF
    return f"COURSEKIT_WARM_KERNELS={value} switches them off" if off else None


def _other_platform(environ: Mapping[str, str]) -> str | None:
    if sys.platform != "linux":
        return (
            f"forking after TensorFlow is imported is sound on Linux only, this is {sys.platform}"
        )
    try:
        os.close(os.pidfd_open(os.getpid()))
        signal.pidfd_send_signal  # noqa: B018
    except (AttributeError, OSError) as error:
        return f"this system has no process file descriptors: {error}"
    return None


def _relative_import_path(environ: Mapping[str, str]) -> str | None:
    for folder in environ.get("PYTHONPATH", "").split(os.pathsep):
        # Each notebook starts with its own folder on the path anyway.
        if folder not in ("", ".") and not os.path.isabs(folder):
            return f"PYTHONPATH holds {folder}, which means another folder for each notebook"
    return None


def _nvidia_devices() -> list[Path]:
    return sorted(Path("/dev").glob("nvidia[0-9]*")) or sorted(Path("/dev").glob("dxg"))


def _amd_devices() -> list[Path]:
    return sorted(Path("/dev").glob("kfd"))


def _library_found(library: str, package: str) -> bool:
    # Either the system has the library, or the wheels that TensorFlow loads it from do.
    if ctypes.util.find_library(library) is not None:
        return True
    try:
        return importlib.util.find_spec(package) is not None
    except ModuleNotFoundError:
        return False


def _working_gpu(environ: Mapping[str, str]) -> str | None:
    hidden = environ.get("CUDA_VISIBLE_DEVICES", "all").strip() in ("", "-1")
    nvidia = [] if hidden else _nvidia_devices()
    if nvidia and _library_found("cudart", "nvidia.cuda_runtime"):
        return f"a GPU works here ({nvidia[0]}), and a forked GPU context is not safe"
    amd = [] if environ.get("HIP_VISIBLE_DEVICES", "all").strip() in ("", "-1") else _amd_devices()
    if amd and _library_found("amdhip64", "_rocm_sdk_core"):
        return f"a GPU works here ({amd[0]}), and a forked GPU context is not safe"
    return None


def available_bytes() -> int:
    """Return the memory that a new process can have, within the limits of its control group."""
    import psutil

    free = [int(psutil.virtual_memory().available)]
    for folder in _control_groups():
        try:
            limit = (folder / "memory.max").read_text().strip()
            used = int((folder / "memory.current").read_text())
        except (OSError, ValueError):
            continue
        if limit != "max":
            free.append(max(0, int(limit) - used))
    return min(free)


def _control_groups() -> list[Path]:
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return []
    own = [line.partition("::")[2].lstrip("/") for line in lines if line.startswith("0::")]
    root = Path("/sys/fs/cgroup")
    return [folder for name in own for folder in (root / name, *(root / name).parents)
            if folder.is_relative_to(root)]  # fmt: skip


def _too_little_memory(location: Location) -> str | None:
    # A parent that is there already is cheaper to fork than an ordinary kernel is to start.
    if location.socket.exists():
        return None
    free = available_bytes()
    if free >= NEEDED_BYTES:
        return None
    return f"{free / 1e9:.1f} GB of memory are available, {NEEDED_BYTES / 1e9:.1f} GB are needed"


def failure_of(location: Location) -> str | None:
    """Return why the last warm parent could not start, if that still holds.

    It does for an hour, or until packages or ``coursekit`` change.
    """
    try:
        record = json.loads(location.failure.read_text())
        recent = time.time() - location.failure.stat().st_mtime < _RETRY_SECONDS
        current = record["fingerprint"] == package_fingerprint()
        return (
            f"the warm parent could not start: {record['reason']}" if recent and current else None
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def why_cold(environ: Mapping[str, str]) -> str | None:
    """Return why kernels of this environment must be ordinary ones, or None.

    Parameters
    ----------
    environ : mapping of str to str
        The environment of the kernel that is wanted.
    """
    asked: tuple[Callable[[Mapping[str, str]], str | None], ...]
    asked = (_switched_off, _other_platform, _relative_import_path, _working_gpu)
    for ask in asked:
        reason = ask(environ)
        if reason is not None:
            return reason
    try:
        location = locate(environ)
    except NotPrivateError as error:
        return str(error)
    except OSError as error:
        return f"this system hides its processes: {error}"
    return failure_of(location) or _too_little_memory(location)


def describe(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Say whether kernels open warm here, and why not.

    Parameters
    ----------
    environ : mapping of str to str, optional
        The environment of the kernel; ``os.environ`` unless given.

    Returns
    -------
    dict
        ``warm`` (bool), ``reason`` (str, one line for the reader), ``problem`` (str or None:
        what is wrong with the settings and does not keep kernels from being warm), and
        ``parent``: None where none is ready, else its ``pid``, number of ``kernels``,
        ``age_seconds`` and ``modules``.
    """
    from .client import ask
    from .idling import idle_problem

    environ = os.environ if environ is None else environ
    reason = why_cold(environ)
    if reason is not None:
        return {"warm": False, "reason": reason, "problem": None, "parent": None}
    location = locate(environ)
    parent = ask(location, {"wanted": "status"}) or None
    problem = idle_problem(environ)
    said = _said_of(parent) if parent else _said_without_an_answer(location)
    return {"warm": True, "reason": said, "problem": problem, "parent": parent}


def _said_of(parent: dict[str, Any]) -> str:
    return f"a warm parent is ready (process {parent['pid']}, {parent['kernels']} kernels)"


def _said_without_an_answer(location: Location) -> str:
    from .listening import holder_of

    pid = holder_of(location)
    if pid is None:
        return "no warm parent is running: the first kernel is an ordinary one and starts it"
    return f"a warm parent is loading (process {pid}): kernels are ordinary ones until it is ready"
