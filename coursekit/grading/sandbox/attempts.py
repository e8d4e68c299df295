"""What a confined process tries in vain, promise by promise, and what it must be able to do."""

import contextlib
import importlib
import os
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from .isolation import Confinement
from .limits import room_for_threads

Act = Callable[[], object]

_MANY_PROCESSES = 1000
_SECONDS_ALIVE = 5.0
WRITTEN = "written-by-a-confined-process"


@dataclass(frozen=True)
class Targets:
    """What the confined process should not get at; all of it belongs to the prober.

    Attributes
    ----------
    files : tuple of str
        To read.
    folders : tuple of str
        To write in; the prober looks whether anything came.
    streams : tuple of pairs
        Family and address of listening sockets: TCP, by path, abstract.
    datagrams : str and int
        Address of a UDP socket.
    pid : int
        A process to signal.
    """

    files: tuple[str, ...]
    folders: tuple[str, ...]
    streams: tuple[tuple[int, Any], ...]
    datagrams: tuple[str, int]
    pid: int


def what_succeeds(targets: Targets, confinement: Confinement) -> dict[str, list[str]]:
    """Try everything that is forbidden but starting processes, in this process.

    Returns
    -------
    dict of str to list of str
        For each promise, what broke it.
    """
    for folder in targets.folders:
        # That it succeeds says nothing: the folder may be a private one of the same name.
        _succeeds(partial(write, folder))
    tries = _tries(targets, confinement)
    return {promise: [n for n, act in acts if _succeeds(act)] for promise, acts in tries.items()}


def _tries(targets: Targets, confinement: Confinement) -> dict[str, list[tuple[str, Act]]]:
    too_much = confinement.memory_bytes + room_for_threads() + 256 * 2**20
    too_large = os.path.join(confinement.workdir, "too-large")
    return {
        "files": [(f"reading {path}", partial(_read, path)) for path in targets.files],
        "network": [
            *((f"connecting to {to!r}", partial(_connect, f, to)) for f, to in targets.streams),
            ("sending a datagram", partial(_send, targets.datagrams)),
        ],
        "signals": [
            ("looking for a process", partial(os.kill, targets.pid, 0)),
            ("signalling a process", partial(os.kill, targets.pid, signal.SIGUSR1)),
        ],
        "memory": [("taking memory", partial(bytearray, too_much))],
        "disk": [("writing a file", partial(_fill, too_large, 2 * confinement.file_bytes))],
    }


def _succeeds(attempt: Act) -> bool:
    try:
        attempt()
    except (OSError, MemoryError):
        return False
    return True


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read(64)


def write(folder: str) -> None:
    """Write a file named ``WRITTEN``."""
    with open(os.path.join(folder, WRITTEN), "wb") as file:
        file.write(b"x")


def _fill(path: str, size: int) -> None:
    try:
        with open(path, "wb") as file:
            file.write(b"x" * size)
    finally:
        with contextlib.suppress(OSError):
            os.remove(path)


def _connect(family: int, address: Any) -> None:
    with socket.socket(family, socket.SOCK_STREAM) as mine:
        mine.settimeout(1.0)
        mine.connect(address)


def _send(address: tuple[str, int]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mine:
        mine.sendto(b"x", address)


def processes_started() -> int:
    """Start processes until that fails, but no more than a thousand; leave them all behind."""
    end = time.monotonic() + _SECONDS_ALIVE
    for count in range(_MANY_PROCESSES):
        try:
            pid = os.fork()
        except OSError:
            return count
        if pid == 0:
            os.setsid()
            time.sleep(max(0.0, end - time.monotonic()))
            os._exit(0)
    return _MANY_PROCESSES


def what_fails(readable: str, confinement: Confinement) -> list[str]:
    """Try what must work: reading, writing at home, importing.

    Parameters
    ----------
    readable : str
        A file that may be read.
    confinement : Confinement

    Returns
    -------
    list of str
        What did not work.
    """
    musts: dict[str, Act] = {
        "reading what may be read": partial(_read, readable),
        "writing at home": partial(write, confinement.workdir),
        "writing a temporary file": partial(write, os.environ["TMPDIR"]),
        "importing": partial(importlib.import_module, "colorsys"),
        "using /dev/null": _write_to_null,
    }
    return [name for name, act in musts.items() if not _works(act)]


def _write_to_null() -> None:
    with open(os.devnull, "wb") as file:
        file.write(b"x")


def _works(act: Act) -> bool:
    try:
        act()
    except Exception:
        return False
    return True
