"""A submission is run cell by cell and checked from outside; whatever it does, the rest counts."""

import dataclasses
import os
import re
import time
from pathlib import Path

import pytest

from coursekit.checks import assess, exercises
from coursekit.grading.examination.examining import examine
from coursekit.grading.examination.launching import start_student, warm_up
from coursekit.grading.examination.remote import Conversation, RemoteAnswer
from coursekit.grading.examination.warm_forks import stop_warm_forks
from tests.grading.hand_made_plans import (
    CHECK_OPTIMISM,
    CHECK_TRIM,
    OPTIMISM,
    SOLUTIONS,
    TRIM,
    check_of,
    examined,
    outcomes,
    settings,
    shown,
    solved_plan,
)

LESSONS = sorted(SOLUTIONS.glob("*.ipynb"))
CHECKS = Path(SOLUTIONS.parent, "coursekit", "checks")

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX system")


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_solution_is_right_and_raises_no_suspicion(path):
    result = examine(solved_plan(path), settings=settings())

    assert set(outcomes(result)) == {"right"}
    assert result.earned == result.points > 0
    assert result.notes == ()
    assert [cell.error for cell in result.cells if cell.error] == []
    assert result.peak_megabytes > 10
    assert result.isolation == settings().isolation.sentence


# What a file of checks imports, made harmless: a learner's process has none of it.
PERMISSIVE_RECORDS = """
import sys, types

class Record:
    def __init__(self, *args, **kwargs):
        self.__dict__ |= dict(zip(("name", "answer", "misunderstanding", "see"), args)) | kwargs

module = types.ModuleType("definitions")
module.Case = module.Exercise = module.Mistake = Record
sys.modules["definitions"] = module
"""


@pytest.mark.parametrize("lesson", ["05_preprocessing", "07_bias_variance", "14_optimizers"])
def test_each_mistake_is_told_as_it_is_in_the_notebook_itself(lesson):
    source = Path(CHECKS, f"lesson_{lesson}.py").read_text()
    source = re.sub(r"from \S*definitions import", "from definitions import", source)
    process = start_student(settings().isolation, memory_megabytes=2048, cpu_seconds=100)
    talk = Conversation(process, lambda kind, detail: None)
    talk.begin(float("inf"), "no limit")
    for cell in (PERMISSIVE_RECORDS, source):
        assert talk.ask({"do": "cell", "source": cell})["error"] == ""
    names = {
        exercise.id: name
        for name, exercise in vars(_module(lesson)).items()
        if exercise in exercises(lesson)
    }

    for exercise in exercises(lesson):
        answers = [f"mistakes[{i}].answer" for i in range(len(exercise.mistakes))]
        for expression in ("reference", *answers):
            reply = talk.ask({"do": "answer", "expression": f"{names[exercise.id]}.{expression}"})
            remote = assess(exercise, RemoteAnswer(talk, reply["object"], reply["name"]))
            here = eval(f"exercise.{expression}", {"exercise": exercise})
            assert remote == assess(exercise, here), (exercise.id, expression)
    talk.end()


def _module(lesson):
    import importlib

    return importlib.import_module(f"coursekit.checks.lesson_{lesson}")


@pytest.mark.parametrize("body", ["raise NotImplementedError", "...", "return None", "return ..."])
def test_a_stub_is_not_attempted(body):
    result = examined(f"def trim(x, share):\n    {body}", CHECK_TRIM)

    assert outcomes(result) == ["not attempted"]
    assert result.earned == 0


def test_a_mistake_is_recognised_and_named():
    swapped = "def ols_optimism(n, p, s):\n    return s**2 * (1 + p / n), s**2 * (1 - p / n)"

    (check,) = examined(swapped, CHECK_OPTIMISM).checks

    assert (check.outcome, check.earned, check.mistake) == ("wrong", 0, "swapped")
    assert "See HT-10" in check.misunderstanding
    assert len(check.hints) >= 2
    assert "expected" in check.message


def test_points_come_from_the_plan():
    result = examined(TRIM, dataclasses.replace(CHECK_TRIM, points=7.0))

    assert (result.points, result.earned) == (7.0, 7.0)


def test_an_error_is_told_with_the_learners_own_line():
    result = examined("def trim(x, share):\n    part = x['a']\n    return part", CHECK_TRIM)

    (check,) = result.checks
    assert check.outcome == "crashed"
    assert "IndexError: only integers" in check.message
    assert "line 2 of your cell: part = x['a']" in check.message


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("raise KeyError('k')", "KeyError: 'k'"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise type('Own', (Exception,), {})('mine')", "Own: mine"),
        ("raise type('Own', (Exception,), {'__str__': lambda s: 1 / 0})()", "Own: "),
        ("return trim(x, share)", "RecursionError: maximum recursion"),
        ("import numpy; numpy.linalg.inv(numpy.zeros((2, 2)))", "LinAlgError: Singular"),
        ("return len()", "TypeError: len() takes exactly one argument"),
    ],
)
def test_any_error_of_the_function_is_a_crash(statement, told):
    result = examined(f"def trim(x, share):\n    {statement}", CHECK_TRIM, OPTIMISM, CHECK_OPTIMISM)

    assert outcomes(result) == ["crashed", "right"]
    assert told in result.checks[0].message


def test_a_function_whose_cell_raised_is_said_to_be_missing_for_that():
    result = examined("1 / 0\ndef trim(x, share):\n    return x", CHECK_TRIM)

    (check,) = result.checks
    assert check.outcome == "crashed"
    assert check.message.startswith("NameError: name 'trim' is not defined")
    assert "Cell 1, which defines it, stopped: ZeroDivisionError" in check.message


def test_an_answer_that_is_no_function_is_a_crash():
    result = examined("trim = 3", CHECK_TRIM)

    assert outcomes(result) == ["crashed"]
    assert "no function but an object of type int" in result.checks[0].message


def test_an_argument_changed_in_place_is_noticed():
    in_place = TRIM.replace("    return np.sort(x)", "    x.sort()\n    return x")

    (check,) = examined(in_place, CHECK_TRIM).checks

    assert check.outcome == "wrong"
    assert "changes its argument number 1 in place" in check.message


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("object()", "an object of type object"),
        ("lambda: 1", "an object of type function"),
        ("np.zeros(20_000_000)", "more than 64 MB"),
        ("[0] * 300_000", "more than 200,000 parts"),
    ],
)
def test_a_value_that_cannot_be_compared_is_said_to_be_so(value, told):
    source = f"import numpy as np\ndef trim(x, share):\n    return {value}"

    (check,) = examined(source, CHECK_TRIM).checks

    assert check.outcome in {"wrong", "crashed"}
    assert told in check.message


def test_a_generator_can_be_returned_where_a_sequence_is_asked_for():
    solved = solved_plan(SOLUTIONS / "01_evaluation_and_leakage.ipynb")
    cells = [step.source for step in solved.steps if step.kind == "student"]
    lazy = "def lazily(*args):\n    yield from paired_ci(*args)"

    result = examined(*cells, lazy, check_of("01_paired_ci", "lazily"))

    assert outcomes(result) == ["right"]


HANGING = "x = 1\nwhile True:\n    pass"
STUBBORN = (
    "while True:\n    try:\n        while True: pass\n    except BaseException:\n        pass"
)


@pytest.mark.parametrize("cell", [HANGING, STUBBORN, "import time\ntime.sleep(1000)"])
def test_a_cell_that_hangs_costs_only_itself(cell):
    result = examined(TRIM, cell, CHECK_TRIM, OPTIMISM, CHECK_OPTIMISM, cell_seconds=1)

    assert outcomes(result) == ["right", "right"]
    assert result.cells[1].error == "TimeLimitError: stopped after 1 seconds"
    assert result.seconds < 8


@pytest.mark.parametrize("loop", [HANGING, STUBBORN])
def test_a_function_that_hangs_costs_only_its_check(loop):
    body = loop.replace("\n", "\n    ")
    result = examined(
        OPTIMISM,
        f"def trim(x, share):\n    {body}",
        CHECK_TRIM,
        CHECK_OPTIMISM,
        cell_seconds=1,
    )

    assert outcomes(result) == ["crashed", "right"]
    assert "TimeLimitError: stopped after 1 seconds" in result.checks[0].message
    assert result.checks[0].message.startswith("trim(")


def test_a_cell_that_ends_its_process_costs_only_itself():
    result = examined(
        TRIM, "import os\nos._exit(3)", CHECK_TRIM, OPTIMISM, CHECK_OPTIMISM, TRIM, CHECK_TRIM
    )

    assert outcomes(result) == ["right", "right", "right"]
    assert "exit status 3" in result.cells[1].error


def test_a_function_that_ends_its_process_costs_only_its_check():
    result = examined(
        "import os\ndef trim(x, share):\n    os.abort()", OPTIMISM, CHECK_TRIM, CHECK_OPTIMISM
    )

    assert outcomes(result) == ["crashed", "right"]
    assert "SIGABRT" in result.checks[0].message


def test_a_cell_that_ends_the_process_only_when_run_again_is_left_out():
    # Only what runs again runs this late: the first process has its hang still before it.
    warm_up()
    born = f"import os, time\nborn = {time.monotonic()}"
    fickle = "if time.monotonic() - born > 5: os._exit(1)"
    result = examined(born, fickle, TRIM, STUBBORN, CHECK_TRIM, cell_seconds=6)

    assert outcomes(result) == ["right"]
    assert result.cells[1].error == "", "it ran well the first time"


def test_memory_beyond_the_limit_costs_only_that_check():
    hog = "import numpy as np\ndef trim(x, share):\n    return [np.ones(10**7) for _ in range(99)]"
    result = examined(hog, OPTIMISM, CHECK_TRIM, CHECK_OPTIMISM, memory_megabytes=500)

    assert outcomes(result) == ["crashed", "right"]
    assert re.search("MemoryError|SIGKILL|unable to allocate", result.checks[0].message)


def test_the_time_of_a_whole_notebook_is_limited():
    sleep = "import time\ntime.sleep(100)"
    result = examined(TRIM, CHECK_TRIM, sleep, CHECK_TRIM, total_seconds=5)

    assert outcomes(result) == ["right", "crashed"]
    assert "5 seconds for the whole notebook" in result.checks[1].message
    assert result.seconds < 50


def test_the_imports_of_the_warm_parent_are_nobodys_time():
    stop_warm_forks()

    result = examined(TRIM, CHECK_TRIM, total_seconds=5)

    assert outcomes(result) == ["right"]
    assert result.seconds < 5


def test_examining_again_gives_the_same():
    draws = (
        "import random, numpy as np, keras\n"
        "random.random(), np.random.rand(), hash('a'), {'b', 'c', 'd'}, "
        "float(keras.random.normal(()))"
    )

    def facts():
        result = examined(draws, TRIM, CHECK_TRIM, "1 / 0")
        checks = [dataclasses.replace(check, seconds=0) for check in result.checks]
        cells = [dataclasses.replace(cell, seconds=0) for cell in result.cells]
        return checks, cells

    first = facts()
    assert "(0.8444" in shown(first[1][0])
    assert facts() == first


def test_an_exercise_that_is_not_there_is_left_to_a_person():
    (check,) = examined("1", check_of("99_no_such")).checks

    assert (check.outcome, check.earned) == ("review", None)
    assert "99_no_such" in check.reasons[0]
