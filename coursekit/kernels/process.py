"""The process of a warm kernel, as its requester holds it."""

import contextlib
import os
import select
import signal
import socket
import subprocess
from typing import IO, Any

from . import protocol

_PATIENCE_SECONDS = 10.0


class KernelProcess:
    """The process of a warm kernel, with the methods of :class:`subprocess.Popen`.

    It is a child of the warm parent, which reports its exit status over the connection.
    The process file descriptor tells at once when it ends, whatever becomes of the parent.

    Parameters
    ----------
    pid : int
        The process id, which is also its process group.
    connection : socket
        To the warm parent; closed when the kernel has ended.
    """

    stdin: IO[Any] | None = None
    stdout: IO[Any] | None = None
    stderr: IO[Any] | None = None

    def __init__(self, pid: int, connection: socket.socket) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._connection = connection
        self._handle = os.pidfd_open(pid)
        self._owner = os.getpid()

    def poll(self) -> int | None:
        """Return the exit status (minus the signal, if one killed it), None while it runs."""
        return self._ended_within(0.0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait until the process ends and return its exit status.

        Raises
        ------
        subprocess.TimeoutExpired
            If it runs longer than `timeout` seconds.
        """
        returncode = self._ended_within(timeout)
        if returncode is None:
            raise subprocess.TimeoutExpired(f"kernel {self.pid}", timeout or 0.0)
        return returncode

    def send_signal(self, signal_number: int) -> None:
        """Send a signal to the process, unless it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal_number)

    def terminate(self) -> None:
        """Ask the process to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the process."""
        self.send_signal(signal.SIGKILL)

    def _ended_within(self, timeout: float | None) -> int | None:
        if self.returncode is None:
            ready = select.poll()
            ready.register(self._handle, select.POLLIN)
            ended = ready.poll(None if timeout is None else max(0.0, timeout) * 1000)
            # A signal handler may have asked meanwhile, and the parent says it once.
            if ended and self.returncode is None:
                self.returncode = self._exit_status()
                self._close()
        return self.returncode

    def _exit_status(self) -> int:
        try:
            self._connection.settimeout(_PATIENCE_SECONDS)
            return int(protocol.receive(self._connection)[0]["exit_status"])
        except (OSError, protocol.ProtocolError, KeyError):
            return -signal.SIGKILL  # the parent died first and took the answer with it

    def _close(self) -> None:
        self._connection.close()
        os.close(self._handle)

    def __del__(self) -> None:
        if getattr(self, "returncode", 0) is None and os.getpid() == self._owner:
            self.returncode = -signal.SIGKILL
            self._close()
