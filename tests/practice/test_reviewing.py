"""A review says which key points and misconceptions the words of an answer point to."""

import json

import pytest

from coursekit.practice.reviewing import (
    MOST_WORDS,
    QuestionNotFoundError,
    find_question,
    review,
)
from coursekit.questions import Question, load_bank

QUESTION = Question.model_validate(
    {
        "id": "DL-25",
        "lesson": "14_optimizers",
        "difficulty": 2,
        "tags": ["optimizers"],
        "question": "How does Adam work?",
        "short_answer": "It averages gradients.",
        "deep_answer": "It averages gradients and their squares.",
        "key_points": [
            {"text": "A running mean of gradients", "weight": 3, "patterns": ["momentum"]},
            {"text": "Both start at zero", "weight": 1, "patterns": ["bias correct*"]},
            {"text": "It does not need much memory", "weight": 1, "patterns": ["memory"]},
        ],
        "red_flags": [
            {"text": "Always converges", "patterns": ["near(adam, converge*|guarantee*, 6)"]},
            {"text": "No tuning", "patterns": ["near(no|not|without, tuning, 5)"]},
        ],
        "follow_ups": [
            {"question": "Why correct?", "answer": "The averages start at zero."},
            {"question": "Memory?", "answer": "Two slots a weight."},
        ],
        "claims": ["DL-25.adam"],
        "exercises": ["14_adam_step"],
        "sources": ["Kingma and Ba (2015)"],
    }
)


def test_key_points_are_mentioned_or_missed_and_weighted():
    found = review(QUESTION, "Adam uses momentum.")

    assert [point.text for point in found.mentioned] == ["A running mean of gradients"]
    assert [point.text for point in found.missed] == [
        "Both start at zero",
        "It does not need much memory",
    ]
    assert found.coverage == pytest.approx(3 / 5)
    assert found.question == "DL-25"
    assert found.n_words == 3


def test_the_words_that_matched_are_named_with_their_places():
    text = "First momentum, then bias-correction and again momentum."
    momentum, correction, _ = review(QUESTION, text).key_points

    assert momentum.words == ("momentum",)
    assert [text[start:end] for start, end in momentum.spans] == ["momentum", "momentum"]
    assert correction.words == ("bias-correction",)
    assert [text[start:end] for start, end in correction.spans] == ["bias-correction"]


@pytest.mark.parametrize(
    ("text", "is_stated"),
    [
        ("Adam always converges.", True),
        ("Adam is guaranteed to converge.", True),
        ("Adam does not guarantee convergence.", False),
        ("Adam doesn't always converge.", False),
        ("Adam can't be said to converge.", False),
        ("Nobody can promise that Adam converges.", False),
        ("It is a myth that Adam always converges.", False),
        ("That Adam always converges is a misconception.", False),
        ("For Adam convergence is not certain.", False),
        ("Adam is fast; SGD converges.", False),
        ("Adam not only converges, it flies.", True),
        ("SGD does not, but Adam always converges.", True),
        ("No, Adam always converges.", True),
        ("It does not oscillate. Adam converges.", True),
        ("Saying that Adam converges would be misleading.", False),
        ("Adam converges only under strong assumptions.", False),
        ("Adam only converges.", True),
        ("I use Adam rather than one that converges slowly.", False),
        ("SGD converges, whereas Adam may cycle.", False),
        ("SGD converges faster than Adam.", False),
        ("To avoid a restart I take Adam, which converges.", True),
        ("To prevent leakage I take Adam, which converges.", True),
    ],
)
def test_a_misconception_that_is_denied_is_not_stated(text, is_stated):
    assert bool(review(QUESTION, text).red_flags[0].mentioned) is is_stated


def test_a_negation_that_the_pattern_asks_for_denies_nothing():
    assert review(QUESTION, "Adam does not need tuning.").red_flags[1].mentioned


@pytest.mark.parametrize(
    "text",
    [
        "Bias correction is not needed.",
        "A bias correction isn't really necessary.",
        "There is no need for bias correction.",
        "It has no bias correction.",
        "Bias correction is superfluous.",
    ],
)
def test_a_key_point_that_is_denied_is_not_mentioned(text):
    assert not review(QUESTION, text).key_points[1].mentioned


def test_a_key_point_that_is_itself_a_denial_may_be_said_with_not():
    assert review(QUESTION, "It does not cost memory.").key_points[2].mentioned


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("", "again"),
        ("I do not know.", "again"),
        ("Bias correction and little memory.", "hard"),
        ("Momentum.", "good"),
        ("Momentum, bias correction.", "easy"),
        ("Momentum, bias correction, memory. Adam always converges.", "hard"),
        ("Momentum, bias correction. " + "And so on. " * MOST_WORDS, "hard"),
    ],
)
def test_a_rating_is_suggested(text, rating):
    assert review(QUESTION, text).suggested_rating == rating


def test_an_empty_answer_mentions_nothing():
    found = review("DL-25", " \n")

    assert (found.coverage, found.n_words, found.mentioned) == (0.0, 0, ())


def test_the_review_is_one_json_document_that_says_what_it_is():
    document = json.loads(json.dumps(review(QUESTION, "Momentum").to_json()))

    assert document["key_points"][0]["spans"] == [[0, 8]]
    assert document["suggested_rating"] == "good"
    assert "not a verdict" in document["note"]
    assert "correct" not in json.dumps(document).replace("bias correct", "")


def test_a_question_is_found_by_its_label():
    assert find_question("dl-25").label == "DL-25"
    assert find_question("MT-4 (regression)").part == "regression"
    assert find_question("mt-4(Regression)").part == "regression"


def test_the_id_of_a_split_question_names_its_parts():
    with pytest.raises(QuestionNotFoundError, match=r"'MT-4 \(regression\)' or 'MT-4 \(classif"):
        review("MT-4", "text")


def test_an_unknown_question_is_named():
    with pytest.raises(QuestionNotFoundError, match="DL-99"):
        review("DL-99", "text")


@pytest.mark.parametrize("question", load_bank(), ids=lambda question: question.label)
def test_the_bank_recognises_its_own_answer(question):
    answer = f"{question.short_answer} {question.deep_answer}"
    found = review(question, answer)

    assert found.coverage >= 0.5
    for point in (*found.key_points, *found.red_flags):
        assert point.mentioned == bool(point.words) == bool(point.spans)
        assert all(0 <= start < end <= len(answer) for start, end in point.spans)
        assert list(point.spans) == sorted(point.spans)
