"""The learner's one progress file: opened by several programs at once, never lost, never fatal."""

import sqlite3
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import TypeVar

from coursekit.checks.attempts import (
    KNOWN_VERSION,
    progress_file,
    switch_to_wal,
    version_of,
)

from .damaged_files import raise_if_damaged, set_aside, tells_damage
from .migrations import migrate

Result = TypeVar("Result")

BUSY_SECONDS = 30.0
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_NOT_WRITABLE = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}
# One database in memory for each file that cannot be written, kept until the program ends.
_in_memory: dict[Path, sqlite3.Connection] = {}
_checked: set[tuple[Path, int]] = set()
_lock = RLock()


class ProgressFileError(Exception):
    """Raised for a progress file that cannot be used; the message says what to do."""


class NotSavedWarning(RuntimeWarning):
    """Given once when progress cannot be saved: practice goes on and is forgotten at the end."""


class DamagedFileWarning(RuntimeWarning):
    """Given when a damaged progress file was set aside; the message names its new place."""


def database_file() -> Path:
    """Give the file that holds attempts, cards, reviews, settings and mock interviews.

    Returns
    -------
    Path
        It need not be there yet.
    """
    return progress_file()


def is_saved() -> bool:
    """Tell whether progress is kept in the file, and not in memory alone.

    Returns
    -------
    bool
    """
    return database_file() not in _in_memory


@contextmanager
def connect() -> Iterator[sqlite3.Connection]:
    """Open the progress file for one transaction; transactions do not nest.

    The block's changes are committed together at its end, and undone if it raises. Where the file
    cannot be written (a read-only home, a full disk), one :class:`NotSavedWarning` is given, and
    this and later transactions go to a copy in memory. If that shows only while the block runs,
    its own changes are lost and the program goes on behind it; :func:`transact` loses none.

    Yields
    ------
    sqlite3.Connection
        With foreign keys on, rows of type ``sqlite3.Row``, and a transaction begun.

    Raises
    ------
    ProgressFileError
        If a newer coursekit wrote the file, or another program holds it for too long.
    """
    path = database_file()
    with _lock, _begun(path) as database:
        try:
            yield database
            database.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            _recover(path, error)
            if tells_damage(error):
                raise ProgressFileError("The progress file was damaged: do it again.") from error


def transact(operation: Callable[[sqlite3.Connection], Result]) -> Result:
    """Run one operation as a transaction, again in memory if the file proves not writable.

    Parameters
    ----------
    operation : callable
        Takes the connection. It may be called twice, the first time without effect.

    Returns
    -------
    object
        What the operation returns.

    Raises
    ------
    ProgressFileError
        As :func:`connect` does.
    """
    path = database_file()
    with _lock:
        try:
            return _run(path, operation)
        except sqlite3.DatabaseError as error:
            _recover(path, error)
        return _run(path, operation)


def _run(path: Path, operation: Callable[[sqlite3.Connection], Result]) -> Result:
    with _begun(path) as database:
        result = operation(database)
        database.execute("COMMIT")
        return result


@contextmanager
def _begun(path: Path) -> Iterator[sqlite3.Connection]:
    """Give the file or its stand-in with a transaction begun; undo what is not committed."""
    database = _in_memory.get(path) or _open(path)
    try:
        if not database.in_transaction:
            database.execute("BEGIN IMMEDIATE")
        yield database
    finally:
        if database.in_transaction:
            with suppress(sqlite3.Error):  # SQLite may have undone it already
                database.execute("ROLLBACK")
        if database is not _in_memory.get(path):
            database.close()


def _open(path: Path) -> sqlite3.Connection:
    """Open the file for writing, or else what stands in for it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _open_file(path)
    except (OSError, sqlite3.DatabaseError) as error:
        _recover(path, error)
    return _in_memory.get(path) or _open_file(path)


def _open_file(path: Path) -> sqlite3.Connection:
    database = _connection(path)
    try:
        _refuse_newer(database, path)
        _check_once(database, path)
        switch_to_wal(database, BUSY_SECONDS)
        migrate(database)
        database.execute("BEGIN IMMEDIATE")  # shows here whether the file can be written
    except BaseException:
        database.close()
        raise
    return database


def _connection(target: Path | str) -> sqlite3.Connection:
    database = sqlite3.connect(
        target,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
        uri=isinstance(target, str),
    )
    database.row_factory = sqlite3.Row
    # Text that is no UTF-8 must not stop a query: `parse_row` tells in which row it stands.
    database.text_factory = lambda text: text.decode(errors="surrogateescape")
    database.execute("PRAGMA foreign_keys = ON")
    return database


def _refuse_newer(database: sqlite3.Connection, path: Path) -> None:
    if (version := version_of(database)) > KNOWN_VERSION:
        raise ProgressFileError(
            f"{path} was written by a newer coursekit (its version {version}; this one knows "
            f"{KNOWN_VERSION}): update coursekit, or set COURSEKIT_HOME to another folder. "
            "Nothing was changed."
        )


def _check_once(database: sqlite3.Connection, path: Path) -> None:
    """Look for damage when the program first opens the file."""
    key = (path, path.stat().st_ino)
    if key in _checked:
        return
    raise_if_damaged(database)
    _checked.add(key)


def _recover(path: Path, error: OSError | sqlite3.DatabaseError) -> None:
    """Make the next transaction possible, or raise what cannot be helped."""
    if path in _in_memory:
        raise error
    if isinstance(error, OSError) or _is_of(error, _NOT_WRITABLE):
        _go_on_in_memory(path, error)
    elif tells_damage(error):
        _set_aside(path, error)
    elif _is_of(error, _BUSY):
        raise ProgressFileError(
            f"{path} is held by another program: close it, or wait, and do it again."
        ) from error
    else:
        raise error


def _is_of(error: sqlite3.Error, codes: set[int]) -> bool:
    # The low byte of SQLite's extended codes is the family.
    return getattr(error, "sqlite_errorcode", -1) & 0xFF in codes


def _go_on_in_memory(path: Path, error: Exception) -> None:
    memory = _connection(":memory:")
    for access in ("mode=ro", "mode=ro&immutable=1"):  # a read-only folder needs the second
        with (
            suppress(OSError, sqlite3.Error),
            closing(_connection(f"{path.absolute().as_uri()}?{access}")) as saved,
        ):
            saved.backup(memory)
            break
    migrate(memory)
    _in_memory[path] = memory
    warnings.warn(
        f"Progress cannot be saved in {path} ({error}). Practice goes on without saving: free "
        "some space, or set COURSEKIT_HOME to a folder that you may write, and start again.",
        NotSavedWarning,
        stacklevel=2,
    )


def _set_aside(path: Path, error: Exception) -> None:
    try:
        target = set_aside(path, BUSY_SECONDS)
    except (OSError, sqlite3.OperationalError) as refused:
        _go_on_in_memory(path, refused)
        return
    if target is not None:
        warnings.warn(
            f"The progress file was damaged ({error}). It is kept as {target}; a new one is "
            "begun. An export that you made brings your progress back: coursekit progress import.",
            DamagedFileWarning,
            stacklevel=2,
        )
