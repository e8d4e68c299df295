"""A submission is run cell by cell and checked from outside; whatever it does, the rest counts."""

import dataclasses
import os
import re
import threading
from pathlib import Path

import psutil
import pytest

from coursekit.checks import assess, exercises
from coursekit.grading import warm_forks
from coursekit.grading.examining import examine
from coursekit.grading.launching import start_student
from coursekit.grading.remote import Conversation, RemoteAnswer
from tests.grading.hand_made_plans import (
    CHECK_OPTIMISM,
    CHECK_TRIM,
    OPTIMISM,
    SOLUTIONS,
    TRIM,
    check_of,
    examined,
    outcomes,
    plan_of,
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


def test_what_a_cell_put_out_before_it_was_stopped_is_kept():
    (cell,) = examined("print('so far')\nimport time\ntime.sleep(100)", cell_seconds=1).cells

    assert shown(cell) == "so far\n"


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
    # The second process has the first one's hang behind it, and finds this file in nobody's way.
    fickle = "import os, time\nif time.monotonic() - born > 1.5: os._exit(1)"
    born = "import time\nborn = {}"
    result = examined(
        born.format(__import__("time").monotonic()),
        fickle,
        TRIM,
        STUBBORN,
        CHECK_TRIM,
        cell_seconds=1,
    )

    assert outcomes(result) == ["right"]


def test_memory_beyond_the_limit_costs_only_that_check():
    hog = "import numpy as np\ndef trim(x, share):\n    return [np.ones(10**7) for _ in range(99)]"
    result = examined(hog, OPTIMISM, CHECK_TRIM, CHECK_OPTIMISM, memory_megabytes=500)

    assert outcomes(result) == ["crashed", "right"]
    assert re.search("MemoryError|SIGKILL|unable to allocate", result.checks[0].message)


def test_the_time_of_a_whole_notebook_is_limited():
    sleeps = ["import time\ntime.sleep(0.8)"] * 4
    result = examined(TRIM, CHECK_TRIM, *sleeps, CHECK_TRIM, total_seconds=2)

    assert outcomes(result) == ["right", "crashed"]
    assert "2 seconds for the whole notebook" in result.checks[1].message
    assert result.seconds < 5


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("1 + 1", "2"),
        ("print('a')\nimport sys\nprint('b', file=sys.stderr)", "a\nb"),
        ("import asyncio\nawait asyncio.sleep(0)\n'awaited'", "'awaited'"),
        ("%time sum(range(3))", "3"),
        ("%%time\nprint('timed')", "timed"),
        ("import warnings\nwarnings.warn('careful')", "UserWarning: careful"),
        ("import pandas as pd\npd.DataFrame({'size': [7]})", "   size\n0     7"),
        ("%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1])", "<png>"),
        ("from IPython.display import display, HTML\ndisplay(HTML('<b>x</b>'))", "HTML object"),
        ("!echo hello", "hello"),
        ("from coursekit import check\ncheck('06_trim', len)", "graded after"),
        ("from coursekit.checks import CheckFailed, check\nCheckFailed.__name__", "CheckFailed"),
        ("_ = 3; 4;", ""),
        ("5\n", "5"),
        ("import coursekit\nfrom coursekit.data import Split\nSplit.__name__", "'Split'"),
        ("exit()", ""),
    ],
)
def test_a_cell_runs_as_in_a_notebook(source, text):
    result = examined(source, TRIM, CHECK_TRIM)

    assert result.cells[0].error == ""
    assert text in shown(result.cells[0])
    assert outcomes(result) == ["right"]


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("x = 1\nx / 0", "ZeroDivisionError: division by zero (line 2)"),
        ("def f(:", "SyntaxError: invalid syntax (line 1)"),
        ("input()", "StdinNotImplementedError"),
        ("import getpass; getpass.getpass()", "StdinNotImplementedError"),
        ("import sys; sys.exit(2)", "SystemExit: 2"),
        ("%no_such_magic", "UsageError"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    ],
)
def test_an_error_of_a_cell_is_told_and_the_next_cells_run(source, error):
    result = examined(source, TRIM, CHECK_TRIM)

    assert result.cells[0].error.startswith(error) or error == "UsageError"
    assert outcomes(result) == ["right"]


def test_outputs_are_cut_where_they_are_too_long():
    flood = "for _ in range(200_000): print('x' * 50)"
    draw = "plt.subplots(figsize=(1, 1))[1].plot([1])"
    figures = f"import matplotlib.pyplot as plt\nfor _ in range(25): {draw}"
    many = "from IPython.display import display\nfor _ in range(3000): display(1)"
    result = examined(flood, figures, many, "print('\\x1b[31m\\x00red\\ud800')")

    sizes = [len(shown(cell)) for cell in result.cells]
    assert sizes[0] < 70_000
    assert "too long" in shown(result.cells[0])
    assert sum("png" in output for output in result.cells[1].outputs) == 20
    assert "left out" in shown(result.cells[1])
    assert len(result.cells[2].outputs) <= 200
    assert shown(result.cells[3]).startswith("�red�")


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


def test_a_process_started_anew_gives_the_same():
    plan = plan_of(TRIM, "print('out')", CHECK_TRIM, "import os\nos._exit(1)", CHECK_TRIM)

    forked, fresh = (examine(plan, settings=settings(fresh=fresh)) for fresh in (False, True))

    assert outcomes(fresh) == outcomes(forked) == ["right", "right"]
    assert [cell.error for cell in fresh.cells] == [cell.error for cell in forked.cells]


def test_a_process_started_anew_is_stopped_when_it_hangs():
    result = examined(HANGING, STUBBORN, TRIM, CHECK_TRIM, cell_seconds=1, fresh=True)

    assert outcomes(result) == ["right"]
    assert [cell.error[:14] for cell in result.cells[:2]] == ["TimeLimitError"] * 2


def test_a_warm_parent_that_died_is_replaced():
    examined(TRIM, CHECK_TRIM)
    psutil.Process(warm_forks.warm_forks().pid).kill()

    assert outcomes(examined(TRIM, CHECK_TRIM)) == ["right"]


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    examined(TRIM)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    parent = psutil.Process(warm_forks.warm_forks().pid)
    own = psutil.Process()
    messy = (
        "import os, subprocess, sys\n"
        "os.makedirs('a/b'); open('a/b/c', 'w').close()\n"
        "for i in range(1500):\n    os.mkdir('deep'); os.chdir('deep')\n"
        "os.chdir(os.environ['HOME']); os.chmod('a/b', 0); os.chmod('a', 0)\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(100)'],"
        " start_new_session=True)"
    )

    def open_files():
        return parent.num_fds(), own.num_fds(), threading.active_count()

    before = open_files()
    for _ in range(3):
        assert examined(messy).cells[0].error == ""

    assert open_files() == before
    assert parent.children(recursive=True) == []
    assert list(tmp_path.iterdir()) == []


def test_the_teachers_environment_and_home_are_not_the_learners(monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "hush")
    warm_forks.stop_warm_forks()

    look = "import os\nos.environ.get('SECRET_TOKEN'), os.path.expanduser('~') == os.getcwd()"
    (cell,) = examined(look).cells

    assert shown(cell).strip() == "(None, True)"


def test_an_exercise_that_is_not_there_is_left_to_a_person():
    (check,) = examined("1", check_of("99_no_such")).checks

    assert (check.outcome, check.earned) == ("review", None)
    assert "99_no_such" in check.reasons[0]
