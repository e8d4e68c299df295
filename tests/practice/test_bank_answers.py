"""The bank's own answers are read as the bank means them."""

import pytest

from coursekit.practice import review
from coursekit.questions import load_bank

BANK = load_bank()


@pytest.mark.parametrize("question", BANK, ids=lambda question: question.label)
def test_a_short_answer_states_no_misconception_and_mentions_most_points(question):
    found = review(question, question.short_answer)

    assert [flag.text for flag in found.red_flags if flag.mentioned] == []
    assert found.coverage >= 0.6
