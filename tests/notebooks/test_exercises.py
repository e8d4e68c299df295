"""Exercises are derived from solutions; untouched they are never right, solved they are."""

import json

import pytest

from coursekit.checks import assess, exercises, find_exercise
from coursekit.grading import released_text

from .reading import LESSONS, ROOT, SOLUTIONS, code_cells, notebook, source

EXERCISES = ROOT / "exercises"


def checks_of(path):
    cells = code_cells(path)
    return [c for c in cells if c["metadata"].get("nbgrader", {}).get("grade")]


def test_every_lesson_has_a_solution_and_every_solution_an_exercise():
    assert [path.stem for path in SOLUTIONS] == [path.stem for path in LESSONS]
    assert {path.name for path in EXERCISES.glob("*.ipynb")} == {path.name for path in SOLUTIONS}


@pytest.mark.parametrize("solution", SOLUTIONS, ids=lambda path: path.stem)
def test_the_exercise_is_what_release_derives(solution):
    stored = (EXERCISES / solution.name).read_text(encoding="utf-8")

    assert stored == released_text(solution), "run: coursekit release"


@pytest.mark.parametrize("solution", SOLUTIONS, ids=lambda path: path.stem)
def test_every_check_cell_is_one_call_worth_the_points_that_its_exercise_declares(solution):
    for cell in checks_of(solution):
        mark = cell["metadata"]["nbgrader"]
        exercise = find_exercise(mark["grade_id"])
        function = exercise.id.partition("_")[2]
        assert source(cell) == f'check("{exercise.id}", {function})'
        assert mark["points"] == exercise.points
        assert mark["locked"]
        assert mark["schema_version"] == 3

    checked = {cell["metadata"]["nbgrader"]["grade_id"] for cell in checks_of(solution)}
    assert checked == {exercise.id for exercise in exercises(solution.stem)}


@pytest.mark.parametrize("solution", SOLUTIONS, ids=lambda path: path.stem)
def test_no_solution_reaches_the_learner_and_nothing_is_stored(solution):
    text = json.dumps(notebook(EXERCISES / solution.name))

    assert "BEGIN SOLUTION" not in text
    assert "raise NotImplementedError()" in text
    for path in (solution, EXERCISES / solution.name):
        assert not any(cell["outputs"] for cell in code_cells(path))


@pytest.mark.parametrize("solution", SOLUTIONS, ids=lambda path: path.stem)
def test_an_untouched_exercise_is_not_attempted(solution):
    namespace = {}
    for cell in code_cells(EXERCISES / solution.name):
        if not cell["metadata"].get("nbgrader", {}).get("grade"):
            exec(source(cell), namespace)

    for exercise in exercises(solution.stem):
        answer = namespace[exercise.id.partition("_")[2]]
        assert assess(exercise, answer).outcome == "not attempted"
