"""Reads rows of the progress file into Python, and names the one that cannot be read."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from .database import ProgressFileError, database_file

Parsed = TypeVar("Parsed")


def parse_row(table: str, row: sqlite3.Row, parse: Callable[[sqlite3.Row], Parsed]) -> Parsed:
    """Read a row of which SQLite has checked only the types.

    Parameters
    ----------
    table : str
    row : sqlite3.Row
        Its first column is the key of the table.
    parse : callable
        Takes the row.

    Returns
    -------
    object
        What ``parse`` returns.

    Raises
    ------
    ProgressFileError
        If it cannot be read: a program other than coursekit, or a fault of the disk, wrote it.
    """
    try:
        for value in row:
            if isinstance(value, str):
                value.encode()  # fails for bytes that are no UTF-8, which SQLite lets through
        return parse(row)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise ProgressFileError(_unreadable(table, row, error)) from error


def in_utc(text: str) -> datetime:
    """Read a moment; one without a time zone, from elsewhere, is taken as UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _unreadable(table: str, row: sqlite3.Row, error: Exception) -> str:
    name, key = row.keys()[0], str(row[0])
    quoted = key.replace("'", "''")
    return (
        f"{database_file()}: in table {table}, the row with {name} {key!r} cannot be read "
        f"({type(error).__name__}: {error}). Move the file away and bring back an export with "
        "`coursekit progress import`, or delete that row with SQLite: "
        f"DELETE FROM {table} WHERE {name} = '{quoted}'"
    )
