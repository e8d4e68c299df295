"""The ports of a kernel, kept from everybody else until its client has done with it.

Jupyter chooses the ports before the kernel runs, by opening and closing a socket for each.
Until the kernel opens them itself, for a second or ten, anybody may be given the same: then
the kernel dies before it answers. On Linux a socket that is bound but never listens keeps a
port without being in the way: the system chooses it for nobody, and the kernel may still bind
it, since both allow the address to be reused (socket(7), ``SO_REUSEADDR``). Other systems
read that option in other ways.
"""

import contextlib
import socket
import sys
from typing import Any

NAMES = ("shell_port", "iopub_port", "stdin_port", "hb_port", "control_port")


class HeldPorts:
    """Ports that the system chooses for nobody else."""

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []

    def choose(self, manager: Any) -> bool:
        """Choose the ports of a kernel and hold them.

        Parameters
        ----------
        manager : KernelManager
            Gets the ports, unless they cannot be held.

        Returns
        -------
        bool
            Whether they are held.
        """
        if sys.platform != "linux" or manager.transport != "tcp":
            return False
        with contextlib.ExitStack() as on_error:
            try:
                held = [on_error.enter_context(_hold(manager.ip)) for _ in NAMES]
            except OSError:
                return False
            on_error.pop_all()
        self.release()
        self._sockets = held
        for name, chosen in zip(NAMES, held, strict=True):
            setattr(manager, name, chosen.getsockname()[1])
        return True

    def release(self) -> None:
        """Let others have them."""
        while self._sockets:
            self._sockets.pop().close()


def _hold(ip: str) -> socket.socket:
    kind = socket.AF_INET6 if ":" in ip else socket.AF_INET
    held = socket.socket(kind)
    try:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind((ip, 0))
    except BaseException:
        held.close()
        raise
    return held
