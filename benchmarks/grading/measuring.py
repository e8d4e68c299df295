"""Measures one run of one program, and compares the points of several."""

import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .engines import Engine, Points, Tick
from .handed_in import HandedIn
from .process_tree import ProcessTree


@dataclass(frozen=True)
class Run:
    """What one program needed for a class, and what it gave.

    Attributes
    ----------
    engine : str
    jobs, n_submissions : int
    seconds : float
        From the command to its end; what a teacher does once before is not in it.
    peak_megabytes : float
        Largest memory of all its processes together.
    memory : str
        How memory was counted: ``"PSS"`` shares common pages out, ``"RSS"`` counts them anew.
    growth_megabytes, growth_files : float and int
        What the processes that lasted gained, once a quarter of the class was graded, from the
        first third of the time that was left to the last.
    processes_left, files_left : tuple of str
        What remained when it had ended: processes, and temporary files.
    points : dict
        By student and exercise.
    """

    engine: str
    jobs: int
    n_submissions: int
    seconds: float
    peak_megabytes: float
    memory: str
    growth_megabytes: float
    growth_files: int
    processes_left: tuple[str, ...]
    files_left: tuple[str, ...]
    points: Points

    @property
    def label(self) -> str:
        """Name the program, with how many submissions it graded at once."""
        return f"{self.engine}:{self.jobs}"

    def to_json(self) -> dict[str, Any]:
        """Give the run as plain data."""
        return asdict(self)


def measure(
    engine: type[Engine], handed_in: Sequence[HandedIn], jobs: int, python: str, tick: Tick
) -> Run:
    """Grade a class by a program, and watch it.

    Parameters
    ----------
    engine : type of Engine
    handed_in : sequence of HandedIn
    jobs : int
        Submissions at once.
    python : str
        Interpreter that the program runs in.
    tick : callable
        Told how many submissions are done.

    Returns
    -------
    Run

    Raises
    ------
    EngineError
        If the program fails as a whole.
    """
    done: list[tuple[float, int]] = []

    def note(n_done: int) -> None:
        done.append((time.perf_counter() - begun, n_done))
        tick(n_done)

    folder = Path(tempfile.mkdtemp(prefix="ck-"))  # short: a socket's path has 107 bytes
    try:
        program = engine(folder, handed_in, jobs, python)
        program.prepare()
        before = set(program.files_left())
        with ProcessTree() as tree:
            begun = time.perf_counter()
            program.grade(note)
            seconds = time.perf_counter() - begun
        quarter = next((moment for moment, n in done if 4 * n >= len(handed_in)), seconds)
        growth = tree.growth(since=quarter)
        return Run(
            engine=engine.name,
            jobs=jobs,
            n_submissions=len(handed_in),
            seconds=seconds,
            peak_megabytes=tree.peak_megabytes,
            memory=tree.measure,
            growth_megabytes=growth[0],
            growth_files=growth[1],
            processes_left=tuple(tree.left_over),
            files_left=tuple(name for name in program.files_left() if name not in before),
            points=program.points(),
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def disagreements(runs: Sequence[Run], handed_in: Sequence[HandedIn]) -> list[str]:
    """Name each exercise for which a program gave other points than it deserves.

    Parameters
    ----------
    runs : sequence of Run
    handed_in : sequence of HandedIn
        Those with an infinite loop are left out: there programs differ, and may.

    Returns
    -------
    list of str
        Sentences; none if all programs agree.
    """
    return [
        f"{run.label}, {each.student}, {exercise}: {given} points where {deserved:g} are deserved"
        for run in runs
        for each in handed_in
        if not each.hangs
        for exercise, deserved in each.points.items()
        if (given := run.points.get(each.student, {}).get(exercise, "no")) != deserved
    ]
