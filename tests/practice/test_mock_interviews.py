"""The mock interview: which questions, which follow-ups, whose time, and how it is taken up."""

import json

import pytest

from coursekit.practice.follow_ups import MAX_FOLLOW_UPS
from coursekit.practice.mock_interviews import MockInterview
from coursekit.practice.mock_questions import (
    MINUTES_BY_DIFFICULTY,
    MockInterviewError,
    choose_questions,
    questions_of_lessons,
)
from coursekit.questions import Question


def question(number, difficulty=1, lesson="14_optimizers", part=None):
    return Question(
        id=f"DL-{number}",
        part=part,
        lesson=lesson,
        difficulty=difficulty,
        tags=("adam",),
        question=f"How does optimizer {number} work?",
        short_answer="It averages.",
        deep_answer="It averages gradients.",
        key_points=(
            {"text": "Sparse features profit", "weight": 1, "patterns": ("sparse",)},
            {"text": "Momentum: a mean of gradients", "weight": 3, "patterns": ("momentum",)},
            {"text": "Bias is corrected", "weight": 2, "patterns": ("correct*",)},
        ),
        red_flags=({"text": "It always converges", "patterns": ("always converges",)},),
        follow_ups=(
            {"question": "What does it cost?", "answer": "Two numbers a weight."},
            {"question": "Why is it corrected?", "answer": "The correction undoes the start at 0."},
        ),
        claims=(f"DL-{number}.adam-leads",),
        exercises=("14_adam_step",),
        sources=("Kingma 2015",),
    )


class Clock:
    """A clock that stands until it is told to move."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def interview(clock):
    found = MockInterview([question(1), question(2)], minutes=10, clock=clock)
    found.go_on()
    return found


COMPLETE = "momentum, which is corrected, and good for sparse features"


# Which questions


def pool():
    return [question(n, difficulty=1 + n % 3, lesson=f"{10 + n % 4}_lesson") for n in range(1, 40)]


def test_the_same_seed_draws_the_same_questions_and_another_seed_others():
    first = choose_questions(pool(), 30, seed=7)
    assert first == choose_questions(pool(), 30, seed=7)
    assert any(choose_questions(pool(), 30, seed=seed) != first for seed in range(5))


def test_the_questions_fit_into_the_time_mix_difficulties_and_get_harder():
    for minutes in (10, 20, 45):
        difficulties = [q.difficulty for q in choose_questions(pool(), minutes, seed=1)]
        assert sum(MINUTES_BY_DIFFICULTY[each] for each in difficulties) <= minutes
        assert difficulties == sorted(difficulties)
    assert set(difficulties) == {1, 2, 3}


def test_weak_questions_come_more_often():
    weakness = {q.label: float(q.id == "DL-3") for q in pool()}
    weak = sum(
        "DL-3" in {q.id for q in choose_questions(pool(), 12, seed, weakness)}
        for seed in range(100)
    )
    strong = sum(
        "DL-3" in {q.id for q in choose_questions(pool(), 12, seed, {"DL-3": 0.0})}
        for seed in range(100)
    )
    assert weak > 2 * strong


def test_one_interview_does_not_ask_both_parts_of_a_question():
    parts = [question(1, part="data"), question(1, part="model")]
    assert len(choose_questions(parts, 60, seed=0)) == 1


def test_a_short_interview_still_has_one_question():
    assert len(choose_questions(pool(), 1, seed=0)) == 1


def test_lessons_are_given_by_number_range_and_name():
    def lessons(text):
        return {q.lesson for q in questions_of_lessons(pool(), text)}

    assert lessons("11") == {"11_lesson"}
    assert lessons("11-12, 10_lesson") == {"10_lesson", "11_lesson", "12_lesson"}
    assert lessons(None) == {f"{n}_lesson" for n in range(10, 14)}


@pytest.mark.parametrize("text", ["x", "19-13", "1-", "-3", "13–19"])
def test_lessons_that_cannot_be_read_are_named(text):
    with pytest.raises(MockInterviewError, match=r"cannot be read.*13-19"):
        questions_of_lessons(pool(), text)


def test_lessons_without_questions_are_an_error_that_names_them():
    with pytest.raises(MockInterviewError, match="'30-31'"):
        questions_of_lessons(pool(), "30-31")


@pytest.mark.parametrize("minutes", [0, -1, float("inf"), float("nan")])
def test_minutes_must_be_positive(minutes):
    with pytest.raises(MockInterviewError, match="minutes"):
        choose_questions(pool(), minutes, seed=0)
    with pytest.raises(MockInterviewError, match="minutes"):
        MockInterview(pool(), minutes)


def test_a_negative_seed_is_an_error():
    with pytest.raises(MockInterviewError, match="seed"):
        choose_questions(pool(), 20, seed=-1)


def test_an_interview_without_questions_is_an_error():
    with pytest.raises(MockInterviewError, match="no questions"):
        choose_questions([], 20, seed=0)
    with pytest.raises(MockInterviewError, match="no questions"):
        MockInterview([], 20)


# Which follow-ups


def test_the_heaviest_missed_point_is_asked_for_without_giving_its_explanation_away(interview):
    prompt = interview.answer("it is corrected")
    assert (prompt.kind, prompt.point) == ("missed point", "Momentum: a mean of gradients")
    assert "Momentum" in prompt.text
    assert "mean of gradients" not in prompt.text


def test_a_follow_up_of_the_bank_that_is_about_the_missed_point_asks_for_it(interview):
    prompt = interview.answer("momentum for sparse features")
    assert prompt.text == "Why is it corrected?"
    assert prompt.point == "Bias is corrected"


def test_a_complete_answer_gets_the_harder_follow_up_and_then_the_next_question(interview):
    prompt = interview.answer(COMPLETE)
    assert (prompt.kind, prompt.text) == ("harder", "What does it cost?")
    assert interview.number == 1
    assert interview.answer("two numbers").kind == "question"
    assert interview.number == 2


def test_what_a_follow_up_brought_out_counts(interview):
    interview.answer("corrected, sparse")
    assert interview.answer("oh, momentum").kind == "harder"


def test_nobody_is_asked_twice_for_the_same_point_nor_for_ever(interview):
    points = []
    while interview.number == 1:
        points.append(interview.prompt.point)
        interview.answer("no idea")
    assert len(points) == 1 + MAX_FOLLOW_UPS
    assert len(set(points)) == len(points)


def test_passing_leads_to_the_next_question(interview):
    assert interview.answer("  \n ").kind == "question"
    assert interview.number == 2


def test_a_spoken_answer_is_rated_by_key_point_and_followed_up_alike(interview):
    points = [point.text for point in interview.question.key_points]
    assert interview.rate(points[1:]).point == "Sparse features profit"
    assert interview.rate(points[:1]).kind == "harder"


def test_a_rating_of_a_point_that_the_question_does_not_have_is_an_error(interview):
    with pytest.raises(MockInterviewError, match="'Luck'"):
        interview.rate(["Luck"])


# Whose time


def test_each_answer_takes_the_time_since_its_prompt(interview, clock):
    clock.now += 60
    interview.answer(COMPLETE)
    clock.now += 30
    interview.answer("two numbers")
    seconds = [answer.seconds for answer in interview.answers_to(question(1))]
    assert seconds == [60, 30]
    assert interview.seconds_left == 510


def test_time_stands_still_before_the_start_and_in_a_pause(clock):
    interview = MockInterview([question(1)], minutes=10, clock=clock)
    clock.now += 100
    assert interview.seconds_used == 0
    interview.go_on()
    clock.now += 5
    interview.pause()
    clock.now += 100
    interview.go_on()
    clock.now += 2
    assert interview.seconds_used == 7


def test_an_answer_begun_in_time_counts_and_nothing_is_asked_after_the_end(interview, clock):
    clock.now += 700
    assert interview.seconds_left == 0
    assert interview.answer("it is corrected") is None
    assert interview.is_over
    assert interview.answers_to(question(1))[0].text == "it is corrected"


def test_an_interview_that_is_over_takes_no_answer(interview):
    interview.finish()
    assert interview.question is None
    with pytest.raises(MockInterviewError, match="over"):
        interview.answer("more")


def test_after_the_last_question_the_interview_is_over_and_its_time_stands(interview, clock):
    interview.answer("")
    clock.now += 10
    interview.answer("")
    clock.now += 10
    assert interview.is_over
    assert interview.seconds_used == 10


# Leaving and taking up


def taken_up(interview, bank, clock):
    return MockInterview.from_state(json.loads(json.dumps(interview.to_state())), bank, clock=clock)


def test_an_interview_is_taken_up_where_it_was_left_and_keeps_its_time(interview, clock):
    clock.now += 60
    interview.answer("it is corrected")
    clock.now += 20
    interview.draft = "It keeps"
    interview.pause()
    later = Clock()
    later.now = 5.0  # another process: its clock starts elsewhere
    again = taken_up(interview, [question(1), question(2)], later)
    later.now += 50
    assert (again.prompt, again.draft) == (interview.prompt, "It keeps")
    assert again.seconds_used == 80
    again.go_on()
    later.now += 10
    again.answer("momentum")
    assert [each.seconds for each in again.answers_to(question(1))] == [60, 30]
    assert again.id == interview.id


def test_an_interview_that_is_over_stays_over(interview, clock):
    interview.answer(COMPLETE)
    interview.finish()
    assert taken_up(interview, [question(1), question(2)], clock).is_over


def test_a_question_that_the_bank_lost_is_left_out(interview, clock):
    again = taken_up(interview, [question(2)], clock)
    assert again.question == question(2)
    assert again.prompt.kind == "question"
    interview.answer("")
    again = taken_up(interview, [question(1)], clock)
    assert again.is_over


def test_a_state_that_cannot_be_read_is_a_clear_error(interview, clock):
    state = interview.to_state()
    with pytest.raises(MockInterviewError, match="schema 9"):
        MockInterview.from_state({**state, "schema": 9}, [question(1)])
    with pytest.raises(MockInterviewError, match="cannot be read"):
        MockInterview.from_state({**state, "answers": None}, [question(1)])
    with pytest.raises(MockInterviewError, match="no questions"):
        taken_up(interview, [], clock)
