"""``check`` runs an exercise under nbval and tells what each check says."""

import json

import pytest

from coursekit import course as course_module

# No lesson has this name: a notebook that a lesson ships is compared with the shipped one.
FILE = "exercises/90_practice.ipynb"
SHOW = """
from IPython.display import display
record = {{
    "schema": 1, "exercise": "{exercise}", "outcome": "{outcome}", "points": 3,
    "earned": 3 if "{outcome}" == "right" else 0, "message": "{message}",
    "mistake": {mistake!r}, "misunderstanding": "", "lesson": "14_optimizers",
}}
display({{"application/vnd.coursekit.outcome+json": record, "text/plain": "x"}}, raw=True)
if record["outcome"] != "right":
    raise AssertionError("not right")
"""


def _check(exercise, outcome, message="", mistake=None):
    source = SHOW.format(exercise=exercise, outcome=outcome, message=message, mistake=mistake)
    return (exercise, source)


def test_all_right_gives_status_0(coursekit, course):
    path = course.write_exercise(FILE, (None, "x = 1"), _check("14_adam_step", "right", "Agreed."))
    result = coursekit("check", path)
    assert (result.exit_status, result.err) == (0, "")
    assert result.out.splitlines() == [
        "exercise      points  outcome  message",
        "14_adam_step  3/3     right    Agreed.",
        "1 of 1 right, 3 of 3 points",
    ]


@pytest.mark.parametrize("key", ["2", "02_regression_losses", "regression_losses"])
def test_a_lesson_stands_for_its_exercise(coursekit, course, key):
    path = course.write_exercise(
        "exercises/02_regression_losses.ipynb", _check("02_huber", "right")
    )
    document = coursekit("check", key, "--json").json
    assert document["notebook"] == str(path)
    assert document["exercises"][0]["outcome"] == "right"


def test_a_lesson_without_an_exercise_is_a_wrong_call(coursekit):
    result = coursekit("check", "0")
    assert (result.exit_status, result.out) == (2, "")
    assert result.err == "coursekit: lesson 00_start_here has no exercise\n"


def test_json_tells_each_outcome_apart(coursekit, course):
    path = course.write_exercise(
        FILE,
        (None, "undefined_name"),
        _check("14_right", "right"),
        _check("14_wrong", "wrong", "came back: 2", "no-bias-correction"),
        _check("14_later", "not attempted", "Write the function."),
        ("14_crashed", "another_undefined_name"),
        ("14_no_check", "pass"),
    )
    before = path.read_bytes()
    result = coursekit("check", path, "--json")
    assert result.exit_status == 1
    document = result.json
    assert document["all_right"] is False
    assert (document["earned"], document["points"]) == (3, 15)
    found = {each["exercise"]: each for each in document["exercises"]}
    assert {name: each["outcome"] for name, each in found.items()} == {
        "14_right": "right",
        "14_wrong": "wrong",
        "14_later": "not attempted",
        "14_crashed": "crashed",
        "14_no_check": "crashed",
    }
    assert found["14_wrong"]["mistake"] == "no-bias-correction"
    assert found["14_crashed"]["message"] == (
        "NameError: name 'another_undefined_name' is not defined"
    )
    assert 'check("14_no_check", ...)' in found["14_no_check"]["message"]
    assert document["errors"] == [
        {"cell": 1, "error": "NameError: name 'undefined_name' is not defined"}
    ]
    assert path.read_bytes() == before


def test_a_dead_kernel_ends_the_run_at_once_and_is_told(coursekit, course):
    path = course.write_exercise(
        FILE,
        _check("14_before", "right"),
        ("14_killer", "import os; os._exit(1)"),
        _check("14_after", "right"),
    )
    result = coursekit("check", path, "--json")
    before, killer, after = result.json["exercises"]
    assert result.exit_status == 1
    assert before["outcome"] == "right"
    assert (killer["outcome"], killer["message"]) == (
        "crashed",
        "the kernel died",
    )
    assert (after["outcome"], after["earned"]) == ("crashed", 0)


def test_an_endless_loop_meets_the_time_limit_and_the_rest_still_runs(coursekit, course):
    path = course.write_exercise(
        FILE,
        ("14_endless", "while True: pass"),
        _check("14_after", "right"),
    )
    endless, after = coursekit("check", path, "--json", "--timeout", "2").json["exercises"]
    assert endless["outcome"] == "crashed"
    assert "Timeout of 2 seconds exceeded" in endless["message"]
    assert after["outcome"] == "right"


def test_a_right_record_in_a_failing_cell_earns_nothing(coursekit, course):
    exercise, source = _check("14_adam_step", "right")
    path = course.write_exercise(FILE, (exercise, source + "\nraise ValueError('later')"))
    (found,) = coursekit("check", path, "--json").json["exercises"]
    assert (found["outcome"], found["earned"]) == ("crashed", 0)
    assert found["message"] == "ValueError: later"


def test_the_learners_pytest_configuration_does_not_interfere(coursekit, course):
    path = course.write_exercise(FILE, _check("14_adam_step", "right"))
    (course.root / "conftest.py").write_text("raise RuntimeError('loaded')")
    (path.parent / "conftest.py").write_text("raise RuntimeError('loaded')")
    (course.root / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    environment = {"PYTEST_ADDOPTS": "--no-such-option", "PYTEST_PLUGINS": "no_such_plugin"}
    result = coursekit("check", path, cwd=course.root, env=environment)
    assert (result.exit_status, result.err) == (0, "")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("missing.ipynb", None, "there is no file"),
        ("text.ipynb", "hello", "is not a notebook"),
        ("list.ipynb", "[]", "is not a notebook"),
        ("script.py", "x = 1", "its name must end in .ipynb"),
        (
            "plain.ipynb",
            json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}),
            "has no checks",
        ),
    ],
)
def test_what_cannot_be_checked_is_a_wrong_call(coursekit, tmp_path, name, content, reason):
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    result = coursekit("check", path, "--json")
    assert (result.exit_status, result.out) == (2, "")
    assert reason in result.err
    assert len(result.err.splitlines()) == 1


def test_a_check_that_was_deleted_is_missed(coursekit, course):
    shipped = course_module.shipped_course() / "exercises" / "14_optimizers.ipynb"
    book = json.loads(shipped.read_text())
    graded = [c for c in book["cells"] if c["metadata"].get("nbgrader", {}).get("grade")]
    gone, kept = graded[0], graded[1:]
    book["cells"] = [cell for cell in book["cells"] if cell["cell_type"] == "code"][:1] + kept
    path = course.root / "exercises" / shipped.name
    path.write_text(json.dumps(book))

    found = {
        each["exercise"]: each for each in coursekit("check", path, "--json").json["exercises"]
    }

    missed = found[gone["metadata"]["nbgrader"]["grade_id"]]
    assert missed["outcome"] == "not attempted"
    assert "no longer in this notebook" in missed["message"]
    assert {found[c["metadata"]["nbgrader"]["grade_id"]]["outcome"] for c in kept} == {"crashed"}
