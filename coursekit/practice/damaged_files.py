"""Finds damage in a progress file, and sets the file aside without losing a byte of it."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def tells_damage(error: BaseException) -> bool:
    """Tell whether an error of SQLite means that the file is damaged."""
    # The low byte of SQLite's extended codes is the family.
    return getattr(error, "sqlite_errorcode", -1) & 0xFF in _DAMAGED


def raise_if_damaged(database: sqlite3.Connection) -> None:
    """Read the whole file.

    Raises
    ------
    sqlite3.DatabaseError
        If it is damaged; :func:`tells_damage` knows the error.
    """
    (found,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        error = sqlite3.DatabaseError(found)
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error


def set_aside(path: Path, timeout: float) -> Path | None:
    """Rename a damaged file with its companions, in which SQLite may keep part of its content.

    Parameters
    ----------
    path : Path
        The progress file.
    timeout : float
        Seconds to wait for another program that is at it.

    Returns
    -------
    Path or None
        The new name; None if the file is whole, for another program was first.

    Raises
    ------
    OSError, sqlite3.OperationalError
        If the folder cannot be written.
    """
    # A lock that ends with its program, on every system: that of a database in use.
    lock = path.with_name(f"{path.stem}-repair.lock")
    with closing(sqlite3.connect(lock, timeout=timeout, isolation_level=None)) as held:
        held.execute("BEGIN EXCLUSIVE")
        if not _is_damaged(path):
            return None
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        target = path.with_name(f"{path.stem}.damaged-{stamp}{path.suffix}")
        for ending in ("-wal", "-shm", ""):
            companion = path.with_name(path.name + ending)
            if companion.exists():
                companion.rename(target.with_name(target.name + ending))
        return target


def _is_damaged(path: Path) -> bool:
    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(path)) as database:
            raise_if_damaged(database)
    except sqlite3.DatabaseError as error:
        return tells_damage(error)
    return False
