"""Remembers attempts in the learner's own data folder, so that progress can be shown."""

import os
import sqlite3
import time
import warnings
from contextlib import closing
from pathlib import Path

import platformdirs

from .outcomes import Outcome

# The newest version of the file's schema that this release knows. The practice room makes the
# versions above 1; every version keeps the table of attempts as it is.
KNOWN_VERSION = 2
ATTEMPTS_TABLE = """
CREATE TABLE IF NOT EXISTS attempts (
    id INTEGER PRIMARY KEY,
    made_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    exercise TEXT NOT NULL,
    lesson TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('right', 'wrong', 'crashed', 'not attempted')),
    mistake TEXT
) STRICT
"""
_BUSY_SECONDS = 10.0
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
    """Find the exercises that were once right.

    Returns
    -------
    frozenset of str
        Their ids; empty where nothing is remembered.
    """
    if not progress_file().is_file():
        return frozenset()
    try:
        with closing(_open()) as database:
            rows = database.execute("SELECT DISTINCT exercise FROM attempts WHERE outcome='right'")
            return frozenset(row[0] for row in rows)
    except (OSError, sqlite3.Error):
        return frozenset()


def version_of(database: sqlite3.Connection) -> int:
    """Give the version of a progress file's schema; 0 for an empty one."""
    (version,) = database.execute("PRAGMA user_version").fetchone()
    return int(version)


def switch_to_wal(database: sqlite3.Connection, timeout: float) -> None:
    """Let readers and one writer work at once; SQLite itself does not wait for this switch.

    Parameters
    ----------
    database : sqlite3.Connection
    timeout : float
        Seconds to wait while other programs open the same file for the first time.
    """
    give_up = time.monotonic() + timeout
    while True:
        try:
            database.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not is_busy or time.monotonic() > give_up:
                raise
        time.sleep(0.02)


def _open() -> sqlite3.Connection:
    path = progress_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(path, timeout=_BUSY_SECONDS)
    try:
        if version_of(database) > KNOWN_VERSION:
            raise sqlite3.DatabaseError("a newer coursekit wrote the file: update coursekit")
        if version_of(database) == 0:
            _begin(database)
    except BaseException:
        database.close()
        raise
    return database


def _begin(database: sqlite3.Connection) -> None:
    """Write the first version of the schema into an empty file."""
    switch_to_wal(database, _BUSY_SECONDS)
    with database:
        database.execute("BEGIN IMMEDIATE")
        # Asked again: another program may have begun the file while this one waited.
        if version_of(database) == 0:
            database.execute(ATTEMPTS_TABLE)
            database.execute("PRAGMA user_version = 1")
