"""Plans of submissions, written by hand: what the tests of running and fairness examine."""

import json
import re
from pathlib import Path

from coursekit.grading.examination.examining import Settings, examine
from coursekit.grading.records import Plan, Step
from coursekit.grading.sandbox import probe

SOLUTIONS = Path(__file__).parents[2] / "solutions"
CHECK = re.compile(r'check\("([^"]+)", (\w+)\)')

TRIM = """
import numpy as np

def trim(x, share):
    k = int(share * len(x))
    return np.sort(x)[k : len(x) - k]
"""
OPTIMISM = """
def ols_optimism(n, p, sigma):
    return sigma**2 * (1 - p / n), sigma**2 * (1 + p / n)
"""


def check_of(exercise, answer=None, points=0.0):
    return Step(
        "check",
        grade_id=exercise,
        exercise=exercise,
        answer=answer or exercise.split("_", 1)[1],
        points=points,
    )


CHECK_TRIM, CHECK_OPTIMISM = check_of("06_trim"), check_of("07_ols_optimism")


def plan_of(*steps, student="ada"):
    """Give a plan of cells, as texts, and of checks."""
    numbered = [
        Step("student", step, number) if isinstance(step, str) else step
        for number, step in enumerate(steps, start=1)
    ]
    return Plan(student, f"{student}.ipynb", "06_outliers", tuple(numbered))


def solved_plan(path):
    """Give the plan of a solutions notebook."""
    steps = []
    for number, cell in enumerate(json.loads(path.read_text())["cells"], start=1):
        source = "".join(cell["source"])
        found = CHECK.fullmatch(source.strip())
        if cell["cell_type"] != "code":
            continue
        if found:
            points = cell["metadata"]["nbgrader"]["points"]
            steps.append(check_of(found[1], found[2], points))
        else:
            steps.append(Step("student", source, number))
    return Plan("solved", path.name, path.stem, tuple(steps))


_isolation = None


def settings(**changes):
    """Give settings with all the isolation that this machine offers."""
    global _isolation
    if _isolation is None:
        _isolation = probe()
    return Settings(**{"cell_seconds": 20, "isolation": _isolation, **changes})


def examined(*steps, **changes):
    """Examine cells and checks."""
    return examine(plan_of(*steps), settings=settings(**changes))


def outcomes(result):
    return [check.outcome for check in result.checks]


def reasons(result):
    return " ".join(reason for check in result.checks for reason in check.reasons)


def shown(cell):
    return "".join(output.get("text", "<png>") for output in cell.outputs)
