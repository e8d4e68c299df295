"""Grade one class by several programs, on one machine, in one run.

Run ``python -m benchmarks.grading``, and ``python -m benchmarks.grading --scaling`` to see how
coursekit's time and memory grow with the class. Each notebook imports TensorFlow and trains a
small network. Every program is used in its usual way, and grades one submission before the clock
starts, so that what it needs is in the disk cache for all alike.
"""

import json
import os
import platform
import sys
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from .by_notebook import Nbclient, Nbval, Otter
from .engines import Coursekit, Engine, EngineError, Nbgrader
from .handed_in import HandedIn, make_class
from .measuring import Run, disagreements, measure
from .tables import ratios, show_peers, show_scaling

ENGINES: dict[str, type[Engine]] = {
    engine.name: engine for engine in (Coursekit, Nbval, Nbclient, Nbgrader, Otter)
}
Chosen = list[tuple[type[Engine], int]]


def chosen(text: str) -> Chosen:
    """Read which programs are to run: ``"coursekit:2,nbval"``.

    Parameters
    ----------
    text : str
        Names separated by commas, each with a number of submissions at once if not the usual.

    Returns
    -------
    list of (type of Engine, int)

    Raises
    ------
    typer.BadParameter
        If there is no such program, or the number is none.
    """
    found = []
    for word in filter(None, (part.strip() for part in text.split(","))):
        name, _, jobs = word.partition(":")
        if name not in ENGINES or (jobs and (not jobs.isdigit() or jobs == "0")):
            raise typer.BadParameter(f"{word!r}: write NAME or NAME:JOBS, of {', '.join(ENGINES)}")
        found.append((ENGINES[name], int(jobs) if jobs else ENGINES[name].usual_jobs))
    return found


def compare(
    programs: Chosen, handed_in: list[HandedIn], otter_python: str, *, warm_up: bool
) -> tuple[list[Run], list[str]]:
    """Grade the class by each program.

    Returns
    -------
    runs : list of Run
    failed : list of str
        Why others did not run, in sentences.
    """
    runs, failed = [], []
    with _progress() as progress:
        for engine, jobs in programs:
            python = otter_python if engine is Otter else sys.executable
            try:
                if reason := engine.missing(python):
                    raise EngineError(f"{engine.name} is left out: {reason}")
                if warm_up:
                    _measured(progress, engine, handed_in[:1], jobs, python, "warming up")
                runs.append(_measured(progress, engine, handed_in, jobs, python))
            except EngineError as error:
                failed.append(str(error))
    return runs, failed


def scale(sizes: list[int], programs: Chosen) -> list[Run]:
    """Grade classes of several sizes, smallest first, in each way that was chosen."""
    runs: list[Run] = []
    with _progress() as progress:
        for engine, jobs in programs:
            _measured(progress, engine, make_class(1), jobs, sys.executable, "warming up")
            runs += [
                _measured(progress, engine, make_class(size), jobs, sys.executable)
                for size in sorted(sizes)
            ]
    return runs


def _measured(
    progress: Progress,
    engine: type[Engine],
    handed_in: list[HandedIn],
    jobs: int,
    python: str,
    remark: str = "",
) -> Run:
    title = " ".join(filter(None, [f"{engine.name}:{jobs}", remark]))
    task = progress.add_task(title, total=len(handed_in))
    run = measure(
        engine, handed_in, jobs, python, lambda n_done: progress.update(task, completed=n_done)
    )
    progress.update(task, completed=len(handed_in), description=f"{title}: {run.seconds:.0f} s")
    return run


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True))


def _machine() -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load_before": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }


def main(
    submissions: Annotated[int, typer.Option(min=1, help="Size of the class.")] = 30,
    engines: Annotated[
        str, typer.Option(help="Programs, with submissions at once: coursekit:2,nbval:2")
    ] = "coursekit,nbval,nbgrader,otter",
    scaling: Annotated[
        bool, typer.Option(help="How coursekit's time and memory grow, without the others.")
    ] = False,
    sizes: Annotated[str, typer.Option(help="Sizes of the class for --scaling.")] = "10,100,300",
    hang: Annotated[bool, typer.Option(help="Put an infinite loop into the last one.")] = False,
    warm_up: Annotated[bool, typer.Option(help="Grade one first, untimed.")] = True,
    otter_python: Annotated[
        str,
        typer.Option(
            help="A Python with otter-grader, its extra 'grading', and all that coursekit needs. "
            "Otter wants an older wrapt than is current: give it an environment of its own."
        ),
    ] = sys.executable,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Time programs that grade, weigh them, and compare the points that they give."""
    machine = _machine()
    handed_in = make_class(submissions, hang=hang)
    failed: list[str] = []
    if scaling:
        jobs = sorted({1, Coursekit.usual_jobs})
        runs = scale(_numbers(sizes), [(Coursekit, count) for count in jobs])
    else:
        runs, failed = compare(chosen(engines), handed_in, otter_python, warm_up=warm_up)
    wrong = [] if scaling else disagreements(runs, handed_in)
    for reason in failed:
        Console(stderr=True).print(reason, markup=False)
    if as_json:
        facts = {"machine": machine, "runs": [run.to_json() for run in runs]}
        facts |= {"failed": failed, "disagreements": wrong}
        print(json.dumps({"ratios": ratios(runs), **facts}, indent=2))
    elif scaling:
        show_scaling(runs)
    elif runs:
        show_peers(runs, handed_in, wrong)
    if wrong or not runs:
        raise typer.Exit(1)


def _numbers(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdigit() and int(part) > 0 for part in parts):
        raise typer.BadParameter(f"{text!r}: write numbers, as in 10,100,300")
    return [int(part) for part in parts]


if __name__ == "__main__":
    typer.run(main)
