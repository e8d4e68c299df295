"""Examines a submission under nbval: slower, and without a sandbox, for comparison."""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coursekit.cli.exercise_runs import CheckResult as Found
from coursekit.cli.exercise_runs import run_checks
from coursekit.cli.output import CommandError
from coursekit.grading.records import CheckResult, Plan, Step, SubmissionResult

#: What is enforced while nbval runs a submission.
ISOLATION = "Isolation: none: under nbval a submission runs as you, with all that you may do."


@dataclass(frozen=True)
class NbvalExaminer:
    """Gives the result of a plan, by running the restored notebook under nbval.

    Parameters
    ----------
    cell_seconds : float
        Seconds that one cell may take.
    """

    cell_seconds: float

    def __call__(self, plan: Plan) -> SubmissionResult:
        """Examine one submission."""
        begun = time.monotonic()
        checks: tuple[CheckResult, ...] = ()
        reason = ""
        try:
            checks = self._checks(plan)
        except CommandError as error:
            reason = str(error)
        return SubmissionResult(
            student=plan.student,
            shown=plan.shown,
            lesson=plan.lesson,
            status="unreadable" if reason else "graded",
            reason=reason,
            checks=checks,
            notes=plan.notes,
            isolation=ISOLATION,
            fingerprint=plan.fingerprint,
            seconds=time.monotonic() - begun,
        )

    def _checks(self, plan: Plan) -> tuple[CheckResult, ...]:
        by_exercise = {step.exercise: step for step in plan.steps if step.kind == "check"}
        with tempfile.TemporaryDirectory(prefix="coursekit-") as folder:
            path = Path(folder, f"{plan.lesson}.ipynb")
            _write(plan, path)
            run = run_checks(path, timeout=self.cell_seconds)
        return tuple(_result(found, by_exercise) for found in run.results)


def _write(plan: Plan, path: Path) -> None:
    import nbformat

    cells = [_cell(step) for step in plan.steps]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)


def _cell(step: Step) -> Any:
    import nbformat

    if step.kind == "student":
        return nbformat.v4.new_code_cell(step.source)
    facts = {"grade": True, "grade_id": step.grade_id, "points": step.points, "solution": False}
    source = f'check("{step.exercise}", {step.answer})'
    return nbformat.v4.new_code_cell(source, metadata={"nbgrader": facts})


def _result(found: Found, by_exercise: dict[str, Step]) -> CheckResult:
    from coursekit.checks import find_exercise

    step = by_exercise.get(found.exercise, Step("check", exercise=found.exercise))
    return CheckResult(
        exercise=found.exercise,
        outcome=found.outcome,  # type: ignore[arg-type]
        points=step.points or found.points,
        earned=found.earned,
        grade_id=step.grade_id,
        message=found.message,
        mistake=found.mistake,
        misunderstanding=found.misunderstanding,
        hints=tuple(find_exercise(found.exercise).hints),
    )
