"""The warm parent of learners' processes: imports everything once, computes nothing, and forks.

Run as ``python -m coursekit.grading.examination.warm_parent DESCRIPTOR`` by an examiner, with whom
it ends. It never imports the modules that hold references, mistakes and solutions.
"""

import contextlib
import os
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from coursekit.kernels import protocol
from coursekit.kernels.preload import SpoiledError, check_threads, preload, settle

#: The rooms of ``coursekit`` that learners use, and that hold no answers.
ROOMS = ("data", "models", "training", "plotting", "evidence")


class WarmParent:
    """Forks a learner's process for each request.

    Parameters
    ----------
    control : socket
        To the examiner.
    """

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._pid = os.getpid()
        self._children: set[int] = set()

    def serve(self) -> dict[str, Any] | None:
        """Serve until the examiner is gone; in a forked child, return what it is to become."""
        while True:
            try:
                message, files = protocol.receive(self._control, most_files=1)
            except (OSError, protocol.ProtocolError):
                self._end_all()
                return None
            if message["wanted"] == "student":
                order = self._fork(message, files)
                if order is not None:
                    return order
            else:
                self._end(int(message["pid"]))

    def _fork(self, message: dict[str, Any], files: list[int]) -> dict[str, Any] | None:
        try:
            check_threads("serving")
            pid = os.fork()
        except (SpoiledError, OSError) as error:
            os.close(files[0])
            protocol.send(self._control, {"refused": f"{type(error).__name__}: {error}"})
            return None
        if pid == 0:
            self._control.close()
            return {**message, "descriptor": files[0], "parent": self._pid}
        os.close(files[0])
        self._children.add(pid)
        protocol.send(self._control, {"pid": pid})
        return None

    def _end(self, pid: int) -> None:
        """Kill a child if it still runs, and tell how it ended."""
        if pid not in self._children:
            protocol.send(self._control, {"refused": f"{pid} is no child"})
            return
        os.kill(pid, signal.SIGKILL)
        _, status, usage = os.wait4(pid, 0)
        self._children.remove(pid)
        kill_orphans()
        report = {
            "exit_status": os.waitstatus_to_exitcode(status),
            "peak_kilobytes": usage.ru_maxrss,
        }
        protocol.send(self._control, report)

    def _end_all(self) -> None:
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)
        for pid in self._children:
            os.waitpid(pid, 0)
        kill_orphans()


def kill_orphans() -> None:
    """Kill what a learner's process left behind: this process inherits it."""
    import psutil

    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0]:
                continue
        except ChildProcessError:
            return
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for process in psutil.Process().children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    process.send_signal(number)


def _inherit_orphans() -> None:
    from ..sandbox.syscalls import PR_SET_CHILD_SUBREAPER, prctl

    with contextlib.suppress(OSError):
        prctl(PR_SET_CHILD_SUBREAPER, 1)


def _import_student() -> Callable[[dict[str, Any]], NoReturn]:
    """Import all that a learner's process runs, which could not read the files later.

    Returns
    -------
    callable
        Makes a learner's process of this one, as an order says.
    """
    import psutil  # noqa: F401

    from ..sandbox.entering import die_with_parent
    from .stand_ins import take_the_place_of_checks
    from .student import become_student

    def become(order: dict[str, Any]) -> NoReturn:
        die_with_parent()
        if os.getppid() != order["parent"]:
            os._exit(0)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        connection = socket.socket(fileno=order["descriptor"])
        become_student(connection, order["confinement"], order["secrets"])

    take_the_place_of_checks()
    return become


def main(descriptor: str) -> None:
    """Be the warm parent of the examiner at the other end of a socket."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the examiner's to handle
    control = socket.socket(fileno=int(descriptor))
    _inherit_orphans()
    try:
        preload(ROOMS, politely=False)
        become = _import_student()
        settle()
        check_threads("importing")
    except Exception as error:
        protocol.send(control, {"refused": f"{type(error).__name__}: {error}"})
        return
    protocol.send(control, {"ready": os.getpid()})
    order = WarmParent(control).serve()
    if order is not None:
        become(order)


if __name__ == "__main__":
    if sys.path[0] in ("", os.getcwd()):
        del sys.path[0]
    main(sys.argv[1])
