"""Semaphores without files, for a process that must not write to /dev/shm.

scikit-learn's ``n_jobs=2`` needs a lock of :mod:`multiprocessing`, even with threads only, and
that is a file which all programs of a user share. These are in memory shared by forking.
"""

import ctypes
import mmap
from types import SimpleNamespace
from typing import Any

_SIZE = 64  # more than a sem_t has on any processor
_keep_alive: list[mmap.mmap] = []


def use_shared_memory() -> None:
    """Let the locks of :mod:`multiprocessing` work in this process and those forked from it."""
    from multiprocessing import synchronize

    original: Any = synchronize.SemLock.__init__.__globals__["_multiprocessing"].SemLock

    def make(kind: int, value: int, maximum: int, name: str, unlink_now: bool) -> object:
        """Make what the class of the same name makes, but for the file."""
        memory = mmap.mmap(-1, _SIZE)
        _keep_alive.append(memory)
        place = ctypes.addressof(ctypes.c_char.from_buffer(memory))
        if ctypes.CDLL(None, use_errno=True).sem_init(ctypes.c_void_p(place), 1, value):
            raise OSError(ctypes.get_errno(), "sem_init")
        return original._rebuild(place, kind, maximum, None)

    substitute = SimpleNamespace(SemLock=make)
    make._rebuild = original._rebuild  # type: ignore[attr-defined]
    make.SEM_VALUE_MAX = original.SEM_VALUE_MAX  # type: ignore[attr-defined]
    synchronize._multiprocessing = substitute  # type: ignore[attr-defined]
