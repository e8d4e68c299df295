"""The bank's own answers are read as the bank means them."""

from pathlib import Path

import pytest
import yaml

from coursekit.practice import review
from coursekit.questions import load_bank

BANK = load_bank()
RIGHT = yaml.safe_load(
    Path(__file__).with_name("right_statements.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("question", BANK, ids=lambda question: question.label)
def test_a_short_answer_states_no_misconception_and_mentions_most_points(question):
    found = review(question, question.short_answer)

    assert [flag.text for flag in found.red_flags if flag.mentioned] == []
    assert found.coverage >= 0.6


@pytest.mark.parametrize("question", BANK, ids=lambda question: question.label)
def test_nothing_else_that_the_bank_answers_states_a_misconception(question):
    texts = [question.deep_answer]
    texts += [each.answer for each in question.follow_ups]
    texts += [myth.truth for myth in question.myths]

    accused = {flag.text: flag.words for text in texts for flag in review(question, text).stated}

    assert accused == {}


def test_right_statements_near_a_misconception_are_hardly_ever_accused():
    accused = [
        (label, text, flag.text)
        for label, texts in RIGHT.items()
        for text in texts
        for flag in review(label, text).stated
    ]

    assert len(accused) <= 2, accused
