"""In a kernel, a check shows a message with its hints, and no traceback."""

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from coursekit.checks import OUTCOME_MIME_TYPE, exercises

CRASH = """\
from coursekit import check
def answer(*args, **kwargs):
    total = 1
    return total / 0
check("{exercise}", answer)
"""


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    import os

    home = tmp_path_factory.mktemp("home")
    notebook = new_notebook(cells=[new_code_cell(CRASH.format(exercise=exercises()[0].id))])
    environment = {**os.environ, "COURSEKIT_HOME": str(home)}
    NotebookClient(notebook, allow_errors=True).execute(env=environment)
    assert (home / "progress.sqlite").is_file()
    return notebook.cells[0].outputs


def test_the_message_names_the_learners_own_line_and_folds_the_hints(outputs):
    shown = outputs[0]

    assert "return total / 0" in shown.data["text/plain"]
    assert "<details><summary>Hint 1</summary>" in shown.data["text/html"]
    assert shown.data[OUTCOME_MIME_TYPE]["outcome"] == "crashed"


def test_the_error_is_one_line(outputs):
    error = outputs[-1]

    assert error.ename == "CheckFailed"
    assert len(error.traceback) == 1
    assert "crashed (0 of" in error.traceback[0]
