"""The examiner's side of the warm parent: it starts one when it first needs it, and keeps it."""

import atexit
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import Any

from coursekit.kernels import protocol

_SECONDS_TO_IMPORT = 300.0
_SECONDS_TO_ANSWER = 60.0
_COMMAND = ("-m", "coursekit.grading.examination.warm_parent")

#: Each learner's process computes in one thread, so that sums come out alike everywhere.
_SETTINGS = {
    "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "CUDA_VISIBLE_DEVICES": "-1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "COURSEKIT_PROGRESS": "0",
    "COURSEKIT_ATTEMPTS": "0",
}


class LaunchError(Exception):
    """Raised when a learner's process cannot be started; the message says why."""


def environment_of_students() -> dict[str, str]:
    """Give the environment that learners' processes start with: nothing of the teacher's."""
    from ..sandbox.environment import clean_environment

    kept = clean_environment(os.environ)
    if "PYTHONPATH" in os.environ:
        kept["PYTHONPATH"] = os.environ["PYTHONPATH"]
    return kept | _SETTINGS


@dataclass(frozen=True)
class End:
    """How a learner's process ended.

    Attributes
    ----------
    exit_status : int
        Minus the signal, if one killed it.
    peak_megabytes : float
        Largest resident memory of it, shared pages included.
    """

    exit_status: int
    peak_megabytes: float


class WarmForks:
    """A warm parent, as its examiner holds it."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, *_COMMAND, str(theirs.fileno())],
                env=environment_of_students(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        answer = self._answer(_SECONDS_TO_IMPORT)
        if "ready" not in answer:
            self.close()
            raise LaunchError(f"no warm parent: {answer.get('refused', 'it ended')}")

    @property
    def pid(self) -> int:
        """Give the process id of the warm parent."""
        return self._process.pid

    def is_alive(self) -> bool:
        """Tell whether it runs, and is this process's own."""
        return self.owner == os.getpid() and self._process.poll() is None

    def fork(self, connection: socket.socket, confinement: str, secrets: list[str]) -> int:
        """Start a learner's process that answers at the other end of a socket.

        Raises
        ------
        LaunchError
            If it cannot be.
        """
        message = {"wanted": "student", "confinement": confinement, "secrets": secrets}
        try:
            protocol.send(self._control, message, (connection.fileno(),))
        except OSError as error:
            raise LaunchError(f"the warm parent is gone: {error}") from error
        answer = self._answer(_SECONDS_TO_ANSWER)
        if "pid" not in answer:
            raise LaunchError(f"no learner's process: {answer.get('refused')}")
        return int(answer["pid"])

    def end(self, pid: int) -> End:
        """Kill a learner's process if it still runs, with all that it started."""
        try:
            protocol.send(self._control, {"wanted": "end", "pid": pid})
            answer = self._answer(_SECONDS_TO_ANSWER)
            return End(int(answer["exit_status"]), answer["peak_kilobytes"] / 1024)
        except (OSError, KeyError, LaunchError):
            self.close()  # and with it everything that it started
            return End(-signal.SIGKILL, 0.0)

    def _answer(self, seconds: float) -> dict[str, Any]:
        self._control.settimeout(seconds)
        try:
            return protocol.receive(self._control)[0]
        except (OSError, protocol.ProtocolError) as error:
            raise LaunchError(f"the warm parent does not answer: {error}") from error

    def close(self) -> None:
        """End the warm parent, and all that it started."""
        if self.owner != os.getpid():
            return
        self._control.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


_lock = threading.Lock()
_current: WarmForks | None = None
_failure = ""


def warm_forks() -> WarmForks:
    """Give the warm parent of this process; the first call takes as long as importing all.

    Raises
    ------
    LaunchError
        If there can be none.
    """
    global _current, _failure
    with _lock:
        if _failure:
            raise LaunchError(_failure)
        if _current is None or not _current.is_alive():
            stop_warm_forks()
            try:
                _current = WarmForks()
            except LaunchError as error:
                _failure = str(error)  # what failed once would take as long to fail again
                raise
        return _current


def end_fork(pid: int) -> End:
    """End a learner's process; if its warm parent is gone, it went with it."""
    with _lock:
        current = _current
    if current is None or not current.is_alive():
        return End(-signal.SIGKILL, 0.0)
    return current.end(pid)


def stop_warm_forks() -> None:
    """End the warm parent of this process, if there is one."""
    global _current
    if _current is not None:
        with contextlib.suppress(OSError):
            _current.close()
        _current = None


atexit.register(stop_warm_forks)
