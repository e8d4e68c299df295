"""Time ordinary and warm kernels side by side, and weigh them.

Run ``python -m benchmarks.kernels``. Each time holds what a user waits for, from the call
until the kernel has answered; each weight counts pages that processes share once (PSS).
"""

import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import nbformat
import psutil
import typer
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager
from rich.console import Console
from rich.table import Table

from coursekit import kernels
from coursekit.kernels import fallback
from coursekit.kernels.process import KernelProcess

IMPORT = "import tensorflow, keras"
CELLS = (
    "import keras\nimport matplotlib.pyplot as plt\nimport numpy as np",
    "keras.utils.set_random_seed(0)\nX = np.random.default_rng(0).normal(size=(256, 8))\n"
    "y = X @ np.arange(8)",
    "model = keras.Sequential([keras.layers.Input((8,)), keras.layers.Dense(1)])\n"
    'model.compile("adam", "mse")\nhistory = model.fit(X, y, epochs=3, verbose=0)',
    'plt.plot(history.history["loss"])\nplt.xlabel("epoch")\nplt.ylabel("loss");',
)
#: TensorFlow is ready this many times sooner.
GOAL_SOONER = 10.0
#: A kernel answers within this many seconds.
GOAL_ANSWER_SECONDS = 0.5
#: A kernel that has not trained adds at most this many megabytes.
GOAL_MEGABYTES = 60.0

Kernel = tuple[KernelManager, BlockingKernelClient]


@contextlib.contextmanager
def environment(*, warm: bool) -> Iterator[None]:
    """Set the environment variables for kernels of one kind, from a run folder of our own."""
    folder = tempfile.mkdtemp(prefix="coursekit-")
    before = dict(os.environ)
    os.environ.update(kernels.environment(), XDG_RUNTIME_DIR=folder)
    os.environ["COURSEKIT_WARM_KERNELS"] = "1" if warm else "0"
    try:
        yield
    finally:
        if warm:
            kernels.stop_parent()
        os.environ.clear()
        os.environ.update(before)
        shutil.rmtree(folder, ignore_errors=True)


def start_kernel() -> Kernel:
    """Start a kernel and wait until it answers."""
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    client = manager.client()
    # Not wait_for_ready, which listens for another 0.2 s after the answer.
    client.start_channels()
    wait_for(client, client.kernel_info())
    return manager, client


def wait_for(client: BlockingKernelClient, message_id: str) -> None:
    """Wait for the answer to a message."""
    while client.get_shell_msg(timeout=300)["parent_header"]["msg_id"] != message_id:
        pass


def stop_kernel(kernel: Kernel) -> None:
    """End a kernel."""
    manager, client = kernel
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def seconds_until_ready() -> tuple[float, float, bool]:
    """Return the time until a kernel answers, until it has TensorFlow, and whether it is warm."""
    start = time.perf_counter()
    manager, client = kernel = start_kernel()
    answered = time.perf_counter() - start
    wait_for(client, client.execute(IMPORT))
    ready = time.perf_counter() - start
    is_warm = manager.provisioner is not None and isinstance(
        getattr(manager.provisioner, "process", None), KernelProcess
    )
    stop_kernel(kernel)
    return answered, ready, is_warm


def write_lesson(folder: Path) -> Path:
    """Write a short notebook that trains a network and draws how."""
    cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS]
    spec = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    path = folder / "lesson.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": spec}), path)
    return path


def seconds_of_nbval(notebook: Path) -> float:
    """Return the time of ``pytest --nbval-lax`` on a notebook."""
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "-q", "-p", "no:cacheprovider"]
    start = time.perf_counter()
    subprocess.run([*command, notebook], cwd=notebook.parent, check=True, capture_output=True)
    return time.perf_counter() - start


def seconds_of_nbclient(notebook: Path) -> float:
    """Return the time of a program that executes a notebook with nbclient."""
    program = (
        "import sys, nbformat, nbclient\n"
        "nbclient.NotebookClient(nbformat.read(sys.argv[1], as_version=4)).execute()"
    )
    start = time.perf_counter()
    command = [sys.executable, "-c", program, str(notebook)]
    subprocess.run(command, cwd=notebook.parent, check=True, capture_output=True)
    return time.perf_counter() - start


def megabytes_of(counts: list[int], *, warm: bool, say: Callable[[str], None]) -> dict[str, float]:
    """Return the memory of so many kernels with TensorFlow, their parent included, if any."""
    started: list[Kernel] = []
    weights = {}
    try:
        for count in sorted(counts):
            while len(started) < count:
                say(f"memory: kernel {len(started) + 1} of {max(counts)}")
                started.append(start_kernel())
                wait_for(started[-1][1], started[-1][1].execute(IMPORT))
            pids = [getattr(manager.provisioner, "pid", 0) for manager, _ in started]
            parent = kernels.describe()["parent"] if warm else None
            weights[f"{count}"] = weigh([*pids, parent["pid"]] if parent else pids)
    finally:
        for kernel in started:
            stop_kernel(kernel)
    return weights


def weigh(pids: list[int]) -> float:
    """Return the memory of processes in MB, shared pages counted once."""
    return sum(psutil.Process(pid).memory_full_info().pss for pid in pids) / 1e6


def wait_for_parent() -> None:
    """Wait until there is a warm parent."""
    if not kernels.start_parent(os.environ, wait=300):
        raise RuntimeError(kernels.describe()["reason"])


def seconds_of_first_kernel() -> tuple[float, float]:
    """Return the time until TensorFlow is ready in an ordinary and in a first kernel."""
    with environment(warm=False):
        ordinary = seconds_until_ready()[1]
    with environment(warm=True):
        first = seconds_until_ready()[1]
        wait_for_parent()  # or it would load everything beside what is measured next
    return ordinary, first


def measure(
    notebook: Path, counts: list[int], repeats: int, *, warm: bool, say: Callable[[str], None]
) -> dict[str, Any]:
    """Measure one kind of kernel.

    Parameters
    ----------
    notebook : Path
        What nbval and nbclient execute.
    counts : list of int
        How many kernels to weigh.
    repeats : int
        Times are medians of so many runs.
    warm : bool
        Which kind.
    say : callable
        Told what is measured next.

    Returns
    -------
    dict
        Times in s, weights in MB.
    """
    with environment(warm=warm):
        found: dict[str, Any] = {}
        if warm:
            wait_for_parent()
            found["parent_MB"] = weigh([kernels.describe()["parent"]["pid"]])
        say("start")
        runs = [seconds_until_ready() for _ in range(repeats)]
        if any(run[2] != warm for run in runs):
            raise RuntimeError(f"a kernel was not of the kind that is measured (warm={warm})")
        found["answer_s"], found["tensorflow_s"] = (
            statistics.median(run[index] for run in runs) for index in (0, 1)
        )
        say("nbval")
        found["nbval_s"] = statistics.median(seconds_of_nbval(notebook) for _ in range(repeats))
        say("nbclient")
        times = [seconds_of_nbclient(notebook) for _ in range(repeats)]
        found["nbclient_s"] = statistics.median(times)
        found["MB"] = megabytes_of(counts, warm=warm, say=say)
    return found


def ratios(ordinary: dict[str, Any], warm: dict[str, Any]) -> dict[str, float]:
    """Name how many times what an ordinary kernel takes is what a warm one takes."""
    found = {key: ordinary[key] / warm[key] for key in ordinary if key.endswith("_s")}
    both = ordinary["MB"].keys() & warm["MB"].keys()
    weights = {f"MB_of_{count}": ordinary["MB"][count] / warm["MB"][count] for count in both}
    return found | dict(sorted(weights.items()))


def goals(ordinary: dict[str, Any], warm: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Compare what was measured with the goals."""
    sooner = ordinary["tensorflow_s"] / warm["tensorflow_s"]
    counts = sorted(map(int, warm["MB"]))
    # Between the most and the fewest: their parent, and what others share with it, cancel out.
    fewest, most = (warm["MB"][str(count)] for count in (counts[0], counts[-1]))
    added = (most - fewest) / max(1, counts[-1] - counts[0])
    return {
        "TensorFlow ready times sooner": {"found": sooner, "met": sooner >= GOAL_SOONER},
        "s until a kernel answers": {
            "found": warm["answer_s"],
            "met": warm["answer_s"] <= GOAL_ANSWER_SECONDS,
        },
        "MB a kernel adds": {"found": added, "met": added <= GOAL_MEGABYTES},
    }


def show(console: Console, found: dict[str, Any]) -> None:
    """Print what was measured as tables."""
    table = Table("", "ordinary", "warm", "times", title="Kernels")
    rows = {
        "a kernel answers (s)": "answer_s",
        "TensorFlow is imported (s)": "tensorflow_s",
        "the same in the first kernel (s)": "first_tensorflow_s",
        "notebook under nbval (s)": "nbval_s",
        "notebook under nbclient (s)": "nbclient_s",
    }
    ordinary, warm = found["ordinary"], found["warm"]
    for title, key in rows.items():
        times = f"{found['ratios'][key]:.1f}"
        table.add_row(title, f"{ordinary[key]:.2f}", f"{warm[key]:.2f}", times)
    for count in sorted({*ordinary["MB"], *warm["MB"]}, key=int):
        weights = [kind["MB"].get(count) for kind in (ordinary, warm)]
        texts = ("not measured" if weight is None else f"{weight:.0f}" for weight in weights)
        ratio = f"{found['ratios'][f'MB_of_{count}']:.1f}" if all(weights) else ""
        table.add_row(f"memory of {count} with TensorFlow (MB)", *texts, ratio)
    table.add_row("of which the warm parent (MB)", "", f"{warm['parent_MB']:.0f}", "")
    console.print(table)
    for goal, result in found["goals"].items():
        said = "met" if result["met"] else "missed"
        console.print(f"{goal}: {result['found']:.2f}, goal {said}")


def main(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
    notebook: Annotated[Path | None, typer.Option(help="Execute this notebook.")] = None,
    repeats: Annotated[int, typer.Option(min=1, help="Runs that each time is the median of.")] = 3,
    weigh_ordinary: Annotated[list[int] | None, typer.Option(help="How many ordinary.")] = None,
    weigh_warm: Annotated[list[int] | None, typer.Option(help="How many warm.")] = None,
) -> None:
    """Time and weigh kernels of both kinds."""
    reason = fallback.why_cold({**os.environ, "COURSEKIT_WARM_KERNELS": "1"})
    if reason is not None:
        raise typer.BadParameter(f"there are no warm kernels here: {reason}")
    errors = Console(stderr=True)
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder, errors.status("") as status:
        path = (notebook or write_lesson(Path(folder))).resolve()
        # A pipe shows no status line: there each step is a line.
        tell = status.update if errors.is_terminal else errors.print
        counts = {"ordinary": weigh_ordinary or [1, 10], "warm": weigh_warm or [1, 10, 30]}
        for kind in counts:
            found[kind] = measure(
                path,
                counts[kind],
                repeats,
                warm=kind == "warm",
                say=lambda what, kind=kind: tell(f"{kind}: {what}"),  # type: ignore[misc]
            )
        tell("first kernel")
        firsts = [seconds_of_first_kernel() for _ in range(repeats)]
    # In pairs, since a machine is never equally busy for long.
    for kind, times in zip(("ordinary", "warm"), zip(*firsts, strict=True), strict=True):
        found[kind]["first_tensorflow_s"] = statistics.median(times)
    found["ratios"] = ratios(found["ordinary"], found["warm"])
    found["goals"] = goals(found["ordinary"], found["warm"])
    if as_json:
        print(json.dumps(found, indent=2))
    else:
        show(Console(), found)


if __name__ == "__main__":
    typer.run(main)
