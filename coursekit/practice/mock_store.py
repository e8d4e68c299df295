"""Keeps mock interviews in the progress file, so that one can be left and taken up again."""

import json
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from coursekit.checks import solved_exercises
from coursekit.questions import Question

from . import database
from .cards import weaknesses
from .debriefing import Debrief, debrief
from .mock_interviews import MockInterview
from .mock_questions import MockInterviewError, choose_questions, questions_of_lessons
from .rows import in_utc, parse_row

_SAVE = """
INSERT INTO mock_interviews (id, started_at, finished_at, seed, minutes, state, debrief)
VALUES (:id, :started_at, :finished_at, :seed, :minutes, :state, :debrief)
ON CONFLICT (id) DO UPDATE SET
    finished_at = excluded.finished_at, state = excluded.state, debrief = excluded.debrief
"""
_UNFINISHED = """
SELECT id, started_at, state FROM mock_interviews WHERE finished_at IS NULL
ORDER BY saved_at DESC, started_at DESC LIMIT 1
"""
_LAST_DEBRIEF = """
SELECT state FROM mock_interviews WHERE finished_at IS NOT NULL
ORDER BY finished_at DESC LIMIT 1
"""
_DEBRIEFS = """
SELECT id, debrief FROM mock_interviews WHERE debrief IS NOT NULL ORDER BY finished_at
"""


def start_interview(
    bank: Sequence[Question],
    minutes: float = 20,
    lessons: str | None = None,
    seed: int | None = None,
    *,
    spoken: bool = False,
    clock: Callable[[], float] = time.monotonic,
) -> MockInterview:
    """Prepare an interview about what the learner is weakest at; time stands until it goes on.

    Parameters
    ----------
    bank : sequence of Question
        The questions to draw from.
    minutes : float
        Its length.
    lessons : str, optional
        Such as ``"13-19"`` or ``"2, 14_optimizers"``; all if left out.
    seed : int, optional
        The same seed with the same history draws the same questions; drawn if left out.
    spoken : bool
        Whether answers are spoken and rated by the candidate.
    clock : callable
        Gives seconds that never go back.

    Returns
    -------
    MockInterview

    Raises
    ------
    MockInterviewError
        If no question is left, or ``minutes`` is not positive.
    """
    questions = questions_of_lessons(bank, lessons)
    seed = secrets.randbelow(10_000) if seed is None else seed
    chosen = choose_questions(questions, minutes, seed, known_weakness(questions))
    return MockInterview(chosen, minutes, seed, spoken=spoken, clock=clock)


def known_weakness(questions: Sequence[Question]) -> dict[str, float]:
    """Give each question's weakness by label, from 0 to 1.

    It is the weakness of its card; where the question came up in a mock interview, the mean of
    that and of the share of key points that were missed there last.
    """
    weakness = weaknesses(questions)
    missed = dict(database.transact(_shares_missed))
    return {
        label: (value + missed[label]) / 2 if label in missed else value
        for label, value in weakness.items()
    }


def _shares_missed(connection: sqlite3.Connection) -> list[tuple[str, float]]:
    """Read label and share of key points missed of each question that came up, in that order."""

    def parse(row: sqlite3.Row) -> list[tuple[str, float]]:
        questions = json.loads(row["debrief"])["questions"]
        return [(str(each["label"]), 1 - each["coverage"]) for each in questions]

    rows = connection.execute(_DEBRIEFS).fetchall()
    return [each for row in rows for each in parse_row("mock_interviews", row, parse)]


def save_interview(interview: MockInterview) -> None:
    """Save an interview as it stands, with its debrief once it is over."""
    over = interview.is_over
    record = {
        "id": interview.id,
        "started_at": interview.started_at,
        "finished_at": datetime.now(UTC).isoformat() if over else None,
        "seed": interview.seed,
        "minutes": interview.minutes,
        "state": json.dumps(interview.to_state()),
        "debrief": json.dumps(debrief_of(interview).to_json()) if over else None,
    }
    database.transact(lambda connection: connection.execute(_SAVE, record).rowcount)


def resume_interview(
    bank: Iterable[Question], *, clock: Callable[[], float] = time.monotonic
) -> MockInterview | None:
    """Take up the unfinished interview that was saved last; its time stands still until it goes on.

    Parameters
    ----------
    bank : iterable of Question
        Where to find its questions.
    clock : callable
        Gives seconds that never go back.

    Returns
    -------
    MockInterview or None
        None if there is none to go on with.

    Raises
    ------
    MockInterviewError
        If what was saved cannot be read.
    """
    state = _read(_UNFINISHED)
    return None if state is None else MockInterview.from_state(state, bank, clock=clock)


def unfinished_since() -> datetime | None:
    """Give when the interview began that :func:`resume_interview` takes up, None without one."""
    row = _first(_UNFINISHED)
    if row is None:
        return None
    return parse_row("mock_interviews", row, lambda row: in_utc(row["started_at"]))


def last_debrief(bank: Iterable[Question]) -> Debrief | None:
    """Look back once more on the interview that ended last, None if none did."""
    state = _read(_LAST_DEBRIEF)
    return None if state is None else debrief_of(MockInterview.from_state(state, bank))


def debrief_of(interview: MockInterview) -> Debrief:
    """Give the debrief, in which exercises that were solved already are not named again."""
    return debrief(interview, solved_exercises())


def _read(statement: str) -> dict[str, Any] | None:
    row = _first(statement)
    if row is None:
        return None
    try:
        return dict(json.loads(row["state"]))
    except (TypeError, ValueError) as error:
        raise MockInterviewError(
            f"the saved interview cannot be read ({error}): start another one"
        ) from error


def _first(statement: str) -> sqlite3.Row | None:
    def first(connection: sqlite3.Connection) -> Any:
        return connection.execute(statement).fetchone()

    return database.transact(first)
