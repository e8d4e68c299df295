"""Writes grades as Gradescope reads them: ``gradescope/<learner>/<lesson>.json``.

Each file is what Gradescope expects as ``/autograder/results/results.json`` (its "Autograder
specifications"). A ``run_autograder`` runs ``coursekit grade`` on ``/autograder/submission`` and
copies the one file that comes out to that place.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..legible import legible
from ..records import CheckResult
from .grades import Grade, label
from .output_folder import write_whole
from .pages import feedback_paths
from .summaries import check_lines, head_lines

_FOLDER = "gradescope"


def write_gradescope(output: Path, grades: Sequence[Grade]) -> tuple[Path, ...]:
    """Write one file a submission.

    Parameters
    ----------
    output : Path
        Folder that results go into.
    grades : sequence of Grade

    Returns
    -------
    tuple of Path

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    paths = []
    for grade, place in zip(grades, feedback_paths(grades), strict=True):
        path = output / _FOLDER / Path(*place.parts[1:]).with_suffix(".json")
        text = json.dumps(gradescope_record(grade), indent=1, ensure_ascii=False)
        paths.append(write_whole(path, text + "\n"))
    return tuple(paths)


def gradescope_record(grade: Grade) -> dict[str, Any]:
    """Give one submission as Gradescope reads it.

    A check that is not decided has no score, and a submission that could not be read has none at
    all, so that Gradescope shows it as failed and not as graded with 0.

    Parameters
    ----------
    grade : Grade

    Returns
    -------
    dict
    """
    record: dict[str, Any] = {
        "output": legible("\n".join(head_lines(grade))),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "tests": [_test(grade, check) for check in grade.result.checks],
    }
    if grade.result.status == "graded" or grade.is_final:
        record["score"] = round(grade.total + grade.adjustment, 6)
        record["execution_time"] = round(grade.result.seconds, 3)
    return record


def _test(grade: Grade, check: CheckResult) -> dict[str, Any]:
    earned = grade.earned(check)
    test: dict[str, Any] = {
        "name": legible(label(check)),
        "max_score": check.points,
        "output": legible("\n".join(check_lines(grade, check))),
        "visibility": "visible",
    }
    if earned is not None:
        test |= {"score": earned, "status": "passed" if earned >= check.points else "failed"}
    return test
