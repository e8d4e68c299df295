"""Mock interviews in the progress file: kept, taken up, looked back on."""

import json
import os
import subprocess
import sys

import pytest

from coursekit.practice import database
from coursekit.practice.mock_questions import MockInterviewError
from coursekit.practice.mock_store import (
    known_weakness,
    last_debrief,
    resume_interview,
    save_interview,
    start_interview,
)
from coursekit.questions import load_bank


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path))
    return tmp_path


def start(**options):
    return start_interview(load_bank(), lessons="14", seed=7, **options)


def row(interview):
    with database.connect() as connection:
        found = connection.execute(
            "SELECT * FROM mock_interviews WHERE id = ?", (interview.id,)
        ).fetchone()
    return dict(found)


def test_an_interview_that_is_left_waits_and_has_no_debrief_yet():
    interview = start()
    interview.answer("momentum")
    save_interview(interview)
    again = resume_interview(load_bank())
    assert (again.id, again.prompt) == (interview.id, interview.prompt)
    assert (row(interview)["finished_at"], row(interview)["debrief"]) == (None, None)
    assert last_debrief(load_bank()) is None


def test_an_interview_that_is_over_is_looked_back_on_and_not_taken_up():
    interview = start()
    interview.answer("momentum")
    interview.finish()
    save_interview(interview)
    assert resume_interview(load_bank()) is None
    found = last_debrief(load_bank())
    assert found.id == interview.id
    stored = json.loads(row(interview)["debrief"])
    assert stored == json.loads(json.dumps(found.to_json()))


def test_saving_again_keeps_one_row_of_an_interview():
    interview = start()
    for _ in range(3):
        save_interview(interview)
        interview.answer("")
    save_interview(interview)
    with database.connect() as connection:
        assert connection.execute("SELECT count(*) FROM mock_interviews").fetchone()[0] == 1


def test_what_was_missed_in_an_interview_counts_as_weak_in_the_next():
    before = known_weakness(load_bank())
    interview = start()
    missed = interview.question.label
    interview.answer("no idea")
    interview.finish()
    save_interview(interview)
    after = known_weakness(load_bank())
    assert after[missed] > before[missed]
    assert {label for label in before if before[label] != after[label]} == {missed}


def test_without_a_seed_one_is_drawn_and_told():
    interview = start_interview(load_bank(), lessons="14")
    again = start_interview(load_bank(), lessons="14", seed=interview.seed)
    assert again.questions == interview.questions


def test_a_saved_interview_that_cannot_be_read_is_a_clear_error():
    interview = start()
    save_interview(interview)
    with database.connect() as connection:
        connection.execute("UPDATE mock_interviews SET state = '[1]'")
    with pytest.raises(MockInterviewError, match="cannot be read"):
        resume_interview(load_bank())


def test_a_killed_process_loses_no_answer_that_was_saved(home):
    source = """
import os, signal
from coursekit.practice.mock_store import save_interview, start_interview
from coursekit.questions import load_bank
interview = start_interview(load_bank(), lessons="14", seed=7)
interview.go_on()
interview.answer("momentum")
interview.draft = "half an"
save_interview(interview)
os.kill(os.getpid(), signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
"""
    environment = {**os.environ, "COURSEKIT_HOME": str(home)}
    subprocess.run([sys.executable, "-c", source], env=environment, check=False, timeout=60)
    again = resume_interview(load_bank())
    assert again.draft == "half an"
    assert again.answers_to(again.questions[0])[0].text == "momentum"
