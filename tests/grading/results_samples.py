"""Made-up results of grading, as a class would give them."""

import base64
import io
import random

from coursekit.grading.records import CellResult, CheckResult, SubmissionResult

LESSON = "14_optimizers"
EXERCISES = {
    "14_gradient_descent_path": 2.0,
    "14_warmup_cosine": 3.0,
    "14_plateau": 3.0,
    "14_adam_step": 3.0,
}
MISTAKES = {
    "14_gradient_descent_path": (
        ("no-curvature", "You step by learning_rate * w. See HT-4 in lesson 14."),
        ("uphill", "You add the gradient. It points uphill. See HT-4 in lesson 14."),
        ("one-step-short", "You stop one step early. See HT-4 in lesson 14."),
    ),
    "14_adam_step": (
        ("no-bias-correction", "Moments start at zero and stay too small. See DL-25 in lesson 14."),
        ("epsilon-inside", "You add epsilon under the root. See DL-25 in lesson 14."),
    ),
}
MESSAGE = (
    "gradient_descent_path(0.1, 1.0, 1.0, 5)\n  came back: [1.0, 0.9, 0.81]\n"
    "  expected:  [1.0, 0.9, 0.81, 0.729, 0.6561, 0.59049]\n  difference: shape (3,), not (6,)"
)


def png(width=40, height=30, colour=(1, 115, 178)):
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def check(exercise="14_adam_step", outcome="right", points=3.0, **facts):
    earned = {"right": points, "review": None, "manual": None}.get(outcome, 0.0)
    return CheckResult(
        **{
            "exercise": exercise,
            "outcome": outcome,
            "points": points,
            "earned": earned,
            "grade_id": exercise,
            **facts,
        }
    )


def result(student="Ann Lee", shown=None, lesson=LESSON, checks=None, **facts):
    shown = shown or f"{student}/{lesson}.ipynb"
    checks = (check(),) if checks is None else tuple(checks)
    return SubmissionResult(student, shown, lesson, checks=checks, **facts)


def unreadable(student="Eve", shown=None, reason="it is not valid JSON"):
    return SubmissionResult(
        student, shown or f"{student}/broken.ipynb", status="unreadable", reason=reason
    )


def classroom(n_students, seed=0):
    """Give a class of which some are right, some share mistakes, and a few need a person."""
    rng = random.Random(seed)
    first = ("Ann", "Bob", "Chloé", "Dmitri", "Ewa", "Farid", "Grace", "Hana", "Iván", "Joon")
    last = ("Lee", "Møller", "Okafor", "Petrov", "Quist", "Rossi", "Sato", "Tran", "Ünal", "Vega")
    found = []
    for number in range(n_students):
        student = f"{last[number % 10]}, {first[number // 10 % 10]} {number + 1:03d}"
        if rng.random() < 0.03:
            found.append(unreadable(student))
            continue
        skill = rng.betavariate(2, 1.3)
        checks = [_one_check(rng, name, points, skill) for name, points in EXERCISES.items()]
        seconds = rng.lognormvariate(0.3, 0.7)
        found.append(result(student, checks=checks, cells=CELLS, seconds=seconds))
    return found


def _one_check(rng, name, points, skill):
    if rng.random() < 0.015:
        reasons = ("it replaced numpy.testing.assert_allclose",)
        return check(name, "review", points, reasons=reasons, found="right")
    if rng.random() < skill:
        return check(name, "right", points, message="All 5 cases agree with the reference.")
    kind = rng.choices(("wrong", "crashed", "not attempted"), (6, 1, 2))[0]
    facts = {"message": MESSAGE, "hints": ("Begin with the start.", "Append the weight.")}
    if kind == "not attempted":
        facts["message"] = "Not attempted yet."
    elif kind == "crashed":
        facts["message"] = "path(0.1, 1.0, 1.0, 5)\n  TypeError: 'NoneType' object is not iterable"
    elif name in MISTAKES and rng.random() < 0.8:
        weights = range(len(MISTAKES[name]), 0, -1)
        facts["mistake"], facts["misunderstanding"] = rng.choices(MISTAKES[name], weights)[0]
    return check(name, kind, points, **facts)


CELLS = (
    CellResult(2, "import numpy as np\n\nfrom coursekit import check"),
    CellResult(
        4,
        "def gradient_descent_path(learning_rate, curvature, start, n_steps):\n"
        "    path = [start]\n    for _ in range(n_steps - 1):\n"
        "        path.append(path[-1] - learning_rate * curvature * path[-1])\n    return path",
        ({"text": "[8.0, 4.0, 2.0]\n"}, {"png": png(240, 120)}),
        seconds=0.02,
    ),
    CellResult(7, "1 / 0", error="ZeroDivisionError: division by zero"),
)
