"""Executes a notebook headless, in a kernel of this very interpreter."""

import asyncio
import contextlib
import os
import signal
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import ipykernel.kernelspec
import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from traitlets import default

from coursekit import kernels
from coursekit.cli.output import CommandError, printable

_SOURCE_LINES_SHOWN = 3


@dataclass(frozen=True)
class CellFailure:
    """The cell at which an execution stopped.

    Attributes
    ----------
    cell : int
        Its number among the code cells, from 1: the number that Jupyter shows in brackets.
    source : str
        The first lines of its code.
    error : str
        The error in one line.
    """

    cell: int
    source: str
    error: str


@dataclass(frozen=True)
class Execution:
    """A notebook with its fresh outputs, the seconds that it took, and where it failed, if so."""

    notebook: nbformat.NotebookNode
    seconds: float
    failure: CellFailure | None

    def records(self, mime_type: str) -> list[dict[str, Any]]:
        """Give what the cells displayed under one MIME type, in order."""
        outputs = [out for cell in code_cells(self.notebook) for out in cell.get("outputs", [])]
        found = [output.get("data", {}).get(mime_type) for output in outputs]
        return [record for record in found if record]


class _ThisInterpreter(KernelSpecManager):
    """Offers one kernel: this interpreter, whatever kernels the user has installed."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        # What native libraries write to the process's own streams (TensorFlow greets there) is
        # not part of the notebook; what Python writes, warnings among it, is.
        facts = ipykernel.kernelspec.get_kernel_dict(
            extra_arguments=["--IPKernelApp.capture_fd_output=False"]
        )
        return KernelSpec(resource_dir=ipykernel.kernelspec.RESOURCES, **facts)


class _KernelManager(AsyncKernelManager):
    @default("kernel_spec_manager")
    def _use_this_interpreter(self) -> KernelSpecManager:
        return _ThisInterpreter(parent=self)


class _Client(NotebookClient):
    """Stops on Ctrl-C: the kernel is ended first, and nothing is left to stumble over."""

    interrupted = False

    async def async_start_new_kernel(self, **options: Any) -> None:
        """Take the signal from nbclient, which has just asked for it, and start the kernel."""
        executing = asyncio.current_task()

        def stop() -> None:
            self.interrupted = True
            self.shutdown_kernel = "immediate"  # it is in the midst of a cell
            assert executing is not None
            executing.cancel()

        # Where there are no such handlers, Ctrl-C raises KeyboardInterrupt by itself: on Windows
        # and outside the main thread.
        with contextlib.suppress(RuntimeError, ValueError):
            asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop)
        await super().async_start_new_kernel(**options)


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """List the code cells of a notebook."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def read_notebook(path: Path) -> nbformat.NotebookNode:
    """Read a notebook of format 4.

    Raises
    ------
    CommandError
        If the file is missing or no notebook; exit status 2.
    """
    if not path.is_file():
        raise CommandError(f"there is no file {path}", exit_status=2)
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:  # nbformat raises many kinds
        reason = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
        raise CommandError(f"{path} is not a notebook: {reason}", exit_status=2) from error
    return notebook


def execute(
    path: Path, *, timeout: float, on_cell: Callable[[int], object] = lambda number: None
) -> Execution:
    """Run all cells of a notebook, in its own folder, until one fails.

    Neither the learner's progress nor their IPython start-up files take part: both folders are
    temporary ones.

    Parameters
    ----------
    path : Path
        The notebook; it is not changed.
    timeout : float
        Seconds that one cell may take.
    on_cell : callable
        Called with the number of code cells done.

    Returns
    -------
    Execution
    """
    notebook = read_notebook(path)
    numbers = _code_cell_numbers(notebook)
    started: list[int] = []

    def note_start(cell: Any, cell_index: int) -> None:
        if cell_index in numbers:
            started.append(cell_index)
            on_cell(numbers[cell_index] - 1)

    client = _Client(
        notebook,
        timeout=timeout,
        kernel_manager_class=_KernelManager,
        resources={"metadata": {"path": str(path.parent.resolve())}},
        store_widget_state=False,
        on_cell_start=note_start,
    )
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="coursekit-") as home, tempfile.TemporaryFile() as log:
        error = _execute(client, _environment(path, Path(home)), log, timeout)
    failure = _failure(notebook, numbers, started, error) if error else None
    return Execution(client.nb, time.perf_counter() - start, failure)


def _execute(
    client: _Client, environment: dict[str, str], log: BinaryIO, timeout: float
) -> str | None:
    """Run the cells; return the error in one line, or None."""
    # Jupyter asks this process's environment which provisioner starts a kernel.
    os.environ.update(kernels.environment())
    try:
        _execute_or_stop(client, env=environment, stdout=log, stderr=log)
    except CellExecutionError as error:
        return f"{error.ename}: {_first_line(error.evalue)}".rstrip(": ")
    except CellTimeoutError:
        return f"it ran longer than {timeout:g} s (--timeout sets the limit)"
    except DeadKernelError:
        log.seek(0)
        last = log.read().decode(errors="replace").strip().splitlines()[-1:]
        return ": ".join(["the kernel died", *map(_first_line, last)])
    return None


def _execute_or_stop(client: _Client, **options: Any) -> None:
    """Run the cells; whatever a cancelled run raises, after Ctrl-C it is `KeyboardInterrupt`."""
    try:
        client.execute(**options)
    except BaseException:
        if client.interrupted:
            raise KeyboardInterrupt from None
        raise


def _environment(path: Path, home: Path) -> dict[str, str]:
    defaults = {"OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "2"}
    fixed = {
        "COLUMNS": "80",
        "COURSEKIT_COURSE": str(path.parent.resolve().parent),
        "COURSEKIT_HOME": str(home / "coursekit"),
        "COURSEKIT_PROGRESS": "0",
        "IPYTHONDIR": str(home / "ipython"),
    }
    return {**defaults, **os.environ, **kernels.environment(), **fixed}


def _failure(
    notebook: nbformat.NotebookNode, numbers: dict[int, int], started: list[int], error: str
) -> CellFailure:
    if not started:
        return CellFailure(0, "", f"the kernel did not start: {error}")
    lines = notebook.cells[started[-1]].source.strip().splitlines()
    shown = lines[:_SOURCE_LINES_SHOWN] + ["..."] * (len(lines) > _SOURCE_LINES_SHOWN)
    return CellFailure(numbers[started[-1]], "\n".join(shown), error)


def _code_cell_numbers(notebook: nbformat.NotebookNode) -> dict[int, int]:
    """Map the place of each code cell that holds code to its number, from 1."""
    places = [
        place
        for place, cell in enumerate(notebook.cells)
        if cell.cell_type == "code" and cell.source.strip()
    ]
    return {place: number for number, place in enumerate(places, start=1)}


def _first_line(text: str) -> str:
    lines = (printable(line).strip() for line in text.splitlines())
    return next(filter(None, lines), "")
