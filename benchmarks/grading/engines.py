"""Programs that grade a whole class by one command, each in its usual way."""

import abc
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

from .handed_in import LESSON, HandedIn, solution_of_lesson
from .process_tree import stop_tree

#: Points by student and exercise.
Points = dict[str, dict[str, float]]
Tick = Callable[[int], None]

#: Of one cell, for all that have such a limit.
CELL_SECONDS = 60
#: Of one notebook, for those that have no limit of their own: a teacher's patience.
NOTEBOOK_SECONDS = 300
_ASSIGNMENT = "exercises"
#: Where programs put what is the user's own: environment variable and folder.
_PRIVATE = {
    "COURSEKIT_HOME": "home",
    "IPYTHONDIR": "ipython",
    "JUPYTER_CONFIG_DIR": "jupyter",
    "TMPDIR": "tmp",
    "XDG_RUNTIME_DIR": "run",
}


class EngineError(RuntimeError):
    """Raised when a program fails as a whole; the message holds what it said last."""


class Engine(abc.ABC):
    """A program that grades a class in a folder of its own.

    Parameters
    ----------
    folder : Path
        An empty folder.
    handed_in : sequence of HandedIn
    jobs : int
        Submissions at once.
    python : Path
        Interpreter that the program runs in.
    """

    name: ClassVar[str]
    usual_jobs: ClassVar[int] = 1

    def __init__(
        self, folder: Path, handed_in: Sequence[HandedIn], jobs: int, python: str = sys.executable
    ) -> None:
        self.folder, self.handed_in, self.jobs, self.python = folder, handed_in, jobs, python
        self.private = folder / "private"
        for name in _PRIVATE.values():
            (self.private / name).mkdir(parents=True, mode=0o700, exist_ok=True)

    @classmethod
    def missing(cls, python: str) -> str:
        """Say why the program cannot run; nothing, if it can."""
        return ""

    @abc.abstractmethod
    def prepare(self) -> None:
        """Do what a teacher does once, before the submissions come in; not timed."""

    @abc.abstractmethod
    def grade(self, tick: Tick) -> None:
        """Grade the class; `tick` is told how many submissions are done."""

    @abc.abstractmethod
    def points(self) -> Points:
        """Read the grades that were given."""

    def command(self, *words: str | Path) -> list[str]:
        """Give a command line of a program of this Python."""
        return [self.python, "-m", *map(str, words)]

    def environment(self) -> dict[str, str]:
        """Give the environment variables: cold kernels, and nothing of the user's own."""
        private = {variable: str(self.private / name) for variable, name in _PRIVATE.items()}
        # nbgrader starts a program that lies beside Python, and finds it by PATH alone.
        path = f"{Path(self.python).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        source = str(Path(__file__).resolve().parents[2])
        cold = {"COURSEKIT_WARM_KERNELS": "0", "COURSEKIT_PROGRESS": "0"}
        quiet = {"TF_CPP_MIN_LOG_LEVEL": "2"}
        return {**os.environ, **private, **cold, **quiet, "PATH": path, "PYTHONPATH": source}

    def files_left(self) -> list[str]:
        """Name the files that lie where temporary ones go, and in shared memory."""
        places = [self.private / _PRIVATE[name] for name in ("TMPDIR", "XDG_RUNTIME_DIR")]
        found = [path.relative_to(self.private) for place in places for path in place.rglob("*")]
        return sorted(map(str, [*found, *Path("/dev/shm").glob("*")]))

    def run(
        self,
        command: list[str],
        *,
        limit: float | None = None,
        accepted: tuple[int, ...] = (0,),
        meanwhile: Callable[[], None] = lambda: None,
    ) -> bool:
        """Run a command in the folder, and tell whether it ended within its limit.

        Raises
        ------
        EngineError
            If its exit status is not an accepted one.
        """
        log = self.folder / "log.txt"
        with log.open("ab") as file:
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
            )
            if not _ends(process, limit, meanwhile):
                return False
        if process.returncode not in accepted:
            told = log.read_text("utf-8", errors="replace").strip().splitlines()[-12:]
            raise EngineError("\n".join([f"{self.name}: exit status {process.returncode}", *told]))
        return True


class Coursekit(Engine):
    """One command for the class: ``coursekit grade``."""

    name = "coursekit"
    usual_jobs = os.cpu_count() or 1

    def prepare(self) -> None:
        """Lay the submissions down."""
        for each in self.handed_in:
            each.write(self.folder / "submissions" / f"{each.student}_{LESSON}.ipynb")

    def grade(self, tick: Tick) -> None:
        """Grade the folder."""
        lines = self.folder / "grades" / ".grading" / "results.jsonl"
        command = self.command(
            *("coursekit", "grade", "submissions", "--output", "grades"),
            *("--jobs", str(self.jobs), "--cell-seconds", str(CELL_SECONDS)),
        )
        self.run(command, meanwhile=lambda: tick(_n_lines(lines)))

    def points(self) -> Points:
        """Read results.json."""
        text = (self.folder / "grades" / "results.json").read_text("utf-8")
        return {
            result["student"]: {
                check["grade_id"]: check["earned"] or 0.0 for check in result["checks"]
            }
            for result in json.loads(text)["submissions"]
        }


class Nbgrader(Engine):
    """One command for the class: ``nbgrader autograde``; it has no way to use two cores."""

    name = "nbgrader"

    @classmethod
    def missing(cls, python: str) -> str:
        """Look for nbgrader."""
        return "" if find_spec("nbgrader") else "pip install 'coursekit[teach]'"

    def prepare(self) -> None:
        """Make the assignment from the solution, and lay the submissions down."""
        if self.jobs > 1:
            raise EngineError("nbgrader grades one submission at a time")
        source = self.folder / "source" / _ASSIGNMENT
        source.mkdir(parents=True)
        shutil.copy(solution_of_lesson(), source)
        config = f"c = get_config()\nc.Execute.timeout = {CELL_SECONDS}\n"
        (self.folder / "nbgrader_config.py").write_text(config, encoding="utf-8")
        self.run(self.command("nbgrader", "generate_assignment", _ASSIGNMENT))
        for each in self.handed_in:
            each.write(self.folder / "submitted" / each.student / _ASSIGNMENT / f"{LESSON}.ipynb")

    def grade(self, tick: Tick) -> None:
        """Grade the assignment."""
        done = self.folder / "autograded"
        command = self.command("nbgrader", "autograde", _ASSIGNMENT)
        self.run(command, meanwhile=lambda: tick(len(list(done.glob("*/*/*.ipynb")))))

    def points(self) -> Points:
        """Read nbgrader's database."""
        from nbgrader.api import Gradebook, MissingEntry

        points: Points = {}
        with Gradebook(f"sqlite:///{self.folder / 'gradebook.db'}") as gradebook:
            for each in self.handed_in:
                try:
                    found = gradebook.find_submission_notebook(LESSON, _ASSIGNMENT, each.student)
                except MissingEntry:
                    continue
                points[each.student] = {grade.name: grade.score for grade in found.grades}
        return points


def _ends(
    process: subprocess.Popen[bytes], limit: float | None, meanwhile: Callable[[], None]
) -> bool:
    """Wait for a process; end it after its limit, or when the user stops waiting."""
    begun = time.monotonic()
    try:
        while True:
            try:
                process.wait(timeout=0.5)
                return True
            except subprocess.TimeoutExpired:
                meanwhile()
            if limit is not None and time.monotonic() - begun > limit:
                return False
    finally:
        if process.poll() is None:
            stop_tree(process.pid)
            process.wait()


def _n_lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.is_file() else 0
