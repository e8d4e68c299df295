"""The mock interview in a notebook, its buttons clicked."""

import pytest

from coursekit.practice.mock_questions import MockInterviewError
from coursekit.practice.notebook_mock import NotebookInterview, mock_interview


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path))


def hold(**options):
    return mock_interview(20, "14", seed=7, **options)


def visible(page):
    return [name for name, button in page.buttons.items() if button.layout.display != "none"]


def say(page, text):
    page.text.value = text
    page.buttons["answer"].click()


def test_time_stands_until_start_is_clicked():
    page = hold()
    assert visible(page) == ["start"]
    assert page.interview.seconds_used == 0
    page.buttons["start"].click()
    assert visible(page) == ["answer", "pass", "leave", "end"]
    assert page.interview.question.question in page.prompt.value


def test_a_start_tells_of_an_unfinished_interview_and_how_to_go_on_with_it():
    first = hold()
    assert "unfinished" not in first.prompt.value
    first.buttons["start"].click()
    first.buttons["leave"].click()

    second = hold()
    assert "is unfinished: <code>resume=True</code> goes on with it" in second.prompt.value
    second.buttons["start"].click()
    assert second.interview.question.question in second.prompt.value
    assert "unfinished" not in hold(resume=True).prompt.value


def test_a_typed_answer_gets_its_follow_up_and_an_empty_box():
    page = hold()
    page.buttons["start"].click()
    say(page, "momentum <b>")
    assert page.interview.prompt.kind == "missed point"
    assert "Follow-up" in page.prompt.value
    assert page.text.value == ""


def test_an_empty_answer_is_not_taken_for_passing():
    page = hold()
    page.buttons["start"].click()
    prompt = page.interview.prompt
    say(page, "  ")
    assert page.interview.prompt == prompt
    page.buttons["pass"].click()
    assert page.interview.prompt != prompt


def test_the_debrief_comes_at_the_end():
    page = hold()
    page.buttons["start"].click()
    say(page, "momentum <b>")
    page.buttons["end"].click()
    assert visible(page) == []
    assert "Debrief" in page.debrief.value
    assert "momentum &lt;b&gt;" in page.debrief.value.replace("<mark>", "").replace("</mark>", "")


def test_spoken_answers_are_rated_by_ticking_key_points():
    page = hold(spoken=True)
    page.buttons["start"].click()
    assert page.text.layout.display == "none"
    page.buttons["spoken"].click()
    boxes = page.points.children[1:]
    assert [box.description for box in boxes] == [
        point.text for point in page.interview.question.key_points
    ]
    question = page.interview.question
    boxes[0].value = True
    page.buttons["answer"].click()
    assert page.interview.answers_to(question)[0].rated == (question.key_points[0].text,)
    assert page.points.children == ()


def test_an_interview_is_left_with_its_draft_and_taken_up_in_another_notebook():
    page = hold()
    page.buttons["start"].click()
    page.text.value = "It begins"
    page.buttons["leave"].click()
    assert visible(page) == ["start"]
    again = mock_interview(resume=True)
    again.buttons["start"].click()
    assert again.text.value == "It begins"
    assert again.interview.id == page.interview.id


def test_there_may_be_nothing_to_go_on_with():
    with pytest.raises(MockInterviewError, match="leave out resume"):
        mock_interview(resume=True)


def test_a_fault_is_shown_and_not_hidden_in_a_log():
    def fail(interview):
        raise OSError("the disk is gone")

    page = NotebookInterview(hold().interview, save=fail)
    page.buttons["start"].click()
    assert "the disk is gone" in page.debrief.value


def test_jupyter_shows_it_as_a_widget():
    bundle = hold()._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "mock interview" in bundle["text/plain"].lower()
