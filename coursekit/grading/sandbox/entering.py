"""Entering the sandbox: three processes, of which the last one runs the learner's code.

The *outer* process is the one that the caller forked and knows: it relays SIGINT, and ends as the
learner's process ends. The *guardian* ends with it, and with it everything that was started inside:
with namespaces it is the first process of the PID namespace. The *learner's process* is its child.
"""

import contextlib
import os
import signal
import sys
from collections.abc import Iterable
from typing import NoReturn

from . import landlock, limits, namespaces, seccomp, semaphores, supervising
from .environment import move_in
from .isolation import Confinement, IsolationError
from .syscalls import PR_SET_CHILD_SUBREAPER, PR_SET_DUMPABLE, PR_SET_PDEATHSIG, prctl

_READY = "ready"


def die_with_parent() -> None:
    """Let this process be killed when the thread that forked it ends, where Linux offers it."""
    with contextlib.suppress(OSError):
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def enter(confinement: Confinement, *, keep: Iterable[int] = ()) -> None:
    """Confine this process, freshly forked and with one thread, and all that it will start.

    It returns in a grandchild of the process that called it; that one stays as the outer process,
    relays SIGINT to the confined one, and ends with the same exit status or by the same signal.
    If the outer process is killed, everything inside is. At the level ``process`` nothing is
    forked: only the environment, the folders and the open files change.

    Parameters
    ----------
    confinement : Confinement
        What is allowed.
    keep : iterable of int, optional
        File descriptors to keep open besides 0, 1 and 2.

    Raises
    ------
    IsolationError
        If a mechanism fails. The process is then of no use: it must end.
    """
    kept = close_all_but({0, 1, 2, *keep})
    if not confinement.mechanisms:
        move_in(confinement.workdir)
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    try:
        limits.memory.cache_clear()
        limits.memory()
        if "namespaces" in confinement.mechanisms:
            namespaces.leave()
    except OSError as error:
        raise IsolationError(str(error)) from error
    _fork(confinement, kept)


def close_all_but(kept: Iterable[int]) -> list[int]:
    """Close every inherited file descriptor that is not named, and return those that are open."""
    first = 0
    for number in sorted({*kept}):
        if first < number:  # an empty range would close everything
            os.closerange(first, number)
        first = number + 1
    os.closerange(first, 1 << 20 if sys.platform == "linux" else 1 << 13)
    # Otherwise a pipe of ours could become standard output.
    while (spare := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(spare, True)
    os.close(spare)
    return [number for number in sorted({*kept}) if _is_open(number)]


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _fork(confinement: Confinement, kept: list[int]) -> None:
    report, reporting = os.pipe()
    lifeline, holding = os.pipe()
    guardian = os.fork()
    if guardian:
        os.close(reporting)
        os.close(lifeline)
        supervising.relay(guardian, report, kept)
    os.close(report)
    os.close(holding)
    _failing_to(reporting, lambda: _guardian(confinement, kept, lifeline, reporting))


def _failing_to(reporting: int, action: "supervising.Action") -> None:
    """Act, and on failure tell the outer process why, and end."""
    try:
        action()
    except BaseException as error:
        os.write(reporting, f"{type(error).__name__}: {error}\n".encode())
        os._exit(1)


def _guardian(confinement: Confinement, kept: list[int], lifeline: int, reporting: int) -> None:
    """Prepare the place; returns in the learner's process, confined."""
    os.setsid()
    in_namespaces = "namespaces" in confinement.mechanisms
    is_bounded = False
    if in_namespaces:
        die_with_parent()
        namespaces.change_root(confinement)
        is_bounded = namespaces.limit_processes(confinement.processes)
    else:
        prctl(PR_SET_CHILD_SUBREAPER, 1)
    # The learner's process must not read or change this one, which is of the same user.
    prctl(PR_SET_DUMPABLE, 0)
    learner = os.fork()
    if learner:
        _guard(learner, confinement, kept, lifeline, reporting, is_bounded)
    os.close(lifeline)
    _confine(confinement)
    os.write(reporting, f"{_READY}\n".encode())
    os.close(reporting)


def _guard(
    learner: int,
    confinement: Confinement,
    kept: list[int],
    lifeline: int,
    reporting: int,
    is_bounded: bool,
) -> NoReturn:
    supervising.let_go(kept)
    limits.give_up_privileges()
    watch = supervising.Watch(learner, confinement, is_bounded=is_bounded)
    supervising.guard(learner, watch, lifeline, reporting)


def _confine(confinement: Confinement) -> None:
    os.setsid()
    prctl(PR_SET_DUMPABLE, 1)
    _reset_signals()
    in_namespaces = "namespaces" in confinement.mechanisms
    limits.step_back()
    if in_namespaces:
        namespaces.lock_proc()
    move_in(confinement.workdir)
    limits.apply(confinement)
    limits.give_up_privileges()
    if "landlock" in confinement.mechanisms:
        if not in_namespaces:
            semaphores.use_shared_memory()
        landlock.restrict(_rules(confinement))
    if "seccomp" in confinement.mechanisms:
        scoped = "landlock" in confinement.mechanisms and landlock.abi() >= 6
        seccomp.install(in_namespaces=in_namespaces, signals_are_scoped=scoped)


def _reset_signals() -> None:
    for number in signal.valid_signals():
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            with contextlib.suppress(OSError, ValueError):
                signal.signal(number, signal.SIG_DFL)
    # As in any Python: a too large file, or a reader that has gone, is an OSError.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _rules(confinement: Confinement) -> list[tuple[str, int]]:
    devices = [("/dev/null", landlock.WRITE), ("/dev/zero", landlock.READ)]
    devices += [(f"/dev/{name}", landlock.READ) for name in ("full", "random", "urandom")]
    if "namespaces" in confinement.mechanisms:
        places = namespaces.writable_places(confinement)
        return [("/", landlock.READ), *devices, *((place, landlock.WRITE) for place in places)]
    facts = ("cpuinfo", "meminfo", "stat", "version", "filesystems", "loadavg", "uptime")
    proc = [(f"/proc/{name}", landlock.READ) for name in (*facts, str(os.getpid()))]
    readable = landlock.readable_parts(confinement.readable, confinement.hidden)
    return [*readable, *proc, *devices, (confinement.workdir, landlock.WRITE)]
