"""A pytest plugin: nbval notices at once that a kernel is dead, and starts one again.

Load it with ``-p coursekit.kernels.nbval_plugin``. By itself nbval waits for the whole
time limit of the cell (2,000 s unless set) for an answer that cannot come. And a kernel that
finds one of its ports taken dies before it answers: Jupyter chooses them before the kernel
runs, so two test runs, or two workers of one, sometimes choose the same. On Linux our
provisioner keeps them meanwhile; elsewhere nobody does.
"""

import functools
import time
from queue import Empty
from typing import Any

import pytest

from .quick_import import defer_grammar

# pytest loads this plugin before nbval, which imports nbformat.
defer_grammar()

_LOOK_SECONDS = 0.5
_STARTS = 3


class KernelDiedError(RuntimeError):
    """The kernel ended while a cell ran."""


def _get_message_while_alive(get_message: Any) -> Any:
    def get(kernel: Any, stream: str, timeout: float | None = None) -> Any:
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            left = _LOOK_SECONDS if deadline is None else max(0.0, deadline - time.monotonic())
            alive = kernel.is_alive()
            try:
                # What a kernel said before it died is still to be read.
                return get_message(kernel, stream, timeout=min(_LOOK_SECONDS, left))
            except Empty:
                if not alive:
                    raise KernelDiedError("the kernel died") from None
                if deadline is not None and time.monotonic() >= deadline:
                    raise

    return get


def _start_until_it_answers(start_new_kernel: Any) -> Any:
    def start(*args: Any, **kwargs: Any) -> Any:
        for left in reversed(range(_STARTS)):
            try:
                return start_new_kernel(*args, **kwargs)
            except RuntimeError as error:
                if not left or "died" not in str(error):
                    raise

    return start


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Make nbval start a kernel until one answers, and see at once that it died."""
    # Under one name where pytest finds it by itself, under another with ``-p nbval.plugin``.
    if not any(map(config.pluginmanager.hasplugin, ("nbval", "nbval.plugin"))):
        return
    from nbval import kernel

    _replace(kernel.RunningKernel, "get_message", _get_message_while_alive)
    _replace(kernel, "start_new_kernel", _start_until_it_answers)


def _replace(owner: Any, name: str, wrap: Any) -> None:
    original = getattr(owner, name)
    if not hasattr(original, "__wrapped__"):
        setattr(owner, name, functools.wraps(original)(wrap(original)))
