"""The quiz in a notebook: buttons for the mouse, one key field for the keyboard."""

import time
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets

from coursekit import course
from coursekit.questions import Question

from .card_html import as_html
from .cards import Card, all_cards, rate
from .database import ProgressFileError, database_file, is_saved
from .evidence_figures import Evidence, choose_evidence, make_picture, read_evidence
from .quiz_session import Given, QuizError, QuizSession, choose_cards
from .scheduling import RATINGS, RatingName

_KEYS: dict[str, RatingName] = {name[0]: name for name in RATINGS}
_HELP = "s shows the answer; 1 to 9 mark missed points; a, h, g, e rate; n leaves it out"


class NotebookQuiz:
    """A round of cards to click through or to type through.

    Parameters
    ----------
    session : QuizSession
        The round.
    questions : sequence of Question, optional
        The bank that the ratings are logged for, instead of the whole one.
    notebooks : Path, optional
        The folder of the lessons, whose stored pictures prove the answers.

    Attributes
    ----------
    session : QuizSession
        The state that is shown.
    widget : ipywidgets.VBox
    """

    def __init__(
        self,
        session: QuizSession,
        questions: Sequence[Question] | None = None,
        notebooks: Path | None = None,
    ) -> None:
        self.session = session
        self._questions, self._notebooks = questions, notebooks
        self._begun = time.monotonic()
        self._page, self._status = ipywidgets.HTMLMath(), ipywidgets.HTML()
        self._help = ipywidgets.HTML(_HELP)
        self._points = ipywidgets.VBox()
        self._picture = ipywidgets.Image(format="png", layout={"max_width": "100%"})
        self.show = ipywidgets.Button(description="Show answer", button_style="primary")
        self.leave_out = ipywidgets.Button(description="Leave out")
        self.ratings = {
            name: ipywidgets.Button(description=name.title(), tooltip=f"Rate it {name}")
            for name in RATINGS
        }
        self.keys = ipywidgets.Text(description="Keys", placeholder="s", layout={"width": "12em"})
        self._buttons = ipywidgets.HBox()
        keyboard = self._keyboard = ipywidgets.HBox([self.keys, self._help])
        self.widget = ipywidgets.VBox(
            [self._page, self._picture, self._points, self._buttons, keyboard, self._status]
        )
        self._connect()
        self._draw()

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.widget._repr_mimebundle_(**options)

    def press(self, key: str) -> None:
        """Do what a key of the key field does."""
        if self.session.phase == "over":
            return
        if key == "n":
            self._move(self.session.skip())
        elif self.session.phase == "question":
            if key in "s ":
                self._move(self.session.reveal())
        elif key in _KEYS:
            self._rate(_KEYS[key])
        elif key.isdecimal() and 1 <= int(key) <= len(self._points.children):
            box = self._points.children[int(key) - 1]
            box.value = not box.value

    def _connect(self) -> None:
        self.show.on_click(lambda _: self.press("s"))
        self.leave_out.on_click(lambda _: self.press("n"))
        for key, name in _KEYS.items():
            self.ratings[name].on_click(lambda _, key=key: self.press(key))
        self.keys.observe(self._on_key, "value")

    def _on_key(self, change: dict[str, Any]) -> None:
        # Only the last letter is new: the field may not have been emptied yet where it is typed.
        if len(change["new"]) > len(change["old"]):
            self.press(change["new"][-1].lower())
        if change["new"]:
            self.keys.value = ""

    def _rate(self, rating: RatingName) -> None:
        missed = [place for place, box in enumerate(self._points.children, 1) if box.value]
        try:
            after = self.session.rate(rating, missed)
            card = self._save(after.given[-1])
        except (QuizError, ProgressFileError) as error:
            self._say(str(error))
            return
        self._move(after)
        when = card.due.astimezone().strftime("%a %d %b, %H:%M") if card.due else ""
        unsaved = "" if is_saved() else f" Not saved: {database_file()} cannot be written."
        self._say(f"{card.label}: {rating}, due {when}.{unsaved}")

    def _save(self, given: Given) -> Card:
        return rate(
            given.label,
            given.rating,
            missed=given.missed,
            seconds=time.monotonic() - self._begun,
            questions=self._questions,
        )

    def _move(self, session: QuizSession) -> None:
        if session.phase == "question":
            self._begun = time.monotonic()
        self.session = session
        self._draw()

    def _say(self, text: str) -> None:
        self._status.value = f'<div role="status" aria-live="polite">{escape(text)}</div>'

    def _draw(self) -> None:
        phase = self.session.phase
        self._say("")
        self._picture.layout.display = "none"
        self._points.children = ()
        self._keyboard.layout.display = "none" if phase == "over" else None
        if phase == "over":
            self._page.value = _over_html(self.session)
            self._buttons.children = ()
            return
        question = self.session.card.question
        self._page.value = _question_html(self.session)
        self._buttons.children = (self.show, self.leave_out)
        if phase == "answer":
            evidence = find_evidence(question, self._notebooks)
            self._page.value += _answer_html(question, evidence)
            self._show_picture(evidence)
            self._points.children = [
                ipywidgets.Checkbox(
                    description=f"{place}. missed: {point.text}",
                    indent=False,
                    layout={"width": "auto"},
                )
                for place, point in enumerate(question.key_points, 1)
            ]
            self._buttons.children = (*self.ratings.values(), self.leave_out)

    def _show_picture(self, evidence: Evidence | None) -> None:
        if evidence is not None and evidence.figure is not None:
            self._picture.value = make_picture(evidence.figure).content
            self._picture.tooltip = f"Figure for {evidence.claim}"
            self._picture.layout.display = None


def quiz(
    lesson: int | str | None = None,
    *,
    tag: str | None = None,
    difficulty: int | None = None,
    only_due: bool = False,
    only_weak: bool = False,
    limit: int | None = 10,
    questions: Sequence[Question] | None = None,
    notebooks: str | Path | None = None,
) -> NotebookQuiz:
    """Begin a round of cards in a notebook.

    Parameters
    ----------
    lesson : int or str, optional
        A lesson's number or name, such as ``14``, ``"14_optimizers"`` or ``"optimizers"``.
    tag : str, optional
    difficulty : int, optional
        1, 2 or 3.
    only_due, only_weak : bool
        Keep only the cards whose time has come, or that are weak.
    limit : int, optional
        At most so many cards; None for all.
    questions : sequence of Question, optional
        Instead of the whole bank.
    notebooks : path-like, optional
        The folder of the lessons; that of the course, as all commands find it, if left out.

    Returns
    -------
    NotebookQuiz
        Shown by Jupyter when it is the last line of a cell.

    Raises
    ------
    QuizError
        If no card fits; the message says which filters were set.
    LessonNotFoundError
        If there is no such lesson; the message says which there are.
    """
    chosen = choose_cards(
        all_cards(questions),
        lessons=None if lesson is None else (course.find_lesson(lesson).name,),
        tag=tag,
        difficulty=difficulty,
        only_due=only_due,
        only_weak=only_weak,
        limit=limit,
    )
    if not chosen:
        filters = {"lesson": lesson, "tag": tag, "difficulty": difficulty}
        named = [f"{name} {value}" for name, value in filters.items() if value is not None]
        named += ["only due"] * only_due + ["only weak"] * only_weak
        raise QuizError(f"no card fits ({', '.join(named)}): leave a filter out")
    folder = _find_notebooks() if notebooks is None else Path(notebooks)
    return NotebookQuiz(QuizSession(chosen), questions, folder)


def find_evidence(question: Question, notebooks: Path | None) -> Evidence | None:
    """Find the claim and the picture behind an answer; a quiz goes on without them."""
    if notebooks is None or not (file := notebooks / f"{question.lesson}.ipynb").is_file():
        return None
    try:
        return choose_evidence(question.claims, read_evidence(file))
    except ValueError:
        return None


def _find_notebooks() -> Path | None:
    try:
        return course.course_root() / "notebooks"
    except course.CourseError:
        return None  # a quiz goes on without pictures


def _question_html(session: QuizSession) -> str:
    question = session.card.question
    head = f"{question.label} · {question.lesson} · difficulty {question.difficulty} of 3"
    return (
        f"<p style='margin:0'>{escape(head)} · {len(session.queue)} to go</p>"
        f"<h3 style='margin:.3em 0'>{as_html(question.question)}</h3>"
    )


def _answer_html(question: Question, evidence: Evidence | None) -> str:
    parts = [("Short answer", as_html(question.short_answer))]
    parts += [
        ("Myth", f"{as_html(myth.text)} <b>In truth:</b> {as_html(myth.truth)}")
        for myth in question.myths
    ]
    if evidence is not None:
        claim = f"{as_html(evidence.statement)} <code>{escape(evidence.claim)}</code>"
        parts.append(("What proves it", claim))
    return "".join(f"<p><b>{title}.</b> {text}</p>" for title, text in parts)


def _over_html(session: QuizSession) -> str:
    counts = ", ".join(f"{number} {name}" for name, number in session.summary().items() if number)
    return f"<h3>The round is over</h3><p>{escape(counts or 'nothing was rated')}.</p>"
