"""A check keeps four outcomes apart and tells each in its own words."""

import numpy as np
import pytest

from coursekit.checks import Case, CheckFailed, Exercise, Mistake, assess, check
from coursekit.checks import grading as checks_grading


def reference(values):
    return np.mean(np.square(values))


def middle(values):
    return np.median(np.square(values))


SQUARES = Exercise(
    id="02_mean_square",
    task="Return the mean of the squares.",
    points=2,
    questions=("LF-5",),
    reference=reference,
    cases=lambda: [
        Case((np.array([1.0, 2.0, 6.0]),), name="three values"),
        Case(kwargs={"values": np.array([-1.0])}, name="one negative value"),
    ],
    mistakes=(
        Mistake("no-square", np.mean, "You average before you square.", "LF-5"),
        Mistake("median", middle, "You take the median.", "DS-9"),
    ),
    hints=("Square first.", "np.mean(values ** 2)"),
)


def test_right():
    outcome = assess(SQUARES, lambda values: sum(float(v) ** 2 for v in values) / len(values))

    assert (outcome.outcome, outcome.earned, outcome.points) == ("right", 2, 2)
    assert "Hint" not in outcome.to_text()


def test_wrong_tells_the_call_both_values_and_the_difference():
    def double(values):
        return 2 * np.mean(np.square(values))

    outcome = assess(SQUARES, double)

    assert (outcome.outcome, outcome.earned, outcome.mistake) == ("wrong", 0, None)
    assert "double(array([1., 2., 6.]))   # three values" in outcome.message
    assert "came back: " in outcome.message
    assert "27.333333 instead of 13.666667" in outcome.message


@pytest.mark.parametrize("name", ["no-square", "median"])
def test_a_known_mistake_is_named_with_its_misunderstanding(name):
    (mistake,) = [mistake for mistake in SQUARES.mistakes if mistake.name == name]

    outcome = assess(SQUARES, mistake.answer)

    assert outcome.mistake == name
    assert mistake.misunderstanding in outcome.to_text()
    assert f"See {mistake.see} in lesson 02." in outcome.to_text()


def test_crashed_points_to_the_learners_own_line():
    def answer(values):
        total = np.sum(values)
        return total / undefined_name  # noqa: F821

    outcome = assess(SQUARES, answer)

    assert outcome.outcome == "crashed"
    assert "NameError: name 'undefined_name' is not defined" in outcome.message
    assert "return total / undefined_name" in outcome.message


@pytest.mark.parametrize("error", [SystemExit(0), MemoryError("much"), RecursionError("deep")])
def test_nothing_that_an_answer_raises_escapes(error):
    def answer(values):
        raise error

    assert assess(SQUARES, answer).outcome == "crashed"


def stub(values):
    raise NotImplementedError


def test_a_function_that_forgets_to_return_is_told_so():
    def answer(values):
        np.mean(values**2)

    assert "it lacks a return" in assess(SQUARES, answer).message
    assert assess(SQUARES, stub).message == f"Not attempted yet. {SQUARES.task}"


@pytest.mark.parametrize("answer", [stub, lambda values: None, lambda values: ...])
def test_not_attempted(answer):
    outcome = assess(SQUARES, answer)

    assert outcome.outcome == "not attempted"
    assert SQUARES.task in outcome.message


def test_an_answer_that_changes_its_argument_is_told_so():
    def answer(values):
        values **= 2
        return values.mean()

    outcome = assess(SQUARES, answer)

    assert outcome.outcome == "wrong"
    assert "changes its argument number 1 in place" in outcome.message


class AlwaysEqual:
    def __eq__(self, other):
        return True

    __hash__ = None

    def __float__(self):
        return 13.666667


def test_an_object_that_claims_to_equal_everything_gets_nothing():
    outcome = assess(SQUARES, lambda values: AlwaysEqual())

    assert outcome.outcome == "wrong"
    assert "an object of type AlwaysEqual" in outcome.message


def test_a_value_that_the_observation_cannot_use_is_wrong_and_not_a_crash():
    pair = Exercise(
        **{
            **vars(SQUARES),
            "observe": lambda answer, case: answer(*case.args, **case.kwargs)[0],
            "reference": lambda values: (np.mean(np.square(values)), 0),
        }
    )

    outcome = assess(pair, lambda values: 3.0)

    assert outcome.outcome == "wrong"
    assert "could not be used" in outcome.message


def test_html_escapes_what_learners_wrote():
    outcome = assess(SQUARES, lambda values: "<img src=x onerror=alert(1)>")

    assert "<img" not in outcome.to_html()
    assert "<details><summary>Hint 1</summary>" in outcome.to_html()


def test_check_raises_shows_the_message_and_no_traceback(monkeypatch, capsys):
    monkeypatch.setattr(checks_grading, "find_exercise", lambda exercise_id: SQUARES)

    with pytest.raises(CheckFailed) as failed:
        check("02_mean_square", np.mean)

    assert failed.value._render_traceback_() == ["02_mean_square: wrong (0 of 2 points)"]
    assert "You average before you square." in capsys.readouterr().out


def test_check_is_silent_about_a_right_answer_but_for_one_line(monkeypatch, capsys):
    monkeypatch.setattr(checks_grading, "find_exercise", lambda exercise_id: SQUARES)

    assert check("02_mean_square", reference) is None

    assert "02_mean_square: right (2 of 2 points)" in capsys.readouterr().out


def test_check_called_the_wrong_way_round_says_how_to_call_it():
    with pytest.raises(TypeError, match=r"check\('14_adam_step', adam_step\)"):
        check(np.mean, "02_mean_square")


def test_an_unknown_exercise_names_the_nearest():
    with pytest.raises(LookupError, match="did you mean '14_adam_step'"):
        check("14_adam_stepp", np.mean)


@pytest.mark.parametrize("bad", ["adam_step", "14-adam", "14_Adam", "1_adam"])
def test_a_malformed_exercise_id_is_refused(bad):
    with pytest.raises(ValueError, match="no exercise id"):
        Exercise(**{**vars(SQUARES), "id": bad})
