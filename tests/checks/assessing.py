"""What the tests of every lesson's exercises ask of the checks."""

from coursekit.checks import assess, find_exercise


def outcome(exercise_id, answer):
    """Give the outcome of an answer in a word, unrecorded."""
    return assess(find_exercise(exercise_id), answer).outcome
