"""Predict, then reveal: a guess before the picture that decides it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import ipywidgets

Fact = float | int | bool | str
"""A number or a word shown under a picture."""


@dataclass(frozen=True)
class Prediction:
    """A question that the picture answers.

    Parameters
    ----------
    question : str
        What to guess.
    options : sequence of str
        The guesses offered.
    settings : mapping
        The settings, on top of the initial ones, under which the picture shows the answer.
    answer : callable
        Names the right option from the facts shown under these settings, so that no answer is
        written down twice.
    because : str
        One sentence: why.
    """

    question: str
    options: Sequence[str]
    settings: Mapping[str, Any]
    answer: Callable[[Mapping[str, Fact]], str]
    because: str


class PredictionLine(ipywidgets.VBox):
    """The question, one button a guess, and the answer once a guess is made.

    Parameters
    ----------
    prediction : Prediction
        What to ask.
    show : callable
        Shows the prediction's settings in the picture and returns the facts.
    """

    def __init__(
        self,
        prediction: Prediction,
        show: Callable[[Mapping[str, Any]], Mapping[str, Fact]],
    ) -> None:
        self._prediction, self._show = prediction, show
        self.guesses = ipywidgets.ToggleButtons(
            options=list(prediction.options), value=None, style={"button_width": "auto"}
        )
        self.reveal = ipywidgets.HTML()
        self.guesses.observe(self._on_guess, "value")
        question = ipywidgets.HTML(f"<b>Predict first:</b> {escape(prediction.question)}")
        super().__init__([question, self.guesses, self.reveal])

    def forget(self) -> None:
        """Take the guess back and hide the answer."""
        self.guesses.value = None

    def _on_guess(self, change: Mapping[str, Any]) -> None:
        guess = change["new"]
        self.reveal.value = "" if guess is None else self._verdict(guess)

    def _verdict(self, guess: str) -> str:
        facts = self._show(self._prediction.settings)
        if not facts:
            return ""  # the picture could not be drawn, and says so itself
        answer = self._prediction.answer(facts)
        verdict = "✔ Yes: " if guess == answer else f"✘ You said “{escape(guess)}”. It is: "
        text = f"{verdict}<b>{escape(answer)}</b>. {escape(self._prediction.because)}"
        return f'<div role="status" aria-live="polite">{text}</div>'
