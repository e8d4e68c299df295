"""The cards at the end of a lesson: folded, complete and escaped."""

import pytest

from coursekit.practice import lesson_cards
from coursekit.practice.card_html import as_html
from coursekit.questions import find_questions


def test_each_question_of_a_lesson_is_a_card_with_all_that_an_answer_mentions():
    html = lesson_cards("07_bias_variance").data
    questions = find_questions("07_bias_variance")

    assert html.count("<details>") == len(questions)
    for question in questions:
        assert as_html(question.question) in html
        assert as_html(question.short_answer) in html
        assert all(as_html(point.text) in html for point in question.key_points)


def test_what_stands_open_gives_no_answer_away():
    for question in find_questions("14_optimizers"):
        shown = lesson_cards("14_optimizers").data.split("<details>")
        card = next(text for text in shown if f"<b>{question.label}</b>" in text)
        assert as_html(question.short_answer) not in card.partition("</summary>")[0]


def test_a_lesson_without_questions_is_refused():
    with pytest.raises(ValueError, match=r"'99_nothing': see `coursekit lessons`"):
        lesson_cards("99_nothing")
