"""A stand-in for ``ipykernel_launcher`` where Jupyter knows no provisioners, as in VS Code.

``python -m coursekit.kernels.launcher -f FILE`` asks the warm parent for a kernel and
stays as long as the kernel does: it passes signals on and ends with its exit status.
Without a warm parent it becomes the kernel itself.
"""

import contextlib
import os
import runpy
import signal
import subprocess
import sys

from .client import Refused, UnansweredError, request_kernel, start_parent
from .fallback import why_cold
from .location import NotPrivateError
from .process import KernelProcess

_PASSED_ON = ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2")


def _warm_kernel(arguments: list[str]) -> KernelProcess | None:
    if why_cold(os.environ) is not None:
        return None
    environ = {**os.environ, "JPY_PARENT_PID": str(os.getpid())}
    try:
        return request_kernel(arguments, environ=environ, streams=(0, 1, 2))
    except UnansweredError:
        return None
    except (Refused, NotPrivateError, OSError):
        with contextlib.suppress(NotPrivateError, OSError):
            start_parent(os.environ, after=os.getpid())
        return None


def _stand_in_for(kernel: KernelProcess) -> int:
    for name in _PASSED_ON:
        signal.signal(
            getattr(signal, name), lambda signal_number, _: kernel.send_signal(signal_number)
        )
    while True:
        try:
            return kernel.wait(timeout=60.0)
        except subprocess.TimeoutExpired:
            continue


def _become_ordinary_kernel(arguments: list[str]) -> None:
    sys.argv = ["ipykernel_launcher", *arguments]
    runpy.run_module("ipykernel_launcher", run_name="__main__", alter_sys=True)


def main(arguments: list[str]) -> int:
    """Be a kernel or stand in for one, and return its exit status."""
    kernel = _warm_kernel(arguments)
    if kernel is not None:
        status = _stand_in_for(kernel)
        if status < 0:  # a signal ended it, and ends this process in the same way
            with contextlib.suppress(OSError):  # SIGKILL has no other way
                signal.signal(-status, signal.SIG_DFL)
            os.kill(os.getpid(), -status)
        return status
    _become_ordinary_kernel(arguments)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
