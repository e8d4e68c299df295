"""Starts a learner's process and ends it: forked from the warm parent where that is possible."""

import base64
import contextlib
import json
import os
import secrets
import select
import signal
import socket
import subprocess
import sys
import time
from typing import Any

from ..sandbox.isolation import Confinement, Isolation
from ..sandbox.places import confinement_for
from .channel import TOKEN_BYTES, Channel, ClosedError, LateError
from .memory_watch import MemoryWatch, end_family
from .packing import PackingError
from .private_folder import private_folder
from .unpacking import ProtocolError
from .warm_forks import (
    End,
    LaunchError,
    end_fork,
    environment_of_students,
    stop_warm_forks,
    warm_forks,
)

_SECONDS_TO_START = 60.0
_SECONDS_TO_LEAVE = 1.0
#: Where a process can be forked that has imported TensorFlow.
CAN_FORK = sys.platform == "linux"


class StudentProcess:
    """A learner's process, as the examiner holds it.

    Attributes
    ----------
    channel : Channel
        To it.
    """

    def __init__(self, channel: Channel, resources: contextlib.ExitStack, pid: int) -> None:
        self.channel = channel
        self._resources = resources
        self._pid = pid
        self._watch: MemoryWatch | None = None
        self._end: End | None = None

    def watch(self, most_bytes: int) -> None:
        """End it if it takes more memory than that; to be asked for once it is ready."""
        self._watch = MemoryWatch(self._pid, most_bytes)

    def interrupt(self) -> None:
        """Ask it to stop what it is at, as Ctrl-C does."""
        raise NotImplementedError

    def _finish(self) -> End:
        raise NotImplementedError

    def _leave(self) -> None:
        """Give it the time to end by itself, so that its use of memory is known."""
        with contextlib.suppress(ClosedError, LateError, ProtocolError, PackingError):
            self.channel.send({"do": "end"}, time.monotonic() + _SECONDS_TO_LEAVE)
            self.channel.receive(time.monotonic() + _SECONDS_TO_LEAVE)

    def end(self, *, at_once: bool = False) -> End:
        """End it and all that it started, and remove its folder.

        Parameters
        ----------
        at_once : bool
            Whether to kill it, without asking it to leave.
        """
        if self._end is None:
            if not at_once:
                self._leave()
            try:
                self._end = self._finish()
                if self._watch is not None:
                    self._watch.stop()
                    peak = max(self._end.peak_megabytes, self._watch.peak_bytes / 2**20)
                    self._end = End(self._end.exit_status, peak)
            finally:
                self.channel.close()
                self._resources.close()
        return self._end


class _Forked(StudentProcess):
    def interrupt(self) -> None:
        # Its number cannot be another's: its parent keeps it until it is told to end it.
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGINT)

    def _leave(self) -> None:
        super()._leave()
        with contextlib.suppress(OSError):
            handle = os.pidfd_open(self._pid)
            poller = select.poll()
            poller.register(handle, select.POLLIN)
            poller.poll(_SECONDS_TO_LEAVE * 1000)
            os.close(handle)

    def _finish(self) -> End:
        return end_fork(self._pid)


class _Fresh(StudentProcess):
    """A process that was started anew."""

    def __init__(
        self, channel: Channel, resources: contextlib.ExitStack, process: subprocess.Popen
    ) -> None:
        super().__init__(channel, resources, process.pid)
        self._process = process

    def interrupt(self) -> None:
        if os.name == "posix":  # elsewhere it is killed
            self._process.send_signal(signal.SIGINT)

    def _leave(self) -> None:
        super()._leave()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_SECONDS_TO_LEAVE)

    def _finish(self) -> End:
        end_family(self._pid)
        self._process.kill()
        return End(self._process.wait(), 0.0)


def warm_up(*, fresh: bool = False) -> None:
    """Start the warm parent, if there is none: the time of its imports is no learner's.

    Parameters
    ----------
    fresh : bool
        Whether each process is to be a new interpreter, which needs no warm parent.
    """
    if CAN_FORK and not fresh:
        with contextlib.suppress(LaunchError):  # told by whoever then needs it
            warm_forks()


def start_student(
    isolation: Isolation,
    *,
    memory_megabytes: int,
    cpu_seconds: int,
    hidden: tuple[str, ...] = (),
    fresh: bool = False,
) -> StudentProcess:
    """Start a learner's process, ready to run cells.

    Parameters
    ----------
    isolation : Isolation
        What the machine enforces.
    memory_megabytes, cpu_seconds : int
        What it may use.
    hidden : tuple of str
        Further files and folders that it must not read.
    fresh : bool
        Whether to start a new interpreter rather than to fork from the warm parent.

    Returns
    -------
    StudentProcess

    Raises
    ------
    LaunchError
        If it cannot be started, or not be confined.
    """
    with contextlib.ExitStack() as resources:
        folder = resources.enter_context(private_folder())
        limits = confinement_for(
            folder,
            isolation=isolation,
            memory_megabytes=memory_megabytes,
            cpu_seconds=cpu_seconds,
            hidden=hidden,
        )
        ours, theirs = socket.socketpair()
        resources.callback(ours.close)
        token = secrets.token_bytes(TOKEN_BYTES)
        ours.sendall(token)
        channel = Channel(ours, token)
        start = _start_fresh if fresh or not CAN_FORK else _start_forked
        with theirs:
            student = start(channel, theirs, limits, resources.pop_all())
    _await(student)
    if fresh or not isolation.enforced.get("memory"):
        student.watch(limits.memory_bytes)
    return student


def _start_forked(
    channel: Channel, theirs: socket.socket, limits: Confinement, resources: contextlib.ExitStack
) -> StudentProcess:
    with resources:
        orders = (theirs, limits.to_json(), _secrets(limits))
        try:
            pid = warm_forks().fork(*orders)
        except LaunchError:  # somebody may have ended the warm parent
            stop_warm_forks()
            try:
                pid = warm_forks().fork(*orders)
            except LaunchError:
                return _start_fresh(channel, theirs, limits, resources.pop_all())
        return _Forked(channel, resources.pop_all(), pid)


def _start_fresh(
    channel: Channel, theirs: socket.socket, limits: Confinement, resources: contextlib.ExitStack
) -> StudentProcess:
    with resources:
        shared = os.name != "posix"
        process = subprocess.Popen(
            [sys.executable, "-m", "coursekit.grading.examination.student"],
            env=environment_of_students(),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=() if shared else (theirs.fileno(),),
            start_new_session=not shared,
        )
        orders: dict[str, Any] = {"confinement": limits.to_json(), "secrets": _secrets(limits)}
        if shared:
            share = theirs.share(process.pid)  # type: ignore[attr-defined]
            orders["share"] = base64.b64encode(share).decode()
        else:
            orders["descriptor"] = theirs.fileno()
        assert process.stdin is not None
        with process.stdin as stdin:
            stdin.write(json.dumps(orders).encode() + b"\n")
        return _Fresh(channel, resources.pop_all(), process)


def _secrets(limits: Confinement) -> list[str]:
    """Give what a learner has no reason to touch; this room itself is in every traceback."""
    room = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    return [path for path in limits.hidden if path != room]


def _await(student: StudentProcess) -> None:
    try:
        reply = student.channel.receive(time.monotonic() + _SECONDS_TO_START).get("reply")
    except (ClosedError, LateError, ProtocolError) as error:
        end = student.end(at_once=True)
        reason = f"the learner's process did not start (status {end.exit_status})"
        raise LaunchError(reason) from error
    if reply != "ready":
        student.end(at_once=True)
        told = reply.get("refused") if isinstance(reply, dict) else reply
        raise LaunchError(f"the learner's process could not be confined: {told}")
