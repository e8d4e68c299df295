"""The versions of the progress file's schema, and the steps from each to the next.

A step is never changed once released: a new version is a new step at the end. The table
``attempts`` stays as it is, for ``check`` writes it without this room.
"""

import sqlite3

from coursekit.checks.attempts import ATTEMPTS_TABLE, KNOWN_VERSION, version_of

_NOW = "(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))"

_CARDS = """
CREATE TABLE IF NOT EXISTS cards (
    label TEXT PRIMARY KEY,
    state INTEGER NOT NULL,
    step INTEGER,
    stability REAL NOT NULL,
    difficulty REAL NOT NULL,
    due TEXT NOT NULL,
    last_review TEXT NOT NULL
) STRICT
"""
_REVIEWS = """
CREATE TABLE IF NOT EXISTS reviews (
    id TEXT PRIMARY KEY,
    label TEXT NOT NULL REFERENCES cards (label),
    reviewed_at TEXT NOT NULL,
    rating TEXT NOT NULL CHECK (rating IN ('again', 'hard', 'good', 'easy')),
    seconds REAL,
    missed TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(missed))
) STRICT
"""
_SETTINGS = f"""
CREATE TABLE IF NOT EXISTS settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL CHECK (json_valid(value)),
    set_at TEXT NOT NULL DEFAULT {_NOW}
) STRICT
"""
_MOCK_INTERVIEWS = f"""
CREATE TABLE IF NOT EXISTS mock_interviews (
    id TEXT PRIMARY KEY,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    seed INTEGER NOT NULL,
    minutes REAL NOT NULL,
    state TEXT NOT NULL CHECK (json_valid(state)),
    debrief TEXT CHECK (debrief IS NULL OR json_valid(debrief)),
    saved_at TEXT NOT NULL DEFAULT {_NOW}
) STRICT
"""
# Whoever updates an interview need not think of saved_at, by which an import knows the newer one.
_MOCK_INTERVIEWS_SAVED = f"""
CREATE TRIGGER IF NOT EXISTS mock_interviews_saved
AFTER UPDATE OF state, debrief, finished_at ON mock_interviews
BEGIN
    UPDATE mock_interviews SET saved_at = {_NOW} WHERE id = NEW.id;
END
"""

# The step at place n leads from version n to version n + 1. The second may meet its own tables:
# a coursekit of version 1 set the number back whenever it recorded an attempt.
STEPS: tuple[tuple[str, ...], ...] = (
    (ATTEMPTS_TABLE,),
    (
        _CARDS,
        _REVIEWS,
        "CREATE INDEX IF NOT EXISTS reviews_of_card ON reviews (label, reviewed_at)",
        _SETTINGS,
        _MOCK_INTERVIEWS,
        _MOCK_INTERVIEWS_SAVED,
    ),
)


def migrate(database: sqlite3.Connection) -> None:
    """Bring a progress file to the version that this release knows, in one transaction.

    Parameters
    ----------
    database : sqlite3.Connection
        In autocommit mode. Killed halfway, it is left as it was.
    """
    if version_of(database) >= KNOWN_VERSION:
        return
    database.execute("BEGIN IMMEDIATE")
    try:
        # Asked again: another program may have migrated while this one waited for its turn.
        for statements in STEPS[version_of(database) : KNOWN_VERSION]:
            for statement in statements:
                database.execute(statement)
        database.execute(f"PRAGMA user_version = {max(KNOWN_VERSION, version_of(database))}")
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise
