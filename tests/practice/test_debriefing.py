"""The debrief: what was mentioned, in which words, and what to do next."""

import dataclasses
import json
import re

from coursekit.practice.debrief_pages import debrief_as_html, debrief_lines
from coursekit.practice.debriefing import debrief
from coursekit.practice.mock_interviews import MockInterview
from coursekit.questions import find_questions

ADAM = "Adam adds momentum.\nIt <always> converges & overcomes local minima."


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def held(*steps, minutes=20, solved=()):
    """Hold an interview: pairs of the seconds that pass and the answer then given."""
    questions = [q for q in find_questions("14_optimizers") if q.id in ("DL-25", "HT-4")]
    questions.sort(key=lambda q: q.id)
    clock = Clock()
    interview = MockInterview(questions, minutes, seed=7, clock=clock)
    interview.go_on()
    for seconds, step in steps:
        clock.now += seconds
        if isinstance(step, str):
            interview.answer(step)
        else:
            interview.rate(step)
    interview.finish()
    return debrief(interview, solved)


def as_text(found):
    return "\n".join(line for line, _ in debrief_lines(found))


def point(found, start):
    return next(each for each in found.questions[0].key_points if each.text.startswith(start))


def test_points_are_told_apart_by_mentioned_at_once_when_asked_and_missed():
    found = held((60, "Adam adds momentum."), (20, "RMSprop keeps a running mean of squares."))
    assert point(found, "Adam adds").at_once
    asked = point(found, "RMSprop uses")
    assert asked.mentioned
    assert not asked.at_once
    assert not point(found, "Decoupled").mentioned
    assert 0 < found.questions[0].coverage < 1


def test_missed_points_are_listed_with_the_heaviest_first():
    weights = [each.weight for each in held((1, "no idea")).questions[0].missed]
    assert weights == sorted(weights, reverse=True)


def test_time_is_told_by_question_and_in_all():
    found = held((60, "Adam adds momentum."), (20, ""), (5, "It is the step size."))
    assert [each.seconds for each in found.questions] == [80, 5]
    assert found.seconds == 85
    assert "1:20" in as_text(found)


def test_the_words_that_matched_are_marked_and_the_text_is_otherwise_kept():
    answer = held((1, ADAM)).questions[0].answers[0]
    assert "[" in answer.marked()
    assert answer.marked("", "") == ADAM
    assert "momentum" in "".join(ADAM[start:stop] for start, stop in answer.spans)


def test_matches_that_touch_are_marked_one_by_one_and_those_that_overlap_as_one():
    answer = held((1, ADAM)).questions[0].answers[0]
    touching = dataclasses.replace(answer, text="abcdef", spans=((0, 2), (2, 4)))
    overlapping = dataclasses.replace(touching, spans=((0, 3), (2, 4)))

    assert touching.marked() == "[ab][cd]ef"
    assert overlapping.marked() == "[abcd]ef"


def test_a_misconception_is_named_with_its_words_and_not_called_wrong():
    found = held((1, "Adam overcomes local minima."))
    flags = found.questions[0].red_flags
    flag = next(each for each in flags if each.text.startswith("Adam overcomes local minima"))
    assert "minima" in " ".join(flag.words)
    assert "You may have said" in as_text(found)


def test_it_is_a_checklist_and_never_a_verdict():
    for page in (as_text(held((1, ADAM))), debrief_as_html(held((1, ADAM)))):
        assert "checklist, not a verdict" in " ".join(page.split())
        assert not re.search(r"\b(in)?correct\b", page.lower())


def test_what_to_do_next_names_lesson_claims_and_the_exercises_not_yet_solved():
    step = held((1, "no idea")).next_steps[0]
    assert step.lesson == "14_optimizers"
    assert "DL-25.adam-leads-early" in step.claims
    assert step.exercises == ("14_adam_step",)
    assert held((1, "no idea"), solved={"14_adam_step"}).next_steps[0].exercises == ()


def test_claims_about_what_was_missed_come_first():
    bank = find_questions(question_id="DL-25")[0]
    points = [each.text for each in bank.key_points if "sparse" not in each.text]
    assert held((1, points)).next_steps[0].claims[0] == "DL-25.adagrad-for-sparse-features"


def test_questions_that_were_not_reached_are_named_and_not_judged():
    found = held((1, "no idea"))
    assert found.not_reached == ("HT-4",)
    assert [each.label for each in found.questions] == ["DL-25"]
    assert "Not reached: HT-4" in as_text(found)


def test_a_spoken_answer_counts_as_rated_and_a_passed_one_as_nothing():
    points = [each.text for each in find_questions(question_id="DL-25")[0].key_points]
    found = held((1, points), (1, ""), (1, ""))
    assert found.questions[0].coverage == 1
    assert found.questions[1].coverage == 0
    text = as_text(found)
    assert "(spoken, rated by yourself)" in text
    assert "(passed)" in text


def test_an_interview_without_an_answer_has_a_debrief_too():
    found = held()
    assert found.questions == ()
    assert "Nothing was answered" in as_text(found)
    assert "Nothing was answered" in debrief_as_html(found)


def test_the_html_escapes_what_was_typed_and_marks_the_words():
    html = debrief_as_html(held((1, ADAM)))
    assert "&lt;always&gt;" in html
    assert "<always>" not in html
    assert "<mark>" in html


def test_json_holds_all_of_it():
    found = held((60, ADAM))
    record = json.loads(json.dumps(found.to_json()))
    assert record["questions"][0]["answers"][0]["text"] == ADAM
    assert record["note"] == found.note
