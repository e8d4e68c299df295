"""The command that grades a class."""

import contextlib
import enum
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coursekit.cli.output import CommandError, print_json, print_note, print_table
from coursekit.cli.reading import JsonOption

if TYPE_CHECKING:
    from rich.progress import Progress

    from coursekit.grading.class_run import Spread, Watcher
    from coursekit.grading.distributing import Examine
    from coursekit.grading.finishing import Finished
    from coursekit.grading.records import SubmissionResult
    from coursekit.grading.reports.grades import Grade

_BYTES_A_JOB = 3 << 30  # an examiner, its warm parent, and a learner's process at work


class Engine(enum.StrEnum):
    """What runs the submissions."""

    sandbox = "sandbox"
    nbval = "nbval"


class Level(enum.StrEnum):
    """How much of the machine is closed off; each includes those before it."""

    process = "process"
    limits = "limits"
    files = "files"
    full = "full"


class Platform(enum.StrEnum):
    """Learning platforms that a gradebook can be written for."""

    canvas = "canvas"
    moodle = "moodle"
    gradescope = "gradescope"


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command("grade")(grade_class)


def grade_class(
    submissions: Annotated[
        Path, typer.Argument(help="A folder, a zip or a notebook.", show_default=False)
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the grades go.")] = Path(
        "grades"
    ),
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", min=1, help="Submissions at once.")
    ] = None,
    cluster: Annotated[
        str | None, typer.Option(help="Grade on a Dask cluster: tcp://scheduler:8786.")
    ] = None,
    engine: Annotated[
        Engine, typer.Option(help="nbval is slow and has no sandbox: for comparison.")
    ] = Engine.sandbox,
    cell_seconds: Annotated[float, typer.Option(min=0.1, help="Limit of one cell.")] = 30,
    total_seconds: Annotated[float, typer.Option(min=1, help="Limit of one submission.")] = 300,
    memory: Annotated[int, typer.Option(min=256, help="Limit of memory, in MB.")] = 4096,
    require_isolation: Annotated[
        Level, typer.Option(help="Refuse to run where less can be enforced.")
    ] = Level.process,
    platforms: Annotated[
        list[Platform] | None, typer.Option("--format", help="Grades for a learning platform too.")
    ] = None,
    roster: Annotated[
        Path | None, typer.Option(help="The class as Canvas or Moodle exports it (CSV).")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Grade a class: nothing lost, nothing believed that cannot be checked.

    Writes gradebook.csv, results.json, class.html (what the class misunderstood) and a page of
    feedback for each submission. Stop it at any time: the same command goes on where it was, and
    grades only what changed. Your own decisions go into adjustments.csv, which is never
    overwritten.
    """
    from coursekit.grading.class_run import examine_class, read_class
    from coursekit.grading.finishing import finish_class
    from coursekit.grading.reports.adjustments import read_adjustments
    from coursekit.grading.reports.journal import Journal
    from coursekit.grading.reports.rosters import read_roster

    wanted = _Wanted(engine, cell_seconds, total_seconds, memory, require_isolation)
    listed = read_roster(roster) if roster else None
    isolation = wanted.isolation(cluster)
    print_note(isolation)
    reading = read_class(submissions, output)
    if not reading.plans and not reading.unreadable:
        raise CommandError(f"there are no submissions in {submissions}", exit_status=2)
    spread = _spread(wanted.examiner(), jobs, cluster)
    read_adjustments(output)  # a slip in it is told before the hour of grading, not after
    kept = Journal(output, isolation=isolation, settings=wanted.limits())
    with _telling_how_to_go_on(), kept as journal:
        with _watcher() as watcher:
            for result in examine_class(reading, journal, spread, watcher, _mentioned):
                if result.status == "unreadable":
                    print_note(f"{result.shown}: {result.reason}")
        formats = [platform.value for platform in platforms or []]
        finished = finish_class(journal, isolation=isolation, platforms=formats, roster=listed)
    _report(finished, output, as_json=as_json)


@dataclass(frozen=True)
class _Wanted:
    """How submissions are to be run."""

    engine: Engine
    cell_seconds: float
    total_seconds: float
    memory: int
    level: Level

    def limits(self) -> dict[str, Any]:
        """Give what a result depends on."""
        return {
            "engine": self.engine.value,
            "cell_seconds": self.cell_seconds,
            "total_seconds": self.total_seconds,
            "memory_megabytes": self.memory,
        }

    def isolation(self, cluster: str | None) -> str:
        """Say what is enforced here; raise where it is less than what is required."""
        from coursekit.grading.sandbox import IsolationError, probe, require

        if self.engine is Engine.nbval:
            from coursekit.cli.nbval_engine import ISOLATION

            if self.level is not Level.process:
                raise IsolationError("nbval runs submissions as you: it enforces no isolation")
            return ISOLATION
        if cluster:
            return f"Isolation: what each worker enforces, {self.level.value!r} at least."
        isolation = probe()
        require(isolation, self.level.value)
        return isolation.sentence

    def examiner(self) -> "Examine":
        """Give what turns a plan into a result, in whatever process."""
        if self.engine is Engine.nbval:
            from coursekit.cli.nbval_engine import NbvalExaminer

            return NbvalExaminer(self.cell_seconds)
        from coursekit.grading.distributing import Examiner
        from coursekit.grading.examination.examining import Settings

        settings = Settings(
            cell_seconds=self.cell_seconds,
            total_seconds=self.total_seconds,
            memory_megabytes=self.memory,
        )
        return Examiner(settings, self.level.value)


def _spread(examine: "Examine", jobs: int | None, cluster: str | None) -> "Spread":
    from coursekit.grading.distributing import examine_here, examine_on_cluster

    if cluster:
        return lambda plans: examine_on_cluster(plans, examine, address=cluster)
    n_jobs = jobs or _jobs_that_fit()
    return lambda plans: examine_here(plans, examine, n_jobs=min(n_jobs, max(1, len(plans))))


def _jobs_that_fit() -> int:
    """Give as many jobs as this machine, or what this process may use of it, has room for."""
    import joblib

    from coursekit.kernels.fallback import available_bytes

    return int(max(1, min(joblib.cpu_count(), available_bytes() // _BYTES_A_JOB)))


def _mentioned(question_id: str, text: str) -> tuple[str, ...]:
    """Name the key points that an answer in words mentions; a help, not a verdict."""
    from coursekit.practice import QuestionNotFoundError, review

    try:
        return tuple(point.text for point in review(question_id, text).mentioned)
    except QuestionNotFoundError:
        return ()


class _Bar:
    """Shows counts and the time left while a person watches."""

    def __init__(self, progress: "Progress | None") -> None:
        self._progress = progress
        self._counts: Counter[str] = Counter()

    def begin(self, n_done: int, n_waiting: int) -> None:
        if n_done:
            print_note(f"{n_done} graded before and unchanged; {n_waiting} to grade")
        if self._progress is not None:
            self._task = self._progress.add_task("Grading", total=n_waiting, counts="")

    def show(self, result: "SubmissionResult") -> None:
        self._counts["to review"] += bool(result.undecided)
        self._counts["not gradable"] += result.status == "unreadable"
        if self._progress is not None:
            counts = ", ".join(f"{n} {name}" for name, n in self._counts.items() if n)
            self._progress.update(self._task, advance=1, counts=counts)


@contextlib.contextmanager
def _watcher() -> "Iterator[Watcher]":
    if not sys.stderr.isatty():
        yield _Bar(None)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as TimeLeft

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[counts]}"), TimeLeft())
    title = TextColumn("{task.description}")
    with Progress(title, *columns, console=Console(stderr=True), transient=True) as progress:
        yield _Bar(progress)


@contextlib.contextmanager
def _telling_how_to_go_on() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        message = "stopped; what was graded is kept: run the same command again to go on"
        raise CommandError(message, exit_status=130) from None  # what shells give for Ctrl-C


def _report(finished: "Finished", output: Path, *, as_json: bool) -> None:
    for problem in finished.problems:
        print_note(problem)
    if as_json:
        print_json(_document(finished, output))
        return
    rows = [
        (
            grade.result.student,
            grade.result.lesson or grade.result.shown,
            f"{grade.total + grade.adjustment:g}/{grade.result.points:g}",
            len(grade.undecided) or "",
            grade.result.reason or _why(grade),
        )
        for grade in finished.grades
        if grade.undecided or grade.result.status == "unreadable"
    ]
    if rows:
        print_table(("needs you", "lesson", "points", "checks", "why"), rows)
    n_graded = sum(grade.result.status == "graded" for grade in finished.grades)
    typer.echo(f"{n_graded} of {len(finished.grades)} graded, {len(rows)} need you")
    for path in finished.files:
        typer.echo(f"  {path}")


def _why(grade: "Grade") -> str:
    waiting = [f"{check.exercise}: {' '.join(check.reasons)}" for check in grade.undecided]
    return " ".join(line.removesuffix(": ") for line in waiting)


def _document(finished: "Finished", output: Path) -> dict[str, Any]:
    return {
        "output": str(output),
        "files": [str(path) for path in finished.files],
        "problems": list(finished.problems),
        "submissions": [_submission(grade) for grade in finished.grades],
    }


def _submission(grade: "Grade") -> dict[str, Any]:
    result = grade.result
    return {
        "student": result.student,
        "file": result.shown,
        "lesson": result.lesson,
        "status": result.status,
        "reason": result.reason,
        "points": result.points,
        "earned": grade.total + grade.adjustment,
        "undecided": [check.exercise for check in grade.undecided],
        "counts": grade.counts,
    }
