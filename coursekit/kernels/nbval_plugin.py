"""A pytest plugin: nbval notices at once that a kernel is dead.

Load it with ``-p coursekit.kernels.nbval_plugin``. By itself nbval waits for the whole
time limit of the cell (2,000 s unless set) for an answer that cannot come.
"""

import time
from queue import Empty
from typing import Any

import pytest

from .quick_import import defer_grammar

# pytest loads this plugin before nbval, which imports nbformat.
defer_grammar()

_LOOK_SECONDS = 0.5


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


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Make nbval look whether the kernel lives while it waits for it."""
    # Under one name where pytest finds it by itself, under another with ``-p nbval.plugin``.
    if not any(map(config.pluginmanager.hasplugin, ("nbval", "nbval.plugin"))):
        return
    from nbval.kernel import RunningKernel

    if not hasattr(RunningKernel.get_message, "__wrapped__"):
        patched = _get_message_while_alive(RunningKernel.get_message)
        patched.__wrapped__ = RunningKernel.get_message
        RunningKernel.get_message = patched
