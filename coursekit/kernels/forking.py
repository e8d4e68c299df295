"""Forks of the warm parent, and what it holds of each."""

import os
import signal
import socket
from dataclasses import dataclass


def fork_unheard() -> int:
    """Fork a process that hears no signal before it allows them again.

    Whoever asked for a kernel may interrupt or end it at once. The forked child still has the
    signal handlers of the warm parent then, and would take the socket away as if it were that.

    Returns
    -------
    int
        As :func:`os.fork`.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    pid = -1
    try:
        pid = os.fork()
    finally:
        if pid != 0:
            signal.pthread_sigmask(signal.SIG_SETMASK, ())
    return pid


@dataclass
class Child:
    """A kernel and the connection to its requester, which the exit status goes to.

    Attributes
    ----------
    pid : int
        Its process id; kept from being used again until the requester knows of its end.
    handle : int
        Its process file descriptor; closed when it has ended, and the number another's then.
    connection : socket or None
        None once the requester has closed it.
    ended : bool
        Whether the kernel has ended, and its requester has been told.
    """

    pid: int
    handle: int
    connection: socket.socket | None
    ended: bool = False

    @classmethod
    def of(cls, pid: int, connection: socket.socket) -> "Child":
        """Hold a process that was just forked.

        Raises
        ------
        OSError
            If that is not possible; the process is ended.
        """
        try:
            return cls(pid, os.pidfd_open(pid), connection)
        except OSError:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            raise

    def end(self) -> None:
        """Note that it has ended."""
        os.close(self.handle)
        self.ended = True

    def let_go(self) -> None:
        """Close what another child has inherited of this one."""
        if not self.ended:
            os.close(self.handle)
        if self.connection is not None:
            self.connection.close()
