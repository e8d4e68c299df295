"""No question of the syllabus is dropped: each has a lesson, claims, an exercise and a card."""

import pytest

from coursekit.checks import exercises
from coursekit.evidence import read_claims
from coursekit.practice import make_flash_cards
from coursekit.questions import find_questions

from .reading import LESSONS

# Which lesson answers which question; a question that two lessons share is named with its part.
SYLLABUS = {
    "01": "MT-1 HT-9 LF-18 DS-24:data",
    "02": "DS-9 DS-19 MT-4:regression LF-4 LF-5 LF-6 DL-21:regression",
    "03": "DS-6 MT-4:classification LF-1 LF-2 LF-3 DL-21:classification",
    "04": "DS-12 DL-38",
    "05": "DS-5 DL-35",
    "06": "DS-1",
    "07": "DS-10 HT-10 HT-11 DL-29",
    "08": "DS-4 DS-36 HT-7 LF-11",
    "09": "DS-8 MT-3 DS-2",
    "10": "DS-14 DS-21 DS-3 DS-13",
    "11": "DS-16 DS-17 DS-15",
    "12": "DS-11 DS-18",
    "13": "DS-7 DS-20 HT-5 HT-6 DL-22 DL-23",
    "14": "HT-4 LF-14 DL-24 DL-25",
    "15": "DS-23 DS-31 DS-29 DS-26",
    "16": "DS-25 DS-38 DL-26",
    "17": "DS-24:network DS-39 HT-14 LF-12 DL-37",
    "18": "HT-12 LF-15 DL-28",
    "19": "HT-13 LF-13 DL-36",
    "20": "HT-1 HT-2 HT-3 HT-8 DS-27 LF-7 LF-8 LF-9 LF-10 MT-2 DL-27",
    "21": "DS-28 LF-16 LF-17",
    "22": "DS-33 DS-34 DS-35",
    "23": "DS-22",
    "24": "DS-32 DS-37 DL-30 DL-39",
    "25": "DS-30 DL-40",
    "26": "DS-40 DL-31 DL-32",
    "27": "DL-33 DL-34 LF-19",
}


def label(entry):
    question_id, _, part = entry.partition(":")
    return f"{question_id} ({part})" if part else question_id


def test_the_syllabus_has_97_questions():
    ids = {entry.partition(":")[0] for row in SYLLABUS.values() for entry in row.split()}

    assert len(ids) == 97


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_answers_its_questions_with_claims_an_exercise_and_a_card(lesson):
    questions = {question.label: question for question in find_questions(lesson=lesson.stem)}
    stored = {record["id"] for record in read_claims(lesson)}
    declared = {exercise.id for exercise in exercises(lesson.stem)}
    cards = make_flash_cards(list(questions.values()), {lesson.stem: lesson})

    assert set(questions) == {label(entry) for entry in SYLLABUS[lesson.stem[:2]].split()}
    assert len({card.guid for card in cards}) == len(questions)
    for question in questions.values():
        assert set(question.claims) <= stored
        assert question.no_exercise or set(question.exercises) <= declared
