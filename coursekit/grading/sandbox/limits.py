"""Limits of resources, privileges given up for good, and what becomes of a process at worst."""

import contextlib
import ctypes
import functools
import os
import struct

from . import syscalls
from .isolation import Confinement
from .syscalls import call, prctl

_MIB = 2**20
_OPEN_FILES = 1024
_STACK_BYTES = 8 * _MIB
_NICENESS = 5
_POOLS = 3  # TensorFlow's two, and that of a linear-algebra library
_OTHER_ADDRESSES = 2048 * _MIB  # files and shared libraries that are yet to be mapped
#: Root's programs gain nothing, no capability can be raised, and both cannot be changed: NOROOT,
#: NO_SETUID_FIXUP and NO_CAP_AMBIENT_RAISE, each with its lock, and KEEP_CAPS_LOCKED.
_SECURE_BITS = 0b11101111
_CAPABILITY_VERSION = 0x20080522
_CLEAR_ALL = 4


def apply(confinement: Confinement) -> None:
    """Set the limits of this process and of all that it starts, each for itself.

    The memory that it has already does not count: a process that has imported TensorFlow has
    reserved gigabytes of addresses. What it may write to is limited as asked; all addresses, with
    files and what threads reserve, more generously.

    Raises
    ------
    OSError
        If the system refuses.
    """
    import resource

    size, data = memory()
    room = confinement.memory_bytes
    threads = room_for_threads()
    _lower(resource.RLIMIT_DATA, data + room + threads)
    _lower(resource.RLIMIT_AS, size + room + threads + _OTHER_ADDRESSES)
    _lower(resource.RLIMIT_CPU, confinement.cpu_seconds, confinement.cpu_seconds + 5)
    _lower(resource.RLIMIT_FSIZE, confinement.file_bytes)
    _lower(resource.RLIMIT_NPROC, _tasks_outside(confinement) + confinement.processes)
    _lower(resource.RLIMIT_NOFILE, _OPEN_FILES)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_MSGQUEUE, 0)
    _lower(resource.RLIMIT_RTPRIO, 0)


def room_for_threads() -> int:
    """Return the bytes that the stacks of a numerical library's threads take on this machine."""
    return (os.cpu_count() or 1) * _POOLS * _STACK_BYTES


def _lower(limit: int, soft: int, hard: int | None = None) -> None:
    import resource

    infinite = resource.RLIM_INFINITY
    present = resource.getrlimit(limit)[1]
    wanted = soft if hard is None else hard
    hard = wanted if present == infinite else min(wanted, present)
    resource.setrlimit(limit, (min(soft, hard), hard))


@functools.cache
def memory() -> tuple[int, int]:
    """Return the bytes of addresses, and of those that can be written to privately.

    Asked once, before forking: later there may be no /proc to ask.
    """
    with open("/proc/self/status") as file:
        facts = dict(line.split(":", 1) for line in file if ":" in line)
    size, data = (int(facts[name].split()[0]) * 1024 for name in ("VmSize", "VmData"))
    return size, data


def _tasks_outside(confinement: Confinement) -> int:
    """Count the threads that the limit counts besides; in a user namespace there are none."""
    if "namespaces" in confinement.mechanisms:
        return 0
    count = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            if os.stat(f"/proc/{pid}").st_uid == os.getuid():
                count += os.stat(f"/proc/{pid}/task").st_nlink - 2
    return count


def step_back() -> None:
    """Let other processes run first, and end after this one when memory runs out."""
    with contextlib.suppress(OSError):
        os.nice(_NICENESS)
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")


def give_up_privileges() -> None:
    """Drop every capability, and any way to get one back.

    Raises
    ------
    OSError
        If the system refuses.
    """
    prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
    # An ordinary user may not do these, and has nothing to drop.
    with contextlib.suppress(OSError):
        for capability in range(64):
            prctl(syscalls.PR_CAPBSET_DROP, capability)
    with contextlib.suppress(OSError):
        prctl(syscalls.PR_SET_SECUREBITS, _SECURE_BITS)
    with contextlib.suppress(OSError):
        prctl(syscalls.PR_CAP_AMBIENT, _CLEAR_ALL)
    header = ctypes.create_string_buffer(struct.pack("=Ii", _CAPABILITY_VERSION, 0), 8)
    call("capset", header, ctypes.create_string_buffer(24))
