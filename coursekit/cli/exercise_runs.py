"""Runs an exercise notebook under nbval and gathers what each of its checks says."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coursekit import course, kernels
from coursekit.cli.output import CommandError

# In this order: the first makes the import of the second quick.
_PLUGINS = ("coursekit.kernels.nbval_plugin", "nbval.plugin", "coursekit.cli.nbval_report")
_PYTEST_WAS_USED = (0, 1)  # pytest's exit statuses for "all passed" and "some failed"


@dataclass(frozen=True)
class CheckResult:
    """What one check says.

    Attributes
    ----------
    exercise : str
        The exercise's id.
    points, earned : float
        Points that it is worth, and that this answer gets.
    outcome : str
        ``"right"``, ``"wrong"``, ``"crashed"`` or ``"not attempted"``.
    message : str
        What the check has to say.
    mistake : str or None
        The name of the mistake that the answer makes, where one was recognised.
    misunderstanding : str
        What that mistake reveals.
    """

    exercise: str
    points: float
    earned: float
    outcome: str
    message: str = ""
    mistake: str | None = None
    misunderstanding: str = ""


@dataclass(frozen=True)
class ExerciseRun:
    """The checks of one notebook, and the errors of its other cells as (number, error)."""

    results: tuple[CheckResult, ...]
    errors: tuple[tuple[int, str], ...]

    @property
    def all_right(self) -> bool:
        """Tell whether every check says right."""
        return all(result.outcome == "right" for result in self.results)

    @property
    def points(self) -> float:
        """Give the points that can be had."""
        return sum(result.points for result in self.results)

    @property
    def earned(self) -> float:
        """Give the points that were earned."""
        return sum(result.earned for result in self.results)


def run_checks(notebook: Path, *, timeout: float) -> ExerciseRun:
    """Run an exercise notebook and gather its checks.

    Parameters
    ----------
    notebook : Path
        A learner's notebook; it is not changed.
    timeout : float
        Seconds that one cell may take.

    Returns
    -------
    ExerciseRun
        One result for each check cell, whether it ran or not, and for each check cell that the
        course's own copy of the notebook has and this one lacks.

    Raises
    ------
    CommandError
        If the file is no notebook or has no checks (exit status 2), or pytest did not start.
    """
    cells = _code_cells(notebook)
    graded = {place: facts for place, cell in enumerate(cells) if (facts := _check_facts(cell))}
    if not graded:
        raise CommandError(
            f"{notebook} has no checks: name an exercise notebook, one of exercises/",
            exit_status=2,
        )
    lines = _run_nbval(notebook.resolve(), timeout)
    results = [_result(facts, lines.get(place)) for place, facts in graded.items()]
    errors = tuple(
        (place + 1, line["error"])
        for place, line in sorted(lines.items())
        if line["error"] and place not in graded
    )
    present = {facts["grade_id"] for facts in graded.values()}
    return ExerciseRun((*results, *_missing(notebook, present)), errors)


def _code_cells(notebook: Path) -> list[dict[str, Any]]:
    from coursekit.cli.executing import read_notebook

    if notebook.suffix != ".ipynb":
        raise CommandError(f"{notebook} is not a notebook: its name must end in .ipynb", 2)
    return [dict(cell) for cell in read_notebook(notebook).cells if cell.cell_type == "code"]


def _check_facts(cell: dict[str, Any]) -> dict[str, Any] | None:
    """Give nbgrader's metadata of a cell that is graded."""
    facts = cell.get("metadata", {}).get("nbgrader", {})
    return facts if facts.get("grade") and not facts.get("task") else None


def _run_nbval(notebook: Path, timeout: float) -> dict[int, dict[str, Any]]:
    """Run pytest in a process of its own, where no configuration of the learner's reaches it."""
    with tempfile.TemporaryDirectory(prefix="coursekit-") as name:
        private = Path(name)
        (private / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        report = private / "report.jsonl"
        process = subprocess.run(
            _command(notebook, private, report, timeout),
            cwd=private,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        if process.returncode not in _PYTEST_WAS_USED or not report.is_file():
            told = (process.stdout + process.stderr).strip().splitlines()[-1:]
            raise CommandError(f"pytest did not run {notebook}: {''.join(told)}")
        lines = map(json.loads, report.read_text(encoding="utf-8").splitlines())
        return {line["cell"]: line for line in lines}


def _command(notebook: Path, private: Path, report: Path, timeout: float) -> list[str]:
    plugins = [word for name in _PLUGINS for word in ("-p", name)]
    return [
        *(sys.executable, "-m", "pytest", "-c", str(private / "pytest.ini")),
        *("--rootdir", str(private), "--noconftest", "-p", "no:cacheprovider", *plugins),
        *("--nbval-lax", "--nbval-current-env", f"--nbval-cell-timeout={timeout:g}"),
        *("--coursekit-report", str(report), "--quiet", "--color=no", "--tb=no", str(notebook)),
    ]


def _environment() -> dict[str, str]:
    theirs = {k: v for k, v in os.environ.items() if k not in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")}
    defaults = {"OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "2", "COURSEKIT_PROGRESS": "0"}
    warm = kernels.environment()
    return {**defaults, **theirs, **warm, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def _result(facts: dict[str, Any], line: dict[str, Any] | None) -> CheckResult:
    exercise, points = str(facts.get("grade_id", "?")), float(facts.get("points") or 0)
    if line is None:
        return CheckResult(exercise, points, 0, "crashed", "this check never ran")
    record, error = (line["records"] or [None])[-1], line["error"]
    if record is None:
        message = error or f'this cell made no check: it must call check("{exercise}", ...)'
        return CheckResult(exercise, points, 0, "crashed", message)
    if error and record["outcome"] == "right":
        return CheckResult(exercise, points, 0, "crashed", error)
    return CheckResult(
        exercise=record["exercise"],
        points=record["points"],
        earned=record["earned"],
        outcome=record["outcome"],
        message=record["message"],
        mistake=record.get("mistake"),
        misunderstanding=record.get("misunderstanding") or "",
    )


def _missing(notebook: Path, present: set[str]) -> Iterator[CheckResult]:
    """Report the checks of the course's own copy that this notebook has lost."""
    try:
        own = course.shipped_course() / "exercises" / notebook.name
    except course.CourseError:
        return
    if not own.is_file() or own.resolve() == notebook.resolve():
        return
    for cell in _code_cells(own):
        facts = _check_facts(cell)
        if facts and facts["grade_id"] not in present:
            message = "its check cell is no longer in this notebook"
            points = float(facts.get("points") or 0)
            yield CheckResult(facts["grade_id"], points, 0, "not attempted", message)
