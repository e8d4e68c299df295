"""Watches the memory of a learner's process from outside, where the system does not bound it."""

import contextlib
import threading
from collections.abc import Iterable
from typing import Any

_SECONDS_BETWEEN_LOOKS = 0.2


class MemoryWatch(threading.Thread):
    """Ends a process, with all that it started, when they take too much memory together.

    Parameters
    ----------
    pid : int
        Of the process, which has just been started.
    most_bytes : int
        What it may take besides what it has now.

    Attributes
    ----------
    peak_bytes : int
        Most that was seen.
    """

    def __init__(self, pid: int, most_bytes: int) -> None:
        super().__init__(name="memory-watch", daemon=True)
        self.peak_bytes = 0
        self._pid = pid
        self._most_bytes = most_bytes
        self._stopped = threading.Event()
        self.start()

    def run(self) -> None:
        """Look from time to time, until the process has ended."""
        import psutil

        with contextlib.suppress(psutil.Error):
            watched = psutil.Process(self._pid)
            most = self._most_bytes + watched.memory_info().rss
            while not self._stopped.wait(_SECONDS_BETWEEN_LOOKS):
                family = [watched, *watched.children(recursive=True)]
                size = sum(process.memory_info().rss for process in family)
                self.peak_bytes = max(self.peak_bytes, size)
                if size > most:
                    end_all(family)

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()
        self.join()


def end_family(pid: int) -> None:
    """Kill a process and all that it started."""
    import psutil

    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        end_all([*process.children(recursive=True), process])


def end_all(processes: Iterable[Any]) -> None:
    """Kill processes; those that have ended are passed over."""
    import psutil

    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.kill()
