"""The course's exercises are nbgrader's: it makes them, validates them, and grades them alike."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from coursekit.checks.outcomes import OUTCOME_MIME_TYPE
from coursekit.course import lessons
from coursekit.grading import released_text

from .submissions import LESSON, grade_id, notebook, solutions, solved, write

pytest.importorskip("nbgrader", reason="nbgrader comes with the extra 'teach'")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Object of type:sqlalchemy.exc.SAWarning"),  # nbgrader's own
]

ASSIGNMENT = "exercises"
NO_CORRECTION = """def adam_step(
    weights, gradient, first, second, step,
    learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8,
):
    first = beta_1 * first + (1 - beta_1) * gradient
    second = beta_2 * second + (1 - beta_2) * gradient**2
    return weights - learning_rate * first / (np.sqrt(second) + epsilon), first, second
"""
# One mistake, one answer not attempted, the others right.
HALF_RIGHT = {name: code for name, code in solutions().items() if name != "14_plateau"} | {
    "14_adam_step": NO_CORRECTION
}
SUBMISSIONS = {"ada": solved(), "ben": notebook(answers=HALF_RIGHT)}
POINTS = {
    "14_gradient_descent_path": 2,
    "14_warmup_cosine": 3,
    "14_plateau": 3,
    "14_adam_step": 3,
}


class NbgraderCourse:
    """A course folder as a teacher has it who uses nbgrader."""

    def __init__(self, root):
        from nbgrader.apps import NbGraderAPI
        from traitlets.config import Config

        self.root = root
        config = Config()
        config.CourseDirectory.root = str(root)
        config.CourseDirectory.db_url = f"sqlite:///{root / 'gradebook.db'}"
        # Beside TensorFlow on a busy machine, a cell may wait longer than nbgrader's 30 s.
        config.Execute.timeout = 120
        self.api = NbGraderAPI(config=config)

    def generate(self):
        self._do(self.api.generate_assignment, ASSIGNMENT)

    def autograde(self, student):
        self._do(self.api.autograde, ASSIGNMENT, student)

    def _do(self, command, *arguments):
        done = command(*arguments)
        assert done["success"], done.get("error") or done["log"]

    def released(self):
        return sorted((self.root / "release" / ASSIGNMENT).glob("*.ipynb"))

    def hand_in(self, student, submission):
        write(submission, self.root / "submitted" / student / ASSIGNMENT / f"{LESSON}.ipynb")

    def points(self, student):
        """Give what nbgrader's database holds: points by grade_id."""
        with self.api.gradebook as gradebook:
            graded = gradebook.find_submission_notebook(LESSON, ASSIGNMENT, student)
            return {grade.name: grade.score for grade in graded.grades}

    def outcomes(self, student):
        """Give what the checks said while nbgrader ran them: points and outcome by exercise."""
        path = self.root / "autograded" / student / ASSIGNMENT / f"{LESSON}.ipynb"
        records = [
            output.data[OUTCOME_MIME_TYPE]
            for cell in nbformat.read(path, as_version=4).cells
            for output in cell.get("outputs", ())
            if OUTCOME_MIME_TYPE in output.get("data", {})
        ]
        return {record["exercise"]: (record["earned"], record["outcome"]) for record in records}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Give a course whose exercises nbgrader has made, and graded for two students."""
    with pytest.MonkeyPatch.context() as patch:
        # nbgrader starts a program that lies beside Python, and finds it by PATH alone.
        here = Path(sys.executable).parent
        patch.setenv("PATH", f"{here}{os.pathsep}{os.environ.get('PATH', '')}")
        course = NbgraderCourse(tmp_path_factory.mktemp("nbgrader"))
        source = course.root / "source" / ASSIGNMENT
        source.mkdir(parents=True)
        for lesson in lessons():
            if lesson.solution:
                shutil.copy(lesson.solution, source)
        course.generate()
        for student, submission in SUBMISSIONS.items():
            course.hand_in(student, submission)
            course.autograde(student)
        yield course


def test_nbgrader_makes_the_exercises_that_we_release(course):
    by_nbgrader = {path.name: json.loads(path.read_text("utf-8")) for path in course.released()}

    ours = {
        lesson.solution.name: json.loads(released_text(lesson.solution))
        for lesson in lessons()
        if lesson.solution
    }
    assert by_nbgrader == ours
    assert by_nbgrader.keys() >= {f"{LESSON}.ipynb"}


def test_nbgrader_finds_no_fault_with_a_solved_exercise(tmp_path):
    assert validate(write(solved(), tmp_path / f"{LESSON}.ipynb")) == {}


def test_nbgrader_finds_each_exercise_that_is_not_solved(tmp_path):
    found = validate(write(notebook(), tmp_path / f"{LESSON}.ipynb"))

    assert found.keys() == {"failed"}
    checks = [f'check("{name}"' for name in POINTS]
    assert len(found["failed"]) == len(checks)
    for cell, check in zip(found["failed"], checks, strict=True):
        assert cell["source"].startswith(check)
        assert "not attempted (0 of" in cell["raw_error"]


def test_nbgrader_notices_a_check_that_was_edited(tmp_path):
    submission = solved()
    check = next(cell for cell in submission["cells"] if grade_id(cell) == "14_plateau")
    check["source"] = "pass"

    found = validate(write(submission, tmp_path / f"{LESSON}.ipynb"))

    assert found == {"changed": [{"source": "pass"}]}


def test_nbgrader_gives_all_points_to_right_answers(course):
    assert course.points("ada") == POINTS


def test_nbgrader_takes_the_points_of_exactly_the_answers_that_are_not_right(course):
    assert course.points("ben") == POINTS | {"14_plateau": 0, "14_adam_step": 0}
    assert course.outcomes("ben") == {
        "14_gradient_descent_path": (2, "right"),
        "14_warmup_cosine": (3, "right"),
        "14_plateau": (0, "not attempted"),
        "14_adam_step": (0, "wrong"),
    }


@pytest.mark.parametrize("student", SUBMISSIONS)
def test_nbgrader_gives_the_points_that_the_checks_give(course, student):
    said = {exercise: earned for exercise, (earned, _) in course.outcomes(student).items()}

    assert course.points(student) == said


@pytest.fixture(scope="module")
def results(course):
    """Grade nbgrader's own folder of submissions by our command."""
    output = course.root / "grades"
    submitted = course.root / "submitted"
    command = ["grade", submitted, "--output", output, "--jobs", "1", "--total-seconds", "600"]
    process = subprocess.run(
        [sys.executable, "-m", "coursekit", *map(str, command)],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=300,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return json.loads((output / "results.json").read_text(encoding="utf-8"))["submissions"]


@pytest.mark.parametrize("student", SUBMISSIONS)
def test_nbgrader_and_we_give_the_same_points(course, results, student):
    (ours,) = [result for result in results if result["student"] == student]

    assert ours["lesson"] == LESSON
    earned = {check["grade_id"]: check["earned"] for check in ours["checks"]}
    assert earned == course.points(student)


def validate(path):
    """Give the faults that nbgrader's Validate button names, by kind."""
    from nbgrader.validator import Validator
    from traitlets.config import Config

    return Validator(config=Config(Execute={"timeout": 120})).validate(str(path))
