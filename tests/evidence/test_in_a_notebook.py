"""In a kernel, claims and predictions are displays, and a failure shows no traceback."""

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from coursekit.evidence import CLAIM_MIME_TYPE

ASK = """\
from coursekit import predict
predict("DL-25.adam-leads-early", "Which leads?", ["Adam", "momentum"])
"""
ANSWER = """\
from ipywidgets import RadioButtons
from ipywidgets.widgets.widget import _instances
(choice,) = [widget for widget in _instances.values() if isinstance(widget, RadioButtons)]
choice.value = "momentum"
"""
CLAIM = """\
from coursekit import claim
claim("DL-25.adam-leads-early", "Adam leads.", holds=1 + 1 == {total},
      observed={{"sum": 2}}, answer="Adam")
"""


@pytest.fixture(scope="module")
def outputs():
    cells = [ASK, ANSWER, CLAIM.format(total=2), CLAIM.format(total=3)]
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, allow_errors=True).execute()
    return [cell.outputs for cell in notebook.cells]


def test_a_prediction_is_a_widget_with_a_static_fallback(outputs):
    (asked,) = outputs[0]

    assert "application/vnd.jupyter.widget-view+json" in asked.data
    assert "<li>momentum</li>" in asked.data["text/html"]
    assert "( ) momentum" in asked.data["text/plain"]


def test_the_readers_choice_comes_back_in_the_claim(outputs):
    (shown,) = outputs[2]

    assert shown.data[CLAIM_MIME_TYPE]["prediction"] == "momentum"
    assert "You predicted: momentum. It came out: Adam" in shown.data["text/html"]


def test_a_claim_that_fails_shows_its_numbers_and_one_line(outputs):
    shown, error = outputs[3]

    assert shown.data[CLAIM_MIME_TYPE]["holds"] is False
    assert error.ename == "ClaimFailed"
    assert error.traceback == ["The claim DL-25.adam-leads-early does not hold: Adam leads."]
