"""Remembers attempts in the learner's own data folder, so that progress can be shown."""

import os
import sqlite3
import warnings
from contextlib import closing
from pathlib import Path

import platformdirs

from .outcomes import Outcome

_SCHEMA = """
CREATE TABLE IF NOT EXISTS attempts (
    id INTEGER PRIMARY KEY,
    made_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    exercise TEXT NOT NULL,
    lesson TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('right', 'wrong', 'crashed', 'not attempted')),
    mistake TEXT
) STRICT;
PRAGMA user_version = 1;
"""
_DISABLED = {"0", "false", "off"}


def progress_file() -> Path:
    """Give the file in which progress is kept.

    ``COURSEKIT_HOME`` names its folder; without it, the platform's own data folder is used.
    """
    home = os.environ.get("COURSEKIT_HOME") or platformdirs.user_data_dir("coursekit")
    return Path(home).expanduser() / "progress.sqlite"


def record_attempt(outcome: Outcome) -> None:
    """Add one attempt; a check never fails because it cannot be remembered.

    Set ``COURSEKIT_ATTEMPTS=0`` to remember nothing. A file that cannot be written gives one
    warning and costs the record, not the outcome.
    """
    if os.environ.get("COURSEKIT_ATTEMPTS", "1").lower() in _DISABLED:
        return
    try:
        with closing(_open()) as database, database:
            database.execute(
                "INSERT INTO attempts (exercise, lesson, outcome, mistake) VALUES (?, ?, ?, ?)",
                (outcome.exercise, outcome.lesson, outcome.outcome, outcome.mistake),
            )
    except (OSError, sqlite3.Error) as error:
        warnings.warn(f"This attempt is not remembered: {error}", RuntimeWarning, stacklevel=3)


def solved_exercises() -> frozenset[str]:
    """Give the ids of the exercises that were once right; empty where nothing is remembered."""
    if not progress_file().is_file():
        return frozenset()
    try:
        with closing(_open()) as database:
            rows = database.execute("SELECT DISTINCT exercise FROM attempts WHERE outcome='right'")
            return frozenset(row[0] for row in rows)
    except (OSError, sqlite3.Error):
        return frozenset()


def _open() -> sqlite3.Connection:
    path = progress_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(path, timeout=10)
    database.execute("PRAGMA journal_mode = WAL")
    database.executescript(_SCHEMA)
    return database
