"""What is between reading and reporting: answers in words, and submissions that cannot be read."""

import pytest

from coursekit.cli.grading import _mentioned
from coursekit.grading import FreeText, Plan, SubmissionResult, read_class
from coursekit.grading.class_run import with_free_texts
from coursekit.grading.submissions.finding import SourceError

from .submissions import solved, write


def test_an_answer_in_words_waits_for_a_person_with_the_points_that_it_mentions():
    text = "Adam keeps running means of the gradient and its square, with a bias correction."
    answer = FreeText("14_explain", text, points=2, question="DL-25")
    plan = Plan("ana", "ana.ipynb", "14_optimizers", (), free_texts=(answer,))

    result = with_free_texts(plan, SubmissionResult("ana", "ana.ipynb"), _mentioned)

    (check,) = result.checks
    assert (check.outcome, check.earned, check.points) == ("manual", None, 2)
    assert check.message == text
    assert any("bias" in point.lower() for point in check.key_points)


def test_a_question_that_the_bank_does_not_have_mentions_nothing():
    assert _mentioned("XX-1", "anything") == ()


def test_what_cannot_be_read_is_a_result_with_its_reason(tmp_path):
    write(solved(), tmp_path / "ana" / "14_optimizers.ipynb")
    (tmp_path / "ben").mkdir()
    (tmp_path / "ben" / "14_optimizers.ipynb").write_text("{", encoding="utf-8")

    reading = read_class(tmp_path, tmp_path / "grades")

    assert [plan.student for plan in reading.plans] == ["ana"]
    (lost,) = reading.unreadable
    assert (lost.student, lost.status) == ("ben", "unreadable")
    assert "not valid JSON" in lost.reason


def test_what_lies_among_the_grades_is_no_submission(tmp_path):
    write(solved(), tmp_path / "ana" / "14_optimizers.ipynb")
    write(solved(), tmp_path / "grades" / "old" / "14_optimizers.ipynb")

    reading = read_class(tmp_path, tmp_path / "grades")

    assert [plan.student for plan in reading.plans] == ["ana"]


def test_the_grades_may_lie_in_a_folder_that_is_reached_by_a_link(tmp_path):
    write(solved(), tmp_path / "class" / "ana" / "14_optimizers.ipynb")
    write(solved(), tmp_path / "class" / "grades" / "old" / "14_optimizers.ipynb")
    (tmp_path / "link").symlink_to(tmp_path / "class", target_is_directory=True)

    reading = read_class(tmp_path / "link", tmp_path / "link" / "grades")

    assert [plan.student for plan in reading.plans] == ["ana"]


def test_submissions_that_lie_where_the_grades_are_to_go_are_an_error(tmp_path):
    write(solved(), tmp_path / "class" / "ana" / "14_optimizers.ipynb")

    for output in (tmp_path, tmp_path / "class"):
        with pytest.raises(SourceError, match="choose another folder"):
            read_class(tmp_path / "class", output)
