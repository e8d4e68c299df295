"""Asks what the reader expects before an experiment runs; the claim then answers."""

from collections.abc import Sequence
from html import escape
from typing import Any

from .records import refuse_what_is_no_claim_id
from .rendering import is_in_notebook, prediction_as_html, prediction_as_text

_predictions: dict[str, str] = {}


def predict(claim_id: str, question: str, options: Sequence[str]) -> None:
    """Ask for a prediction; the claim of the same id will show it beside what came out.

    Nothing waits for an answer: a run without a reader goes on, and the claim stays silent
    about the prediction.

    Parameters
    ----------
    claim_id : str
        The id of the claim that will answer.
    question : str
        What is asked, as one sentence.
    options : sequence of str
        Two or more possible outcomes.

    Raises
    ------
    ValueError
        If the id is not that of a claim, there are fewer than two options, or two are the same.
    """
    refuse_what_is_no_claim_id(claim_id)
    if len(options) < 2 or len(set(options)) != len(options):
        raise ValueError(f"{claim_id}: give two or more different options, not {list(options)}")
    _predictions.pop(claim_id, None)
    if not is_in_notebook():
        print(prediction_as_text(question, options))
        return
    from IPython.display import display

    display(_bundle(claim_id, question, options), raw=True)


def prediction(claim_id: str) -> str | None:
    """Give what the reader chose for a claim.

    Parameters
    ----------
    claim_id : str
        The id of the claim that answers.

    Returns
    -------
    str or None
        One of the options; None as long as nothing is chosen.
    """
    return _predictions.get(claim_id)


def _bundle(claim_id: str, question: str, options: Sequence[str]) -> dict[str, Any]:
    """Put the live widget and its static fallback into one display bundle."""
    import ipywidgets

    choice = ipywidgets.RadioButtons(
        options=list(options),
        value=None,
        layout=ipywidgets.Layout(width="max-content"),
    )

    def remember(change: dict[str, Any]) -> None:
        if change["new"] is not None:
            _predictions[claim_id] = change["new"]

    choice.observe(remember, "value")
    title = ipywidgets.HTML(f"<b>Predict:</b> {escape(question)}")
    return {
        **ipywidgets.VBox([title, choice])._repr_mimebundle_(),
        "text/plain": prediction_as_text(question, options),
        "text/html": prediction_as_html(question, options),
    }
