"""A learner's cells run as in a notebook, and what they put out is kept within bounds."""

import os

import pytest

from coursekit.grading.examination.cell_outputs import checked_outputs, clean_text
from tests.grading.hand_made_plans import CHECK_TRIM, TRIM, examined, outcomes, shown

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX system")


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


def test_what_a_cell_put_out_before_it_was_stopped_is_kept():
    (cell,) = examined("print('so far')\nimport time\ntime.sleep(100)", cell_seconds=1).cells

    assert shown(cell) == "so far\n"


PNG = "iVBORw0KGgo="


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (None, ()),
        ("text", ()),
        ([1, None, {}, {"html": "<b>"}, {"text": 3}], ()),
        ([{"text": "a\x00b", "html": "<b>"}], ({"text": "a\ufffdb"},)),
        ([{"png": PNG}], ({"png": PNG},)),
        ([{"png": "PHNjcmlwdD4="}, {"png": "no base64!"}, {"png": 'x" onload="'}], ()),
        ([{"png": PNG}] * 30, ({"png": PNG},) * 20),
    ],
)
def test_nothing_else_is_taken_from_a_learners_process(sent, kept):
    assert checked_outputs(sent) == kept


def test_a_text_is_cleaned_and_cut():
    assert clean_text("\x1b[31mred\x1b[0m\ud800\n\ttab") == "red\ufffd\n\ttab"
    assert clean_text("x" * 100, 10) == "x" * 10
    assert clean_text(b"bytes") == ""
