"""Attempts are remembered where the learner's data is, and never stand in a check's way."""

import threading

import pytest

from coursekit.checks.attempts import progress_file, record_attempt, solved_exercises
from coursekit.checks.outcomes import Outcome


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("COURSEKIT_ATTEMPTS", raising=False)
    return tmp_path / "home"


def attempt(outcome="right", exercise="14_adam_step"):
    return Outcome(exercise, "14_optimizers", outcome, 3, 3, "")


def test_only_right_answers_solve_an_exercise():
    record_attempt(attempt("wrong", "14_plateau"))
    record_attempt(attempt("right"))

    assert solved_exercises() == {"14_adam_step"}


def test_nothing_is_remembered_or_created_when_it_is_switched_off(monkeypatch):
    monkeypatch.setenv("COURSEKIT_ATTEMPTS", "0")

    record_attempt(attempt())

    assert not progress_file().exists()
    assert solved_exercises() == frozenset()


def test_a_home_that_cannot_be_written_costs_a_warning_and_not_the_check(home, monkeypatch):
    home.parent.joinpath("file").write_text("in the way")
    monkeypatch.setenv("COURSEKIT_HOME", str(home.parent / "file"))

    with pytest.warns(RuntimeWarning, match="not remembered"):
        record_attempt(attempt())


def test_a_damaged_file_costs_a_warning_and_is_left_as_it_is(home):
    home.mkdir()
    progress_file().write_bytes(b"not a database at all" * 100)

    with pytest.warns(RuntimeWarning, match="not remembered"):
        record_attempt(attempt())

    assert progress_file().read_bytes().startswith(b"not a database")
    assert solved_exercises() == frozenset()


def test_two_notebooks_may_write_at_once():
    threads = [
        threading.Thread(target=record_attempt, args=(attempt(exercise=f"14_e{n}"),))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(solved_exercises()) == 8


def test_no_attempt_is_lost_when_many_open_the_file_for_the_first_time(tmp_path, monkeypatch):
    for n_home in range(10):
        monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path / str(n_home)))
        start = threading.Barrier(8)

        def record(n, start=start):
            start.wait()
            record_attempt(attempt(exercise=f"14_e{n}"))

        threads = [threading.Thread(target=record, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(solved_exercises()) == 8
