"""The review keeps what ``python -m benchmarks.answer_review`` measured."""

import pytest

answer_review = pytest.importorskip("benchmarks.answer_review")
labelled_answers = pytest.importorskip("benchmarks.labelled_answers")


@pytest.fixture(scope="module")
def answers():
    return labelled_answers.read_answers()  # refuses labels that the bank has outgrown


def test_there_are_good_partial_and_wrong_answers_to_each_of_many_questions(answers):
    kinds = {}
    for answer in answers:
        if answer.written in ("before", "after"):
            kinds.setdefault(answer.question, set()).add(answer.kind)

    assert len(kinds) >= 12
    assert all(each == {"good", "partial", "wrong"} for each in kinds.values())


def test_key_points_of_right_answers_are_found(answers):
    good = answer_review.measure_agreement(answers)["good"]["key_points"]

    assert good["precision"] >= 0.95
    assert good["recall"] >= 0.85


def test_red_flags_are_found_and_hardly_ever_false_in_answers_that_were_not_tuned_for(answers):
    unseen = [answer for answer in answers if answer.written in answer_review.UNSEEN]
    found = answer_review.measure_agreement(unseen)["all"]["red_flags"]

    assert found["precision"] >= 0.9
    assert found["recall"] >= 0.6


@pytest.mark.slow
def test_coverage_tells_the_right_question_from_others(answers):
    found = answer_review.measure_discrimination(answers)

    assert found["auc_of_good"] >= 0.98
    assert found["auc_of_good_at_matched_length"] >= 0.98


def test_few_wrong_but_fluent_answers_are_rated_high(answers):
    assert answer_review.measure_wrong(answers)["rated_good_or_easy"] <= 0.2


@pytest.mark.slow
def test_texts_that_answer_nothing_are_not_rated_high(answers):
    found = answer_review.measure_other_texts(answers)

    assert found["empty"]["highest_coverage"] == 0
    assert found["off_topic"]["rated_good_or_easy"] == 0
    assert found["off_topic_very_long"]["rated_good_or_easy"] == 0
    assert found["good_inside_very_long_keeps_its_coverage"] == 1


def test_labels_for_other_key_points_are_refused(tmp_path):
    (tmp_path / "14_optimizers.yaml").write_text(
        "questions:\n- {question: DL-25, written: after, key_points: [Old], red_flags: []}\n",
        encoding="utf-8",
    )

    with pytest.raises(labelled_answers.LabelError, match=r"14_optimizers\.yaml: DL-25"):
        labelled_answers.read_answers(tmp_path)
