"""Watches what this process starts: memory along the time, open files, and what stays behind."""

import contextlib
import ctypes
import os
import sys
import threading
import time
from dataclasses import dataclass, field
from types import TracebackType

import psutil

_SET_CHILD_SUBREAPER = 36  # from linux/prctl.h
#: Looking takes at most one part in so many of a core's time.
_LOOK_SELDOM = 30


@dataclass(frozen=True)
class Sample:
    """What ran at one moment.

    Attributes
    ----------
    seconds : float
        Since the beginning.
    megabytes : float
        Of all processes, shared pages counted once (PSS) where the system tells them.
    processes : dict
        By process id and time of start: resident memory in MB, and open files.
    """

    seconds: float
    megabytes: float
    processes: dict[tuple[int, float], tuple[float, int]] = field(repr=False)


class ProcessTree:
    """Watches all descendants of this process, as a context manager.

    Parameters
    ----------
    interval : float
        Seconds between two looks; more where a look takes long.

    Attributes
    ----------
    samples : list of Sample
    left_over : list of str
        Command lines of processes that still ran two seconds after the end.
    measure : str
        ``"PSS"``, ``"RSS"``, or ``"PSS and RSS"`` where some did not tell their PSS.
    """

    def __init__(self, interval: float = 0.5) -> None:
        self.interval = interval
        self.samples: list[Sample] = []
        self.left_over: list[str] = []
        self._measures: set[str] = set()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    @property
    def measure(self) -> str:
        """Say which kind of memory the samples count."""
        return " and ".join(sorted(self._measures)) or "nothing"

    @property
    def peak_megabytes(self) -> float:
        """Give the largest memory of all samples."""
        return max((sample.megabytes for sample in self.samples), default=0.0)

    def __enter__(self) -> "ProcessTree":
        adopt_orphans()
        self._before = {child.pid for child in _descendants()}
        self._start = time.perf_counter()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()
        self.left_over = self._stop_left_over()

    def growth(self, since: float) -> tuple[float, int]:
        """Tell how much the processes grew that were there from some moment to the end.

        Parameters
        ----------
        since : float
            Seconds after the beginning.

        Returns
        -------
        megabytes : float
            Resident memory: mean of the last third of that time less mean of the first.
        files : int
            Open files, likewise, rounded.
        """
        kept = [sample for sample in self.samples[:-1] if sample.seconds >= since]
        third = len(kept) // 3
        if not third:
            return 0.0, 0
        lasting = set.intersection(*(set(sample.processes) for sample in kept))
        early, late = _mean(kept[:third], lasting), _mean(kept[-third:], lasting)
        return late[0] - early[0], round(late[1] - early[1])

    def _watch(self) -> None:
        pause = 0.0
        while not self._ended.wait(pause):
            spent = time.thread_time()
            self.samples.append(self._look())
            pause = max(self.interval, _LOOK_SELDOM * (time.thread_time() - spent))

    def _look(self) -> Sample:
        total, processes = 0.0, {}
        for process in _descendants():
            if process.pid in self._before:
                continue
            with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                resident = process.memory_info().rss / 1e6
                total += self._megabytes(process, resident)
                processes[process.pid, process.create_time()] = (resident, _open_files(process))
        return Sample(time.perf_counter() - self._start, total, processes)

    def _megabytes(self, process: psutil.Process, resident: float) -> float:
        try:
            proportional = getattr(process.memory_full_info(), "pss", None)
        except psutil.AccessDenied:
            proportional = None
        self._measures.add("RSS" if proportional is None else "PSS")
        return resident if proportional is None else proportional / 1e6

    def _stop_left_over(self) -> list[str]:
        """Name what still runs, and end it, so that it does not disturb what comes next."""
        children = [child for child in _descendants() if child.pid not in self._before]
        _, alive = psutil.wait_procs(children, timeout=2)
        names = []
        for process in alive:
            with contextlib.suppress(psutil.NoSuchProcess):
                names.append(" ".join(process.cmdline())[:200] or process.name())
                process.kill()
        psutil.wait_procs(alive, timeout=10)
        if sys.platform != "win32":
            _bury_adopted()
        return names


def adopt_orphans() -> None:
    """Make orphans among the descendants children of this process, where Linux can do so."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def stop_tree(pid: int) -> None:
    """Kill a process and all that it started."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for each in [*process.children(recursive=True), process]:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()


def _descendants() -> list[psutil.Process]:
    found = []
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def _bury_adopted() -> None:
    """Take note of adopted processes that ended; nobody waits for a child any more by now."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _mean(samples: list[Sample], lasting: set[tuple[int, float]]) -> tuple[float, float]:
    """Give the resident memory and the open files of some processes, means over samples."""
    facts = [sample.processes[key] for sample in samples for key in lasting]
    n_samples = len(samples)
    return sum(memory for memory, _ in facts) / n_samples, sum(n for _, n in facts) / n_samples


def _open_files(process: psutil.Process) -> int:
    try:
        return int(process.num_fds())
    except (psutil.AccessDenied, AttributeError):
        return 0
