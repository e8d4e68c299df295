"""Shows the cards of a lesson at its end: the question, and what a strong answer mentions."""

from typing import TYPE_CHECKING

from coursekit.questions import Question, find_questions

from .card_html import as_html, key_points_as_html

if TYPE_CHECKING:
    from IPython.display import HTML


def lesson_cards(lesson: str) -> "HTML":
    """Show each question of a lesson, with its short answer and key points folded under it.

    Parameters
    ----------
    lesson : str
        Name of the lesson, such as ``"14_optimizers"``.

    Returns
    -------
    IPython.display.HTML
        Everything in it is escaped.

    Raises
    ------
    ValueError
        If the bank has no question of this lesson.
    """
    from IPython.display import HTML

    questions = find_questions(lesson=lesson)
    if not questions:
        raise ValueError(f"no question belongs to a lesson {lesson!r}: see `coursekit lessons`")
    return HTML("\n".join(_card(question) for question in questions))


def _card(question: Question) -> str:
    title = f"<b>{as_html(question.label)}</b> {as_html(question.question)}"
    answer = f"<p>{as_html(question.short_answer)}</p>"
    points = f"<p>A strong answer mentions</p>{key_points_as_html(question)}"
    return f"<details><summary>{title}</summary>{answer}{points}</details>"
