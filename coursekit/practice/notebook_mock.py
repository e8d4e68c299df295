"""The mock interview in a notebook: labelled controls that the keyboard can operate."""

from __future__ import annotations

import math
from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets

from coursekit.questions import load_bank

from .debrief_pages import count_of_questions, debrief_as_html, minutes_and_seconds
from .mock_interviews import MockInterview
from .mock_questions import MockInterviewError
from .mock_store import (
    debrief_of,
    resume_interview,
    save_interview,
    start_interview,
    unfinished_since,
)


def mock_interview(
    minutes: float = 20,
    lessons: str | None = None,
    seed: int | None = None,
    *,
    spoken: bool = False,
    resume: bool = False,
) -> NotebookInterview:
    """Hold a mock interview in the notebook, with a debrief at its end.

    Parameters
    ----------
    minutes : float
        How long it lasts.
    lessons : str, optional
        Such as ``"13-19"`` or ``"2, 14_optimizers"``; all if left out.
    seed : int, optional
        The same seed with the same history draws the same questions; drawn if left out.
    spoken : bool
        Speak, and tick the key points you had, instead of typing.
    resume : bool
        Go on with the interview that was left last, here or in the terminal.

    Returns
    -------
    NotebookInterview
        Shown by Jupyter as the last value of a cell.

    Raises
    ------
    MockInterviewError
        If there is nothing to ask, or nothing to go on with.
    """
    if not resume:
        since = unfinished_since()
        remark = (
            f"The interview of {since.astimezone():%d %b %Y, %H:%M} is unfinished: "
            "<code>resume=True</code> goes on with it."
            if since
            else ""
        )
        interview = start_interview(load_bank(), minutes, lessons, seed, spoken=spoken)
        return NotebookInterview(interview, remark=remark)
    left = resume_interview(load_bank())
    if left is None:
        raise MockInterviewError("no interview was left unfinished: leave out resume=True")
    return NotebookInterview(left)


class NotebookInterview:
    """A mock interview as widgets; its time runs from Start, and stands while it is left.

    It is saved after every answer, and when the answer's box loses the focus or Leave is clicked.

    Parameters
    ----------
    interview : MockInterview
        What to hold.
    save : callable
        Saves the interview.
    remark : str
        HTML to show above the button that starts it.

    Attributes
    ----------
    interview : MockInterview
        What is held.
    widget : ipywidgets.VBox
        What is shown.
    """

    def __init__(
        self,
        interview: MockInterview,
        save: Callable[[MockInterview], None] = save_interview,
        remark: str = "",
    ) -> None:
        self.interview = interview
        self._save_interview = save
        self.prompt = ipywidgets.HTMLMath()
        self.text = ipywidgets.Textarea(
            placeholder="Type your answer",
            description="Answer",
            continuous_update=False,
            rows=7,
            layout={"width": "98%", "max_width": "52em"},
        )
        self.points = ipywidgets.VBox()
        self.buttons = {
            "start": self._button("Start", self._start, "primary"),
            "spoken": self._button("I have spoken", self._rate),
            "answer": self._button("Answer", self._answer, "primary"),
            "pass": self._button("Pass", self._pass),
            "leave": self._button("Leave", self._leave),
            "end": self._button("End now", self._end),
        }
        self.debrief = ipywidgets.HTMLMath()
        row = ipywidgets.HBox(list(self.buttons.values()), layout={"flex_flow": "row wrap"})
        self.widget = ipywidgets.VBox([self.prompt, self.text, self.points, row, self.debrief])
        self.text.observe(self._keep_draft, "value")
        self._show_start(remark)

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        bundle = dict(self.widget._repr_mimebundle_(**options) or {})
        bundle["text/plain"] = "[mock interview: run the cell to hold it]"
        return bundle

    def _show_start(self, remark: str = "") -> None:
        interview = self.interview
        self.prompt.value = (
            f"<p><b>Mock interview.</b> {count_of_questions(len(interview.questions))}, "
            f"{minutes_and_seconds(math.ceil(interview.seconds_left))} min left, "
            f"seed {interview.seed}. {remark}</p>"
        )
        self._show_controls("start")

    def _start(self) -> None:
        self.interview.go_on()
        self._save()
        self._show()

    def _show(self) -> None:
        """Show the present prompt, or the debrief when the interview is over."""
        interview, prompt = self.interview, self.interview.prompt
        self.points.children = ()
        if prompt is None:
            self._show_debrief()
            return
        left = interview.seconds_left
        time_left = f"{minutes_and_seconds(math.ceil(left))} left" if left else "time is up"
        kind = "Question" if prompt.kind == "question" else "Follow-up to question"
        self.prompt.value = (
            f"<p>{kind} {interview.number} of {len(interview.questions)}, {time_left}</p>"
            f"<p style='font-size:115%'><b>{escape(prompt.text)}</b></p>"
        )
        self.text.value = interview.draft
        finish = "spoken" if interview.spoken else "answer"
        self._show_controls(finish, "pass", "leave", "end")
        (self.buttons["spoken"] if interview.spoken else self.text).focus()

    def _show_controls(self, *names: str) -> None:
        for name, button in self.buttons.items():
            button.layout.display = "" if name in names else "none"
        typed = "answer" in names and not self.interview.spoken
        self.text.layout.display = "" if typed else "none"

    def _show_debrief(self) -> None:
        self.prompt.value = ""
        self._show_controls()
        self.debrief.value = debrief_as_html(debrief_of(self.interview))

    def _rate(self) -> None:
        """Show the key points to tick; time stands still meanwhile."""
        question, prompt = self.interview.question, self.interview.prompt
        if question is None or prompt is None:
            return
        self.interview.pause()
        texts = [prompt.point] if prompt.point else [each.text for each in question.key_points]
        answer = f"<p><b>Model answer.</b> {escape(prompt.answer)}</p>" if prompt.answer else ""
        shown = [] if prompt.kind == "harder" else texts
        ask = "<p>Tick what you mentioned, then Answer.</p>" if shown else "<p>Then Answer.</p>"
        self.points.children = (
            ipywidgets.HTML(answer + ask),
            *(
                ipywidgets.Checkbox(False, description=text, indent=False, layout={"width": "100%"})
                for text in shown
            ),
        )
        self._show_controls("answer", "leave")

    def _answer(self) -> None:
        if self.interview.spoken:
            ticked = [box.description for box in self.points.children[1:] if box.value]
            self.interview.go_on()
            self._told(lambda: self.interview.rate(ticked))
        elif self.text.value.strip():
            self._told(lambda: self.interview.answer(self.text.value))

    def _pass(self) -> None:
        self._told(lambda: self.interview.answer(""))

    def _end(self) -> None:
        if self.interview.draft.strip() and not self.interview.spoken:
            self.interview.answer(self.interview.draft)
        self._told(self.interview.finish)

    def _told(self, step: Callable[[], object]) -> None:
        step()
        self._save()
        self._show()

    def _leave(self) -> None:
        self.interview.pause()
        self._save()
        self.points.children = ()
        self._show_start("Left: Start goes on, and so does <code>resume=True</code> another day.")

    def _keep_draft(self, change: dict[str, Any]) -> None:
        if not self.interview.is_over and change["new"] != self.interview.draft:
            self.interview.draft = change["new"]
            self._save()

    def _save(self) -> None:
        self._save_interview(self.interview)

    def _button(self, label: str, action: Callable[[], None], style: str = "") -> ipywidgets.Button:
        button = ipywidgets.Button(description=label, button_style=style)
        button.on_click(lambda _: self._act(action))
        return button

    def _act(self, action: Callable[[], None]) -> None:
        """Do what a button says; a fault is shown, for Jupyter would hide it in a log."""
        self.debrief.value = ""
        try:
            action()
        except Exception as error:
            self.debrief.value = (
                f"<p role='alert'>That failed ({type(error).__name__}: {escape(str(error))}). "
                "What was saved is kept: <code>mock_interview(resume=True)</code> goes on.</p>"
            )
            raise
