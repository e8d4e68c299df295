"""How claims and predictions look, as text and as HTML."""

import sys
from collections.abc import Sequence
from html import escape
from math import isnan
from statistics import median
from typing import Any

from .records import CLAIM_MIME_TYPE, Claim, Observed

_COLOURS = {"supported": "#0173b2", "refuted": "#d55e00", "depends": "#8a6d00"}


def format_observed(value: Observed | list[float | str]) -> str:
    """Show one observation: a number by itself, numbers of several seeds by median and range.

    Parameters
    ----------
    value : float, int, str or list of float
        What a claim observed; in a list the words that a stored claim holds in place of the
        numbers that JSON lacks, ``"nan"``, ``"inf"`` and ``"-inf"``, are numbers too.

    Returns
    -------
    str
        One line. What is not a number is counted, and left out of median and range.

    Examples
    --------
    >>> format_observed([0.31, 0.29, 0.35])
    '0.31 (0.29 to 0.35, n = 3)'
    >>> format_observed([0.31, float("nan"), 0.29])
    '0.3 (0.29 to 0.31, n = 2, and 1 nan)'
    """
    if not isinstance(value, list):
        return value if isinstance(value, str) else _number(value)
    numbers = [float(item) if isinstance(item, str) else item for item in value]
    if len(numbers) == 1:
        return _number(numbers[0])
    known = [number for number in numbers if not isnan(number)]
    if not known:
        return f"nan (n = {len(numbers)}, all alike)"
    count = f"n = {len(known)}"
    if n_nan := len(numbers) - len(known):
        count += f", and {n_nan} nan"
    low, high = _number(min(known)), _number(max(known))
    if low == high:
        return f"{low} ({count}{'' if n_nan else ', all alike'})"
    return f"{_number(median(known))} ({low} to {high}, {count})"


def _number(value: float) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.3g}" if abs(value) < 1000 or abs(value) >= 1e7 else f"{value:,.0f}"


def is_in_notebook() -> bool:
    """Tell whether there is a front end to display to; IPython is not imported to find out."""
    return "IPython" in sys.modules and sys.modules["IPython"].get_ipython() is not None


def claim_bundle(record: Claim) -> dict[str, Any]:
    """Give a claim as a display bundle: text, HTML, and the machine-readable record."""
    return {
        "text/plain": claim_as_text(record),
        "text/html": claim_as_html(record),
        CLAIM_MIME_TYPE: record.to_json(),
    }


def claim_as_text(record: Claim) -> str:
    """Write a claim as lines of plain text."""
    state = "holds" if record.holds else "DOES NOT HOLD"
    lines = [f"{record.id}: {state}", record.statement]
    if record.about:
        lines.append(f"Popular statement: {record.about} Verdict: {record.verdict}.")
    width = max(len(name) for name in record.observed)
    lines += [f"  {name:<{width}}  {format_observed(v)}" for name, v in record.observed.items()]
    if record.prediction:
        lines.append(_prediction_line(record))
    return "\n".join(lines)


def claim_as_html(record: Claim) -> str:
    """Write a claim as a small block of HTML; every text in it is escaped."""
    colour = _COLOURS[record.verdict] if record.holds else "#a00000"
    state = "✔ holds" if record.holds else "✘ does not hold"
    rows = "".join(
        f"<tr><td style='text-align:left'>{escape(name)}</td>"
        f"<td style='text-align:left'>{escape(format_observed(value))}</td></tr>"
        for name, value in record.observed.items()
    )
    about = (
        f"<p style='margin:.3em 0'>Popular statement: <i>{escape(record.about)}</i> "
        f"<b style='color:{colour}'>{record.verdict}</b></p>"
        if record.about
        else ""
    )
    predicted = (
        f"<p style='margin:.3em 0'>{escape(_prediction_line(record))}</p>"
        if record.prediction
        else ""
    )
    return (
        f"<div role='note' style='border-left:4px solid {colour};padding:.2em .9em;margin:.4em 0'>"
        f"<p style='margin:.3em 0'><b style='color:{colour}'>{state}</b> "
        f"<code>{escape(record.id)}</code></p>"
        f"<p style='margin:.3em 0'>{escape(record.statement)}</p>{about}"
        f"<table style='margin:.3em 0'>{rows}</table>{predicted}</div>"
    )


def _prediction_line(record: Claim) -> str:
    if record.answer is None:
        return f"You predicted: {record.prediction}."
    hit = "as you predicted" if record.prediction == record.answer else "a surprise is a lesson"
    return f"You predicted: {record.prediction}. It came out: {record.answer} ({hit})."


def prediction_as_text(question: str, options: Sequence[str]) -> str:
    """Write the question of a prediction and its options as plain text."""
    return "\n".join([f"Predict: {question}", *(f"  ( ) {option}" for option in options)])


def prediction_as_html(question: str, options: Sequence[str]) -> str:
    """Write the question of a prediction and its options as HTML; every text is escaped."""
    items = "".join(f"<li>{escape(option)}</li>" for option in options)
    return f"<p><b>Predict:</b> {escape(question)}</p><ul>{items}</ul>"
