"""From the fork to a running kernel: make the child a process like any other."""

import contextlib
import os
import random
import select
import signal
import sys
import threading
import time
from dataclasses import dataclass
from typing import Any, NoReturn
from unittest import mock

from .circumstances import Allowances
from .location import THREAD_COUNTS
from .preload import forget, own_modules, thread_pools

_PATIENCE_SECONDS = 30.0


@dataclass
class Kernel:
    """A kernel that was asked for: made in the parent, run in the child.

    Attributes
    ----------
    arguments : list of str
        Its command line.
    executable : str
        The name that the requester has for this interpreter.
    environment : dict of str to str
        Its whole environment.
    cwd : str
        Its working directory.
    files : tuple of int
        Standard input, output and error.
    accepted : int
        The pipe in which its requester says that it wants this kernel.
    allowances : Allowances
        Those of its requester.
    requester : int or None
        Process file descriptor of the process that it ends with, if any.
    forget_course : bool
        Whether ``coursekit`` has changed since the parent imported it.
    """

    arguments: list[str]
    executable: str
    environment: dict[str, str]
    cwd: str
    files: tuple[int, int, int]
    accepted: int
    allowances: Allowances
    requester: int | None
    forget_course: bool = False

    @classmethod
    def requested(
        cls, message: dict[str, Any], requester: int, files: list[int], defaults: dict[str, str]
    ) -> "Kernel":
        """Read a request that came with open files from a process."""
        return cls(
            arguments=[str(argument) for argument in message["arguments"]],
            executable=str(message["executable"]),
            environment={**defaults, **message["environment"]},
            cwd=str(message["cwd"]),
            files=(files[0], files[1], files[2]),
            accepted=files[3],
            allowances=Allowances.of(requester),
            requester=None if message["independent"] else os.pidfd_open(requester),
        )

    def why_not(self) -> str | None:
        """Return why an ordinary kernel is needed instead, or None."""
        if not os.access(self.cwd, os.X_OK):
            return f"there is no folder {self.cwd}"
        taken = _shadowed_by(self.cwd)
        if taken:
            return f"{taken} in {self.cwd} takes the place of a library"
        more = self.allowances.more_than(Allowances.of(os.getpid()))
        return more and f"the requester may use more {more} than the warm parent"

    def close(self) -> None:
        """Close in the parent what only the child needs."""
        if self.requester is not None:
            os.close(self.requester)
            self.requester = None

    def run(self) -> NoReturn:
        """Become this kernel, and end with its exit status."""
        status = 1
        try:
            self._become_a_process()
            _start_anew(self.environment)
            if self.forget_course:
                forget("coursekit")
            self._wait_until_accepted()
            sys.executable = self.executable
            _launch(self.arguments, self.requester)
            status = 0
        except SystemExit as end:
            status = _status_of(end)
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            _end(status)

    def _become_a_process(self) -> None:
        os.setsid()
        for number, file in enumerate(self.files):
            os.dup2(file, number)
        for file in self.files:
            if file > 2:
                os.close(file)
        for number in signal.valid_signals():
            if number not in (signal.SIGKILL, signal.SIGSTOP, signal.SIGPIPE, signal.SIGXFSZ):
                with contextlib.suppress(OSError, ValueError):
                    signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        os.chdir(self.cwd)
        self.allowances.apply()

    def _wait_until_accepted(self) -> None:
        said = select.poll()
        said.register(self.accepted, select.POLLIN)
        if not said.poll(_PATIENCE_SECONDS * 1000) or not os.read(self.accepted, 1):
            os._exit(1)  # its requester gave up, and starts an ordinary kernel
        os.close(self.accepted)


def _shadowed_by(folder: str) -> str | None:
    """Return the file in a folder that an ordinary kernel would import, not the library."""
    try:
        names = os.listdir(folder)
    except OSError:
        return None
    for name in names:
        stem, extension = os.path.splitext(name)
        if name == "matplotlibrc":
            return name
        if stem not in sys.modules:  # first, since a folder may hold very many files
            continue
        is_module = extension == ".py" or os.path.isfile(os.path.join(folder, name, "__init__.py"))
        if is_module and not _is_same(folder, stem):
            return name
    return None


def _is_same(folder: str, module: str) -> bool:
    found = getattr(sys.modules[module], "__file__", None) or ""
    return os.path.realpath(found).startswith(os.path.join(os.path.realpath(folder), module))


def _start_anew(environment: dict[str, str]) -> None:
    """Forget what the parent was, where a process differs from its copy."""
    import atexit
    import gc
    import multiprocessing
    import shutil

    import numpy as np

    # Where there is no home, matplotlib makes a temporary folder and removes it in the end:
    # it is the parent's, and the next kernels need it.
    atexit.unregister(shutil.rmtree)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.stdout.reconfigure(line_buffering=os.isatty(1))  # type: ignore[union-attr]
    random.seed()
    np.random.seed()  # noqa: NPY002 (the legacy generator is the one to seed anew)
    multiprocessing.current_process().authkey = os.urandom(32)
    _set_thread_pools(environment)
    gc.enable()


def _set_thread_pools(environment: dict[str, str]) -> None:
    """Give the numerical libraries the threads that they would have started with."""
    for pool in thread_pools():
        own = {"openblas": "OPENBLAS_NUM_THREADS", "mkl": "MKL_NUM_THREADS"}
        names = (own.get(pool.internal_api, ""), THREAD_COUNTS[1])
        asked = [environment[name].split(",")[0] for name in names if environment.get(name)]
        count = int(asked[0]) if asked and asked[0].isdigit() else len(os.sched_getaffinity(0))
        if pool.num_threads != count:
            pool.set_num_threads(max(1, count))


class _SystemOfOrdinaryKernel:
    """``sys`` with the modules that an ordinary kernel has when it starts.

    The kernel notes them, so that the debugger can tell its own from the reader's. All
    5,000 modules of the parent would be wrong, and touching them copies 30 MB of pages.
    """

    def __init__(self, names: frozenset[str]) -> None:
        self.modules = {name: sys.modules[name] for name in names if name in sys.modules}

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)


def _launch(arguments: list[str], requester: int | None) -> None:
    import ipykernel_launcher  # type: ignore[import-untyped]
    from ipykernel import ipkernel, kernelapp

    class IPKernelApp(kernelapp.IPKernelApp):
        """An ordinary kernel whose parent is not the process that asked for it."""

        def init_poller(self) -> None:
            """Watch the requester, not the parent."""
            if requester is not None:
                self.poller = _Watch(requester)

        def init_kernel(self) -> None:
            """Let the kernel see the modules that are its own."""
            with mock.patch.object(ipkernel, "sys", _SystemOfOrdinaryKernel(own_modules())):
                super().init_kernel()

        def init_code(self) -> None:
            """Tell the libraries that look for a notebook when they are imported."""
            import ipywidgets

            ipywidgets.load_ipython_extension(self.shell)
            super().init_code()

    sys.argv = [ipykernel_launcher.__file__, *arguments]
    IPKernelApp.launch_instance(parent_handle=int(os.environ.get("JPY_PARENT_PID") or 0))


class _Watch(threading.Thread):
    """Ends the kernel, and whatever it started, when its requester is no more."""

    def __init__(self, requester: int) -> None:
        super().__init__(name="requester-watch", daemon=True)
        self._requester = requester

    def run(self) -> None:
        """Wait for the end of the requester."""
        ended = select.poll()
        ended.register(self._requester, select.POLLIN)
        while not ended.poll():
            pass
        os.killpg(os.getpgrp(), signal.SIGKILL)


def _status_of(end: SystemExit) -> int:
    if end.code is None:
        return 0
    if isinstance(end.code, int):
        return end.code & 0xFF
    print(end.code, file=sys.stderr)
    return 1


def _end(status: int) -> NoReturn:
    """End as an interpreter does, but leave the parent's objects alone."""
    import atexit

    try:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        for stream in (sys.__stdout__, sys.__stderr__):
            if stream is not None:
                stream.flush()
    finally:
        os._exit(status)
