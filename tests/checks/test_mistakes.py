"""Every declared mistake fails its check, and is told from all the others."""

import pytest

from coursekit.checks import assess, exercises

ALL = exercises()
MISTAKES = [(exercise, mistake) for exercise in ALL for mistake in exercise.mistakes]


@pytest.mark.parametrize(
    ("exercise", "mistake"), MISTAKES, ids=[f"{e.id}-{m.name}" for e, m in MISTAKES]
)
def test_a_mistake_fails_and_is_named(exercise, mistake):
    outcome = assess(exercise, mistake.answer)

    assert outcome.outcome in {"wrong", "crashed"}
    assert outcome.mistake == mistake.name
    assert outcome.earned == 0


@pytest.mark.parametrize("exercise", ALL, ids=[exercise.id for exercise in ALL])
def test_an_exercise_is_complete(exercise):
    assert assess(exercise, exercise.reference).outcome == "right"
    assert len(exercise.mistakes) >= 3
    assert len(exercise.hints) >= 2
    assert len(exercise.cases()) >= 3
    assert exercise.points > 0
    assert exercise.questions
    for mistake in exercise.mistakes:
        assert mistake.misunderstanding.startswith("You"), mistake.name
        assert mistake.misunderstanding.endswith("."), mistake.name


def test_there_are_exercises_to_test():
    assert len(ALL) >= 6
