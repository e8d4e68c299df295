"""The two trusted processes around the learner's: one that the caller knows, one that guards."""

import contextlib
import os
import select
import signal
import time
from collections.abc import Callable, Iterable
from typing import NoReturn

from .isolation import Confinement, IsolationError

Action = Callable[[], None]

_PAGE = 4096
_SECONDS_BETWEEN_LOOKS = 0.2
_SECONDS_IF_UNBOUNDED = 0.02
_SECONDS_BETWEEN_MEASUREMENTS = 1.0
_MOST_FILES = 50_000
_LONGEST_PATH = 3_500
#: Of the tasks that are allowed, most may be threads. As many processes are a fork bomb, which
#: Linux bounds but would let run on, at the cost of all others.
_TASKS_PER_PROCESS = 4


def let_go(kept: Iterable[int]) -> None:
    """Close the files that belong to the learner's process: their other ends wait for its end."""
    null = os.open(os.devnull, os.O_RDWR) if os.path.exists(os.devnull) else -1
    for number in kept:
        with contextlib.suppress(OSError):
            if number <= 2 and null >= 0:
                os.dup2(null, number)
            else:
                os.close(number)


def relay(guardian: int, report: int, kept: list[int]) -> NoReturn:
    """Be the outer process: pass SIGINT on, and end as the learner's process ends.

    Raises
    ------
    IsolationError
        If the learner's process could not be confined.
    """
    lines = os.fdopen(report, "r", errors="replace")
    answer = lines.readline().strip()
    if answer != "ready":
        os.waitpid(guardian, 0)
        raise IsolationError(answer or "the guardian of the sandbox ended at once")
    let_go(kept)
    signal.signal(signal.SIGINT, lambda number, frame: os.kill(guardian, number))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    status = lines.readline().strip()
    os.waitpid(guardian, 0)
    end_as(int(status) if status.isdigit() else signal.SIGKILL)


def end_as(status: int) -> NoReturn:
    """End with a wait status: the same exit code, or the same signal."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        os.kill(os.getpid(), number)
    os._exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 1)


def guard(learner: int, watch: "Watch", lifeline: int, reporting: int) -> NoReturn:
    """Wait until the learner's process ends or must end, then end all that it started."""
    signal.signal(signal.SIGINT, lambda number, frame: _signal(learner, number))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    status = _wait(learner, watch, lifeline)
    end_all(learner)
    os.write(reporting, f"{status}\n".encode())
    os._exit(0)


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _wait(learner: int, watch: "Watch", lifeline: int) -> int:
    poller = select.poll()
    poller.register(lifeline, select.POLLIN)
    with contextlib.suppress(OSError):
        poller.register(os.pidfd_open(learner), select.POLLIN)
    while True:
        changed = poller.poll(watch.seconds * 1000)
        status = _reap(learner)
        if status is not None:
            return status
        if any(number == lifeline for number, _ in changed) or watch.is_exceeded():
            return signal.SIGKILL


def _reap(learner: int) -> int | None:
    """Collect whoever has ended, and return the status of the learner's process if it has."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return None
        if pid == learner:
            return status
        if pid == 0:
            return None


def end_all(learner: int) -> None:
    """Kill every process inside, however fast they start others."""
    while True:
        if os.getpid() == 1:
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)
        else:
            # Stopped first, they cannot fork while the others are killed.
            for number in (signal.SIGSTOP, signal.SIGSTOP, signal.SIGKILL):
                for pid in inside():
                    _signal(pid, number)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.001)


def inside() -> list[int]:
    """Return the processes below this one; orphans among them come back to it."""
    if os.getpid() == 1:
        return [int(name) for name in os.listdir("/proc") if name.isdigit() and name != "1"]
    children: dict[int, list[int]] = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError, ValueError, IndexError), open(f"/proc/{name}/stat") as f:
            children.setdefault(int(f.read().rpartition(")")[2].split()[1]), []).append(int(name))
    found, to_see = [], [os.getpid()]
    while to_see:
        below = children.get(to_see.pop(), [])
        found += below
        to_see += below
    return found


class Watch:
    """Ends what takes too much: processes by number, and memory and disk of all together.

    Parameters
    ----------
    learner : int
        The learner's process.
    confinement : Confinement
        Its bounds.
    is_bounded : bool
        Whether Linux bounds the number of processes.
    """

    def __init__(self, learner: int, confinement: Confinement, *, is_bounded: bool) -> None:
        self._most = confinement.processes // _TASKS_PER_PROCESS
        self._memory = confinement.memory_bytes
        self._start = _resident(learner)
        self._disk = 2 * confinement.file_bytes
        # In namespaces the file system itself is that small.
        self._folder = "" if "namespaces" in confinement.mechanisms else confinement.workdir
        # Root's processes are bounded by the number of their PID namespace only.
        is_unbounded = not is_bounded and os.geteuid() == 0
        self.seconds = _SECONDS_IF_UNBOUNDED if is_unbounded else _SECONDS_BETWEEN_LOOKS
        self._looked, self._count, self._measured = 0.0, 0, time.monotonic()

    def is_exceeded(self) -> bool:
        """Return whether all processes together take more than they may."""
        try:
            count = sum(map(str.isdigit, os.listdir("/proc")))
            now = time.monotonic()
            is_quiet = count - self._count < self._most // 2
            if is_quiet and now - self._looked < _SECONDS_BETWEEN_LOOKS:
                return False
            self._looked, self._count = now, count
            pids = inside()
        except OSError:
            return False
        return len(pids) > self._most or self._takes_memory(pids) or self._takes_disk(now)

    def _takes_memory(self, pids: list[int]) -> bool:
        roughly = sum(max(0, _resident(pid) - self._start) for pid in pids)
        if len(pids) < 2 or roughly <= self._memory:
            return False
        # Pages that a fork shares were counted more than once.
        return sum(map(_proportional, pids)) > self._memory + self._start

    def _takes_disk(self, now: float) -> bool:
        if not self._folder or now - self._measured < _SECONDS_BETWEEN_MEASUREMENTS:
            return False
        self._measured = now
        return _size(self._folder, self._disk) > self._disk


def _size(folder: str, enough: int) -> int:
    """Return the bytes of all files below a folder, or too many where it is absurdly full."""
    size, count, to_see = 0, 0, [folder]
    while to_see and size <= enough:
        path = to_see.pop()
        if len(path) > _LONGEST_PATH:
            return enough + 1
        with contextlib.suppress(OSError), os.scandir(path) as entries:
            for entry in entries:
                count += 1
                size += entry.stat(follow_symlinks=False).st_blocks * 512
                if count > _MOST_FILES:
                    return enough + 1
                if entry.is_dir(follow_symlinks=False):
                    to_see.append(entry.path)
    return size


def _resident(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm") as file:
            return int(file.read().split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0


def _proportional(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            sizes = [line.split()[1] for line in file if line.startswith("Pss:")]
        return int(sizes[0]) * 1024
    except (OSError, IndexError, ValueError):
        return 0
