"""``release`` derives exercises from solutions and tells where they differ."""

import json

import nbformat
import pytest
from typer.testing import CliRunner

from coursekit.cli import app

SOLUTION = """def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
"""


@pytest.fixture
def release(course, monkeypatch):
    """Run the command in this process: nbgrader takes seconds to import."""
    monkeypatch.setenv("COURSEKIT_COURSE", str(course.root))
    return lambda *arguments: CliRunner().invoke(app, ["release", *arguments])


def _state(result):
    return json.loads(result.stdout)["exercises"][0]["state"]


def _write_solution(course):
    cell = nbformat.v4.new_code_cell(SOLUTION, id="stub")
    cell.metadata["nbgrader"] = {
        "schema_version": 3,
        "grade_id": "14_double",
        "grade": False,
        "solution": True,
        "locked": False,
        "task": False,
    }
    path = course.root / "solutions" / "14_optimizers.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)


def test_the_exercise_is_written_without_its_solution(release, course):
    _write_solution(course)
    result = release("--json")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout) == {
        "exercises": [{"lesson": "14_optimizers", "state": "written"}],
        "relinked": [],
    }
    text = (course.root / "exercises" / "14_optimizers.ipynb").read_text()
    assert "NotImplementedError" in text
    assert "2 * x" not in text


def test_check_tells_what_differs_and_writes_nothing(release, course):
    _write_solution(course)
    exercise = course.root / "exercises" / "14_optimizers.ipynb"
    missing = release("--check", "--json")
    assert (missing.exit_code, _state(missing)) == (1, "missing")
    assert not exercise.exists()

    release("14")
    assert release("--check").exit_code == 0

    exercise.write_text(exercise.read_text().replace("14_double", "14_triple"))
    differs = release("14", "--check", "--json")
    assert (differs.exit_code, _state(differs)) == (1, "differs")
    assert "run `coursekit release`" in differs.stderr
    assert "14_triple" in exercise.read_text()


def test_links_between_lessons_are_refreshed_too(release, course):
    _write_solution(course)
    lesson = course.root / "notebooks" / "14_optimizers.ipynb"
    book = nbformat.read(lesson, as_version=4)
    book.cells.append(nbformat.v4.new_markdown_cell("?", metadata={"tags": ["navigation"]}))
    nbformat.write(book, lesson)
    release("14")
    assert "00_start_here.ipynb" in lesson.read_text()

    lesson.write_text(lesson.read_text().replace("Start", "Stop"))
    stale = release("--check", "--json")
    assert (stale.exit_code, json.loads(stale.stdout)["relinked"]) == (1, ["14_optimizers"])
    assert "Stop" in lesson.read_text()


def test_without_solutions_there_is_nothing_to_release(release):
    result = release()
    assert result.exit_code == 2
    assert "no solutions" in result.stderr


def test_a_lesson_without_a_solution_is_named(release):
    result = release("2")
    assert result.exit_code == 1
    assert "02_regression_losses" in result.stderr
