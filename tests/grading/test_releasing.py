"""Exercises are derived from solutions by nbgrader, and say what is wrong with a solution."""

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from coursekit.course import find_lesson
from coursekit.grading import ReleaseError, release, released_text, write_release

ANSWER = '''def double(x):
    """Return twice x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION'''


def cell(source, grade_id, **flags):
    mark = {"schema_version": 3, "grade_id": grade_id, "task": False, "locked": False}
    metadata = {"nbgrader": mark | {"grade": False, "solution": False} | flags}
    return new_code_cell(source, metadata=metadata, id=grade_id.replace("_", "-"))


def solution_notebook(answer=ANSWER):
    answer_cell = cell(answer, "02_double-answer", solution=True)
    answer_cell.outputs = [new_output("stream", text="left over")]
    check_cell = cell('check("02_double", double)', "02_double", grade=True, points=2, locked=True)
    return new_notebook(cells=[new_markdown_cell("# Task", id="task"), answer_cell, check_cell])


@pytest.fixture
def course(tmp_path, monkeypatch):
    for folder in ("notebooks", "solutions", "exercises"):
        (tmp_path / folder).mkdir()
    nbformat.write(new_notebook(), tmp_path / "notebooks" / "02_losses.ipynb")
    nbformat.write(solution_notebook(), tmp_path / "solutions" / "02_losses.ipynb")
    monkeypatch.setenv("COURSEKIT_COURSE", str(tmp_path))
    return tmp_path


def test_the_solution_becomes_a_stub_and_the_rest_stays(course):
    exercise = release(course / "solutions" / "02_losses.ipynb")

    stub, check = exercise.cells[1:]
    assert stub.source.startswith('def double(x):\n    """Return twice x."""')
    assert "raise NotImplementedError()" in stub.source
    assert "2 * x" not in stub.source
    assert stub.outputs == []
    assert check.source == 'check("02_double", double)'
    assert check.metadata.nbgrader.points == 2
    assert check.metadata.deletable is False
    assert len(check.metadata.nbgrader.checksum) == 32


def test_the_same_solution_gives_the_same_file(course):
    path = course / "solutions" / "02_losses.ipynb"

    assert released_text(path) == released_text(path)


def test_the_exercise_is_written_where_exercises_are(course):
    target = write_release(find_lesson("02_losses"))

    assert target == course / "exercises" / "02_losses.ipynb"
    assert "2 * x" not in target.read_text()


def test_a_solution_without_an_end_is_refused_with_its_name(course):
    path = course / "solutions" / "02_losses.ipynb"
    nbformat.write(solution_notebook(ANSWER.replace("### END SOLUTION", "")), path)

    with pytest.raises(ReleaseError, match=r"02_losses\.ipynb: ClearSolutions refuses it"):
        release(path)


@pytest.mark.parametrize("text", ["", "{", json.dumps({"cells": 3})])
def test_a_file_that_is_no_notebook_is_named(course, text):
    path = course / "solutions" / "02_losses.ipynb"
    path.write_text(text)

    with pytest.raises(ReleaseError, match=r"02_losses\.ipynb: cannot be read"):
        release(path)


def test_a_lesson_without_a_solution_is_told(course):
    (course / "solutions" / "02_losses.ipynb").unlink()

    with pytest.raises(ReleaseError, match="no notebook in solutions/"):
        write_release(find_lesson("02_losses"))
